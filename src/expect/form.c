/* form: checks that the response to `submit` has the form again. Without it, a form that comes back
 * with the user's values is a failure. */
#include "interface/expect.h"
#include "interface/reader.h"

static const char *const form_words[] = {"again", NULL};

struct form_expectation {
	int word;
	bool again; /* false: the expectation that each `submit` has without `form` */
};

static const struct field word_field = {
    .key = "form", .type = FIELD_ENUM, .choices = form_words, .bytes = sizeof(int)};

static void read_form(struct reader *r, const struct node *node, void *out)
{
	struct form_expectation *own = out;

	own->again = reader_value(r, node, &word_field, &own->word);
}

static const struct field_special form_special = {
    .name = "again",
    .read = read_form,
    .schema = "{\"enum\": [\"again\"]}",
};

static const struct field form_field = {
    .key = "form",
    .type = FIELD_SPECIAL,
    .special = &form_special,
    .bytes = sizeof(struct form_expectation),
    .prose = "With `again`, the response to `submit` must have the same form again, as previews "
	     "and settings pages do. Without `form`, a form that comes back with a typed value "
	     "fails the step: the server has rejected it.",
    .example = "again",
};

static const void *prepare(struct expect_prepare *p, const struct expect *expect)
{
	if (p->submits)
		return expect->data;
	diag_error(p->diags, expect->span, DIAG_E346,
		   "only `submit` can expect a form again; remove `form`");
	return NULL;
}

static enum expect_outcome check(const void *plan, const struct response *response,
				 const struct value *rendered, struct scratch *scratch)
{
	const struct form_expectation *own = plan;
	bool fails = own->again ? response->form == RESPONSE_FORM_NONE
				: response->form == RESPONSE_FORM_REJECTED;

	(void)rendered;
	(void)scratch;
	return fails ? EXPECT_FAILED : EXPECT_PASSED;
}

static void explain(const void *plan, const struct response *response, const struct value *rendered,
		    struct buf *out)
{
	const struct form_expectation *own = plan;

	(void)rendered;
	if (own->again) {
		buf_printf(out, "expected the form again, got a page without it (HTTP %d, %.*s)",
			   response->status, STR_ARG(response->url));
		return;
	}
	buf_add(out, STR("the server rejected the form"));
	if (response->form_error.len)
		buf_printf(out, ": «%.*s»", STR_ARG(response->form_error));
	buf_add(out, STR("; if this page is correct, write expect: {form: again}"));
}

const struct expect_kind form_expect = {
    .name = "form",
    .sentence = "Whether the submitted form comes back.",
    .field = &form_field,
    .bytes = sizeof(struct form_expectation),
    .needs = NEEDS_BODY | NEEDS_HEADERS,
    .prepare = prepare,
    .check = check,
    .explain = explain,
};
