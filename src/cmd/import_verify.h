/* `--verify`: runs the scenario once and compares the responses with the recording. */
#ifndef CMD_IMPORT_VERIFY_H
#define CMD_IMPORT_VERIFY_H

#include "cmd/import_files.h"

/*
 * Runs PATH, which JOB was written to, once with one user. If a response shows that the server
 * generates further values for each visit, correlates them, writes the scenario again and repeats,
 * at most five times. Prints the remaining differences and then returns EXIT_FAILED.
 */
enum exit_status import_verify(struct import_job *job, const char *path,
			       const struct options *options);

#endif
