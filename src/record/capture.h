/*
 * One transaction that the proxy relayed: the request, the response, their times, and up to ten
 * megabytes of each body. Texts are in its arena. It belongs to the connection that relays it and
 * is written to the journal when it ends; WebSockets and event streams, which can last as long as
 * the visit, are written piece by piece too. One thread.
 */
#ifndef RECORD_CAPTURE_H
#define RECORD_CAPTURE_H

#include "base/clock.h"
#include "base/event_stream.h"
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

/* An event of an event stream. */
struct capture_event {
	ns_t wall;
	struct str type, id, data;
};

/* The first close frame of a WebSocket. */
struct capture_close {
	bool is_known, sent; /* by the client */
	unsigned code;	     /* 0: none */
	struct str reason;
	ns_t wall;
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
	size_t message_bytes;		/* kept */
	struct event_stream *events_in; /* reads the events of an event stream; else NULL */
	VEC(struct capture_event) events;
	struct capture_close close;
	uint64_t lasting; /* its number in the journal; 0: it is written only when it ends */
};

/* Starts at the time NOW, which is WALL on the wall clock. Ends the program if memory runs out. */
struct capture *capture_new(ns_t wall, ns_t now);
/* NULL is fine. */
void capture_free(struct capture *capture);
void capture_body_add(struct capture_body *body, struct str piece);
/* True if the body was larger than the part that is kept. */
bool capture_body_is_truncated(const struct capture_body *body);
/* Counts the message, and keeps it while there is room: true. */
bool capture_message_add(struct capture *capture, const struct capture_message *message);
/* Keeps the code and the reason of PAYLOAD, unless there was a close before. */
void capture_close(struct capture *capture, bool sent, ns_t wall, struct str payload);
/* True if the response is an event stream whose bytes can be written as they arrive. */
bool capture_is_event_stream(const struct capture *capture);
/* Its body begins: the events are kept with their times. */
void capture_begin_events(struct capture *capture);
/* A part of the body of the response. */
void capture_received(struct capture *capture, struct str piece);
/* Appends it as an entry of a HAR recording: one line of JSON, without its end. */
void capture_put_entry(const struct capture *capture, struct buf *out);
/* The same for one that has just begun, as the journal needs it (doc/journal_lines.h). */
void capture_put_begun(const struct capture *capture, struct buf *out);
/* Appends a message as an element of _webSocketMessages. */
void capture_put_message(struct json_writer *j, const char *key,
			 const struct capture_message *message);
/* 2026-01-31T10:20:30.123456Z */
void capture_put_date(struct json_writer *j, const char *key, ns_t wall);
/* The browser's purpose of the request, in the words of HAR ("document"); empty if it is
 * unknown. */
struct str capture_resource_type(const struct capture *capture);

#endif
