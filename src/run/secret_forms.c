#include "run/secret_forms.h"

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
	size_t semicolon = str_find_char(rest, ';', 0);

	if (semicolon == NOT_FOUND)
		return 0;
	struct str raw = str_slice(rest, 0, semicolon + 1);
	struct str plain = html_entities_decode(raw, out);
	return plain.ptr == raw.ptr || str_eq(plain, raw) ? 0 : raw.len;
}

/* If an escape at AT encodes the start of SECRET: sets TAKEN to the bytes of SECRET, and returns
 * the bytes of TEXT. Otherwise 0. */
static size_t escape_length(struct str text, size_t at, struct str secret, size_t *taken)
{
	struct buf plain;
	size_t length;

	buf_init(&plain, 0);
	length =
	    text.ptr[at] == '&' ? put_entity(text, at, &plain) : put_json_escape(text, at, &plain);
	*taken = plain.len;
	if (!plain.len || !str_starts(secret, buf_str(&plain)))
		length = 0;
	buf_release(&plain);
	return length;
}

/* Number of bytes at AT that encode the start of SECRET: the character itself, %XX, + for a space,
 * a JSON or HTML escape; 0: none do. TAKEN: the bytes of SECRET. */
static size_t encodes(struct str text, size_t at, struct str secret, size_t *taken)
{
	size_t left = text.len - at, length;
	const char *p = text.ptr + at;
	char c = secret.ptr[0];

	*taken = 1;
	if (!left)
		return 0;
	if (p[0] == '%' && left >= 3 && ascii_hex_value(p[1]) >= 0 && ascii_hex_value(p[2]) >= 0 &&
	    (ascii_hex_value(p[1]) << 4 | ascii_hex_value(p[2])) == (unsigned char)c)
		return 3;
	if (p[0] == '&' || (p[0] == '\\' && left >= 6 && p[1] == 'u')) {
		length = escape_length(text, at, secret, taken);
		if (length)
			return length;
		*taken = 1;
	}
	if (p[0] == '\\' && left >= 2 && unescaped(p[1]) == c)
		return 2;
	return p[0] == c || (c == ' ' && p[0] == '+');
}

/* Whether the text before AT was cut: a message has an ellipsis there, after a quotation mark. */
static bool is_cut(struct str text, size_t at)
{
	struct str rest = str_slice(text, at, text.len);

	return str_starts(rest, STR("…")) || str_starts(rest, STR("\"…"));
}

size_t secret_forms_end(struct str text, size_t at, struct str form)
{
	size_t end = at, taken;

	for (size_t i = 0; i < form.len; i += taken) {
		size_t step = encodes(text, end, str_slice(form, i, form.len), &taken);

		if (!step)
			return i >= SECRET_FORMS_MIN && is_cut(text, end) ? end : at;
		end += step;
	}
	return end;
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

void secret_forms_init(struct secret_forms *f, struct str secret)
{
	f->count = 0;
	f->forms[f->count++] = secret;
	buf_init(&f->encoded, 0);
	/* The forms point into the buffer, so it must not move: hex needs 2 bytes for each, base64
	 * at most 4 for 3 and 8 more. */
	if (!buf_reserve(&f->encoded, 12 * secret.len + 100))
		return;
	buf_add_hex(&f->encoded, secret);
	add_form(f, 0, f->encoded.len);
	for (unsigned shift = 0; shift < 3; shift++) {
		add_base64(f, secret, shift, base64_encode);
		add_base64(f, secret, shift, base64_encode_url);
	}
}

void secret_forms_release(struct secret_forms *f)
{
	buf_release(&f->encoded);
}
