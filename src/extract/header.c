/* header: extracts the value of a response header. */
#include "interface/extract.h"

struct header_extractor {
	struct str name;
};

static const void *prepare(struct arena *a, struct diag_list *diags, const struct extract *extract,
			   bool jit)
{
	struct header_extractor *plan = ARENA_NEW(a, struct header_extractor);

	(void)jit;
	plan->name = str_trim(extract->value.raw);
	if (!plan->name.len || str_find_char(plan->name, ':', 0) != NOT_FOUND) {
		diag_error(diags, extract->span, DIAG_E345, "'%.*s' is not a valid header name",
			   STR_ARG(extract->value.raw));
		return NULL;
	}
	return plan;
}

static enum find_outcome find(const void *data, const struct response *response, struct str subject,
			      struct scratch *scratch, struct matches *matches)
{
	const struct header_extractor *plan = data;
	struct response of = {.headers = subject};

	(void)response;
	while (!extract_has_all(matches)) {
		struct str value = response_header(&of, plan->name, matches->count);

		if (!value.ptr)
			break;
		if (!extract_add_match(matches, scratch, value_text(value)))
			return FIND_LIMIT;
	}
	return FIND_OK;
}

/* Lists the names of the headers in the response. */
static void explain(const void *data, const struct response *response, struct str subject,
		    struct buf *out)
{
	const struct header_extractor *plan = data;
	size_t at = 0, shown = 0;

	(void)response;
	buf_printf(out, "no header %.*s; the response has", STR_ARG(plan->name));
	while (at < subject.len && shown < 12) {
		size_t end = str_find_char(subject, '\n', at);
		struct str line = str_slice(subject, at, end == NOT_FOUND ? subject.len : end);
		size_t colon = str_find_char(line, ':', 0);

		at += line.len + 1;
		if (colon != NOT_FOUND)
			buf_printf(out, "%s %.*s", shown++ ? "," : "", (int)colon, line.ptr);
	}
	if (!shown)
		buf_add(out, STR(" no headers"));
}

const struct extract_kind header_extract = {
    .name = "header",
    .sentence = "Value of a response header.",
    .example = "Location",
    .needs = NEEDS_HEADERS,
    .prepare = prepare,
    .find = find,
    .explain = explain,
};
