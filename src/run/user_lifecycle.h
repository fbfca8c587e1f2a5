/*
 * The visits of users on one worker: who comes next under which load, the iterations each performs,
 * and his leaving. Worker's thread.
 */
#ifndef RUN_USER_LIFECYCLE_H
#define RUN_USER_LIFECYCLE_H

#include "run/worker.h"

/* Before a load begins: w->next_due says when the first comes, NS_NEVER that nobody does. */
void user_lifecycle_begin(struct worker *w);
/* Whoever is due comes, or is dropped. */
void user_lifecycle_arrive(struct worker *w);
/* Nobody comes any more under load number WHICH, or under any. */
void user_lifecycle_stop_load(struct worker *w, uint32_t which);
void user_lifecycle_stop_all(struct worker *w);
/* Who is idle between two requests of a replay goes; false: he is not idle. */
bool user_lifecycle_retire(struct worker *w, struct user *user);
/* Ends USER's iteration as cut off, as soon as nothing of it is in flight; the user then goes. */
void user_lifecycle_abort(struct worker *w, struct user *user);
/* An exchange of S, which was broken off, came back. */
void user_lifecycle_exchange_aborted(struct worker *w, struct fiber *s);
/* Ends the loop when nobody is there and nobody will come. */
void user_lifecycle_end_if_empty(struct worker *w);

#endif
