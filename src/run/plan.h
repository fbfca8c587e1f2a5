/*
 * What a run is told (settings) and what is worked out from it once before the first user comes
 * (plan): the loads, which series counts what, where each failure is said to be, who may be
 * contacted. The plan is const once made and shared by all workers; it lives in its arena and must
 * outlive them. `run_shared` holds the few words the workers share while they run: all atomic.
 */
#ifndef RUN_PLAN_H
#define RUN_PLAN_H

#include <stdatomic.h>

#include "program/program.h"
#include "run/load_plan.h"
#include "run/rendezvous.h"
#include "stats/failure.h"
#include "stats/series.h"

struct exchange; /* net/http.h */

/* Somebody who looks at every last answer of a request, while it is there; on the worker's thread.
 */
struct run_tap {
	void *owner;
	void (*answer)(void *owner, const struct exchange *exchange);
};

/* How the shards of a fleet find each other, where one performs setup or teardown for all. */
struct run_fleet {
	struct str folder;	      /* that all see; empty: each is alone */
	struct str key;		      /* of this run */
	struct str version, scenario; /* must be the same for all; the scenario's is a digest */
	ns_t wait;		      /* for one that gives no sign of life */
};

struct run_settings {
	const struct program *program;
	struct load load; /* the common one, after the options; 0 where nothing was given */
	uint64_t seed;
	unsigned threads;    /* wished for; never more than there is work for */
	ns_t stop_grace;     /* the most a stop by a signal may take */
	bool once;	     /* each scenario once by one user, without think and pace */
	bool fail_fast;	     /* the first failure stops the run */
	bool no_think;	     /* no pauses of `think` */
	double think_factor; /* their length as a multiple; 0: as written */
	uint64_t trace_user; /* this one's exchanges are shown; 0: nobody's */
	struct str run_id;
	const struct run_tap *tap; /* or NULL; with `once` only, so that there is one thread */
	unsigned shard, shards;	   /* this one of so many, from 1; 0: the only one */
	ns_t start_at;		   /* of the load, on the wall clock; 0: at once */
	struct run_fleet fleet;
	struct evidence *evidence; /* where failed exchanges are put by; NULL: nowhere */
};

struct request_facts {
	unsigned series;
	struct str at;	/* "shop.yaml:24" */
	bool ask_gate;	/* its constant URL is of nobody who may be contacted */
	bool varies;	/* something of it is rendered for each send */
	bool may_share; /* in a program with forks: may turn out to be HTTP/2, one connection for
			   all */
};

struct expect_facts {
	enum failure_class class;
	struct str at;
};

struct run_plan {
	struct arena arena;
	struct run_settings settings;
	const struct program *program;
	unsigned threads;
	unsigned shard, shards; /* this one of so many, from 1 */
	struct load_plans loads;
	const struct replay *replay; /* what comes is a recording; NULL: it is not */
	uint64_t users; /* there at once when all have come; 0: there are arrivals among them */
	struct series_table table;
	const struct request_facts *requests;
	const struct expect_facts *expects;
	const struct str *extracts_at;
	const struct str *code_at;	 /* of each instruction */
	const unsigned *series;		 /* of the program -> of the table */
	const unsigned *scenario_series; /* one for each scenario */
	unsigned around_series[AROUND_NONE];
	unsigned per_host;
	int cookie_jar;
	size_t worker_users; /* users on one worker at once, as far as can be known */
};

enum run_state { RUN_GOES_ON, RUN_STOPS /* nothing new is begun */, RUN_CUTS /* all ends now */ };

struct load_shared {
	_Atomic uint64_t iterations; /* taken of `total` */
	_Atomic int64_t users;	     /* there now, over all workers */
};

struct run_shared {
	_Atomic int state;	    /* enum run_state; only ever rises */
	_Atomic int64_t cut_at;	    /* when what was begun before a stop is cut off; only falls */
	_Atomic bool failed_fast;   /* the first failure has stopped the run */
	_Atomic bool reached;	    /* a server took a connection, in whatever part of the run */
	_Atomic bool rows_ended;    /* a data set has run out and was not to repeat */
	_Atomic int64_t users_now;  /* over all workers */
	_Atomic int64_t users_most; /* at once so far */
	struct load_shared *loads;  /* one for each of the plan's */
	_Atomic uint64_t *numbers;  /* of counter(name) */
	/* What setup has left; written while no user is there. */
	const struct value *first; /* the program's, or `kept` */
	struct value *kept;
	size_t kept_cap;
	bool setup_failed;
	enum failure_class setup_class; /* of the failure; FAILURE_CLASS_COUNT: it was cut off */
	struct meeting *meetings;	/* one for each rendezvous */
	uint32_t meeting_count;
	void *owner;
	void (*wake_all)(void *owner); /* calls every worker's loop_wake; from any thread */
};

/* Fills PLAN. SETTINGS->program must outlive it. */
void run_plan_init(struct run_plan *plan, const struct run_settings *settings);
void run_plan_release(struct run_plan *plan);

/* PLAN outlives SHARED, which must not move; whoever starts the workers sets `wake_all`. */
void run_shared_init(struct run_shared *shared, const struct run_plan *plan);
void run_shared_release(struct run_shared *shared);
/* Raises the state to STATE, lowers the moment of the cut to CUT_AT and wakes the workers. Of
 * several stops the earliest cut holds. Any thread. */
void run_shared_stop(struct run_shared *shared, enum run_state state, ns_t cut_at);

#endif
