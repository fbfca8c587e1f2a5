#include "output/dashboard_server.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/address.h"
#include "base/alloc.h"
#include "base/base64.h"
#include "base/escape.h"
#include "base/log.h"
#include "net/host_check.h"
#include "net/server.h"
#include "net/stream_listener.h"

#define VIEWERS		  16u
#define POLL_INTERVAL	  (50 * NS_PER_MS)
#define TOKEN_BYTES	  16
#define UNSENT_MAX	  ((size_t)256 * 1024) /* a browser with more unsent bytes misses an update */
#define FINAL_UPDATE_WAIT (2 * NS_PER_S)       /* maximum time to send the last update */

struct viewer {
	struct http_request *request;
	uint64_t seen; /* number of the last update it received */
};

struct dashboard_server {
	struct server *server;
	struct buf url, token, policy;
	const char *const *hosts; /* further names for the Host header */
	size_t host_count;
	bool open;
	pthread_t thread;
	/* Shared by the threads. */
	pthread_mutex_t lock;
	struct buf page, update;
	uint64_t pages, updates; /* number of updates so far */
	bool page_requested, has_viewers, stop_requested, closing;
	/* Used only by the server's thread. */
	struct http_request *waiting[VIEWERS];
	uint64_t waiting_from[VIEWERS]; /* a later page than that one */
	struct viewer viewers[VIEWERS];
	ns_t closing_since;
};

/* ---- access control */

static bool is_same(struct str a, struct str b)
{
	unsigned char difference = 0;

	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		difference |= (unsigned char)(a.ptr[i] ^ b.ptr[i]);
	return difference == 0;
}

static bool has_valid_token(const struct dashboard_server *d, struct str encoded)
{
	struct buf token;
	bool good;

	buf_init(&token, 256);
	good = http_request_form_value(encoded, STR("token"), &token) &&
	       is_same(buf_str(&token), buf_str(&d->token));
	buf_release(&token);
	return good;
}

/* ---- responses */

static void add_headers(const struct dashboard_server *d, struct http_request *request)
{
	http_request_add_header(request, "Content-Security-Policy", buf_str(&d->policy));
	http_request_add_header(request, "X-Content-Type-Options", STR("nosniff"));
	http_request_add_header(request, "X-Frame-Options", STR("DENY"));
	http_request_add_header(request, "Referrer-Policy", STR("no-referrer"));
	http_request_add_header(request, "Cross-Origin-Resource-Policy", STR("same-origin"));
	http_request_add_header(request, "Cache-Control", STR("no-store"));
}

static void response(struct http_request *request, int status, const char *text)
{
	http_request_reply(request, status, "text/plain; charset=utf-8", str_of(text));
}

/* The page is sent with the next update of the run. */
static void wait_for_page(struct dashboard_server *d, struct http_request *request)
{
	for (unsigned i = 0; i < VIEWERS; i++) {
		if (d->waiting[i])
			continue;
		d->waiting[i] = request;
		pthread_mutex_lock(&d->lock);
		d->waiting_from[i] = d->pages;
		d->page_requested = true;
		pthread_mutex_unlock(&d->lock);
		return;
	}
	response(request, 503, "too many browsers\n");
}

static void begin_events(struct dashboard_server *d, struct http_request *request)
{
	for (unsigned i = 0; i < VIEWERS; i++) {
		if (d->viewers[i].request)
			continue;
		http_request_begin_reply(request, 200, "text/event-stream; charset=utf-8");
		http_request_reply_chunk(request, STR(": reprise\n\n"));
		d->viewers[i] = (struct viewer){.request = request};
		pthread_mutex_lock(&d->lock);
		d->has_viewers = true;
		pthread_mutex_unlock(&d->lock);
		return;
	}
	response(request, 503, "too many browsers\n");
}

static void stop_run(struct dashboard_server *d, struct http_request *request)
{
	struct buf there;

	pthread_mutex_lock(&d->lock);
	d->stop_requested = true;
	pthread_mutex_unlock(&d->lock);
	log_info("the dashboard stops the run: requests in flight may finish");
	buf_init(&there, 0);
	if (http_request_form_value(http_request_view(request)->body, STR("quiet"),
				    &there)) { /* the script sent it */
		buf_release(&there);
		http_request_reply(request, 204, NULL, STR(""));
		return;
	}
	buf_clear(&there);
	buf_printf(&there, "./?token=%.*s", STR_ARG(buf_str(&d->token)));
	http_request_add_header(request, "Location", buf_str(&there));
	buf_release(&there);
	response(request, 303, "stopping\n");
}

static void handle(void *owner, struct http_request *request)
{
	struct dashboard_server *d = owner;
	const struct http_request_view *seen = http_request_view(request);
	bool reads = seen->method == HTTP_REQUEST_GET || seen->method == HTTP_REQUEST_HEAD;

	add_headers(d, request);
	if (!host_check_allows(http_request_header(request, "Host"), d->hosts, d->host_count))
		response(request, 403, "ask this server by its address\n");
	else if (seen->method == HTTP_REQUEST_POST && str_eq(seen->path, STR("/stop")) &&
		 has_valid_token(d, seen->body))
		stop_run(d, request);
	else if (!reads || !has_valid_token(d, seen->query))
		response(request, 403,
			 "the URL with its token was printed at the start of the run\n");
	else if (str_eq(seen->path, STR("/")))
		wait_for_page(d, request);
	else if (str_eq(seen->path, STR("/events")) && seen->method == HTTP_REQUEST_GET)
		begin_events(d, request);
	else
		response(request, 404, "not found\n");
}

/* ---- work of the server's thread */

/* Replies without the lock: after a reply, the next request of the connection is handled, which
 * needs it. */
static void answer_waiting(struct dashboard_server *d)
{
	struct http_request *ready[VIEWERS];
	unsigned count = 0;
	struct buf page;

	buf_init(&page, 0);
	pthread_mutex_lock(&d->lock);
	for (unsigned i = 0; i < VIEWERS; i++) {
		if (!d->waiting[i] || d->waiting_from[i] >= d->pages)
			continue;
		ready[count++] = d->waiting[i];
		d->waiting[i] = NULL;
	}
	if (count)
		buf_add(&page, buf_str(&d->page));
	pthread_mutex_unlock(&d->lock);
	for (unsigned i = 0; i < count; i++)
		http_request_reply(ready[i], 200, "text/html; charset=utf-8", buf_str(&page));
	buf_release(&page);
}

/* True while a viewer has unsent data. */
static bool send_updates(struct dashboard_server *d)
{
	bool some = false, unsent = false;

	for (unsigned i = 0; i < VIEWERS; i++) {
		struct viewer *viewer = &d->viewers[i];

		if (viewer->request && http_request_is_gone(viewer->request)) {
			http_request_end_reply(viewer->request);
			viewer->request = NULL;
		}
		if (!viewer->request)
			continue;
		some = true;
		if (viewer->seen < d->updates &&
		    http_request_unsent(viewer->request) <= UNSENT_MAX) {
			viewer->seen = d->updates;
			http_request_reply_chunk(viewer->request, buf_str(&d->update));
		}
		unsent |= viewer->seen < d->updates || http_request_unsent(viewer->request) > 0;
	}
	d->has_viewers = some;
	return unsent;
}

static void stop(void *arg)
{
	struct dashboard_server *d = arg;

	server_stop(d->server);
}

/* The ends of the responses must still be sent. */
static void finish_responses(struct dashboard_server *d)
{
	for (unsigned i = 0; i < VIEWERS; i++) {
		if (d->viewers[i].request)
			http_request_end_reply(d->viewers[i].request);
		if (d->waiting[i])
			response(d->waiting[i], 503, "the run has ended\n");
		d->viewers[i].request = NULL;
		d->waiting[i] = NULL;
	}
	server_after(d->server, POLL_INTERVAL, stop, d);
}

static void on_timer(void *arg)
{
	struct dashboard_server *d = arg;
	ns_t now = server_now(d->server);
	bool unsent, closing;

	answer_waiting(d);
	pthread_mutex_lock(&d->lock);
	unsent = send_updates(d);
	closing = d->closing;
	pthread_mutex_unlock(&d->lock);
	if (closing && !d->closing_since)
		d->closing_since = now;
	if (closing && (!unsent || now - d->closing_since > FINAL_UPDATE_WAIT))
		finish_responses(d);
	else
		server_after(d->server, POLL_INTERVAL, on_timer, d);
}

static void *serve(void *arg)
{
	struct dashboard_server *d = arg;

	server_after(d->server, POLL_INTERVAL, on_timer, d);
	server_run(d->server, false);
	return NULL;
}

/* ---- open and close */

static void put_token(struct buf *out)
{
	unsigned char bytes[TOKEN_BYTES];

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		BUG("no random bytes: %s", strerror(errno));
	base64_encode_url(out, str_n((const char *)bytes, sizeof(bytes)));
}

/* Signals are handled by the main thread. */
static bool start(struct dashboard_server *d)
{
	sigset_t all, before;
	bool started;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	started = pthread_create(&d->thread, NULL, serve, d) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return started;
}

static void release(struct dashboard_server *d)
{
	server_free(d->server);
	pthread_mutex_destroy(&d->lock);
	buf_release(&d->url);
	buf_release(&d->token);
	buf_release(&d->policy);
	buf_release(&d->page);
	buf_release(&d->update);
	free(d);
}

/* The address to open on this machine. */
static void put_url(struct dashboard_server *d, const char *host)
{
	bool colons = strchr(host, ':') != NULL;

	host = address_to_reach(host);
	buf_printf(&d->url, "http://%s%s%s:%u/?token=%.*s", colons ? "[" : "", host,
		   colons ? "]" : "", server_port(d->server), STR_ARG(buf_str(&d->token)));
}

struct dashboard_server *dashboard_server_open(struct str where, struct str policy,
					       const char *const *hosts, size_t host_count,
					       uint64_t files, struct buf *error)
{
	struct dashboard_server *d = alloc_zeroed(1, sizeof(*d));
	struct server_config config = {.name = "dashboard",
				       .body_limit = 4096,
				       .connections_max = stream_listener_visitors_max(files)};
	struct address address;
	struct buf unused;
	bool good;

	buf_init(&unused, 0);
	good = address_parse(where, 0, &address, &unused);
	buf_release(&unused);
	if (!good) {
		buf_add(error, STR("--dashboard needs HOST:PORT or a port, not '"));
		escape_terminal(error, where);
		buf_add_char(error, '\'');
		free(d);
		return NULL;
	}
	config.host = address.host;
	config.port = address.port;
	d->open = !address_is_loopback(str_of(address.host));
	pthread_mutex_init(&d->lock, NULL);
	put_token(&d->token);
	buf_add(&d->policy, policy);
	d->hosts = hosts;
	d->host_count = host_count;
	d->server = server_new(&config, handle, d, error);
	if (d->server)
		put_url(d, address.host);
	if (!d->server || !start(d)) {
		if (d->server)
			buf_add(error,
				STR("the dashboard: the system cannot create another thread"));
		release(d);
		return NULL;
	}
	return d;
}

struct str dashboard_server_url(const struct dashboard_server *server)
{
	return buf_str(&server->url);
}

struct str dashboard_server_token(const struct dashboard_server *server)
{
	return buf_str(&server->token);
}

bool dashboard_server_is_public(const struct dashboard_server *server)
{
	return server->open;
}

/* The current value of FLAG, which is cleared. */
static bool read_flag(struct dashboard_server *d, const bool *flag)
{
	bool is;

	pthread_mutex_lock(&d->lock);
	is = *flag;
	pthread_mutex_unlock(&d->lock);
	return is;
}

bool dashboard_server_page_requested(struct dashboard_server *server)
{
	return read_flag(server, &server->page_requested);
}

bool dashboard_server_has_viewers(struct dashboard_server *server)
{
	return read_flag(server, &server->has_viewers);
}

bool dashboard_server_stop_requested(struct dashboard_server *server)
{
	return read_flag(server, &server->stop_requested);
}

static void swap(struct buf *a, struct buf *b)
{
	struct buf held = *a;

	*a = *b;
	*b = held;
	buf_clear(b);
}

void dashboard_server_publish(struct dashboard_server *server, struct buf *page, struct buf *update)
{
	pthread_mutex_lock(&server->lock);
	if (page->len) {
		swap(&server->page, page);
		server->pages++;
		server->page_requested = false;
	}
	if (update->len) {
		swap(&server->update, update);
		server->updates++;
	}
	pthread_mutex_unlock(&server->lock);
}

void dashboard_server_close(struct dashboard_server *server)
{
	pthread_mutex_lock(&server->lock);
	server->closing = true;
	pthread_mutex_unlock(&server->lock);
	pthread_join(server->thread, NULL);
	release(server);
}
