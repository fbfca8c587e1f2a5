/* cookie: extracts the value of a cookie that the response sets. */
#include "extract/set_cookie.h"
#include "interface/extract.h"

struct cookie_plan {
	struct str name;
};

static const void *prepare(struct arena *a, struct diag_list *diags, const struct extract *extract,
			   bool jit)
{
	struct cookie_plan *plan = ARENA_NEW(a, struct cookie_plan);

	(void)jit;
	plan->name = str_trim(extract->value.raw);
	if (plan->name.len)
		return plan;
	diag_error(diags, extract->span, DIAG_E149,
		   "the name of the cookie is missing; write a name such as sid");
	return NULL;
}

static enum find_outcome find(const void *data, const struct response *response, struct str subject,
			      struct scratch *scratch, struct matches *matches)
{
	const struct cookie_plan *plan = data;
	struct response of = {.headers = subject.ptr ? subject : response->headers};
	struct set_cookie cookie;

	while (!extract_has_all(matches) &&
	       set_cookie_find(&of, plan->name, matches->count, &cookie))
		if (!extract_add_match(matches, scratch, value_text(cookie.value)))
			return FIND_LIMIT;
	return FIND_OK;
}

static void explain(const void *data, const struct response *response, struct str subject,
		    struct buf *out)
{
	const struct cookie_plan *plan = data;

	(void)subject;
	buf_printf(out, "no cookie %.*s; ", STR_ARG(plan->name));
	set_cookie_put_names(response, out);
}

const struct extract_kind cookie_extract = {
    .name = "cookie",
    .sentence = "Value of a cookie that the response sets.",
    .example = "sid",
    .needs = NEEDS_HEADERS,
    .prepare = prepare,
    .find = find,
    .explain = explain,
};
