#include "extract/whole_value.h"

#include "doc/node.h"

const void *whole_value_prepare(struct arena *a, struct diag_list *diags,
				const struct extract *extract, bool jit)
{
	struct str word = extract->value.raw;

	(void)a;
	(void)jit;
	if (str_eq(word, STR("yes")) || str_eq(word, STR("true")))
		return extract->kind;
	struct diag *diag =
	    diag_error(diags, extract->span, DIAG_E305,
		       "'%s' has no expression; the only value is yes", extract->kind->name);
	if (extract->value.node)
		diag_fix_in_line(diags, diag, extract->value.node->span, STR("yes"));
	return NULL;
}

enum find_outcome whole_value_found(struct value value, struct scratch *scratch,
				    struct matches *matches)
{
	return extract_add_match(matches, scratch, value) ? FIND_OK : FIND_LIMIT;
}
