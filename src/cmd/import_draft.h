/* `--verify` for a scenario that does not come from a recording. Without recorded responses to
 * compare with, it performs each scenario once and reports every request. Main thread. */
#ifndef CMD_IMPORT_DRAFT_H
#define CMD_IMPORT_DRAFT_H

#include "cmd/import_files.h"

/*
 * Performs each scenario of PATH, which JOB was written to, once with one user. Prints first what
 * will be sent, then each request with its line and what failed, to standard error. EXIT_FAILED: a
 * request failed or was not sent; EXIT_USAGE: it could not be performed; EXIT_UNREACHED: no server
 * was reached.
 */
enum exit_status import_draft_verify(struct import_job *job, const char *path,
				     const struct options *options);

#endif
