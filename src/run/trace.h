/*
 * Prints single requests on the terminal: failures in full (-v, --once), every exchange (-vv); and
 * records failures as examples for the results. Secrets are masked in all of it. Worker's thread,
 * while the exchange exists.
 */
#ifndef RUN_TRACE_H
#define RUN_TRACE_H

#include "run/worker.h"

/* True if bodies are shown, so that those must be kept that no step reads. */
bool trace_needs_bodies(const struct run_settings *settings);
/* The current request has failed at DONE; w->failure and w->failure_text say how. */
void trace_failure(struct worker *w, const struct fiber *f, ns_t done);
/* The exchange X of F came back and its values were extracted. */
void trace_exchange(struct worker *w, const struct fiber *f, const struct exchange *x);
struct message_view; /* run/channel_queue.h */
struct user_channel; /* run/channels.h */
/* A message of the socket K was sent, or has arrived. */
void trace_message(struct worker *w, const struct user_channel *k, bool sent,
		   const struct message_view *message);
/* The stream K ended, as WHY says, and is opened again after DELAY. */
void trace_reconnect(struct worker *w, const struct user_channel *k, const char *why, ns_t delay);
/* The current request has failed and is retried. */
void trace_retry(struct worker *w, const struct fiber *f, ns_t delay, bool sends_query);

#endif
