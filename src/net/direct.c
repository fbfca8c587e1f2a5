#include <string.h>

#include "net/client_private.h"

/* The life of an exchange of the direct transport. */

/* Waiting time before a second address is tried too (RFC 8305: 250 ms; libcurl: 200 ms). */
#define RACE_AFTER (200 * NS_PER_MS)
/* The default of libcurl, used if the scenario sets no connect timeout. */
#define USUAL_CONNECT_TIMEOUT (300 * NS_PER_S)

/* ---- starting */

static ns_t earliest(ns_t a, ns_t b)
{
	return a < b ? a : b;
}

/* The server that a new connection of X is made to. */
static const struct direct_origin *first_hop(const struct client_exchange *x)
{
	return x->direct.proxy ? x->direct.proxy : x->direct.origin;
}

static void open_connection(struct client_exchange *x, ns_t now)
{
	struct direct_exchange *d = &x->direct;
	ns_t limit = x->pub.plan->spec.connect_timeout;

	x->last.reused = false;
	d->connect_from = now;
	d->connected = d->ready = d->first = 0;
	d->next_address = 0;
	d->error = 0;
	d->bind_failed = false;
	d->connect_until = now + (limit ? limit : USUAL_CONNECT_TIMEOUT);
	d->race_at = first_hop(x)->has_address ? NS_NEVER : now + RACE_AFTER;
	direct_timer_set(x, earliest(client_deadline(x), earliest(d->connect_until, d->race_at)));
	if (x->proxy[0] && !d->proxy) {
		http_cause_set(&x->pub, HTTP_CAUSE_no_websocket, "its proxy");
		direct_fail(x);
		return;
	}
	if (direct_connect(x))
		return;
	direct_connect_failed(x);
}

bool direct_may_use_http2(const struct client_exchange *x)
{
	int wanted = x->pub.plan->spec.http_version;

	return x->direct.origin->tls ? wanted != HTTP_WANT_1_1 : wanted == HTTP_WANT_2;
}

/* Without TLS nothing is negotiated. */
bool direct_needs_http2(const struct client_exchange *x)
{
	return !x->direct.origin->tls && direct_may_use_http2(x);
}

static struct direct_connection *find_kept(struct client_exchange *x)
{
	struct direct_connection *kept = direct_may_use_http2(x) ? direct_h2_find(x) : NULL;

	return kept || direct_needs_http2(x) ? kept : direct_idle_take(x);
}

static void start(struct client_exchange *x)
{
	struct direct_exchange *d = &x->direct;
	struct direct_connection *kept = NULL;

	x->over_limit = false;
	buf_clear(&x->redirect);
	d->connect_until = d->race_at = NS_NEVER;
	d->sent = 0;
	d->received = 0;
	d->http2 = false;
	if (x->client->config.reuse != HTTP_REUSE_NONE && !x->pub.plan->spec.channel)
		kept = find_kept(x);
	if (!kept) {
		open_connection(x, x->pub.times.sent + x->name_wait);
		return;
	}
	d->connection = kept;
	d->first = 0;
	x->last.reused = true;
	direct_timer_set(x, client_deadline(x));
	direct_begin_request(x);
}

void direct_begin_request(struct client_exchange *x)
{
	struct direct_exchange *d = &x->direct;

	if (x->last.reused) {
		d->ready = x->pub.times.sent;
	} else {
		x->client->http.counters.connections_opened++;
		d->ready = clock_monotonic_ns();
		d->connect_until = d->race_at = NS_NEVER;
		direct_timer_set(x, client_deadline(x));
	}
	if (x->pub.plan->spec.read_certificate)
		direct_connection_certificate(x);
	x->sends++;
	x->last.received = false;
	x->body_bytes = 0;
	d->in_body = false;
	http1_response_init(&x->head);
	d->http2 = direct_connection_is_http2(x);
	if (d->http2) {
		direct_h2_start(x);
		return;
	}
	buf_clear(&d->partial);
	direct_request_prepare(x);
	direct_continue_request(x);
}

void direct_continue_request(struct client_exchange *x)
{
	switch (direct_request_write(x)) {
	case DIRECT_ALL:
		direct_want_write(x, false);
		break;
	case DIRECT_BLOCKED:
		direct_want_write(x, true);
		break;
	case DIRECT_BROKEN:
		direct_lost(x, true);
		break;
	}
}

/* ---- ending */

static void count_bytes(struct client_exchange *x)
{
	x->pub.bytes_sent += x->direct.sent;
	x->pub.bytes_received += x->direct.received;
	x->direct.sent = 0;
	x->direct.received = 0;
}

static void collect_times(struct client_exchange *x)
{
	const struct direct_exchange *d = &x->direct;
	struct http_times *times = &x->pub.times;

	times->wait = d->first ? d->first - d->ready : 0;
	times->receive = d->first ? times->done - d->first : 0;
	times->dns = times->connect = times->tls = 0;
	if (!x->pub.new_connection)
		return;
	times->dns = x->name_wait;
	times->connect = d->connected ? d->connected - d->connect_from : 0;
	times->tls = d->origin->tls && d->ready ? d->ready - d->connected : 0;
}

static void collect_connection(struct client_exchange *x)
{
	struct exchange *pub = &x->pub;

	pub->version = x->direct.http2 ? 20 : x->head.status ? 10 + (int)x->head.minor : 11;
	pub->new_connection = x->direct.connected && !x->last.reused;
	pub->resent = x->sends > 1 ? x->sends - 1 : 0;
}

static void note_head(struct client_exchange *x)
{
	collect_connection(x);
	collect_times(x);
	x->pub.bytes_sent += x->direct.sent;
	x->pub.bytes_received += x->direct.received - x->pub.stream_wire;
}

static void collect(struct client_exchange *x)
{
	struct exchange *pub = &x->pub;

	direct_timer_set(x, NS_NEVER);
	pub->times.done = clock_monotonic_ns();
	pub->status = x->head.status;
	collect_connection(x);
	if (pub->status >= 300 && pub->status <= 399 && x->redirect.len)
		pub->redirect_to = buf_str(&x->redirect);
	count_bytes(x);
	collect_times(x);
}

void direct_complete(struct client_exchange *x, bool excess)
{
	bool keep = !x->direct.http2 && x->head.keep && !excess &&
		    x->direct.body.kind != HTTP_BODY_TO_END && x->direct.sent == x->direct.length &&
		    x->client->config.reuse != HTTP_REUSE_NONE;

	if (keep)
		direct_idle_keep(x);
	else
		direct_close(x);
	collect(x);
	x->pub.result = HTTP_OK;
	x->pub.error[0] = '\0';
	client_failure_explain(x);
	client_complete(x);
}

void direct_fail(struct client_exchange *x)
{
	direct_close(x);
	collect(x);
	client_complete(x);
}

static void abort_request(struct client_exchange *x)
{
	direct_close(x);
	collect(x);
}

void direct_lost(struct client_exchange *x, bool reset)
{
	x->last.reset = reset;
	x->last.second = x->sends > 1;
	if (!x->last.received && resend_applies(&x->last)) {
		x->last.refused = false;
		count_bytes(x);
		direct_close(x);
		open_connection(x, clock_monotonic_ns());
		return;
	}
	client_failure_set_lost(x);
	direct_fail(x);
}

static void shrink(struct client_exchange *x, size_t kept)
{
	struct buf *bufs[] = {&x->direct.head, &x->direct.partial};

	for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++)
		if (bufs[i]->cap > kept) {
			buf_clear(bufs[i]);
			buf_shrink(bufs[i], kept);
		}
}

static void release(struct client_exchange *x)
{
	buf_release(&x->direct.head);
	buf_release(&x->direct.partial);
}

/* ---- the interface of transports */

static void init(struct client *c)
{
	direct_timers_init(c);
	direct_connections_init(c);
	direct_h2_init(c);
}

static void close_all(struct client *c)
{
	direct_connections_free(c);
	direct_h2_free(c);
	direct_timers_free(c);
	direct_tls_free(&c->direct);
	for (struct http_user *user = c->users; user; user = user->next_created) {
		user->idle = user->oldest_idle = user->h2 = NULL;
		user->idle_count = 0;
	}
}

static void free_all(struct client *c)
{
	(void)c;
}

static void prepare(struct client_exchange *x)
{
	x->direct.proxy = x->proxy[0] ? direct_tunnel_proxy(x) : NULL;
}

static void user_close(struct http_user *user)
{
	direct_idle_close(user);
	direct_h2_close_all(user);
	direct_sessions_free(user);
}

const struct client_transport direct_transport = {
    .name = "direct",
    .init = init,
    .close = close_all,
    .free = free_all,
    .prepare = prepare,
    .start = start,
    .note_head = note_head,
    .abort = abort_request,
    .shrink = shrink,
    .release = release,
    .flush = direct_h2_flush,
    .user_close = user_close,
};
