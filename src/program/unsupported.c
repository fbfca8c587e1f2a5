/* What is no request with one answer: refused when the file is checked, with what is possible. */
#include "program/emitter.h"
#include "program/unsupported.h"

static const struct {
	const char *scheme, *what, *instead;
} others[] = {
    {"ws", "WebSocket",
     "the HTTP requests of the same site can be tested, the handshake's page too"},
    {"wss", "WebSocket",
     "the HTTP requests of the same site can be tested, the handshake's page too"},
    {"grpc", "gRPC", "a service that also speaks JSON over HTTP can be tested there"},
    {"grpcs", "gRPC", "a service that also speaks JSON over HTTP can be tested there"},
    {"sse", "an event stream", "the requests that make its events can be tested"},
};

bool unsupported_scheme(struct emitter *e, struct str url, struct span span)
{
	size_t colon = str_find(url, STR("://"), 0);

	for (size_t i = 0; colon != NOT_FOUND && i < sizeof others / sizeof *others; i++) {
		if (!str_ieq(str_slice(url, 0, colon), str_of(others[i].scheme)))
			continue;
		diag_error(
		    e->diags, span, DIAG_E354,
		    "this is %s, which is not spoken here: requests are HTTP with one answer "
		    "each; %s",
		    others[i].what, others[i].instead);
		return true;
	}
	return false;
}

static bool begins(struct str value, const char *type)
{
	return value.len >= strlen(type) &&
	       str_ieq(str_slice(value, 0, strlen(type)), str_of(type));
}

void unsupported_header(struct emitter *e, struct str name, struct str value, struct span span)
{
	if (str_ieq(name, STR("Accept")) && begins(value, "text/event-stream"))
		diag_error(
		    e->diags, span, DIAG_E354,
		    "an event stream does not end, and a request is over at the last byte of "
		    "its answer; the requests that make its events can be tested");
	else if (str_ieq(name, STR("Content-Type")) && begins(value, "application/grpc"))
		diag_error(e->diags, span, DIAG_E354,
			   "gRPC is not spoken here: its answers say in trailers whether they are "
			   "good; a service that also speaks JSON over HTTP can be tested there");
	else if (str_ieq(name, STR("Upgrade")) && begins(value, "websocket"))
		diag_error(
		    e->diags, span, DIAG_E354,
		    "WebSocket is not spoken here: a request has one answer; the HTTP requests "
		    "of the same site can be tested");
}
