/* Keys of a JSON log that the user gives in the notation of nginx's log_format with escape=json. */
#include "base/ascii.h"
#include "import/accesslog/access_private.h"

#define KEYS_MAX 64u
#define KEY_MAX	 120u

struct access_keys {
	struct {
		struct str key;
		enum access_field field;
	} items[KEYS_MAX];
	size_t count;
};

struct access_keys_builder {
	struct arena *arena;
	struct access_keys *keys;
	struct access_names names;
	struct json_tape tape;
	const char *why;
};

enum access_field access_keys_find(const struct access_keys *keys, struct str key)
{
	for (size_t i = 0; i < keys->count; i++)
		if (str_ieq(keys->items[i].key, key))
			return keys->items[i].field;
	return FIELD_SKIP;
}

/* TEXT with quotes around the variables that have none: "code": $status. */
static struct str quoted_variables(struct arena *a, struct str text)
{
	struct buf out;
	struct str result;
	bool inside = false;

	buf_init(&out, 0);
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		inside ^= c == '"' && (!i || text.ptr[i - 1] != '\\');
		if (c != '$' || inside) {
			buf_add_char(&out, c);
			continue;
		}
		buf_add(&out, STR("\"$"));
		while (i + 1 < text.len && ascii_is_name(text.ptr[i + 1]))
			buf_add_char(&out, text.ptr[++i]);
		buf_add_char(&out, '"');
	}
	result = arena_str(a, buf_str(&out));
	buf_release(&out);
	return result;
}

static bool add_key(struct access_keys_builder *b, struct str key, struct str value)
{
	struct access_keys *keys = b->keys;

	if (value.len < 2 || value.ptr[0] != '$')
		return true;
	b->why = "it has too many keys";
	if (keys->count == KEYS_MAX)
		return false;
	keys->items[keys->count].key = key;
	keys->items[keys->count++].field =
	    access_names_find(&b->names, str_slice(value, 1, value.len));
	return true;
}

static bool add_members(struct access_keys_builder *b, const struct json_item *object,
			struct str prefix)
{
	const struct json_item *items = b->tape.items, *end = items + object->next;

	for (const struct json_item *key = object + 1; key < end; key = items + key[1].next) {
		struct str name =
		    arena_printf(b->arena, "%.*s%s%.*s", STR_ARG(prefix), prefix.len ? "." : "",
				 STR_ARG(json_raw(&b->tape, key)));

		b->why = "a key is too long";
		if (name.len > KEY_MAX)
			return false;
		if (json_type(key + 1) == JSON_OBJECT && !add_members(b, key + 1, name))
			return false;
		if (json_type(key + 1) == JSON_STRING &&
		    !add_key(b, name, json_raw(&b->tape, key + 1)))
			return false;
	}
	return true;
}

static bool has(const struct access_keys *keys, enum access_field field)
{
	for (size_t i = 0; i < keys->count; i++)
		if (keys->items[i].field == field)
			return true;
	return false;
}

static bool has_enough(struct access_keys_builder *b)
{
	b->why = "it has no request: add a key with $request, or with $request_method and "
		 "$request_uri";
	if (!has(b->keys, FIELD_REQUEST) && !has(b->keys, FIELD_URL) && !has(b->keys, FIELD_PATH))
		return false;
	b->why = "it has no time: add a key with $time_iso8601";
	return has(b->keys, FIELD_TIME) || has(b->keys, FIELD_BEGIN);
}

const struct access_keys *access_keys_new(struct arena *a, struct str text, const char **why)
{
	struct access_keys_builder b = {.arena = a, .keys = ARENA_NEW(a, struct access_keys)};
	struct str json = quoted_variables(a, str_trim(text));
	bool good;

	access_names_init(&b.names);
	json_init(&b.tape);
	b.why = "it is not a JSON object such as {\"when\": \"$time_iso8601\", \"code\": $status}";
	good = json_read(&b.tape, json) && json_type(b.tape.items) == JSON_OBJECT &&
	       add_members(&b, b.tape.items, STR("")) && has_enough(&b);
	json_release(&b.tape);
	*why = b.why;
	return good ? b.keys : NULL;
}
