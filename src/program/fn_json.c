/* JSON text made of values, and read into them. */
#include "doc/json_answer.h"
#include "program/fn.h"

static bool json_call(struct eval *eval, const struct value *args, unsigned count,
		      struct value *out)
{
	size_t mark = fn_buf(eval)->len;

	(void)count;
	value_put_json(fn_buf(eval), args[0]);
	return fn_made(eval, mark, out);
}
FILTER(json, 1, 1, "json", "The value as JSON.", "['a', 1] | json", "[\"a\",1]");

/* Item AT of the tape as a value in the scratch. */
static bool from_tape(struct eval *eval, const struct json_tape *tape, uint32_t at,
		      struct value *out)
{
	const struct json_item *item = &tape->items[at];
	enum json_type type = json_type(item);
	bool object = type == JSON_OBJECT;

	if (type == JSON_STRING || type == JSON_KEY) {
		*out = value_text(json_text(tape, item, fn_buf(eval)));
	} else if (type == JSON_NUMBER) {
		*out = value_number(json_number(tape, item));
		out->text = json_raw(tape, item);
	} else if (type == JSON_TRUE || type == JSON_FALSE) {
		*out = value_bool(type == JSON_TRUE);
	} else if (type == JSON_NULL) {
		*out = VALUE_NOTHING;
	} else {
		size_t n = (size_t)json_count(item) * (object ? 2 : 1);
		struct value *items = scratch_items(eval->scratch, n);

		if (!items)
			return eval_error(eval, "the JSON has too many values");
		uint32_t child = at + 1;
		for (size_t i = 0; i < n; i++, child = tape->items[child].next)
			if (!from_tape(eval, tape, child, &items[i]))
				return false;
		*out = (struct value){.type = object ? VALUE_OBJECT : VALUE_LIST,
				      .items = items,
				      .count = json_count(item)};
	}
	return true;
}

bool fn_parse_json(struct eval *eval, struct str text, struct value *out)
{
	struct json_answer *json = eval->scratch->json;
	const struct json_tape *tape = json_answer_read(json, text);

	if (!tape)
		return eval_error(eval, "that is not JSON: %s at byte %zu", json->tape.error,
				  json->tape.error_at + 1);
	return from_tape(eval, tape, 0, out);
}

static bool parse_json_call(struct eval *eval, const struct value *args, unsigned count,
			    struct value *out)
{
	(void)count;
	/* The tape points into its text, which must stay: text of the answer or of the scratch. */
	return fn_parse_json(eval, fn_text(eval, args[0]), out);
}
FILTER(parse_json, 1, 1, "parse_json", "The value that a JSON text holds.",
       "('{\"a\": [1, 2]}' | parse_json).a[1]", "2");
