#include "doc/json_value.h"

/* Converts the children of a container: elements, or pairs. The tape
 * limits the depth. */
static bool convert_children(const struct json_tape *tape, uint32_t item, struct scratch *scratch,
			     struct value *out)
{
	bool object = out->type == VALUE_OBJECT;
	size_t slots = object ? 2 * out->count : out->count;
	struct value *items = scratch_items(scratch, slots);
	uint32_t at = item + 1;

	if (slots && !items)
		return false;
	out->items = items;
	for (size_t i = 0; i < slots; i++) {
		if (!json_value_from_tape(tape, at, scratch, &items[i]))
			return false;
		at = tape->items[at].next;
	}
	return true;
}

static bool convert_text(const struct json_tape *tape, const struct json_item *item,
			 struct scratch *scratch, struct value *out)
{
	out->type = VALUE_TEXT;
	out->text = json_text(tape, item, &scratch->text);
	return out->text.ptr != NULL;
}

bool json_value_from_tape(const struct json_tape *tape, uint32_t index, struct scratch *scratch,
			  struct value *out)
{
	const struct json_item *item = &tape->items[index];

	*out = VALUE_NOTHING;
	switch (json_type(item)) {
	case JSON_NULL:
		return true;
	case JSON_FALSE:
	case JSON_TRUE:
		*out = value_bool(json_type(item) == JSON_TRUE);
		return true;
	case JSON_NUMBER:
		*out = value_number(json_number(tape, item));
		out->text = json_raw(tape, item);
		return true;
	case JSON_STRING:
	case JSON_KEY:
		return convert_text(tape, item, scratch, out);
	case JSON_ARRAY:
	case JSON_OBJECT:
		break;
	}
	out->type = json_type(item) == JSON_ARRAY ? VALUE_LIST : VALUE_OBJECT;
	out->count = json_count(item);
	return convert_children(tape, index, scratch, out);
}
