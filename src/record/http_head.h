/*
 * The head of an HTTP/1 message: first line and fields, as they were sent. Pure; the texts are
 * copies in an arena. Tolerant where browsers are, strict where two readers could understand
 * different things (spaces before a colon, a second length that differs: record/http_body.h).
 */
#ifndef RECORD_HTTP_HEAD_H
#define RECORD_HTTP_HEAD_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

#define HTTP_HEAD_MAX	     ((size_t)64 * 1024)
#define HTTP_HEAD_FIELDS_MAX 500

struct head_field {
	struct str name, value;
};

struct http_head {
	struct str method, target; /* of a request */
	int status;		   /* of a response */
	struct str reason;
	unsigned minor; /* HTTP/1.minor */
	VEC(struct head_field) fields;
	size_t bytes; /* its length, including the empty line */
};

enum head_result {
	HTTP_HEAD_READY,
	HTTP_HEAD_INCOMPLETE, /* the end has not arrived yet */
	HTTP_HEAD_TOO_LARGE,  /* the end is not within HTTP_HEAD_MAX bytes */
	HTTP_HEAD_INVALID,    /* it is not HTTP/1 */
};

enum head_result http_head_read_request(struct arena *a, struct str input, struct http_head *out);
enum head_result http_head_read_response(struct arena *a, struct str input, struct http_head *out);
/* The first field with that name, whatever its case; ptr NULL if there is none. */
struct str http_head_get(const struct http_head *head, const char *name);
/* True if a field with that name lists TOKEN ("close" in Connection). */
bool http_head_lists(const struct http_head *head, const char *name, const char *token);
/* True if the connection may be used for another message after this one. */
bool http_head_keeps_alive(const struct http_head *head);

/*
 * Writes the head that goes to the server: without fields of the connection, without conditions (so
 * that the server sends the body), and only with codings that the recording can decode. UPGRADE:
 * the request for a WebSocket stays, without its extensions. TARGET replaces the request's;
 * PROXY_AUTH (or empty) is added.
 */
void http_head_put_request(const struct http_head *head, struct str target, struct str proxy_auth,
			   bool upgrade, struct buf *out);
/* Writes the head that goes to the client: without fields of the connection, and without ways
 * to bypass the recorder (Alt-Svc). KEEP: its connection stays open; UPGRADE: it becomes a
 * WebSocket. */
void http_head_put_response(const struct http_head *head, bool keep_alive, bool upgrade,
			    struct buf *out);
/* True if it requests a WebSocket. */
bool http_head_is_websocket_upgrade(const struct http_head *head);

#endif
