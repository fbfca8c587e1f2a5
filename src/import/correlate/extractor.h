/* Extractors for occurrences, each tried on the recorded response. One thread. */
#ifndef IMPORT_CORRELATE_EXTRACTOR_H
#define IMPORT_CORRELATE_EXTRACTOR_H

#include "import/correlate/correlation.h"

/* Fills SPEC with an extractor that finds exactly the occurrence's value in the recorded
 * response of STEP. */
bool extractor_write(struct correlation *c, const struct conversion_step *step,
		     const struct occurrence *occurrence, struct extractor_spec *extractor_spec);
/* The performances (bit N for number N) in which SPEC finds another value than VALUE in the
 * response that STEP received; *NOW is such a value, in the job's arena. */
unsigned extractor_differs(struct correlation *c, uint32_t step,
			   const struct extractor_spec *extractor_spec, struct str value,
			   struct str *now);
/* The texts of extractors are in OUT. */
struct extractor_rig *extractor_rig_new(const struct kind_tables *tables, struct arena *out);
void extractor_rig_free(struct extractor_rig *rig);

#endif
