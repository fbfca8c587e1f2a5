/*
 * Arrivals of users on one worker: when the next user starts and under which load, or, in a replay,
 * when the next recorded request is due. Worker's thread.
 */
#ifndef RUN_USER_ARRIVALS_H
#define RUN_USER_ARRIVALS_H

#include "run/worker.h"

/* To be called before the load begins: sets w->next_due. */
void user_arrivals_begin(struct worker *w);
/* Starts the user who is due, or counts it as dropped; sets w->next_due to the next one. */
void user_arrivals_next(struct worker *w);
/* When the loop should wake up for the next user: at its scheduled start, or up to 250 µs later
 * while more than 2,000 arrivals a second are due on this worker. */
ns_t user_arrivals_alarm(const struct worker *w);
/* No more users start under load number WHICH, or under any. */
void user_arrivals_stop_load(struct worker *w, uint32_t which);
void user_arrivals_stop_all(struct worker *w);

#endif
