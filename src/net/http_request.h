/*
 * One request that a server of net/server.h received, and the response to it. It lives from the
 * handler's call until the reply, which may be later (server_after) and must happen exactly once.
 * If the client has disconnected, the reply has no effect. The server's thread.
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

/* The parts of a request; views are valid until the reply. */
struct http_request_view {
	enum http_request_method method;
	struct str path;  /* as sent, still encoded */
	struct str query; /* without ?, ptr NULL when there is none */
	struct str body;
};

const struct http_request_view *http_request_view(const struct http_request *request);
/* The value of a request header; ptr NULL if it was not sent. */
struct str http_request_header(const struct http_request *request, const char *name);
/* A cookie of the request; ptr NULL if it was not sent. */
struct str http_request_cookie(const struct http_request *request, struct str name);
/* A field of the query or of a form body, decoded into OUT; false if there is none. */
bool http_request_form_value(struct str encoded, struct str name, struct buf *out);

/* A header of the response, before the reply; control characters in VALUE become spaces. */
void http_request_add_header(struct http_request *request, const char *name, struct str value);
/* Sends the whole response; BODY is copied, and compressed with gzip if it is large and the client
 * accepts it. */
void http_request_reply(struct http_request *request, int status, const char *content_type,
			struct str body);
/* For a body that is compressed with gzip already: true if the client accepts it so, and the reply
 * must follow with it; false if it must be decompressed first. */
bool http_request_accept_gzip(struct http_request *request);
/* A response in pieces (chunked): begin, any number of pieces, end. */
void http_request_begin_reply(struct http_request *request, int status, const char *content_type);
void http_request_reply_chunk(struct http_request *request, struct str piece);
void http_request_end_reply(struct http_request *request);
/* For a response in pieces: true if the client has disconnected; then only http_request_end_reply
 * may follow. */
bool http_request_is_gone(const struct http_request *request);
/* Bytes of its pieces that are not sent yet. */
size_t http_request_unsent(const struct http_request *request);

#endif
