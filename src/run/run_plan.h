/*
 * What a run is told (settings) and what is worked out from it once before the first user comes
 * (plan): the loads, which series counts what, where each failure is said to be, who may be
 * contacted. The plan is const once made and shared by all workers; it lives in its arena and must
 * outlive them.
 */
#ifndef RUN_RUN_PLAN_H
#define RUN_RUN_PLAN_H

#include "program/program.h"
#include "run/load_plan.h"
#include "stats/failure.h"
#include "stats/series.h"

struct exchange; /* net/http.h */

/* Somebody who looks at every last answer of a request, while it is there; on the worker's thread.
 */
struct run_tap {
	void *owner;
	void (*response)(void *owner, const struct exchange *exchange);
};

/* How the shards of a fleet find each other, where one performs setup or teardown for all. */
struct shard_sync_settings {
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
	struct shard_sync_settings fleet;
	struct failure_samples
	    *failure_samples; /* where failed exchanges are put by; NULL: nowhere */
};

struct request_facts {
	unsigned series;
	struct str at;	 /* "shop.yaml:24" */
	bool check_gate; /* its constant URL is of nobody who may be contacted */
	bool varies;	 /* something of it is rendered for each send */
	bool may_share;	 /* in a program with forks: may turn out to be HTTP/2, one connection for
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
	struct load_plan_list loads;
	const struct replay_file *replay; /* what comes is a recording; NULL: it is not */
	uint64_t users; /* there at once when all have come; 0: there are arrivals among them */
	struct series_table table;
	const struct request_facts *requests;
	const struct expect_facts *expects;
	const struct str *extracts_at;
	const struct str *code_at;	 /* of each instruction */
	const unsigned *series;		 /* of the program -> of the table */
	const unsigned *scenario_series; /* one for each scenario */
	unsigned fixture_series[FIXTURE_NONE];
	unsigned per_host;
	int cookie_jar;
	size_t worker_users; /* users on one worker at once, as far as can be known */
};

/* Fills PLAN. SETTINGS->program must outlive it. */
void run_plan_init(struct run_plan *plan, const struct run_settings *settings);
void run_plan_release(struct run_plan *plan);

#endif
