/* What the files of the proxy share: a connection of a client and the server's behind it. */
#ifndef RECORD_PROXY_PRIVATE_H
#define RECORD_PROXY_PRIVATE_H

#include "base/arena.h"
#include "net/stream.h"
#include "record/body.h"
#include "record/frames.h"
#include "record/proxy.h"
#include "record/take.h"

/* More than so much is not put into a stream whose other side is slow. */
#define UNSENT_MOST ((size_t)256 * 1024)

struct origin {
	char host[256]; /* without brackets */
	unsigned port;
	bool secure;
};

enum upstream_state { UP_NONE, UP_CONNECTING, UP_ASKING, UP_SHAKING, UP_READY };

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

enum phase {
	CLIENT_WAITS,	/* between requests */
	CLIENT_PEEKS,	/* CONNECT was answered: is it TLS, HTTP or something else? */
	CLIENT_SHAKES,	/* TLS with the client */
	CLIENT_RELAYS,	/* a request is under way */
	CLIENT_TUNNELS, /* bytes pass both ways */
	CLIENT_GONE,
};

struct connection {
	struct connection *next, **link;
	struct proxy *proxy;
	struct stream *client;
	enum phase phase;
	unsigned number;
	bool client_ended;
	bool connected;	  /* by CONNECT, to `to` */
	struct origin to; /* with `secure` once TLS has begun */
	char name[256];	  /* that the client asked for in its handshake, or the host */
	struct stream_timer *patience;
	struct upstream up;

	/* The request under way. */
	struct take *take;
	struct body sending, receiving;
	struct buf head; /* to be sent to the server */
	bool head_sent, answered, keep, retried;
	struct frames frames[2]; /* of a WebSocket: sent, received */
};

/* What is known of a host's clients. */
struct known_host {
	struct str name;
	unsigned closed; /* handshakes ended by the client without a word */
	bool good;	 /* one has succeeded */
	bool unread;
};

struct proxy {
	struct stream_loop *loop;
	struct stream_listener *listener;
	struct stream_tls *leaves;
	struct stream_timer *bury;
	struct proxy_config config;
	const struct proxy_watch *watch;
	void *owner;
	unsigned port, connections_so_far;
	struct connection *connections, *gone;
	struct arena arena;
	VEC(struct known_host) hosts;
};

/* connection.c */
/* What the client has sent, while it waits. */
void connection_go_on(struct connection *c);
/* The end of it all; the client's stream is closed when it has what was written, or at once. */
void connection_leave(struct connection *c, bool at_once);
/* A whole answer of our own, and the end. */
void connection_refuse(struct connection *c, int status, const char *reason, struct str why);

/* tls_hosts.c */
struct known_host *known_host(struct proxy *p, const char *name);
bool host_is_unread(struct proxy *p, const char *name);
/* The client ended the handshake: WHY, by a TLS alert or just so. */
void host_refused(struct connection *c, const char *why);

/* upstream.c */
void upstream_open(struct connection *c, const struct origin *to, bool tunnel);
void upstream_close(struct connection *c);
/* Whether the connection that stands can take the request. */
bool upstream_serves(const struct connection *c, const struct origin *to, bool has_body);

/* relay.c */
void relay_begin(struct connection *c, const struct origin *to, struct str path);
/* What can be passed on just now. */
void relay_pump(struct connection *c);
void relay_client_ended(struct connection *c);
/* The transaction is handed over as far as it came; ERROR (or NULL) is why it is not whole. */
void relay_hand_over(struct connection *c, const char *error);

/* tunnel.c */
void tunnel_begin(struct connection *c);
/* After a 101. */
void tunnel_begin_socket(struct connection *c);
void tunnel_pump(struct connection *c);

/* own_pages.c: the answer to a request to the recorder itself. */
void own_page(struct connection *c, struct str target, struct buf *out);
/* HTTP/1.1 with its end. */
void put_answer(struct buf *out, int status, const char *reason, const char *type, struct str body,
		bool keep);

/* Formats for `told`. */
void proxy_tell(struct proxy *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
