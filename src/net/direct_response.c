#include <string.h>

#include "net/client_channel.h"
#include "net/client_private.h"

/*
 * A response: heads until one is final, then the body. Both are read from the read buffer; only a
 * head that has not arrived as a whole is copied.
 */

static void fail(struct client_exchange *x, enum http_cause cause, const char *subject)
{
	http_cause_set(&x->pub, cause, subject);
	direct_fail(x);
}

/* ---- the head */

/* Checks the start of the first head. False if it is not HTTP, and X failed. */
static bool check_protocol(struct client_exchange *x, struct str input)
{
	size_t len = input.len < 5 ? input.len : 5;
	char place[CLIENT_PLACE_BYTES];

	if (memcmp(input.ptr, "HTTP/", len) == 0)
		return true;
	client_failure_place(x, false, place);
	fail(x,
	     len >= 2 && input.ptr[0] == 0x15 && input.ptr[1] == 0x03 ? HTTP_CAUSE_is_tls
								      : HTTP_CAUSE_not_http,
	     place);
	return false;
}

/* The field lines of HEAD, with their line ends. */
static struct str field_lines(struct str head)
{
	size_t start = str_find_char(head, '\n', 0) + 1;

	return str_slice(head, start, head.len - 2);
}

static void read_lines(struct client_exchange *x, struct str lines)
{
	struct http1_field field;
	const char *why;
	size_t at = 0;

	while (http1_read_field(lines, &at, false, &field, &why) == HTTP1_FIELD) {
		if (field.id == HTTP1_SET_COOKIE)
			client_header_cookie(x, field.value);
		else if (field.id == HTTP1_CONTENT_ENCODING)
			client_content_coding(x, field.value);
	}
}

static struct str value_at(struct str head, struct http1_range range)
{
	return str_slice(head, range.at, range.at + range.len);
}

/* Decides how the body ends. */
static void start_body(struct client_exchange *x)
{
	const struct http1_response *r = &x->head;
	struct http_body *body = &x->direct.body;

	*body = (struct http_body){.kind = HTTP_BODY_NONE, .strict = true};
	if (!client_content_is_allowed(x)) {
		body->done = true;
	} else if (r->chunked) {
		body->kind = HTTP_BODY_CHUNKED;
	} else if (r->length >= 0) {
		body->kind = HTTP_BODY_LENGTH;
		body->left = (uint64_t)r->length;
		body->done = r->length == 0;
	} else {
		body->kind = HTTP_BODY_TO_END;
	}
}

static void read_fields(struct client_exchange *x, struct str head)
{
	const struct http_plan_spec *spec = &x->pub.plan->spec;
	const struct http1_response *r = &x->head;

	x->is_bad_request = r->status == 400;
	x->pub.response_is_raw = client_response_is_kept_raw(spec, r->status);
	client_content_begin(x);
	if (r->cookies || r->encodings)
		read_lines(x, field_lines(head));
	buf_clear(&x->redirect);
	if (r->location.len && r->status >= 300 && r->status <= 399)
		client_url_location(x, value_at(head, r->location));
	if (spec->keep_headers || x->pub.response_is_raw)
		buf_add(&x->pub.headers, field_lines(head));
}

bool direct_response_start_body(struct client_exchange *x)
{
	if (client_content_start(x))
		return true;
	fail(x, HTTP_CAUSE_body_limit, NULL);
	return false;
}

/* The server has switched to WebSocket; REST follows the HEAD. */
static void open_channel(struct client_exchange *x, struct str head, struct str rest)
{
	x->direct.received += head.len;
	x->headers_ended = true;
	read_fields(x, head);
	client_channel_open(x, rest);
}

/* HEAD is complete. False if X ended. */
static bool on_head(struct client_exchange *x, struct str head)
{
	struct http1_response *r = &x->head;

	x->direct.received += head.len;
	if (r->status == 101) {
		fail(x, HTTP_CAUSE_switched, NULL);
		return false;
	}
	if (r->status < 200) {
		http1_response_next(r);
		return true;
	}
	x->headers_ended = true;
	read_fields(x, head);
	if (!direct_response_start_body(x))
		return false;
	if (r->length == HTTP1_LENGTH_HUGE) {
		fail(x, HTTP_CAUSE_bad_header, HTTP1_LENGTH_WHY);
		return false;
	}
	start_body(x);
	x->direct.in_body = true;
	return true;
}

/* Reads a head at the start of *INPUT, or the rest of one, and moves *INPUT to what follows. False
 * if X ended or more bytes are needed. */
static bool read_head(struct client_exchange *x, struct str *input)
{
	struct buf *partial = &x->direct.partial;
	size_t before = partial->len;
	struct str head = *input;

	if (before) {
		buf_add(partial, *input);
		head = buf_str(partial);
	}
	if (x->head.at == 0 && !check_protocol(x, head))
		return false;
	switch (http1_response_read(&x->head, head)) {
	case HTTP1_PARTIAL:
		if (!before)
			buf_add(partial, *input);
		return false;
	case HTTP1_EMPTY:
		break;
	case HTTP1_FIELD:
	case HTTP1_INVALID:
		fail(x, x->head.too_long ? HTTP_CAUSE_long_header : HTTP_CAUSE_bad_header,
		     x->head.why);
		return false;
	}
	size_t bytes = x->head.at;
	*input = str_slice(*input, bytes - before, input->len);
	if (x->head.status == 101 && x->pub.plan->spec.channel) {
		open_channel(x, str_slice(head, 0, bytes), *input);
		return false;
	}
	if (!on_head(x, str_slice(head, 0, bytes)))
		return false;
	buf_clear(partial);
	return true;
}

/* ---- the body */

static void take_content(void *owner, struct str piece)
{
	struct client_exchange *x = owner;

	x->direct.received += piece.len;
	(void)client_content_take(x, piece); /* check_content sees the result */
}

/* False if the content of X cannot be accepted: X failed. */
static bool check_content(struct client_exchange *x)
{
	if (x->over_limit)
		fail(x, HTTP_CAUSE_body_limit, NULL);
	else if (x->bad_encoding)
		fail(x, HTTP_CAUSE_bad_encoding, NULL);
	else
		return true;
	return false;
}

bool direct_response_content(struct client_exchange *x, struct str piece)
{
	take_content(x, piece);
	return check_content(x);
}

/* False if X failed. */
static bool read_body(struct client_exchange *x, struct str *input)
{
	struct http_body *body = &x->direct.body;
	size_t used = http_body_feed(body, *input, take_content, x);

	*input = str_slice(*input, used, input->len);
	if (!check_content(x))
		return false;
	if (body->bad)
		fail(x, HTTP_CAUSE_bad_chunk, NULL);
	else if (body->trailers > CLIENT_TRAILERS_MAX)
		fail(x, HTTP_CAUSE_long_trailers, NULL);
	else
		return true;
	return false;
}

void direct_response_read(struct client_exchange *x, struct str bytes)
{
	if (!x->last.received) {
		x->direct.first = clock_monotonic_ns();
		x->last.received = true;
	}
	while (!x->direct.in_body)
		if (!bytes.len || !read_head(x, &bytes))
			return;
	if (!x->direct.body.done && !read_body(x, &bytes))
		return;
	if (x->direct.body.done)
		direct_complete(x, bytes.len > 0);
}

void direct_response_end(struct client_exchange *x)
{
	if (x->direct.in_body && x->direct.body.kind == HTTP_BODY_TO_END)
		direct_complete(x, false);
	else
		direct_lost(x, false);
}
