/* css: the elements a CSS selector finds in an HTML or XML answer: their text or an attribute. */
#include "doc/node.h"
#include "extract/markup.h"
#include "interface/extract.h"
#include "interface/field.h"

struct css_fields {
	struct keys keys;
	struct str attribute;
};

static const struct field fields[] = {
    FIELD(struct css_fields, attribute, "attribute", FIELD_TEXT, .example = "href",
	  .prose = "The attribute whose value is taken, instead of the element's text."),
    FIELD_END,
};

static const void *prepare(struct arena *a, struct diag_list *diags, const struct extract *extract,
			   bool jit)
{
	const struct text *value = &extract->value;
	const struct css_fields *own = extract->data;
	struct str attribute = own && own->attribute.ptr ? own->attribute : STR("");
	struct path_error error;
	const struct path *path = path_from_css(a, value->raw, attribute, &error);
	struct span span = extract->span;

	(void)jit;
	if (path)
		return path;
	if (value->node)
		span = node_text_span(value->node, value->at + error.at, value->at + error.at + 1);
	diag_error(diags, span, DIAG_E242, "bad CSS selector: %s", error.text);
	return NULL;
}

const struct extract_kind css_extract = {
    .name = "css",
    .sentence = "The text of the elements a CSS selector finds in an HTML or XML answer, as a "
		"person reads it; with `attribute`, the value of that.",
    .example = "a.next",
    .fields = fields,
    .bytes = sizeof(struct css_fields),
    .needs = NEEDS_HEADERS | NEEDS_BODY,
    .prepare = prepare,
    .find = markup_extract,
    .explain = markup_explain,
};
