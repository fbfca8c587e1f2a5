/*
 * HTTP/2 on a connection of the direct transport, by nghttp2. A connection belongs to a user; all
 * requests of the user to the same server are streams of it. nghttp2 checks the rules of HTTP/2,
 * decodes and limits header blocks, and keeps requests back while the server allows no further
 * stream; this module limits the size of a header, reads the response and handles
 * streams that ended early. The frames of one turn of the loop are sent together
 * (direct_h2_flush).
 */
#ifndef NET_DIRECT_H2_H
#define NET_DIRECT_H2_H

#include <nghttp2/nghttp2.h>

#include "net/direct_connection.h"

/* As many as libcurl grants, for a stream and for the connection. */
#define DIRECT_H2_WINDOW (32 << 20)
/* A response header with more is invalid. */
#define DIRECT_H2_HEADER_MAX HTTP1_HEAD_MAX
#define DIRECT_H2_FIELDS_MAX 5000u
#define DIRECT_H2_FRAME_HEAD 9u

/* The fields of a request while it is started. */
struct direct_h2_request {
	nghttp2_nv *fields;
	size_t count, cap;
};

struct direct_h2 {
	nghttp2_session *session;
	struct direct_connection *connection;
	struct client_exchange *first;	  /* the exchanges that are streams */
	struct client_exchange *receiver; /* of the current header block; NULL: none reads it */
	struct buf pending;		  /* bytes that the socket did not accept */
	size_t pending_at;
	struct direct_h2 *next_dirty, *prev_dirty; /* among those that may have frames to send */
	struct direct_h2 *next_spare;
	bool dirty;
	bool retired;	   /* gets no further stream */
	bool sends_failed; /* the socket accepts nothing more */
	bool inside;	   /* nghttp2 is running: it must not be freed */
	unsigned progress; /* counts responses and pieces of them */
};

/* direct_h2.c */
/* Passes what has arrived on K to nghttp2, or continues to send. */
void direct_h2_event(struct direct_connection *k, short what);
/* Releases the session of K, which is closed. */
void direct_h2_close(struct direct_connection *k);
/* K may have frames to send. */
void direct_h2_mark(struct direct_h2 *h);

/* direct_h2_request.c */
/* Starts a stream for X. */
void direct_h2_submit(struct direct_h2 *h, struct client_exchange *x);

/* direct_h2_stream.c */
/* The callbacks of nghttp2; NULL: out of memory. */
nghttp2_session_callbacks *direct_h2_callbacks(void);
/* X gets no more from its stream. */
void direct_h2_leave(struct direct_h2 *h, struct client_exchange *x);
/* The server broke a rule: WHAT. X failed. */
void direct_h2_violated(struct client_exchange *x, const char *what);

#endif
