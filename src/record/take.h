/*
 * One transaction as it went by: what was asked, what came back, when, and as much of the bodies as
 * is kept (ten megabytes each). Texts live in its arena. It belongs to the connection that relays
 * it and is written to the journal when it ends. One thread.
 */
#ifndef RECORD_TAKE_H
#define RECORD_TAKE_H

#include "base/clock.h"
#include "record/head.h"

#define TAKE_BODY_MOST ((size_t)10 << 20)

struct take_body {
	struct buf kept;
	uint64_t bytes; /* that went by */
};

/* A message of a WebSocket. */
struct take_message {
	bool sent; /* by the client */
	unsigned opcode;
	ns_t wall;
	struct str data;
	bool cut;
};

struct take {
	struct arena arena;
	struct str url;	 /* absolute */
	struct str page; /* id of the mark it came under, or empty */
	struct head request, response;
	struct take_body sent, received;
	struct str server; /* its numeric address, or empty */
	ns_t wall;	   /* when it was asked */
	/* Monotonic; 0: has not been. */
	ns_t begun, connecting, connected, secured, asked, first, ended;
	struct str error; /* why there is no answer, or not all of it; or empty */
	bool socket;
	VEC(struct take_message) messages;
	uint64_t messages_sent, messages_received;
	size_t message_bytes; /* kept */
};

struct take *take_new(ns_t wall, ns_t now);
/* NULL is fine. */
void take_free(struct take *take);
void take_body_add(struct take_body *body, struct str piece);
/* More went by than is kept. */
bool take_body_is_cut(const struct take_body *body);
/* Counted, and kept while there is room. */
void take_message_add(struct take *take, const struct take_message *message);
/* As an entry of a HAR recording: one line of JSON, without its end. */
void take_put_entry(const struct take *take, struct buf *out);
/* 2026-01-31T10:20:30.123456Z */
void take_put_date(ns_t wall, struct buf *out);
/* What the browser wanted it for, in the words of HAR ("document"); empty where it does not say. */
struct str take_resource_type(const struct take *take);

#endif
