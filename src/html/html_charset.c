#include "html/html_charset.h"

#include <errno.h>
#include <iconv.h>

#include "base/ascii.h"
#include "html/html_token.h"

#define LABEL_MAX 30
#define DECLARED_MAX                                                                               \
	1024 /* bytes in which a page declares its encoding, if its head is shorter                \
	      */
#define REPLACEMENT "\xef\xbf\xbd"

static const struct {
	struct str name;
	const char *iconv, *labels;
} charsets[] = {
#define CHARSET(name, iconv, labels) {{name, sizeof name - 1}, iconv, labels},
#include "html/html_charset.def"
#undef CHARSET
};

/* The characters of Windows-1252 from 0x80 to 0x9f. */
static const uint16_t windows_c1[32] = {
    0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8d,   0x017d, 0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178};

static bool is_utf8(struct str charset)
{
	return str_eq(charset, charsets[0].name);
}

static bool is_windows(struct str charset)
{
	return str_eq(charset, charsets[1].name);
}

struct str html_charset_of_label(struct str label)
{
	char word[LABEL_MAX + 3] = " ";
	size_t n = 1;

	label = str_trim(label);
	if (!label.len || label.len > LABEL_MAX || str_find_char(label, ' ', 0) != NOT_FOUND)
		return STR_NULL;
	for (size_t i = 0; i < label.len; i++)
		word[n++] = ascii_to_lower(label.ptr[i]);
	word[n++] = ' ';
	for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++)
		if (str_find(str_of(charsets[i].labels), str_n(word, n), 0) != NOT_FOUND)
			return charsets[i].name;
	return STR_NULL;
}

/* ---- which one a page has */

/* The encoding after `charset=` in a media type. */
static struct str charset_of_type(struct str type)
{
	for (size_t at = 0; at + 8 < type.len; at++) {
		size_t from = at + 7, end;

		if (!str_ieq(str_slice(type, at, from), STR("charset")))
			continue;
		while (from < type.len && ascii_is_html_space(type.ptr[from]))
			from++;
		if (from == type.len || type.ptr[from] != '=')
			continue;
		from++;
		while (from < type.len && ascii_is_html_space(type.ptr[from]))
			from++;
		if (from < type.len && (type.ptr[from] == '"' || type.ptr[from] == '\'')) {
			end = str_find_char(type, type.ptr[from], from + 1);
			return html_charset_of_label(str_slice(type, from + 1, end));
		}
		for (end = from; end < type.len && type.ptr[end] != ';'; end++)
			if (ascii_is_html_space(type.ptr[end]))
				break;
		return html_charset_of_label(str_slice(type, from, end));
	}
	return STR_NULL;
}

static bool is_head_element(enum html_tag tag)
{
	switch ((int)tag) {
	case HTML_TAG_BASE:
	case HTML_TAG_HEAD:
	case HTML_TAG_HTML:
	case HTML_TAG_LINK:
	case HTML_TAG_META:
	case HTML_TAG_NOSCRIPT:
	case HTML_TAG_SCRIPT:
	case HTML_TAG_STYLE:
	case HTML_TAG_TITLE:
		return true;
	default:
		return false;
	}
}

static struct str charset_of_meta(struct str body)
{
	struct html_tokenizer t;
	struct html_token token;

	html_token_init(&t, body);
	while (html_token_next(&t, &token)) {
		struct str charset = STR_NULL;

		if (token.type != HTML_TOKEN_START)
			continue;
		if (t.at > DECLARED_MAX && !is_head_element(token.tag))
			break;
		if (token.tag != HTML_TAG_META)
			continue;
		if (html_token_value(&token, STR("charset")).ptr)
			charset = html_charset_of_label(html_token_value(&token, STR("charset")));
		else if (str_ieq(html_token_value(&token, STR("http-equiv")), STR("content-type")))
			charset = charset_of_type(html_token_value(&token, STR("content")));
		if (charset.ptr) /* a page that can be read like this is not UTF-16 */
			return str_starts(charset, STR("UTF-16")) ? charsets[0].name : charset;
	}
	return STR_NULL;
}

/* The encoding in `<?xml version="1.0" encoding="…"?>`. */
static struct str charset_of_declaration(struct str body)
{
	struct str start = str_slice(body, 0, str_find(body, STR("?>"), 0));
	size_t from = str_find(start, STR("encoding"), 0), end;

	if (!str_starts(start, STR("<?xml")) || from == NOT_FOUND)
		return STR_NULL;
	start = str_trim(str_slice(start, from + 8, start.len));
	if (!str_starts(start, STR("=")))
		return STR_NULL;
	start = str_trim(str_slice(start, 1, start.len));
	if (!start.len || (start.ptr[0] != '"' && start.ptr[0] != '\''))
		return STR_NULL;
	end = str_find_char(start, start.ptr[0], 1);
	return html_charset_of_label(str_slice(start, 1, end));
}

bool html_charset_is_xhtml(struct str content_type)
{
	struct str type = str_slice(content_type, 0, str_find_char(content_type, ';', 0));

	return str_ieq(str_trim(type), STR("application/xhtml+xml"));
}

struct str html_charset_of_page(struct str body, struct str content_type)
{
	bool xhtml = html_charset_is_xhtml(content_type);
	struct str charset;
	bool ascii = true;

	if (str_starts(body, STR("\xef\xbb\xbf")))
		return charsets[0].name;
	if (str_starts(body, STR("\xff\xfe")))
		return html_charset_of_label(STR("utf-16le"));
	if (str_starts(body, STR("\xfe\xff")))
		return html_charset_of_label(STR("utf-16be"));
	charset = charset_of_type(content_type);
	if (!charset.ptr && !xhtml)
		charset = charset_of_meta(body);
	if (!charset.ptr)
		charset = charset_of_declaration(body);
	if (charset.ptr || xhtml)
		return charset.ptr ? charset : charsets[0].name;
	for (size_t i = 0; i < body.len && ascii; i++)
		ascii = (unsigned char)body.ptr[i] < 0x80;
	return charsets[!ascii && str_is_utf8(body, NULL) ? 0 : 1].name;
}

/* ---- converting */

static iconv_t open_iconv(struct str charset, bool encode)
{
	for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++)
		if (str_eq(charsets[i].name, charset) && charsets[i].iconv[0])
			return encode ? iconv_open(charsets[i].iconv, "UTF-8")
				      : iconv_open("UTF-8", charsets[i].iconv);
	return (iconv_t)-1;
}

/* A buffer in A of a fixed size, which never grows. */
static struct buf fixed_buf(struct arena *a, size_t bytes)
{
	return (struct buf){.data = arena_alloc(a, bytes + 1), .cap = bytes + 1, .max = bytes};
}

static struct str decode_utf8(struct arena *a, struct str body)
{
	struct buf out;
	size_t bad, at = 0;

	if (str_is_utf8(body, &bad))
		return body;
	out = fixed_buf(a, 3 * body.len);
	while (at < body.len) {
		struct str rest = str_slice(body, at, body.len);

		if (str_is_utf8(rest, &bad))
			bad = rest.len;
		buf_add(&out, str_slice(rest, 0, bad));
		at += bad;
		if (at < body.len) {
			buf_add(&out, STR(REPLACEMENT));
			at++;
		}
	}
	return buf_str(&out);
}

static struct str decode_windows(struct arena *a, struct str body)
{
	struct buf out;
	size_t at = 0;

	while (at < body.len && (unsigned char)body.ptr[at] < 0x80)
		at++;
	if (at == body.len)
		return body;
	out = fixed_buf(a, 3 * body.len);
	for (at = 0; at < body.len; at++) {
		unsigned char c = (unsigned char)body.ptr[at];

		buf_add_utf8(&out, c >= 0x80 && c < 0xa0 ? windows_c1[c - 0x80] : c);
	}
	return buf_str(&out);
}

static struct str decode_iconv(struct arena *a, struct str body, iconv_t converter)
{
	struct buf out = fixed_buf(a, 4 * body.len + 4);
	char *in = (char *)body.ptr, *to = out.data;
	size_t left = body.len, room = 4 * body.len;

	while (left && iconv(converter, &in, &left, &to, &room) == (size_t)-1 && left &&
	       room >= 3) {
		memcpy(to, REPLACEMENT, 3);
		to += 3;
		room -= 3;
		in++;
		left--;
	}
	iconv_close(converter);
	out.len = (size_t)(to - out.data);
	return buf_str(&out);
}

struct str html_charset_decode(struct arena *a, struct str body, struct str charset)
{
	iconv_t converter;

	if (str_starts(body, STR("\xef\xbb\xbf")))
		body = str_slice(body, 3, body.len);
	else if (str_starts(charset, STR("UTF-16")) && body.len >= 2 &&
		 (str_starts(body, STR("\xff\xfe")) || str_starts(body, STR("\xfe\xff"))))
		body = str_slice(body, 2, body.len);
	if (is_windows(charset))
		return decode_windows(a, body);
	converter = is_utf8(charset) ? (iconv_t)-1 : open_iconv(charset, false);
	return converter == (iconv_t)-1 ? decode_utf8(a, body) : decode_iconv(a, body, converter);
}

/* The code point at AT of TEXT; sets STEP to its length. */
static uint32_t code_at(struct str text, size_t at, size_t *step)
{
	unsigned char c = (unsigned char)text.ptr[at];
	uint32_t code = c;

	*step = str_utf8_step(text, at);
	if (!*step) {
		*step = 1;
		return 0xfffd;
	}
	if (*step > 1)
		code = c & (0xffU >> (*step + 1));
	for (size_t i = 1; i < *step; i++)
		code = code << 6 | ((unsigned char)text.ptr[at + i] & 63U);
	return code;
}

static bool put_windows(struct buf *out, uint32_t code)
{
	if (code < 0x80 || (code >= 0xa0 && code < 0x100)) {
		buf_add_char(out, (char)code);
		return true;
	}
	for (unsigned i = 0; i < 32; i++)
		if (windows_c1[i] == code) {
			buf_add_char(out, (char)(0x80 + i));
			return true;
		}
	return false;
}

/* Whether the character belongs to a part of the encoding that is read but not sent: JIS X 0212 in
 * EUC-JP, the additions of Hong Kong in Big5. */
static bool is_only_decoded(struct str charset, unsigned char first)
{
	return (str_eq(charset, STR("EUC-JP")) && first == 0x8f) ||
	       (str_eq(charset, STR("Big5")) && first >= 0x80 && first < 0xa1);
}

static bool put_iconv(struct buf *out, struct str character, struct str charset,
		      const iconv_t converters[2])
{
	char bytes[16], text[8], *to = bytes, *in = (char *)character.ptr, *back = text;
	size_t left = character.len, room = sizeof bytes, back_room = sizeof text, used;

	/* The euro sign, which iconv does not have in these. */
	if (str_eq(character, STR("\xe2\x82\xac"))) {
		if (str_eq(charset, STR("GBK")))
			return buf_add_char(out, '\x80');
		if (str_eq(charset, STR("Big5")))
			return buf_add(out, STR("\xa3\xe1"));
	}
	if (iconv(converters[0], &in, &left, &to, &room) != 0 || to == bytes ||
	    is_only_decoded(charset, (unsigned char)bytes[0])) {
		iconv(converters[0], NULL, NULL, NULL, NULL);
		return false;
	}
	/* iconv also encodes characters that only look the same. */
	used = left = sizeof bytes - room;
	in = bytes;
	if (iconv(converters[1], &in, &left, &back, &back_room) != 0 ||
	    !str_eq(str_n(text, sizeof text - back_room), character)) {
		iconv(converters[1], NULL, NULL, NULL, NULL);
		return false;
	}
	return buf_add(out, str_n(bytes, used));
}

/* A character that the encoding lacks becomes its number between BEFORE and AFTER. */
static void encode(struct buf *out, struct str text, struct str charset, const char *before,
		   const char *after)
{
	bool windows = is_windows(charset);
	iconv_t converters[2] = {(iconv_t)-1, (iconv_t)-1};
	size_t step;

	if (!windows && !is_utf8(charset) && !str_starts(charset, STR("UTF-16"))) {
		converters[0] = open_iconv(charset, true);
		converters[1] = open_iconv(charset, false);
	}
	bool known = converters[0] != (iconv_t)-1 && converters[1] != (iconv_t)-1;
	if (!windows && !known)
		buf_add(out, text);
	for (size_t at = 0; (windows || known) && at < text.len; at += step) {
		uint32_t code = code_at(text, at, &step);
		struct str character = str_slice(text, at, at + step);
		bool done = windows ? put_windows(out, code)
				    : put_iconv(out, character, charset, converters);

		if (!done)
			buf_printf(out, "%s%u%s", before, (unsigned)code, after);
	}
	for (int i = 0; i < 2; i++)
		if (converters[i] != (iconv_t)-1)
			iconv_close(converters[i]);
}

void html_charset_encode(struct buf *out, struct str text, struct str charset)
{
	encode(out, text, charset, "&#", ";");
}

void html_charset_encode_query(struct buf *out, struct str text, struct str charset)
{
	encode(out, text, charset, "%26%23", "%3B");
}
