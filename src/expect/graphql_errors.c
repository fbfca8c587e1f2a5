/* graphql_errors: whether the response to `graphql` may have errors. Without it, errors are a
 * failure, with data too. */
#include "doc/graphql_response.h"
#include "doc/json_cache.h"
#include "interface/expect.h"
#include "interface/reader.h"

static const char *const words[] = {"none", "allowed", NULL};
static const char *const meanings[] = {"an error fails the step", "errors are accepted", NULL};

struct graphql_errors {
	int word; /* 0: the expectation that each `graphql` has */
};

static const struct field graphql_errors_field = {
    .key = "graphql_errors",
    .type = FIELD_ENUM,
    .choices = words,
    .meanings = meanings,
    .bytes = sizeof(struct graphql_errors),
    .prose =
	"With `allowed`, the response to `graphql` may have errors. Without it, an error fails "
	"the step, even if the response also has data.",
    .example = "allowed",
};

static const void *prepare(struct expect_prepare *p, const struct expect *expect)
{
	if (p->graphql)
		return expect->data;
	diag_error(p->diags, expect->span, DIAG_E346,
		   "only `graphql` steps have GraphQL errors; remove `graphql_errors`");
	return NULL;
}

static enum expect_outcome check(const void *plan, const struct response *response,
				 const struct value *rendered, struct scratch *scratch)
{
	const struct graphql_errors *own = plan;
	const struct json_tape *tape;

	(void)rendered;
	if (own->word)
		return EXPECT_PASSED;
	tape = json_cache_read(scratch->json, response->body);
	return tape && graphql_response_is_valid(tape) && !graphql_response_count(tape)
		   ? EXPECT_PASSED
		   : EXPECT_FAILED;
}

static void explain(const void *plan, const struct response *response, const struct value *rendered,
		    struct buf *out)
{
	struct json_tape tape;

	(void)plan;
	(void)rendered;
	json_init(&tape);
	if (!json_read(&tape, response->body) || !graphql_response_is_valid(&tape))
		buf_add(out, STR("the response is not a GraphQL response: it has neither data nor "
				 "errors"));
	else
		graphql_response_explain(&tape, out);
	json_release(&tape);
}

const struct expect_kind graphql_errors_expect = {
    .name = "graphql_errors",
    .sentence = "Whether a GraphQL response may have errors.",
    .field = &graphql_errors_field,
    .bytes = sizeof(struct graphql_errors),
    .needs = NEEDS_BODY,
    .prepare = prepare,
    .check = check,
    .explain = explain,
};
