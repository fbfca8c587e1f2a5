/*
 * Requests of a fiber, for the rest of the interpreter: how one fails, how its exchange comes back,
 * and how one that waits to be sent is taken back. request_send.c sends, request_end.c finishes.
 * Worker's thread.
 */
#ifndef RUN_REQUEST_H
#define RUN_REQUEST_H

#include "run/worker.h"

/*
 * The request at hand has failed, at a place of the scenario. The caller appends what happened to
 * the buffer it gets.
 */
struct buf *request_fail(struct worker *w, struct fiber *s, enum failure_class class,
			 struct str at);
/* An exchange of S came back; from the http's `done`. */
void request_done(struct worker *w, struct exchange *exchange);
/* S leaves its user's queue for a connection. */
void request_dequeue(struct fiber *s);
/* S, of a fork, waits there while the run stops: it goes no further, and joins. */
void request_drop_queued(struct worker *w, struct fiber *s);
/* A request between two sends is given up: counted as cut off. Nothing when there is none. */
void request_cancel_retry(struct worker *w, struct fiber *s);

#endif
