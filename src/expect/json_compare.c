#include "expect/json_compare.h"

#include "base/ascii.h"
#include "doc/node.h"

#define WORK_MAX     20000000u /* maximum number of compared members and elements */
#define QUOTED_MAX   80	       /* maximum bytes of a value in a message */
#define KEY_MAX	     60
#define EXPONENT_MAX INT64_C(1000000000000000)

/* ---- preparation */

/* A leaf with a template, evaluated for each check. */
struct hole {
	size_t at;
	struct expected expected;
	struct hole *next;
};

/* All values of the tree in one array, the root first; lists and objects point into it. */
struct deep {
	struct value *values;
	size_t count, used;
	struct hole *holes;
};

static bool lay_out(struct expect_prepare *p, struct deep *d, const struct node *node, size_t at);

static bool lay_out_leaf(struct expect_prepare *p, struct deep *d, const struct node *node,
			 size_t at, bool key)
{
	struct text text = {.raw = node->text, .node = node};
	struct expected expected;

	if (!p->text(p, &text, !key, &expected))
		return false;
	if (key && !expected.constant) {
		diag_error(p->diags, node->span, DIAG_E346,
			   "keys of the expected value cannot contain ${…}; only values can");
		return false;
	}
	if (expected.constant) {
		d->values[at] = expected.value;
		return true;
	}
	struct hole *hole = ARENA_NEW(p->arena, struct hole);
	*hole = (struct hole){.at = at, .expected = expected, .next = d->holes};
	d->holes = hole;
	return true;
}

/* Adds the children of NODE at the end of the array. */
static bool lay_out_children(struct expect_prepare *p, struct deep *d, const struct node *node,
			     size_t at)
{
	bool map = node->kind == NODE_MAP, fine = true;
	size_t first = d->used;

	d->values[at] = (struct value){.type = map ? VALUE_OBJECT : VALUE_LIST,
				       .items = d->values + first,
				       .count = node->count};
	d->used += map ? 2 * node->count : node->count;
	for (size_t i = 0; i < node->count; i++)
		if (map) {
			fine &= lay_out_leaf(p, d, node->pairs[i].key, first + 2 * i, true);
			fine &= lay_out(p, d, node->pairs[i].value, first + 2 * i + 1);
		} else {
			fine &= lay_out(p, d, node->items[i], first + i);
		}
	return fine;
}

static bool lay_out(struct expect_prepare *p, struct deep *d, const struct node *node, size_t at)
{
	return node->kind == NODE_SCALAR ? lay_out_leaf(p, d, node, at, false)
					 : lay_out_children(p, d, node, at);
}

const struct deep *json_compare_prepare(struct expect_prepare *p, const struct node *node)
{
	struct deep *d = ARENA_NEW(p->arena, struct deep);

	d->count = node->expanded;
	d->values = ARENA_ARRAY(p->arena, d->count, struct value);
	d->used = 1;
	return lay_out(p, d, node, 0) ? d : NULL;
}

bool json_compare_value(const struct deep *deep, const struct value *rendered,
			struct scratch *scratch, struct value *out)
{
	struct value *values = deep->values;

	if (deep->holes) {
		values = scratch_items(scratch, deep->count);
		if (!values)
			return false;
		memcpy(values, deep->values, deep->count * sizeof *values);
		for (size_t i = 0; i < deep->used; i++)
			if (values[i].items)
				values[i].items = values + (values[i].items - deep->values);
		for (const struct hole *hole = deep->holes; hole; hole = hole->next)
			values[hole->at] = expect_resolve(&hole->expected, rendered);
	}
	*out = values[0];
	return true;
}

/* ---- comparison */

enum difference { DIFFERENT, MISSING, NOT_EXPECTED };

struct deep_walk {
	unsigned long left; /* remaining work */
	struct buf *path;   /* path to the current value; NULL if not needed */
	enum difference how;
	struct value found, expected; /* the first different values */
};

static enum expect_outcome differ(struct deep_walk *w, enum difference how, struct value found,
				  struct value expected)
{
	w->how = how;
	w->found = found;
	w->expected = expected;
	return EXPECT_FAILED;
}

static bool spend(struct deep_walk *w)
{
	if (!w->left)
		return false;
	w->left--;
	return true;
}

/* ---- numbers */

/* A parsed number: its digits, starting with the first that is not 0, and the exponent of that
 * digit. */
struct decimal {
	bool negative, zero;
	struct str digits; /* including the decimal point */
	int64_t power;
};

static int64_t exponent_of(struct str text)
{
	bool negative = text.len && *text.ptr == '-';
	int64_t exponent = 0;

	for (size_t i = 0; i < text.len; i++)
		if (ascii_is_digit(text.ptr[i]) && exponent < EXPONENT_MAX)
			exponent = exponent * 10 + (text.ptr[i] - '0');
	return negative ? -exponent : exponent;
}

static struct decimal decimal_of(struct str text)
{
	struct decimal d = {.negative = str_starts(text, STR("-")), .zero = true};
	size_t end = d.negative ? 1 : 0, first = 0, point = 0;
	bool has_point = false;

	for (; end < text.len && text.ptr[end] != 'e' && text.ptr[end] != 'E'; end++) {
		if (text.ptr[end] == '.') {
			has_point = true;
			point = end;
		} else if (d.zero && text.ptr[end] != '0') {
			d.zero = false;
			first = end;
		}
	}
	if (d.zero)
		return d;
	if (!has_point)
		point = end;
	d.digits = str_slice(text, first, end);
	d.power = first < point ? (int64_t)(point - first) - 1 : -(int64_t)(first - point);
	if (end < text.len)
		d.power += exponent_of(str_slice(text, end + 1, text.len));
	return d;
}

/* The next digit; 0 after the end. */
static char next_digit(struct str digits, size_t *at)
{
	if (*at < digits.len && digits.ptr[*at] == '.')
		++*at;
	return *at < digits.len ? digits.ptr[(*at)++] : '0';
}

static bool same_lexemes(struct str a, struct str b)
{
	struct decimal x, y;
	size_t i = 0, k = 0;

	if (str_eq(a, b))
		return true;
	x = decimal_of(a);
	y = decimal_of(b);
	if (x.zero || y.zero)
		return x.zero && y.zero;
	if (x.negative != y.negative || x.power != y.power)
		return false;
	while (i < x.digits.len || k < y.digits.len)
		if (next_digit(x.digits, &i) != next_digit(y.digits, &k))
			return false;
	return true;
}

static bool same_scalar(struct value found, struct value expected)
{
	switch (found.type) {
	case VALUE_NUMBER:
		return found.text.ptr && expected.text.ptr ? same_lexemes(found.text, expected.text)
							   : found.number == expected.number;
	case VALUE_TEXT:
		return str_eq(found.text, expected.text);
	case VALUE_BOOL:
		return found.yes == expected.yes;
	case VALUE_NULL:
	case VALUE_LIST:
	case VALUE_OBJECT:
		break;
	}
	return true;
}

/* ---- lists and objects */

static enum expect_outcome compare(struct deep_walk *w, struct value found, struct value expected,
				   enum json_compare_mode mode);

static bool is_word(struct str key)
{
	for (size_t i = 0; i < key.len; i++)
		if (!ascii_is_alnum(key.ptr[i]) && key.ptr[i] != '_' && key.ptr[i] != '-')
			return false;
	return key.len && !ascii_is_digit(*key.ptr);
}

static size_t enter_key(struct deep_walk *w, struct str key)
{
	size_t mark = w->path ? w->path->len : 0;

	if (w->path && is_word(key) && key.len <= KEY_MAX)
		buf_printf(w->path, ".%.*s", STR_ARG(key));
	else if (w->path)
		buf_printf(w->path, "['%.*s%s']", STR_ARG(str_slice(key, 0, KEY_MAX)),
			   key.len > KEY_MAX ? "…" : "");
	return mark;
}

static size_t enter_index(struct deep_walk *w, size_t index)
{
	size_t mark = w->path ? w->path->len : 0;

	if (w->path)
		buf_printf(w->path, "[%zu]", index);
	return mark;
}

static void leave(struct deep_walk *w, size_t mark)
{
	if (w->path)
		w->path->len = mark;
}

static enum expect_outcome compare_lists(struct deep_walk *w, struct value found,
					 struct value expected)
{
	for (size_t i = 0; i < found.count || i < expected.count; i++) {
		size_t mark = enter_index(w, i);
		enum expect_outcome outcome;

		if (i == found.count)
			return differ(w, MISSING, VALUE_NOTHING, expected.items[i]);
		if (i == expected.count)
			return differ(w, NOT_EXPECTED, found.items[i], VALUE_NOTHING);
		outcome = compare(w, found.items[i], expected.items[i], JSON_COMPARE_EQUAL);
		if (outcome != EXPECT_PASSED)
			return outcome;
		leave(w, mark);
	}
	return EXPECT_PASSED;
}

/* Sets the index of KEY in OBJECT, searching from member HINT and wrapping around; the number of
 * members if it is missing. Returns false if this needs too much work. */
static bool find_key(struct deep_walk *w, struct value object, struct str key, size_t hint,
		     size_t *at)
{
	for (size_t n = 0; n < object.count; n++) {
		*at = hint + n < object.count ? hint + n : hint + n - object.count;
		if (!spend(w))
			return false;
		if (str_eq(object.items[2 * *at].text, key))
			return true;
	}
	*at = object.count;
	return true;
}

/* Finds a member of FOUND that EXPECTED does not have, or has fewer times. */
static enum expect_outcome reject_others(struct deep_walk *w, struct value found,
					 struct value expected)
{
	for (size_t i = 0; i < found.count; i++) {
		struct str key = found.items[2 * i].text;
		size_t at, mark = enter_key(w, key);

		if (!find_key(w, expected, key, i < expected.count ? i : 0, &at))
			return EXPECT_LIMIT;
		if (at == expected.count)
			return differ(w, NOT_EXPECTED, found.items[2 * i + 1], VALUE_NOTHING);
		if (found.count > expected.count) {
			size_t first;

			if (!find_key(w, found, key, 0, &first))
				return EXPECT_LIMIT;
			if (first != i)
				return differ(w, NOT_EXPECTED, found.items[2 * i + 1],
					      VALUE_NOTHING);
		}
		leave(w, mark);
	}
	return EXPECT_PASSED;
}

static enum expect_outcome compare_objects(struct deep_walk *w, struct value found,
					   struct value expected, enum json_compare_mode mode)
{
	bool in_order = found.count == expected.count;

	for (size_t i = 0; i < expected.count; i++) {
		struct str key = expected.items[2 * i].text;
		size_t at, mark = enter_key(w, key);
		enum expect_outcome outcome;

		if (!find_key(w, found, key, i < found.count ? i : 0, &at))
			return EXPECT_LIMIT;
		if (at == found.count)
			return differ(w, MISSING, VALUE_NOTHING, expected.items[2 * i + 1]);
		in_order &= at == i;
		outcome = compare(w, found.items[2 * at + 1], expected.items[2 * i + 1],
				  JSON_COMPARE_EQUAL);
		if (outcome != EXPECT_PASSED)
			return outcome;
		leave(w, mark);
	}
	return in_order || mode == JSON_COMPARE_MEMBERS ? EXPECT_PASSED
							: reject_others(w, found, expected);
}

/* The recursion is bounded by the depth limits of the JSON parser and of scenario files. */
static enum expect_outcome compare(struct deep_walk *w, struct value found, struct value expected,
				   enum json_compare_mode mode)
{
	if (!spend(w))
		return EXPECT_LIMIT;
	if (found.type != expected.type)
		return differ(w, DIFFERENT, found, expected);
	if (found.type == VALUE_LIST)
		return compare_lists(w, found, expected);
	if (found.type == VALUE_OBJECT)
		return compare_objects(w, found, expected, mode);
	return same_scalar(found, expected) ? EXPECT_PASSED : differ(w, DIFFERENT, found, expected);
}

enum expect_outcome json_compare(struct value found, struct value expected,
				 enum json_compare_mode mode)
{
	struct deep_walk w = {.left = WORK_MAX};

	return compare(&w, found, expected, mode);
}

void json_compare_put_difference(struct value found, struct value expected,
				 enum json_compare_mode mode, struct buf *out)
{
	struct buf path;
	struct deep_walk w = {.left = WORK_MAX, .path = &path};

	buf_init(&path, 0);
	if (compare(&w, found, expected, mode) == EXPECT_FAILED && path.len) {
		buf_printf(out, "%.*s is ", STR_ARG(buf_str(&path)));
		if (w.how == MISSING)
			buf_add(out, STR("missing"));
		else
			json_compare_put_value(w.found, out);
		buf_add(out, STR(", expected "));
		if (w.how == NOT_EXPECTED)
			buf_add(out, STR("nothing"));
		else
			json_compare_put_whole_value(w.expected, out);
	}
	buf_release(&path);
}

/* ---- messages */

void json_compare_put_value(struct value v, struct buf *out)
{
	struct str text = str_cut(v.text, QUOTED_MAX);
	const char *ellipsis = text.len < v.text.len ? "…" : "";

	if (v.secret) {
		buf_add(out, STR("***"));
		return;
	}
	switch (v.type) {
	case VALUE_TEXT:
		buf_printf(out, "\"%.*s\"%s", STR_ARG(text), ellipsis);
		return;
	case VALUE_NUMBER:
		if (v.text.ptr)
			buf_printf(out, "%.*s%s", STR_ARG(text), ellipsis);
		else
			buf_printf(out, "%.15g", v.number);
		return;
	case VALUE_BOOL:
		buf_add(out, v.yes ? STR("true") : STR("false"));
		return;
	case VALUE_NULL:
		buf_add(out, STR("null"));
		return;
	case VALUE_LIST:
		buf_printf(out, "a list of %zu", v.count);
		return;
	case VALUE_OBJECT:
		buf_printf(out, "an object of %zu", v.count);
		return;
	}
}

/* Appends V as JSON. Stops and returns false when OUT is END bytes long. */
static bool put_json(struct value v, size_t end, struct buf *out)
{
	bool object = v.type == VALUE_OBJECT;

	if (v.type != VALUE_LIST && !object) {
		json_compare_put_value(v, out);
		return out->len < end;
	}
	buf_add_char(out, object ? '{' : '[');
	for (size_t i = 0; i < v.count; i++) {
		if (i)
			buf_add_char(out, ',');
		if (object) {
			json_compare_put_value(v.items[2 * i], out);
			buf_add_char(out, ':');
		}
		if (out->len >= end || !put_json(v.items[object ? 2 * i + 1 : i], end, out))
			return false;
	}
	buf_add_char(out, object ? '}' : ']');
	return true;
}

void json_compare_put_whole_value(struct value v, struct buf *out)
{
	if (!put_json(v, out->len + QUOTED_MAX, out))
		buf_add(out, STR("…"));
}
