/* header: the values of a header field of the answer. */
#include "kind/extract.h"

struct header_plan {
	struct str name;
};

static const void *prepare(struct arena *a, struct diag_list *diags, const struct extract *extract,
			   bool jit)
{
	struct header_plan *plan = ARENA_NEW(a, struct header_plan);

	(void)jit;
	plan->name = str_trim(extract->value.raw);
	if (!plan->name.len || str_find_char(plan->name, ':', 0) != (size_t)-1) {
		diag_error(diags, extract->span, DIAG_E345, "'%.*s' cannot be the name of a header",
			   STR_ARG(extract->value.raw));
		return NULL;
	}
	return plan;
}

static enum find_outcome find(const void *data, const struct answer *answer, struct str subject,
			      struct scratch *scratch, struct finds *finds)
{
	const struct header_plan *plan = data;
	struct answer of = {.headers = subject};
	struct str value;
	size_t from = scratch->items_used;

	(void)answer;
	finds->items = scratch->items + from;
	while (!finds->wanted || finds->count < finds->wanted) {
		value = answer_header(&of, plan->name, finds->count);
		struct value *item = value.ptr ? scratch_items(scratch, 1) : NULL;
		if (!item)
			break;
		*item = value_text(value);
		finds->count++;
	}
	return FIND_OK;
}

/* The names there were. */
static void explain(const void *data, const struct answer *answer, struct str subject,
		    struct buf *out)
{
	const struct header_plan *plan = data;
	size_t at = 0, told = 0;

	(void)answer;
	buf_printf(out, "no header %.*s; the answer has", STR_ARG(plan->name));
	while (at < subject.len && told < 12) {
		size_t end = str_find_char(subject, '\n', at);
		struct str line = str_slice(subject, at, end == (size_t)-1 ? subject.len : end);
		size_t colon = str_find_char(line, ':', 0);

		at += line.len + 1;
		if (colon != (size_t)-1)
			buf_printf(out, "%s %.*s", told++ ? "," : "", (int)colon, line.ptr);
	}
	if (!told)
		buf_add(out, STR(" none"));
}

const struct extract_kind header_extract = {
    .name = "header",
    .sentence = "The value of a header field of the answer.",
    .example = "Location",
    .needs = NEEDS_HEADERS,
    .prepare = prepare,
    .find = find,
    .explain = explain,
};
