/*
 * Reports errors in the expression of an extractor at their position in the scenario file.
 */
#ifndef EXTRACT_BAD_EXPRESSION_H
#define EXTRACT_BAD_EXPRESSION_H

#include "interface/extract.h"

/* The bytes FROM to TO of the expression; the span of the extractor's key if they are not in the
 * file. */
struct span bad_expression_span(const struct extract *extract, size_t from, size_t to);
/* Reports "bad KIND: TEXT" at byte AT of the expression. */
void bad_expression_report(struct diag_list *diags, const struct extract *extract,
			   enum diag_code code, const char *kind, size_t at, const char *text);

#endif
