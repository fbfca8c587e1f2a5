/*
 * An importer: makes a scenario of what another tool recorded or runs. It fills a list of
 * transactions (import/transaction.h), from which the common way (filters, redirects, groups,
 * correlation, secrets) makes the scenario; or, when its source is a scenario already, it builds
 * the document itself. One file and one row of import/import.def each. Whatever is wrong with a
 * part of the source costs that part only and is told; nothing of a source is ever executed.
 */
#ifndef INTERFACE_IMPORT_H
#define INTERFACE_IMPORT_H

#include <stdbool.h>

#include "base/str.h"

struct import_job; /* import/job.h */

struct import_kind {
	const char *name;     /* "har", "access-log" */
	const char *sentence; /* for --help */
	/*
	 * Reads all of job->files. False when there is nothing to import: then job_error has said
	 * why. Called once.
	 */
	bool (*read)(struct import_job *job);
	/* Whether a file that begins with TEXT (some kilobytes, unpacked) is such a one; NULL: no
	 * file shows it. */
	bool (*recognizes)(struct str text);
	bool broad; /* `recognizes` takes what others may know better: it is asked last */
};

#endif
