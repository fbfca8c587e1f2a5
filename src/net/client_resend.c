#include "net/client_private.h"

/*
 * Second sends (net/resend.h). libcurl sends again by itself when a reused connection is lost
 * before a byte is received; client_on_send, which it calls before each send, decides whether it
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
	bool expects_new = x->set.version == CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;

	return !x->h2c || expects_new == (client_info_long(x, CURLINFO_NUM_CONNECTS) > 0);
}

bool client_retry_version(struct client_exchange *x)
{
	bool wrong = x->aborted == ABORTED_WRONG_GUESS;

	if (!wrong)
		return false;
	x->pub.user->has_h2c = !x->pub.user->has_h2c;
	x->aborted = ABORTED_NOT;
	return true;
}

static void note_send(struct client_exchange *x, bool reused)
{
	x->last.reused = reused;
	x->last.received = false;
	x->connects = client_info_long(x, CURLINFO_NUM_CONNECTS);
	x->body_bytes = 0;
}

/* client_resend has started the second send if `fresh` is set. */
static bool is_second_of_libcurl(const struct client_exchange *x)
{
	return x->sends > (x->fresh ? 1u : 0u);
}

static int abort_send(struct client_exchange *x, enum aborted_send why)
{
	x->aborted = why;
	return CURL_PREREQFUNC_ABORT;
}

int client_on_send(void *exchange, char *remote, char *local, int remote_port, int local_port)
{
	struct client_exchange *x = exchange;
	bool reused = client_info_long(x, CURLINFO_NUM_CONNECTS) == x->connects;

	(void)remote;
	(void)local;
	(void)remote_port;
	(void)local_port;
	if (x->challenged) {
		x->challenged = false;
		x->pub.auth_rounds++;
		note_send(x, reused);
		return CURL_PREREQFUNC_OK;
	}
	if (is_second_of_libcurl(x)) {
		x->last.refused = client_is_http2(x);
		x->last.second = x->sends > 1;
		if (!resend_applies(&x->last))
			return abort_send(x, ABORTED_DENIED);
		if (reused || !guess_holds(x))
			return abort_send(x, ABORTED_OLD_CONNECTION);
	} else if (!guess_holds(x)) {
		return abort_send(x, ABORTED_WRONG_GUESS);
	}
	x->sends++;
	note_send(x, reused);
	if (x->pub.plan->spec.read_certificate)
		client_certificate_check(x);
	return CURL_PREREQFUNC_OK;
}

bool client_resend(struct client_exchange *x, CURLcode code)
{
	x->last.second = x->sends > 1;
	if (x->aborted != ABORTED_OLD_CONNECTION &&
	    (x->aborted || !x->sends || !client_failure_is_loss(x, code) ||
	     !resend_applies(&x->last)))
		return false;
	client_count_transfer(x);
	x->aborted = ABORTED_NOT;
	x->fresh = true;
	curl_easy_setopt(x->easy, CURLOPT_FRESH_CONNECT, 1L);
	if (x->h2c)
		x->pub.user->has_h2c = false;
	client_start(x);
	return true;
}

void client_resend_end(struct client_exchange *x)
{
	if (!x->fresh)
		return;
	x->fresh = false;
	curl_easy_setopt(x->easy, CURLOPT_FRESH_CONNECT,
			 x->client->config.reuse == HTTP_REUSE_NONE ? 1L : 0L);
}
