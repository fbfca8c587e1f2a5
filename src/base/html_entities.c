#include "base/html_entities.h"

#include "base/ascii.h"

#define NAME_MAX_BYTES 31

static const struct {
	const char *name, *text;
	bool bare; /* the semicolon may be missing */
} entities[] = {
#define ENTITY(name, text, bare) {name, text, bare},
#include "base/html_entities.def"
#undef ENTITY
};

/* The row of NAME, or NOT_FOUND. */
static size_t row_of(struct str name)
{
	size_t low = 0, high = sizeof entities / sizeof *entities;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = str_cmp(name, str_of(entities[middle].name));

		if (!order)
			return middle;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NOT_FOUND;
}

/* References to C1 control characters mean the characters of Windows-1252. */
static uint32_t fix_code(uint32_t code)
{
	static const uint16_t windows[32] = {
	    0x20ac, 0,	    0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
	    0x2039, 0x0152, 0,	    0x017d, 0,	    0,	    0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
	    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,	    0x017e, 0x0178};

	if (code >= 0x80 && code < 0xa0 && windows[code - 0x80])
		return windows[code - 0x80];
	return code ? code : 0xfffd;
}

/* Reads &#65; or &#x41; at the start of S. */
static size_t put_number(struct str s, struct buf *out)
{
	bool hex = s.len > 2 && (s.ptr[2] | 32) == 'x';
	size_t at = hex ? 3 : 2, from = at;
	uint32_t code = 0;

	for (; at < s.len; at++) {
		int digit = ascii_hex_value(s.ptr[at]);

		if (digit < 0 || (!hex && digit > 9))
			break;
		if (code <= 0x10ffff)
			code = code * (hex ? 16 : 10) + (uint32_t)digit;
	}
	if (at == from)
		return 0;
	buf_add_utf8(out, fix_code(code));
	return at + (at < s.len && s.ptr[at] == ';');
}

size_t html_entities_put(struct str text, bool in_attribute, struct buf *out)
{
	size_t n = 0, row;

	if (text.len > 1 && text.ptr[1] == '#')
		return put_number(text, out);
	while (n + 1 < text.len && n < NAME_MAX_BYTES && ascii_is_alnum(text.ptr[n + 1]))
		n++;
	if (n + 1 < text.len && text.ptr[n + 1] == ';') {
		row = row_of(str_slice(text, 1, n + 1));
		if (row != NOT_FOUND) {
			buf_add(out, str_of(entities[row].text));
			return n + 2;
		}
	}
	/* The longest name that needs no semicolon. */
	for (; n >= 2; n--) {
		char next = n + 1 < text.len ? text.ptr[n + 1] : '\0';

		row = row_of(str_slice(text, 1, n + 1));
		if (row == NOT_FOUND || !entities[row].bare)
			continue;
		if (in_attribute && (next == '=' || ascii_is_alnum(next)))
			return 0;
		buf_add(out, str_of(entities[row].text));
		return n + 1;
	}
	return 0;
}

struct str html_entities_decode(struct str raw, struct buf *out)
{
	size_t mark = out->len, at = str_find_char(raw, '&', 0), from = 0;

	if (at == NOT_FOUND)
		return raw;
	while (at != NOT_FOUND) {
		buf_add(out, str_slice(raw, from, at));
		size_t taken = html_entities_put(str_slice(raw, at, raw.len), false, out);

		if (!taken)
			buf_add_char(out, '&');
		from = at + (taken ? taken : 1);
		at = str_find_char(raw, '&', from);
	}
	buf_add(out, str_slice(raw, from, raw.len));
	return str_n(out->data + mark, out->len - mark);
}
