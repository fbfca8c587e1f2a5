#include "cmd/show_transport.h"

#include "base/escape.h"
#include "net/http.h"
#include "net/transport_choice.h"
#include "scenario/enum_names.h"
#include "scenario/model.h"

static bool is_framed(const struct request_plan *r)
{
	for (size_t i = 0; i < r->header_count; i++)
		if (str_ieq(r->headers[i].name, STR("Content-Length")) ||
		    str_ieq(r->headers[i].name, STR("Transfer-Encoding")))
			return true;
	return false;
}

static bool is_https(const struct program *p, const struct request_plan *r)
{
	return str_starts(r->url->constant ? r->url->value.text : p->target, STR("https:"));
}

static void put_request(const struct program *p, const struct request_plan *r, struct buf *out)
{
	const struct defaults *d = &p->model->defaults;
	bool websocket = r->channel && !r->channel->listens;
	struct transport_facts facts = {
	    .transport = websocket ? TRANSPORT_DIRECT : d->transport,
	    .auth = (int)r->auth.kind,
	    .http_version = r->http,
	    .proxy = r->proxy.len && !(websocket && str_starts(r->proxy, STR("http://"))),
	    .websocket = websocket,
	    .bandwidth = d->bandwidth.down || d->bandwidth.up,
	    .framed_by_hand = is_framed(r),
	    .https = is_https(p, r),
	};
	const char *obstacle = transport_choice_obstacle(&facts);

	buf_add(out, STR("  "));
	escape_terminal(out, r->name);
	if (!obstacle)
		buf_add(out, STR(": direct\n"));
	else
		buf_printf(out, ": %s because of %s\n",
			   d->transport == TRANSPORT_DIRECT || websocket ? "fails" : "libcurl",
			   obstacle);
}

void show_transport_put(const struct program *p, struct buf *out)
{
	int transport = p->model->defaults.transport;

	if (transport == TRANSPORT_CURL)
		return;
	buf_printf(out, "\ntransport %s\n", transport_names[transport]);
	for (uint32_t i = 0; i < p->request_count; i++)
		if (!p->requests[i].wait)
			put_request(p, &p->requests[i], out);
}
