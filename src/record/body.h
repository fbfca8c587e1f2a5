/*
 * Where a body ends (RFC 9112 section 6): its bytes pass as they came, framing and all, while what
 * it says is handed aside. Pure; state of a few words.
 */
#ifndef RECORD_BODY_H
#define RECORD_BODY_H

#include <stdbool.h>
#include <stdint.h>

#include "record/head.h"

enum body_kind { BODY_NONE, BODY_LENGTH, BODY_CHUNKED, BODY_TO_END };

struct body {
	enum body_kind kind;
	bool done;
	bool bad;	 /* its framing is broken: what follows cannot be told */
	uint64_t left;	 /* of the length, or of the chunk at hand */
	unsigned state;	 /* of the chunks: body.c */
	unsigned digits; /* of a chunk's size */
};

/* The bodies that follow HEAD. False when its length cannot be told for certain. */
bool body_of_request(const struct head *head, struct body *out);
/* METHOD is the request's. */
bool body_of_response(const struct head *head, struct str method, struct body *out);
/* How many bytes of INPUT belong to it; what they say goes to TAKE, if given, piece by piece. Less
 * than all of INPUT only when it is done or bad. */
size_t body_pass(struct body *b, struct str input, void (*take)(void *owner, struct str piece),
		 void *owner);

#endif
