/* Values as text, as JSON, as numbers; compared; copied. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "program/expr.h"

/* Integers below 2^53 without printf: most numbers are ids and counts. */
static void put_integer(struct buf *out, double number)
{
	char digits[24];
	size_t at = sizeof digits;
	uint64_t left = (uint64_t)fabs(number);

	do
		digits[--at] = (char)('0' + left % 10);
	while (left /= 10);
	if (number < 0)
		digits[--at] = '-';
	buf_add(out, str_n(digits + at, sizeof digits - at));
}

/* The shortest decimal that reads back as the same number, without an exponent below 1e21. */
static void put_number(struct buf *out, double number)
{
	char text[400];
	int digits = 15;

	if (fabs(number) < 9007199254740992.0 && floor(number) == number) {
		put_integer(out, number);
		return;
	}
	do
		snprintf(text, sizeof text, "%.*g", digits, number);
	while (strtod(text, NULL) != number && digits++ < 17);
	if (strchr(text, 'e') && fabs(number) < 1e21 && fabs(number) >= 1e-7) {
		int exponent = atoi(strchr(text, 'e') + 1);
		int places = digits - 1 - exponent;

		snprintf(text, sizeof text, "%.*f", places > 0 ? places : 0, number);
		if (strchr(text, '.')) {
			size_t len = strlen(text);

			while (text[len - 1] == '0')
				text[--len] = '\0';
		}
	}
	buf_add(out, str_of(text));
}

void value_put_json(struct buf *out, struct value v)
{
	switch (v.type) {
	case VALUE_NULL:
		buf_add(out, STR("null"));
		return;
	case VALUE_TEXT:
		escape_json(out, v.text);
		return;
	case VALUE_NUMBER:
	case VALUE_BOOL:
		value_put(out, v);
		return;
	case VALUE_LIST:
		buf_add_char(out, '[');
		for (size_t i = 0; i < v.count; i++) {
			if (i)
				buf_add_char(out, ',');
			value_put_json(out, v.items[i]);
		}
		buf_add_char(out, ']');
		return;
	case VALUE_OBJECT:
		buf_add_char(out, '{');
		for (size_t i = 0; i < v.count; i++) {
			if (i)
				buf_add_char(out, ',');
			value_put_json(out, v.items[2 * i]);
			buf_add_char(out, ':');
			value_put_json(out, v.items[2 * i + 1]);
		}
		buf_add_char(out, '}');
		return;
	}
}

void value_put(struct buf *out, struct value v)
{
	switch (v.type) {
	case VALUE_NULL:
		return;
	case VALUE_TEXT:
		buf_add(out, v.text);
		return;
	case VALUE_NUMBER:
		if (v.text.ptr)
			buf_add(out, v.text);
		else
			put_number(out, v.number);
		return;
	case VALUE_BOOL:
		buf_add(out, v.yes ? STR("true") : STR("false"));
		return;
	case VALUE_LIST:
	case VALUE_OBJECT:
		value_put_json(out, v);
		return;
	}
}

bool value_is_true(struct value v)
{
	switch (v.type) {
	case VALUE_NULL:
		return false;
	case VALUE_TEXT:
		return v.text.len > 0 && !str_eq(v.text, STR("false")) && !str_eq(v.text, STR("0"));
	case VALUE_NUMBER:
		return v.number != 0;
	case VALUE_BOOL:
		return v.yes;
	case VALUE_LIST:
	case VALUE_OBJECT:
		return v.count > 0;
	}
	return false;
}

struct str value_text_of(struct value v, struct scratch *scratch)
{
	size_t mark = scratch->text.len;

	if (v.type == VALUE_TEXT || (v.type == VALUE_NUMBER && v.text.ptr))
		return v.text;
	value_put(&scratch->text, v);
	return str_n(scratch->text.data + mark, scratch->text.len - mark);
}

bool value_to_number(struct value v, double *out)
{
	if (v.type == VALUE_NUMBER) {
		*out = v.number;
		return true;
	}
	return v.type == VALUE_TEXT && v.text.len && v.text.len < 400 && str_to_double(v.text, out);
}

bool value_numbers(struct value a, struct value b, double *x, double *y)
{
	return value_to_number(a, x) && value_to_number(b, y);
}

static bool is_list(struct value v)
{
	return v.type == VALUE_LIST || v.type == VALUE_OBJECT;
}

bool value_equal(struct value a, struct value b, struct scratch *scratch)
{
	double x, y;

	if (a.type == VALUE_TEXT && b.type == VALUE_TEXT && str_eq(a.text, b.text))
		return true;
	if (is_list(a) && a.type == b.type) {
		size_t n = a.type == VALUE_LIST ? a.count : 2 * a.count;
		bool same = a.count == b.count;

		for (size_t i = 0; same && i < n; i++)
			same = value_equal(a.items[i], b.items[i], scratch);
		return same;
	}
	return value_compare(a, b, scratch) == 0 &&
	       /* Long ids differ where doubles no longer do. */
	       (!value_numbers(a, b, &x, &y) || fabs(x) < 9007199254740992.0 ||
		str_eq(value_text_of(a, scratch), value_text_of(b, scratch)));
}

int value_compare(struct value a, struct value b, struct scratch *scratch)
{
	double x, y;

	if (value_numbers(a, b, &x, &y))
		return x < y ? -1 : x > y;
	struct str s = value_text_of(a, scratch), t = value_text_of(b, scratch);
	size_t n = s.len < t.len ? s.len : t.len;
	int order = n ? memcmp(s.ptr, t.ptr, n) : 0;
	return order ? order : (s.len > t.len) - (s.len < t.len);
}

bool value_contains(struct value whole, struct value part, struct scratch *scratch)
{
	if (whole.type == VALUE_LIST) {
		for (size_t i = 0; i < whole.count; i++)
			if (value_equal(whole.items[i], part, scratch))
				return true;
		return false;
	}
	if (whole.type == VALUE_OBJECT) {
		for (size_t i = 0; i < whole.count; i++)
			if (value_equal(whole.items[2 * i], part, scratch))
				return true;
		return false;
	}
	return str_find(value_text_of(whole, scratch), value_text_of(part, scratch), 0) !=
	       NOT_FOUND;
}

static size_t item_count(struct value v)
{
	return v.type == VALUE_LIST ? v.count : v.type == VALUE_OBJECT ? 2 * v.count : 0;
}

/* Items first, aligned, then bytes: counted separately so that copying needs no padding. */
static void measure(struct value v, size_t *items, size_t *bytes)
{
	*bytes += v.text.ptr ? v.text.len : 0;
	*items += item_count(v);
	for (size_t i = 0; i < item_count(v); i++)
		measure(v.items[i], items, bytes);
}

size_t value_bytes(struct value v)
{
	size_t items = 0, bytes = 0;

	measure(v, &items, &bytes);
	return items * sizeof(struct value) + bytes;
}

static struct value copy(struct value v, struct value **items, char **bytes)
{
	size_t n = item_count(v);

	if (v.text.ptr) {
		if (v.text.len)
			memcpy(*bytes, v.text.ptr, v.text.len);
		v.text.ptr = *bytes;
		*bytes += v.text.len;
	}
	if (n) {
		struct value *mine = *items;

		*items += n;
		for (size_t i = 0; i < n; i++)
			mine[i] = copy(v.items[i], items, bytes);
		v.items = mine;
	}
	return v;
}

struct value value_copy(struct value v, void *store)
{
	size_t items = 0, bytes = 0;
	struct value *next = store;

	measure(v, &items, &bytes);
	char *text = (char *)(next + items);
	return copy(v, &next, &text);
}
