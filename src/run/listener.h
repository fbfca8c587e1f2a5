/*
 * Streams of events that steps have opened with `listen`: channels (net/channel.h) over a response
 * that is read while it arrives. The request of the step is a normal exchange of its fiber; when
 * its head shows a stream, the fiber continues, and the exchange belongs to the listener. With
 * `reconnect` a stream that ends is opened again, by requests that no fiber performs.
 *
 * Bytes come on the stack of the transport, where no fiber may be resumed. They go to a queue of
 * the worker, which reads them on its next alarm. Worker's thread.
 */
#ifndef RUN_LISTENER_H
#define RUN_LISTENER_H

#include "net/channel.h"
#include "run/worker.h"

struct listener_pool *listener_pool_new(void);
/* After the http. */
void listener_pool_free(struct listener_pool *listeners);

/* The request of F, which listens, or a hop of it, was sent. */
void listener_start(struct worker *w, struct fiber *f);
/* The callbacks of struct http. */
bool listener_begins(struct worker *w, struct exchange *x, ns_t now);
/* Returns false if a line is longer than an event may be: the rest of the response is not read. */
bool listener_bytes(struct worker *w, struct exchange *x, struct str bytes, ns_t now);
/* X came back. False if it belongs to a fiber, or to none of the listeners. */
bool listener_done(struct worker *w, struct exchange *x);
/* The timer of F, which is IN_FLIGHT, is due: the stream has begun, or the time is up. */
void listener_timer_due(struct worker *w, struct fiber *f);
/* The exchange of F came back, or its stream has begun. If it was stopped because its time was up,
 * it has failed. */
void listener_stop(struct worker *w, struct fiber *f);
/* If the response of F is a stream, its exchange has a channel. */
void listener_offer(struct fiber *f);
/* Appends why the response of F is not a stream. */
void listener_put_refusal(const struct fiber *f, struct buf *out);
/* The request of F ends. Its listener is not used, unless its channel has an owner. */
void listener_leave(struct worker *w, struct fiber *f);

/* The next time for listener_alarm; NS_NEVER: none. */
ns_t listener_next_alarm(const struct worker *w);
/* Reads what has arrived, and opens streams again. */
void listener_alarm(struct worker *w);
/* True if a stream is still being closed. */
bool listener_any_closing(const struct worker *w);

#endif
