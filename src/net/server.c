#include "net/server.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/http_struct.h>
#include <event2/keyvalq_struct.h>
#include <event2/util.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <zlib.h>

#include "base/log.h"
#include "net/certificate.h"
#include "net/listen.h"
#include "net/loop_event.h"

#define IDLE_SECONDS	  120
#define GZIP_FROM	  1024
#define HEADERS_BYTES_MAX 65536

struct server {
	struct event_base *base;
	struct evhttp *http;
	struct event *on_int, *on_term;
	struct event *on_stop;
	int stop_fd; /* readable: the server must stop */
	SSL_CTX *tls;
	struct buf certificate;
	void (*handle)(void *owner, struct http_request *request);
	void *owner;
	unsigned port;
	struct server_counts counts;
	z_stream gzip;
	bool gzip_ready;
	struct buf gzipped;
	struct delayed_call *delayed; /* calls of server_after that are still pending */
};

struct http_request {
	struct server *server;
	struct evhttp_request *event_request;
	struct http_request_view view;
};

struct delayed_call {
	struct event *timer;
	struct delayed_call *next, **link;
	void (*fn)(void *arg);
	void *arg;
};

static struct bufferevent *accept_connection(struct event_base *base, void *arg)
{
	struct server *server = arg;

	server->counts.connections++;
	if (!server->tls)
		return bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
	return bufferevent_openssl_socket_new(base, -1, SSL_new(server->tls),
					      BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
}

static bool set_up_tls(struct server *server, const struct server_config *config, struct buf *error)
{
	bool good;

	if (!config->tls && !config->tls_cert)
		return true;
	server->tls = SSL_CTX_new(TLS_server_method());
	if (!server->tls)
		die_out_of_memory();
	if (config->tls_cert)
		good = SSL_CTX_use_certificate_chain_file(server->tls, config->tls_cert) == 1 &&
		       SSL_CTX_use_PrivateKey_file(
			   server->tls, config->tls_key ? config->tls_key : config->tls_cert,
			   SSL_FILETYPE_PEM) == 1;
	else
		good = certificate_for_localhost(server->tls, &server->certificate);
	if (!good)
		buf_printf(error, "the TLS certificate cannot be used: %s",
			   ERR_reason_error_string(ERR_peek_last_error()));
	return good;
}

static void handle_request(struct evhttp_request *event_request, void *arg);

static bool set_up_http(struct server *server, const struct server_config *config,
			struct buf *error)
{
	const char *host = config->host ? config->host : "127.0.0.1";
	int fd = listen_on(host, config->port, error);

	if (fd < 0)
		return false;
	server->port = listen_port(fd);
	server->http = evhttp_new(server->base);
	if (!server->http)
		die_out_of_memory();
	evhttp_set_bevcb(server->http, accept_connection, server);
	evhttp_set_gencb(server->http, handle_request, server);
	evhttp_set_timeout(server->http, IDLE_SECONDS);
	evhttp_set_max_headers_size(server->http, HEADERS_BYTES_MAX);
	evhttp_set_max_body_size(server->http,
				 (ssize_t)(config->body_limit ? config->body_limit : 1 << 20));
	evhttp_set_allowed_methods(
	    server->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST | EVHTTP_REQ_PUT |
			      EVHTTP_REQ_PATCH | EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS);
	if (evhttp_accept_socket(server->http, fd)) {
		close(fd);
		listen_refused(error, "the event loop refused the socket", host, config->port);
		return false;
	}
	return true;
}

static void on_stop(evutil_socket_t fd, short what, void *arg)
{
	struct server *server = arg;

	(void)fd;
	(void)what;
	event_base_loopbreak(server->base);
}

struct server *server_new(const struct server_config *config,
			  void (*handle)(void *owner, struct http_request *request), void *owner,
			  struct buf *error)
{
	struct server *server;
	struct event_config *how;

	if (!loop_event_files_left()) {
		buf_add(error, STR("this process cannot open more files"));
		return NULL;
	}
	server = calloc(1, sizeof *server);
	how = event_config_new();
	if (!server || !how)
		die_out_of_memory();
	event_config_set_flag(how, EVENT_BASE_FLAG_PRECISE_TIMER);
	server->base = event_base_new_with_config(how);
	event_config_free(how);
	if (!server->base)
		die_out_of_memory();
	server->handle = handle;
	server->owner = owner;
	server->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (server->stop_fd < 0) {
		buf_add(error, STR("this process cannot open more files"));
		server_free(server);
		return NULL;
	}
	server->on_stop = event_new(server->base, server->stop_fd, EV_READ, on_stop, server);
	if (!server->on_stop || event_add(server->on_stop, NULL))
		die_out_of_memory();
	buf_init(&server->gzipped, 0);
	buf_init(&server->certificate, 0);
	if (!set_up_tls(server, config, error) || !set_up_http(server, config, error)) {
		server_free(server);
		return NULL;
	}
	return server;
}

static void call_delayed(struct delayed_call *delayed)
{
	void (*fn)(void *arg) = delayed->fn;
	void *arg = delayed->arg;

	*delayed->link = delayed->next;
	if (delayed->next)
		delayed->next->link = delayed->link;
	event_free(delayed->timer);
	free(delayed);
	fn(arg);
}

void server_free(struct server *server)
{
	if (!server)
		return;
	while (server->delayed)
		call_delayed(server->delayed);
	if (server->http)
		evhttp_free(server->http);
	if (server->on_int)
		event_free(server->on_int);
	if (server->on_term)
		event_free(server->on_term);
	if (server->on_stop)
		event_free(server->on_stop);
	if (server->stop_fd >= 0)
		close(server->stop_fd);
	event_base_free(server->base);
	SSL_CTX_free(server->tls);
	if (server->gzip_ready)
		deflateEnd(&server->gzip);
	buf_release(&server->gzipped);
	buf_release(&server->certificate);
	free(server);
}

unsigned server_port(const struct server *server)
{
	return server->port;
}

struct str server_certificate(const struct server *server)
{
	return buf_str(&server->certificate);
}

const struct server_counts *server_counts(const struct server *server)
{
	return &server->counts;
}

static void on_signal(evutil_socket_t number, short what, void *arg)
{
	(void)number;
	(void)what;
	server_stop(arg);
}

void server_run(struct server *server, bool signals)
{
	if (signals) {
		/* A client that disconnects during a response must not end the program. */
		signal(SIGPIPE, SIG_IGN);
		server->on_int = evsignal_new(server->base, SIGINT, on_signal, server);
		server->on_term = evsignal_new(server->base, SIGTERM, on_signal, server);
		event_add(server->on_int, NULL);
		event_add(server->on_term, NULL);
	}
	event_base_dispatch(server->base);
}

void server_stop(struct server *server)
{
	uint64_t one = 1;

	while (write(server->stop_fd, &one, sizeof one) < 0 && errno == EINTR)
		continue;
}

ns_t server_now(struct server *server)
{
	(void)server;
	return clock_monotonic_ns();
}

static void on_delay(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	call_delayed(arg);
}

void server_after(struct server *server, ns_t delay, void (*fn)(void *arg), void *arg)
{
	struct timeval wait = {delay / NS_PER_S, (delay % NS_PER_S) / NS_PER_US};
	struct delayed_call *delayed = malloc(sizeof *delayed);

	if (!delayed)
		die_out_of_memory();
	*delayed = (struct delayed_call){.fn = fn, .arg = arg, .link = &server->delayed};
	delayed->next = server->delayed;
	if (delayed->next)
		delayed->next->link = &delayed->next;
	server->delayed = delayed;
	delayed->timer = evtimer_new(server->base, on_delay, delayed);
	if (!delayed->timer || evtimer_add(delayed->timer, &wait))
		die_out_of_memory();
}

/* ---- the request */

static enum http_request_method method_of(enum evhttp_cmd_type type)
{
	static const struct {
		enum evhttp_cmd_type type;
		enum http_request_method method;
	} known[] = {
	    {EVHTTP_REQ_HEAD, HTTP_REQUEST_HEAD},     {EVHTTP_REQ_POST, HTTP_REQUEST_POST},
	    {EVHTTP_REQ_PUT, HTTP_REQUEST_PUT},	      {EVHTTP_REQ_PATCH, HTTP_REQUEST_PATCH},
	    {EVHTTP_REQ_DELETE, HTTP_REQUEST_DELETE}, {EVHTTP_REQ_OPTIONS, HTTP_REQUEST_OPTIONS},
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].type == type)
			return known[i].method;
	return HTTP_REQUEST_GET;
}

static void handle_request(struct evhttp_request *event_request, void *arg)
{
	struct server *server = arg;
	struct http_request *request = calloc(1, sizeof *request);
	struct evbuffer *body = evhttp_request_get_input_buffer(event_request);
	size_t bytes = evbuffer_get_length(body);
	struct str uri = str_of(evhttp_request_get_uri(event_request));
	size_t mark = str_find_char(uri, '?', 0);

	if (!request)
		die_out_of_memory();
	server->counts.requests++;
	request->server = server;
	request->event_request = event_request;
	request->view.method = method_of(evhttp_request_get_command(event_request));
	request->view.path = str_slice(uri, 0, mark);
	if (mark != NOT_FOUND)
		request->view.query = str_slice(uri, mark + 1, uri.len);
	if (bytes)
		request->view.body = str_n((const char *)evbuffer_pullup(body, -1), bytes);
	server->handle(server->owner, request);
}

const struct http_request_view *http_request_view(const struct http_request *request)
{
	return &request->view;
}

struct str http_request_header(const struct http_request *request, const char *name)
{
	return str_of(
	    evhttp_find_header(evhttp_request_get_input_headers(request->event_request), name));
}

struct str http_request_cookie(const struct http_request *request, struct str name)
{
	struct str line = http_request_header(request, "Cookie");
	size_t at = 0;

	while (at < line.len) {
		size_t end = str_find_char(line, ';', at);
		struct str pair = str_trim(str_slice(line, at, end));
		size_t equals = str_find_char(pair, '=', 0);
		if (equals != NOT_FOUND && str_eq(str_slice(pair, 0, equals), name))
			return str_slice(pair, equals + 1, pair.len);
		at = end == NOT_FOUND ? line.len : end + 1;
	}
	return STR_NULL;
}

/* ---- the reply */

void http_request_add_header(struct http_request *request, const char *name, struct str value)
{
	char text[1024];

	snprintf(text, sizeof text, "%.*s", STR_ARG(value));
	evhttp_add_header(evhttp_request_get_output_headers(request->event_request), name, text);
}

/* BODY compressed with gzip, level 1, in the server's buffer; empty if zlib fails. */
static struct str gzip_body(struct server *server, struct str body)
{
	z_stream *z = &server->gzip;

	if (!server->gzip_ready)
		server->gzip_ready =
		    deflateInit2(z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK;
	else
		deflateReset(z);
	buf_clear(&server->gzipped);
	if (!server->gzip_ready || !buf_reserve(&server->gzipped, deflateBound(z, body.len) + 1))
		return STR_NULL;
	z->next_in = (Bytef *)(uintptr_t)body.ptr;
	z->avail_in = (uInt)body.len;
	z->next_out = (Bytef *)server->gzipped.data;
	z->avail_out = (uInt)server->gzipped.cap;
	if (deflate(z, Z_FINISH) != Z_STREAM_END)
		return STR_NULL;
	return str_n(server->gzipped.data, z->total_out);
}

static bool takes_gzip(const struct http_request *request)
{
	struct str accept = http_request_header(request, "Accept-Encoding");
	return str_find(accept, STR("gzip"), 0) != NOT_FOUND;
}

void http_request_reply(struct http_request *request, int status, const char *content_type,
			struct str body)
{
	struct evbuffer *out = evhttp_request_get_output_buffer(request->event_request);

	if (content_type)
		http_request_add_header(request, "Content-Type", str_of(content_type));
	if (body.len >= GZIP_FROM && takes_gzip(request)) {
		struct str small = gzip_body(request->server, body);
		if (small.len) {
			body = small;
			http_request_add_header(request, "Content-Encoding", STR("gzip"));
		}
		http_request_add_header(request, "Vary", STR("Accept-Encoding"));
	}
	if (request->view.method == HTTP_REQUEST_HEAD) {
		char length[24];
		snprintf(length, sizeof length, "%zu", body.len);
		http_request_add_header(request, "Content-Length", str_of(length));
	}
	evbuffer_add(out, body.ptr, body.len);
	request->server->counts.bytes_sent += body.len;
	evhttp_send_reply(request->event_request, status, NULL, NULL);
	free(request);
}

void http_request_begin_reply(struct http_request *request, int status, const char *content_type)
{
	http_request_add_header(request, "Content-Type", str_of(content_type));
	evhttp_send_reply_start(request->event_request, status, NULL);
}

void http_request_reply_chunk(struct http_request *request, struct str piece)
{
	struct evbuffer *out = evbuffer_new();

	if (!out)
		die_out_of_memory();
	evbuffer_add(out, piece.ptr, piece.len);
	request->server->counts.bytes_sent += piece.len;
	evhttp_send_reply_chunk(request->event_request, out);
	evbuffer_free(out);
}

bool http_request_is_gone(const struct http_request *request)
{
	return evhttp_request_get_connection(request->event_request) == NULL;
}

size_t http_request_unsent(const struct http_request *request)
{
	struct evhttp_connection *connection =
	    evhttp_request_get_connection(request->event_request);

	if (!connection)
		return 0;
	return evbuffer_get_length(
	    bufferevent_get_output(evhttp_connection_get_bufferevent(connection)));
}

void http_request_end_reply(struct http_request *request)
{
	evhttp_send_reply_end(request->event_request);
	free(request);
}
