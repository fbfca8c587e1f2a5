/* The values that requests send and that the server might have issued. One thread, the job's
 * arena. */
#ifndef IMPORT_CORRELATE_REQUEST_VALUES_H
#define IMPORT_CORRELATE_REQUEST_VALUES_H

#include "import/correlate/correlation.h"

/* Fills c->request_values. */
void request_values_collect(struct correlation *c);
/* True if a binding of STEP already replaces a part of this value. */
bool request_values_is_bound(const struct conversion_step *step, const struct request_value *sent);

#endif
