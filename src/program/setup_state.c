#include "program/setup_state.h"

#include <math.h>

#include "base/base64.h"
#include "base/json_writer.h"
#include "doc/json.h"
#include "program/expr.h"

/*
 * A value is itself in JSON, except what JSON does not have: {"object": [key, value, …]} keeps
 * order and duplicate keys, {"base64": "…"} any bytes, {"number": "inf"} special numbers.
 */

/* ---- writing */

static void put(struct json_writer *j, const char *key, struct value v);

static void put_items(struct json_writer *j, const char *key, const struct value *items,
		      size_t count)
{
	json_writer_open_array(j, key);
	for (size_t i = 0; i < count; i++)
		put(j, NULL, items[i]);
	json_writer_close_array(j);
}

static void put(struct json_writer *j, const char *key, struct value v)
{
	if (v.type == VALUE_TEXT && !str_is_utf8(v.text, NULL)) {
		json_writer_open(j, key);
		json_writer_base64(j, "base64", v.text);
		json_writer_close(j);
	} else if (v.type == VALUE_LIST) {
		put_items(j, key, v.items, v.count);
	} else if (v.type == VALUE_OBJECT) {
		json_writer_open(j, key);
		put_items(j, "object", v.items, 2 * v.count);
		json_writer_close(j);
	} else if (v.type == VALUE_NUMBER && !v.text.ptr && !isfinite(v.number)) {
		json_writer_open(j, key);
		json_writer_format(j, "number", "%g", v.number);
		json_writer_close(j);
	} else {
		value_put_json(json_writer_value(j, key), v);
	}
}

void setup_state_put(struct buf *out, const struct setup_state *h, const struct program *p,
		     const struct value *slots)
{
	struct json_writer j = json_writer_compact(out);

	json_writer_open(&j, NULL);
	json_writer_text(&j, "reprise", h->version);
	json_writer_text(&j, "scenario", h->scenario);
	json_writer_uint(&j, "generation", h->generation);
	if (h->failed)
		json_writer_text(&j, "failed", h->failure);
	json_writer_open_array(&j, "values");
	for (uint32_t i = 0; !h->failed && i < p->slot_count; i++) {
		if (slots[i].type == VALUE_NULL)
			continue;
		json_writer_line(&j, "\n");
		json_writer_open(&j, NULL);
		json_writer_uint(&j, "slot", i);
		json_writer_text(&j, "name", p->slot_names[i]);
		if (slots[i].secret)
			json_writer_bool(&j, "secret", true);
		put(&j, "value", slots[i]);
		json_writer_close(&j);
	}
	json_writer_close_array(&j);
	json_writer_close(&j);
	buf_add_char(out, '\n');
}

/* ---- reading */

struct setup_state_reader {
	struct arena *arena;
	struct json_tape tape;
	struct buf text; /* where escapes are decoded */
};

static struct str text_at(struct setup_state_reader *t, const struct json_item *item)
{
	buf_clear(&t->text);
	return arena_str(t->arena, json_text(&t->tape, item, &t->text));
}

static bool read_value(struct setup_state_reader *t, uint32_t at, bool secret, struct value *out);

static bool read_items(struct setup_state_reader *t, uint32_t at, bool secret, struct value *out)
{
	size_t count = json_count(&t->tape.items[at]);
	struct value *items = ARENA_ARRAY(t->arena, count + 1, struct value);

	out->items = items;
	out->count = count;
	at++;
	for (size_t i = 0; i < count; i++, at = t->tape.items[at].next)
		if (!read_value(t, at, secret, &items[i]))
			return false;
	return true;
}

static bool read_bytes(struct setup_state_reader *t, const struct json_item *item,
		       struct value *out)
{
	struct buf bytes;
	bool fine;

	buf_init(&bytes, 0);
	fine = base64_decode(&bytes, text_at(t, item));
	*out = value_text(arena_str(t->arena, buf_str(&bytes)));
	buf_release(&bytes);
	return fine;
}

/* {"object": […]}, {"base64": "…"}, {"number": "inf"}: one member each. */
static bool read_wrapped(struct setup_state_reader *t, uint32_t at, bool secret, struct value *out)
{
	const struct json_item *key = &t->tape.items[at + 1], *value = key + 1;

	if (json_count(&t->tape.items[at]) != 1)
		return false;
	if (json_text_eq(&t->tape, key, STR("object"))) {
		if (json_type(value) != JSON_ARRAY || json_count(value) % 2 ||
		    !read_items(t, at + 2, secret, out))
			return false;
		out->type = VALUE_OBJECT;
		out->count /= 2;
		return true;
	}
	if (json_type(value) != JSON_STRING)
		return false;
	if (json_text_eq(&t->tape, key, STR("base64")))
		return read_bytes(t, value, out);
	if (!json_text_eq(&t->tape, key, STR("number")))
		return false;
	*out = value_number(str_eq(text_at(t, value), STR("inf"))    ? HUGE_VAL
			    : str_eq(text_at(t, value), STR("-inf")) ? -HUGE_VAL
								     : nan(""));
	return true;
}

static bool read_value(struct setup_state_reader *t, uint32_t at, bool secret, struct value *out)
{
	const struct json_item *item = &t->tape.items[at];
	bool fine = true;

	*out = VALUE_NOTHING;
	switch (json_type(item)) {
	case JSON_NULL:
	case JSON_KEY:
		break;
	case JSON_FALSE:
	case JSON_TRUE:
		*out = value_bool(json_type(item) == JSON_TRUE);
		break;
	case JSON_NUMBER:
		*out = value_number(json_number(&t->tape, item));
		out->text = arena_str(t->arena, json_raw(&t->tape, item));
		break;
	case JSON_STRING:
		*out = value_text(text_at(t, item));
		break;
	case JSON_ARRAY:
		out->type = VALUE_LIST;
		fine = read_items(t, at, secret, out);
		break;
	case JSON_OBJECT:
		fine = read_wrapped(t, at, secret, out);
		break;
	}
	out->secret = secret;
	return fine;
}

static struct str member_text(struct setup_state_reader *t, const struct json_item *of,
			      struct str key)
{
	const struct json_item *item =
	    json_type(of) == JSON_OBJECT ? json_member(&t->tape, of, key) : NULL;

	return item && json_type(item) == JSON_STRING ? text_at(t, item) : STR_NULL;
}

/* One item of "values". */
static bool read_slot(struct setup_state_reader *t, const struct json_item *item,
		      const struct program *p, struct value *slots)
{
	const struct json_item *slot, *secret, *value;
	struct str name = member_text(t, item, STR("name"));
	int64_t number;

	if (json_type(item) != JSON_OBJECT)
		return false;
	slot = json_member(&t->tape, item, STR("slot"));
	secret = json_member(&t->tape, item, STR("secret"));
	value = json_member(&t->tape, item, STR("value"));
	if (!slot || !value || json_type(slot) != JSON_NUMBER ||
	    !str_to_int(json_raw(&t->tape, slot), &number) || number < 0 ||
	    number >= (int64_t)p->slot_count || !str_eq(p->slot_names[number], name))
		return false;
	return read_value(t, (uint32_t)(value - t->tape.items),
			  secret && json_type(secret) == JSON_TRUE, &slots[number]);
}

static bool read_slots(struct setup_state_reader *t, const struct program *p, struct value *slots)
{
	const struct json_item *list = json_member(&t->tape, t->tape.items, STR("values"));
	uint32_t at, count;

	if (!list || json_type(list) != JSON_ARRAY)
		return false;
	at = (uint32_t)(list - t->tape.items) + 1;
	count = json_count(list);
	for (uint32_t i = 0; i < count; i++, at = t->tape.items[at].next)
		if (!read_slot(t, &t->tape.items[at], p, slots))
			return false;
	return true;
}

/* A file without it has the values of the first setup. */
static uint64_t read_generation(struct setup_state_reader *t)
{
	const struct json_item *item = json_member(&t->tape, t->tape.items, STR("generation"));
	int64_t number;

	return item && json_type(item) == JSON_NUMBER &&
		       str_to_int(json_raw(&t->tape, item), &number) && number > 0
		   ? (uint64_t)number
		   : 1;
}

static bool read_all(struct setup_state_reader *t, struct str text, const struct program *p,
		     struct setup_state *h, struct value *slots, struct buf *error)
{
	const struct json_item *root;
	struct str version, scenario, failure;

	if (!json_read(&t->tape, text)) {
		buf_printf(error, "%s at byte %zu", t->tape.error, t->tape.error_at + 1);
		return false;
	}
	root = t->tape.items;
	version = member_text(t, root, STR("reprise"));
	scenario = member_text(t, root, STR("scenario"));
	failure = member_text(t, root, STR("failed"));
	if (!version.ptr || !str_eq(version, h->version)) {
		buf_printf(error, "it is from reprise '%.*s', and this is %.*s", STR_ARG(version),
			   STR_ARG(h->version));
		return false;
	}
	if (!scenario.ptr || !str_eq(scenario, h->scenario)) {
		buf_add(error, STR("the first shard performs another scenario, load or target"));
		return false;
	}
	h->failed = failure.ptr != NULL;
	h->failure = failure;
	h->generation = read_generation(t);
	if (h->failed || read_slots(t, p, slots))
		return true;
	buf_add(error, STR("it has a value that does not belong to this scenario"));
	return false;
}

bool setup_state_read(struct arena *a, struct str text, const struct program *p,
		      struct setup_state *h, struct value *slots, struct buf *error)
{
	struct setup_state_reader t = {.arena = a};
	bool fine;

	json_init(&t.tape);
	buf_init(&t.text, 0);
	fine = read_all(&t, text, p, h, slots, error);
	buf_release(&t.text);
	json_release(&t.tape);
	return fine;
}
