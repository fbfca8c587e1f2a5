#include "extract/bad_expression.h"

#include <string.h>

#include "base/ascii.h"
#include "doc/node.h"
#include "doc/yaml.h"

struct span bad_expression_span(const struct extract *extract, size_t from, size_t to)
{
	const struct text *value = &extract->value;

	return value->node ? node_text_span(value->node, value->at + from, value->at + to)
			   : extract->span;
}

/* The value was read from a corrected text, whose diagnostic suggests RAW in quotes: suggests FIXED
 * instead. */
static void replace_fix(struct diag_list *diags, const struct node *node, struct str fixed)
{
	for (size_t i = 0; i < diags->diags.count; i++) {
		struct diag *diag = &diags->diags.items[i];

		const struct diag_edit *edit = diag->edits.items;

		if (diag->edits.count == 1 && edit->span.source == node->span.source &&
		    edit->span.begin == node->span.begin && edit->text.len &&
		    edit->text.ptr[0] == '"' && !strpbrk(fixed.ptr, "\"\\"))
			diag_fix_in_line(diags, diag, edit->span,
					 arena_printf(diags->arena, "\"%.*s\"", STR_ARG(fixed)));
	}
}

void bad_expression_report(struct diag_list *diags, const struct extract *extract,
			   enum diag_code code, const char *kind, size_t at, const char *text)
{
	struct str raw = extract->value.raw;
	const struct node *node = extract->value.node;
	struct diag *diag = diag_error(diags, bad_expression_span(extract, at, at + 1), code,
				       "bad %s: %s", kind, text);

	/* `items[0].id`: a JSONPath without its start. */
	if (code != DIAG_E240 || at != 0 || !raw.len || !node ||
	    (!ascii_is_name_start(raw.ptr[0]) && raw.ptr[0] != '['))
		return;
	struct str fixed =
	    arena_printf(diags->arena, "$%s%.*s", raw.ptr[0] == '[' ? "" : ".", STR_ARG(raw));
	if (node->fixed)
		replace_fix(diags, node, fixed);
	else
		diag_fix_in_line(diags, diag, node->span,
				 yaml_scalar_instead(diags->arena, node, fixed));
}
