/*
 * GitHub Actions outside a run: whether it is used, and what is reported for a run that could
 * not start. Main thread.
 */
#ifndef OUTPUT_GITHUB_ACTIONS_H
#define OUTPUT_GITHUB_ACTIONS_H

#include <stdio.h>

#include "base/diag.h"

/* WHEN is the value of --github: auto (or empty), always or never. */
bool github_actions_enabled(struct str when);
/*
 * Prints an annotation for each error of DIAGS to STREAM, and appends a table of them to the step
 * summary. Without errors in DIAGS (which may be NULL), both refer to the log. NAME is that of the
 * scenario file, or empty. Reports on standard error if the summary cannot be written.
 */
void github_actions_report_unstarted(struct str name, const struct diag_list *diags, FILE *stream);

#endif
