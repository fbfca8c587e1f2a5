/*
 * Shared by `import`, `init --from`, `record` and `replay`: finding the importer, passing options,
 * printing the report and writing the files. One thread.
 */
#ifndef CMD_IMPORT_FILES_H
#define CMD_IMPORT_FILES_H

#include "cmd/options.h"
#include "import/import.h"

/* The list of importers in --help: its heading, and one row (interface/command.h, list_row). */
#define IMPORT_FILES_LIST_HEADING "KIND is the kind of file:"
bool import_files_list_row(size_t row, const char **word, const char **sentence);

/* The action for an output file that already exists. */
enum import_files_existing {
	IMPORT_FILES_REFUSE,	    /* report an error */
	IMPORT_FILES_SUGGEST_FORCE, /* report an error that suggests --force */
	IMPORT_FILES_REPLACE,	    /* replace the file */
};

/* The importer named NAME; NULL, after reporting the error, if there is none. */
const struct import_kind *import_files_kind_named(const char *name);
/* The importer that recognises the file; NULL, after reporting the error, if none does. */
const struct import_kind *import_files_kind_of(const char *path);
/* Reads the files and converts them (import_run). Prints errors and, unless QUIET, the report. */
bool import_files_read(struct import_job *job, bool quiet);
/* Passes the options given on the command line to JOB. */
void import_files_set_options(struct import_job *job, const struct options *options);
/* Prints the report on standard error. */
void import_files_report(const struct import_job *job);
/* The first file's name with .yaml, in the current folder; memory of JOB. */
const char *import_files_default_path(struct import_job *job);
/*
 * Writes the document to PATH (NULL: import_files_default_path; "-": standard output) and the
 * job's further files into the same folder. EXISTING: what to do if a file already exists. If a
 * file cannot be written, reports the error and removes all files that it created.
 */
enum exit_status import_files_write(struct import_job *job, const char *path,
				    enum import_files_existing existing, bool quiet);

#endif
