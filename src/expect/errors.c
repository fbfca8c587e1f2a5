/* errors: checks whether a response reports an error in its body, whatever its status is. */
#include "doc/json_cache.h"
#include "doc/json_error.h"
#include "expect/error_words.h"
#include "html/html_error.h"
#include "interface/expect.h"

struct errors {
	bool expected;
};

static const struct field errors_field = {
    .key = "errors",
    .type = FIELD_BOOL,
    .flags = FIELD_PARAMETER,
    .bytes = sizeof(struct errors),
    .prose =
	"Whether the body reports an error, whatever the status is. JSON: `error` or `errors` is "
	"not empty, or `success` or `ok` is false. XML: an element `error`. HTML: a visible "
	"element with the class error, errorlist, alert-danger or invalid-feedback, or the role "
	"alert. For the responses that scripts receive; complete pages often have such elements "
	"without an error.",
    .example = "no",
};

static const void *prepare(struct expect_prepare *p, const struct expect *expect)
{
	(void)p;
	return expect->data;
}

static bool is_json(struct str body)
{
	return body.len && (body.ptr[0] == '{' || body.ptr[0] == '[');
}

static enum expect_outcome check(const void *plan, const struct response *response,
				 const struct value *rendered, struct scratch *scratch)
{
	const struct errors *own = plan;
	const struct json_tape *tape = is_json(str_trim(response->body))
					   ? json_cache_read(scratch->json, response->body)
					   : NULL;
	size_t mark = scratch->text.len;
	bool found = tape ? json_error_find(tape, &scratch->text)
			  : html_error_find(response->body, &scratch->text);

	(void)rendered;
	scratch->text.len = mark;
	return found == own->expected ? EXPECT_PASSED : EXPECT_FAILED;
}

static void explain(const void *plan, const struct response *response, const struct value *rendered,
		    struct buf *out)
{
	const struct errors *own = plan;

	(void)rendered;
	if (own->expected) {
		buf_add(out, STR("expected an error in the body, found none"));
		return;
	}
	buf_add(out, STR("the response reports an error"));
	error_words_put(response->body, out);
}

const struct expect_kind errors_expect = {
    .name = "errors",
    .sentence =
	"Whether the body reports an error: `error`, `errors`, `success` or `ok` in JSON, an "
	"error element in XML or HTML.",
    .field = &errors_field,
    .bytes = sizeof(struct errors),
    .needs = NEEDS_BODY,
    .prepare = prepare,
    .check = check,
    .explain = explain,
};
