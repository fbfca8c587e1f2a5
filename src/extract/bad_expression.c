#include "extract/bad_expression.h"

#include "doc/node.h"

struct span bad_expression_span(const struct extract *extract, size_t from, size_t to)
{
	const struct text *value = &extract->value;

	return value->node ? node_text_span(value->node, value->at + from, value->at + to)
			   : extract->span;
}

void bad_expression_report(struct diag_list *diags, const struct extract *extract,
			   enum diag_code code, const char *kind, size_t at, const char *text)
{
	diag_error(diags, bad_expression_span(extract, at, at + 1), code, "bad %s: %s", kind, text);
}
