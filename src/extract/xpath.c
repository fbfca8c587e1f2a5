/* xpath: extracts the result of an XPath 1.0 expression from an HTML or XML response. */
#include "extract/bad_expression.h"
#include "extract/markup.h"
#include "interface/extract.h"

static const void *prepare(struct arena *a, struct diag_list *diags, const struct extract *extract,
			   bool jit)
{
	struct markup_path_error error;
	const struct markup_path *path = markup_path_from_xpath(a, extract->value.raw, &error);

	(void)jit;
	if (!path)
		bad_expression_report(diags, extract, DIAG_E241, "XPath", error.at, error.text);
	return path;
}

const struct extract_kind xpath_extract = {
    .name = "xpath",
    .sentence = "Result of an XPath 1.0 expression in an HTML or XML response; numbers and "
		"booleans keep their type.",
    .example = "//input[@name='csrf']/@value",
    .needs = NEEDS_HEADERS | NEEDS_BODY,
    .prepare = prepare,
    .find = markup_extract,
    .explain = markup_explain,
};
