/* xpath: what an XPath 1.0 expression finds in an HTML or XML answer. */
#include "doc/node.h"
#include "extract/markup.h"
#include "interface/extract.h"

static const void *prepare(struct arena *a, struct diag_list *diags, const struct extract *extract,
			   bool jit)
{
	const struct text *value = &extract->value;
	struct path_error error;
	const struct path *path = path_from_xpath(a, value->raw, &error);
	struct span span = extract->span;

	(void)jit;
	if (path)
		return path;
	if (value->node)
		span = node_text_span(value->node, value->at + error.at, value->at + error.at + 1);
	diag_error(diags, span, DIAG_E241, "bad XPath: %s", error.text);
	return NULL;
}

const struct extract_kind xpath_extract = {
    .name = "xpath",
    .sentence = "What an XPath 1.0 expression finds in an HTML or XML answer; numbers and truth "
		"values keep their type.",
    .example = "//input[@name='csrf']/@value",
    .needs = NEEDS_HEADERS | NEEDS_BODY,
    .prepare = prepare,
    .find = markup_extract,
    .explain = markup_explain,
};
