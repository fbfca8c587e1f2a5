/* Lists: split from text, joined, first and last items. */
#include "program/fn.h"

static bool split_call(struct eval *eval, const struct value *args, unsigned count,
		       struct value *out)
{
	struct str text = fn_text(eval, args[0]), by = fn_text(eval, args[1]);
	size_t n = 1, from = 0, at;

	(void)count;
	if (!by.len)
		return eval_error(eval, "split needs a separator");
	for (at = str_find(text, by, 0); at != NOT_FOUND; at = str_find(text, by, at + by.len))
		n++;
	struct value *items = scratch_items(eval->scratch, n);
	if (!items)
		return eval_error(eval, "split makes too many items");
	for (size_t i = 0; i < n; i++) {
		at = str_find(text, by, from);
		items[i] = value_text(str_slice(text, from, at == NOT_FOUND ? text.len : at));
		from = at + by.len;
	}
	*out = (struct value){.type = VALUE_LIST, .items = items, .count = n};
	return true;
}
FILTER(split, 2, 2, "split(s)", "Splits a text at each s into a list.",
       "'a,b,c' | split(',') | length", "3");

static bool join_call(struct eval *eval, const struct value *args, unsigned count,
		      struct value *out)
{
	struct str between = fn_text(eval, args[1]);
	size_t mark = fn_buf(eval)->len;

	(void)count;
	if (args[0].type != VALUE_LIST)
		return eval_error(eval, "join needs a list");
	for (size_t i = 0; i < args[0].count; i++) {
		if (i)
			buf_add(fn_buf(eval), between);
		value_put(fn_buf(eval), args[0].items[i]);
	}
	return fn_result(eval, mark, out);
}
FILTER(join, 2, 2, "join(s)", "Joins the items of a list to one text, with s between them.",
       "['a', 'b'] | join('-')", "a-b");

/* For text, its first or last character. */
static bool end_of(struct eval *eval, struct value v, bool last, struct value *out)
{
	if (v.type == VALUE_LIST) {
		*out = v.count ? v.items[last ? v.count - 1 : 0] : VALUE_NOTHING;
		return true;
	}
	struct str text = fn_text(eval, v);
	size_t from = last && text.len ? text.len - 1 : 0, to = text.len ? from + 1 : 0;

	while (from > 0 && ((unsigned char)text.ptr[from] & 0xc0) == 0x80)
		from--;
	while (to < text.len && ((unsigned char)text.ptr[to] & 0xc0) == 0x80)
		to++;
	*out = value_text(str_slice(text, from, to));
	return true;
}

static bool first_call(struct eval *eval, const struct value *args, unsigned count,
		       struct value *out)
{
	(void)count;
	return end_of(eval, args[0], false, out);
}
FILTER(first, 1, 1, "first", "First item of a list; no value if the list is empty.",
       "[3, 4] | first", "3");

static bool last_call(struct eval *eval, const struct value *args, unsigned count,
		      struct value *out)
{
	(void)count;
	return end_of(eval, args[0], true, out);
}
FILTER(last, 1, 1, "last", "Last item of a list; no value if the list is empty.", "[3, 4] | last",
       "4");
