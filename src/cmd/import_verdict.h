/* Prints what a verification found: every difference with the recorded and the received side by
 * side. Main thread. */
#ifndef CMD_IMPORT_VERDICT_H
#define CMD_IMPORT_VERDICT_H

#include "import/verification.h"
#include "interface/command.h"

/* Prints RESULT of the performances of USERS with ITERATIONS each to standard error. EXIT_FAILED if
 * something differs that matters, else EXIT_PASSED. */
enum exit_status import_verdict_print(const struct import_job *job,
				      const struct verification *result, unsigned users,
				      unsigned iterations, int rounds);

#endif
