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

/* The parts of a URL in a response. */
void response_values_match_link(struct correlation *c, struct occurrence occurrence,
				struct str url);

#endif
