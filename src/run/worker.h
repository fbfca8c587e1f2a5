/*
 * A worker: one thread with its own loop, HTTP, recorder and users. It wakes for responses, for its
 * one alarm (the next arrival, the next deadline of a fiber, the end) and when another thread wakes
 * it. It shares nothing with other workers except `run_shared` and the recorder's exchange. The
 * loop and the HTTP are passed in, so a whole run can be performed in virtual time without a
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

struct channels;     /* run/channels.h */
struct live_secrets; /* run/live_secrets.h */
struct step_log;     /* run/step_log.h */
struct step_report;  /* run/step_report.h */

/* The worker's part of one of the plan's loads. */
struct worker_load {
	struct arrival_schedule schedule;
	uint8_t state; /* enum run_state, of this load; only ever rises */
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
	struct arena arena;	     /* lives as long as the worker */
	struct http_plan **requests; /* for each request of the program */
	struct recorder recorder;
	struct timers timers;
	struct worker_load *loads;	/* for each load of the plan */
	ns_t next_due;			/* scheduled start of the next user; NS_NEVER */
	uint32_t next_load;		/* and its load */
	ns_t rate_since;		/* an arrival since which the rate is measured */
	unsigned rate_count;		/* arrivals so far */
	bool dense;			/* the rate was high: see user_arrivals_alarm */
	struct replay_sessions *replay; /* the recording that is replayed, or NULL */
	struct user_pool users;
	struct event_reader *spare_readers;
	struct fiber *at_rendezvous; /* fibers at a rendezvous, linked by `queued` */
	struct fiber *awaiting;	     /* fibers that wait for a renewal of setup, the same */
	uint64_t switches;	     /* number of times that values of a user were replaced */
	uint32_t renewers;	     /* living users that renew the values of setup */

	struct random_stream trace_draws;	/* run/trace_context.h */
	ns_t start;				/* of the run */
	struct user_page *page;			/* or NULL (run/user_page.h) */
	ns_t wall_offset;			/* wall time minus monotonic time */
	ns_t now;				/* of this wake-up */
	ns_t alarm;				/* as last set */
	ns_t measured;				/* nothing is measured before this time */
	ns_t edge;				/* when the next load ends or is aborted */
	ns_t abort_at;				/* when everything is aborted */
	enum run_state state;			/* as far as this worker has reacted */
	uint64_t connections_seen, closed_seen; /* of the http's counters, already recorded */

	/* For the current step: nothing here is kept across a park. */
	struct eval eval;
	const struct user *current_user; /* whose values are used; NULL for the user of a fixture,
					    who has no load */
	struct scratch scratch;
	struct rows_reader rows;
	struct response response;
	struct buf text;  /* a rendered value before it is encoded, or a message */
	struct buf spare; /* for user_set_value */
	struct failure_note failure;
	struct buf failure_text;
	struct error_message *error_message; /* run/error_message.h */
	uint32_t jumps; /* backward jumps since the loop got control */
	uint8_t
	    *sampled; /* number of failure samples for each request and class of failure; or NULL */
	uint32_t *reported;	   /* failures printed so far, for each request */
	struct step_log *step_log; /* or NULL */
	struct step_report *step_report; /* or NULL */
	struct live_secrets *secrets;
	struct channels *channels;
	struct listener_pool *listeners;
};

/* LOOP and HTTP now belong to the worker. */
void worker_init(struct worker *w, const struct run_plan *plan, struct run_shared *shared,
		 unsigned index, struct loop *loop, struct http *http);
/* Frees loop and http too. */
void worker_release(struct worker *w);
/*
 * Performs one part of the run, which begins at START; returns when the last user has left. Setup
 * and teardown are performed by one worker while no other runs; FIXTURE_NONE is the load: each
 * worker performs its part of it.
 */
void worker_run(struct worker *w, enum fixture_kind fixture, ns_t start, ns_t wall_offset);

/* ---- for the interpreter */

/* Wakes the parked F at DUE; does not change its state. */
void worker_set_timer(struct worker *w, struct fiber *f, ns_t due);
/* F, which is RUNNING, sleeps until DUE. */
void worker_sleep(struct worker *w, struct fiber *f, ns_t due);
/* True if the user renews the values of setup, so that it belongs to no load. */
static inline bool worker_is_renewer(const struct user *user)
{
	return user->renews && !user->owner;
}
/* True if everything of the user is aborted. */
static inline bool worker_aborts_user(const struct worker *w, const struct user *user)
{
	return w->state == RUN_ABORTING ||
	       (w->fixture == FIXTURE_NONE && !worker_is_renewer(user) &&
		w->loads[user->load].state == RUN_ABORTING);
}
/* True if the user begins nothing new. */
static inline bool worker_drains_user(const struct worker *w, const struct user *user)
{
	return w->state >= RUN_DRAINING ||
	       (w->fixture == FIXTURE_NONE && !worker_is_renewer(user) &&
		w->loads[user->load].state >= RUN_DRAINING);
}
/* True if F ends at its next step: the run stops, and F performs neither after_user nor a renewal,
 * for which after_user may wait. */
static inline bool worker_stops_fiber(const struct worker *w, const struct fiber *f)
{
	return worker_aborts_user(w, f->user) ||
	       (w->state >= RUN_DRAINING && f->user->fixture != FIXTURE_AFTER_USER &&
		!f->user->renews);
}
/* BEGUN is after the warm-up of the user's load. */
static inline bool worker_is_after_warm_up(const struct worker *w, const struct user *user,
					   ns_t begun)
{
	return begun - w->start >= w->plan->loads.items[user->load].measured;
}
/* True if what the user has to begin at BEGUN is measured: it belongs to an iteration after the
 * warm-up. */
static inline bool worker_is_measured(const struct worker *w, const struct user *user, ns_t begun)
{
	return user_iterates(user) && worker_is_after_warm_up(w, user, begun);
}
/*
 * The user's iteration or fixture has ended. True if its fiber continues with the next one
 * immediately; otherwise the user waits or was released.
 */
bool worker_iteration_over(struct worker *w, struct user *user, enum outcome outcome);

#endif
