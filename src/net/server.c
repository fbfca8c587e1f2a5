#include "net/server.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "net/http_request_private.h"

#define BODY_MAX    ((size_t)1 << 20)
#define SWEEP_EVERY NS_PER_S

struct delayed_call {
	struct stream_timer *timer;
	struct delayed_call *next, **link;
	void (*fn)(void *arg);
	void *arg;
};

static void on_sweep(void *arg)
{
	struct server *server = arg;

	server_connection_sweep(server);
	stream_loop_timer_set(server->sweep, SWEEP_EVERY);
}

static void on_stop(void *arg)
{
	struct server *server = arg;

	stream_loop_stop(server->loop);
}

static bool set_up(struct server *server, const struct server_config *config, struct buf *error)
{
	const struct stream_listener_config listener = {
	    .name = config->name,
	    .host = config->host ? config->host : "127.0.0.1",
	    .port = config->port,
	    .connections_max = config->connections_max,
	    .accept = server_connection_open,
	    .make_room = server_connection_make_room,
	    .owner = server,
	};

	server->shares_loop = config->loop != NULL;
	server->loop = config->loop ? config->loop : stream_loop_new();
	server->stop_fd = server->loop ? eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) : -1;
	if (server->stop_fd < 0) {
		buf_add(error, STR("this process cannot open more files"));
		return false;
	}
	server->on_stop = stream_loop_watch_new(server->loop, server->stop_fd, on_stop, server);
	server->sweep = stream_loop_timer_new(server->loop, on_sweep, server);
	stream_loop_timer_set(server->sweep, SWEEP_EVERY);
	if (config->tls && !(server->tls = stream_tls_localhost(&server->certificate, error)))
		return false;
	server->listener = stream_listener_open(server->loop, &listener, error);
	return server->listener != NULL;
}

struct server *server_new(const struct server_config *config,
			  void (*handle)(void *owner, struct http_request *request), void *owner,
			  struct buf *error)
{
	struct server *server = alloc_zeroed(1, sizeof *server);

	server->handle = handle;
	server->owner = owner;
	server->stop_fd = -1;
	server->body_limit = config->body_limit ? config->body_limit : BODY_MAX;
	buf_init(&server->gzipped, 0);
	buf_init(&server->out, 0);
	websocket_shared_init(&server->sockets);
	buf_init(&server->certificate, 0);
	if (set_up(server, config, error))
		return server;
	server_free(server);
	return NULL;
}

static void call_delayed(void *arg)
{
	struct delayed_call *delayed = arg;
	void (*fn)(void *arg) = delayed->fn;
	void *fn_arg = delayed->arg;

	*delayed->link = delayed->next;
	if (delayed->next)
		delayed->next->link = delayed->link;
	stream_loop_timer_free(delayed->timer);
	free(delayed);
	fn(fn_arg);
}

void server_free(struct server *server)
{
	struct http_request *request;

	if (!server)
		return;
	while (server->delayed)
		call_delayed(server->delayed);
	while (server->connections)
		server_connection_drop(server->connections);
	while ((request = server->free_requests)) {
		server->free_requests = request->next;
		http_request_free(request);
	}
	stream_listener_close(server->listener);
	stream_loop_timer_free(server->sweep);
	stream_loop_watch_free(server->on_int);
	stream_loop_watch_free(server->on_term);
	stream_loop_watch_free(server->on_stop);
	if (server->stop_fd >= 0)
		close(server->stop_fd);
	if (!server->shares_loop)
		stream_loop_free(server->loop);
	stream_tls_free(server->tls);
	websocket_shared_release(&server->sockets);
	if (server->gzip_ready)
		deflateEnd(&server->gzip);
	buf_release(&server->gzipped);
	buf_release(&server->out);
	buf_release(&server->certificate);
	free(server);
}

unsigned server_port(const struct server *server)
{
	return stream_listener_port(server->listener);
}

struct str server_certificate(const struct server *server)
{
	return buf_str(&server->certificate);
}

const struct server_counts *server_counts(const struct server *server)
{
	return &server->counts;
}

static void on_signal(void *arg)
{
	server_stop(arg);
}

void server_run(struct server *server, bool signals)
{
	if (signals) {
		/* A client that disconnects during a response must not end the program. */
		signal(SIGPIPE, SIG_IGN);
		server->on_int = stream_loop_watch_signal(server->loop, SIGINT, on_signal, server);
		server->on_term =
		    stream_loop_watch_signal(server->loop, SIGTERM, on_signal, server);
	}
	stream_loop_run(server->loop);
}

void server_stop(struct server *server)
{
	uint64_t one = 1;

	while (write(server->stop_fd, &one, sizeof one) < 0 && errno == EINTR)
		continue;
}

struct stream_loop *server_loop(struct server *server)
{
	return server->loop;
}

ns_t server_now(struct server *server)
{
	(void)server;
	return clock_monotonic_ns();
}

void server_after(struct server *server, ns_t delay, void (*fn)(void *arg), void *arg)
{
	struct delayed_call *delayed = malloc(sizeof *delayed);

	if (!delayed)
		die_out_of_memory();
	*delayed = (struct delayed_call){.fn = fn, .arg = arg, .link = &server->delayed};
	delayed->next = server->delayed;
	if (delayed->next)
		delayed->next->link = &delayed->next;
	server->delayed = delayed;
	delayed->timer = stream_loop_timer_new(server->loop, call_delayed, delayed);
	stream_loop_timer_set(delayed->timer, delay);
}
