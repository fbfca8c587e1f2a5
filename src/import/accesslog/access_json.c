/* JSON lines: nginx with escape=json, Traefik, Caddy, Google Cloud and any log with common key
 * names. */
#include "import/accesslog/access_private.h"

#define DEPTH_MAX 3u
#define KEY_MAX	  120u

struct json_walk {
	struct access_reader *reader;
	struct access_line *line;
	const struct access_keys *keys; /* or NULL: the known ones */
	const char **why;
	char key[KEY_MAX];
};

static bool walk_members(struct json_walk *w, const struct json_item *object, size_t prefix,
			 unsigned depth);

/* The text of a scalar; for a list, that of its first element. */
static struct str text_of(struct json_walk *w, const struct json_item *item)
{
	const struct json_tape *tape = &w->reader->tape;

	if (json_type(item) == JSON_ARRAY && json_count(item))
		item++;
	if (json_type(item) == JSON_STRING)
		return json_text(tape, item, &w->reader->text);
	return json_type(item) == JSON_NUMBER ? json_raw(tape, item) : STR("");
}

static bool set_field(struct json_walk *w, struct str key, const struct json_item *value)
{
	enum access_field field = w->keys ? access_keys_find(w->keys, key)
					  : access_names_find(&w->reader->names, key);

	/* Traefik's key, which differs from others only by an upper-case letter. */
	if (!w->keys && field == FIELD_DURATION && str_eq(key, STR("Duration")))
		field = FIELD_NANOSECONDS;
	if (field == FIELD_SKIP)
		return true;
	return access_line_set(w->line, field, text_of(w, value), w->why);
}

/* Headers of AWS WAF: [{"name": "Host", "value": "a.example"}, …]. */
static bool walk_headers(struct json_walk *w, const struct json_item *list, size_t prefix)
{
	const struct json_tape *tape = &w->reader->tape;
	const struct json_item *items = tape->items, *end = items + list->next;

	for (const struct json_item *one = list + 1; one < end; one = items + one->next) {
		const struct json_item *name =
		    json_type(one) == JSON_OBJECT ? json_member(tape, one, STR("name")) : NULL;
		const struct json_item *value = name ? json_member(tape, one, STR("value")) : NULL;
		struct str text = name ? json_raw(tape, name) : STR("");

		if (!value || text.len + prefix + 1 >= KEY_MAX)
			continue;
		memcpy(w->key + prefix, text.ptr, text.len);
		if (!set_field(w, str_n(w->key, prefix + text.len), value))
			return false;
	}
	return true;
}

static bool walk_member(struct json_walk *w, const struct json_item *key, size_t prefix,
			unsigned depth)
{
	struct str name = json_raw(&w->reader->tape, key);
	const struct json_item *value = key + 1;

	if (name.len + prefix + 1 >= KEY_MAX)
		return true;
	memcpy(w->key + prefix, name.ptr, name.len);
	if (json_type(value) == JSON_ARRAY && json_count(value) &&
	    json_type(value + 1) == JSON_OBJECT) {
		w->key[prefix + name.len] = '.';
		return walk_headers(w, value, prefix + name.len + 1);
	}
	if (json_type(value) != JSON_OBJECT)
		return set_field(w, str_n(w->key, prefix + name.len), value);
	w->key[prefix + name.len] = '.';
	return depth >= DEPTH_MAX || walk_members(w, value, prefix + name.len + 1, depth + 1);
}

static bool walk_members(struct json_walk *w, const struct json_item *object, size_t prefix,
			 unsigned depth)
{
	const struct json_item *items = w->reader->tape.items;
	const struct json_item *end = items + object->next;

	for (const struct json_item *key = object + 1; key < end; key = items + key[1].next)
		if (!walk_member(w, key, prefix, depth))
			return false;
	return true;
}

bool access_json_read(const struct access_format *format, struct access_reader *reader,
		      struct str line, struct access_line *out, const char **why)
{
	struct json_walk w = {.reader = reader, .line = out, .why = why, .keys = format->keys};

	*why = "it is not a JSON object";
	if (!line.len || line.ptr[0] != '{')
		return false;
	if (!json_read(&reader->tape, line)) {
		*why = reader->tape.error;
		return false;
	}
	if (!walk_members(&w, reader->tape.items, 0, 1))
		return false;
	/* A server's other log messages between its requests are not errors. */
	if (!out->request.len && !out->method.len && !out->url.len && !out->path.len)
		return true;
	return access_line_finish(reader, out, why);
}
