#include "fake_http.h"

#include "base/log.h"

struct fake_exchange {
	struct exchange pub;
	struct fake_http *http;
	struct fake_response response;
	struct fake_exchange *next;
	bool running, cancelled, stopped, streams;
	size_t piece;
};

static struct fake_http *of(struct http *http)
{
	return (struct fake_http *)(void *)http;
}

static struct fake_exchange *exchange_of(struct exchange *exchange)
{
	return (struct fake_exchange *)(void *)exchange;
}

static struct http_plan *fake_plan(struct http *http, const struct http_plan_spec *spec)
{
	struct http_plan *plan = ARENA_NEW(&of(http)->arena, struct http_plan);

	plan->spec = *spec;
	return plan;
}

static enum http_result fake_resolve(struct http *http, const char *host, unsigned port)
{
	(void)http;
	(void)host;
	(void)port;
	return HTTP_OK;
}

static struct http_user *fake_user_open(struct http *http)
{
	struct fake_http *h = of(http);
	struct http_user *user = h->spare_users;

	if (user)
		h->spare_users = user->next;
	else
		user = ARENA_NEW(&h->arena, struct http_user);
	*user = (struct http_user){.number = h->users++};
	h->open_users++;
	return user;
}

static void fake_user_close(struct http *http, struct http_user *user)
{
	struct fake_http *h = of(http);

	if (user->in_flight > user->closing)
		BUG("a user leaves with a request in flight");
	h->open_users--;
	/* One with a stream that is being closed is not used again. */
	if (user->in_flight)
		return;
	user->next = h->spare_users;
	h->spare_users = user;
}

static void fake_cookies_clear(struct http *http, struct http_user *user)
{
	(void)http;
	user->cleared++;
}

static struct exchange *fake_begin(struct http *http, const struct http_plan *plan,
				   struct http_user *user)
{
	struct fake_http *h = of(http);
	struct fake_exchange *x = h->spare;

	if (x) {
		h->spare = x->next;
	} else {
		x = ARENA_NEW(&h->arena, struct fake_exchange);
		buf_init(&x->pub.url, 0);
		buf_init(&x->pub.header_text, 0);
		buf_init(&x->pub.body, 0);
		buf_init(&x->pub.login, 0);
		buf_init(&x->pub.identity, 0);
		buf_init(&x->pub.note, 0);
		buf_init(&x->pub.headers, 0);
		buf_init(&x->pub.response, 0);
	}
	buf_clear(&x->pub.url);
	buf_clear(&x->pub.header_text);
	buf_clear(&x->pub.body);
	buf_clear(&x->pub.login);
	buf_clear(&x->pub.identity);
	buf_clear(&x->pub.note);
	buf_clear(&x->pub.headers);
	buf_clear(&x->pub.response);
	*x = (struct fake_exchange){.pub = {.plan = plan,
					    .user = user,
					    .url = x->pub.url,
					    .header_text = x->pub.header_text,
					    .body = x->pub.body,
					    .login = x->pub.login,
					    .identity = x->pub.identity,
					    .note = x->pub.note,
					    .headers = x->pub.headers,
					    .response = x->pub.response},
				    .http = h};
	h->begun++;
	return &x->pub;
}

/* ---- channels */

struct channel_event {
	struct channel_event *next; /* among spare ones */
	struct fake_channel *c;
	const char *text;
	unsigned code; /* 0: a message */
};

/* Events are used again, because tests count allocations. */
static void release_event(struct channel_event *e)
{
	struct fake_http *h = e->c->http;

	e->next = h->spare_events;
	h->spare_events = e;
}

static void deliver(void *owner)
{
	struct channel_event *own = owner, copy = *own, *e = &copy;
	struct http *http = &e->c->http->http;
	struct channel_message message = {.text = true,
					  .payload = str_of(e->text),
					  .at = e->c->http->loop->now,
					  .wire = strlen(e->text) + 2};
	struct channel_end end = {.code = e->code, .reason = str_of(e->text)};

	release_event(own);
	if (e->c->closed)
		return;
	if (!e->c->taken)
		BUG("a message before the end of the handshake");
	if (e->code)
		http->channel_closed(http->owner, &e->c->channel, &end);
	else
		http->channel_message(http->owner, &e->c->channel, &message);
}

static void post(struct fake_channel *c, ns_t latency, const char *text, unsigned code)
{
	struct channel_event *e = c->http->spare_events;

	if (e)
		c->http->spare_events = e->next;
	else
		e = ARENA_NEW(&c->http->arena, struct channel_event);
	*e = (struct channel_event){NULL, c, text, code};
	fake_loop_post(c->http->loop, c->http->loop->now + latency, deliver, e);
}

void fake_http_message(struct fake_channel *c, ns_t latency, const char *text)
{
	post(c, latency, text, 0);
}

void fake_http_close(struct fake_channel *c, ns_t latency, unsigned code, const char *reason)
{
	post(c, latency, reason, code);
}

static void channel_take(struct channel *channel)
{
	struct fake_channel *c = (struct fake_channel *)(void *)channel;

	c->taken = true;
	c->http->channels->open(c->http->owner, c);
}

static enum channel_sent channel_send(struct channel *channel, bool text, struct str payload,
				      uint64_t *wire)
{
	struct fake_channel *c = (struct fake_channel *)(void *)channel;

	c->sent++;
	*wire += payload.len + 6;
	c->http->channels->send(c->http->owner, c, text, payload);
	return CHANNEL_SENT;
}

static void channel_close(struct channel *channel, unsigned code, struct str reason)
{
	struct fake_channel *c = (struct fake_channel *)(void *)channel;

	(void)reason;
	if (c->closed)
		BUG("a channel was closed twice");
	c->closed = true;
	c->code = code;
	c->http->open_channels--;
	if (c->taken)
		c->http->channels->close(c->http->owner, c, code);
}

static const struct channel_ops channel_ops = {channel_take, channel_send, channel_close};

static struct channel *new_channel(struct fake_http *h, unsigned long user)
{
	struct fake_channel *c = ARENA_NEW(&h->arena, struct fake_channel);

	*c = (struct fake_channel){.channel.ops = &channel_ops, .http = h, .user = user};
	h->open_channels++;
	return &c->channel;
}

static void finish(void *owner)
{
	struct fake_exchange *x = owner;
	struct exchange *pub = &x->pub;
	const struct fake_response *a = &x->response;

	if (!x->running)
		return;
	x->running = false;
	x->http->in_flight--;
	pub->user->in_flight--;
	pub->user->closing -= x->cancelled;
	pub->result = x->cancelled ? HTTP_CANCELLED : a->result;
	if (a->has_cause && !x->cancelled) {
		http_cause_set(pub, a->cause, a->subject);
		pub->status = a->status;
	}
	pub->times.done = x->http->loop->now;
	pub->times.wait = pub->times.done - pub->times.sent;
	if (a->piece_count) {
		pub->times.wait = a->pieces[0].at;
		pub->times.receive = pub->times.done - pub->times.sent - a->pieces[0].at;
	}
	pub->new_connection = a->new_connection;
	pub->resent = a->resent;
	pub->version = a->version ? a->version : 11;
	if (pub->result == HTTP_OK && a->channel) {
		pub->status = 101;
		pub->channel = new_channel(x->http, pub->user->number);
	} else if (pub->result == HTTP_OK) {
		pub->status = a->status < 0 ? 0 : a->status ? a->status : 200;
		pub->redirect_to = str_of(a->redirect_to);
		if (!a->piece_count)
			buf_add(&pub->headers, str_of(a->headers));
		buf_add(&pub->response, str_of(a->body));
	}
	x->http->http.done(x->http->http.owner, pub);
}

/* The next piece of a body arrives. */
static void on_piece(void *owner)
{
	struct fake_exchange *x = owner;
	struct http *http = &x->http->http;
	const struct fake_response *a = &x->response;
	const struct fake_piece *piece = &a->pieces[x->piece];
	ns_t now = x->http->loop->now;
	bool more = true;

	if (!x->running)
		return;
	if (!x->piece) {
		x->pub.status = a->status ? a->status : 200;
		buf_add(&x->pub.headers, str_of(a->headers));
		x->streams =
		    x->pub.plan->spec.stream && http->stream_begins(http->owner, &x->pub, now);
	}
	if (!x->streams)
		buf_add(&x->pub.response, str_of(piece->text));
	else if (*piece->text) {
		x->pub.stream_wire += strlen(piece->text);
		more = http->stream_bytes(http->owner, &x->pub, str_of(piece->text), now);
	}
	if (!more) {
		x->response.result = HTTP_BODY_MAX;
		x->response.has_cause = false;
		x->stopped = true;
		fake_loop_post(x->http->loop, now, finish, x);
	} else if (++x->piece < a->piece_count)
		fake_loop_post(x->http->loop, x->pub.times.sent + a->pieces[x->piece].at, on_piece,
			       x);
	else
		fake_loop_post(x->http->loop, x->pub.times.sent + a->latency, finish, x);
}

static void fake_send(struct http *http, struct exchange *exchange)
{
	struct fake_http *h = of(http);
	struct fake_exchange *x = exchange_of(exchange);
	const struct http_plan_spec *spec = &exchange->plan->spec;
	struct fake_request request = {
	    .method = exchange->override_method ? exchange->method : spec->method.ptr,
	    .url = exchange->url.len ? buf_str(&exchange->url) : spec->url,
	    .body = exchange->body.len ? buf_str(&exchange->body) : spec->body,
	    .exchange = exchange,
	    .user = exchange->user->number,
	    .at = h->loop->now,
	};

	exchange->last_url = request.url.ptr;
	exchange->times.sent = h->loop->now;
	h->loop->now += h->cost;
	h->sent++;
	if (++h->in_flight > h->most_in_flight)
		h->most_in_flight = h->in_flight;
	if (++exchange->user->in_flight > h->user_most_in_flight)
		h->user_most_in_flight = exchange->user->in_flight;
	x->running = true;
	x->response = h->serve(h->owner, &request);
	if (x->response.piece_count)
		fake_loop_post(h->loop, exchange->times.sent + x->response.pieces[0].at, on_piece,
			       x);
	else
		fake_loop_post(h->loop, exchange->times.sent + x->response.latency, finish, x);
}

static void fake_cancel(struct http *http, struct exchange *exchange)
{
	struct fake_exchange *x = exchange_of(exchange);

	of(http)->cancelled++;
	exchange->user->closing++;
	x->cancelled = true;
	fake_loop_post(of(http)->loop, of(http)->loop->now, finish, x);
}

static void fake_stop(struct http *http, struct exchange *exchange)
{
	struct fake_exchange *x = exchange_of(exchange);

	x->stopped = true;
	x->response.result = HTTP_OK;
	if (!x->piece) {
		x->response.status = -1;
		x->response.headers = "";
	}
	fake_loop_post(of(http)->loop, of(http)->loop->now, finish, x);
}

static void fake_note_head(struct exchange *exchange)
{
	const struct fake_exchange *x = exchange_of(exchange);

	exchange->times.wait = x->http->loop->now - exchange->times.sent;
	exchange->new_connection = x->response.new_connection;
	exchange->version = x->response.version ? x->response.version : 11;
}

static void release_texts(struct fake_exchange *x)
{
	buf_release(&x->pub.url);
	buf_release(&x->pub.header_text);
	buf_release(&x->pub.body);
	buf_release(&x->pub.login);
	buf_release(&x->pub.identity);
	buf_release(&x->pub.note);
	buf_release(&x->pub.headers);
	buf_release(&x->pub.response);
}

static void fake_put_headers(const struct exchange *exchange, struct buf *out)
{
	const struct http_plan_spec *spec = &exchange->plan->spec;
	struct str rest = buf_str(&exchange->header_text);

	for (size_t i = 0; i < spec->header_count; i++)
		buf_printf(out, "%s\n", spec->header_lines[i]);
	while (rest.len) {
		size_t end = str_find_char(rest, '\0', 0);

		buf_printf(out, "%.*s\n", STR_ARG(str_slice(rest, 0, end)));
		rest = str_slice(rest, end + 1, rest.len);
	}
}

static void fake_end(struct http *http, struct exchange *exchange)
{
	struct fake_http *h = of(http);
	struct fake_exchange *x = exchange_of(exchange);

	if (x->running)
		BUG("an exchange is ended while it runs");
	h->ended++;
	if (exchange->channel)
		exchange->channel->ops->close(exchange->channel, 1001, STR(""));
	/* Not reused then: its old event may still be posted. */
	if (x->cancelled || x->stopped) {
		release_texts(x);
		return;
	}
	x->next = h->spare;
	h->spare = x;
}

static void fake_free(struct http *http)
{
	struct fake_http *h = of(http);

	for (struct fake_exchange *x = h->spare; x; x = x->next)
		release_texts(x);
	arena_release(&h->arena);
}

static const struct http_ops ops = {
    .plan = fake_plan,
    .resolve = fake_resolve,
    .user_open = fake_user_open,
    .user_close = fake_user_close,
    .cookies_clear = fake_cookies_clear,
    .begin = fake_begin,
    .send = fake_send,
    .cancel = fake_cancel,
    .stop = fake_stop,
    .note_head = fake_note_head,
    .put_headers = fake_put_headers,
    .end = fake_end,
    .free = fake_free,
};

static struct fake_response serve_at_once(void *owner, const struct fake_request *request)
{
	(void)owner;
	(void)request;
	return (struct fake_response){.latency = 0};
}

void fake_http_init(struct fake_http *h, struct fake_loop *loop)
{
	*h = (struct fake_http){.http = {.ops = &ops}, .loop = loop, .serve = serve_at_once};
	arena_init(&h->arena, 0);
}
