/*
 * A small HTTP/1.1 server with its own event loop, used by the shop, the dashboard and the metrics.
 * One thread runs a server; all functions here except server_stop belong to that thread.
 * net/http_request.h has the functions for its handler. Clients that are slow with a request, or
 * idle for long, are disconnected; see stream_listener.h for the maximum of connections.
 */
#ifndef NET_SERVER_H
#define NET_SERVER_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"
#include "net/http_request.h"

struct server;
struct stream_loop;

struct server_config {
	const char *name;	  /* in warnings: "dashboard" */
	const char *host;	  /* numeric address or name; NULL: 127.0.0.1 */
	unsigned port;		  /* 0: any free port */
	bool tls;		  /* HTTPS with a certificate created for localhost */
	size_t body_limit;	  /* of a request; a larger one gets a 413. 0: 1 MiB */
	unsigned connections_max; /* 0: as many as the limit of open files allows */
	struct stream_loop *loop; /* of another server, which is freed later; NULL: its own */
};

struct server_counts {
	uint64_t connections; /* accepted */
	uint64_t requests;
	uint64_t bytes_sent; /* of bodies */
};

/* Listens immediately. NULL with a sentence in ERROR if it cannot. */
struct server *server_new(const struct server_config *config,
			  void (*handle)(void *owner, struct http_request *request), void *owner,
			  struct buf *error);
void server_free(struct server *server);
unsigned server_port(const struct server *server);
/* The certificate that `tls` created, as PEM, so that a client can verify it; empty
 * otherwise. */
struct str server_certificate(const struct server *server);
/* Serves until server_stop or, with SIGNALS, SIGINT or SIGTERM. With SIGNALS, SIGPIPE is ignored;
 * without, it must be blocked on this thread. */
void server_run(struct server *server, bool signals);
/* From any thread, also before server_run, which then returns immediately. */
void server_stop(struct server *server);
const struct server_counts *server_counts(const struct server *server);
/* CLOCK_MONOTONIC as of this turn of the loop. */
ns_t server_now(struct server *server);
/* The loop of the server, for timers and watches of its owner. */
struct stream_loop *server_loop(struct server *server);
/* Calls FN once, after DELAY, or when the server is freed if that is earlier. */
void server_after(struct server *server, ns_t delay, void (*fn)(void *arg), void *arg);

#endif
