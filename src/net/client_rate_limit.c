#include "net/client_private.h"

#include "base/log.h"

/*
 * Limits the bandwidth of a user, in bytes per second. libcurl limits only from second to second:
 * it transfers the bytes of one second without delay and then pauses, so a smaller transfer is not
 * slowed down. Here a complete response is held back until the limit would have allowed it.
 */

static ns_t transfer_time(uint64_t bytes, int64_t speed)
{
	return speed ? (ns_t)((double)bytes / (double)speed * (double)NS_PER_S) : 0;
}

static void on_delay_over(evutil_socket_t fd, short what, void *arg)
{
	struct client_exchange *x = arg;
	struct exchange *pub = &x->pub;
	ns_t now = clock_monotonic_ns();

	(void)fd;
	(void)what;
	pub->times.receive += now - pub->times.done;
	pub->times.done = now;
	client_complete(x);
}

bool client_rate_limit_delays(struct client_exchange *x)
{
	const struct http_config *config = &x->client->config;
	struct exchange *pub = &x->pub;
	ns_t whole = pub->timeout ? pub->timeout : pub->plan->spec.timeout;
	ns_t due = pub->times.sent + transfer_time(pub->bytes_sent, config->bandwidth_up) +
		   transfer_time(pub->bytes_received, config->bandwidth_down);

	if (due <= pub->times.done || pub->result != HTTP_OK)
		return false;
	if (whole && due > pub->times.sent + whole) {
		due = pub->times.sent + whole;
		client_failure_set_timeout(x, HTTP_CAUSE_bandwidth);
	}
	ns_t us = due > pub->times.done ? (due - pub->times.done) / NS_PER_US + 1 : 1;
	struct timeval tv = {.tv_sec = us / 1000000, .tv_usec = us % 1000000};

	x->state = EXCHANGE_DELAYED;
	event_assign(&x->rate_timer, x->client->base, -1, 0, on_delay_over, x);
	event_add(&x->rate_timer, &tv);
	return true;
}

void client_rate_limit_cancel(struct client_exchange *x)
{
	event_del(&x->rate_timer);
}
