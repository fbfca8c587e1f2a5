#include "doc/json_error.h"

#define TEXT_MAX     200
#define ELEMENTS_MAX 100

static bool is_one_of(const struct json_tape *tape, const struct json_item *item,
		      const char *const *words)
{
	for (int i = 0; words[i]; i++)
		if (str_ieq(json_raw(tape, item), str_of(words[i])))
			return true;
	return false;
}

static bool is_false(const struct json_tape *tape, const struct json_item *item)
{
	static const char *const words[] = {"false", "0", NULL};

	return item && json_type(item) != JSON_OBJECT && json_type(item) != JSON_ARRAY &&
	       is_one_of(tape, item, words);
}

/* A value of `error` or `errors` that is not the absence of one. */
static bool is_error(const struct json_tape *tape, const struct json_item *item)
{
	static const char *const words[] = {"", "false", "0", "none", "null", NULL};

	if (!item || json_type(item) == JSON_NULL)
		return false;
	if (json_type(item) == JSON_OBJECT || json_type(item) == JSON_ARRAY)
		return json_count(item) > 0;
	return !is_one_of(tape, item, words);
}

static bool is_failed(const struct json_tape *tape, const struct json_item *status)
{
	static const char *const words[] = {"error", "errors", "fail", "failed", "failure", NULL};

	return status && json_type(status) == JSON_STRING && is_one_of(tape, status, words);
}

/* ---- the message */

static bool put_text(const struct json_tape *tape, const struct json_item *item, struct buf *out)
{
	size_t mark = out->len;

	if (!item || json_type(item) != JSON_STRING || !item->bytes)
		return false;
	if (json_escaped(item))
		json_text(tape, item, out);
	else
		buf_add(out, json_raw(tape, item));
	out->len = mark + str_cut(str_slice(buf_str(out), mark, out->len), TEXT_MAX).len;
	return true;
}

static bool put_member(const struct json_tape *tape, const struct json_item *object,
		       struct buf *out)
{
	static const char *const names[] = {
	    "message", "msg", "error_description", "detail", "title", "error", "reason", NULL};

	for (int i = 0; names[i]; i++)
		if (put_text(tape, json_member(tape, object, str_of(names[i])), out))
			return true;
	return false;
}

/* The first text in the value ITEM, preferring the members that hold messages. */
static bool put_message(const struct json_tape *tape, const struct json_item *item, struct buf *out)
{
	uint32_t begin = (uint32_t)(item - tape->items);

	if (json_type(item) == JSON_STRING)
		return put_text(tape, item, out);
	for (uint32_t i = begin; i < item->next; i++)
		if (json_type(&tape->items[i]) == JSON_OBJECT &&
		    put_member(tape, &tape->items[i], out))
			return true;
	for (uint32_t i = begin; i < item->next; i++)
		if (put_text(tape, &tape->items[i], out))
			return true;
	return false;
}

/* ---- objects */

static bool find_in(const struct json_tape *tape, const struct json_item *object, struct buf *out)
{
	const struct json_item *error = json_member(tape, object, STR("error"));
	const struct json_item *data = json_member(tape, object, STR("data"));

	if (!is_error(tape, error))
		error = json_member(tape, object, STR("errors"));
	if (is_error(tape, error)) {
		if (!put_message(tape, error, out))
			put_member(tape, object, out);
		return true;
	}
	if (!is_false(tape, json_member(tape, object, STR("success"))) &&
	    !is_false(tape, json_member(tape, object, STR("ok"))) &&
	    !is_failed(tape, json_member(tape, object, STR("status"))))
		return false;
	if (!put_member(tape, object, out) && data)
		put_message(tape, data, out);
	return true;
}

bool json_error_find(const struct json_tape *tape, struct buf *out)
{
	const struct json_item *root = tape->items;
	uint32_t n = 0;

	if (json_type(root) == JSON_OBJECT)
		return find_in(tape, root, out);
	if (json_type(root) != JSON_ARRAY)
		return false;
	for (uint32_t i = 1; i < root->next && n < ELEMENTS_MAX; i = tape->items[i].next, n++)
		if (json_type(&tape->items[i]) == JSON_OBJECT &&
		    find_in(tape, &tape->items[i], out))
			return true;
	return false;
}

/* The message of the first object that has one: {"detail": [{"msg": "field required"}]}. */
static void put_any_member(const struct json_tape *tape, struct buf *out)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < tape->items->next && n < ELEMENTS_MAX; i++)
		if (json_type(&tape->items[i]) == JSON_OBJECT && n++ < ELEMENTS_MAX &&
		    put_member(tape, &tape->items[i], out))
			return;
}

bool json_error_put_message(const struct json_tape *tape, struct buf *out)
{
	size_t mark = out->len;

	if (!json_error_find(tape, out))
		put_any_member(tape, out);
	return out->len > mark;
}
