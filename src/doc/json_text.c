/* The contents of the items of a tape: decodes texts, finds members, converts numbers. */
#include "doc/json.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/log.h"

static unsigned code_unit(const char *p)
{
	unsigned unit = 0;
	for (int i = 0; i < 4; i++)
		unit = unit * 16 + (unsigned)ascii_hex_value((unsigned char)p[i]);
	return unit;
}

/* Decodes the \uXXXX at P, and its low surrogate if one follows; returns the number of bytes used.
 */
static size_t put_unicode_escape(struct buf *out, const char *p, const char *end)
{
	uint32_t c = code_unit(p + 2);

	if (c >= 0xD800 && c < 0xDC00 && end - p >= 12 && p[6] == '\\' && p[7] == 'u') {
		uint32_t low = code_unit(p + 8);
		if (low >= 0xDC00 && low < 0xE000) {
			buf_add_utf8(out, 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00));
			return 12;
		}
	}
	buf_add_utf8(out, c);
	return 6;
}

static void decode_string(struct buf *out, struct str raw)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *p = raw.ptr, *end = raw.ptr + raw.len;

	while (p < end) {
		const char *slash = memchr(p, '\\', (size_t)(end - p));
		const char *stop = slash ? slash : end;
		buf_add(out, str_n(p, (size_t)(stop - p)));
		p = stop;
		if (p == end)
			break;
		if (p[1] == 'u') {
			p += put_unicode_escape(out, p, end);
		} else {
			buf_add_char(out, to[strchr(from, p[1]) - from]);
			p += 2;
		}
	}
}

struct str json_text(const struct json_tape *tape, const struct json_item *item,
		     struct buf *scratch)
{
	struct str raw = json_raw(tape, item);
	size_t at = scratch->len;

	if (!json_escaped(item))
		return raw;
	/* Decoding never makes a string longer, so one reservation keeps the view in place. */
	if (!buf_reserve(scratch, raw.len + 1))
		return STR_NULL;
	decode_string(scratch, raw);
	return str_n(scratch->data + at, scratch->len - at);
}

bool json_text_eq(const struct json_tape *tape, const struct json_item *item, struct str text)
{
	struct str raw = json_raw(tape, item);
	struct buf decoded;
	bool equal;

	if (!json_escaped(item))
		return str_eq(raw, text);
	if (raw.len < text.len)
		return false;
	buf_init(&decoded, 0);
	decode_string(&decoded, raw);
	equal = str_eq(buf_str(&decoded), text);
	buf_release(&decoded);
	return equal;
}

const struct json_item *json_member(const struct json_tape *tape, const struct json_item *item,
				    struct str key)
{
	const struct json_item *found = NULL;
	uint32_t at = (uint32_t)(item - tape->items) + 1;

	if (json_type(item) != JSON_OBJECT)
		return NULL;
	for (uint32_t i = 0; i < json_count(item); i++) {
		if (json_text_eq(tape, &tape->items[at], key))
			found = &tape->items[at + 1];
		at = tape->items[at + 1].next;
	}
	return found;
}

double json_number(const struct json_tape *tape, const struct json_item *item)
{
	struct str raw = json_raw(tape, item);
	char small[64], *text = raw.len < sizeof small ? small : malloc(raw.len + 1);
	double number;

	if (!text)
		die_out_of_memory();
	memcpy(text, raw.ptr, raw.len);
	text[raw.len] = '\0';
	number = strtod(text, NULL);
	if (text != small)
		free(text);
	return number;
}
