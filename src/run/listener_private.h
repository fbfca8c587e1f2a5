/*
 * A listener, for listener*.c: listener.c has its life and the opening by a fiber, listener_read.c
 * the queue of what has arrived, listener_reopen.c the opening again after the end.
 */
#ifndef RUN_LISTENER_PRIVATE_H
#define RUN_LISTENER_PRIVATE_H

#include "base/event_stream.h"
#include "run/listener.h"

enum listener_state {
	LISTENER_OPENING, /* its exchange belongs to a fiber */
	LISTENER_OPEN,
	LISTENER_WAITING,   /* until it is opened again */
	LISTENER_REOPENING, /* the request for that was sent */
	LISTENER_ENDED,	    /* as its owner knows */
	LISTENER_CLOSING,   /* given back by its owner; its exchange is being cancelled */
};

struct listener {
	struct channel pub;
	struct worker *w;
	struct listener *next, *prev; /* among all; `next` also among the spare ones */
	struct listener *next_due, *prev_due;
	const struct request_plan *request;
	struct exchange *x;
	struct event_stream parser;
	enum listener_state state;
	bool streams;	  /* the head of the response shows a stream */
	bool is_back;	  /* the exchange has ended */
	bool is_too_long; /* an event was: the exchange is cancelled */
	bool is_due;	  /* in the list of those with a time */
	bool in_delivery, is_given_up;
	ns_t begun, ended; /* of the response; `ended` and `result` when the exchange is back */
	enum http_result result;
	ns_t due, retry;
	size_t lines;	 /* bytes of header_text without Last-Event-ID */
	unsigned queued; /* arrivals in the queue */
	size_t line;	 /* bytes that arrived since the last line end */
	uint64_t wire;	 /* of the last arrival, on the connection */
	uint64_t unread; /* bytes that belong to the next event */
};

/* An arrival: the head of a response that opens the stream again, bytes, or the end. */
enum arrival_kind { ARRIVED_HEAD, ARRIVED_BYTES, ARRIVED_END };

struct listener_pool {
	struct listener *first, *spare;
	struct listener *first_due, *last_due; /* the next one first */
	struct buf arrived, read;	       /* what arrives, and what is being read */
	size_t at;			       /* in `read` */
	unsigned closing;
};

static inline struct listener *listener_of(struct channel *channel)
{
	return (struct listener *)(void *)channel;
}

/* listener.c */
void listener_release(struct listener *l);
/* Ends the exchange of L, which has come back; there may be none. */
void listener_end_exchange(struct listener *l);
/* X was stopped before its response began, because TIMEOUT had passed: it has failed. */
void listener_set_timed_out(struct exchange *x, ns_t timeout);

/* listener_read.c */
void listener_put_arrival(struct listener *l, enum arrival_kind kind, struct str bytes, ns_t at);
/* Forgets the arrivals of L, which is given back. */
void listener_forget(struct listener *l);

/* listener_reopen.c */
/* L waits for no time any more. */
void listener_remove_due(struct listener *l);
/* Counts the attempt to open L again, which has ended; CLASS is that of a failure, or
 * FAILURE_CLASS_COUNT. */
void listener_count_reopening(struct listener *l, enum outcome outcome, enum failure_class class);
/* L, whose exchange has ended, is opened again after its `retry`. */
void listener_wait_to_reopen(struct listener *l);
/* Its response has begun. */
void listener_reopened(struct listener *l);
/* The time of L has come: sends the request again, or gives up waiting for its response. */
void listener_due(struct listener *l);

#endif
