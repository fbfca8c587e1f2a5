/* Text: case, spaces, parts, replacement. Lengths and positions count code points. */
#include "program/fn.h"

/* The parser inserts the content while loading. */
static bool file_call(struct eval *eval, const struct value *args, unsigned count,
		      struct value *out)
{
	(void)args;
	(void)count;
	(void)out;
	return eval_error(eval, "file() cannot be used here");
}
PLAIN(file, 0, 1, 1, "file(path)",
      "Content of a file next to the scenario, read once while loading; at most 1 MiB.",
      "file('order.xml')", NULL);

static bool letters(struct eval *eval, struct value v, char from, char to, struct value *out)
{
	struct str text = scratch_copy(eval->scratch, fn_text(eval, v));

	if (!text.ptr)
		return eval_error(eval, "the text is too large");
	char *bytes = fn_buf(eval)->data + (text.ptr - fn_buf(eval)->data);
	for (size_t i = 0; i < text.len; i++)
		if (bytes[i] >= from && bytes[i] <= from + 25)
			bytes[i] = (char)(bytes[i] - from + to);
	*out = value_text(text);
	return true;
}

static bool upper_call(struct eval *eval, const struct value *args, unsigned count,
		       struct value *out)
{
	(void)count;
	return letters(eval, args[0], 'a', 'A', out);
}
FILTER(upper, 1, 1, "upper", "Converts the letters a to z to upper case.", "'Hat 1' | upper",
       "HAT 1");

static bool lower_call(struct eval *eval, const struct value *args, unsigned count,
		       struct value *out)
{
	(void)count;
	return letters(eval, args[0], 'A', 'a', out);
}
FILTER(lower, 1, 1, "lower", "Converts the letters A to Z to lower case.", "'Hat 1' | lower",
       "hat 1");

static bool trim_call(struct eval *eval, const struct value *args, unsigned count,
		      struct value *out)
{
	(void)count;
	*out = value_text(str_trim(fn_text(eval, args[0])));
	return true;
}
FILTER(trim, 1, 1, "trim", "Removes spaces and line breaks at both ends.", "'  hat ' | trim",
       "hat");

static bool replace_call(struct eval *eval, const struct value *args, unsigned count,
			 struct value *out)
{
	struct str text = fn_text(eval, args[0]);
	struct str old = fn_text(eval, args[1]), new = fn_text(eval, args[2]);
	size_t mark = fn_buf(eval)->len, from = 0, at;

	(void)count;
	if (!old.len)
		return eval_error(eval, "replace needs a text to search for");
	while ((at = str_find(text, old, from)) != NOT_FOUND) {
		buf_add(fn_buf(eval), str_slice(text, from, at));
		buf_add(fn_buf(eval), new);
		from = at + old.len;
	}
	buf_add(fn_buf(eval), str_slice(text, from, text.len));
	return fn_result(eval, mark, out);
}
FILTER(replace, 3, 3, "replace(a, b)", "Replaces each a in the text by b.",
       "'a-b-c' | replace('-', '')", "abc");

static bool starts_character(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

static size_t characters(struct str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += starts_character(text.ptr[i]);
	return n;
}

/* Byte offset of character N, at most the length. */
static size_t offset_of(struct str text, size_t n)
{
	size_t i = 0;

	for (; i < text.len; i++)
		if (starts_character(text.ptr[i]) && n-- == 0)
			break;
	return i;
}

static bool length_call(struct eval *eval, const struct value *args, unsigned count,
			struct value *out)
{
	bool list = args[0].type == VALUE_LIST || args[0].type == VALUE_OBJECT;

	(void)count;
	*out = value_number((double)(list ? args[0].count : characters(fn_text(eval, args[0]))));
	return true;
}
FILTER(length, 1, 1, "length", "Number of characters of a text, or of items of a list.",
       "'hät' | length", "3");

/* A position from the start, or from the end if negative, limited to [0, n]. */
static size_t clamp_offset(int64_t at, size_t n)
{
	if (at < 0)
		at += (int64_t)n;
	return at < 0 ? 0 : (size_t)at > n ? n : (size_t)at;
}

static bool slice_call(struct eval *eval, const struct value *args, unsigned count,
		       struct value *out)
{
	bool list = args[0].type == VALUE_LIST;
	struct str text = list ? STR("") : fn_text(eval, args[0]);
	size_t n = list ? args[0].count : characters(text);
	int64_t a, b = (int64_t)n;

	if (!fn_int(eval, "slice", args[1], &a) ||
	    (count > 2 && !fn_int(eval, "slice", args[2], &b)))
		return false;
	size_t from = clamp_offset(a, n), to = clamp_offset(b, n);
	if (to < from)
		to = from;
	if (list)
		*out = (struct value){
		    .type = VALUE_LIST, .items = args[0].items + from, .count = to - from};
	else
		*out = value_text(str_slice(text, offset_of(text, from), offset_of(text, to)));
	return true;
}
FILTER(slice, 2, 3, "slice(a, b)",
       "Characters or items from a to b, without b, counted from 0; negative positions count from "
       "the end.",
       "'product' | slice(0, 4)", "prod");

static bool default_call(struct eval *eval, const struct value *args, unsigned count,
			 struct value *out)
{
	bool empty =
	    args[0].type == VALUE_NULL || (args[0].type == VALUE_TEXT && args[0].text.len == 0);

	(void)eval;
	(void)count;
	*out = args[empty ? 1 : 0];
	return true;
}
FILTER(default, 2, 2, "default(x)", "x if the value is missing or an empty text.",
       "'' | default('hat')", "hat");

static bool text_call(struct eval *eval, const struct value *args, unsigned count,
		      struct value *out)
{
	(void)count;
	*out = value_text(fn_text(eval, args[0]));
	return true;
}
FILTER(text, 1, 1, "text", "The value as text, so that JSON puts it in quotes.", "5 | text | json",
       "\"5\"");
