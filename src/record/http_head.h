/*
 * The head of an HTTP/1 message: first line and fields, as they came over the wire. Pure; the texts
 * are copies in an arena. Forgiving where a browser is, strict where two readers might understand
 * two different things (blanks before a colon, a second length that differs: record/http_body.h).
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
	size_t bytes; /* that it took, the empty line included */
};

enum head_result {
	HTTP_HEAD_READY,
	HTTP_HEAD_INCOMPLETE, /* its end has not come yet */
	HTTP_HEAD_TOO_LARGE,  /* nor within HTTP_HEAD_MAX bytes */
	HTTP_HEAD_INVALID,    /* it is no HTTP/1 */
};

enum head_result http_head_read_request(struct arena *a, struct str input, struct http_head *out);
enum head_result http_head_read_response(struct arena *a, struct str input, struct http_head *out);
/* The first of that name, whatever its case; ptr NULL when there is none. */
struct str http_head_get(const struct http_head *head, const char *name);
/* Whether a field of that name lists TOKEN ("close" in Connection). */
bool http_head_lists(const struct http_head *head, const char *name, const char *token);
/* Whether the connection may serve another message after this one. */
bool http_head_keeps_alive(const struct http_head *head);

/*
 * What goes to the server in place of HEAD: nothing that belongs to the connection, no conditions
 * (so that the body comes), only codings that can be read again. UPGRADE: the wish for a WebSocket
 * stays, without its extensions. TARGET replaces the request's; PROXY_AUTH (or empty) is added.
 */
void http_head_put_request(const struct http_head *head, struct str target, struct str proxy_auth,
			   bool upgrade, struct buf *out);
/* What goes to the client: nothing that belongs to the connection, no way around the recorder
 * (Alt-Svc). KEEP says whether its connection goes on; UPGRADE: it becomes a WebSocket. */
void http_head_put_response(const struct http_head *head, bool keep_alive, bool upgrade,
			    struct buf *out);
/* Whether it asks for a WebSocket. */
bool http_head_is_websocket_upgrade(const struct http_head *head);

#endif
