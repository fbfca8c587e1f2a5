/* redirected: checks whether the server redirected the request. */
#include "expect/error_words.h"
#include "interface/expect.h"

struct redirected {
	bool expected;
};

static const struct field redirected_field = {
    .key = "redirected",
    .type = FIELD_BOOL,
    .flags = FIELD_PARAMETER,
    .bytes = sizeof(struct redirected),
    .prose = "Whether the request must be redirected. Many applications redirect after a form was "
	     "accepted, and send the page again with status 200 if it was not.",
    .example = "yes",
};

static const void *prepare(struct expect_prepare *p, const struct expect *expect)
{
	const struct redirected *own = expect->data;

	/* A page in place of a redirect says why. */
	if (own->expected)
		p->needs |= NEEDS_BODY;
	return own;
}

static enum expect_outcome check(const void *plan, const struct response *response,
				 const struct value *rendered, struct scratch *scratch)
{
	const struct redirected *own = plan;

	(void)rendered;
	(void)scratch;
	return own->expected == response->redirected ? EXPECT_PASSED : EXPECT_FAILED;
}

static void explain(const void *plan, const struct response *response, const struct value *rendered,
		    struct buf *out)
{
	const struct redirected *own = plan;

	(void)rendered;
	if (own->expected) {
		buf_printf(out, "expected a redirect, got HTTP %d without one", response->status);
		error_words_put(response->body, out);
	} else {
		buf_printf(out, "expected no redirect, but the request was redirected, to %.*s",
			   STR_ARG(response->url));
	}
}

const struct expect_kind redirected_expect = {
    .name = "redirected",
    .sentence = "Whether the request was redirected.",
    .field = &redirected_field,
    .bytes = sizeof(struct redirected),
    .prepare = prepare,
    .check = check,
    .explain = explain,
};
