/*
 * A socket of the direct transport, from the attempt to connect until it is closed. The files
 * direct_connect.c (opening), direct_connection.c (the loop, idle connections, bytes) share it.
 * Records are kept for later connections until the client ends.
 */
#ifndef NET_DIRECT_CONNECTION_H
#define NET_DIRECT_CONNECTION_H

#include "net/client_private.h"
#include "net/fd_watch.h"

enum connection_state {
	CONNECTION_SPARE,
	CONNECTION_OPENING,
	CONNECTION_TUNNELING, /* the proxy connects to the server */
	CONNECTION_SHAKING,
	CONNECTION_BUSY,
	CONNECTION_IDLE,
	CONNECTION_HTTP2 /* with any number of streams */
};

struct direct_connection {
	struct fd_watch watch;
	struct client *client;
	struct client_exchange *x; /* NULL: idle, or HTTP/2 */
	struct direct_h2 *h2;	   /* NULL: HTTP/1 */
	struct direct_peer peer;
	struct direct_connection *next, *prev; /* among those of the user, or spare ones */
	uint64_t drained; /* turn of the client in which all bytes were read; 0: unknown */
	struct direct_connection *next_created;
	struct direct_connection *next_resting; /* see direct_connections_rest */
	bool rests;
	struct direct_tls tls;
	int fd;
	enum connection_state state;
};

/* A record for the socket FD, which is opened for X. */
struct direct_connection *direct_connection_new(struct client_exchange *x, int fd);
/* Waits for MASK: EV_READ, EV_WRITE or both. */
void direct_connection_watch(struct direct_connection *k, short mask);
void direct_connection_close(struct direct_connection *k);
/* Reads into the input buffer of the client. X, which may be NULL, gets the errors of TLS. */
enum direct_read direct_connection_receive(struct direct_connection *k, struct client_exchange *x,
					   size_t *len);
/* Writes as sendmsg: the number of bytes, or -1 with errno. */
ssize_t direct_connection_send(struct direct_connection *k, const struct iovec *parts, int count);

/* direct_connect.c */
/* The attempt to connect K has ended. */
void direct_connection_opened(struct direct_connection *k);
/* The proxy has connected K to the server. */
void direct_connection_tunneled(struct direct_connection *k);
/* Continues the TLS handshake of K. */
void direct_connection_shake(struct direct_connection *k);

/* direct_tunnel.c */
/* K is connected to the proxy: asks it to connect to the server. */
void direct_connection_ask_proxy(struct direct_connection *k);
void direct_connection_proxy_event(struct direct_connection *k, short what);

#endif
