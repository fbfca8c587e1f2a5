/*
 * Where a body ends (RFC 9112 section 6): its bytes pass as they came, framing and all, while what
 * it says is handed aside. Pure; state of a few words.
 */
#ifndef RECORD_HTTP_BODY_H
#define RECORD_HTTP_BODY_H

#include <stdbool.h>
#include <stdint.h>

#include "record/http_head.h"

enum http_body_kind { HTTP_BODY_NONE, HTTP_BODY_LENGTH, HTTP_BODY_CHUNKED, HTTP_BODY_TO_END };

struct http_body {
	enum http_body_kind kind;
	bool done;
	bool bad;	 /* its framing is broken: what follows cannot be told */
	uint64_t left;	 /* of the length, or of the chunk at hand */
	unsigned state;	 /* of the chunks: http_body.c */
	unsigned digits; /* of a chunk's size */
};

/* The bodies that follow HEAD. False when its length cannot be told for certain. */
bool http_body_of_request(const struct http_head *head, struct http_body *out);
/* METHOD is the request's. */
bool http_body_of_response(const struct http_head *head, struct str method, struct http_body *out);
/* How many bytes of INPUT belong to it; what they say goes to TAKE, if given, piece by piece. Less
 * than all of INPUT only when it is done or bad. */
size_t http_body_feed(struct http_body *b, struct str input,
		      void (*sink)(void *owner, struct str piece), void *owner);

#endif
