#include "net/client_private.h"

#include "net/client_ticket.h"

/*
 * Second sends (net/resend.h). libcurl sends again by itself when a reused connection is lost
 * before a byte is received; libcurl_on_send, which it calls before each send, decides whether it
 * may. If it may not, or if libcurl would use another old connection, the transfer is aborted. What
 * libcurl does not send again, and the limit of five that it counts per handle, is handled here:
 * the exchange starts again on a new connection.
 */

/*
 * HTTP/2 without TLS: libcurl 7.88 starts it on a new connection only with "prior knowledge", but
 * with that setting it also starts it a second time on a connection that already uses it. So the
 * setting must be used for new connections only, and only here it is known which kind it is.
 */
static bool guess_holds(const struct client_exchange *x)
{
	bool expects_new = x->curl.set.version == CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;

	return !x->curl.h2c || expects_new == (libcurl_info_long(x, CURLINFO_NUM_CONNECTS) > 0);
}

bool libcurl_retry_unsent(struct client_exchange *x)
{
	bool wrong = x->curl.aborted == ABORTED_WRONG_GUESS;

	if (!wrong && x->curl.aborted != ABORTED_DEAD_CONNECTION)
		return false;
	if (wrong) {
		x->pub.user->curl.has_h2c = !x->pub.user->curl.has_h2c;
	} else {
		x->curl.renewed = true;
		curl_easy_setopt(x->curl.easy, CURLOPT_FRESH_CONNECT, 1L);
	}
	x->curl.aborted = ABORTED_NOT;
	return true;
}

static void note_send(struct client_exchange *x, bool reused)
{
	x->last.reused = reused;
	x->last.received = false;
	x->curl.connects = libcurl_info_long(x, CURLINFO_NUM_CONNECTS);
	x->body_bytes = 0;
	libcurl_quic_sent(x);
}

/* libcurl_resend has started the second send if `fresh` is set. */
static bool is_second_of_libcurl(const struct client_exchange *x)
{
	return x->sends > (x->curl.fresh ? 1u : 0u);
}

static int abort_send(struct client_exchange *x, enum aborted_send why)
{
	x->curl.aborted = why;
	return CURL_PREREQFUNC_ABORT;
}

int libcurl_on_send(void *exchange, char *remote, char *local, int remote_port, int local_port)
{
	struct client_exchange *x = exchange;
	bool reused = libcurl_info_long(x, CURLINFO_NUM_CONNECTS) == x->curl.connects;

	(void)remote;
	(void)local;
	(void)remote_port;
	(void)local_port;
	if (x->curl.set.auth == HTTP_AUTH_NEGOTIATE)
		client_ticket_use(x);
	if (x->curl.challenged) {
		x->curl.challenged = false;
		x->pub.auth_rounds++;
		note_send(x, reused);
		return CURL_PREREQFUNC_OK;
	}
	if (is_second_of_libcurl(x)) {
		x->last.refused = libcurl_is_http2(x);
		x->last.second = x->sends > 1;
		if (!resend_applies(&x->last))
			return abort_send(x, ABORTED_DENIED);
		if (reused || !guess_holds(x) || libcurl_quic_is_unchecked(x))
			return abort_send(x, ABORTED_OLD_CONNECTION);
	} else if (libcurl_quic_refuses(x)) {
		return abort_send(x, ABORTED_DEAD_CONNECTION);
	} else if (!guess_holds(x)) {
		return abort_send(x, ABORTED_WRONG_GUESS);
	}
	x->sends++;
	note_send(x, reused);
	if (x->pub.plan->spec.read_certificate)
		libcurl_certificate_check(x);
	return CURL_PREREQFUNC_OK;
}

bool libcurl_resend(struct client_exchange *x, CURLcode code)
{
	x->last.second = x->sends > 1;
	if (x->curl.aborted != ABORTED_OLD_CONNECTION &&
	    (x->curl.aborted || !x->sends || !libcurl_failure_is_loss(x, code) ||
	     !resend_applies(&x->last)))
		return false;
	libcurl_count_transfer(x);
	x->curl.aborted = ABORTED_NOT;
	x->curl.fresh = true;
	curl_easy_setopt(x->curl.easy, CURLOPT_FRESH_CONNECT, 1L);
	if (x->curl.h2c)
		x->pub.user->curl.has_h2c = false;
	client_start(x);
	return true;
}

void libcurl_resend_end(struct client_exchange *x)
{
	if (!x->curl.fresh && !x->curl.renewed)
		return;
	x->curl.fresh = x->curl.renewed = false;
	curl_easy_setopt(x->curl.easy, CURLOPT_FRESH_CONNECT,
			 x->client->config.reuse == HTTP_REUSE_NONE ? 1L : 0L);
}
