/*
 * Finds the end of a body (RFC 9112 section 6): its bytes are passed on unchanged, with their
 * framing, while the decoded content goes to a callback. Pure; a state of a few words.
 */
#ifndef NET_HTTP_BODY_H
#define NET_HTTP_BODY_H

#include <stdbool.h>
#include <stdint.h>

#include "net/http_head.h"

/* A longer extension of a chunk is invalid. */
#define HTTP_BODY_EXTENSION_MAX 4096u

enum http_body_kind { HTTP_BODY_NONE, HTTP_BODY_LENGTH, HTTP_BODY_CHUNKED, HTTP_BODY_TO_END };

struct http_body {
	enum http_body_kind kind;
	bool done;
	bool bad;	   /* its framing is invalid: its end is unknown */
	uint64_t left;	   /* of the length, or of the current chunk */
	unsigned state;	   /* state within the chunks: http_body.c */
	unsigned digits;   /* of a chunk's size */
	bool strict;	   /* a request: lines of chunks end with CR LF */
	char before;	   /* the last byte of the framing */
	uint64_t trailers; /* bytes after the last chunk */
	size_t extension;  /* bytes of the extension of the current chunk */
};

/* The body that follows HEAD. False if its length is ambiguous. */
bool http_body_of_request(const struct http_head *head, struct http_body *out);
/* METHOD is the request's. */
bool http_body_of_response(const struct http_head *head, struct str method, struct http_body *out);
/* Number of bytes of INPUT that belong to the body; the content goes to SINK, if given, piece by
 * piece. Less than all of INPUT only if the body is done or bad. */
size_t http_body_feed(struct http_body *b, struct str input,
		      void (*sink)(void *owner, struct str piece), void *owner);

#endif
