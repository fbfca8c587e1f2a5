/* The values that requests send and that the server might have issued. One thread, the job's
 * arena. */
#ifndef IMPORT_CORRELATE_REQUEST_VALUES_H
#define IMPORT_CORRELATE_REQUEST_VALUES_H

#include "import/correlate/correlation.h"

/* Fills C's demands. */
void request_values_collect(struct correlation *c);

#endif
