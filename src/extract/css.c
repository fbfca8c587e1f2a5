/* css: extracts the text or an attribute of elements that match a CSS selector. */
#include "extract/bad_expression.h"
#include "extract/markup.h"
#include "interface/extract.h"
#include "interface/field.h"

struct css_fields {
	struct keys keys;
	struct str attribute;
};

static const struct field fields[] = {
    FIELD(struct css_fields, attribute, "attribute", FIELD_TEXT, .example = "href",
	  .prose = "Extract the value of this attribute instead of the element's text."),
    FIELD_END,
};

static const void *prepare(struct arena *a, struct diag_list *diags, const struct extract *extract,
			   bool jit)
{
	const struct css_fields *own = extract->data;
	struct str attribute = own && own->attribute.ptr ? own->attribute : STR("");
	struct markup_path_error error;
	const struct markup_path *path =
	    markup_path_from_css(a, extract->value.raw, attribute, &error);

	(void)jit;
	if (!path)
		bad_expression_report(diags, extract, DIAG_E242, "CSS selector", error.at,
				      error.text);
	return path;
}

const struct extract_kind css_extract = {
    .name = "css",
    .sentence = "Text of the elements that match a CSS selector in an HTML or XML response, as the "
		"page shows it; with `attribute`, the value of that attribute.",
    .example = "a.next",
    .fields = fields,
    .bytes = sizeof(struct css_fields),
    .needs = NEEDS_HEADERS | NEEDS_BODY,
    .prepare = prepare,
    .find = markup_extract,
    .explain = markup_explain,
};
