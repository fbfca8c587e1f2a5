/* The parts of extractor.h. Private to import/correlate/extractor*.c; one thread. */
#ifndef IMPORT_CORRELATE_EXTRACTOR_PRIVATE_H
#define IMPORT_CORRELATE_EXTRACTOR_PRIVATE_H

#include "finder/finder.h"
#include "import/correlate/correlation.h"

struct extractor_rig {
	struct finder finder;
	const struct transaction *read; /* the recorded response that was read last */
	struct buf body, headers;	/* of it */
};

/* In the headers that can have it: never in a time or a length, where the same digits are by
 * chance. */
bool extractor_try_in_headers(struct correlation *c, const struct occurrence *occurrence,
			      struct extractor_spec *extractor_spec);

#endif
