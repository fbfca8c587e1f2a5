/* body: checks the body as text with a value or predicates. */
#include "expect/predicate.h"

#include <string.h>

#include "doc/node.h"
#include "interface/reader.h"

struct body_expectation {
	struct predicate predicate;
};

/* The word that TEXT begins with by mistake, as in `body: contains Hello`; or NULL. */
static const char *first_word(struct str text)
{
	static const char *const words[] = {"contains", "matches", "equals", "not", NULL};
	int i = 0;

	while (words[i] && !(str_starts(text, str_of(words[i])) && text.len > strlen(words[i]) &&
			     text.ptr[strlen(words[i])] == ' '))
		i++;
	return words[i];
}

/* `body: Hello` compares the whole body, `body: contains Hello` with just this text. A message is
 * often compared as a whole. */
static void warn_of_whole_body(struct reader *r, const struct node *node, void *value)
{
	struct str text = node->text;
	const char *word;
	struct diag *diag;

	(void)value;
	if (node->kind != NODE_SCALAR || !text.len || strchr("{[<", text.ptr[0]) ||
	    str_find_char(text, '\n', 0) != NOT_FOUND || str_find(text, STR("${"), 0) != NOT_FOUND)
		return;
	word = first_word(text);
	if (!word && reader_reads_messages(r))
		return;
	diag = reader_warning(r, node->span, DIAG_W346,
			      "the whole body must be equal to this text; to search for a part of "
			      "it, use 'contains'");
	if (str_find_char(text, '\'', 0) != NOT_FOUND)
		return;
	if (word)
		text = str_trim(str_slice(text, strlen(word), text.len));
	reader_fix_printf(r, diag, node, "{%s: '%.*s'}", word ? word : "contains", STR_ARG(text));
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
