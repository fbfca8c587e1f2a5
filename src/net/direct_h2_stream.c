#include <string.h>

#include "net/direct_h2.h"

/*
 * The response of a stream, and its end. The callbacks of nghttp2 run within the reads and writes
 * of direct_h2.c; a stream without an exchange has NULL as its data.
 */

static struct client_exchange *exchange_of(nghttp2_session *session, int32_t stream)
{
	return nghttp2_session_get_stream_user_data(session, stream);
}

static void fail(struct client_exchange *x, enum http_cause cause, const char *subject)
{
	http_cause_set(&x->pub, cause, subject);
	direct_fail(x);
}

void direct_h2_violated(struct client_exchange *x, const char *what)
{
	fail(x, HTTP_CAUSE_http2_violation, what);
}

/* ---- the header */

static void note_received(struct direct_h2 *h, struct client_exchange *x)
{
	h->progress++;
	if (x->last.received)
		return;
	x->last.received = true;
	x->direct.first = clock_monotonic_ns();
}

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
	struct direct_h2 *h = user;
	struct client_exchange *x = exchange_of(session, frame->hd.stream_id);

	h->receiver = x;
	if (!x)
		return 0;
	note_received(h, x);
	x->direct.header_bytes = 0;
	x->direct.header_fields = 0;
	return 0;
}

/* A status starts a response: the fields of an interim response before it are dropped. */
static void take_status(struct client_exchange *x, struct str value)
{
	int status = 0;

	for (size_t i = 0; i < value.len; i++)
		status = status * 10 + (value.ptr[i] - '0');
	http1_response_init(&x->head);
	x->head.status = status;
	client_content_begin(x);
	buf_clear(&x->pub.headers);
	buf_clear(&x->redirect);
	x->pub.response_is_raw = client_response_is_kept_raw(&x->pub.plan->spec, status);
}

/* nghttp2 has checked that there is one, and that it is a number. */
static void take_length(struct client_exchange *x, struct str value)
{
	x->head.length = 0;
	for (size_t i = 0; i < value.len; i++)
		x->head.length = x->head.length * 10 + (value.ptr[i] - '0');
}

/* Fields with a meaning for the client. nghttp2 passes names in lower case. */
static void take_field(struct client_exchange *x, struct str name, struct str value)
{
	switch (name.len) {
	case 8:
		if (!x->redirect.len && x->head.status >= 300 && x->head.status <= 399 &&
		    memcmp(name.ptr, "location", 8) == 0)
			client_url_location(x, value);
		break;
	case 10:
		if (memcmp(name.ptr, "set-cookie", 10) == 0)
			client_header_cookie(x, value);
		break;
	case 14:
		if (memcmp(name.ptr, "content-length", 14) == 0)
			take_length(x, value);
		break;
	case 16:
		if (memcmp(name.ptr, "content-encoding", 16) == 0)
			client_content_coding(x, value);
		break;
	default:
		break;
	}
}

static void keep_field(struct client_exchange *x, struct str name, struct str value)
{
	struct buf *out = &x->pub.headers;

	buf_add(out, name);
	buf_add(out, STR(": "));
	buf_add(out, value);
	buf_add(out, STR("\r\n"));
}

static bool is_within_limits(struct client_exchange *x, size_t bytes)
{
	struct direct_exchange *d = &x->direct;

	/* As SETTINGS_MAX_HEADER_LIST_SIZE counts. */
	d->header_bytes += bytes + 32;
	d->header_fields++;
	return d->header_bytes <= DIRECT_H2_HEADER_MAX && d->header_fields <= DIRECT_H2_FIELDS_MAX;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
		     size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags,
		     void *user)
{
	struct direct_h2 *h = user;
	struct client_exchange *x = h->receiver;
	struct str n = str_n((const char *)name, name_len);
	struct str v = str_n((const char *)value, value_len);

	(void)session;
	(void)frame;
	(void)flags;
	if (!x)
		return 0;
	if (!is_within_limits(x, name_len + value_len)) {
		h->receiver = NULL;
		fail(x, x->headers_ended ? HTTP_CAUSE_long_trailers : HTTP_CAUSE_long_header, NULL);
		return 0;
	}
	if (x->headers_ended)
		return 0; /* a trailer */
	if (n.ptr[0] == ':') {
		take_status(x, v);
		return 0;
	}
	if (x->head.status < 200)
		return 0;
	take_field(x, n, v);
	if (x->pub.plan->spec.keep_headers || x->pub.response_is_raw)
		keep_field(x, n, v);
	return 0;
}

/* The final header is complete. False if X failed. */
static bool start_body(struct client_exchange *x)
{
	struct direct_exchange *d = &x->direct;

	x->headers_ended = true;
	x->is_bad_request = x->head.status == 400;
	d->in_body = true;
	return direct_response_start_body(x);
}

static void complete(struct client_exchange *x)
{
	x->direct.response_ended = true;
	direct_complete(x, false);
}

static void take_headers(struct direct_h2 *h, const nghttp2_frame *frame)
{
	struct client_exchange *x = h->receiver;

	h->receiver = NULL;
	if (!x)
		return;
	x->direct.received += DIRECT_H2_FRAME_HEAD + frame->hd.length;
	if (x->head.status < 200)
		return;
	if (!x->headers_ended && !start_body(x))
		return;
	if (frame->hd.flags & NGHTTP2_FLAG_END_STREAM)
		complete(x);
}

/* ---- frames */

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
	struct client_exchange *x;

	if (frame->hd.type == NGHTTP2_HEADERS) {
		take_headers(user, frame);
	} else if (frame->hd.type == NGHTTP2_DATA && frame->hd.flags & NGHTTP2_FLAG_END_STREAM) {
		x = exchange_of(session, frame->hd.stream_id);
		if (x)
			complete(x);
	}
	return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t stream, const uint8_t *bytes,
		   size_t len, void *user)
{
	struct direct_h2 *h = user;
	struct client_exchange *x = exchange_of(session, stream);

	(void)flags;
	if (!x)
		return 0;
	h->progress++;
	direct_response_content(x, str_n((const char *)bytes, len));
	return 0;
}

static int on_sent(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
	struct client_exchange *x;

	(void)user;
	if (frame->hd.type != NGHTTP2_HEADERS)
		return 0;
	x = exchange_of(session, frame->hd.stream_id);
	if (x)
		x->direct.sent += DIRECT_H2_FRAME_HEAD + frame->hd.length;
	return 0;
}

/* ---- the end of a stream */

/* True if an end with CODE means that the server broke a rule. */
static bool is_violation(uint32_t code)
{
	switch (code) {
	case NGHTTP2_PROTOCOL_ERROR:
	case NGHTTP2_FLOW_CONTROL_ERROR:
	case NGHTTP2_STREAM_CLOSED:
	case NGHTTP2_FRAME_SIZE_ERROR:
	case NGHTTP2_COMPRESSION_ERROR:
		return true;
	default:
		return false;
	}
}

static int on_stream_close(nghttp2_session *session, int32_t stream, uint32_t code, void *user)
{
	struct client_exchange *x = exchange_of(session, stream);

	if (!x)
		return 0;
	x->direct.stream_open = false;
	direct_h2_leave(user, x);
	x->direct.connection = NULL;
	if (code == NGHTTP2_REFUSED_STREAM) {
		x->last.refused = true;
		direct_lost(x, false);
	} else if (is_violation(code)) {
		direct_h2_violated(x, nghttp2_http2_strerror(code));
	} else if (!x->last.received) {
		fail(x, HTTP_CAUSE_stream_reset, nghttp2_http2_strerror(code));
	} else {
		client_failure_set_lost(x);
		direct_fail(x);
	}
	return 0;
}

void direct_h2_leave(struct direct_h2 *h, struct client_exchange *x)
{
	struct direct_exchange *d = &x->direct;

	if (d->prev_stream)
		d->prev_stream->direct.next_stream = d->next_stream;
	else
		h->first = d->next_stream;
	if (d->next_stream)
		d->next_stream->direct.prev_stream = d->prev_stream;
	if (h->receiver == x)
		h->receiver = NULL;
	nghttp2_session_set_stream_user_data(h->session, d->stream, NULL);
	if (d->stream_open && !(d->response_ended && d->body_sent == d->length))
		nghttp2_submit_rst_stream(h->session, NGHTTP2_FLAG_NONE, d->stream, NGHTTP2_CANCEL);
	d->stream_open = false;
}

nghttp2_session_callbacks *direct_h2_callbacks(void)
{
	nghttp2_session_callbacks *all;

	if (nghttp2_session_callbacks_new(&all))
		return NULL;
	nghttp2_session_callbacks_set_on_begin_headers_callback(all, on_begin_headers);
	nghttp2_session_callbacks_set_on_header_callback(all, on_header);
	nghttp2_session_callbacks_set_on_frame_recv_callback(all, on_frame);
	nghttp2_session_callbacks_set_on_data_chunk_recv_callback(all, on_data);
	nghttp2_session_callbacks_set_on_frame_send_callback(all, on_sent);
	nghttp2_session_callbacks_set_on_stream_close_callback(all, on_stream_close);
	return all;
}
