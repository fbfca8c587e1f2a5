/* Internals of renewals, private to renewal.c (who waits) and renewal_perform.c (who performs). */
#ifndef RUN_RENEWAL_PRIVATE_H
#define RUN_RENEWAL_PRIVATE_H

#include "run/renewal.h"

/* True if PLAN renews values of all users, false if each user has its own. */
static inline bool renewal_is_shared(const struct renewal_plan *plan)
{
	return plan->fixture == FIXTURE_SETUP;
}
/* True if renewal I is a login that was not performed yet. */
static inline bool renewal_is_missing(const struct worker *w, uint32_t i, uint64_t generation)
{
	return w->program->renewals[i].lazy && !generation;
}
/* A user begins to perform renewal I; OWNER is NULL for values of all users. */
void renewal_start(struct worker *w, uint32_t i, struct user *owner);
/* Continues F, which is in no list any more. */
void renewal_wake(struct worker *w, struct fiber *f);

#endif
