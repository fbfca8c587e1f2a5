/* body: checks the body as text with a value or predicates. */
#include "expect/predicate.h"

#include <string.h>

#include "doc/node.h"
#include "interface/reader.h"

struct body_expectation {
	struct predicate predicate;
};

/* `body: Hello` compares the whole body, `body: contains Hello` with just this text. */
static void warn_of_whole_body(struct reader *r, const struct node *node, void *value)
{
	static const char *const words[] = {"contains", "matches", "equals", "not", NULL};
	struct str text = node->text;

	(void)value;
	if (node->kind != NODE_SCALAR || !text.len || strchr("{[<", text.ptr[0]) ||
	    str_find_char(text, '\n', 0) != NOT_FOUND || str_find(text, STR("${"), 0) != NOT_FOUND)
		return;
	struct diag *diag =
	    reader_warning(r, node->span, DIAG_W346,
			   "the whole body must be equal to this text; to search for a part of it, "
			   "use 'contains'");

	if (str_find_char(text, '\'', 0) != NOT_FOUND)
		return;
	for (int i = 0; words[i]; i++) {
		struct str word = str_of(words[i]);

		if (str_starts(text, word) && text.len > word.len && text.ptr[word.len] == ' ') {
			text = str_trim(str_slice(text, word.len, text.len));
			reader_fix_printf(r, diag, node, "{%s: '%.*s'}", words[i], STR_ARG(text));
			return;
		}
	}
	reader_fix_printf(r, diag, node, "{contains: '%.*s'}", STR_ARG(text));
}

static const struct field body_field = {
    .key = "body",
    .type = FIELD_SPECIAL,
    .bytes = sizeof(struct body_expectation),
    .special = &predicate_special,
    .check = warn_of_whole_body,
    .prose = "Body as text: the expected value, or predicates such as contains and matches.",
    .example = "{contains: Welcome}",
};

static const void *prepare(struct expect_prepare *p, const struct expect *expect)
{
	const struct body_expectation *body = expect->data;

	return predicate_prepare(p, &body->predicate, false);
}

static void release(const void *plan)
{
	predicate_release(plan);
}

/* An empty body is equal to "", but does not exist. */
static struct found_values subject_of(const struct response *response, struct value *value)
{
	*value = value_text(response->body.ptr ? response->body : STR(""));
	return (struct found_values){.items = value, .count = 1, .empty = !response->body.len};
}

static enum expect_outcome check(const void *plan, const struct response *response,
				 const struct value *rendered, struct scratch *scratch)
{
	struct value value;

	return predicate_check(plan, subject_of(response, &value), rendered, scratch);
}

static void explain(const void *plan, const struct response *response, const struct value *rendered,
		    struct buf *out)
{
	struct value value;
	struct found_values subject = subject_of(response, &value);

	buf_add(out, STR("expected the body "));
	predicate_put(plan, rendered, NULL, out);
	buf_add(out, STR(", got "));
	predicate_put_values(subject, out);
}

const struct expect_kind body_expect = {
    .name = "body",
    .sentence = "Body of the response as text.",
    .field = &body_field,
    .bytes = sizeof(struct body_expectation),
    .needs = NEEDS_BODY,
    .prepare = prepare,
    .release = release,
    .check = check,
    .explain = explain,
};
