#include "net/client_private.h"

#include <string.h>

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
		x->curl.closed_checks = is_closed(x) ? x->curl.closed_checks + 1 : 0;
		c->curl.has_closed_quic |= x->curl.closed_checks >= CHECKS;
	}
	if (c->curl.quic)
		event_add(&c->curl.quic_timer, &check_interval);
	if (c->curl.has_closed_quic)
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

/* Counted from 1 in a share, known while X has a connection; 0: libcurl is older than 8.2. */
static uint64_t connection_number(const struct client_exchange *x)
{
	curl_off_t id = -1;

#if LIBCURL_VERSION_NUM >= 0x080200
	if (curl_easy_getinfo(x->curl.easy, CURLINFO_CONN_ID, &id) != CURLE_OK)
		return 0;
#else
	(void)x;
#endif
	return (uint64_t)(id + 1);
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
	x->curl.in_quic = x->curl.sent_this_turn = curl->sent_quic = true;
	x->curl.closed_checks = 0;
	x->curl.quic_connection = connection_number(x);
}

void libcurl_quic_remove(struct client_exchange *x)
{
	if (x->curl.forbids_reuse)
		curl_easy_setopt(x->curl.easy, CURLOPT_FORBID_REUSE, x->curl.set.forbid_reuse);
	x->curl.forbids_reuse = false;
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

/* The first request sent in this turn whose connection is closed; NULL: none. */
static struct client_exchange *new_closed(struct client *c)
{
	struct client_exchange *x;

	for (x = c->curl.quic; x && x->curl.sent_this_turn; x = x->curl.next_quic) {
		if (is_closed(x))
			return x;
		x->curl.sent_this_turn = false;
	}
	return NULL;
}

struct client_exchange *libcurl_quic_closed(struct client *c)
{
	struct client_exchange *x = NULL;

	if (c->curl.sent_quic)
		x = new_closed(c);
	c->curl.sent_quic = x != NULL;
	if (x || !c->curl.has_closed_quic)
		return x;
	for (x = c->curl.quic; x && x->curl.closed_checks < CHECKS;)
		x = x->curl.next_quic;
	c->curl.has_closed_quic = x != NULL;
	return x;
}

/* Without FORBID_REUSE, libcurl would keep the closed connection and use it again. */
void libcurl_quic_forbid_reuse(struct client_exchange *x)
{
	x->curl.forbids_reuse = true;
	curl_easy_setopt(x->curl.easy, CURLOPT_FORBID_REUSE, 1L);
}

static bool has_failed(const struct libcurl_user *user, uint64_t connection)
{
	for (unsigned i = 0; connection && i < LIBCURL_FAILED_MAX; i++)
		if (user->failed_quic[i] == connection)
			return true;
	return false;
}

/* libcurl keeps the connection of a failed request, and does not notice that it is dead. */
void libcurl_quic_ended(struct client_exchange *x, CURLcode code)
{
	struct libcurl_user *user = &x->pub.user->curl;

	if (!libcurl_is_http3(x) || !x->sends || x->curl.aborted || code == CURLE_OK ||
	    code == CURLE_WRITE_ERROR || client_failure_says(x, "reset by server") ||
	    has_failed(user, x->curl.quic_connection))
		return;
	user->failed_quic[user->failed_next++ % LIBCURL_FAILED_MAX] = x->curl.quic_connection;
}

bool libcurl_quic_is_unchecked(const struct client_exchange *x)
{
	return libcurl_is_http3(x) && x->error[0];
}

/* Once for a request, which then gets a new connection: libcurl does not close the old one while
 * other requests use it, and would choose it again. */
bool libcurl_quic_refuses(struct client_exchange *x)
{
	if (!libcurl_is_http3(x) || x->curl.renewed ||
	    !has_failed(&x->pub.user->curl, connection_number(x)))
		return false;
	libcurl_quic_forbid_reuse(x);
	return true;
}

void libcurl_quic_forget(struct libcurl_user *user)
{
	memset(user->failed_quic, 0, sizeof user->failed_quic);
}
