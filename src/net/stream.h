/*
 * A byte stream: a TCP connection, plain or with TLS on either side, on the loop of
 * net/stream_loop.h. It reads ahead by a quarter of a megabyte and then waits until somebody
 * consumes; what is written is kept until the other side takes it, so who writes much looks at
 * stream_unsent first. One thread. A stream belongs to its owner until stream_close or
 * stream_finish; both may be called from its own handlers, and nothing of the handler is called
 * afterwards.
 */
#ifndef NET_STREAM_H
#define NET_STREAM_H

#include <stdbool.h>

#include "net/stream_loop.h"

struct ca;
struct stream;
struct stream_tls;

enum stream_end {
	STREAM_CLOSED,	/* by the other side, in order */
	STREAM_BROKEN,	/* reset, or what came is no TLS */
	STREAM_NO_NAME, /* the host's name is not known */
	STREAM_UNREACHED,
	STREAM_TLS_REFUSED, /* the handshake failed, here or there */
};

struct stream_handler {
	/* Connected, or the TLS handshake is done. */
	void (*ready)(void *owner);
	/* More has come: stream_input. */
	void (*input)(void *owner);
	/* Little of what was written is still here. */
	void (*drained)(void *owner);
	/* Nothing more will come; once. WHY is a few words for a person. What had come is still to
	 * be consumed; after STREAM_CLOSED the other side may still read. */
	void (*ended)(void *owner, enum stream_end end, const char *why);
};

/* Takes a connected descriptor. */
struct stream *stream_open(struct stream_loop *loop, int fd, const struct stream_handler *handler,
			   void *owner);
/* Looks HOST up (numeric addresses without brackets too) and connects to the first of its addresses
 * that answers; `ready` or `ended` tells, never before this returns. */
struct stream *stream_connect(struct stream_loop *loop, const char *host, unsigned port,
			      const struct stream_handler *handler, void *owner);
/* At once. NULL is fine. */
void stream_close(struct stream *s);
/* When what was written has been sent, or after ten seconds. NULL is fine. */
void stream_finish(struct stream *s);

/* What has come and is not consumed yet, at most 64 KiB of it. A view until the next call. */
struct str stream_input(struct stream *s);
void stream_consume(struct stream *s, size_t bytes);
void stream_write(struct stream *s, struct str bytes);
size_t stream_unsent(const struct stream *s);
/* Nothing more will be written; the other side is told so. */
void stream_shut(struct stream *s);

/* What the authority's leaves make: the server's side. It must outlive the streams; the authority
 * must outlive it. */
struct stream_tls *stream_tls_server(struct ca *authority);
/* The client's side: servers are verified by the system's authorities and those in the PEM file CA
 * (NULL: none), or, with INSECURE, not at all. NULL with a sentence in ERROR. */
struct stream_tls *stream_tls_client(const char *ca, bool insecure, struct buf *error);
void stream_tls_free(struct stream_tls *tls);
/* Begins a handshake on a connected stream, with what has come and is not consumed. On the server's
 * side NAME is the host where the client names none, on the client's side the host to verify. */
void stream_start_tls(struct stream *s, struct stream_tls *tls, struct str name);
/* The host the client asked for in its handshake; empty when it named none. */
struct str stream_server_name(const struct stream *s);

/* The other side's numeric address, appended to OUT. */
void stream_peer(const struct stream *s, struct buf *out);
/* True when the other side is this very machine, at PORT. */
bool stream_is_to_self(const struct stream *s, unsigned port);

#endif
