#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"

#define FIRST_BYTES 256

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){.max = max};
}

void buf_release(struct buf *b)
{
	free(b->data);
	buf_init(b, b->max);
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->overflow = false;
	if (b->data)
		b->data[0] = '\0';
}

static void resize(struct buf *b, size_t cap)
{
	char *data = realloc(b->data, cap);

	if (!data)
		die_out_of_memory();
	b->data = data;
	b->cap = cap;
}

void buf_shrink(struct buf *b, size_t keep)
{
	if (keep < b->len + 1)
		keep = b->len + 1;
	if (b->cap > keep)
		resize(b, keep);
}

bool buf_reserve(struct buf *b, size_t more)
{
	size_t need;

	if (__builtin_add_overflow(b->len, more, &need) || need == SIZE_MAX ||
	    (b->max && need > b->max)) {
		b->overflow = true;
		return false;
	}
	need++;
	if (need <= b->cap)
		return true;
	size_t cap = b->cap ? b->cap : FIRST_BYTES;
	while (cap < need)
		cap = cap > SIZE_MAX / 2 ? need : cap * 2;
	resize(b, cap);
	return true;
}

bool buf_add(struct buf *b, struct str s)
{
	if (!buf_reserve(b, s.len))
		return false;
	if (s.len)
		memcpy(b->data + b->len, s.ptr, s.len);
	b->len += s.len;
	b->data[b->len] = '\0';
	return true;
}

bool buf_add_char(struct buf *b, char c)
{
	return buf_add(b, str_n(&c, 1));
}

bool buf_vprintf(struct buf *b, const char *format, va_list args)
{
	va_list again;

	va_copy(again, args);
	size_t room = b->cap - b->len;
	int len = vsnprintf(room ? b->data + b->len : NULL, room, format, args);
	if (len < 0)
		BUG("bad format \"%s\"", format);
	bool fits = buf_reserve(b, (size_t)len);
	if (fits) {
		if ((size_t)len >= room)
			vsnprintf(b->data + b->len, (size_t)len + 1, format, again);
		b->len += (size_t)len;
	} else if (b->data) {
		b->data[b->len] = '\0';
	}
	va_end(again);
	return fits;
}

bool buf_add_utf8(struct buf *b, uint32_t c)
{
	char bytes[4];
	size_t n = 0;

	if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
		c = 0xFFFD;
	if (c < 0x80) {
		bytes[n++] = (char)c;
	} else if (c < 0x800) {
		bytes[n++] = (char)(0xC0 | c >> 6);
	} else if (c < 0x10000) {
		bytes[n++] = (char)(0xE0 | c >> 12);
		bytes[n++] = (char)(0x80 | (c >> 6 & 0x3F));
	} else {
		bytes[n++] = (char)(0xF0 | c >> 18);
		bytes[n++] = (char)(0x80 | (c >> 12 & 0x3F));
		bytes[n++] = (char)(0x80 | (c >> 6 & 0x3F));
	}
	if (c >= 0x80)
		bytes[n++] = (char)(0x80 | (c & 0x3F));
	return buf_add(b, str_n(bytes, n));
}

bool buf_printf(struct buf *b, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	bool fits = buf_vprintf(b, format, args);
	va_end(args);
	return fits;
}

bool buf_add_hex(struct buf *b, struct str bytes)
{
	static const char digits[] = "0123456789abcdef";

	if (!buf_reserve(b, 2 * bytes.len + 1))
		return false;
	for (size_t i = 0; i < bytes.len; i++) {
		unsigned char c = (unsigned char)bytes.ptr[i];
		buf_add_char(b, digits[c >> 4]);
		buf_add_char(b, digits[c & 15]);
	}
	return true;
}

struct str buf_str(const struct buf *b)
{
	return str_n(b->data ? b->data : "", b->len);
}
