/*
 * The head of an HTTP/1 message: first line and fields, as they were sent. Pure; the texts are
 * copies in an arena. Requests are read strictly: a line end without CR, a folded line, a second
 * Host, Content-Length or Transfer-Encoding, or Connection that lists one of them is invalid,
 * because another reader could see another request. Responses may have line ends without CR and
 * folded lines, as browsers accept them.
 */
#ifndef NET_HTTP_HEAD_H
#define NET_HTTP_HEAD_H

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

/* Reads the head at the beginning of INPUT; the texts of OUT are in A. */
enum head_result http_head_read_request(struct arena *a, struct str input, struct http_head *out);
enum head_result http_head_read_response(struct arena *a, struct str input, struct http_head *out);
/* The first field with that name, whatever its case; ptr NULL if there is none. */
struct str http_head_get(const struct http_head *head, const char *name);
/* True if a field with that name lists TOKEN ("close" in Connection). */
bool http_head_lists(const struct http_head *head, const char *name, const char *token);
/* True if the connection may be used for another message after this one. */
bool http_head_keeps_alive(const struct http_head *head);

/* True if it requests a WebSocket. */
bool http_head_is_websocket_upgrade(const struct http_head *head);

#endif
