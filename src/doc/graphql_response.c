#include "doc/graphql_response.h"

#include <inttypes.h>

#define MESSAGE_MAX 300u

static const struct json_item *errors_of(const struct json_tape *tape, const struct json_item *item)
{
	const struct json_item *errors =
	    json_type(item) == JSON_OBJECT ? json_member(tape, item, STR("errors")) : NULL;

	return errors && json_type(errors) == JSON_ARRAY && json_count(errors) ? errors : NULL;
}

/* Calls VISIT for the object, or for each of a batch, until it returns true. */
static bool any_response(const struct json_tape *tape,
			 bool (*visit)(const struct json_tape *, const struct json_item *, void *),
			 void *owner)
{
	const struct json_item *root = tape->items;

	if (json_type(root) != JSON_ARRAY)
		return visit(tape, root, owner);
	for (uint32_t i = 1; i < root->next; i = tape->items[i].next)
		if (visit(tape, &tape->items[i], owner))
			return true;
	return false;
}

static bool is_invalid(const struct json_tape *tape, const struct json_item *item, void *owner)
{
	(void)owner;
	return json_type(item) != JSON_OBJECT ||
	       (!json_member(tape, item, STR("data")) && !json_member(tape, item, STR("errors")));
}

bool graphql_response_is_valid(const struct json_tape *tape)
{
	return !any_response(tape, is_invalid, NULL);
}

static bool count_errors(const struct json_tape *tape, const struct json_item *item, void *owner)
{
	const struct json_item *errors = errors_of(tape, item);

	*(uint32_t *)owner += errors ? json_count(errors) : 0;
	return false;
}

uint32_t graphql_response_count(const struct json_tape *tape)
{
	uint32_t count = 0;

	any_response(tape, count_errors, &count);
	return count;
}

/* The first errors, and the number of their operation in the batch. */
struct first_errors {
	const struct json_item *errors;
	unsigned operation;
};

static bool find_errors(const struct json_tape *tape, const struct json_item *item, void *owner)
{
	struct first_errors *found = owner;

	found->operation++;
	found->errors = errors_of(tape, item);
	return found->errors;
}

/* "search.items[0].price" */
static void put_path(const struct json_tape *tape, const struct json_item *path, struct buf *out)
{
	uint32_t begin = (uint32_t)(path - tape->items);

	for (uint32_t i = begin + 1; i < path->next; i = tape->items[i].next) {
		const struct json_item *item = &tape->items[i];

		if (json_type(item) == JSON_NUMBER)
			buf_printf(out, "[%.*s]", STR_ARG(json_raw(tape, item)));
		else
			buf_printf(out, "%s%.*s", i > begin + 1 ? "." : "",
				   STR_ARG(json_raw(tape, item)));
	}
}

void graphql_response_explain(const struct json_tape *tape, struct buf *out)
{
	struct first_errors first = {.errors = NULL};
	const struct json_item *error, *message, *path;
	uint32_t count = graphql_response_count(tape);
	struct buf text;

	if (!any_response(tape, find_errors, &first))
		return;
	error = first.errors + 1;
	message = json_type(error) == JSON_OBJECT ? json_member(tape, error, STR("message")) : NULL;
	path = json_type(error) == JSON_OBJECT ? json_member(tape, error, STR("path")) : NULL;
	buf_init(&text, 0);
	buf_add(out, STR("GraphQL error"));
	if (json_type(tape->items) == JSON_ARRAY)
		buf_printf(out, " in operation %u of the batch", first.operation);
	buf_add(out, STR(": "));
	if (message && json_type(message) == JSON_STRING)
		buf_add(out, str_cut(json_text(tape, message, &text), MESSAGE_MAX));
	else
		buf_add(out, STR("without a message"));
	if (path && json_type(path) == JSON_ARRAY && json_count(path)) {
		buf_add(out, STR(", at "));
		put_path(tape, path, out);
	}
	if (count > 1)
		buf_printf(out, " (and %" PRIu32 " more)", count - 1);
	buf_release(&text);
}

static bool has_text(const struct json_tape *tape, const struct json_item *object, const char *key,
		     const char *text)
{
	const struct json_item *item = object && json_type(object) == JSON_OBJECT
					   ? json_member(tape, object, str_of(key))
					   : NULL;

	return item && json_type(item) == JSON_STRING && json_text_eq(tape, item, str_of(text));
}

static bool lacks_query(const struct json_tape *tape, const struct json_item *item, void *owner)
{
	const struct json_item *errors = errors_of(tape, item);

	(void)owner;
	for (uint32_t i = errors ? (uint32_t)(errors - tape->items) + 1 : 0;
	     errors && i < errors->next; i = tape->items[i].next) {
		const struct json_item *error = &tape->items[i];

		if (json_type(error) != JSON_OBJECT)
			continue;
		if (has_text(tape, error, "message", "PersistedQueryNotFound") ||
		    has_text(tape, json_member(tape, error, STR("extensions")), "code",
			     "PERSISTED_QUERY_NOT_FOUND"))
			return true;
	}
	return false;
}

bool graphql_response_lacks_query(const struct json_tape *tape)
{
	return any_response(tape, lacks_query, NULL);
}
