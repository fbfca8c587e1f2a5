/* jsonpath: extracts values from a JSON response with an RFC 9535 path; they keep their types. */
#include "doc/json_cache.h"
#include "doc/json_value.h"
#include "extract/bad_expression.h"
#include "interface/extract.h"

#define VALUES_MAX 10000

static const void *prepare(struct arena *a, struct diag_list *diags, const struct extract *extract,
			   bool jit)
{
	struct jsonpath_error error;
	const struct jsonpath *path = jsonpath_new(a, extract->value.raw, &error);

	(void)jit;
	if (!path)
		bad_expression_report(diags, extract, DIAG_E240, "JSONPath", error.at, error.text);
	return path;
}

static void release(const void *data)
{
	jsonpath_release(data);
}

static enum find_outcome find(const void *data, const struct response *response, struct str subject,
			      struct scratch *scratch, struct matches *matches)
{
	struct json_cache *json = scratch->json;
	const struct json_tape *tape = json_cache_read(json, subject);
	size_t max = matches->wanted ? matches->wanted : VALUES_MAX;

	(void)response;
	if (!tape)
		return FIND_OK;
	if (jsonpath_find(data, tape, &json->work) == JSONPATH_LIMIT)
		return FIND_LIMIT;
	if (max > json->work.count)
		max = json->work.count;
	matches->items = scratch_items(scratch, max);
	while (matches->items && matches->count < max) {
		if (!json_value_from_tape(tape, json->work.nodes[matches->count], scratch,
					  &matches->items[matches->count]))
			return FIND_LIMIT;
		matches->count++;
	}
	return max && !matches->items ? FIND_LIMIT : FIND_OK;
}

static void explain(const void *data, const struct response *response, struct str subject,
		    struct buf *out)
{
	(void)response;
	json_cache_explain(data, subject, out);
}

const struct extract_kind jsonpath_extract = {
    .name = "jsonpath",
    .sentence = "Values that a JSONPath (RFC 9535) selects in a JSON response; they keep their "
		"types.",
    .example = "$.items[*].id",
    .needs = NEEDS_BODY,
    .prepare = prepare,
    .release = release,
    .find = find,
    .explain = explain,
};
