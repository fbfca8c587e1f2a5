#include "net/client_private.h"

#include "base/log.h"

/*
 * HTTP/3 requests on a connection that the server has closed. libcurl 8.14 with OpenSSL only writes
 * this to the error text, drops the error code, and waits for a response until the timeout. So the
 * text of a request is read after the turn in which it was sent, and then ten times a second. A
 * response may still be read from a closed connection, but not for that long.
 */

#define CHECKS 2u /* a text is older than 100 ms if this number of checks has found it */

static const struct timeval check_interval = {.tv_usec = 100000};

/* Not if libcurl has noticed it, and opens another connection. */
static bool is_closed(const struct client_exchange *x)
{
	return client_failure_says(x, LIBCURL_QUIC_CLOSED) &&
	       libcurl_info_long(x, CURLINFO_NUM_CONNECTS) == x->curl.connects;
}

static void on_check(evutil_socket_t fd, short what, void *arg)
{
	struct client *c = arg;

	(void)fd;
	(void)what;
	for (struct client_exchange *x = c->curl.quic; x; x = x->curl.next_quic) {
		x->curl.quic_checks = is_closed(x) ? x->curl.quic_checks + 1 : 0;
		c->curl.checks_quic |= x->curl.quic_checks >= CHECKS;
	}
	if (c->curl.quic)
		event_add(&c->curl.quic_timer, &check_interval);
	if (c->curl.checks_quic)
		libcurl_run(c);
}

void libcurl_quic_init(struct client *c)
{
	event_assign(&c->curl.quic_timer, c->base, -1, 0, on_check, c);
}

void libcurl_quic_free(struct client *c)
{
	event_del(&c->curl.quic_timer);
}

void libcurl_quic_sent(struct client_exchange *x)
{
	struct libcurl *curl = &x->client->curl;

	if (!libcurl_is_http3(x))
		return;
	libcurl_quic_remove(x);
	x->error[0] = '\0'; /* about an earlier connection */
	x->curl.prev_quic = NULL;
	x->curl.next_quic = curl->quic;
	if (curl->quic)
		curl->quic->curl.prev_quic = x;
	else
		event_add(&curl->quic_timer, &check_interval);
	curl->quic = x;
	x->curl.in_quic = x->curl.quic_is_new = curl->sent_quic = true;
	x->curl.quic_checks = 0;
}

void libcurl_quic_remove(struct client_exchange *x)
{
	if (!x->curl.in_quic)
		return;
	if (x->curl.prev_quic)
		x->curl.prev_quic->curl.next_quic = x->curl.next_quic;
	else
		x->client->curl.quic = x->curl.next_quic;
	if (x->curl.next_quic)
		x->curl.next_quic->curl.prev_quic = x->curl.prev_quic;
	x->curl.in_quic = false;
}

/* The requests that were sent in this turn. */
static struct client_exchange *new_closed(struct client *c)
{
	struct client_exchange *x;

	for (x = c->curl.quic; x && x->curl.quic_is_new; x = x->curl.next_quic) {
		if (is_closed(x))
			return x;
		x->curl.quic_is_new = false;
	}
	return NULL;
}

struct client_exchange *libcurl_quic_closed(struct client *c)
{
	struct client_exchange *x = NULL;

	if (c->curl.sent_quic)
		x = new_closed(c);
	c->curl.sent_quic = x != NULL;
	if (x || !c->curl.checks_quic)
		return x;
	for (x = c->curl.quic; x && x->curl.quic_checks < CHECKS;)
		x = x->curl.next_quic;
	c->curl.checks_quic = x != NULL;
	return x;
}

/* libcurl would use the connection again. */
void libcurl_quic_drop(struct client_exchange *x)
{
	libcurl_quic_remove(x);
	curl_easy_setopt(x->curl.easy, CURLOPT_FORBID_REUSE, 1L);
	curl_multi_remove_handle(x->client->curl.multi, x->curl.easy);
	curl_easy_setopt(x->curl.easy, CURLOPT_FORBID_REUSE, x->curl.set.forbid_reuse);
}

/* libcurl keeps the connection of a failed request, and does not notice that it is dead. */
void libcurl_quic_ended(struct client_exchange *x, CURLcode code)
{
	/* libcurl_quic_refuses has set it. */
	if (x->curl.aborted == ABORTED_DEAD_CONNECTION)
		curl_easy_setopt(x->curl.easy, CURLOPT_FORBID_REUSE, x->curl.set.forbid_reuse);
	if (libcurl_is_http3(x) && x->sends && !x->curl.aborted && code != CURLE_OK &&
	    code != CURLE_WRITE_ERROR && !client_failure_says(x, "reset by server"))
		x->pub.user->curl.renews_quic = true;
}

bool libcurl_quic_refuses(struct client_exchange *x, bool reused)
{
	struct libcurl_user *user = &x->pub.user->curl;

	/* A second send has a new connection in any case; the dead one is still kept. */
	if (!user->renews_quic || !libcurl_is_http3(x) || x->curl.fresh)
		return false;
	user->renews_quic = reused;
	if (reused)
		curl_easy_setopt(x->curl.easy, CURLOPT_FORBID_REUSE, 1L);
	return reused;
}
