/* Prints what a verification found: every difference with the recorded and the received side by
 * side. Main thread. */
#ifndef CMD_IMPORT_VERDICT_H
#define CMD_IMPORT_VERDICT_H

#include "import/verification.h"
#include "interface/command.h"

/* How the visit was performed. */
struct import_performed {
	const char *path;   /* of the scenario */
	const char *target; /* given with -t, or NULL */
	unsigned users, iterations;
	bool together; /* the users overlapped in the performances of the result */
	unsigned
	    apart; /* performances before these, one after the other, in which nothing differed */
	int rounds;
	const uint32_t *lines; /* of each step of the conversion; 0: not known */
};

/* Prints RESULT to standard error. EXIT_FAILED if something differs that matters, else EXIT_PASSED.
 */
enum exit_status import_verdict_print(const struct import_job *job,
				      const struct verification *result,
				      const struct import_performed *how);

#endif
