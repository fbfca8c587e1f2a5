/* boundary: extracts the text between two texts, for bodies that are neither JSON nor HTML. */
#include "interface/extract.h"

struct boundary {
	struct keys keys;
	struct str left, right;
};

static const struct field parts[] = {
    FIELD(struct boundary, left, "left", FIELD_TEXT, .flags = FIELD_REQUIRED | FIELD_PARAMETER,
	  .prose = "The text before the value.", .example = "\"token='\""),
    FIELD(struct boundary, right, "right", FIELD_TEXT, .flags = FIELD_REQUIRED | FIELD_PARAMETER,
	  .prose = "The text after the value.", .example = "\"'\""),
    FIELD_END,
};

static const void *prepare(struct arena *a, struct diag_list *diags, const struct extract *extract,
			   bool jit)
{
	const struct boundary *own = extract->parts;
	struct boundary *plan = ARENA_NEW(a, struct boundary);

	(void)jit;
	*plan = *own;
	if (plan->left.len && plan->right.len)
		return plan;
	diag_error(diags, extract->span, DIAG_E149,
		   "`left` and `right` must not be empty; write the texts before and after the "
		   "value");
	return NULL;
}

static enum find_outcome find(const void *data, const struct response *response, struct str subject,
			      struct scratch *scratch, struct matches *matches)
{
	const struct boundary *plan = data;
	size_t at = 0, end, max = matches->wanted ? matches->wanted : 10000;

	(void)response;
	while (matches->count < max && (at = str_find(subject, plan->left, at)) != NOT_FOUND) {
		at += plan->left.len;
		end = str_find(subject, plan->right, at);
		if (end == NOT_FOUND)
			break;
		if (!extract_add_match(matches, scratch, value_text(str_slice(subject, at, end))))
			return FIND_LIMIT;
		at = end + plan->right.len;
	}
	return FIND_OK;
}

static void explain(const void *data, const struct response *response, struct str subject,
		    struct buf *out)
{
	const struct boundary *plan = data;

	(void)response;
	if (str_find(subject, plan->left, 0) == NOT_FOUND)
		buf_printf(out, "\"%.*s\" is not in the body", STR_ARG(plan->left));
	else
		buf_printf(out, "\"%.*s\" is in the body, but \"%.*s\" is not after it",
			   STR_ARG(plan->left), STR_ARG(plan->right));
}

const struct extract_kind boundary_extract = {
    .name = "boundary",
    .sentence = "The text between two markers.",
    .example = "{left: \"token='\", right: \"'\"}",
    .parts = parts,
    .parts_bytes = sizeof(struct boundary),
    .needs = NEEDS_BODY,
    .prepare = prepare,
    .find = find,
    .explain = explain,
};
