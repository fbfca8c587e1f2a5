/*
 * Renewal of the values of setup and of before_user during the run. A renewal is a
 * separate user that performs the steps of the fixture on the same loop as the other users: for
 * setup one in the process, whose values all users get; for before_user one for each user, with its
 * connections and cookies. It begins when the values are needed after their time, for setup also
 * when that time comes, and when a server refuses them. Until it has ended, requests that need the
 * values wait, outside their response times. A user gets new values, all of them together, only
 * where it begins a request or an iteration. Worker's thread.
 */
#ifndef RUN_RENEWAL_H
#define RUN_RENEWAL_H

#include "run/worker.h"

/* ---- for a request */

/* IN, a REQUEST, is the next instruction of F. True: F waits, and performs it again afterwards.
 * False: the user has the current values. */
bool renewal_awaits(struct worker *w, struct fiber *f, const struct instr *in);
/* F's request came back. True: the response asks for a renewal, and the request is sent again,
 * once; a renewal is begun unless the request carried older values. */
bool renewal_is_asked(struct worker *w, struct fiber *f);
/* F has waited: takes the wait out of its response and iteration times. */
void renewal_waited(struct worker *w, struct fiber *f);
/* F, which may wait, does not wait any more. */
void renewal_leave(struct worker *w, struct fiber *f);

/* ---- for a user */

/* USER gets the current values of setup. */
void renewal_values_update(struct worker *w, struct user *user);
/* USER, who performed FIXTURE, has the first values. */
void renewal_begin_values(struct worker *w, struct user *user, enum fixture_kind fixture);
/* USER leaves the run. */
void renewal_values_leave(const struct program *program, struct user *user);
/* Aborts the renewals for USER, whose values are not needed any more. */
void renewal_abort_for(struct worker *w, struct user *user);
/* True if a renewal for USER is being performed. */
bool renewal_is_performed_for(const struct worker *w, const struct user *user);

/* ---- for a user that performs a renewal */

/* USER has performed the steps: passes the values on, tries again after a pause, or gives up. USER
 * may have been released. */
void renewal_performed(struct worker *w, struct user *user, enum outcome outcome);
/* The pause of USER after a failure has ended. */
void renewal_try(struct worker *w, struct user *user);
/* Ends the pause of USER and its renewal; USER is released. */
void renewal_give_up(struct worker *w, struct user *user);

/* ---- for a worker */

/* The next time at which the values of setup are due; NS_NEVER. */
ns_t renewal_next(const struct worker *w);
/* Begins what is due. */
void renewal_begin_due(struct worker *w);
/* After a wake-up: continues fibers whose renewal has ended. */
void renewal_check(struct worker *w);
/* All users of all workers have left. */
void renewal_users_left(struct worker *w);
/* Ends the loop's last work: a renewal that no user waits for. */
void renewal_end_unneeded(struct worker *w);
/* Aborts the renewals of setup. */
void renewal_abort_all(struct worker *w);

#endif
