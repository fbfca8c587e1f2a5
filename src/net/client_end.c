#include "net/client_private.h"

#include "net/client_ticket.h"

/* The end of an exchange, for all transports. */

void client_complete(struct client_exchange *x)
{
	x->state = EXCHANGE_DONE;
	client_content_end(x);
	client_list_push(&x->client->completed, x);
	client_kick(x->client);
}

void client_finish(struct client_exchange *x, enum http_result result, const char *error)
{
	struct exchange *pub = &x->pub;

	pub->times = (struct http_times){.sent = pub->times.sent, .done = clock_monotonic_ns()};
	http_cause_set_text(pub, result, error);
	pub->status = 0;
	pub->version = 11;
	pub->new_connection = false;
	pub->resent = 0;
	pub->bytes_sent = pub->bytes_received = 0;
	client_complete(x);
}

void client_finish_cause(struct client_exchange *x, enum http_cause cause, const char *subject)
{
	client_finish(x, HTTP_OK, "");
	http_cause_set(&x->pub, cause, subject);
}

/* The bytes transferred so far are counted. */
static void abort_exchange(struct client_exchange *x)
{
	uint64_t sent, received;

	if (x->state == EXCHANGE_DELAYED) {
		client_rate_limit_cancel(x);
	} else {
		x->transport->abort(x);
	}
	sent = x->pub.bytes_sent;
	received = x->pub.bytes_received;
	client_finish(x, HTTP_CANCELLED, "cancelled");
	x->pub.bytes_sent = sent;
	x->pub.bytes_received = received;
}

/* X stops to wait for its ticket or for the addresses of its name. */
static void forget_wait(struct client_exchange *x)
{
	if (x->ticket_waits)
		client_ticket_forget(x);
	else
		client_name_forget(x);
}

void client_cancel(struct http *http, struct exchange *exchange)
{
	struct client_exchange *x = (struct client_exchange *)exchange;

	(void)http;
	if (x->state == EXCHANGE_RUNNING || x->state == EXCHANGE_DELAYED) {
		abort_exchange(x);
	} else if (x->state == EXCHANGE_RESOLVING) {
		forget_wait(x);
		client_finish(x, HTTP_CANCELLED, "cancelled");
	}
}

void client_note_head(struct exchange *exchange)
{
	struct client_exchange *x = (struct client_exchange *)exchange;

	if (x->state == EXCHANGE_RUNNING)
		x->transport->note_head(x);
}

void client_stop(struct http *http, struct exchange *exchange)
{
	struct client_exchange *x = (struct client_exchange *)exchange;

	(void)http;
	if (x->state == EXCHANGE_RESOLVING) {
		forget_wait(x);
		client_finish(x, HTTP_OK, "");
	}
	if (x->state != EXCHANGE_RUNNING)
		return;
	x->transport->abort(x);
	exchange->result = HTTP_OK;
	exchange->error[0] = '\0';
	client_complete(x);
}
