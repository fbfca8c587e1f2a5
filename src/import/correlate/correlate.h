/* Correlation of a conversion; correlation.h says how. One thread, the job's arena. */
#ifndef IMPORT_CORRELATE_CORRELATE_H
#define IMPORT_CORRELATE_CORRELATE_H

#include "import/conversion.h"

/* Values that the server issued are taken from its answers. */
void correlate_values(struct conversion *conversion);
/* What a person typed as a password, keys and tokens become parameters. */
void correlate_secrets(struct conversion *conversion);

#endif
