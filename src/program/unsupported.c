/* Requests that are not HTTP with one response: refused when the file is checked, with what is
 * possible instead. */
#include "program/emitter.h"
#include "program/unsupported.h"

static const struct {
	const char *scheme, *what, *instead;
} others[] = {
    {"grpc", "gRPC",
     "remove this step; a service that also speaks JSON over HTTP can be tested that way"},
    {"grpcs", "gRPC",
     "remove this step; a service that also speaks JSON over HTTP can be tested that way"},
    {"sse", "the scheme sse", "write http or https, and add `events` to the step, or write `listen` "
     "instead of the method"},
};

bool unsupported_scheme(struct emitter *e, struct str url, struct span span)
{
	size_t colon = str_find(url, STR("://"), 0);

	if (str_ieq(str_slice(url, 0, colon), STR("ws")) ||
	    str_ieq(str_slice(url, 0, colon), STR("wss"))) {
		diag_error(e->diags, span, DIAG_E354,
			   "this URL is that of a WebSocket; write `websocket: %.*s`",
			   STR_ARG(url));
		return true;
	}
	for (size_t i = 0; colon != NOT_FOUND && i < sizeof others / sizeof *others; i++) {
		if (!str_ieq(str_slice(url, 0, colon), str_of(others[i].scheme)))
			continue;
		diag_error(e->diags, span, DIAG_E354,
			   "%s is not supported, only HTTP requests with one response each; %s",
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
		    "an event stream does not end, but a request ends with the last byte of "
		    "its response; add `events` to the step, such as events: {until: {count: "
		    "5}}, or open it beside the visit with `listen`");
	else if (str_ieq(name, STR("Content-Type")) && begins(value, "application/grpc"))
		diag_error(e->diags, span, DIAG_E354,
			   "gRPC is not supported: it reports success in trailers; a service that "
			   "also speaks JSON over HTTP can be tested that way");
	else if (str_ieq(name, STR("Upgrade")) && begins(value, "websocket"))
		diag_error(e->diags, span, DIAG_E354,
			   "this header requests a WebSocket; write `websocket: URL` in place of "
			   "the method, without this header");
}
