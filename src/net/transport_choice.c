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
	if (f->auth == HTTP_AUTH_NTLM)
		return "auth: ntlm";
	if (f->auth == HTTP_AUTH_NEGOTIATE)
		return "auth: negotiate";
	if (f->http_version == HTTP_WANT_3 && f->https)
		return "http: 3";
	if (f->proxy)
		return f->websocket ? "a proxy other than http://" : "a proxy";
	if (f->bandwidth)
		return "a bandwidth limit";
	if (f->framed_by_hand)
		return "a Content-Length or Transfer-Encoding header of the scenario";
	return NULL;
}
