/*
 * Requests of a fiber, for the rest of the interpreter: how a request fails, how its exchange comes
 * back, and how one in the queue is dropped. request_render.c fills it in, request_send.c sends,
 * request_response.c reads the response, request_end.c evaluates and counts. Worker's thread.
 */
#ifndef RUN_REQUEST_H
#define RUN_REQUEST_H

#include "run/worker.h"

/*
 * The current request has failed at place AT of the scenario. The caller appends the message to the
 * returned buffer.
 */
struct buf *request_fail(struct worker *w, struct fiber *f, enum failure_class class,
			 struct str at);
/* The same at the place of the request. */
struct buf *request_fail_here(struct worker *w, struct fiber *f, enum failure_class class);
/* Begins the request of IN, a WAIT, and counts it as started: F is PREPARED, with an exchange. */
void request_begin_wait(struct worker *w, struct fiber *f, const struct instr *in);
/* Renders the varying parts of the request of F into X; the constant ones are in the prepared plan.
 * False, with the reason in w->eval, if an expression cannot be evaluated. */
bool request_render(struct worker *w, struct fiber *f, struct exchange *x);
/* Copies what was rendered for OLD into NEXT, except the URL and the body. */
void request_copy(struct exchange *next, const struct exchange *old);
/* The class of a failure whose exchange has RESULT, which is not HTTP_OK. */
enum failure_class request_failure_class(enum http_result result);
/* Notes that a server took the connection of X, whatever the result. */
void request_note_reached(struct worker *w, struct user *u, const struct exchange *x);
/* Adds the hop X to the sample of the whole request. */
void request_count_hop(struct fiber *f, const struct exchange *x);
/* The request of F fails, because X has no response. */
void request_fail_exchange(struct worker *w, struct fiber *f, const struct exchange *x);
/* The last response of the request: extracts and expectations read it. */
void request_read_response(struct worker *w, struct fiber *f, const struct exchange *x);
/* An exchange came back, or its stream of events has begun. */
void request_done(struct worker *w, struct exchange *exchange);
/* Takes F out of its user's queue for a connection. */
void request_dequeue(struct fiber *f);
/* F, a branch of a fork, is in the queue while the run stops: it ends without sending, and joins.
 */
void request_drop_queued(struct worker *w, struct fiber *f);
/* F, which is RETRYING, does not send its request again: counts it as cut off. */
void request_cancel_retry(struct worker *w, struct fiber *f);
/* F, which is QUEUED, does not send its exchange. If an earlier attempt or hop of the request was
 * sent, counts the request as cut off. The caller sets the next state. */
void request_leave_queue(struct worker *w, struct fiber *f);
/* Counts the request of F, whose exchange was cancelled and came back, as cut off. */
void request_count_aborted(struct worker *w, struct fiber *f);

/* The series in which the request of F is counted. */
unsigned request_series(const struct worker *w, const struct fiber *f);
/* Counts a time of the request of F, which is not finished, in its series and in the groups around
 * it that a threshold names. */
void request_count_time(struct worker *w, const struct fiber *f, enum time_kind kind, ns_t time);

/* The text that the extractor E of F's request searches. */
struct str request_extract_subject(struct worker *w, const struct fiber *f,
				   const struct extract_plan *e);
/* Finds the values of the extractor INDEX in SUBJECT; those of an event stream have been kept.
 * False after a limit. */
bool request_find_values(struct worker *w, const struct fiber *f, uint32_t index,
			 struct str subject, struct matches *matches);

#endif
