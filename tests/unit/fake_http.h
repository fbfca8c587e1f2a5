/*
 * An HTTP client without a network, on a fake loop: a function of the test returns the response to
 * each send and its latency. Counts the requests that a server would receive.
 */
#ifndef FAKE_HTTP_H
#define FAKE_HTTP_H

#include "base/arena.h"
#include "fake_loop.h"
#include "net/http_cause.h"

/* A part of a response body that arrives AT this time after the send; the head comes with the first
 * one. */
struct fake_piece {
	ns_t at;
	const char *text;
};

/* The response to a request; zeroes mean an empty 200 without delay. */
struct fake_response {
	ns_t latency;
	enum http_result result;
	int status;  /* 0: 200 */
	int version; /* 0: 11 */
	const char *redirect_to, *headers, *body;
	bool new_connection;
	unsigned resent;
	bool has_cause; /* `cause` with `subject` replaces `result` */
	enum http_cause cause;
	const char *subject;
	const struct fake_piece *pieces; /* instead of `body`; the response ends after `latency` */
	size_t piece_count;
	bool channel; /* opens a channel, with status 101 */
};

/* A request as received by the server. */
struct fake_request {
	const char *method;
	struct str url, body;
	const struct exchange *exchange;
	unsigned long user; /* number of the http_user, in order of opening */
	ns_t at;
};

struct http_plan {
	struct http_plan_spec spec;
};

struct http_user {
	unsigned long number;
	unsigned in_flight;
	unsigned closing; /* of these, cancelled and not back yet */
	unsigned long cleared; /* cookies */
	struct http_user *next;
};

struct fake_exchange;

/* A channel; the test's functions see its opening, what the user sends, and that the user closes
 * it.
 */
struct fake_channel {
	struct channel channel;
	struct fake_http *http;
	unsigned long user;
	unsigned sent;	    /* messages so far */
	bool taken, closed; /* by the user */
	unsigned code;	    /* with which the user has closed it */
};

struct fake_channel_calls {
	void (*open)(void *owner, struct fake_channel *c);
	void (*send)(void *owner, struct fake_channel *c, bool text, struct str payload);
	void (*close)(void *owner, struct fake_channel *c, unsigned code);
};

struct fake_http {
	struct http http;
	struct fake_loop *loop;
	struct arena arena;
	struct fake_response (*serve)(void *owner, const struct fake_request *request);
	void *owner;
	ns_t cost; /* time that passes with each send: a slow generator */
	struct fake_exchange *spare;
	struct channel_event *spare_events;
	struct http_user *spare_users;
	const struct fake_channel_calls *channels;
	unsigned long open_channels;
	unsigned long users, open_users, begun, ended, sent, cancelled, in_flight, most_in_flight;
	unsigned long user_most_in_flight;
};

/* TEXT arrives on the channel after LATENCY, unless it was closed. TEXT must outlive that. */
void fake_http_message(struct fake_channel *c, ns_t latency, const char *text);
/* The server closes the channel. */
void fake_http_close(struct fake_channel *c, ns_t latency, unsigned code, const char *reason);
void fake_http_init(struct fake_http *h, struct fake_loop *loop);

#endif
