#include <errno.h>
#include <string.h>
#include <sys/uio.h>

#include "base/alloc.h"
#include "base/log.h"
#include "net/curl_heap.h"
#include "net/direct_h2.h"

/* The life of an HTTP/2 connection: its session, its bytes, its end. */

/* Frames are collected up to this size before they are written. */
#define OUTPUT_BYTES ((size_t)64 * 1024)
/* Decrypted bytes in one turn of the loop, as pieces of at most 16 KiB. */
#define TLS_PIECES 4
/* nghttp2 sends frames of at most 16 KiB and a header. */
#define FRAME_BYTES ((size_t)17 * 1024)

/* ---- memory of nghttp2 */

static void *on_malloc(size_t size, void *user)
{
	(void)user;
	return curl_heap_malloc(size);
}

static void on_free(void *block, void *user)
{
	(void)user;
	curl_heap_free(block);
}

static void *on_calloc(size_t count, size_t size, void *user)
{
	(void)user;
	return curl_heap_calloc(count, size);
}

static void *on_realloc(void *block, size_t size, void *user)
{
	(void)user;
	return curl_heap_realloc(block, size);
}

/* ---- opening */

void direct_h2_init(struct client *c)
{
	struct direct *d = &c->direct;

	d->output = alloc_zeroed(1, OUTPUT_BYTES);
	d->h2_request = alloc_zeroed(1, sizeof *d->h2_request);
	d->h2_callbacks = direct_h2_callbacks();
	if (!d->h2_callbacks || nghttp2_option_new(&d->h2_option))
		die_out_of_memory();
	/* Otherwise a hundred ended streams are kept. */
	nghttp2_option_set_no_closed_streams(d->h2_option, 1);
}

void direct_h2_free(struct client *c)
{
	struct direct *d = &c->direct;
	struct direct_h2 *next;

	for (struct direct_h2 *h = d->h2_spare; h; h = next) {
		next = h->next_spare;
		buf_release(&h->pending);
		free(h);
	}
	nghttp2_session_callbacks_del(d->h2_callbacks);
	nghttp2_option_del(d->h2_option);
	free(d->h2_request->fields);
	free(d->h2_request);
	free(d->output);
}

/* Large windows: whatever arrives is read immediately. */
static void greet(nghttp2_session *session)
{
	static const nghttp2_settings_entry settings[] = {
	    {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
	    {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, DIRECT_H2_WINDOW},
	    {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, DIRECT_H2_HEADER_MAX},
	};

	if (nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings,
				    sizeof settings / sizeof *settings) ||
	    nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0, DIRECT_H2_WINDOW))
		die_out_of_memory();
}

static void link_to_user(struct direct_connection *k)
{
	k->prev = NULL;
	k->next = k->peer.user->h2;
	if (k->next)
		k->next->prev = k;
	k->peer.user->h2 = k;
}

static void unlink_from_user(struct direct_connection *k)
{
	if (k->prev)
		k->prev->next = k->next;
	else
		k->peer.user->h2 = k->next;
	if (k->next)
		k->next->prev = k->prev;
}

/* Closes the oldest connection of USER without streams if there are too many. */
static void limit_connections(const struct http_user *user)
{
	struct direct_connection *oldest = NULL;
	unsigned count = 0;

	for (struct direct_connection *k = user->h2; k; k = k->next) {
		count++;
		if (!k->h2->first && k != user->h2)
			oldest = k;
	}
	if (count > CLIENT_IDLE_MAX && oldest)
		direct_connection_close(oldest);
}

void direct_h2_open(struct direct_connection *k)
{
	static nghttp2_mem memory = {NULL, on_malloc, on_free, on_calloc, on_realloc};
	struct direct *d = &k->client->direct;
	struct direct_h2 *h = d->h2_spare;

	if (h)
		d->h2_spare = h->next_spare;
	else
		h = alloc_zeroed(1, sizeof *h);
	h->connection = k;
	h->retired = k->client->config.reuse == HTTP_REUSE_NONE;
	h->sends_failed = h->inside = false;
	h->first = h->receiver = NULL;
	h->pending_at = 0;
	if (nghttp2_session_client_new3(&h->session, d->h2_callbacks, h, d->h2_option, &memory))
		die_out_of_memory();
	greet(h->session);
	k->h2 = h;
	k->x = NULL;
	k->state = CONNECTION_HTTP2;
	if (h->retired)
		return;
	link_to_user(k);
	limit_connections(k->peer.user);
}

static void retire(struct direct_h2 *h)
{
	if (h->retired)
		return;
	h->retired = true;
	unlink_from_user(h->connection);
}

static void unmark(struct direct_h2 *h)
{
	struct direct *d = &h->connection->client->direct;

	if (!h->dirty)
		return;
	h->dirty = false;
	if (h->prev_dirty)
		h->prev_dirty->next_dirty = h->next_dirty;
	else
		d->h2_dirty = h->next_dirty;
	if (h->next_dirty)
		h->next_dirty->prev_dirty = h->prev_dirty;
}

void direct_h2_close(struct direct_connection *k)
{
	struct direct_h2 *h = k->h2;
	struct direct *d = &k->client->direct;

	retire(h);
	unmark(h);
	nghttp2_session_del(h->session);
	h->session = NULL;
	buf_clear(&h->pending);
	buf_shrink(&h->pending, 0);
	k->h2 = NULL;
	h->next_spare = d->h2_spare;
	d->h2_spare = h;
}

/* ---- the end of a connection */

enum end { END_CLOSED, END_RESET, END_REFUSED, END_VIOLATION };

static bool is_usable(const struct direct_h2 *h)
{
	return !h->retired && !h->sends_failed && nghttp2_session_check_request_allowed(h->session);
}

static void end_exchange(struct client_exchange *x, enum end how, const char *what)
{
	x->direct.connection = NULL;
	switch (how) {
	case END_CLOSED:
	case END_RESET:
		direct_lost(x, how == END_RESET);
		break;
	case END_REFUSED:
		client_failure_set_tls(x, 0);
		direct_fail(x);
		break;
	case END_VIOLATION:
		direct_h2_violated(x, what);
		break;
	}
}

/* Closes the connection of H, and ends its exchanges. WHAT is the violation. */
static void end(struct direct_h2 *h, enum end how, const char *what)
{
	struct client_exchange *x, *rest = h->first;
	struct direct_connection *k = h->connection;

	if (!rest && how != END_VIOLATION && is_usable(h))
		k->client->http.counters.closed_idle++;
	h->first = NULL;
	direct_connection_close(k);
	while ((x = rest)) {
		rest = x->direct.next_stream;
		end_exchange(x, how, what);
		/* OpenSSL's error was noted for the first one. */
		if (how == END_REFUSED)
			how = END_RESET;
	}
}

static const char *name_of(ssize_t code)
{
	return code == NGHTTP2_ERR_FLOODED ? "a flood of control frames" : "an invalid frame";
}

/* Closes the connection of H if nothing more can happen on it, and returns false. */
static bool settle(struct direct_h2 *h)
{
	if (h->retired && !h->first) {
		direct_connection_close(h->connection);
		return false;
	}
	if (h->pending.len || nghttp2_session_want_write(h->session) ||
	    nghttp2_session_want_read(h->session))
		return true;
	end(h, h->first ? END_VIOLATION : END_CLOSED, name_of(0));
	return false;
}

/* ---- sending */

static ssize_t write_bytes(struct direct_h2 *h, struct str bytes)
{
	struct direct_connection *k = h->connection;
	struct iovec part = {(char *)(uintptr_t)bytes.ptr, bytes.len};
	size_t done = 0;

	while (done < bytes.len) {
		part.iov_base = (char *)(uintptr_t)bytes.ptr + done;
		part.iov_len = bytes.len - done;
		ssize_t n = direct_connection_send(k, &part, 1);

		if (n > 0)
			done += (size_t)n;
		else if (errno == EAGAIN)
			break;
		else if (errno != EINTR)
			return -1;
	}
	return (ssize_t)done;
}

/* Collects frames up to OUTPUT_BYTES: number of bytes, or -1. */
static ssize_t collect(struct direct_h2 *h)
{
	char *out = h->connection->client->direct.output;
	size_t len = 0;

	while (len + FRAME_BYTES <= OUTPUT_BYTES) {
		const uint8_t *bytes;
		ssize_t n = nghttp2_session_mem_send(h->session, &bytes);

		if (n < 0)
			return n;
		if (n == 0)
			break;
		memcpy(out + len, bytes, (size_t)n);
		len += (size_t)n;
	}
	return (ssize_t)len;
}

/* True if all pending bytes have been sent. */
static bool send_pending(struct direct_h2 *h)
{
	ssize_t n = write_bytes(h, str_slice(buf_str(&h->pending), h->pending_at, h->pending.len));

	if (n < 0)
		h->sends_failed = true;
	else
		h->pending_at += (size_t)n;
	if (!h->sends_failed && h->pending_at < h->pending.len)
		return false;
	buf_clear(&h->pending);
	h->pending_at = 0;
	return !h->sends_failed;
}

/* If the socket is broken, the server may still have sent something that explains it: the end is
 * found when it is read. */
static void send_frames(struct direct_h2 *h)
{
	char *out = h->connection->client->direct.output;
	ssize_t len = 1, n;

	while (!h->sends_failed && len > 0) {
		if (h->pending.len && !send_pending(h))
			break;
		len = collect(h);
		if (len <= 0)
			break;
		n = write_bytes(h, str_n(out, (size_t)len));
		if (n < 0)
			h->sends_failed = true;
		else if (n < len)
			buf_add(&h->pending, str_n(out + n, (size_t)(len - n)));
	}
	direct_connection_watch(h->connection, h->pending.len ? EV_READ | EV_WRITE : EV_READ);
}

static void flush(struct direct_h2 *h)
{
	bool open;

	do {
		unmark(h);
		h->inside = true;
		send_frames(h);
		h->inside = false;
		open = settle(h);
	} while (open && h->dirty);
	if (open && !h->first)
		direct_tls_rest(&h->connection->tls);
}

void direct_h2_flush(struct client *c)
{
	while (c->direct.h2_dirty)
		flush(c->direct.h2_dirty);
}

void direct_h2_mark(struct direct_h2 *h)
{
	struct direct *d = &h->connection->client->direct;

	if (h->dirty)
		return;
	h->dirty = true;
	h->prev_dirty = NULL;
	h->next_dirty = d->h2_dirty;
	if (h->next_dirty)
		h->next_dirty->prev_dirty = h;
	d->h2_dirty = h;
	if (!h->connection->client->in_turn && !h->inside)
		flush(h);
}

/* ---- receiving */

/* False if the connection has ended. */
static bool receive(struct direct_h2 *h, enum direct_read what, struct str bytes)
{
	ssize_t used;

	switch (what) {
	case DIRECT_READ_NOTHING:
	case DIRECT_READ_AGAIN:
		return true;
	case DIRECT_READ_BYTES:
		break;
	case DIRECT_READ_END:
	case DIRECT_READ_BROKEN:
		end(h, END_CLOSED, NULL);
		return false;
	case DIRECT_READ_RESET:
		end(h, END_RESET, NULL);
		return false;
	case DIRECT_READ_REFUSED:
		end(h, h->first ? END_REFUSED : END_CLOSED, NULL);
		return false;
	}
	h->inside = true;
	used = nghttp2_session_mem_recv(h->session, (const uint8_t *)bytes.ptr, bytes.len);
	h->inside = false;
	if (used < 0) {
		end(h, END_VIOLATION, name_of(used));
		return false;
	}
	direct_h2_mark(h);
	return true;
}

static void read_all(struct direct_connection *k)
{
	struct direct_h2 *h = k->h2;
	enum direct_read what;
	int pieces = k->tls.ssl ? TLS_PIECES : 1;

	for (int i = 0; i < pieces; i++) {
		size_t len = 0;

		what = direct_connection_receive(k, h->first, &len);
		if (!receive(h, what, str_n(k->client->direct.input, len)))
			return;
		/* A part of a record may be pending until the rest arrives. */
		if (what == DIRECT_READ_NOTHING || !direct_tls_has_pending(&k->tls))
			return;
	}
	/* OpenSSL has read ahead: the socket causes no further event. */
	event_active(&k->watch.event, EV_READ, 1);
}

void direct_h2_event(struct direct_connection *k, short what)
{
	struct direct_h2 *h = k->h2;

	if (what & EV_WRITE)
		direct_h2_mark(h);
	if (what & EV_READ)
		read_all(k);
}

/* ---- connections of a user */

struct direct_connection *direct_h2_find(const struct client_exchange *x)
{
	struct direct_connection *k = x->pub.user->h2;
	struct direct_peer peer = direct_peer_of(x);

	while (k && (!direct_peer_is_same(&k->peer, &peer) || !is_usable(k->h2)))
		k = k->next;
	return k;
}

void direct_h2_close_all(struct http_user *user)
{
	while (user->h2)
		direct_connection_close(user->h2);
}

void direct_h2_start(struct client_exchange *x)
{
	direct_h2_submit(x->direct.connection->h2, x);
}

void direct_h2_end(struct client_exchange *x)
{
	struct direct_h2 *h = x->direct.connection->h2;

	/* Nothing has arrived since X was sent: the connection may be dead. */
	if (x->pub.result == HTTP_TIMEOUT && x->direct.progress == h->progress)
		retire(h);
	direct_h2_leave(h, x);
	x->direct.connection = NULL;
	direct_h2_mark(h);
}
