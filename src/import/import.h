/*
 * The importers there are, and the way from a job to the text of a scenario. All on one thread.
 */
#ifndef IMPORT_IMPORT_H
#define IMPORT_IMPORT_H

#include "import/job.h"

/* All importers; ends with NULL. */
const struct import_kind *const *import_all(void);
/* NULL when none has that name. */
const struct import_kind *import_find(const char *name);
/* The importer of a file that begins with TEXT (unpacked); NULL when it is of none. */
const struct import_kind *import_recognize(struct str text);
/* The importer of what the file at PATH holds, packed or not; NULL when it is of none: WHY then
 * says what keeps it from being of any ("it is empty"), or is NULL. */
const struct import_kind *import_guess(const char *path, const char **why);

/*
 * From job->list (filled by an importer or by the recorder) to job->document: sorts, chooses hosts,
 * leaves out, merges redirects, groups, correlates, takes secrets out. False when nothing is left
 * to import: told by job_error.
 */
bool import_convert(struct import_job *job);
/* Reads, then makes unless the importer did. */
bool import_run(struct import_job *job);
/* Whether URL is asked by browsers for themselves (updates, telemetry), whatever page is open. */
bool import_is_browser_noise(struct str url);
/* The account as a person reads it (what was kept, merged, left out and why; variables; notes). */
void import_put_report(const struct import_job *job, struct buf *out);

#endif
