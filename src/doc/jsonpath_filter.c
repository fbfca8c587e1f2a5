/* Evaluates filters for one node (RFC 9535, section 2.3.5). */
#include "doc/jsonpath_private.h"

static struct jsonpath_value call_value(struct jsonpath_evaluation *f,
					const struct jsonpath_call *call, uint32_t current);

static const struct jsonpath_value nothing = {.nothing = true};

static struct jsonpath_value value_of_item(const struct jsonpath_evaluation *f, uint32_t index)
{
	const struct json_item *item = &f->tape->items[index];
	struct jsonpath_value value = {.type = json_type(item), .item = index};

	if (value.type == JSON_NUMBER) {
		value.number = json_number(f->tape, item);
	} else if (value.type == JSON_STRING) {
		value.text = json_raw(f->tape, item);
		value.escaped = json_escaped(item);
	}
	return value;
}

static struct jsonpath_value operand_value(struct jsonpath_evaluation *f,
					   const struct jsonpath_operand *operand, uint32_t current)
{
	struct jsonpath_value value = nothing;
	size_t base = f->work->count;

	switch (operand->kind) {
	case OPERAND_LITERAL:
		value = (struct jsonpath_value){.type = operand->literal.type,
						.text = operand->literal.text,
						.number = operand->literal.number};
		break;
	case OPERAND_QUERY:
		jsonpath_query_find(f, operand->query, current, base);
		if (f->work->count == base + 1)
			value = value_of_item(f, f->work->nodes[base]);
		f->work->count = base;
		break;
	case OPERAND_CALL:
		value = call_value(f, operand->call, current);
		break;
	}
	return value;
}

/* The text of a string value, decoded into the buffer SIDE if it has escapes. */
static struct str value_string(struct jsonpath_evaluation *f, const struct jsonpath_value *value,
			       int side)
{
	struct buf *buf = &f->work->text[side];

	if (!value->escaped)
		return value->text;
	buf_clear(buf);
	return json_text(f->tape, &f->tape->items[value->item], buf);
}

/* ---- comparison */

static bool values_equal(struct jsonpath_evaluation *f, const struct jsonpath_value *a,
			 const struct jsonpath_value *b);

static bool items_equal(struct jsonpath_evaluation *f, uint32_t a, uint32_t b)
{
	struct jsonpath_value left = value_of_item(f, a), right = value_of_item(f, b);
	return values_equal(f, &left, &right);
}

static bool arrays_equal(struct jsonpath_evaluation *f, uint32_t a, uint32_t b)
{
	uint32_t end = f->tape->items[a].next;

	if (json_count(&f->tape->items[a]) != json_count(&f->tape->items[b]))
		return false;
	for (a++, b++; a < end; a = f->tape->items[a].next, b = f->tape->items[b].next)
		if (!jsonpath_count_step(f) || !items_equal(f, a, b))
			return false;
	return true;
}

static bool objects_equal(struct jsonpath_evaluation *f, uint32_t a, uint32_t b)
{
	const struct json_item *other = &f->tape->items[b];
	uint32_t end = f->tape->items[a].next;

	if (json_count(&f->tape->items[a]) != json_count(other))
		return false;
	for (a++; a < end; a = f->tape->items[a + 1].next) {
		struct buf *key = &f->work->text[0];
		const struct json_item *member;
		buf_clear(key);
		member = json_member(f->tape, other, json_text(f->tape, &f->tape->items[a], key));
		f->work->steps_left -= f->work->steps_left < json_count(other) ? f->work->steps_left
									       : json_count(other);
		if (!jsonpath_count_step(f) || !member ||
		    !items_equal(f, a + 1, (uint32_t)(member - f->tape->items)))
			return false;
	}
	return true;
}

static bool values_equal(struct jsonpath_evaluation *f, const struct jsonpath_value *a,
			 const struct jsonpath_value *b)
{
	if (a->nothing || b->nothing)
		return a->nothing && b->nothing;
	if (a->type != b->type)
		return false;
	switch (a->type) {
	case JSON_NUMBER:
		return !(a->number < b->number) && !(a->number > b->number);
	case JSON_STRING:
		return str_eq(value_string(f, a, 0), value_string(f, b, 1));
	case JSON_ARRAY:
		return arrays_equal(f, a->item, b->item);
	case JSON_OBJECT:
		return objects_equal(f, a->item, b->item);
	case JSON_NULL:
	case JSON_FALSE:
	case JSON_TRUE:
	case JSON_KEY:
		break;
	}
	return true;
}

/* UTF-8 bytes sort in the order of their code points, so bytes are compared. */
static bool string_less(struct str a, struct str b)
{
	size_t shorter = a.len < b.len ? a.len : b.len;
	int order = shorter ? memcmp(a.ptr, b.ptr, shorter) : 0;

	return order ? order < 0 : a.len < b.len;
}

static bool value_less(struct jsonpath_evaluation *f, const struct jsonpath_value *a,
		       const struct jsonpath_value *b)
{
	if (a->nothing || b->nothing || a->type != b->type)
		return false;
	if (a->type == JSON_NUMBER)
		return a->number < b->number;
	if (a->type == JSON_STRING)
		return string_less(value_string(f, a, 0), value_string(f, b, 1));
	return false;
}

static bool compare(struct jsonpath_evaluation *f, const struct filter *filter, uint32_t current)
{
	struct jsonpath_value a = operand_value(f, &filter->a, current);
	struct jsonpath_value b = operand_value(f, &filter->b, current);

	switch (filter->comparison) {
	case COMPARE_EQ:
		return values_equal(f, &a, &b);
	case COMPARE_NE:
		return !values_equal(f, &a, &b);
	case COMPARE_LT:
		return value_less(f, &a, &b);
	case COMPARE_LE:
		return value_less(f, &a, &b) || values_equal(f, &a, &b);
	case COMPARE_GT:
		return value_less(f, &b, &a);
	case COMPARE_GE:
		return value_less(f, &b, &a) || values_equal(f, &a, &b);
	}
	return false;
}

/* ---- functions (RFC 9535 section 2.4) */

static struct jsonpath_value number_value(double number)
{
	return (struct jsonpath_value){.type = JSON_NUMBER, .number = number};
}

static double code_points(struct str text)
{
	size_t count = 0;

	for (size_t i = 0; i < text.len; i++)
		count += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
	return (double)count;
}

static struct jsonpath_value call_length(struct jsonpath_evaluation *f,
					 const struct jsonpath_call *call, uint32_t current)
{
	struct jsonpath_value value = operand_value(f, &call->args[0], current);

	if (value.nothing)
		return nothing;
	if (value.type == JSON_STRING)
		return number_value(code_points(value_string(f, &value, 0)));
	if (value.type == JSON_ARRAY || value.type == JSON_OBJECT)
		return number_value(json_count(&f->tape->items[value.item]));
	return nothing;
}

static struct jsonpath_value call_value(struct jsonpath_evaluation *f,
					const struct jsonpath_call *call, uint32_t current)
{
	size_t base = f->work->count, found;
	struct jsonpath_value value = nothing;

	if (call->name == CALL_LENGTH)
		return call_length(f, call, current);
	jsonpath_query_find(f, call->args[0].query, current, base);
	found = f->work->count - base;
	if (call->name == CALL_COUNT)
		value = number_value((double)found);
	else if (found == 1)
		value = value_of_item(f, f->work->nodes[base]);
	f->work->count = base;
	return value;
}

/* A pattern from the document: translated, compiled and freed. */
static bool matches_found_pattern(struct jsonpath_evaluation *f, const struct jsonpath_call *call,
				  struct str text, struct str pattern)
{
	struct buf translated;
	struct regex_error error;
	struct regex *regex = NULL;
	enum regex_outcome outcome = REGEX_NO_MATCH;

	buf_init(&translated, 4096);
	if (jsonpath_translate_regex(pattern, call->name == CALL_MATCH, &translated))
		regex = regex_new(buf_str(&translated), false, &error);
	if (regex)
		outcome = regex_find(regex, f->work->regex, text, 0);
	regex_free(regex);
	buf_release(&translated);
	f->limit |= outcome == REGEX_LIMIT;
	f->work->steps_left -= f->work->steps_left < 1000 ? f->work->steps_left : 1000;
	return outcome == REGEX_MATCH;
}

static bool call_matches(struct jsonpath_evaluation *f, const struct jsonpath_call *call,
			 uint32_t current)
{
	struct jsonpath_value text = operand_value(f, &call->args[0], current);
	struct jsonpath_value pattern = operand_value(f, &call->args[1], current);
	enum regex_outcome outcome;

	if (text.nothing || text.type != JSON_STRING || pattern.nothing ||
	    pattern.type != JSON_STRING || call->regex_is_bad || !jsonpath_count_step(f))
		return false;
	if (!call->regex)
		return matches_found_pattern(f, call, value_string(f, &text, 0),
					     value_string(f, &pattern, 1));
	outcome = regex_find(call->regex, f->work->regex, value_string(f, &text, 0), 0);
	f->limit |= outcome == REGEX_LIMIT;
	return outcome == REGEX_MATCH;
}

static bool exists(struct jsonpath_evaluation *f, const struct query *query, uint32_t current)
{
	size_t base = f->work->count;
	bool found;

	jsonpath_query_find(f, query, current, base);
	found = f->work->count > base;
	f->work->count = base;
	return found;
}

/* The recursion follows the nesting of the path, which the parser limits. */
bool jsonpath_filter_matches(struct jsonpath_evaluation *f, const struct filter *filter,
			     uint32_t current)
{
	if (!jsonpath_count_step(f))
		return false;
	switch (filter->kind) {
	case FILTER_OR:
		return jsonpath_filter_matches(f, filter->left, current) ||
		       jsonpath_filter_matches(f, filter->right, current);
	case FILTER_AND:
		return jsonpath_filter_matches(f, filter->left, current) &&
		       jsonpath_filter_matches(f, filter->right, current);
	case FILTER_NOT:
		return !jsonpath_filter_matches(f, filter->left, current);
	case FILTER_COMPARE:
		return compare(f, filter, current);
	case FILTER_EXISTS:
		return exists(f, filter->query, current);
	case FILTER_CALL:
		return call_matches(f, filter->call, current);
	}
	return false;
}
