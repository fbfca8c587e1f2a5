#include "net/client_private.h"

#include "base/log.h"
#include "net/client_channel.h"
#include "net/client_identity.h"
#include "net/client_ticket.h"

ns_t client_deadline(const struct client_exchange *x)
{
	ns_t whole = x->pub.timeout ? x->pub.timeout : x->pub.plan->spec.timeout;

	return whole ? x->pub.times.sent + whole : NS_NEVER;
}

void client_start(struct client_exchange *x)
{
	if (!client_ticket_ready(x))
		return;
	x->state = EXCHANGE_RUNNING;
	x->transport->start(x);
}

/* Decides which transport sends X. False if none may. */
static bool choose_transport(struct client_exchange *x)
{
	const char *obstacle = direct_obstacle(x);
	int transport = x->client->config.transport;

	x->transport = obstacle ? &libcurl_transport : &direct_transport;
	if (transport != HTTP_TRANSPORT_CURL)
		x->pub.transport = x->transport->name;
	if (obstacle && x->pub.plan->spec.channel) {
		client_finish_cause(x, HTTP_CAUSE_no_websocket, obstacle);
		return false;
	}
	if (obstacle && transport == HTTP_TRANSPORT_DIRECT) {
		client_finish_cause(x, HTTP_CAUSE_needs_libcurl, obstacle);
		return false;
	}
	x->transport->prepare(x);
	return true;
}

void client_send(struct http *http, struct exchange *exchange)
{
	struct client_exchange *x = (struct client_exchange *)exchange;

	(void)http;
	if (x->state != EXCHANGE_IDLE)
		BUG("an exchange was sent twice");
	exchange->times.sent = clock_monotonic_ns();
	exchange->user->in_flight++;
	x->over_limit = x->headers_ended = false;
	exchange->auth_rounds = 0;
	exchange->bytes_sent = exchange->bytes_received = 0;
	x->sends = 0;
	http1_response_init(&x->head);
	x->last = (struct resend_facts){.never = exchange->plan->spec.never_resend};
	x->hint = HTTP_CAUSE_COUNT;
	x->body_bytes = 0;
	client_content_begin(x);
	x->name = NULL;
	x->ticket_wait = 0;
	exchange->transport = NULL;
	if (!client_url_locate(x)) {
		client_finish(x, HTTP_PROTOCOL, "the URL is not valid");
		return;
	}
	if (!client_identity_find(x))
		return;
	if (exchange->plan->spec.channel)
		client_channel_prepare(x);
	if (!client_header_set(x)) {
		client_finish(x, HTTP_PROTOCOL, "a header line contains a line break");
		return;
	}
	x->pub.response.max = (size_t)exchange->plan->spec.body_limit;
	if (!choose_transport(x))
		return;
	if (client_name_ready(x, exchange->times.sent))
		client_start(x);
}
