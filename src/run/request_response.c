/* A response to a request: what it counts, and whether it is a failure. */
#include "run/request.h"

#include "net/resend.h"
#include "run/channels.h"
#include "run/error_message.h"
#include "run/event_reader.h"
#include "run/listener.h"
#include "run/user_page.h"

enum failure_class request_failure_class(enum http_result result)
{
	switch (result) {
	case HTTP_DNS:
		return FAILURE_dns;
	case HTTP_CONNECT:
		return FAILURE_connect;
	case HTTP_TLS:
		return FAILURE_tls;
	case HTTP_TIMEOUT_CONNECT:
		return FAILURE_timeout_connect;
	case HTTP_TIMEOUT:
		return FAILURE_timeout;
	case HTTP_RESET:
		return FAILURE_reset;
	case HTTP_TRUNCATED:
		return FAILURE_truncated;
	case HTTP_BODY_MAX:
		return FAILURE_body_limit;
	case HTTP_NO_FILES:
		return FAILURE_generator_fds;
	case HTTP_NO_PORTS:
		return FAILURE_generator_ports;
	case HTTP_OK:
	case HTTP_CANCELLED:
	case HTTP_PROTOCOL:
		break;
	}
	return FAILURE_protocol;
}

/* Notes that a server took a connection, whatever the result. A request that libcurl cannot put
 * on a kept connection (a broken HTTP/2 session, which it may offer again) reached no server. */
void request_note_reached(struct worker *w, struct user *u, const struct exchange *x)
{
	enum http_result result = x->result;

	if (result == HTTP_DNS || result == HTTP_CONNECT || result == HTTP_TIMEOUT_CONNECT ||
	    result == HTTP_NO_FILES || result == HTTP_NO_PORTS ||
	    (result == HTTP_PROTOCOL && !x->new_connection && !x->bytes_received))
		return;
	u->reached = true;
	if (!atomic_load_explicit(&w->shared->reached, memory_order_relaxed))
		atomic_store(&w->shared->reached, true);
}

static void add_time(ns_t *sum, ns_t length)
{
	*sum = (*sum == SAMPLE_NONE ? 0 : *sum) + length;
}

/* Adds this hop to the sample of the whole request. */
void request_count_hop(struct fiber *f, const struct exchange *x)
{
	struct sample *sample = &f->sample;

	if (x->status)
		sample->version = (uint8_t)x->version;
	sample->redirects = (uint16_t)(sample->redirects + x->auth_rounds);
	sample->resent = (uint16_t)(sample->resent + x->resent);
	if (!resend_is_idempotent(x->override_method ? x->method : f->request->method.ptr))
		sample->resent_posts = (uint16_t)(sample->resent_posts + x->resent);
	sample->bytes_sent += x->bytes_sent;
	sample->bytes_received += x->bytes_received;
	if (!x->new_connection)
		return;
	add_time(&sample->dns, x->times.dns);
	add_time(&sample->connect, x->times.connect);
	if (x->times.tls)
		add_time(&sample->tls, x->times.tls); /* plain HTTP has none */
}

/* A recorded failure that occurs again is the expected result. */
static bool was_recorded(const struct fiber *f, int status)
{
	const struct user *u = f->user;

	return u->session && user_iterates(u) && u->session->now.status == status;
}

void request_fail_exchange(struct worker *w, struct fiber *f, const struct exchange *x)
{
	struct buf *text = request_fail_here(w, f, request_failure_class(x->result));

	f->sample.status = 0;
	buf_add(text, str_of(x->error));
	event_reader_put_progress(f, text);
}

/* The response to a handshake. */
static void open_channel(struct worker *w, struct fiber *f)
{
	struct exchange *x = f->exchange;

	if (f->listener)
		listener_offer(f);
	if (!x->channel && f->listener && x->status < 400) {
		listener_put_refusal(f, request_fail_here(w, f, FAILURE_protocol));
	} else if (!x->channel) {
		buf_printf(request_fail_here(w, f, FAILURE_status),
			   x->error[0]	 ? "HTTP %d: %s"
			   : f->listener ? "HTTP %d"
					 : "HTTP %d, expected 101 (a WebSocket)",
			   x->status, x->error);
		w->failure.detail = (unsigned)x->status;
	} else if (!channels_open(w, f, x)) {
		buf_printf(request_fail_here(w, f, FAILURE_protocol),
			   "a user can have at most %u open sockets; close one before",
			   CHANNELS_PER_USER);
	}
}

/* The last response of the request: extracts and expectations read it. */
void request_read_response(struct worker *w, struct fiber *f, const struct exchange *x)
{
	f->status = x->status;
	f->response_time =
	    (f->events && f->events->ended ? f->events->ended : x->times.done) - f->due;
	w->response = (struct response){
	    .status = x->status,
	    .headers = buf_str(&x->headers),
	    .body = buf_str(&x->response),
	    .note = str_of(x->error),
	    .url = str_of(x->last_url),
	    .redirected = f->redirect_hops || x->redirect_to.len,
	    .time = f->response_time,
	    .wait = x->times.wait,
	    .events = f->events && f->events->is_stream ? &f->events->facts : NULL,
	    .has_certificate = x->has_certificate,
	    .certificate_days = x->certificate_days};
	user_page_forget(w);
	if (f->request->page_action)
		user_page_check_form(w, f);
	if (f->request->channel) {
		open_channel(w, f);
	} else if (f->request->default_expect && x->status >= 400 && !was_recorded(f, x->status)) {
		struct buf *text = request_fail_here(w, f, FAILURE_status);

		buf_printf(text, x->error[0] ? "HTTP %d: %s" : "HTTP %d", x->status, x->error);
		error_message_put(w, f, text);
		w->failure.detail = (unsigned)x->status;
	} else if (f->events) {
		event_reader_check(w, f);
	}
}
