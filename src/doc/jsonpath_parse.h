/*
 * The two parts of the parser of JSONPath, which call each other: a query has filters, and a filter
 * has queries. Private to doc/jsonpath_*.c.
 */
#ifndef DOC_JSONPATH_PARSE_H
#define DOC_JSONPATH_PARSE_H

#include "doc/jsonpath_lexer.h"

/* Reads a query that starts with $ or @ (jsonpath_parse.c). False after an error. */
bool jsonpath_parse_query(struct jsonpath_lexer *r, struct query *query);
/* Reads the condition after a ? (jsonpath_condition.c). NULL after an error. */
const struct filter *jsonpath_parse_filter(struct jsonpath_lexer *r);

#endif
