#include "base/secret_forms.h"

#include "base/ascii.h"
#include "base/base64.h"
#include "base/html_entities.h"

#define ENTITY_MAX 12u /* bytes of a character reference such as &#x10FFFF; */

/* ---- characters */

/* The character that a backslash followed by AT means in JSON. */
static char unescaped(char at)
{
	switch (at) {
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	default:
		return at;
	}
}

/* The number of the four hexadecimal digits after \u at AT; -1: there are none. */
static int32_t json_unit(struct str text, size_t at)
{
	int32_t unit = 0;

	if (text.len - at < 6 || text.ptr[at] != '\\' || text.ptr[at + 1] != 'u')
		return -1;
	for (size_t i = at + 2; i < at + 6; i++) {
		int digit = ascii_hex_value(text.ptr[i]);

		if (digit < 0)
			return -1;
		unit = unit << 4 | digit;
	}
	return unit;
}

/* Appends the character of the JSON escape \uXXXX at AT, or of two that are a surrogate pair.
 * Returns its length in TEXT; 0: there is none. */
static size_t put_json_escape(struct str text, size_t at, struct buf *out)
{
	int32_t unit = json_unit(text, at), low;

	if (unit < 0)
		return 0;
	low = unit >= 0xd800 && unit < 0xdc00 && text.len - at >= 12 ? json_unit(text, at + 6) : -1;
	if (low >= 0xdc00 && low < 0xe000) {
		buf_add_utf8(out, (uint32_t)(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)));
		return 12;
	}
	buf_add_utf8(out, (uint32_t)unit);
	return 6;
}

/* The same for an HTML character reference. */
static size_t put_entity(struct str text, size_t at, struct buf *out)
{
	struct str rest = str_slice(text, at, at + ENTITY_MAX);
	size_t semicolon = str_find_char(rest, ';', 0), mark = out->len;

	if (semicolon == NOT_FOUND)
		return 0;
	struct str raw = str_slice(rest, 0, semicolon + 1);
	struct str plain = html_entities_decode(raw, out);
	if (plain.ptr != raw.ptr && plain.len && !str_eq(plain, raw))
		return raw.len;
	out->len = mark;
	return 0;
}

/* Appends what the bytes at AT encode: %XX, an escape of JSON or HTML, or themselves. Returns
 * their number. */
static size_t put_decoded(struct str text, size_t at, struct buf *out)
{
	const char *p = text.ptr + at;
	size_t left = text.len - at, length = 0;

	if (p[0] == '%' && left >= 3 && ascii_hex_value(p[1]) >= 0 && ascii_hex_value(p[2]) >= 0) {
		buf_add_char(out, (char)(ascii_hex_value(p[1]) << 4 | ascii_hex_value(p[2])));
		return 3;
	}
	if (p[0] == '&')
		length = put_entity(text, at, out);
	else if (p[0] == '\\')
		length = put_json_escape(text, at, out);
	if (length)
		return length;
	if (p[0] == '\\' && left >= 2) {
		buf_add_char(out, unescaped(p[1]));
		return 2;
	}
	buf_add_char(out, p[0]);
	return 1;
}

/* ---- decoding */

struct str secret_forms_unquoted(struct str secret)
{
	if (secret.len < SECRET_FORMS_MIN + 2 || secret.ptr[0] != '"' ||
	    secret.ptr[secret.len - 1] != '"')
		return secret;
	return str_slice(secret, 1, secret.len - 1);
}

void secret_forms_text_init(struct secret_forms_text *text)
{
	buf_init(&text->bytes, 0);
	buf_init(&text->places, 0);
}

void secret_forms_text_release(struct secret_forms_text *text)
{
	buf_release(&text->bytes);
	buf_release(&text->places);
}

bool secret_forms_is_cut(struct str text, size_t at)
{
	struct str rest = str_slice(text, at, at + 4);

	return str_starts(rest, STR("…")) || str_starts(rest, STR("\"…"));
}

/* The length of the start of an escape at AT, if the text was cut in it; otherwise 0. */
static size_t cut_escape(struct str text, size_t at)
{
	size_t end = at + 1, max = text.ptr[at] == '%' ? 2 : text.ptr[at] == '\\' ? 6 : ENTITY_MAX;

	if (text.ptr[at] != '%' && text.ptr[at] != '\\' && text.ptr[at] != '&')
		return 0;
	while (end < text.len && end - at < max &&
	       (ascii_is_name(text.ptr[end]) || text.ptr[end] == '#'))
		end++;
	return secret_forms_is_cut(text, end) ? end - at : 0;
}

/* The last place ends at TO. */
static void extend_place(struct secret_forms_text *out, size_t to)
{
	struct secret_forms_place place;

	if (!out->bytes.len)
		return;
	place = secret_forms_place(out, out->bytes.len - 1);
	place.to = (uint32_t)to;
	memcpy(out->places.data + out->places.len - sizeof place, &place, sizeof place);
}

bool secret_forms_decode(struct str text, struct secret_forms_text *out)
{
	size_t at = 0;

	while (at < text.len && text.ptr[at] != '%' && text.ptr[at] != '&' && text.ptr[at] != '\\')
		at++;
	if (at == text.len)
		return false;
	buf_clear(&out->bytes);
	buf_clear(&out->places);
	for (at = 0; at < text.len;) {
		size_t before = out->bytes.len, length = cut_escape(text, at);

		if (length)
			extend_place(out, at + length);
		else
			length = put_decoded(text, at, &out->bytes);
		struct secret_forms_place place = {(uint32_t)at, (uint32_t)(at + length)};

		for (size_t i = before; i < out->bytes.len; i++)
			buf_add(&out->places, str_n((const char *)&place, sizeof place));
		at += length;
	}
	return true;
}

struct secret_forms_place secret_forms_place(const struct secret_forms_text *text, size_t at)
{
	struct secret_forms_place place;

	memcpy(&place, text->places.data + at * sizeof place, sizeof place);
	return place;
}

/* ---- forms of the whole secret */

static void add_form(struct secret_forms *f, size_t from, size_t to)
{
	f->forms[f->count++] = str_n(f->encoded.data + from, to - from);
}

/* The characters of base64 that depend on SECRET alone, if it begins SHIFT bytes after a multiple
 * of three. */
static void add_base64(struct secret_forms *f, struct str secret, unsigned shift,
		       bool (*encode)(struct buf *out, struct str bytes))
{
	size_t mark = f->encoded.len;
	struct buf shifted;

	buf_init(&shifted, 0);
	buf_add(&shifted, str_n("\0\0", shift));
	buf_add(&shifted, secret);
	encode(&f->encoded, buf_str(&shifted));
	add_form(f, mark + (8 * shift + 5) / 6, mark + 8 * shifted.len / 6);
	buf_release(&shifted);
}

static void add_hex(struct secret_forms *f, struct str secret)
{
	size_t mark = f->encoded.len, end;

	buf_add_hex(&f->encoded, secret);
	end = f->encoded.len;
	add_form(f, mark, end);
	for (size_t i = mark; i < end; i++)
		buf_add_char(&f->encoded, ascii_to_upper(f->encoded.data[i]));
	add_form(f, end, f->encoded.len);
}

void secret_forms_init(struct secret_forms *f, struct str secret)
{
	f->count = 0;
	f->forms[f->count++] = secret;
	buf_init(&f->encoded, 0);
	/* The forms point into the buffer, so it must not move: hex needs 2 bytes for each, twice,
	 * base64 at most 4 for 3 and 8 more. */
	if (secret.len > SECRET_FORMS_LONG || !buf_reserve(&f->encoded, 14 * secret.len + 100))
		return;
	add_hex(f, secret);
	for (unsigned shift = 0; shift < 3; shift++) {
		add_base64(f, secret, shift, base64_encode);
		add_base64(f, secret, shift, base64_encode_url);
	}
}

void secret_forms_release(struct secret_forms *f)
{
	buf_release(&f->encoded);
}
