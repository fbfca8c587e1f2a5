/*
 * The visits of users on one worker: who comes next under which load, the iterations each performs,
 * and his leaving. Worker's thread.
 */
#ifndef RUN_VISITS_H
#define RUN_VISITS_H

#include "run/worker.h"

/* Before a load begins: w->next_due says when the first comes, NS_NEVER that nobody does. */
void visits_begin(struct worker *w);
/* Whoever is due comes, or is dropped. */
void user_come(struct worker *w);
/* Nobody comes any more under load number WHICH, or under any. */
void visits_stop(struct worker *w, uint32_t which);
void visits_stop_all(struct worker *w);
/* Who is idle between two requests of a replay goes; false: he is not idle. */
bool user_dismiss(struct worker *w, struct user *user);
/* Ends the loop when nobody is there and nobody will come. */
void end_when_empty(struct worker *w);

#endif
