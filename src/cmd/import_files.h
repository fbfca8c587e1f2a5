/*
 * What `import`, `init --from` and `replay` have in common: the kinds, wishes, the account, the
 * files written. One thread.
 */
#ifndef CMD_IMPORT_FILES_H
#define CMD_IMPORT_FILES_H

#include "cmd/options.h"
#include "import/import.h"

/* What --help says over the importers, and a row of it (kind/command.h, list_row). */
#define IMPORT_LIST_HEADING "KIND is what the file is:"
bool import_list_row(size_t row, const char **word, const char **sentence);

/* What becomes of a file that is there already. */
enum import_existing {
	IMPORT_KEEPS,	 /* it stays: an error */
	IMPORT_OFFERS,	 /* the same, and the error tells of --force */
	IMPORT_REPLACES, /* it is written anew */
};

/* The importer of that name; NULL when there is none, which was told. */
const struct import_kind *import_kind_named(const char *name);
/* The importer of what the file holds; NULL when none is found, which was told. */
const struct import_kind *import_kind_of(const char *path);
/* Reads and makes (import_perform); tells what was wrong and, unless QUIET, the account. */
bool import_read(struct import_job *job, bool quiet);
/* The options given on the command line as the job's wishes. */
void import_take_wishes(struct import_job *job, const struct options *options);
/* The account, on standard error. */
void import_tell(const struct import_job *job);
/* The first file's name with .yaml, in the current folder. */
const char *import_default_path(struct import_job *job);
/*
 * Writes the document to PATH (NULL: the first file's name with .yaml, in the current folder; "-":
 * standard output) and the files beside it. EXISTING: what becomes of files that are there already.
 * What cannot be written is told, and none of them is left then that was not there before.
 */
enum exit_status import_write(struct import_job *job, const char *path,
			      enum import_existing existing, bool quiet);

#endif
