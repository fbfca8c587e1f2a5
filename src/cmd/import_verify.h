/* `--verify`: the scenario performed once, held against its recording. */
#ifndef CMD_IMPORT_VERIFY_H
#define CMD_IMPORT_VERIFY_H

#include "cmd/import_files.h"

/*
 * Performs PATH, which JOB was written to, by one user once; where an answer shows that more is
 * issued anew than was seen, the scenario is written again and performed again, at most five times.
 * Tells what still differs: then EXIT_FAILED.
 */
enum exit_status import_verify(struct import_job *job, const char *path,
			       const struct options *options);

#endif
