/* Values of a JSON body, and of the JSON and the scripts in its texts. */

#include "import/correlate/response_values.h"

#define TEXT_MIN   9u
#define INNER_MIN  12u
#define INNER_MAX  (64u << 10)
#define SCRIPT_MAX (1u << 20)

static void match_text(struct correlation *c, struct occurrence occurrence)
{
	occurrence.at = SIZE_MAX;
	if (occurrence.value.ptr[0] == '/' ||
	    str_ieq(str_slice(occurrence.value, 0, 4), STR("http"))) {
		occurrence.found_in = VALUE_SOURCE_LINK;
		response_values_match_link(c, occurrence, occurrence.value);
	}
	occurrence.found_in = VALUE_SOURCE_TEXT;
	response_values_match_parts(c, occurrence);
}

/* INNER: the tape is that of a text, which no JSONPath of the body reaches. */
static void match_leaves(struct correlation *c, uint32_t order, bool inner)
{
	struct str key = STR("");
	struct buf scratch, name;

	buf_init(&scratch, 0);
	buf_init(&name, 0);
	for (uint32_t i = 0; i < c->tape.count; i++) {
		const struct json_item *item = &c->tape.items[i];
		enum json_type type = json_type(item);
		struct occurrence occurrence = {.order = order,
						.found_in = VALUE_SOURCE_JSON,
						.is_number = type == JSON_NUMBER,
						.at = i};

		buf_clear(&scratch);
		if (type == JSON_KEY) {
			buf_clear(&name);
			key = json_text(&c->tape, item, &name);
			continue;
		}
		if (type != JSON_STRING && type != JSON_NUMBER)
			continue;
		occurrence.name = key;
		occurrence.value = type == JSON_NUMBER ? json_raw(&c->tape, item)
						       : json_text(&c->tape, item, &scratch);
		if (inner) {
			occurrence.found_in = VALUE_SOURCE_TEXT;
			occurrence.at = SIZE_MAX;
		}
		response_values_match(c, occurrence);
		if (type == JSON_STRING && occurrence.value.len >= TEXT_MIN)
			match_text(c, occurrence);
	}
	buf_release(&scratch);
	buf_release(&name);
}

/* The literals of the body for which IS is true, with their texts: reading one replaces the tape.
 */
struct literals {
	VEC(struct script_text) items;
};

static void collect(struct correlation *c, bool (*is)(struct str raw, bool escaped),
		    struct literals *out)
{
	struct arena *a = &c->conversion->job->arena;
	struct buf scratch;

	buf_init(&scratch, 0);
	for (uint32_t i = 0; i < c->tape.count; i++) {
		const struct json_item *item = &c->tape.items[i];
		struct str raw = json_raw(&c->tape, item);

		if (json_type(item) != JSON_STRING || !is(raw, json_escaped(item)))
			continue;
		buf_clear(&scratch);
		VEC_PUSH(
		    a, &out->items,
		    ((struct script_text){.text = arena_str(a, json_text(&c->tape, item, &scratch)),
					  .raw = raw}));
	}
	buf_release(&scratch);
}

static bool is_json(struct str raw, bool escaped)
{
	return escaped && raw.len >= INNER_MIN && raw.len <= INNER_MAX &&
	       (raw.ptr[0] == '{' || raw.ptr[0] == '[');
}

/* A call with an argument: Roundcube's {"exec": "this.add_contact_row(\"4711\", …)"}. */
static bool is_script(struct str raw, bool escaped)
{
	size_t call = raw.len > SCRIPT_MAX ? NOT_FOUND : str_find_char(raw, '(', 0);

	(void)escaped;
	return call != NOT_FOUND && call && str_find_char(raw, ')', call) != NOT_FOUND;
}

void response_values_match_json(struct correlation *c, uint32_t order, struct str body)
{
	struct literals inner = {0}, scripts = {0};

	collect(c, is_json, &inner);
	collect(c, is_script, &scripts);
	match_leaves(c, order, false);
	for (size_t i = 0; i < scripts.items.count; i++) {
		struct script_text *script = &scripts.items.items[i];

		script->order = order;
		script->at = (size_t)(script->raw.ptr - body.ptr);
		response_values_match_script(c, script);
	}
	for (size_t i = 0; i < inner.items.count; i++)
		if (json_read(&c->tape, inner.items.items[i].text))
			match_leaves(c, order, true);
}
