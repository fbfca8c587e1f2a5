/* What the files of the proxy share: a connection of a client and the server's behind it. */
#ifndef RECORD_PROXY_PRIVATE_H
#define RECORD_PROXY_PRIVATE_H

#include "base/arena.h"
#include "net/stream.h"
#include "record/http_body.h"
#include "record/websocket_frames.h"
#include "record/proxy.h"
#include "record/capture.h"

/* More than so much is not put into a stream whose other side is slow. */
#define UNSENT_MAX ((size_t)256 * 1024)

struct origin {
	char host[256]; /* without brackets */
	unsigned port;
	bool secure;
};

enum upstream_state { UP_NONE, UP_CONNECTING, UP_PROXY_CONNECT, UP_TLS_HANDSHAKE, UP_READY };

struct upstream {
	struct stream *stream;
	struct origin to;
	enum upstream_state state;
	bool tunnel;   /* the bytes of a client go through it as they are */
	bool via;      /* a proxy is between */
	unsigned uses; /* requests sent */
	ns_t idle_since;
	bool ended;
	enum stream_end end;
	char why[200];
	char server[64]; /* its numeric address, or empty */
	ns_t connecting, connected, secured;
};

enum client_phase {
	CLIENT_IDLE,	      /* between requests */
	CLIENT_DETECTING,     /* CONNECT was answered: is it TLS, HTTP or something else? */
	CLIENT_TLS_HANDSHAKE, /* TLS with the client */
	CLIENT_RELAYING,      /* a request is under way */
	CLIENT_TUNNELING,     /* bytes pass both ways */
	CLIENT_CLOSED,
};

struct connection {
	struct connection *next, **link;
	struct proxy *proxy;
	struct stream *client;
	enum client_phase phase;
	unsigned number;
	bool client_ended;
	bool connected;	  /* by CONNECT, to `to` */
	struct origin to; /* with `secure` once TLS has begun */
	char name[256];	  /* that the client asked for in its handshake, or the host */
	struct stream_timer *timeout;
	struct upstream up;

	/* The request under way. */
	struct take *capture;
	struct http_body sending, receiving;
	struct buf head; /* to be sent to the server */
	bool head_sent, response_begun, keep_alive, retried;
	struct websocket_frames frames[2]; /* of a WebSocket: sent, received */
};

/* What is known of a host's clients. */
struct known_host {
	struct str name;
	unsigned closed; /* handshakes ended by the client without a word */
	bool good;	 /* one has succeeded */
	bool passthrough;
};

struct proxy {
	struct stream_loop *loop;
	struct stream_listener *listener;
	struct stream_tls *leaves;
	struct stream_timer *free_closed;
	struct proxy_config config;
	const struct proxy_watch *callbacks;
	void *owner;
	unsigned port, connections_so_far;
	struct connection *connections, *closed_connections;
	struct arena arena;
	VEC(struct known_host) hosts;
};

/* proxy_connection.c */
/* What the client has sent, while it waits. */
void proxy_connection_resume(struct connection *c);
/* The end of it all; the client's stream is closed when it has what was written, or at once. */
void proxy_connection_close(struct connection *c, bool at_once);
/* A whole answer of our own, and the end. */
void proxy_connection_refuse(struct connection *c, int status, const char *reason, struct str why);

/* tls_passthrough.c */
struct known_host *proxy_known_host(struct proxy *p, const char *name);
bool proxy_host_is_passthrough(struct proxy *p, const char *name);
/* The client ended the handshake: WHY, by a TLS alert or just so. */
void proxy_host_handshake_failed(struct connection *c, const char *why);

/* proxy_upstream.c */
void proxy_upstream_open(struct connection *c, const struct origin *to, bool tunnel);
void proxy_upstream_close(struct connection *c);
/* Whether the connection that stands can take the request. */
bool proxy_upstream_can_serve(const struct connection *c, const struct origin *to, bool has_body);

/* proxy_relay.c */
void proxy_relay_begin(struct connection *c, const struct origin *to, struct str path);
/* What can be passed on just now. */
void proxy_relay_pump(struct connection *c);
void proxy_relay_client_ended(struct connection *c);
/* The transaction is handed over as far as it came; ERROR (or NULL) is why it is not whole. */
void proxy_relay_deliver(struct connection *c, const char *error);

/* proxy_tunnel.c */
void proxy_tunnel_begin(struct connection *c);
/* After a 101. */
void proxy_tunnel_begin_websocket(struct connection *c);
void proxy_tunnel_pump(struct connection *c);

/* builtin_pages.c: the answer to a request to the recorder itself. */
void proxy_builtin_page(struct connection *c, struct str target, struct buf *out);
/* HTTP/1.1 with its end. */
void proxy_put_response(struct buf *out, int status, const char *reason, const char *type,
			struct str body, bool keep_alive);

/* Formats for `told`. */
void proxy_report(struct proxy *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
