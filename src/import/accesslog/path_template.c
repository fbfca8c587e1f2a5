#include "import/accesslog/path_template.h"

#include "base/ascii.h"

#define ID	    "{id}"
#define SEGMENT_MAX 40u
#define HEX_MIN	    8u	/* minimum digits of a hash or hexadecimal id */
#define MIXED_MIN   12u /* bytes of a token: mixed letters and digits */
#define DIGITS_MIN  2u	/* digits of a number next to words: page-2 is a page, hat-17 is a hat */

struct kinds {
	size_t digits, letters, hex, others,
	    turns; /* TURNS: changes from letters to digits and back */
};

static struct kinds count_kinds(struct str s)
{
	struct kinds k = {.digits = 0};
	bool was_digit = false;

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];
		bool digit = ascii_is_digit(c);

		k.digits += digit;
		k.letters += ascii_is_letter(c) != 0;
		k.hex += ascii_is_hex(c) != 0;
		k.others += !ascii_is_alnum(c);
		k.turns += i && digit != was_digit;
		was_digit = digit;
	}
	return k;
}

static bool is_uuid(struct str s)
{
	if (s.len != 36)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s.ptr[i] != '-' : !ascii_is_hex(s.ptr[i]))
			return false;
	}
	return true;
}

/* A part between separators; WHOLE: it is the complete segment. */
static bool varies(struct str s, bool whole)
{
	struct kinds k = count_kinds(s);

	if (!k.digits || k.others)
		return false;
	if (!k.letters)
		return whole || s.len >= DIGITS_MIN;
	if (k.hex == s.len && s.len >= HEX_MIN)
		return true;
	/* Excludes "windows10update2015", which consists of words. */
	return s.len >= MIXED_MIN && k.turns >= 3;
}

static bool is_separator(char c)
{
	return c == '-' || c == '_' || c == '.' || c == '~' || c == ',' || c == ';' || c == '=' ||
	       c == ':' || c == '@' || c == '+';
}

static void put_pieces(struct buf *out, struct str s)
{
	size_t at = 0, from = out->len;

	while (at < s.len && out->len - from < SEGMENT_MAX) {
		size_t end = at;

		while (end < s.len && !is_separator(s.ptr[end]))
			end++;
		struct str piece = str_slice(s, at, end);
		if (varies(piece, at == 0 && end == s.len))
			buf_add(out, STR(ID));
		else
			buf_add(out, str_slice(piece, 0, SEGMENT_MAX));
		if (end < s.len)
			buf_add_char(out, s.ptr[end]);
		at = end + 1;
	}
}

void path_template(struct buf *out, struct str url)
{
	size_t end = 0, at = 0;

	while (end < url.len && url.ptr[end] != '?' && url.ptr[end] != '#')
		end++;
	url = str_slice(url, 0, end);
	if (!url.len)
		buf_add_char(out, '/');
	while (at < url.len) {
		size_t next = str_find_char(url, '/', at + 1);

		next = next == NOT_FOUND ? url.len : next;
		struct str segment = str_slice(url, at + 1, next);
		buf_add_char(out, '/');
		if (is_uuid(segment))
			buf_add(out, STR(ID));
		else
			put_pieces(out, segment);
		at = next;
	}
}
