#include "base/base64.h"

#include "base/ascii.h"

static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char for_urls[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static bool encode(struct buf *out, struct str bytes, const char *alphabet, bool pad)
{
	const unsigned char *p = (const unsigned char *)bytes.ptr;
	size_t left = bytes.len;

	if (!buf_reserve(out, (bytes.len + 2) / 3 * 4 + 1))
		return false;
	while (left) {
		uint32_t three = (uint32_t)p[0] << 16;
		size_t n = left < 3 ? left : 3;
		three |= n > 1 ? (uint32_t)p[1] << 8 : 0;
		three |= n > 2 ? p[2] : 0;
		for (size_t i = 0; i <= n; i++)
			buf_add_char(out, alphabet[three >> (18 - 6 * i) & 63]);
		for (size_t i = n; pad && i < 3; i++)
			buf_add_char(out, '=');
		p += n;
		left -= n;
	}
	return true;
}

bool base64_encode(struct buf *out, struct str bytes)
{
	return encode(out, bytes, standard, true);
}

bool base64_encode_url(struct buf *out, struct str bytes)
{
	return encode(out, bytes, for_urls, false);
}

static int sextet(char c)
{
	if (ascii_is_upper(c))
		return c - 'A';
	if (ascii_is_lower(c))
		return c - 'a' + 26;
	if (ascii_is_digit(c))
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

bool base64_decode(struct buf *out, struct str text)
{
	uint32_t bits = 0;
	unsigned have = 0, digits = 0, pads = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		int value = sextet(c);
		if (c == '\n' || c == '\r')
			continue;
		if (c == '=') {
			pads++;
			continue;
		}
		if (value < 0 || pads)
			return false;
		digits++;
		bits = bits << 6 | (uint32_t)value;
		have += 6;
		if (have >= 8) {
			have -= 8;
			if (!buf_add_char(out, (char)(bits >> have & 0xFF)))
				return false;
		}
	}
	return digits % 4 != 1 && (!pads || (digits + pads) % 4 == 0) && pads < 3;
}
