/*
 * Compares visible texts as users see them: runs of white space, also no-break spaces, are one
 * space. Pure.
 */
#ifndef HTML_MATCH_H
#define HTML_MATCH_H

#include "base/str.h"

/* Whether both texts are equal, without spaces around them. */
bool html_match_text(struct str a, struct str b);
/* Whether WHOLE contains PART. */
bool html_match_part(struct str whole, struct str part);
/* Whether ADDRESS fits PATTERN, in which `*` is any text without `/`. */
bool html_match_address(struct str address, struct str pattern);

#endif
