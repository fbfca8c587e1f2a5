/* How certain it is that the server issued a value: by its shape, its names, its location. Pure. */
#ifndef IMPORT_CORRELATE_SCORE_H
#define IMPORT_CORRELATE_SCORE_H

#include "import/correlate/correlation.h"

/* "id", "csrf_token", "sessionKey": names of issued values. */
bool score_is_id_name(struct str name);
/* "csrf_token", "sessionKey": only issued values have such a name, whatever their shape. */
bool score_is_token_name(struct str name);
/* "client_id", "utm_source": issued to a program, the same for all its users. */
bool score_is_constant_name(struct str name);
/* Whether names are equal, ignoring case and separators of words. */
bool score_same_name(struct str a, struct str b);
/* "order" for "orders"; in A. */
struct str score_singular(struct arena *a, struct str noun);
/* How certain it is that OCCURRENCE is the source of REQUEST_VALUE, in points;
 * correlate.c compares them with ACCEPT. WHY gets the reasons. */
int score_pair(const struct correlation *c, const struct tracked_value *tracked_value,
	       const struct occurrence *occurrence, const struct request_value *request_value,
	       struct buf *why);
/* OCCURRENCE is in the response to a request that created something, and TRACKED_VALUE does not
 * occur before it; a short number not in the meaning that it has in REQUEST_VALUE. */
bool score_is_created(const struct correlation *c, const struct tracked_value *tracked_value,
		      const struct occurrence *occurrence,
		      const struct request_value *request_value);
/* OCCURRENCE, in the response to a request that created something, is the name that the server gave
 * it, and REQUEST_VALUE is in its address or under such a name. */
bool score_is_new_name(const struct correlation *c, const struct tracked_value *tracked_value,
		       const struct occurrence *occurrence,
		       const struct request_value *request_value);
/* OCCURRENCE is a hidden input of a page, sent back under its own name, that is not a constant
 * word. */
bool score_is_own_input(const struct tracked_value *tracked_value,
			const struct occurrence *occurrence,
			const struct request_value *request_value);
/* The next word of "csrfToken", "order_id", "X-CSRF-Token" from *AT; false at the end. */
bool score_next_word(struct str name, size_t *at, struct str *word);
/* The same value in the path of the request: /posts/5 for the id of what is sent there; else
 * REQUEST_VALUE itself. */
const struct request_value *score_in_path_too(const struct correlation *c,
					      const struct request_value *request_value);
/* The names are equal, or name the id of the same resource. */
bool score_names_equal(const struct correlation *c, const struct occurrence *occurrence,
		       const struct request_value *request_value);
/* The response is of /orders, and the value is sent to /orders/{id} or as `order`. */
bool score_plural_rule(const struct correlation *c, const struct occurrence *occurrence,
		       const struct request_value *request_value);
/* Both have the same name, or the name of the resource is in both addresses. */
bool score_names_fit(const struct correlation *c, const struct occurrence *occurrence,
		     const struct request_value *request_value);
/* Up to four digits. */
bool score_is_short_number(const struct tracked_value *tracked_value);
/* The last segment of a URL's path that is a word. */
struct str score_last_noun(struct str url);

#endif
