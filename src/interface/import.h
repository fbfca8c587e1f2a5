/*
 * An importer: creates a scenario from the recording or the script of another tool. It fills a list
 * of transactions (import/transaction.h), and the common pipeline (filters, redirects, groups,
 * correlation, secrets) creates the scenario from them. If its source is already a scenario, the
 * importer builds the document itself. Each importer is one file and one row of import/import.def.
 * An error in a part of the source is reported and affects that part only. Nothing in a source is
 * ever executed.
 */
#ifndef INTERFACE_IMPORT_H
#define INTERFACE_IMPORT_H

#include <stdbool.h>

#include "base/str.h"

struct import_job; /* import/job.h */

struct import_kind {
	const char *name;     /* "har", "access-log" */
	const char *sentence; /* for --help */
	const char
	    *example; /* the files of an example: "visit.har", "shop.json rows.csv"; not NULL */
	/*
	 * Reads all of job->files. Returns false if there is nothing to import; job_error has then
	 * reported the reason. Called once.
	 */
	bool (*read)(struct import_job *job);
	/* Whether a file that starts with TEXT (the first kilobytes, unpacked) has this format;
	 * NULL: a file does not show it. */
	bool (*recognizes)(struct str text);
	/* A folder with a file of this name can be imported as this kind; NULL: `read` does not
	 * read folders. */
	const char *folder_mark;
	bool broad; /* `recognizes` also accepts files of other kinds: it is called last */
};

#endif
