/* jsonpath: the values an RFC 9535 path finds in a JSON answer, with their types. */
#include "doc/json_answer.h"
#include "doc/json_value.h"
#include "doc/node.h"
#include "kind/extract.h"

#define MOST 10000

static const void *prepare(struct arena *a, struct diag_list *diags, const struct extract *extract,
			   bool jit)
{
	struct jsonpath_error error;
	const struct jsonpath *path = jsonpath_new(a, extract->value.raw, &error);
	const struct text *value = &extract->value;
	struct span span = extract->span;

	(void)jit;
	if (path)
		return path;
	if (value->node)
		span = node_text_span(value->node, value->at + error.at, value->at + error.at + 1);
	diag_error(diags, span, DIAG_E240, "bad JSONPath: %s", error.text);
	return NULL;
}

static void release(const void *data)
{
	jsonpath_release(data);
}

static enum find_outcome find(const void *data, const struct answer *answer, struct str subject,
			      struct scratch *scratch, struct finds *finds)
{
	struct json_answer *json = scratch->json;
	const struct json_tape *tape = json_answer_read(json, subject);
	size_t most = finds->wanted ? finds->wanted : MOST;

	(void)answer;
	if (!tape)
		return FIND_OK;
	if (jsonpath_find(data, tape, &json->work) == JSONPATH_LIMIT)
		return FIND_LIMIT;
	if (most > json->work.count)
		most = json->work.count;
	finds->items = scratch_items(scratch, most);
	while (finds->items && finds->count < most) {
		if (!json_to_value(tape, json->work.nodes[finds->count], scratch,
				   &finds->items[finds->count]))
			return FIND_LIMIT;
		finds->count++;
	}
	return most && !finds->items ? FIND_LIMIT : FIND_OK;
}

static void explain(const void *data, const struct answer *answer, struct str subject,
		    struct buf *out)
{
	(void)answer;
	json_answer_explain(data, subject, out);
}

const struct extract_kind jsonpath_extract = {
    .name = "jsonpath",
    .sentence = "What a JSONPath (RFC 9535) finds in a JSON answer; numbers stay numbers.",
    .example = "$.items[*].id",
    .needs = NEEDS_BODY,
    .prepare = prepare,
    .release = release,
    .find = find,
    .explain = explain,
};
