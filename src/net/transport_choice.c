#include "net/transport_choice.h"

#include <stddef.h>

#include "net/http.h"

const char *transport_choice_obstacle(const struct transport_facts *f)
{
	if (f->transport == HTTP_TRANSPORT_CURL)
		return "transport: curl";
	if (f->auth == HTTP_AUTH_DIGEST)
		return "auth: digest";
	if (f->auth == HTTP_AUTH_AWS)
		return "auth: aws";
	if (f->proxy)
		return "a proxy";
	if (f->http_version == HTTP_WANT_2)
		return "HTTP/2";
	if (f->bandwidth)
		return "a bandwidth limit";
	if (f->framed_by_hand)
		return "a Content-Length or Transfer-Encoding header of the scenario";
	/* The server may offer HTTP/2, which libcurl then uses. */
	if (f->https && f->http_version == HTTP_WANT_ANY && f->transport == HTTP_TRANSPORT_AUTO)
		return "HTTP/2, which https servers may offer (not with http: 1.1)";
	return NULL;
}
