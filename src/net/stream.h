/*
 * A byte stream: a TCP connection, plain or with TLS on either side, on the loop of
 * net/stream_loop.h. It reads ahead by a quarter of a megabyte and then waits until the owner
 * consumes. Written bytes are kept until the other side reads them, so an owner that writes much
 * must check stream_unsent first. One thread. A stream belongs to its owner until stream_close or
 * stream_finish; both may be called from its own handlers, and the handler is not called
 * afterwards.
 */
#ifndef NET_STREAM_H
#define NET_STREAM_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"
#include "net/stream_loop.h"

struct ca;
struct stream;
struct stream_tls;

enum stream_end {
	STREAM_CLOSED,	/* by the other side, in order */
	STREAM_BROKEN,	/* reset, or the input is not TLS */
	STREAM_NO_NAME, /* the host's name is unknown */
	STREAM_UNREACHED,
	STREAM_TLS_REFUSED, /* the handshake failed, on either side */
};

struct stream_handler {
	/* Connected, or the TLS handshake is done. */
	void (*ready)(void *owner);
	/* More input has arrived: stream_input. */
	void (*input)(void *owner);
	/* Few of the written bytes are left to send. */
	void (*drained)(void *owner);
	/* No more input will arrive; called once. WHY is a short reason for a message. Input that
	 * has arrived can still be consumed; after STREAM_CLOSED the other side may still read. */
	void (*ended)(void *owner, enum stream_end end, const char *why);
};

/* Takes a connected descriptor. */
struct stream *stream_open(struct stream_loop *loop, int fd, const struct stream_handler *handler,
			   void *owner);
/* Looks up HOST (also numeric addresses, without brackets) and connects to the first of its
 * addresses that accepts; calls `ready` or `ended`, never before this returns. */
struct stream *stream_connect(struct stream_loop *loop, const char *host, unsigned port,
			      const struct stream_handler *handler, void *owner);
/* Immediately. NULL is fine. */
void stream_close(struct stream *s);
/* Closes after all written bytes were sent, or after ten seconds. NULL is fine. */
void stream_finish(struct stream *s);

/* Input that is not consumed yet, at most 64 KiB of it. A view until the next call. */
struct str stream_input(struct stream *s);
void stream_consume(struct stream *s, size_t bytes);
void stream_write(struct stream *s, struct str bytes);
size_t stream_unsent(const struct stream *s);
/* Whether bytes have arrived that are not in the input yet, as on a busy machine. */
bool stream_has_unread(const struct stream *s);
/* No more bytes will be written; the other side gets an end of file. */
void stream_shut(struct stream *s);

/* The server's side, with leaves of AUTHORITY. It must outlive the streams; the authority must
 * outlive it. */
struct stream_tls *stream_tls_server(struct ca *authority);
/* The server's side, with a new self-signed certificate for localhost, whose PEM text is appended
 * to CERTIFICATE. NULL with a sentence in ERROR. */
struct stream_tls *stream_tls_localhost(struct buf *certificate, struct buf *error);
/* The client's side: servers are verified by the system's authorities and those in the PEM file CA
 * (NULL: none), or, with INSECURE, not at all. NULL with a sentence in ERROR. */
struct stream_tls *stream_tls_client(const char *ca, bool insecure, struct buf *error);
void stream_tls_free(struct stream_tls *tls);
/* Starts a handshake on a connected stream, with the input that is not consumed. On the server's
 * side NAME is the host if the client names none, on the client's side the host to verify. */
void stream_start_tls(struct stream *s, struct stream_tls *tls, struct str name);
/* The host that the client named in its handshake; empty if it named none. */
struct str stream_server_name(const struct stream *s);

/* The other side's numeric address, appended to OUT. */
void stream_peer(const struct stream *s, struct buf *out);
/* True if the other side is this machine, at PORT. */
bool stream_is_to_self(const struct stream *s, unsigned port);

#endif
