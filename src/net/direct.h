/*
 * The direct transport: HTTP/1.1 and HTTP/2 on sockets, by libevent, OpenSSL and nghttp2, for the
 * requests that do not need libcurl. It is a part of the HTTP client (client_private.h), which
 * gives it exchanges whose URL, header lines and addresses are known, and gets them back with
 * client_complete.
 *
 * A connection belongs to a user. Its socket stays registered while it is idle, so that the loop
 * reports immediately that the server has closed it. Received bytes are views of the read buffer of
 * the client; only a header that arrives in pieces is copied. Nothing is allocated for a request
 * after the pools have grown.
 */
#ifndef NET_DIRECT_H
#define NET_DIRECT_H

#include <event2/event_struct.h>
#include <netinet/in.h>
#include <sys/un.h>

#include "base/arena.h"
#include "base/buf.h"
#include "net/http.h"
#include "net/http_body.h"

struct client;
struct client_exchange;
struct client_name;
struct direct_connection;
struct direct_h2;
struct direct_tls_context;
struct direct_h2_fields;
struct direct_h2_request;
struct iovec;

/* An address of a host. */
struct direct_address {
	union {
		struct sockaddr any;
		struct sockaddr_in four;
		struct sockaddr_in6 six;
		struct sockaddr_un local;
	} to;
	socklen_t len;
};

/* A server that a connection leads to. Lives as long as the client. */
struct direct_origin {
	struct direct_origin *next; /* in its bucket */
	char *host;		    /* ASCII, without brackets */
	unsigned port;
	bool tls;
	const char *authority;	       /* the value of Host */
	bool has_address;	       /* the host is an address, or there is a Unix socket */
	struct direct_address address; /* if it has one; otherwise those of the name are used */
};

/* Who is connected to which server. Only requests of the same peer share a connection. */
struct direct_peer {
	struct http_user *user;
	const struct direct_origin *origin;
	unsigned profile;  /* TLS profile; 0 without TLS */
	uint64_t identity; /* number of the client certificate; 0: none */
};

/* The part of an exchange that belongs to the direct transport. */
struct direct_exchange {
	const struct direct_origin *origin;
	const struct direct_origin *proxy;    /* it connects to the origin; NULL: none */
	struct direct_connection *connection; /* NULL: none, or not yet */
	struct direct_connection *racer;      /* a second attempt to connect */
	unsigned next_address;
	int error;	  /* errno of the last attempt to connect */
	bool bind_failed; /* it was the source address that could not be used */
	struct buf head;  /* of the request, unless it is constant */
	struct str lines; /* the head that is sent */
	size_t length;	  /* of the whole request; HTTP/2: of its body */
	size_t sent;
	struct buf partial; /* a response head that arrived in pieces */
	struct http_body body;
	bool in_body;
	bool http2; /* this send */
	/* HTTP/2 only. */
	bool stream_open;    /* neither side has ended it before its end */
	bool response_ended; /* all of the response has been received */
	int32_t stream;
	struct client_exchange *next_stream, *prev_stream; /* of the same connection */
	size_t body_sent;
	size_t header_bytes;
	unsigned header_fields; /* of the current header */
	unsigned progress;	/* of the connection, when the request was sent */
	char length_text[24];
	uint64_t received; /* of this send: heads and content, without the framing of chunks */
	ns_t connect_from, connected, ready, first;
	ns_t connect_until, race_at, deadline; /* NS_NEVER: none */
	size_t timer; /* place in the queue of deadlines, from 1; 0: none */
};

/* Servers that a client contacts directly. Records are kept, so their number is limited. */
#define DIRECT_ORIGINS_MAX    4096u
#define DIRECT_ORIGIN_BUCKETS 256u

/* The direct part of a client. */
struct direct {
	struct direct_origin *origins[DIRECT_ORIGIN_BUCKETS];
	unsigned origin_count;
	struct direct_connection *connections; /* all records */
	struct direct_connection *spare;
	struct client_exchange **timers; /* a heap by deadline, from index 1 */
	size_t timer_count, timer_cap;
	struct event timer;
	ns_t timer_due; /* NS_NEVER: not armed */
	char *input;
	char *output; /* frames of HTTP/2 that are written together */
	struct direct_connection *resting;
	struct direct_h2 *h2_dirty, *h2_spare;
	struct nghttp2_session_callbacks *h2_callbacks;
	struct nghttp2_option *h2_option;
	struct direct_h2_request *h2_request; /* the fields of a request, while it is started */
	struct direct_tls_context *contexts;  /* by TLS profile; NULL: not needed yet */
	size_t context_count;
};

/* direct_route.c */
/* TEXT is an IPv4 address, or an IPv6 address with or without brackets. False if it is neither. */
bool direct_address_parse(struct str text, unsigned port, struct direct_address *out);
/* The origin of the CURLU in PARSED; NULL if only libcurl can contact it. */
const struct direct_origin *direct_origin_of(struct client *c, void *parsed);
/* NULL if X can be sent directly; otherwise what it needs libcurl for. */
const char *direct_obstacle(const struct client_exchange *x);

/* direct.c */
/* Sends the request of X on its connection, which is ready. */
void direct_begin_request(struct client_exchange *x);
/* Writes more of the request of X. */
void direct_continue_request(struct client_exchange *x);
/* The last send of X was lost: RESET: the connection was reset, not closed. */
void direct_lost(struct client_exchange *x, bool reset);
/* X is complete; its connection is used again if possible, unless EXCESS bytes followed. */
void direct_complete(struct client_exchange *x, bool excess);
/* X failed; its result and its text have been set. */
void direct_fail(struct client_exchange *x);

/* direct_request.c */
/* Prepares the constant head of PLAN, whose origin is known. */
void direct_plan(struct client *c, struct http_plan *plan);
/* Prepares the bytes of the request of X. */
void direct_request_prepare(struct client_exchange *x);
/* The method of the request of X. */
const char *direct_request_method(const struct client_exchange *x);
/* True if it has a body, which may be empty. */
bool direct_request_has_body(const struct client_exchange *x);
size_t direct_request_body_length(const struct client_exchange *x);
/* Copies the body of X from byte FROM on: number of bytes, at most SIZE. */
size_t direct_request_body(const struct client_exchange *x, size_t from, char *out, size_t size);
enum direct_written { DIRECT_ALL, DIRECT_BLOCKED, DIRECT_BROKEN };
/* Writes as much as the connection accepts. */
enum direct_written direct_request_write(struct client_exchange *x);

/* direct_tunnel.c */
/* Whether a WebSocket can use PROXY. */
bool direct_tunnel_is_possible(const char *proxy);
/* The proxy of X as a server; NULL: it is not valid, or there are too many servers. */
const struct direct_origin *direct_tunnel_proxy(struct client_exchange *x);

/* direct_response.c */
/* Reads BYTES, a part of the response of X. */
void direct_response_read(struct client_exchange *x, struct str bytes);
/* The server has closed the connection, without an error. */
void direct_response_end(struct client_exchange *x);
/* The final header of X, in x->head, is complete. False if X failed. */
bool direct_response_start_body(struct client_exchange *x);
/* Takes a PIECE of the body. False if X failed. */
bool direct_response_content(struct client_exchange *x, struct str piece);

/* direct_timer.c */
/* Sets the deadline of X; NS_NEVER: none. */
void direct_timer_set(struct client_exchange *x, ns_t deadline);
void direct_timers_init(struct client *c);
void direct_timers_free(struct client *c);

/* direct_h2.c: HTTP/2 */
void direct_h2_init(struct client *c);
void direct_h2_free(struct client *c);
/* K, which is ready, starts to use HTTP/2. */
void direct_h2_open(struct direct_connection *k);
/* A connection of the user of X that its request can share; NULL: none. */
struct direct_connection *direct_h2_find(const struct client_exchange *x);
/* Sends the request of X on its connection. */
void direct_h2_start(struct client_exchange *x);
/* Ends the stream of X, or forgets it if it has ended. */
void direct_h2_end(struct client_exchange *x);
/* Sends the frames that wait. */
void direct_h2_flush(struct client *c);
void direct_h2_close_all(struct http_user *user);
/* direct_h2_request.c */
/* Prepares the constant fields of PLAN. */
void direct_h2_plan(struct client *c, struct http_plan *plan);

/* direct_tls.c */
/* TLS on a connection; all zero: none. */
struct direct_tls {
	struct ssl_st *ssl;
	bool ready; /* the handshake is done, and nothing is broken */
	bool named; /* the certificate is known to be for the host */
};
/* Whether X may use HTTP/2, and whether nothing else. */
bool direct_may_use_http2(const struct client_exchange *x);
bool direct_needs_http2(const struct client_exchange *x);
void direct_tls_open(struct client_exchange *x, struct direct_tls *tls, int fd, void *connection);
enum direct_shaken { DIRECT_SHAKEN, DIRECT_SHAKE_READ, DIRECT_SHAKE_WRITE, DIRECT_SHAKE_FAILED };
/* Continues the handshake. If it failed, the cause is set. */
enum direct_shaken direct_tls_shake(struct client_exchange *x, struct direct_tls *tls);
enum direct_read {
	DIRECT_READ_BYTES,
	DIRECT_READ_NOTHING,
	DIRECT_READ_AGAIN,  /* a message of TLS; more may have been received */
	DIRECT_READ_END,    /* the peer ended the connection properly */
	DIRECT_READ_BROKEN, /* it ended in another way */
	DIRECT_READ_RESET,
	DIRECT_READ_REFUSED, /* the server refused the client after the handshake */
};
/* X may be NULL, for an idle connection. */
enum direct_read direct_tls_read(struct client_exchange *x, struct direct_tls *tls, char *out,
				 size_t size, size_t *len);
/* Releases the buffers, which take 17 KB, until they are needed again. */
void direct_tls_rest(struct direct_tls *tls);
/* True if bytes have been received that were not read. */
bool direct_tls_has_pending(const struct direct_tls *tls);
/* As direct_connection_write. SCRATCH has room for a record. */
ssize_t direct_tls_write(struct direct_tls *tls, char *scratch, const struct iovec *parts,
			 int count);
/* True if the server has chosen HTTP/2. */
bool direct_tls_is_http2(const struct direct_tls *tls);
/* Notes the certificate of the server for X. */
void direct_tls_certificate(struct client_exchange *x, const struct direct_tls *tls);
/* TLS belongs to no connection of this transport any more. */
void direct_tls_detach(struct direct_tls *tls);
void direct_tls_close(struct direct_tls *tls);

/* direct_tls_context.c */
/* Continues the last session of the user of X with its server, if there is one. */
void direct_sessions_resume(const struct client_exchange *x, struct direct_tls *tls);
void direct_sessions_free(struct http_user *user);
const struct http_tls_profile *direct_tls_profile(const struct client *c, unsigned number);
struct ssl_ctx_st *direct_tls_context(struct client *c, unsigned profile);
void direct_tls_free(struct direct *d);

/* direct_connection.c */
/* The peer of the connection of TLS; user NULL: it is closed. */
struct direct_peer direct_connection_peer(void *connection);
/* Where the connection for X leads to. */
struct direct_peer direct_peer_of(const struct client_exchange *x);
bool direct_peer_is_same(const struct direct_peer *a, const struct direct_peer *b);
/* Notes the certificate of the server for X, whose connection is ready. */
void direct_connection_certificate(struct client_exchange *x);
/* True if the connection of X uses HTTP/2. */
bool direct_connection_is_http2(const struct client_exchange *x);
/* Opens a connection for X to its next address. False, with x->direct.error, if there is none. */
bool direct_connect(struct client_exchange *x);
/* An idle connection of the user of X to its origin; NULL: none. */
struct direct_connection *direct_idle_take(struct client_exchange *x);
/* Keeps the connection of X, which is complete, for later requests. */
void direct_idle_keep(struct client_exchange *x);
/* Ends X, which got no connection. */
void direct_connect_failed(struct client_exchange *x);
/* Takes the socket of X out of the transport, with its TLS. */
int direct_connection_detach(struct client_exchange *x, struct direct_tls *tls);
/* Closes the connections of X. */
void direct_close(struct client_exchange *x);
/* Closes the idle connections of USER. */
void direct_idle_close(struct http_user *user);
/* Waits until the connection of X can be written to, too. */
void direct_want_write(struct client_exchange *x, bool want);
/* Writes as sendmsg: the number of bytes, or -1 with errno. */
ssize_t direct_connection_write(struct client_exchange *x, const struct iovec *parts, int count);
/* For the time limits: the first attempt to connect takes long, so another address is tried as
 * well. */
void direct_race(struct client_exchange *x);
/* At the end of a turn: connections that have become idle release the buffers of TLS. */
void direct_connections_rest(struct client *c);
void direct_connections_init(struct client *c);
void direct_connections_free(struct client *c);

#endif
