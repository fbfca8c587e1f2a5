#include "base/html_entities.h"

#include "base/ascii.h"

static const struct {
	struct str name;
	const char *text;
} entities[] = {
    {{"amp", 3}, "&"},
    {{"lt", 2}, "<"},
    {{"gt", 2}, ">"},
    {{"quot", 4}, "\""},
    {{"apos", 4}, "'"},
    {{"nbsp", 4}, "\xc2\xa0"},
    {{"copy", 4}, "\xc2\xa9"},
    {{"reg", 3}, "\xc2\xae"},
    {{"euro", 4}, "\xe2\x82\xac"},
    {{"ndash", 5}, "\xe2\x80\x93"},
    {{"mdash", 5}, "\xe2\x80\x94"},
    {{"hellip", 6}, "\xe2\x80\xa6"},
    {{"auml", 4}, "\xc3\xa4"},
    {{"ouml", 4}, "\xc3\xb6"},
    {{"uuml", 4}, "\xc3\xbc"},
    {{"Auml", 4}, "\xc3\x84"},
    {{"Ouml", 4}, "\xc3\x96"},
    {{"Uuml", 4}, "\xc3\x9c"},
    {{"szlig", 5}, "\xc3\x9f"},
    {{"eacute", 6}, "\xc3\xa9"},
    {{"egrave", 6}, "\xc3\xa8"},
};

static void put_utf8(struct buf *out, uint32_t c)
{
	char bytes[4];
	size_t n = 0;

	if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		c = 0xfffd;
	if (c < 0x80) {
		bytes[n++] = (char)c;
	} else if (c < 0x800) {
		bytes[n++] = (char)(0xc0 | c >> 6);
		bytes[n++] = (char)(0x80 | (c & 63));
	} else if (c < 0x10000) {
		bytes[n++] = (char)(0xe0 | c >> 12);
		bytes[n++] = (char)(0x80 | (c >> 6 & 63));
		bytes[n++] = (char)(0x80 | (c & 63));
	} else {
		bytes[n++] = (char)(0xf0 | c >> 18);
		bytes[n++] = (char)(0x80 | (c >> 12 & 63));
		bytes[n++] = (char)(0x80 | (c >> 6 & 63));
		bytes[n++] = (char)(0x80 | (c & 63));
	}
	buf_add(out, str_n(bytes, n));
}

/* Reads &#65; or &#x41; after the `#`; returns its length in bytes, 0 if it is not valid. */
static size_t decode_numeric(struct str s, struct buf *out)
{
	bool hex = s.len > 1 && (s.ptr[0] == 'x' || s.ptr[0] == 'X');
	size_t at = hex ? 1 : 0, from = at;
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
	put_utf8(out, code);
	return at + (at < s.len && s.ptr[at] == ';');
}

/* Reads a reference after an `&`; returns its length in bytes, 0 if it is not a known one. */
static size_t decode_entity(struct str s, struct buf *out)
{
	size_t n = 0;

	if (s.len && s.ptr[0] == '#') {
		n = decode_numeric(str_slice(s, 1, s.len), out);
		return n ? n + 1 : 0;
	}
	while (n < s.len && n < 8 && ((s.ptr[n] | 32) >= 'a' && (s.ptr[n] | 32) <= 'z'))
		n++;
	if (n == s.len || s.ptr[n] != ';')
		return 0;
	for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
		if (str_eq(entities[i].name, str_slice(s, 0, n))) {
			buf_add(out, str_of(entities[i].text));
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
		size_t taken = decode_entity(str_slice(raw, at + 1, raw.len), out);

		if (!taken)
			buf_add_char(out, '&');
		from = at + 1 + taken;
		at = str_find_char(raw, '&', from);
	}
	buf_add(out, str_slice(raw, from, raw.len));
	return str_n(out->data + mark, out->len - mark);
}
