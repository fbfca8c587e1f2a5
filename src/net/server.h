/*
 * A small HTTP/1.1 server on an event loop of its own: the shop, the dashboard and the metrics
 * stand on it. One thread runs a server;
 * everything here but server_stop belongs to that thread. What its handler gets is in
 * net/http_request.h.
 */
#ifndef NET_SERVER_H
#define NET_SERVER_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"
#include "net/http_request.h"

struct server;

struct server_config {
	const char *host;		/* numeric address or name; NULL: 127.0.0.1 */
	unsigned port;			/* 0: any free one */
	const char *tls_cert, *tls_key; /* PEM files; NULL: plain HTTP */
	bool tls;			/* without files: a certificate made now for localhost */
	size_t body_limit;		/* of a request; larger ones are answered 413. 0: 1 MiB */
};

struct server_counts {
	uint64_t connections; /* accepted */
	uint64_t requests;
	uint64_t bytes_sent; /* of bodies */
};

/* Listens at once. NULL and a sentence in ERROR when it cannot. */
struct server *server_new(const struct server_config *config,
			  void (*handle)(void *owner, struct http_request *request), void *owner,
			  struct buf *error);
void server_free(struct server *server);
unsigned server_port(const struct server *server);
/* The certificate made by `tls` without files, PEM, so that a client can verify it; empty
 * otherwise. */
struct str server_certificate(const struct server *server);
/* Serves until server_stop, or SIGINT or SIGTERM when SIGNALS; SIGPIPE is ignored from then on, and
 * otherwise to be blocked on this thread. */
void server_run(struct server *server, bool signals);
/* From any thread, also before server_run, which then returns at once. */
void server_stop(struct server *server);
const struct server_counts *server_counts(const struct server *server);
/* CLOCK_MONOTONIC as of this turn of the loop. */
ns_t server_now(struct server *server);
/* Calls FN once, DELAY from now; or when the server is freed, if that is sooner. */
void server_after(struct server *server, ns_t delay, void (*fn)(void *arg), void *arg);

#endif
