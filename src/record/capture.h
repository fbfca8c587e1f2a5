/*
 * One transaction that the proxy relayed: the request, the response, their times, and up to ten
 * megabytes of each body. Texts are in its arena. It belongs to the connection that relays it and
 * is written to the journal when it ends. One thread.
 */
#ifndef RECORD_CAPTURE_H
#define RECORD_CAPTURE_H

#include "base/clock.h"
#include "base/json_writer.h"
#include "net/http_head.h"

#define CAPTURE_BODY_MAX ((size_t)10 << 20)

struct capture_body {
	struct buf kept;
	uint64_t bytes; /* total bytes, also those that were not kept */
};

/* A message of a WebSocket. */
struct capture_message {
	bool sent; /* by the client */
	unsigned opcode;
	ns_t wall;
	struct str data;
	bool truncated;
};

struct capture {
	struct arena arena;
	struct str url;	 /* absolute */
	struct str page; /* id of the mark it belongs to, or empty */
	struct http_head request, response;
	struct capture_body sent, received;
	struct str server; /* its numeric address, or empty */
	ns_t wall;	   /* start of the request */
	/* Monotonic; 0: has not happened. */
	ns_t begun, connecting, connected, secured, asked, first, ended;
	struct str error; /* why the response is missing or incomplete; or empty */
	bool socket;
	VEC(struct capture_message) messages;
	uint64_t messages_sent, messages_received;
	size_t message_bytes; /* kept */
};

/* Starts at the time NOW, which is WALL on the wall clock. Ends the program if memory runs out. */
struct capture *capture_new(ns_t wall, ns_t now);
/* NULL is fine. */
void capture_free(struct capture *capture);
void capture_body_add(struct capture_body *body, struct str piece);
/* True if the body was larger than the part that is kept. */
bool capture_body_is_truncated(const struct capture_body *body);
/* Counts the bytes, and keeps them while there is room. */
void capture_message_add(struct capture *capture, const struct capture_message *message);
/* Appends it as an entry of a HAR recording: one line of JSON, without its end. */
void capture_put_entry(const struct capture *capture, struct buf *out);
/* 2026-01-31T10:20:30.123456Z */
void capture_put_date(struct json_writer *j, const char *key, ns_t wall);
/* The browser's purpose of the request, in the words of HAR ("document"); empty if it is
 * unknown. */
struct str capture_resource_type(const struct capture *capture);

#endif
