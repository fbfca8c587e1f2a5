#include "doc/jsonpath_lexer.h"

#include <stdio.h>
#include <string.h>

#include "base/ascii.h"

#define MAX_DEPTH 64
#define LARGEST	  INT64_C(9007199254740991)

void jsonpath_lexer_skip_spaces(struct jsonpath_lexer *r)
{
	while (r->at < r->text.len && memchr(" \t\n\r", r->text.ptr[r->at], 4))
		r->at++;
}

bool jsonpath_lexer_error(struct jsonpath_lexer *r, size_t at, const char *why)
{
	r->error->at = at;
	snprintf(r->error->text, sizeof r->error->text, "%s", why);
	return false;
}

bool jsonpath_lexer_enter(struct jsonpath_lexer *r, size_t at)
{
	return ++r->depth <= MAX_DEPTH || jsonpath_lexer_error(r, at, "nested too deeply");
}

/* ---- strings */

static bool read_code_unit(struct jsonpath_lexer *r, uint32_t *out)
{
	*out = 0;
	for (size_t i = 0; i < 4; i++) {
		int digit = ascii_hex_value(jsonpath_lexer_peek(r, i));
		if (digit < 0)
			return jsonpath_lexer_error(r, r->at, "\\u needs four hexadecimal digits");
		*out = *out * 16 + (uint32_t)digit;
	}
	r->at += 4;
	return true;
}

static bool read_unicode_escape(struct jsonpath_lexer *r, struct buf *out)
{
	uint32_t high, low;
	size_t at = r->at - 2;

	if (!read_code_unit(r, &high))
		return false;
	if (high >= 0xD800 && high < 0xDC00) {
		if (!jsonpath_lexer_accept(r, '\\') || !jsonpath_lexer_accept(r, 'u') ||
		    !read_code_unit(r, &low) || low < 0xDC00 || low > 0xDFFF)
			return jsonpath_lexer_error(r, at, "half of a surrogate pair");
		high = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
	} else if (high >= 0xDC00 && high < 0xE000) {
		return jsonpath_lexer_error(r, at, "half of a surrogate pair");
	}
	buf_add_utf8(out, high);
	return true;
}

static bool read_escape(struct jsonpath_lexer *r, char quote, struct buf *out)
{
	static const char from[] = "bfnrt/\\", to[] = "\b\f\n\r\t/\\";
	char c = jsonpath_lexer_peek(r, 0);
	const char *known = c ? strchr(from, c) : NULL;

	r->at++;
	if (c == 'u')
		return read_unicode_escape(r, out);
	if (c == quote)
		return buf_add_char(out, c);
	if (known)
		return buf_add_char(out, to[known - from]);
	return jsonpath_lexer_error(r, r->at - 2, "JSONPath has no such escape");
}

bool jsonpath_lexer_string(struct jsonpath_lexer *r, struct str *out)
{
	char quote = jsonpath_lexer_peek(r, 0);
	size_t begin = r->at++;
	struct buf text;
	bool good = true;

	buf_init(&text, 0);
	while (good && jsonpath_lexer_peek(r, 0) != quote) {
		unsigned char c = (unsigned char)jsonpath_lexer_peek(r, 0);
		if (r->at >= r->text.len)
			good = jsonpath_lexer_error(r, begin, "the closing quote is missing");
		else if (c < 0x20)
			good = jsonpath_lexer_error(
			    r, r->at, "a control character in a string; write it as an escape");
		else if (jsonpath_lexer_accept(r, '\\'))
			good = read_escape(r, quote, &text);
		else
			buf_add_char(&text, r->text.ptr[r->at++]);
	}
	r->at++;
	if (good)
		*out = arena_str(r->arena, buf_str(&text));
	buf_release(&text);
	return good;
}

/* ---- names and numbers */

static bool is_name_byte(char c, bool first)
{
	if (ascii_is_digit(c))
		return !first;
	return ascii_is_name_start(c) || (unsigned char)c >= 0x80;
}

bool jsonpath_lexer_name(struct jsonpath_lexer *r, struct str *out)
{
	size_t from = r->at;

	while (r->at < r->text.len && is_name_byte(r->text.ptr[r->at], r->at == from))
		r->at++;
	*out = str_slice(r->text, from, r->at);
	return out->len ? true
			: jsonpath_lexer_error(r, from,
					       "expected a name, * or ['a name'] after the dot");
}

bool jsonpath_lexer_starts_int(const struct jsonpath_lexer *r)
{
	char c = jsonpath_lexer_peek(r, 0);
	return c == '-' || ascii_is_digit(c);
}

bool jsonpath_lexer_int(struct jsonpath_lexer *r, int64_t *out)
{
	size_t from = r->at, digits;
	struct str text;

	jsonpath_lexer_accept(r, '-');
	digits = r->at;
	while (ascii_is_digit(jsonpath_lexer_peek(r, 0)))
		r->at++;
	text = str_slice(r->text, from, r->at);
	if (r->at == digits)
		return jsonpath_lexer_error(r, from, "expected a whole number");
	if (r->text.ptr[digits] == '0' && text.len > 1)
		return jsonpath_lexer_error(r, from,
					    "a whole number cannot have a leading zero or be -0");
	if (!str_to_int(text, out) || *out > LARGEST || *out < -LARGEST)
		return jsonpath_lexer_error(r, from, "larger than 2^53 - 1");
	return true;
}

static void skip_digits(struct jsonpath_lexer *r)
{
	while (ascii_is_digit(jsonpath_lexer_peek(r, 0)))
		r->at++;
}

bool jsonpath_lexer_number(struct jsonpath_lexer *r, double *out)
{
	size_t from = r->at;
	struct json_tape tape;
	bool good;

	jsonpath_lexer_accept(r, '-');
	skip_digits(r);
	if (jsonpath_lexer_accept(r, '.'))
		skip_digits(r);
	if (jsonpath_lexer_peek(r, 0) == 'e' || jsonpath_lexer_peek(r, 0) == 'E') {
		r->at++;
		if (jsonpath_lexer_peek(r, 0) == '+' || jsonpath_lexer_peek(r, 0) == '-')
			r->at++;
		skip_digits(r);
	}
	json_init(&tape);
	good = json_read(&tape, str_slice(r->text, from, r->at));
	if (good)
		*out = json_number(&tape, &tape.items[0]);
	json_release(&tape);
	return good ? true : jsonpath_lexer_error(r, from, "expected a JSON number");
}
