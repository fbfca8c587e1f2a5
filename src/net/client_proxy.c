#include "net/client_private.h"

#include "base/url.h"
#include "net/no_proxy.h"

/*
 * Decides whether a request uses a proxy; libcurl does not, because the proxy's name must then be
 * resolved first. CURLOPT_PROXY is always set, to the proxy or "", which also stops libcurl from
 * reading the environment for each request.
 */

const char *client_proxy_for(const struct client *c, const struct http_plan_spec *spec,
			     const char *url)
{
	struct url parts;

	if (!spec->proxy)
		return "";
	if (c->config.no_proxy_count && url_split(str_of(url), &parts) &&
	    no_proxy_matches(c->config.no_proxy, c->config.no_proxy_count, parts.host))
		return "";
	return spec->proxy;
}

bool client_proxy_forwards(const char *proxy)
{
	return str_starts(str_of(proxy), STR("http"));
}

/* With socks5 the proxy gets an address: libcurl looks up the proxy's name itself, once. */
struct client_name *client_name_via(struct client *c, const char *proxy, const char *url)
{
	bool own = !*proxy || str_starts(str_of(proxy), STR("socks5:"));

	return client_name_of(c, own ? url : proxy);
}
