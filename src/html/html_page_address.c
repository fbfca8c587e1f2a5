/* Addresses of actions and links, as browsers read them; contracts in html_page.h. */
#include "base/ascii.h"
#include "base/idn.h"
#include "base/url.h"
#include "html/html_charset.h"
#include "html/html_page.h"

#define SHOWN_MAX 100 /* bytes of an address in a message */

enum resolution { RESOLVED, NOT_HTTP, TOO_LONG };

/* A buffer on the stack for one address, which never grows. */
#define ADDRESS_BUF(name)                                                                          \
	char name##_bytes[HTML_PAGE_ADDRESS_MAX + 1];                                              \
	struct buf name = {                                                                        \
	    .data = name##_bytes, .cap = sizeof name##_bytes, .max = HTML_PAGE_ADDRESS_MAX}

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
	ADDRESS_BUF(encoded);

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

static bool is_http(struct str address)
{
	struct str scheme = str_slice(address, 0, scheme_of(address));

	return !scheme.len || str_ieq(scheme, STR("http:")) || str_ieq(scheme, STR("https:"));
}

/* Resolves REFERENCE against the absolute URL BASE into OUT, which is empty. */
static enum resolution resolve(struct str base, struct str reference, struct str charset,
			       struct buf *out)
{
	ADDRESS_BUF(stripped);
	ADDRESS_BUF(clean);
	struct url url;

	put_stripped(&stripped, reference);
	if (!is_http(buf_str(&stripped)) || !url_split(base, &url))
		return NOT_HTTP;
	put_reference(&clean, buf_str(&stripped), charset);
	if (stripped.overflow || clean.overflow)
		return TOO_LONG;
	if (!url_resolve(&url, buf_str(&clean), out))
		return out->overflow ? TOO_LONG : NOT_HTTP;
	if (!idn_is_needed(buf_str(out)))
		return RESOLVED;
	buf_clear(&clean);
	if (!idn_url(buf_str(out), &clean))
		return clean.overflow ? TOO_LONG : NOT_HTTP;
	buf_clear(out);
	buf_add(out, buf_str(&clean));
	return RESOLVED;
}

/* The address of REFERENCE on PAGE, in OUT, which is empty. */
static enum resolution find_address(const struct html_page *page, struct str reference,
				    struct buf *out)
{
	ADDRESS_BUF(base);
	enum resolution resolution;

	if (!reference.len) {
		size_t end = str_find_char(page->url, '#', 0);

		return buf_add(out, str_slice(page->url, 0, end)) ? RESOLVED : TOO_LONG;
	}
	if (!page->base.len)
		return resolve(page->url, reference, page->charset, out);
	resolution = resolve(page->url, page->base, page->charset, &base);
	if (resolution == TOO_LONG)
		return TOO_LONG;
	return resolve(resolution == RESOLVED ? buf_str(&base) : page->url, reference,
		       page->charset, out);
}

bool html_page_resolve(const struct html_page *page, struct str reference, struct buf *out)
{
	ADDRESS_BUF(address);
	bool overflow = out->overflow;

	if (find_address(page, reference, &address) != RESOLVED)
		return false;
	if (buf_add(out, buf_str(&address)))
		return true;
	out->overflow = overflow;
	return false;
}

void html_page_put_no_address(const struct html_page *page, struct str reference, struct buf *out)
{
	ADDRESS_BUF(address);
	struct str shown = str_cut(reference, SHOWN_MAX);

	buf_printf(out, "'%.*s%s', which is ", STR_ARG(shown),
		   shown.len < reference.len ? "…" : "");
	if (find_address(page, reference, &address) == NOT_HTTP)
		buf_add(out, STR("not an http address"));
	else
		buf_printf(out, "longer than the limit of %d bytes for an address",
			   HTML_PAGE_ADDRESS_MAX);
}
