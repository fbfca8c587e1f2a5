/* What answers hold, compared with what requests send. One thread, the job's arena. */
#ifndef IMPORT_CORRELATE_RESPONSE_VALUES_H
#define IMPORT_CORRELATE_RESPONSE_VALUES_H

#include "import/correlate/correlation.h"

/* All answers gone through. */
void response_values_search(struct correlation *c);
/* response_values_html.c: a page's values, offered one by one. */
void response_values_match_html(struct correlation *c, uint32_t order, struct str page,
				bool is_xml);
/* VALUE of an answer, under HIT's facts; noted where it is wanted. */
void response_values_match(struct correlation *c, struct hit occurrence);
/* The same for its parts between delimiters. */
void response_values_match_parts(struct correlation *c, struct hit occurrence);

/* The parts of a URL in an answer. */
void response_values_match_link(struct correlation *c, struct hit occurrence, struct str url);

#endif
