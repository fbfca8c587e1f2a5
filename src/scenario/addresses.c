#include "scenario/addresses.h"

#include <arpa/inet.h>

#include "base/url.h"
#include "doc/node.h"
#include "scenario/scenario_file.h"
#include "scenario/scenario_reader.h"

/* The kinds of proxies with their default ports, as in curl. */
static const struct proxy_scheme {
	const char *name;
	unsigned port;
} proxy_schemes[] = {{"http", 1080}, {"https", 443}, {"socks5", 1080}, {"socks5h", 1080}};

static bool is_address(struct reader *r, struct str text)
{
	const char *cstr = arena_cstr(r->arena, text);
	struct in6_addr room;

	return strlen(cstr) == text.len &&
	       (inet_pton(AF_INET, cstr, &room) == 1 || inet_pton(AF_INET6, cstr, &room) == 1);
}

/* Reports TEXT and returns false if it is not an IP address. */
static bool check_address(struct reader *r, const struct node *node, struct str text)
{
	if (is_address(r, text))
		return true;
	reader_error(r, node->span, DIAG_E320,
		     "'%.*s' is not an IP address; write one such as 192.0.2.7 or 2001:db8::7",
		     STR_ARG(text));
	return false;
}

static bool is_host_and_port(struct str text)
{
	struct url url;
	char whole[320] = "http://";

	if (text.len >= sizeof whole - 8)
		return false;
	memcpy(whole + 7, text.ptr, text.len);
	return url_split(str_n(whole, 7 + text.len), &url) && url.has_port && !url.userinfo.len &&
	       !url.path.len && !url.query.ptr && !url.fragment.ptr;
}

void addresses_check_resolve(struct reader *r, const struct node *node, void *value)
{
	const struct field_map *map = value;

	for (size_t i = 0; i < map->count; i++) {
		const struct field_pair *pair = &map->pairs[i];

		if (!is_host_and_port(pair->key)) {
			struct diag *diag = reader_error(r, pair->key_span, DIAG_E320,
							 "'%.*s' is not a host name with a port; "
							 "write one such as \"shop.example:443\"",
							 STR_ARG(pair->key));

			if (str_find_char(pair->key, ':', 0) == NOT_FOUND)
				diag_fix_in_line(
				    r->diags, diag, pair->key_span,
				    arena_printf(r->arena, "\"%.*s:443\"", STR_ARG(pair->key)));
		}
		check_address(r, node->pairs[i].value, *(const struct str *)pair->value);
	}
}

void addresses_check_source(struct reader *r, const struct node *node, void *value)
{
	const struct field_list *list = value;

	for (size_t i = 0; i < list->count; i++)
		check_address(r, node->kind == NODE_LIST ? node->items[i] : node,
			      ((const struct str *)list->items)[i]);
}

static const struct proxy_scheme *find_scheme(struct str text)
{
	for (size_t i = 0; i < sizeof proxy_schemes / sizeof *proxy_schemes; i++)
		if (str_ieq(text, str_of(proxy_schemes[i].name)))
			return &proxy_schemes[i];
	return NULL;
}

void addresses_check_proxy(struct reader *r, const struct node *node, void *value)
{
	struct str *proxy = value, text = *proxy;
	const struct proxy_scheme *scheme;
	struct url url;

	if (str_eq(text, STR("none"))) {
		*proxy = STR("");
		return;
	}
	if (str_find(text, STR("://"), 0) == NOT_FOUND)
		text = arena_printf(r->arena, "http://%.*s", STR_ARG(text));
	if (!url_split(text, &url) || (url.path.len && !str_eq(url.path, STR("/"))) ||
	    url.query.ptr) {
		reader_error(r, node->span, DIAG_E321,
			     "not a valid proxy; use a URL such as http://proxy.example:3128");
		return;
	}
	scheme = find_scheme(url.scheme);
	if (!scheme) {
		reader_error(r, node->span, DIAG_E321,
			     "a proxy starts with http://, https://, socks5:// or socks5h:// (the "
			     "proxy looks up the names), not with %.*s://",
			     STR_ARG(url.scheme));
		return;
	}
	*proxy = arena_printf(r->arena,
			      url.zone.ptr	 ? "%s://%.*s%s[%.*s%%25%.*s]:%u"
			      : url.host_is_ipv6 ? "%s://%.*s%s[%.*s%.*s]:%u"
						 : "%s://%.*s%s%.*s%.*s:%u",
			      scheme->name, STR_ARG(url.userinfo), url.userinfo.ptr ? "@" : "",
			      STR_ARG(url.host), STR_ARG(url.zone),
			      url.has_port ? (unsigned)url.port : scheme->port);
}

void addresses_check_defaults(struct reader *r, const struct node *node, void *value)
{
	const struct defaults *d = value;

	(void)node;
	if (d->proxy.len && d->unix_socket.len)
		reader_error(r, keys_span(&d->keys, "proxy"), DIAG_E306,
			     "'proxy' cannot be used with 'unix_socket'; remove one of them");
	if (keys_has(&d->keys, defaults_fields, "sampled") &&
	    d->trace_context == TRACE_CONTEXT_NONE)
		reader_error(r, keys_span(&d->keys, "sampled"), DIAG_E306,
			     "'sampled' needs 'trace_context'; write trace_context: w3c");
	if (d->no_proxy.count && !keys_has(&d->keys, defaults_fields, "proxy"))
		reader_error(r, keys_span(&d->keys, "no_proxy"), DIAG_E306,
			     "'no_proxy' needs 'proxy'");
}
