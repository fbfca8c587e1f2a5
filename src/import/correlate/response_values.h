/* The values of responses, compared with the values that requests send. One thread, the job's
 * arena. */
#ifndef IMPORT_CORRELATE_RESPONSE_VALUES_H
#define IMPORT_CORRELATE_RESPONSE_VALUES_H

#include "import/correlate/correlation.h"

/* Reads all responses. */
void response_values_search(struct correlation *c);
/* response_values_html.c: the values of a page, one by one. */
void response_values_match_html(struct correlation *c, uint32_t order, struct str page,
				bool is_xml);
/* Records VALUE, found in a response as OCCURRENCE describes, if a request needs it. */
void response_values_match(struct correlation *c, struct occurrence occurrence);
/* The same for its parts between delimiters. */
void response_values_match_parts(struct correlation *c, struct occurrence occurrence);

/* Whether a header has no values that a client sends: times, lengths, ids for logs; or its values
 * are those of a redirect or a cookie. */
bool response_values_is_volatile(struct str name);
/* response_values_json.c: the values of BODY, whose tape is c->tape. */
void response_values_match_json(struct correlation *c, uint32_t order, struct str body);
/* A script, which begins at the byte AT of the body. */
struct script_text {
	uint32_t order;
	struct str text; /* the script */
	struct str
	    raw; /* of a script in JSON: its text with escapes, as in the body; else ptr NULL */
	size_t at;
};
/* response_values_script.c: the values of keys, and of the first arguments of calls. */
void response_values_match_script(struct correlation *c, const struct script_text *script);
/* The parts of a URL in a response. */
void response_values_match_link(struct correlation *c, struct occurrence occurrence,
				struct str url);

#endif
