/*
 * The importers, and the steps from a job to the text of a scenario. All on one thread.
 */
#ifndef IMPORT_IMPORT_H
#define IMPORT_IMPORT_H

#include "import/job.h"

/* All importers; the last item is NULL. */
const struct import_kind *const *import_all(void);
/* NULL if there is none with that name. */
const struct import_kind *import_find(const char *name);
/* The importer for a file that starts with TEXT (decompressed); NULL if no importer recognizes
 * it. */
const struct import_kind *import_recognize(struct str text);
/* The importer for the file at PATH, compressed or not; NULL if no importer recognizes it: WHY
 * is then the reason, such as "it is empty", or NULL. */
const struct import_kind *import_guess(const char *path, const char **why);

/*
 * From job->list (filled by an importer or by the recorder) to job->document: sorts, selects
 * hosts, skips noise, merges redirects, groups, correlates, takes secrets out. False if no
 * request is left; the error was reported with job_error.
 */
bool import_convert(struct import_job *job);
/* Reads the files, then converts the list unless the importer wrote the document itself. */
bool import_run(struct import_job *job);
/* Whether browsers request URL by themselves (updates, telemetry), whatever page is open. */
bool import_is_browser_noise(struct str url);
/* The options that set the required parameters of the document ROOT, each with a space before it:
 * ` -p PASSWORD=… -p PHOTO=PATH` if VALUE is "…"; empty if it requires none. In A. */
struct str import_required_options(struct arena *a, const struct yaml_writer_node *root,
				   const char *value);
/* Appends the report as a person reads it: what was kept, merged, skipped and why; variables;
 * notes. */
void import_put_report(const struct import_job *job, struct buf *out);

#endif
