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
struct buf *request_fail(struct worker *w, struct fiber *f, enum failure_class class,
			 struct str at);
/* An exchange of F came back; from the http's `done`. */
void request_done(struct worker *w, struct exchange *exchange);
/* F leaves its user's queue for a connection. */
void request_dequeue(struct fiber *f);
/* F, of a fork, waits there while the run stops: it goes no further, and joins. */
void request_drop_queued(struct worker *w, struct fiber *f);
/* F, which is RETRYING, does not send its request again: counts it as cut off. */
void request_cancel_retry(struct worker *w, struct fiber *f);
/* F, which is QUEUED, does not send its exchange. If an earlier attempt or hop of the request was
 * sent, counts the request as cut off. The caller sets the next state. */
void request_leave_queue(struct worker *w, struct fiber *f);
/* Counts the request of F, whose exchange was cancelled and came back, as cut off. */
void request_count_aborted(struct worker *w, struct fiber *f);

#endif
