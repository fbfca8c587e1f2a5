/* events: extracts values from the data of the events of a stream, while it arrives. */
#include "base/event_stream.h"
#include "doc/json_cache.h"
#include "doc/json_value.h"
#include "extract/bad_expression.h"
#include "interface/extract.h"

/* The value of the key: a word, or a JSONPath. */
struct events_value {
	bool data, type, id;
	const struct jsonpath *path;
};

static const void *prepare(struct arena *a, struct diag_list *diags, const struct extract *extract,
			   bool jit)
{
	struct events_value *plan = ARENA_NEW(a, struct events_value);
	struct str text = extract->value.raw;
	struct jsonpath_error error;

	(void)jit;
	plan->data = str_eq(text, STR("data"));
	plan->type = str_eq(text, STR("event"));
	plan->id = str_eq(text, STR("id"));
	if (plan->data || plan->type || plan->id)
		return plan;
	plan->path = jsonpath_new(a, text, &error);
	if (plan->path)
		return plan;
	bad_expression_report(diags, extract, DIAG_E240, "JSONPath", error.at, error.text);
	return NULL;
}

static void release(const void *data)
{
	const struct events_value *plan = data;

	if (plan->path)
		jsonpath_release(plan->path);
}

static enum find_outcome find_path(const struct jsonpath *path, struct str data,
				   struct scratch *scratch, struct matches *matches)
{
	struct json_cache *json = scratch->json;
	const struct json_tape *tape = json_cache_read(json, data);

	if (!tape)
		return FIND_OK;
	if (jsonpath_find(path, tape, &json->work) == JSONPATH_LIMIT)
		return FIND_LIMIT;
	if (!json->work.count)
		return FIND_OK;
	matches->items = scratch_items(scratch, json->work.count);
	if (!matches->items)
		return FIND_LIMIT;
	for (size_t i = 0; i < json->work.count; i++) {
		if (!json_value_from_tape(tape, json->work.nodes[i], scratch, &matches->items[i]))
			return FIND_LIMIT;
		matches->count++;
	}
	return FIND_OK;
}

/* For one event; the interpreter collects the values of all. */
static enum find_outcome find(const void *data, const struct response *response, struct str subject,
			      struct scratch *scratch, struct matches *matches)
{
	const struct events_value *plan = data;
	struct str text = subject;

	if (plan->path)
		return find_path(plan->path, subject, scratch, matches);
	if (plan->type)
		text = response->event->type;
	if (plan->id)
		text = response->event->id;
	return extract_add_match(matches, scratch, value_text(text)) ? FIND_OK : FIND_LIMIT;
}

static void explain(const void *data, const struct response *response, struct str subject,
		    struct buf *out)
{
	(void)data;
	(void)subject;
	buf_printf(out, "none of the %llu events has it",
		   response->events ? (unsigned long long)response->events->count : 0ull);
}

const struct extract_kind events_extract = {
    .name = "events",
    .sentence = "Values from the events of a stream: a JSONPath into the data of each event, or `data`, "
		"`event` or `id` for its data, type or ID.",
    .example = "$.choices[0].delta.content",
    .needs = NEEDS_EVENTS,
    .prepare = prepare,
    .release = release,
    .find = find,
    .explain = explain,
};
