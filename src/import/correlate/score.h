/* How sure it is that a value was issued by the server: by its shape, its names, where it is. Pure.
 */
#ifndef IMPORT_CORRELATE_SCORE_H
#define IMPORT_CORRELATE_SCORE_H

#include "import/correlate/correlation.h"

int score_shape(struct str value);
bool score_is_uuid(struct str value);
/* "id", "csrf_token", "sessionKey": a name that an issued value has. */
bool score_is_id_name(struct str name);
/* Equal but for case and the marks between words. */
bool score_same_name(struct str a, struct str b);
struct str score_singular(struct arena *a, struct str noun);
/* How sure it is that HIT supplies DEMAND. WHY gets the reasons. */
int score_pair(const struct correlation *c, const struct want *tracked_value,
	       const struct hit *occurrence, const struct demand *request_value, struct buf *why);
/* HIT is the answer to a request that created something, and WANT is nowhere before it. */
bool score_is_created(const struct correlation *c, const struct want *tracked_value,
		      const struct hit *occurrence);
/* The last segment of a URL's path that is a word. */
struct str score_last_noun(struct str url);

#endif
