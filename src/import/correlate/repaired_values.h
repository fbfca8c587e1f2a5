/* Values that a verification found to be issued each time (import/verification.h). One thread. */
#ifndef IMPORT_CORRELATE_REPAIRED_VALUES_H
#define IMPORT_CORRELATE_REPAIRED_VALUES_H

#include "import/correlate/correlation.h"

/*
 * Whether TRACKED_VALUE must be extracted from OCCURRENCE although its SCORE for REQUEST_VALUE does
 * not suffice: the response of a performance has another value there, and the names fit, or a step
 * that sends the recorded one failed or changed nothing. Notes a value that is sent although its
 * place has another one, and the repair.
 */
bool repaired_values_is_reissued(struct correlation *c, struct tracked_value *tracked_value,
				 const struct occurrence *occurrence,
				 const struct request_value *request_value, int score);

#endif
