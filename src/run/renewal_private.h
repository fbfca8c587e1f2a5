/* Internals of renewals, private to renewal.c (who waits) and renewal_perform.c (who performs). */
#ifndef RUN_RENEWAL_PRIVATE_H
#define RUN_RENEWAL_PRIVATE_H

#include "run/renewal.h"

/* True if PLAN renews values of all users, false if each user has its own. */
static inline bool renewal_is_shared(const struct renewal_plan *plan)
{
	return plan->fixture == FIXTURE_SETUP;
}
/* A user begins to perform renewal I; OWNER is NULL for values of all users. */
void renewal_start(struct worker *w, uint32_t i, struct user *owner);
/* Continues F, which is in no list any more. */
void renewal_wake(struct worker *w, struct fiber *f);

#endif
