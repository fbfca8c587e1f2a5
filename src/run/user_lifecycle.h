/*
 * The life of a user: its transitions (enum user_state), the iterations and fixtures it performs,
 * and how it is aborted. Worker's thread. After each of these calls the user may have been
 * released.
 */
#ifndef RUN_USER_LIFECYCLE_H
#define RUN_USER_LIFECYCLE_H

#include "run/worker.h"

/* USER, who is ADMITTED, begins: with before_user if there is one, else with its first iteration.
 */
void user_lifecycle_start(struct worker *w, struct user *user);
/* USER continues after its back-off. */
void user_lifecycle_continue(struct worker *w, struct user *user);
/* A request of the session of USER, who is IDLE, was put into its queue: performs it. */
void user_lifecycle_wake(struct worker *w, struct user *user);
/* An idle user of a replay leaves; false if USER is not idle. */
bool user_lifecycle_retire(struct worker *w, struct user *user);
/* Aborts what USER, who is not idle, performs: ends it as cut off, as soon as no exchange of it is
 * in flight. Does nothing if it is being aborted already. */
void user_lifecycle_abort(struct worker *w, struct user *user);
/* USER, who is being aborted, may have nothing in flight any more, and no renewal:
 * then ends its iteration or fixture as cut off. */
void user_lifecycle_finish_abort(struct worker *w, struct user *user);
/* The exchange of F, whose user is being aborted, came back. */
void user_lifecycle_exchange_aborted(struct worker *w, struct fiber *f);
/* True if USER, who performs an iteration of a closed load, is going to begin another one, so that
 * a pause in between makes sense. */
bool user_lifecycle_repeats(const struct worker *w, const struct user *user);
/* Ends the loop if there are no users and none will start. */
void user_lifecycle_end_if_empty(struct worker *w);

#endif
