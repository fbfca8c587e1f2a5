#include "extract/whole_value.h"

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
	diag_fix(diags, diag, "%.*s: {%s: yes}", STR_ARG(extract->variable), extract->kind->name);
	return NULL;
}

enum find_outcome whole_value_found(struct value value, struct scratch *scratch,
				    struct matches *matches)
{
	struct value *item = scratch_items(scratch, 1);

	if (!item)
		return FIND_LIMIT;
	*item = value;
	matches->items = item;
	matches->count = 1;
	return FIND_OK;
}
