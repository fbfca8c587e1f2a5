/*
 * A small HTTP/1.1 server on an event loop of its own: the shop, the dashboard and the metrics
 * stand on it. One thread runs a server; everything here but server_stop belongs to that thread. A
 * visit is one request being answered: it lives from the handler's call until it is replied to,
 * which may be later (server_after) and must happen exactly once. When the client has gone
 * meanwhile, the reply goes nowhere, without harm.
 */
#ifndef NET_SERVER_H
#define NET_SERVER_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"

struct server;
struct visit;

struct server_config {
	const char *host;		/* numeric address or name; NULL: 127.0.0.1 */
	unsigned port;			/* 0: any free one */
	const char *tls_cert, *tls_key; /* PEM files; NULL: plain HTTP */
	bool tls;			/* without files: a certificate made now for localhost */
	size_t body_limit;		/* of a request; larger ones are answered 413. 0: 1 MiB */
};

enum visit_method {
	VISIT_GET,
	VISIT_HEAD,
	VISIT_POST,
	VISIT_PUT,
	VISIT_PATCH,
	VISIT_DELETE,
	VISIT_OPTIONS
};

/* What was asked; views are good until the reply. */
struct request_seen {
	enum visit_method method;
	struct str path;  /* as sent, still encoded */
	struct str query; /* without ?, ptr NULL when there is none */
	struct str body;
};

struct server_counts {
	uint64_t connections; /* accepted */
	uint64_t requests;
	uint64_t bytes_sent; /* of bodies */
};

/* Listens at once. NULL and a sentence in ERROR when it cannot. */
struct server *server_new(const struct server_config *config,
			  void (*handle)(void *owner, struct visit *visit), void *owner,
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

const struct request_seen *visit_request(const struct visit *visit);
/* A request header's value; ptr NULL when it was not sent. */
struct str visit_header(const struct visit *visit, const char *name);
/* A cookie of the request; ptr NULL when it was not sent. */
struct str visit_cookie(const struct visit *visit, struct str name);
/* A field of the query or of a form body, decoded into OUT; false when there is none. */
bool form_value(struct str encoded, struct str name, struct buf *out);

void visit_add_header(struct visit *visit, const char *name, struct str value);
/* The whole answer; BODY is copied, and sent gzip-encoded when it pays and the client takes it. */
void visit_reply(struct visit *visit, int status, const char *content_type, struct str body);
/* An answer in pieces (chunked): begin, any number of pieces, end. */
void visit_begin(struct visit *visit, int status, const char *content_type);
void visit_piece(struct visit *visit, struct str piece);
void visit_end(struct visit *visit);
/* Of an answer in pieces: the client has left; what remains is visit_end. */
bool visit_is_gone(const struct visit *visit);
/* Bytes of its pieces that the client has not taken yet. */
size_t visit_unsent(const struct visit *visit);

#endif
