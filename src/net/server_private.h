/* Shared by the files of the server: a connection of a client, and its current request. */
#ifndef NET_SERVER_PRIVATE_H
#define NET_SERVER_PRIVATE_H

#include <zlib.h>

#include "base/arena.h"
#include "net/http_body.h"
#include "net/http_head.h"
#include "net/server.h"
#include "net/stream.h"
#include "net/stream_listener.h"
#include "net/websocket.h"

struct server_socket;

enum connection_phase {
	CONNECTION_IDLE, /* no byte of a request yet */
	CONNECTION_HEAD,
	CONNECTION_BODY,
	CONNECTION_HANDLING, /* until the reply */
	CONNECTION_SOCKET,   /* upgraded */
	CONNECTION_CLOSED,
};

struct server_connection {
	struct server_connection *next, **link;
	struct server *server;
	struct stream *stream;
	enum connection_phase phase;
	ns_t since; /* start of the phase */
	ns_t moved; /* when the client last read something of a response */
	size_t unsent;
	struct http_request *request; /* NULL while idle */
	struct server_socket *socket; /* NULL: not upgraded */
	struct http_body framing;
	bool used;	/* it has sent a whole request */
	bool reading;	/* in server_connection_resume, which frees it */
	bool half_open; /* the client sends no more */
};

struct http_request {
	struct http_request *next; /* of the server's free ones */
	struct server *server;
	struct server_connection *connection; /* NULL: the client has disconnected */
	struct http_request_view view;
	struct arena arena; /* of the head */
	struct http_head head;
	struct buf body;
	struct buf fields; /* of the response */
	bool chunked, keep_alive;
	bool is_encoded; /* the body of the response is compressed already */
};

struct server {
	struct stream_loop *loop;
	bool shares_loop;
	struct stream_listener *listener;
	struct stream_tls *tls;
	struct buf certificate;
	struct stream_watch *on_int, *on_term, *on_stop;
	int stop_fd; /* readable: the server must stop */
	struct stream_timer *sweep;
	void (*handle)(void *owner, struct http_request *request);
	void *owner;
	size_t body_limit;
	struct server_counts counts;
	struct server_connection *connections;
	struct http_request *free_requests;
	struct delayed_call *delayed; /* calls of server_after that are still pending */
	struct websocket_shared sockets;

	/* Buffers of replies. */
	z_stream gzip;
	bool gzip_ready;
	struct buf gzipped, out;
	time_t date_second;
	char date[40];
};

/* server_connection.c */
void server_connection_open(void *server, int fd);
/* The reply was written: continues with the next request, or closes when it was sent. */
void server_connection_replied(struct server_connection *c, bool keep_alive);
/* The reply was an upgrade: what follows belongs to `socket`. */
void server_connection_upgraded(struct server_connection *c);
/* Closes once all written bytes are sent. */
void server_connection_finish(struct server_connection *c);
/* Closes immediately. */
void server_connection_drop(struct server_connection *c);
/* Closes connections that have used up their time. */
void server_connection_sweep(struct server *server);
/* server_socket.c: reads messages as far as possible now. */
void server_socket_resume(struct server_connection *c);
/* server_socket.c: the connection has ended. */
void server_socket_end(struct server_socket *socket);
/* Others wait: closes connections without a request. */
void server_connection_make_room(void *server);

#endif
