/*
 * What `import`, `init --from` and `replay` have in common: the kinds, wishes, the account, the
 * files written. One thread.
 */
#ifndef CMD_IMPORT_FILES_H
#define CMD_IMPORT_FILES_H

#include "cmd/options.h"
#include "import/import.h"

/* What --help says over the importers, and a row of it (interface/command.h, list_row). */
#define IMPORT_FILES_LIST_HEADING "KIND is what the file is:"
bool import_files_list_row(size_t row, const char **word, const char **sentence);

/* What becomes of a file that is there already. */
enum import_files_existing {
	IMPORT_FILES_REFUSE,	    /* it stays: an error */
	IMPORT_FILES_SUGGEST_FORCE, /* the same, and the error tells of --force */
	IMPORT_FILES_REPLACE,	    /* it is written anew */
};

/* The importer of that name; NULL when there is none, which was told. */
const struct import_kind *import_files_kind_named(const char *name);
/* The importer of what the file holds; NULL when none is found, which was told. */
const struct import_kind *import_files_kind_of(const char *path);
/* Reads and makes (import_run); tells what was wrong and, unless QUIET, the account. */
bool import_files_read(struct import_job *job, bool quiet);
/* The options given on the command line as the job's wishes. */
void import_files_set_options(struct import_job *job, const struct options *options);
/* The account, on standard error. */
void import_files_report(const struct import_job *job);
/* The first file's name with .yaml, in the current folder. */
const char *import_files_default_path(struct import_job *job);
/*
 * Writes the document to PATH (NULL: the first file's name with .yaml, in the current folder; "-":
 * standard output) and the files beside it. EXISTING: what becomes of files that are there already.
 * What cannot be written is told, and none of them is left then that was not there before.
 */
enum exit_status import_files_write(struct import_job *job, const char *path,
				    enum import_files_existing existing, bool quiet);

#endif
