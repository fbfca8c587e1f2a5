/*
 * One transaction as it went by: what was asked, what came back, when, and as much of the bodies as
 * is kept (ten megabytes each). Texts live in its arena. It belongs to the connection that relays
 * it and is written to the journal when it ends. One thread.
 */
#ifndef RECORD_CAPTURE_H
#define RECORD_CAPTURE_H

#include "base/clock.h"
#include "base/json_writer.h"
#include "record/http_head.h"

#define CAPTURE_BODY_MAX ((size_t)10 << 20)

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
	bool truncated;
};

struct take {
	struct arena arena;
	struct str url;	 /* absolute */
	struct str page; /* id of the mark it came under, or empty */
	struct http_head request, response;
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

struct take *capture_new(ns_t wall, ns_t now);
/* NULL is fine. */
void capture_free(struct take *capture);
void capture_body_add(struct take_body *body, struct str piece);
/* More went by than is kept. */
bool capture_body_is_truncated(const struct take_body *body);
/* Counted, and kept while there is room. */
void capture_message_add(struct take *capture, const struct take_message *message);
/* As an entry of a HAR recording: one line of JSON, without its end. */
void capture_put_entry(const struct take *capture, struct buf *out);
/* 2026-01-31T10:20:30.123456Z */
void capture_put_date(struct json_writer *j, const char *key, ns_t wall);
/* What the browser wanted it for, in the words of HAR ("document"); empty where it does not say. */
struct str capture_resource_type(const struct take *capture);

#endif
