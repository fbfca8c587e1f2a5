/* Correlation of a conversion; correlation.h says how. One thread, the job's arena. */
#ifndef IMPORT_CORRELATE_CORRELATE_H
#define IMPORT_CORRELATE_CORRELATE_H

#include "import/conversion.h"

/* Extracts the values that the server issued from its responses. */
void correlate_values(struct conversion *conversion);
/* Makes parameters from passwords a person typed, keys and tokens. */
void correlate_secrets(struct conversion *conversion);

#endif
