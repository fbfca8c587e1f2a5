/*
 * One request that a server of net/server.h got, and the reply to it. It lives from the handler's
 * call until the reply, which may come later (server_after) and must happen exactly once. When the
 * client has gone meanwhile, the reply goes nowhere, without harm. The server's thread.
 */
#ifndef NET_HTTP_REQUEST_H
#define NET_HTTP_REQUEST_H

#include "base/buf.h"
#include "base/str.h"

struct http_request;

enum http_request_method {
	HTTP_REQUEST_GET,
	HTTP_REQUEST_HEAD,
	HTTP_REQUEST_POST,
	HTTP_REQUEST_PUT,
	HTTP_REQUEST_PATCH,
	HTTP_REQUEST_DELETE,
	HTTP_REQUEST_OPTIONS
};

/* What was asked; views are good until the reply. */
struct http_request_view {
	enum http_request_method method;
	struct str path;  /* as sent, still encoded */
	struct str query; /* without ?, ptr NULL when there is none */
	struct str body;
};

const struct http_request_view *http_request_view(const struct http_request *request);
/* A request header's value; ptr NULL when it was not sent. */
struct str http_request_header(const struct http_request *request, const char *name);
/* A cookie of the request; ptr NULL when it was not sent. */
struct str http_request_cookie(const struct http_request *request, struct str name);
/* A field of the query or of a form body, decoded into OUT; false when there is none. */
bool http_request_form_value(struct str encoded, struct str name, struct buf *out);

void http_request_add_header(struct http_request *request, const char *name, struct str value);
/* The whole answer; BODY is copied, and sent gzip-encoded when it pays and the client takes it. */
void http_request_reply(struct http_request *request, int status, const char *content_type,
			struct str body);
/* An answer in pieces (chunked): begin, any number of pieces, end. */
void http_request_begin_reply(struct http_request *request, int status, const char *content_type);
void http_request_reply_chunk(struct http_request *request, struct str piece);
void http_request_end_reply(struct http_request *request);
/* Of an answer in pieces: the client has left; what remains is http_request_end_reply. */
bool http_request_is_gone(const struct http_request *request);
/* Bytes of its pieces that the client has not taken yet. */
size_t http_request_unsent(const struct http_request *request);

#endif
