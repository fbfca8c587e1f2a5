/* A recorded GraphQL operation as a `graphql` step. */
#include "doc/graphql_response.h"
#include "import/writer/scenario_writer.h"

/* The members of a body, as indexes of its tape; 0: missing. */
struct graphql_body {
	uint32_t name, query, variables, extensions;
};

static uint32_t index_of(const struct json_tape *tape, const struct json_item *item)
{
	return (uint32_t)(item - tape->items);
}

static bool is_text(const struct json_tape *tape, uint32_t index)
{
	return index && json_type(&tape->items[index]) == JSON_STRING;
}

/* The SHA-256 of a persisted query; empty if the body has none. */
static struct str persisted_hash(const struct json_tape *tape, uint32_t extensions)
{
	const struct json_item *item = extensions ? &tape->items[extensions] : NULL;

	if (item && json_type(item) == JSON_OBJECT)
		item = json_member(tape, item, STR("persistedQuery"));
	else
		item = NULL;
	if (item && json_type(item) == JSON_OBJECT)
		item = json_member(tape, item, STR("sha256Hash"));
	else
		item = NULL;
	return item && json_type(item) == JSON_STRING ? json_raw(tape, item) : STR("");
}

/* False if the body is not one operation, or has members that a step cannot send. */
static bool read_body(const struct json_tape *tape, struct graphql_body *out)
{
	const struct json_item *root = tape->items;

	*out = (struct graphql_body){0};
	if (json_type(root) != JSON_OBJECT)
		return false;
	for (uint32_t i = 1; i < root->next; i = tape->items[i + 1].next) {
		const struct json_item *key = &tape->items[i], *value = key + 1;

		if (json_type(value) == JSON_NULL)
			continue;
		if (json_text_eq(tape, key, STR("operationName")))
			out->name = index_of(tape, value);
		else if (json_text_eq(tape, key, STR("query")))
			out->query = index_of(tape, value);
		else if (json_text_eq(tape, key, STR("variables")))
			out->variables = index_of(tape, value);
		else if (json_text_eq(tape, key, STR("extensions")))
			out->extensions = index_of(tape, value);
		else
			return false;
	}
	if (out->variables && json_type(&tape->items[out->variables]) != JSON_OBJECT)
		return false;
	if (out->extensions && (!persisted_hash(tape, out->extensions).len ||
				json_count(&tape->items[out->extensions]) != 1))
		return false;
	return is_text(tape, out->query) || out->extensions;
}

/* A text is a query if it begins like one: other APIs have a member `query` too. */
static bool is_query(struct str text)
{
	static const char *const words[] = {"query", "mutation", "{", "fragment", "#"};

	text = str_trim(text);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_starts(text, str_of(words[i])) && str_find_char(text, '{', 0) != NOT_FOUND)
			return str_find(text, STR("${"), 0) == NOT_FOUND;
	return false;
}

/* The text of the query with this HASH, from another request of the recording; in the arena. */
static struct str find_text(struct conversion *conversion, struct str hash)
{
	struct arena *a = &conversion->job->arena;
	struct buf scratch;
	struct str found = STR("");

	buf_init(&scratch, 0);
	for (size_t i = 0; i < conversion->steps.count && !found.len; i++) {
		const struct json_tape *tape = conversion->steps.items[i].json;
		struct graphql_body body;

		if (!tape || !read_body(tape, &body) || !is_text(tape, body.query) ||
		    !str_eq(persisted_hash(tape, body.extensions), hash))
			continue;
		buf_clear(&scratch);
		found = arena_str(a, json_text(tape, &tape->items[body.query], &scratch));
	}
	buf_release(&scratch);
	return found;
}

static bool has_binding(const struct conversion_step *step, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++)
		if (scenario_writer_is_bound(step, LOCATION_JSON, i, 0, SIZE_MAX))
			return true;
	return false;
}

static struct str text_of(struct conversion *conversion, const struct json_tape *tape,
			  uint32_t index)
{
	buf_clear(&conversion->scratch);
	return arena_str(&conversion->job->arena,
			 json_text(tape, &tape->items[index], &conversion->scratch));
}

/* Whether the recorded response has errors, so that the step may have them too. */
static bool response_has_errors(struct conversion *conversion, const struct transaction *tx)
{
	struct json_tape tape;
	bool errors;

	json_init(&tape);
	buf_clear(&conversion->scratch);
	errors = json_read(&tape, transaction_body_bytes(&tx->body, &conversion->scratch)) &&
		 graphql_response_count(&tape) && !graphql_response_lacks_query(&tape);
	json_release(&tape);
	return errors;
}

bool scenario_writer_graphql(struct conversion *conversion, struct conversion_step *step,
			     struct yaml_writer_node *node)
{
	struct arena *a = &conversion->job->arena;
	const struct json_tape *tape = step->json;
	struct yaml_writer_node *variables = NULL;
	struct graphql_body body;
	struct str query;

	if (!tape || !str_eq(step->tx->method, STR("POST")) || !read_body(tape, &body))
		return false;
	query = is_text(tape, body.query)
		    ? text_of(conversion, tape, body.query)
		    : find_text(conversion, persisted_hash(tape, body.extensions));
	if (!is_query(query) || (body.name && !is_text(tape, body.name)) ||
	    (body.query && has_binding(step, body.query, body.query + 1)) ||
	    (body.name && has_binding(step, body.name, body.name + 1)))
		return false;
	if (body.variables) {
		variables = scenario_writer_json(conversion, step, body.variables);
		if (!variables)
			return false;
	}
	yaml_writer_put_text(a, node, STR("query"), query);
	if (body.name)
		yaml_writer_put_text(a, node, STR("operation"),
				     text_of(conversion, tape, body.name));
	if (variables && variables->members.count)
		yaml_writer_put(a, node, STR("variables"), variables);
	if (body.extensions)
		yaml_writer_put(a, node, STR("persisted"), yaml_writer_word(a, STR("yes")));
	if (response_has_errors(conversion, step->response)) {
		struct yaml_writer_node *expect =
		    yaml_writer_put(a, node, STR("expect"), yaml_writer_map(a));

		expect->flow = true;
		yaml_writer_put(a, expect, STR("graphql_errors"),
				yaml_writer_word(a, STR("allowed")));
	}
	return true;
}
