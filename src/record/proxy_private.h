/* Shared by the files of the proxy: a connection of a client and the connection to its server. */
#ifndef RECORD_PROXY_PRIVATE_H
#define RECORD_PROXY_PRIVATE_H

#include "base/arena.h"
#include "net/stream.h"
#include "net/stream_listener.h"
#include "net/http_body.h"
#include "record/websocket_frames.h"
#include "record/proxy.h"
#include "record/capture.h"

/* Maximum number of bytes in a stream whose other side is slow. */
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
	bool tunnel;   /* the bytes of a client pass through it unchanged */
	bool via;      /* through another proxy */
	unsigned uses; /* requests sent */
	ns_t idle_since;
	bool ended;
	enum stream_end end;
	char why[200];
	char server[64]; /* its numeric address, or empty */
	ns_t connecting, connected, secured;
};

enum client_phase {
	CLIENT_IDLE,	  /* between requests */
	CLIENT_DETECTING, /* response to CONNECT was sent: is the input TLS, HTTP or something else?
			   */
	CLIENT_TLS_HANDSHAKE, /* TLS with the client */
	CLIENT_RELAYING,      /* a request is in progress */
	CLIENT_TUNNELING,     /* bytes pass both ways */
	CLIENT_CLOSED,
};

struct connection {
	struct connection *next, **link;
	struct proxy *proxy;
	struct stream *client;
	enum client_phase phase;
	unsigned number;
	ns_t since; /* start of the connection, or end of the last request */
	bool used;  /* a whole request was read */
	bool client_ended;
	bool connected;	  /* by CONNECT, to `to` */
	struct origin to; /* with `secure` after the TLS handshake */
	char name[256];	  /* that the client named in its handshake, or the host */
	struct stream_timer *timeout;
	struct upstream up;

	/* The current request. */
	struct capture *capture;
	struct http_body sending, receiving;
	struct buf head; /* to be sent to the server */
	bool head_sent, response_begun, keep_alive, retried;
	unsigned interim;		   /* number of interim responses */
	struct websocket_frames frames[2]; /* of a WebSocket: sent, received */
};

/* State of one host for all clients. */
struct known_host {
	struct str name;
	unsigned closed; /* handshakes that the client ended without an alert */
	bool good;	 /* one has succeeded */
	bool passthrough;
};

struct proxy {
	struct stream_loop *loop;
	struct stream_listener *listener;
	struct stream_tls *leaves;
	struct stream_timer *free_closed, *sweep;
	char token[24]; /* that marks need */
	struct proxy_config config;
	const struct proxy_watch *callbacks;
	void *owner;
	unsigned port, connections_so_far;
	struct connection *connections, *closed_connections;
	struct arena arena;
	VEC(struct known_host) hosts;
};

/* proxy_connection.c */
/* Handles the input of a client between requests. */
void proxy_connection_resume(struct connection *c);
/* Ends the connection; the client's stream is closed after all bytes were sent, or immediately. */
void proxy_connection_close(struct connection *c, bool at_once);
/* Sends a complete response of the recorder and ends the connection. */
void proxy_connection_refuse(struct connection *c, int status, const char *reason, struct str why);

/* tls_passthrough.c */
struct known_host *proxy_known_host(struct proxy *p, const char *name);
bool proxy_host_is_passthrough(struct proxy *p, const char *name);
/* The client ended the handshake: WHY, with a TLS alert or without. */
void proxy_host_handshake_failed(struct connection *c, const char *why);

/* proxy_upstream.c */
void proxy_upstream_open(struct connection *c, const struct origin *to, bool tunnel);
void proxy_upstream_close(struct connection *c);
/* True if the existing connection can be used for the request. */
bool proxy_upstream_can_serve(const struct connection *c, const struct origin *to, bool has_body);

/* proxy_relay.c */
void proxy_relay_begin(struct connection *c, const struct origin *to, struct str path);
/* Forwards as many bytes as possible now. */
void proxy_relay_pump(struct connection *c);
void proxy_relay_client_ended(struct connection *c);
/* Reports the transaction as far as it got; ERROR (or NULL) is the reason it is incomplete. */
void proxy_relay_deliver(struct connection *c, const char *error);

/* proxy_tunnel.c */
void proxy_tunnel_begin(struct connection *c);
/* After a 101. */
void proxy_tunnel_begin_websocket(struct connection *c);
void proxy_tunnel_pump(struct connection *c);

/* builtin_pages.c: the response to a request to the recorder itself. */
void proxy_builtin_page(struct connection *c, struct str target, struct buf *out);
/* Chooses the token of this recording. */
void proxy_new_token(struct proxy *p);
/* HTTP/1.1, then closes. */
void proxy_put_response(struct buf *out, int status, const char *reason, const char *type,
			struct str body, bool keep_alive);

/* Formats a message for the callback `reported`. */
void proxy_report(struct proxy *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
