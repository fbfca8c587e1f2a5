/* The pairs of a URL's query, one after the other. `&` separates them; so does `;` between two
 * pairs, as older applications write it: ?Action=Reply;id=1. Pure. */
#ifndef IMPORT_QUERY_PAIRS_H
#define IMPORT_QUERY_PAIRS_H

#include <stdbool.h>

#include "base/str.h"

/* The bytes [from, to) of the URL; `sign` is the offset of its `=`, or NOT_FOUND. */
struct query_pair {
	size_t from, sign, to;
};

/* Reads the pair that begins at *AT, and moves *AT past it and its separator. False at the end of
 * URL. The first pair begins after the question mark. */
bool query_pairs_next(struct str url, size_t *at, struct query_pair *pair);
/* Whether `;` separates two pairs of the query. */
bool query_pairs_have_semicolon(struct str url);

#endif
