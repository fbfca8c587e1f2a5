/*
 * Who may use the API. The address is reachable by every page that the user's browser shows and by
 * every program of this machine, so each request needs the token, which only the page knows. A
 * request whose Host is not this server comes from a name that was bound to this address (DNS
 * rebinding), and one with another Origin from the page of another site.
 */
#include <stdlib.h>
#include <sys/random.h>

#include "base/log.h"
#include "edit/api/api_private.h"
#include "net/host_check.h"

void api_guard_new_id(char *id, size_t count)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[API_TOKEN_DIGITS / 2];

	if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
		BUG("the system has no random numbers");
	for (size_t i = 0; i < count; i++)
		id[i] = digits[(i % 2 ? bytes[i / 2] : bytes[i / 2] >> 4) & 15];
	id[count] = '\0';
}

/* In constant time for texts of the right length. */
static bool is_token(const struct api *api, struct str sent)
{
	unsigned difference = 0;

	if (sent.len != API_TOKEN_DIGITS)
		return false;
	for (size_t i = 0; i < sent.len; i++)
		difference |= (unsigned char)sent.ptr[i] ^ (unsigned char)api->token[i];
	return difference == 0;
}

/* Whether ORIGIN is a page of this server: http:// and the same text as the Host. */
static bool is_own_origin(struct str origin, struct str host)
{
	return str_starts(origin, STR("http://")) &&
	       str_ieq(str_slice(origin, strlen("http://"), origin.len), host);
}

bool api_guard_origin(struct api_request *r)
{
	struct str host = http_request_header(r->http, "Host");
	struct str origin = http_request_header(r->http, "Origin");

	if (!host.ptr || !host_check_allows(host, r->api->config.allowed_hosts,
					    r->api->config.allowed_host_count)) {
		api_fail(r, 403, "host",
			 "'%.*s' is not a name of this server; give it with --allow-host",
			 STR_ARG(host));
		return false;
	}
	if (origin.ptr && !is_own_origin(origin, host)) {
		api_fail(r, 403, "origin", "a page of %.*s cannot use this server",
			 STR_ARG(origin));
		return false;
	}
	return true;
}

bool api_guard(struct api_request *r)
{
	if (!api_guard_origin(r))
		return false;
	if (!is_token(r->api, http_request_header(r->http, "X-Reprise-Token"))) {
		api_fail(r, 401, "token",
			 "the header X-Reprise-Token is missing or wrong; open the address that "
			 "reprise edit printed");
		return false;
	}
	return true;
}
