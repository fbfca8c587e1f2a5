/* The parts of extractor.h. Private to import/correlate/extractor*.c; one thread. */
#ifndef IMPORT_CORRELATE_EXTRACTOR_PRIVATE_H
#define IMPORT_CORRELATE_EXTRACTOR_PRIVATE_H

#include "import/correlate/correlation.h"
#include "interface/response.h"

/* Whether EXTRACTOR_SPEC finds WANTED in RESPONSE; sets its `nth`. FIRST_ONLY: as the first match.
 */
bool extractor_try(struct correlation *c, const struct response *response,
		   struct extractor_spec *extractor_spec, struct str wanted, bool first_only);
/* In the final address (FROM "url") or in the Location header ("headers"): after its name. */
bool extractor_try_url(struct correlation *c, const struct response *response,
		       const struct occurrence *occurrence, const char *from,
		       struct extractor_spec *extractor_spec);
/* In the headers that can have it: never in a time or a length, where the same digits are by
 * chance. */
bool extractor_try_in_headers(struct correlation *c, const struct response *response,
			      const struct occurrence *occurrence,
			      struct extractor_spec *extractor_spec);

#endif
