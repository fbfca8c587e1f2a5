/* Extractors for hits, each tried on the recorded answer. One thread. */
#ifndef IMPORT_CORRELATE_EXTRACTOR_H
#define IMPORT_CORRELATE_EXTRACTOR_H

#include "import/correlate/correlation.h"

/* Fills TAKING with one that finds exactly the hit's value in the recorded answer of
 * STEP. */
bool extractor_write(struct correlation *c, const struct flow_step *step,
		     const struct hit *occurrence, struct taking *extractor_spec);
/* Whether TAKING finds something else than VALUE in the answer that STEP got when it was replayed.
 */
bool extractor_differs(struct correlation *c, uint32_t step, const struct taking *extractor_spec,
		       struct str value);
struct extractor_rig *extractor_rig_new(void);
void extractor_rig_free(struct extractor_rig *rig);

#endif
