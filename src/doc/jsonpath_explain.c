/* Describes nodes and failed searches: normalized paths, and how far a path got. */
#include "base/ascii.h"
#include "base/escape.h"
#include "doc/jsonpath_private.h"

#define KEYS_MAX  8
#define BYTES_MAX 80

/* Single-quoted as required by RFC 9535, section 2.7. */
static void put_name(struct buf *out, struct str name)
{
	static const char from[] = "\b\f\n\r\t'\\", to[] = "bfnrt'\\";

	buf_add_char(out, '\'');
	for (size_t i = 0; i < name.len; i++) {
		const char *special = name.ptr[i] ? strchr(from, name.ptr[i]) : NULL;
		if (special)
			buf_printf(out, "\\%c", to[special - from]);
		else if ((unsigned char)name.ptr[i] < 0x20)
			buf_printf(out, "\\u%04x", (unsigned)(unsigned char)name.ptr[i]);
		else
			buf_add_char(out, name.ptr[i]);
	}
	buf_add_char(out, '\'');
}

static void put_step(const struct json_tape *tape, const struct json_item *parent, uint32_t key,
		     uint32_t number, struct buf *out)
{
	struct buf text;

	if (json_type(parent) == JSON_ARRAY) {
		buf_printf(out, "[%u]", number);
		return;
	}
	buf_init(&text, 0);
	buf_add_char(out, '[');
	put_name(out, json_text(tape, &tape->items[key], &text));
	buf_add_char(out, ']');
	buf_release(&text);
}

void jsonpath_normalized(const struct json_tape *tape, uint32_t index, struct buf *out)
{
	uint32_t at = 0;

	buf_add_char(out, '$');
	while (at != index) {
		const struct json_item *parent = &tape->items[at];
		bool object = json_type(parent) == JSON_OBJECT;
		uint32_t child = at + 1, number = 0;
		while (tape->items[child + object].next <= index) {
			child = tape->items[child + object].next;
			number++;
		}
		put_step(tape, parent, child, number, out);
		at = child + object;
	}
}

bool jsonpath_is_short_name(struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_alnum(name.ptr[i]) && name.ptr[i] != '_')
			return false;
	return name.len && !ascii_is_digit(name.ptr[0]);
}

void jsonpath_put_short(struct str path, struct buf *out)
{
	for (size_t at = 0; at < path.len;) {
		size_t end = str_find(path, STR("']"), at);

		if (!str_starts(str_slice(path, at, path.len), STR("['")) || end == NOT_FOUND ||
		    !jsonpath_is_short_name(str_slice(path, at + 2, end))) {
			buf_add_char(out, path.ptr[at++]);
			continue;
		}
		buf_printf(out, ".%.*s", STR_ARG(str_slice(path, at + 2, end)));
		at = end + 2;
	}
}

/* {"id", "name", …}, an array of 3, or a short value. */
static void put_description(const struct json_tape *tape, uint32_t index, struct buf *out)
{
	const struct json_item *item = &tape->items[index];
	struct str raw = json_raw(tape, item);
	uint32_t at = index + 1;

	if (json_type(item) == JSON_ARRAY) {
		buf_printf(out, "an array of %u", json_count(item));
	} else if (json_type(item) == JSON_OBJECT) {
		buf_add(out, STR("an object with"));
		for (uint32_t i = 0; i < json_count(item) && i < KEYS_MAX; i++) {
			buf_add(out, i ? STR(", ") : STR(" "));
			escape_terminal(out, json_raw(tape, &tape->items[at]));
			at = tape->items[at + 1].next;
		}
		if (json_count(item) == 0)
			buf_add(out, STR(" no members"));
		else if (json_count(item) > KEYS_MAX)
			buf_printf(out, " and %u more", json_count(item) - KEYS_MAX);
	} else {
		escape_terminal(out, str_slice(raw, 0, BYTES_MAX));
	}
}

void jsonpath_explain(const struct jsonpath *path, const struct json_tape *tape,
		      struct jsonpath_work *work, struct buf *out)
{
	struct jsonpath part = *path;
	uint32_t last = 0;

	for (part.query.count = 1; part.query.count <= path->query.count; part.query.count++) {
		if (jsonpath_find(&part, tape, work) != JSONPATH_OK) {
			buf_add(out, STR("the path takes too many steps on this body"));
			return;
		}
		if (work->count == 0)
			break;
		last = work->nodes[0];
	}
	if (part.query.count > path->query.count)
		return;
	buf_add(out, STR("nothing at "));
	escape_terminal(
	    out, str_slice(path->text, 0, path->query.segments[part.query.count - 1].ends_at));
	buf_add(out, STR("; "));
	if (last)
		jsonpath_normalized(tape, last, out);
	else
		buf_add(out, STR("the response"));
	buf_add(out, STR(" is "));
	put_description(tape, last, out);
}
