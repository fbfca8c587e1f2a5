/* Shared by the files of the streams; never for other rooms. */
#ifndef NET_STREAM_PRIVATE_H
#define NET_STREAM_PRIVATE_H

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <openssl/ssl.h>

#include "net/stream.h"

#define STREAM_AHEAD	   ((size_t)256 * 1024)
#define STREAM_VIEW	   ((size_t)64 * 1024)
#define STREAM_LITTLE_LEFT ((size_t)32 * 1024)
#define STREAM_LINGER_S	   10

struct stream_listener;
struct stream_attempt; /* stream_connect.c: on the way to a connection */

struct stream {
	struct stream *next, **link; /* of the loop's open or closed streams */
	struct stream_loop *loop;
	const struct stream_handler *handler; /* NULL: the owner gets no more calls */
	void *owner;
	struct bufferevent *wire;	/* NULL: not connected yet */
	struct stream_attempt *attempt; /* until then */
	struct event *later; /* for actions that must not run inside a call of the owner */
	bool shut, finishing;
	ns_t finishing_since;
	struct stream_listener *listener; /* it counts as a connection of; or NULL */

	/* TLS: bytes go wire -> from_wire -> ssl -> plain, and ssl -> to_wire -> wire. */
	SSL *ssl;
	BIO *from_wire, *to_wire;
	struct evbuffer *plain;
	bool handshake_done; /* the handshake is done */
	bool wire_ended;     /* the connection has ended, or the other side announced its end */
	bool end_reported;   /* `ended` was called */
	enum stream_end end;
	char why[160];
	char name[256]; /* server: the host if the client names none */
};

struct stream_tls {
	SSL_CTX *ctx;
	struct ca *authority; /* of the server's side; NULL: CTX has a certificate */
	bool server;
};

struct stream_loop {
	struct event_base *base;
	struct stream *streams, *closed;
	struct event *free_closed;
	int lookup_pipe[2]; /* results of lookups: our end, the threads' end */
	struct event *lookup_event;
};

/* A stream without a connection. */
struct stream *stream_new(struct stream_loop *loop, const struct stream_handler *handler,
			  void *owner);
/* Takes FD, which is connected. */
void stream_set_wire(struct stream *s, int fd);
/* Reports the end, once, and only after all input before it was read. */
void stream_report_end(struct stream *s, enum stream_end end, const char *why);
void stream_free(struct stream *s);

/* stream_tls.c: makes as much progress as is possible without waiting. */
void stream_tls_pump(struct stream *s);
void stream_tls_write(struct stream *s, struct str bytes);
void stream_tls_shut(struct stream *s);
void stream_tls_release(struct stream *s);

/* stream_listener.c: the descriptor of one of its streams was closed. */
void stream_listener_released(struct stream_listener *listener);

/* stream_connect.c */
void stream_attempt_free(struct stream *s);
/* The lookup is done, without a thread. */
void stream_attempt_resume(struct stream *s);
void stream_lookups_release(struct stream_loop *loop);

#endif
