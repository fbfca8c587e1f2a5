#include "net/client_private.h"

#include "base/idn.h"
#include "base/log.h"
#include "base/url.h"
#include "net/aws_query.h"

/*
 * URLs. libcurl gets the origin as a parsed URL, which is expensive and seldom changes, and the
 * target of the request as text (CURLOPT_REQUEST_TARGET): so percent-encodings are sent byte for
 * byte, at every send, while libcurl would change some of them to lower case. With authentication
 * with libcurl, which signs the target that it computes, it gets the whole URL instead.
 */

bool client_url_is_whole(const struct http_plan_spec *spec)
{
	return spec->auth == HTTP_AUTH_DIGEST || spec->auth == HTTP_AUTH_AWS;
}

/* URL as libcurl sends it with this authentication. */
static void put_whole(struct client *c, struct buf *out, const struct http_plan_spec *spec,
		      struct str url)
{
	if (spec->auth == HTTP_AUTH_AWS)
		aws_query_add_url(out, url, &c->query_fields);
	else
		buf_add(out, url);
}

/* "http://user@host:80" of URL. */
static struct str origin_of(struct str url, const struct url *parts)
{
	const char *end = parts->path.ptr;

	return str_n(url.ptr, (size_t)(end - url.ptr));
}

/* A WebSocket goes through a tunnel. */
static bool is_forwarded(const struct http_plan_spec *spec, const char *proxy)
{
	return !spec->channel && client_proxy_forwards(proxy);
}

/* A proxy that forwards plain HTTP gets the whole URL, without the user. */
static void put_target(struct buf *out, const struct url *url, bool through_proxy)
{
	if (through_proxy && str_ieq(url->scheme, STR("http"))) {
		buf_printf(out, url->host_is_ipv6 ? "http://[%.*s]" : "http://%.*s",
			   STR_ARG(url->host));
		if (url->has_port)
			buf_printf(out, ":%u", (unsigned)url->port);
	}
	url_put_target(out, url);
}

/* ---- constant URLs */

void client_url_prepare(struct client *c, struct http_plan *plan)
{
	struct url parts;
	struct buf target;

	plan->parsed = curl_url();
	if (!plan->parsed)
		die_out_of_memory();
	plan->proxy = client_proxy_for(c, &plan->spec, plan->spec.url.ptr);
	plan->name = client_name_via(c, plan->proxy, plan->spec.url.ptr);
	plan->is_valid = url_split(plan->spec.url, &parts);
	buf_init(&target, 0);
	if (plan->is_valid && client_url_is_whole(&plan->spec)) {
		put_whole(c, &target, &plan->spec, plan->spec.url);
		plan->origin = arena_cstr(&c->arena, buf_str(&target));
	} else if (plan->is_valid) {
		plan->origin =
		    arena_cstr(&c->arena, arena_printf(&c->arena, "%.*s/",
						       STR_ARG(origin_of(plan->spec.url, &parts))));
		put_target(&target, &parts, is_forwarded(&plan->spec, plan->proxy));
		plan->target = arena_cstr(&c->arena, buf_str(&target));
	}
	buf_release(&target);
	plan->is_valid = plan->is_valid &&
			 curl_url_set(plan->parsed, CURLUPART_URL, plan->origin, 0) == CURLUE_OK;
	if (plan->is_valid && plan->target)
		plan->route = direct_origin_of(c, plan->parsed);
}

/* ---- one exchange */

static bool parse_origin(struct client_exchange *x, struct str origin)
{
	const struct http_plan_spec *spec = &x->pub.plan->spec;

	buf_clear(&x->origin);
	buf_add(&x->origin, origin);
	x->origin_plan_proxy = spec->proxy;
	x->origin_proxy = client_proxy_for(x->client, spec, x->origin.data);
	x->origin_name = client_name_via(x->client, x->origin_proxy, x->origin.data);
	x->curl.set.url = NULL; /* the buffer may have the same address */
	if (!x->parsed)
		x->parsed = curl_url();
	if (!x->parsed)
		die_out_of_memory();
	if (curl_url_set(x->parsed, CURLUPART_URL, x->origin.data, 0) == CURLUE_OK) {
		x->origin_route = direct_origin_of(x->client, x->parsed);
		return true;
	}
	buf_clear(&x->origin);
	return false;
}

static bool is_same_origin(const struct client_exchange *x, struct str origin)
{
	return x->origin.len == origin.len + 1 && x->origin.data[origin.len] == '/' &&
	       memcmp(x->origin.data, origin.ptr, origin.len) == 0 &&
	       x->origin_plan_proxy == x->pub.plan->spec.proxy;
}

static bool locate_dynamic(struct client_exchange *x)
{
	struct str url = buf_str(&x->pub.url);
	struct url parts;

	if (!url_split(url, &parts))
		return false;
	struct str origin = origin_of(url, &parts);
	buf_clear(&x->target);
	if (client_url_is_whole(&x->pub.plan->spec)) {
		put_whole(x->client, &x->target, &x->pub.plan->spec, url);
		if (!parse_origin(x, buf_str(&x->target)))
			return false;
		buf_clear(&x->target);
	} else {
		if (!is_same_origin(x, origin)) {
			buf_printf(&x->target, "%.*s/", STR_ARG(origin));
			if (!parse_origin(x, buf_str(&x->target)))
				return false;
			buf_clear(&x->target);
		}
		put_target(&x->target, &parts, is_forwarded(&x->pub.plan->spec, x->origin_proxy));
	}
	x->name = x->origin_name;
	x->proxy = x->origin_proxy;
	x->direct.origin = x->origin_route;
	return true;
}

/* True if the URL is set for each send. */
bool client_url_is_dynamic(const struct client_exchange *x)
{
	return !x->pub.plan->spec.url.ptr || x->pub.url.len;
}

bool client_url_locate(struct client_exchange *x)
{
	const struct http_plan *plan = x->pub.plan;

	if (client_url_is_dynamic(x)) {
		x->pub.last_url = x->pub.url.len ? x->pub.url.data : "";
		return locate_dynamic(x);
	}
	x->pub.last_url = plan->spec.url.ptr;
	x->name = plan->name;
	x->proxy = plan->proxy;
	x->direct.origin = plan->route;
	return plan->is_valid;
}

const char *client_url_target(const struct client_exchange *x)
{
	return client_url_is_dynamic(x) ? x->target.data : x->pub.plan->target;
}

struct str client_url_host(const struct client_exchange *x)
{
	struct url parts;

	return url_split(str_of(x->pub.last_url), &parts) ? parts.host : STR("");
}

/* ---- redirects */

static size_t find_delimiter(struct str s, size_t from)
{
	while (from < s.len && s.ptr[from] != '/' && s.ptr[from] != '?' && s.ptr[from] != '#')
		from++;
	return from;
}

/* Appends the value of a Location field with what cannot be in a URL encoded, except in its host.
 */
static void put_location(struct buf *out, struct str value)
{
	size_t slash = find_delimiter(value, 0), end = 0;

	if (str_starts(str_slice(value, slash, value.len), STR("//")))
		end = find_delimiter(value, slash + 2);
	buf_add(out, str_slice(value, 0, end));
	url_put_printable(out, str_slice(value, end, value.len));
}

void client_url_location(struct client_exchange *x, struct str value)
{
	struct client *c = x->client;
	struct url base;

	buf_clear(&x->redirect);
	buf_clear(&c->location);
	buf_clear(&c->resolved);
	if (!value.len || !url_split(str_of(x->pub.last_url), &base))
		return;
	put_location(&c->location, value);
	if (url_resolve(&base, buf_str(&c->location), &c->resolved) &&
	    idn_url(buf_str(&c->resolved), &x->redirect))
		return;
	/* The caller reports what is not an http URL. */
	buf_clear(&x->redirect);
	buf_add(&x->redirect, buf_str(&c->location));
}
