/*
 * Compares visible texts as users see them: runs of white space, also no-break spaces, are one
 * space. Pure.
 */
#ifndef HTML_MATCH_H
#define HTML_MATCH_H

#include "base/str.h"

/* Whether both texts are equal, without spaces around them. */
bool html_match_text(struct str a, struct str b);
/* S without white space around it. */
struct str html_match_trim(struct str s);
/* Compares PART, which does not start with white space, with WHOLE at AT. The offset after it, or
 * NOT_FOUND. */
size_t html_match_at(struct str whole, size_t at, struct str part);
/* Whether WHOLE contains PART. */
bool html_match_part(struct str whole, struct str part);
/* For messages: the text of TEXTS that WANTED, which is not in TEXTS, may mean: they differ in case
 * only, one contains the other, or few letters differ. ptr NULL: none is similar. */
struct str html_match_nearest(struct str wanted, const struct str *texts, size_t count);
/* Whether the text of a link that a user writes is a pattern of its address. */
bool html_match_is_address(struct str link);
/* Whether WORD is one of the words in LIST, such as the classes of an element. */
bool html_match_has_word(struct str list, struct str word);
/* Whether ADDRESS fits PATTERN, in which `*` is any text without `/`. */
bool html_match_address(struct str address, struct str pattern);

#endif
