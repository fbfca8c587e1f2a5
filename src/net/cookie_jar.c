#include "net/cookie_jar.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <strings.h>

#include <libpsl.h>

#include "base/address.h"
#include "base/ascii.h"
#include "base/log.h"
#include "base/url.h"
#include "net/cookie_parse.h"

#define FIRST_BYTES 256u
/* An emptied jar gives a larger buffer back. */
#define KEPT_BYTES 4096u
#define HOST_BYTES 256u

/*
 * A jar is a sequence of records, each padded to 8 bytes. There are few cookies per user, so they
 * are searched one after the other.
 */
struct cookie {
	int64_t expires;	/* seconds since 1970; COOKIE_PARSE_SESSION: with the session */
	uint32_t bytes;		/* of the record */
	uint32_t created, used; /* values of the jar's clock */
	uint16_t domain_len, path_len, name_len, value_len;
	bool host_only, secure;
	char text[]; /* domain in lower case, path, name, value */
};

static struct cookie *cookie_at(const struct cookie_jar *jar, uint32_t at)
{
	return (struct cookie *)(void *)(jar->records + at);
}

static struct str domain_of(const struct cookie *c)
{
	return str_n(c->text, c->domain_len);
}

static struct str path_of(const struct cookie *c)
{
	return str_n(c->text + c->domain_len, c->path_len);
}

static struct str name_of(const struct cookie *c)
{
	return str_n(c->text + c->domain_len + c->path_len, c->name_len);
}

static struct str value_of(const struct cookie *c)
{
	return str_n(c->text + c->domain_len + c->path_len + c->name_len, c->value_len);
}

/* ---- matching */

static bool is_ip_address(struct str host)
{
	char text[INET6_ADDRSTRLEN];
	unsigned char bytes[16];

	if (host.len >= sizeof text)
		return false;
	memcpy(text, host.ptr, host.len);
	text[host.len] = '\0';
	return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

/* RFC 6265bis section 5.1.3. */
static bool domain_matches(struct str host, struct str domain)
{
	if (host.len <= domain.len)
		return str_ieq(host, domain);
	return str_ieq(str_slice(host, host.len - domain.len, host.len), domain) &&
	       host.ptr[host.len - domain.len - 1] == '.' && !is_ip_address(host);
}

/* RFC 6265bis section 5.1.4. */
static bool path_matches(struct str path, struct str cookie)
{
	if (!path.len)
		path = STR("/");
	return str_starts(path, cookie) &&
	       (path.len == cookie.len || cookie.ptr[cookie.len - 1] == '/' ||
		path.ptr[cookie.len] == '/');
}

static struct str default_path(struct str path)
{
	size_t end = path.len;

	while (end > 0 && path.ptr[end - 1] != '/')
		end--;
	return end > 1 && path.ptr[0] == '/' ? str_slice(path, 0, end - 1) : STR("/");
}

/* libpsl needs lower case and a NUL. Its compiled-in list costs no time and no memory. */
static bool is_public_suffix(struct str domain)
{
	const psl_ctx_t *list = psl_builtin();
	char text[HOST_BYTES];

	if (!list || domain.len >= sizeof text)
		return false;
	for (size_t i = 0; i < domain.len; i++)
		text[i] = ascii_to_lower(domain.ptr[i]);
	text[domain.len] = '\0';
	return psl_is_public_suffix(list, text);
}

bool cookie_jar_request(struct str url, struct str host, int64_t now, struct cookie_request *out)
{
	struct url parts;

	if (!url_split(url, &parts))
		return false;
	if (host.ptr) {
		size_t end = host.len && host.ptr[0] == '[' ? str_find_char(host, ']', 0)
							    : str_find_char(host, ':', 0);

		parts.host = str_slice(host, host.len && host.ptr[0] == '[', end);
	}
	*out = (struct cookie_request){.host = parts.host,
				       .path = parts.path,
				       .secure = str_ieq(parts.scheme, STR("https")) ||
						 address_is_loopback(parts.host),
				       .now = now};
	return true;
}

/* ---- storing */

static void remove_at(struct cookie_jar *jar, uint32_t at)
{
	uint32_t bytes = cookie_at(jar, at)->bytes;

	jar->len -= bytes;
	memmove(jar->records + at, jar->records + at + bytes, jar->len - at);
}

/* Room for BYTES more. A jar's buffer doubles; it is bounded by the limits on cookies. */
static struct cookie *append(struct cookie_jar *jar, uint32_t bytes)
{
	if (jar->cap - jar->len < bytes) {
		uint32_t cap = jar->cap ? jar->cap : FIRST_BYTES;

		while (cap - jar->len < bytes)
			cap *= 2;
		jar->records = realloc(jar->records, cap);
		if (!jar->records)
			die_out_of_memory();
		jar->cap = cap;
	}
	jar->len += bytes;
	return cookie_at(jar, jar->len - bytes);
}

/* Removes the cookie that is replaced; returns when it was created, or the time now. */
static uint32_t replace(struct cookie_jar *jar, const struct cookie_fields *fields,
			struct str domain, bool host_only)
{
	for (uint32_t at = 0; at < jar->len; at += cookie_at(jar, at)->bytes) {
		const struct cookie *c = cookie_at(jar, at);

		if (c->host_only == host_only && str_eq(name_of(c), fields->name) &&
		    str_ieq(domain_of(c), domain) && str_eq(path_of(c), fields->path)) {
			uint32_t created = c->created;

			remove_at(jar, at);
			return created;
		}
	}
	return jar->clock;
}

/* A cookie without Secure must not hide one with it that a secure response has set. */
static bool hides_secure(const struct cookie_jar *jar, const struct cookie_fields *fields,
			 struct str domain)
{
	for (uint32_t at = 0; at < jar->len; at += cookie_at(jar, at)->bytes) {
		const struct cookie *c = cookie_at(jar, at);

		if (c->secure && str_eq(name_of(c), fields->name) &&
		    (domain_matches(domain, domain_of(c)) ||
		     domain_matches(domain_of(c), domain)) &&
		    path_matches(fields->path, path_of(c)))
			return true;
	}
	return false;
}

/* Removes the expired cookies, or else the least recently used one: of DOMAIN if it has too many
 * (one without Secure first), else of all. */
static void make_room(struct cookie_jar *jar, struct str domain, int64_t now)
{
	uint32_t count = 0, in_domain = 0, oldest = 0, oldest_in_domain = UINT32_MAX;

	for (uint32_t at = 0; at < jar->len;) {
		const struct cookie *c = cookie_at(jar, at);
		uint32_t bytes = c->bytes;

		if (c->expires <= now) {
			remove_at(jar, at);
			continue;
		}
		if (c->used < cookie_at(jar, oldest)->used)
			oldest = at;
		if (str_ieq(domain_of(c), domain)) {
			const struct cookie *best =
			    cookie_at(jar, oldest_in_domain == UINT32_MAX ? at : oldest_in_domain);

			if (oldest_in_domain == UINT32_MAX || c->secure < best->secure ||
			    (c->secure == best->secure && c->used < best->used))
				oldest_in_domain = at;
			in_domain++;
		}
		count++;
		at += bytes;
	}
	if (in_domain >= COOKIE_JAR_DOMAIN_MAX)
		remove_at(jar, oldest_in_domain);
	else if (count >= COOKIE_JAR_MAX)
		remove_at(jar, oldest);
}

static char *put_text(char *to, struct str text)
{
	if (text.len)
		memcpy(to, text.ptr, text.len);
	return to + text.len;
}

static void add(struct cookie_jar *jar, const struct cookie_fields *fields, struct str domain,
		bool host_only, uint32_t created)
{
	size_t text = domain.len + fields->path.len + fields->name.len + fields->value.len;
	uint32_t bytes = (uint32_t)((sizeof(struct cookie) + text + 7) & ~(size_t)7);
	struct cookie *c = append(jar, bytes);

	*c = (struct cookie){.expires = fields->expires,
			     .bytes = bytes,
			     .created = created,
			     .used = jar->clock,
			     .domain_len = (uint16_t)domain.len,
			     .path_len = (uint16_t)fields->path.len,
			     .name_len = (uint16_t)fields->name.len,
			     .value_len = (uint16_t)fields->value.len,
			     .host_only = host_only,
			     .secure = fields->secure};
	char *end = put_text(c->text, domain);
	for (char *p = c->text; p < end; p++)
		*p = ascii_to_lower(*p);
	put_text(put_text(put_text(end, fields->path), fields->name), fields->value);
}

static bool has_prefix(struct str s, struct str prefix)
{
	return s.len >= prefix.len && str_ieq(str_slice(s, 0, prefix.len), prefix);
}

static bool prefix_is_kept(const struct cookie_fields *f, bool host_only, bool has_path)
{
	struct str name = f->name.len ? f->name : f->value;

	if (!has_prefix(name, STR("__Secure-")) && !has_prefix(name, STR("__Host-")))
		return true;
	if (!f->name.len || !f->secure)
		return false;
	return !has_prefix(name, STR("__Host-")) ||
	       (host_only && has_path && str_eq(f->path, STR("/")));
}

/* Decides on the domain; false if the cookie must be ignored. */
static bool choose_domain(const struct cookie_request *request, struct cookie_fields *f,
			  bool *host_only)
{
	for (size_t i = 0; i < f->domain.len; i++)
		if ((unsigned char)f->domain.ptr[i] >= 0x80)
			return false;
	if (f->domain.len && is_public_suffix(f->domain)) {
		if (!str_ieq(f->domain, request->host))
			return false;
		f->domain = STR("");
	}
	*host_only = !f->domain.len;
	if (*host_only)
		f->domain = request->host;
	return f->domain.len < HOST_BYTES && domain_matches(request->host, f->domain);
}

bool cookie_jar_store(struct cookie_jar *jar, const struct cookie_request *request,
		      struct str field)
{
	struct cookie_fields f;
	bool host_only;

	if (!cookie_parse_field(field, request->now, &f) ||
	    !choose_domain(request, &f, &host_only) || (f.secure && !request->secure))
		return false;
	bool has_path = f.path.ptr != NULL;
	if (!has_path)
		f.path = default_path(request->path);
	if (f.path.len > UINT16_MAX || !prefix_is_kept(&f, host_only, has_path) ||
	    (!f.secure && !request->secure && hides_secure(jar, &f, f.domain)))
		return false;
	jar->clock++;
	uint32_t created = replace(jar, &f, f.domain, host_only);
	if (f.expires <= request->now)
		return false;
	make_room(jar, f.domain, request->now);
	add(jar, &f, f.domain, host_only, created);
	return true;
}

/* ---- sending */

/* True if LIST ("a=1; b=2") has a cookie NAME. */
static bool is_named(struct str list, struct str name)
{
	for (size_t at = 0; at < list.len;) {
		size_t end = str_find_char(list, ';', at);
		struct str pair = str_trim(str_slice(list, at, end));

		if (str_eq(str_slice(pair, 0, str_find_char(pair, '=', 0)), name))
			return true;
		at = end < list.len ? end + 1 : list.len;
	}
	return false;
}

static bool is_sent(const struct cookie *c, const struct cookie_request *r, struct str own)
{
	return (c->host_only ? str_ieq(r->host, domain_of(c))
			     : domain_matches(r->host, domain_of(c))) &&
	       path_matches(r->path, path_of(c)) && (!c->secure || r->secure) &&
	       c->expires > r->now && !(own.len && is_named(own, name_of(c)));
}

/* Longer paths first, then older cookies. */
static bool goes_before(const struct cookie *a, const struct cookie *b)
{
	return a->path_len != b->path_len ? a->path_len > b->path_len : a->created < b->created;
}

static size_t collect(struct cookie_jar *jar, const struct cookie_request *r, struct str own,
		      uint32_t found[COOKIE_JAR_MAX])
{
	size_t count = 0;

	for (uint32_t at = 0; at < jar->len; at += cookie_at(jar, at)->bytes) {
		struct cookie *c = cookie_at(jar, at);
		size_t i = count;

		if (!is_sent(c, r, own))
			continue;
		c->used = jar->clock;
		for (; i > 0 && goes_before(c, cookie_at(jar, found[i - 1])); i--)
			found[i] = found[i - 1];
		found[i] = at;
		count++;
	}
	return count;
}

void cookie_jar_put(struct cookie_jar *jar, const struct cookie_request *request, struct str own,
		    struct buf *out)
{
	uint32_t found[COOKIE_JAR_MAX];

	jar->clock++;
	size_t count = collect(jar, request, own, found);
	for (size_t i = 0; i < count; i++) {
		const struct cookie *c = cookie_at(jar, found[i]);

		if (i)
			buf_add(out, STR("; "));
		buf_add(out, name_of(c));
		if (c->name_len)
			buf_add_char(out, '=');
		buf_add(out, value_of(c));
	}
	if (!own.len)
		return;
	if (count)
		buf_add(out, STR("; "));
	buf_add(out, own);
}

void cookie_jar_clear(struct cookie_jar *jar)
{
	if (jar->cap > KEPT_BYTES) {
		cookie_jar_release(jar);
		return;
	}
	jar->len = 0;
	jar->clock = 0;
}

void cookie_jar_release(struct cookie_jar *jar)
{
	free(jar->records);
	*jar = (struct cookie_jar){0};
}
