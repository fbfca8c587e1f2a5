#include "run/failure_sampler.h"

#include "base/inflate.h"
#include "run/channels.h"
#include "run/curl_command.h"
#include "run/event_reader.h"
#include "run/live_secrets.h"
#include "run/response_secrets.h"
#include "stats/failure_messages.h"
#include "stats/failure_samples.h"

#define BODY_SAMPLED	32768u /* maximum bytes of each body */
#define BODY_MASKED	65536u /* bytes of it that are masked before that */
#define SAMPLES_MAX	8u     /* per class of failure of one request, on one worker */
#define HEADERS_SAMPLED 16384u

/* The texts of a sample while it is built. */
struct texts {
	struct buf curl, url, request_headers, request_body, headers, body, messages;
};

bool failure_sampler_is_credential(struct str name)
{
	return str_ieq(name, STR("Authorization")) || str_ieq(name, STR("Proxy-Authorization")) ||
	       str_ieq(name, STR("Cookie")) || str_ieq(name, STR("Set-Cookie"));
}

static void put_line(struct buf *out, struct str line)
{
	size_t colon = str_find_char(line, ':', 0);

	if (!line.len || colon == NOT_FOUND)
		return;
	if (failure_sampler_is_credential(str_trim(str_slice(line, 0, colon)))) {
		buf_add(out, str_slice(line, 0, colon));
		buf_add(out, STR(": ***"));
	} else {
		buf_add(out, line);
	}
	buf_add_char(out, '\n');
}

/* Lines of TEXT, each ended by END. */
static void put_lines(struct buf *out, struct str text, char end)
{
	for (size_t at = 0; at < text.len && out->len < HEADERS_SAMPLED;) {
		size_t to = str_find_char(text, end, at);

		if (to == NOT_FOUND)
			to = text.len;
		put_line(out, str_trim(str_slice(text, at, to)));
		at = to + 1;
	}
}

/* CUT: the body had more bytes. True: OUT has only its start. */
static bool put_body(struct worker *w, const struct fiber *f, struct buf *out, struct str body,
		     bool cut)
{
	/* With one byte less, the mask knows that the body was cut. */
	size_t masked = cut && body.len && body.len <= BODY_MASKED ? body.len - 1 : BODY_MASKED;

	return live_secrets_put_start(w, f, body, masked, BODY_SAMPLED, out);
}

static void put_request(struct worker *w, const struct fiber *f, struct texts *t,
			struct failure_sample *sampled)
{
	const struct exchange *x = f->exchange;
	const struct request_plan *r = f->request;
	struct str body = buf_str(&x->body);
	struct buf sent;

	buf_init(&sent, 0);
	w->http->ops->put_headers(x, &sent);
	put_lines(&t->request_headers, buf_str(&sent), '\n');
	buf_release(&sent);
	live_secrets_mask(w, f, &t->request_headers);
	buf_add(&t->url, str_of(x->last_url));
	live_secrets_mask(w, f, &t->url);
	if (x->override_method)
		return;
	if (!body.len && r->body && r->body->constant)
		body = r->body->value.text;
	sampled->request_body_cut = put_body(w, f, &t->request_body, body, false);
}

static void put_response(struct worker *w, const struct fiber *f, struct texts *t,
			 struct failure_sample *sampled)
{
	const struct exchange *x = f->exchange;
	struct response response = {.headers = buf_str(&x->headers)};
	struct str encoding = response_header(&response, STR("Content-Encoding"), 0);
	bool cut = x->response_is_raw && x->response.len >= HTTP_RAW_KEPT;
	struct buf plain;

	if (response_secrets_withheld(w).len)
		response_secrets_put_withheld(w, &t->body);
	put_lines(&t->headers, buf_str(&x->headers), '\n');
	live_secrets_mask(w, f, &t->headers);
	if (t->body.len)
		return;
	buf_init(&plain, 0);
	if (!x->response_is_raw ||
	    !inflate_content(buf_str(&x->response), encoding, BODY_MASKED + 1, &plain))
		sampled->more = put_body(w, f, &t->body, buf_str(&x->response), cut);
	else
		sampled->more = put_body(w, f, &t->body, buf_str(&plain), cut);
	buf_release(&plain);
}

/* The request of F has waited for a message: the socket, as the request that has opened it, and its
 * last messages. */
static void put_socket(struct worker *w, const struct fiber *f, struct texts *t,
		       struct failure_sample *sampled)
{
	const struct user_channel *k = channels_find(f->user, f->request->wait->socket);
	struct varint_reader reader;
	struct failure_message m;
	struct buf data;

	sampled->method = STR("GET");
	if (!k)
		return;
	sampled->status = k->plan->listens ? 200 : 101;
	/* http://… of a WebSocket is ws://…. */
	buf_printf(&t->url, "%s%.*s", k->plan->listens ? "http" : "ws",
		   STR_ARG(str_slice(buf_str(&k->url), STR("http").len, k->url.len)));
	live_secrets_mask(w, f, &t->url);
	buf_init(&data, 0);
	reader = varint_reader_of(buf_str(&k->last));
	while (failure_messages_next(&reader, &m)) {
		bool cut = m.bytes > m.data.len;

		/* With one byte less, the mask knows that the message was cut. */
		live_secrets_put_start(w, f, m.data, m.data.len - (cut ? 1 : 0), BODY_SAMPLED,
				       &data);
		if (!cut)
			m.bytes = data.len;
		m.data = buf_str(&data);
		failure_messages_put(&t->messages, &m);
	}
	buf_release(&data);
}

static void put_exchange(struct worker *w, const struct fiber *f, struct texts *t,
			 struct failure_sample *sampled)
{
	put_request(w, f, t, sampled);
	if (sampled->status)
		put_response(w, f, t, sampled);
	curl_command_put(w, f, &t->curl);
}

static void add_sample(struct worker *w, const struct fiber *f)
{
	const struct exchange *x = f->exchange;
	struct failure_sample sampled = {
	    .note = w->failure,
	    .wall = x->times.sent + w->wall_offset,
	    .method = str_of(x->override_method ? x->method : f->request->method.ptr),
	    .status = x->result == HTTP_OK || x->result == HTTP_TRUNCATED ||
			      (f->events && f->events->is_stream)
			  ? x->status
			  : 0,
	    .version = x->version,
	    .bytes_received = x->bytes_received,
	    .dns = x->times.dns,
	    .connect = x->times.connect,
	    .tls = x->times.tls,
	    .wait = x->times.wait,
	    .receive = x->times.receive,
	    .whole = x->times.done - x->times.sent,
	    .why = buf_str(&w->failure_text)};
	struct texts t;

	buf_init(&t.curl, 0);
	buf_init(&t.url, 0);
	buf_init(&t.request_headers, 0);
	buf_init(&t.request_body, 0);
	buf_init(&t.headers, 0);
	buf_init(&t.body, 0);
	buf_init(&t.messages, 0);
	if (f->request->wait)
		put_socket(w, f, &t, &sampled);
	else
		put_exchange(w, f, &t, &sampled);
	sampled.curl = buf_str(&t.curl);
	sampled.url = buf_str(&t.url);
	sampled.request_headers = buf_str(&t.request_headers);
	sampled.request_body = buf_str(&t.request_body);
	sampled.headers = buf_str(&t.headers);
	sampled.body = buf_str(&t.body);
	sampled.messages = buf_str(&t.messages);
	failure_samples_add(w->plan->settings.failure_samples, &sampled);
	buf_release(&t.curl);
	buf_release(&t.url);
	buf_release(&t.request_headers);
	buf_release(&t.request_body);
	buf_release(&t.headers);
	buf_release(&t.body);
	buf_release(&t.messages);
}

void failure_sampler_add(struct worker *w, const struct fiber *f)
{
	size_t request = (size_t)(f->request - w->program->requests);
	uint8_t *sampled;

	if (!w->plan->settings.failure_samples || f->state != FIBER_CHECKING ||
	    !f->exchange->last_url)
		return;
	sampled = &w->sampled[request * FAILURE_CLASS_COUNT + w->failure.class];
	if (*sampled == SAMPLES_MAX)
		return;
	++*sampled;
	add_sample(w, f);
}
