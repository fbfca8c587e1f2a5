/* Addresses of actions and links, as browsers read them; contracts in html_page.h. */
#include "base/ascii.h"
#include "base/idn.h"
#include "base/url.h"
#include "html/html_charset.h"
#include "html/html_page.h"

#define ADDRESS_MAX 16384

/* The length of `scheme:` at the start of S, 0 if there is none. */
static size_t scheme_of(struct str s)
{
	size_t at = 0;

	if (!s.len || !ascii_is_letter(s.ptr[0]))
		return 0;
	while (at < s.len && (ascii_is_alnum(s.ptr[at]) || memchr("+-.", s.ptr[at], 3)))
		at++;
	return at < s.len && s.ptr[at] == ':' ? at + 1 : 0;
}

static bool is_slash(char c)
{
	return c == '/' || c == '\\';
}

/* The offset after scheme and host; only from there characters are encoded. */
static size_t authority_end(struct str s)
{
	size_t at = scheme_of(s);

	if (at + 1 >= s.len || !is_slash(s.ptr[at]) || !is_slash(s.ptr[at + 1]))
		return at;
	for (at += 2; at < s.len && !is_slash(s.ptr[at]) && s.ptr[at] != '?'; at++)
		continue;
	return at;
}

/* Appends REFERENCE without the white space that browsers ignore and without its fragment. */
static void put_stripped(struct buf *out, struct str reference)
{
	struct str s = reference;

	while (s.len && (unsigned char)s.ptr[0] <= ' ')
		s = str_slice(s, 1, s.len);
	while (s.len && (unsigned char)s.ptr[s.len - 1] <= ' ')
		s.len--;
	for (size_t i = 0; i < s.len && s.ptr[i] != '#'; i++)
		if (s.ptr[i] != '\t' && s.ptr[i] != '\n' && s.ptr[i] != '\r')
			buf_add_char(out, s.ptr[i]);
}

/* Appends S, which has no characters of other encodings, with what a URL cannot hold encoded. */
static void put_encoded(struct buf *out, struct str s, bool query)
{
	const char *unsafe = query ? " \"<>'" : " \"<>`{}";

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c <= ' ' || c >= 0x7f || strchr(unsafe, c))
			buf_printf(out, "%%%02X", c);
		else
			buf_add_char(out, !query && c == '\\' ? '/' : (char)c);
	}
}

/* Appends the reference STRIPPED as a valid one. */
static void put_reference(struct buf *out, struct str stripped, struct str charset)
{
	size_t host = authority_end(stripped), query = str_find_char(stripped, '?', 0);
	char bytes[ADDRESS_MAX];
	struct buf encoded = {.data = bytes, .cap = sizeof bytes, .max = sizeof bytes - 1};

	query = query == NOT_FOUND ? stripped.len : query;
	host = host < query ? host : query;
	for (size_t i = 0; i < host; i++)
		buf_add_char(out, stripped.ptr[i] == '\\' ? '/' : stripped.ptr[i]);
	put_encoded(out, str_slice(stripped, host, query), false);
	if (query == stripped.len)
		return;
	html_charset_encode_query(&encoded, str_slice(stripped, query, stripped.len), charset);
	out->overflow |= encoded.overflow;
	put_encoded(out, buf_str(&encoded), true);
}

/* Resolves REFERENCE against the absolute URL BASE. */
static bool resolve(struct str base, struct str reference, struct str charset, struct buf *out)
{
	char stripped_bytes[ADDRESS_MAX], bytes[ADDRESS_MAX];
	struct buf stripped = {.data = stripped_bytes, .cap = ADDRESS_MAX, .max = ADDRESS_MAX - 1};
	struct buf clean = {.data = bytes, .cap = ADDRESS_MAX, .max = ADDRESS_MAX - 1};
	size_t mark = out->len, scheme;
	struct url url;

	put_stripped(&stripped, reference);
	put_reference(&clean, buf_str(&stripped), charset);
	scheme = scheme_of(buf_str(&clean));
	if (stripped.overflow || clean.overflow || !url_split(base, &url) ||
	    (scheme && !str_ieq(str_slice(buf_str(&clean), 0, scheme), STR("http:")) &&
	     !str_ieq(str_slice(buf_str(&clean), 0, scheme), STR("https:"))))
		return false;
	if (!url_resolve(&url, buf_str(&clean), out)) {
		out->len = mark;
		return false;
	}
	if (!idn_is_needed(str_n(out->data + mark, out->len - mark)))
		return true;
	clean.len = 0;
	if (!idn_url(str_n(out->data + mark, out->len - mark), &clean)) {
		out->len = mark;
		return false;
	}
	out->len = mark;
	return buf_add(out, buf_str(&clean));
}

/* Appends an absolute URL without its fragment. */
static bool put_document(struct buf *out, struct str url)
{
	size_t end = str_find_char(url, '#', 0);

	return buf_add(out, str_slice(url, 0, end));
}

bool html_page_resolve(const struct html_page *page, struct str reference, struct buf *out)
{
	char bytes[ADDRESS_MAX];
	struct buf base = {.data = bytes, .cap = ADDRESS_MAX, .max = ADDRESS_MAX - 1};

	if (!reference.len)
		return put_document(out, page->url);
	if (!page->base.len || !resolve(page->url, page->base, page->charset, &base))
		return resolve(page->url, reference, page->charset, out);
	return resolve(buf_str(&base), reference, page->charset, out);
}
