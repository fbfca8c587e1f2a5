/*
 * A worker: one thread with its own loop, HTTP, recorder and users. It wakes for answers, for its
 * one alarm (the next arrival, the next deadline of a fiber, the end) and when another thread
 * calls; it shares nothing with other workers but `run_shared` and the recorder's exchange. The
 * loop and the HTTP are handed in, so a whole run can be performed in virtual time without a
 * socket. All functions belong to the worker's thread, or to the caller's before and after it runs.
 */
#ifndef RUN_WORKER_H
#define RUN_WORKER_H

#include "net/http.h"
#include "net/loop.h"
#include "program/eval.h"
#include "run/arrival_schedule.h"
#include "run/run_plan.h"
#include "run/replay_sessions.h"
#include "run/run_shared.h"
#include "run/timers.h"
#include "run/user.h"
#include "stats/recorder.h"

/* What a worker knows of one of the plan's loads. */
struct worker_load {
	struct arrival_schedule schedule;
	uint8_t state; /* enum run_state, of what belongs to this load; only ever rises */
};

struct worker {
	const struct run_plan *plan;
	const struct program *program;
	struct run_shared *shared;
	unsigned index;
	enum fixture_kind
	    fixture; /* what it performs: setup, teardown, or FIXTURE_NONE: the load */
	struct loop *loop;
	struct http *http;
	struct arena arena;	     /* what lives as long as the worker */
	struct http_plan **requests; /* one for each request of the program */
	struct recorder recorder;
	struct timers timers;
	struct worker_load *loads;	/* one for each of the plan's */
	ns_t next_due;			/* when the next user comes; NS_NEVER */
	uint32_t next_load;		/* and under which load */
	struct replay_sessions *replay; /* what comes, where that is a recording; else NULL */
	struct user_pool users;
	struct fiber *at_rendezvous; /* those at a rendezvous, by `queued` */

	ns_t start;				/* of the run */
	ns_t wall_offset;			/* wall time less monotonic time */
	ns_t now;				/* of this wake-up */
	ns_t alarm;				/* as last set */
	ns_t measured;				/* from then on anything is measured at all */
	ns_t edge;				/* when the next load ends or is cut off */
	ns_t abort_at;				/* from then on everything ends */
	enum run_state state;			/* as far as this worker has obeyed */
	uint64_t connections_seen, closed_seen; /* of the http's counters, already recorded */

	/* Of the step at hand: nothing here lasts over a park. */
	struct eval eval;
	const struct user *current_user; /* who is asked for values; a helper has no load: NULL */
	struct scratch scratch;
	struct rows_reader rows;
	struct response response;
	struct buf text;  /* a rendered value before it is encoded, a message */
	struct buf spare; /* for user_set_value */
	struct failure_note failure;
	struct buf failure_text;
	uint32_t jumps;	    /* since the loop was last given back */
	uint8_t *sampled;   /* as evidence, for each request and class of failure; or NULL */
	uint32_t *reported; /* failures told so far, for each request */
};

/* LOOP and HTTP become the worker's. */
void worker_init(struct worker *w, const struct run_plan *plan, struct run_shared *shared,
		 unsigned index, struct loop *loop, struct http *http);
/* Loop and http go too. */
void worker_release(struct worker *w);
/*
 * Performs PART of the run, which begins at START; returns when the last user has gone. Setup and
 * teardown are performed by one worker while no other runs; FIXTURE_NONE is the load, of which each
 * worker has its share.
 */
void worker_run(struct worker *w, enum fixture_kind fixture, ns_t start, ns_t wall_offset);

/* ---- for the interpreter */

/* Wakes the parked F at DUE, in whatever state it is. */
void worker_set_timer(struct worker *w, struct fiber *f, ns_t due);
/* F, which runs, sleeps until DUE. */
void worker_sleep(struct worker *w, struct fiber *f, ns_t due);
/* All of the user's is broken off. */
static inline bool worker_aborts_user(const struct worker *w, const struct user *user)
{
	return w->state == RUN_ABORTING ||
	       (w->fixture == FIXTURE_NONE && w->loads[user->load].state == RUN_ABORTING);
}
/* Nothing new is begun by the user. */
static inline bool worker_drains_user(const struct worker *w, const struct user *user)
{
	return w->state >= RUN_DRAINING ||
	       (w->fixture == FIXTURE_NONE && w->loads[user->load].state >= RUN_DRAINING);
}
/* A stop was asked for, and F is of those that go no further: not of what comes after it. */
static inline bool worker_stops_fiber(const struct worker *w, const struct fiber *f)
{
	return worker_aborts_user(w, f->user) ||
	       (w->state >= RUN_DRAINING && f->user->fixture != FIXTURE_AFTER_USER);
}
/* BEGUN is after the warm-up of the user's load. */
static inline bool worker_is_after_warm_up(const struct worker *w, const struct user *user,
					   ns_t begun)
{
	return begun - w->start >= w->plan->loads.items[user->load].measured;
}
/* What the user was to begin at BEGUN is counted: it is of an iteration, and no warm-up. */
static inline bool worker_is_measured(const struct worker *w, const struct user *user, ns_t begun)
{
	return user_iterates(user) && worker_is_after_warm_up(w, user, begun);
}
/*
 * The user's iteration, or its part around them, is over. True when its fiber goes on with the
 * next one at once; else the user waits or is gone.
 */
bool worker_iteration_over(struct worker *w, struct user *user, enum outcome outcome);

#endif
