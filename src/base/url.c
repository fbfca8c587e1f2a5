#include "base/url.h"

#include "base/ascii.h"

/* Length of the scheme before the colon at the front of S, 0 when there is none. */
static size_t scheme_length(struct str s)
{
	size_t i = 0;

	if (s.len == 0 || !ascii_is_letter(s.ptr[0]))
		return 0;
	while (i < s.len &&
	       (ascii_is_alnum(s.ptr[i]) || s.ptr[i] == '+' || s.ptr[i] == '-' || s.ptr[i] == '.'))
		i++;
	return i < s.len && s.ptr[i] == ':' ? i : 0;
}

static uint16_t scheme_port(struct str scheme)
{
	static const struct {
		const char *name;
		uint16_t port;
	} ports[] = {{"http", 80}, {"https", 443}, {"ws", 80}, {"wss", 443}, {"ftp", 21}};

	for (size_t i = 0; i < sizeof ports / sizeof *ports; i++)
		if (str_ieq(scheme, str_of(ports[i].name)))
			return ports[i].port;
	return 0;
}

/* Offset of the first of "/?#" at or after FROM, or the end. */
static size_t authority_end(struct str s, size_t from)
{
	while (from < s.len && s.ptr[from] != '/' && s.ptr[from] != '?' && s.ptr[from] != '#')
		from++;
	return from;
}

static bool split_port(struct str text, struct url *url)
{
	uint32_t port = 0;

	if (text.len == 0) /* "host:" is allowed and means the scheme's own */
		return true;
	for (size_t i = 0; i < text.len; i++) {
		if (!ascii_is_digit(text.ptr[i]))
			return false;
		port = port * 10 + (uint32_t)(text.ptr[i] - '0');
		if (port > UINT16_MAX)
			return false;
	}
	url->port = (uint16_t)port;
	url->has_port = true;
	return port > 0;
}

static bool is_ipv6_text(struct str s)
{
	bool colon = false;

	for (size_t i = 0; i < s.len; i++) {
		colon = colon || s.ptr[i] == ':';
		if (ascii_hex_value(s.ptr[i]) < 0 && s.ptr[i] != ':' && s.ptr[i] != '.')
			return false;
	}
	return colon;
}

/* Characters that a host cannot contain; some readers take a backslash for a slash, which would
 * bypass the list of allowed hosts. */
static bool is_host_text(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (memchr("\\<>\"^`{|}[]@:", s.ptr[i], 13))
			return false;
	return s.len > 0;
}

/* "fe80::1%25eth0" (RFC 6874), and "fe80::1%eth0" as most people write it. */
static void split_zone(struct str text, struct url *url)
{
	size_t percent = str_find_char(text, '%', 0);

	url->host = str_slice(text, 0, percent);
	if (percent == NOT_FOUND)
		return;
	url->zone = str_slice(text, percent + 1, text.len);
	if (str_starts(url->zone, STR("25")) && url->zone.len > 2)
		url->zone = str_slice(url->zone, 2, url->zone.len);
}

/* The name of a network interface. */
static bool is_zone(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_is_alnum(s.ptr[i]) && !memchr("-._~", s.ptr[i], 4))
			return false;
	return s.len > 0;
}

static bool split_authority(struct str s, struct url *url)
{
	size_t at = s.len;

	while (at > 0 && s.ptr[at - 1] != '@')
		at--;
	if (at > 0) {
		url->userinfo = str_slice(s, 0, at - 1);
		if (memchr(url->userinfo.ptr, '\\', url->userinfo.len) ||
		    memchr(url->userinfo.ptr, '@', url->userinfo.len))
			return false;
		s = str_slice(s, at, s.len);
	}
	if (s.len && s.ptr[0] == '[') {
		size_t close = str_find_char(s, ']', 0);

		if (close == NOT_FOUND)
			return false;
		split_zone(str_slice(s, 1, close), url);
		url->host_is_ipv6 = true;
		s = str_slice(s, close + 1, s.len);
		if (s.len && s.ptr[0] != ':')
			return false;
		return is_ipv6_text(url->host) && (!url->zone.ptr || is_zone(url->zone)) &&
		       (s.len == 0 || split_port(str_slice(s, 1, s.len), url));
	}
	size_t colon = str_find_char(s, ':', 0);
	if (colon == NOT_FOUND)
		colon = s.len;
	url->host = str_slice(s, 0, colon);
	return is_host_text(url->host) && split_port(str_slice(s, colon + 1, s.len), url);
}

static bool is_clean(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] <= 0x20 || s.ptr[i] == 0x7f)
			return false;
	return true;
}

/* Splits path, query and fragment of S, starting at FROM. */
static void split_tail(struct str s, size_t from, struct url *url)
{
	size_t hash = str_find_char(s, '#', from);

	if (hash == NOT_FOUND)
		hash = s.len;
	else
		url->fragment = str_slice(s, hash + 1, s.len);
	size_t question = str_find_char(str_slice(s, 0, hash), '?', from);
	if (question == NOT_FOUND)
		question = hash;
	else
		url->query = str_slice(s, question + 1, hash);
	url->path = str_slice(s, from, question);
}

bool url_split(struct str text, struct url *out)
{
	size_t scheme = scheme_length(text);

	*out = (struct url){.scheme = str_slice(text, 0, scheme)};
	if (scheme == 0 || !is_clean(text) ||
	    !str_starts(str_slice(text, scheme, text.len), STR("://")))
		return false;
	out->port = scheme_port(out->scheme);
	size_t end = authority_end(text, scheme + 3);
	if (!split_authority(str_slice(text, scheme + 3, end), out))
		return false;
	split_tail(text, end, out);
	return true;
}

bool url_same_origin(const struct url *a, const struct url *b)
{
	return str_ieq(a->scheme, b->scheme) && str_ieq(a->host, b->host) && a->port == b->port &&
	       a->host_is_ipv6 == b->host_is_ipv6 && str_eq(a->zone, b->zone);
}

/* Drops the last segment and its slash from OUT, not past KEEP. */
static void drop_segment(struct buf *out, size_t keep)
{
	while (out->len > keep && out->data[out->len - 1] != '/')
		out->len--;
	if (out->len > keep)
		out->len--;
}

/* RFC 3986 section 5.2.4. */
static bool add_without_dots(struct buf *out, struct str path)
{
	size_t start = out->len, i = 0;
	bool fits = true;

	while (i < path.len) {
		size_t slash = str_find_char(path, '/', i + 1);
		size_t end = slash == NOT_FOUND ? path.len : slash;
		struct str segment = str_slice(path, i + (path.ptr[i] == '/'), end);

		if (str_eq(segment, STR("..")))
			drop_segment(out, start);
		else if (!str_eq(segment, STR(".")))
			fits = buf_add_char(out, '/') && buf_add(out, segment) && fits;
		if (end == path.len && (str_eq(segment, STR("..")) || str_eq(segment, STR("."))))
			fits = buf_add_char(out, '/') && fits;
		i = end;
	}
	return fits;
}

static void add_authority(struct buf *out, const struct url *url)
{
	buf_add(out, url->scheme);
	buf_add(out, STR("://"));
	if (url->userinfo.ptr) {
		buf_add(out, url->userinfo);
		buf_add_char(out, '@');
	}
	if (url->host_is_ipv6)
		buf_add_char(out, '[');
	buf_add(out, url->host);
	if (url->zone.ptr) {
		buf_add(out, STR("%25"));
		buf_add(out, url->zone);
	}
	if (url->host_is_ipv6)
		buf_add_char(out, ']');
	if (url->has_port)
		buf_printf(out, ":%u", url->port);
}

static void add_query(struct buf *out, struct str query)
{
	if (!query.ptr)
		return;
	buf_add_char(out, '?');
	buf_add(out, query);
}

/* The reference's path appended to the base's folder, dots not yet removed. */
static void merge_paths(struct buf *out, struct str base, struct str path)
{
	size_t folder = base.len;

	while (folder > 0 && base.ptr[folder - 1] != '/')
		folder--;
	buf_add(out, folder ? str_slice(base, 0, folder) : STR("/"));
	buf_add(out, path);
}

static bool add_relative(const struct url *base, const struct url *ref, struct buf *out)
{
	struct buf merged;
	bool fits;

	add_authority(out, base);
	if (ref->path.len == 0) {
		fits = add_without_dots(out, base->path);
		add_query(out, ref->query.ptr ? ref->query : base->query);
		return fits;
	}
	if (ref->path.ptr[0] == '/') {
		fits = add_without_dots(out, ref->path);
	} else {
		buf_init(&merged, out->max);
		merge_paths(&merged, base->path, ref->path);
		fits = add_without_dots(out, buf_str(&merged)) && !merged.overflow;
		buf_release(&merged);
	}
	add_query(out, ref->query);
	return fits;
}

/* The "scheme:" of BASE before a reference that starts with "//". */
static bool add_network_path(const struct url *base, struct str reference, struct buf *out)
{
	struct buf whole;
	struct url url;

	buf_init(&whole, out->max);
	buf_add(&whole, base->scheme);
	buf_add_char(&whole, ':');
	buf_add(&whole, reference);
	bool good = !whole.overflow && url_split(buf_str(&whole), &url);
	if (good) {
		add_authority(out, &url);
		good = add_without_dots(out, url.path);
		add_query(out, url.query);
	}
	buf_release(&whole);
	return good;
}

bool url_resolve(const struct url *base, struct str reference, struct buf *out)
{
	struct url url = {0};

	if (!is_clean(reference))
		return false;
	if (str_starts(reference, STR("//")))
		return add_network_path(base, reference, out) && !out->overflow;
	if (scheme_length(reference)) {
		if (!url_split(reference, &url))
			return false;
		add_authority(out, &url);
		bool fits = add_without_dots(out, url.path);
		add_query(out, url.query);
		return fits && !out->overflow;
	}
	split_tail(reference, 0, &url);
	return add_relative(base, &url, out) && !out->overflow;
}

static void add_encoded(struct buf *out, unsigned char c)
{
	static const char hex[] = "0123456789ABCDEF";

	buf_add(out, str_n((const char[]){'%', hex[c >> 4], hex[c & 15]}, 3));
}

void url_put_printable(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c == ' ' || c >= 0x80)
			add_encoded(out, c);
		else
			buf_add_char(out, s.ptr[i]);
	}
}

static bool has_dots(struct str path)
{
	return str_find(path, STR("/."), 0) != NOT_FOUND;
}

void url_put_target(struct buf *out, const struct url *url)
{
	struct buf path;

	if (!url->path.len) {
		buf_add_char(out, '/');
	} else if (has_dots(url->path)) {
		buf_init(&path, 0);
		add_without_dots(&path, url->path);
		url_put_printable(out, buf_str(&path));
		buf_release(&path);
	} else {
		url_put_printable(out, url->path);
	}
	if (!url->query.ptr)
		return;
	buf_add_char(out, '?');
	url_put_printable(out, url->query);
}

static bool is_unreserved(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

void url_encode(struct buf *out, struct str s, bool space_as_plus)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (is_unreserved(s.ptr[i]))
			buf_add_char(out, s.ptr[i]);
		else if (c == ' ' && space_as_plus)
			buf_add_char(out, '+');
		else
			add_encoded(out, c);
	}
}

bool url_decode(struct buf *out, struct str s, bool plus_as_space)
{
	bool good = true;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (c == '+' && plus_as_space) {
			c = ' ';
		} else if (c == '%') {
			int high = s.len - i > 2 ? ascii_hex_value(s.ptr[i + 1]) : -1;
			int low = s.len - i > 2 ? ascii_hex_value(s.ptr[i + 2]) : -1;

			if (high < 0 || low < 0) {
				good = false;
			} else {
				c = (char)(high << 4 | low);
				i += 2;
			}
		}
		buf_add_char(out, c);
	}
	return good;
}
