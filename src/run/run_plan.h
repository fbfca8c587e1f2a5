/*
 * The settings of a run, and the plan computed from them once before the first user starts: the
 * loads, the series each request is counted in, the position reported for each failure, the allowed
 * hosts. The plan is const after creation and shared by all workers; it lives in its arena and must
 * outlive them.
 */
#ifndef RUN_RUN_PLAN_H
#define RUN_RUN_PLAN_H

#include "program/program.h"
#include "run/load_plan.h"
#include "stats/failure.h"
#include "stats/series.h"
#include "stats/threshold.h"

struct exchange; /* net/http.h */

/* A request that has ended, valid during the call. */
struct run_tap_request {
	uint32_t request;	     /* index into program->requests */
	uint64_t user, iteration;    /* from 1 */
	const struct exchange *last; /* the last exchange; NULL: nothing was sent */
	bool redirected, failed;
	struct str failure; /* the message */
};

/* Receives the exchanges of each request, while they exist; on the worker's thread. The run keeps
 * all bodies and prints nothing about its failures. */
struct run_tap {
	void *owner;
	/* One that is followed; USER from 1. */
	void (*redirect)(void *owner, uint64_t user, const struct exchange *exchange);
	void (*request)(void *owner, const struct run_tap_request *request);
};

struct failure_sample; /* stats/failure_samples.h */

struct run_step_failure {
	enum failure_class class;
	struct str message, at; /* "shop.yaml:24" */
};

/* A step that has ended, valid during the call. Secrets are masked. */
struct run_step {
	uint32_t step;		  /* index into program->steps; PC_NONE: a login of `oauth2` */
	struct str scenario;	  /* or the name of the fixture */
	uint64_t user, iteration; /* from 1 */
	const struct run_step_failure *failures;
	size_t failure_count;
	struct str extracted, variables; /* JSON objects */
	const unsigned *exchanges;	 /* their numbers */
	size_t exchange_count;
};

/* The effect of --until at the end of a step. */
enum run_step_stop {
	RUN_STEP_CONTINUES,
	RUN_STEP_REACHED, /* the step of --until: the run stops */
	RUN_STEP_PASSED,  /* the outermost step around it: it was not reached, and the run stops */
};

/* Receives each step of a run of --once; on the worker's thread. The program was compiled with
 * PROGRAM_STEP_ENDS. The run keeps all bodies. */
struct run_step_sink {
	void *owner;
	const uint8_t *stops; /* enum run_step_stop, for each of program->steps */
	uint32_t scenario;    /* the only scenario that is performed; PC_NONE: all */
	size_t body_max;      /* bytes of each body in a sample */
	/* An exchange of STEP came back, redirects and retries too; returns its number. ERROR is
	 * the reason if there is no complete response, or empty. */
	unsigned (*exchange)(void *owner, uint32_t step, struct str request_name,
			     const struct failure_sample *sample, struct str error);
	void (*step)(void *owner, const struct run_step *step);
};

/* How the shards of a fleet find each other, if one performs setup or teardown for all. */
struct shard_sync_settings {
	struct str folder; /* the shared folder; empty: each shard is alone */
	struct str key;	   /* of this run */
	struct str version,
	    scenario; /* must be the same for all shards; the scenario's is a digest */
	ns_t wait;    /* for a shard that gives no sign of life */
};

struct run_settings {
	const struct program *program;
	struct load load; /* the common load, with the options applied; 0 for what was not given */
	uint64_t seed;
	unsigned threads;    /* as requested; the plan may use fewer */
	ns_t stop_grace;     /* maximum time for a stop by signal */
	bool once;	     /* one user performs each scenario once, without think and pace */
	bool fail_fast;	     /* the first failure stops the run */
	uint64_t max_requests; /* the run stops before it sends more; 0: no limit */
	bool no_think;	     /* no pauses of `think` */
	double think_factor; /* factor for their durations; 0: unchanged */
	uint64_t trace_user; /* show this user's exchanges; 0: none */
	struct str run_id;
	const struct run_tap *tap; /* or NULL; only with one thread */
	const struct run_step_sink *steps; /* the same */
	unsigned shard, shards;	   /* number of this shard, from 1, and of all; 0: the only one */
	ns_t start_at;		   /* of the load, on the wall clock; 0: immediately */
	struct shard_sync_settings fleet;
	struct failure_samples
	    *failure_samples; /* where failed exchanges are kept; NULL: they are not kept */
	struct request_rows *request_rows;  /* where finished requests are added; NULL: nowhere */
	struct str failure_folder;	    /* folder of their files, for messages; empty: none */
	const char *stop_file; /* if this file exists, the run stops as after SIGINT; NULL: none */
	const char *result_file; /* its time is set once a second; NULL with stop_file */
	const struct threshold *thresholds; /* of the scenario, also of a shard; what they read is
					       counted */
	size_t threshold_count;
};

struct request_facts {
	unsigned series;
	struct str at;	 /* "shop.yaml:24" */
	bool check_gate; /* its constant URL belongs to a host that is not allowed */
	bool varies;	 /* a part of it is rendered for each send */
	bool traced;	 /* gets the header lines of the trace context (run/trace_context.h) */
	bool may_share;	 /* in a program with forks: may use HTTP/2, with one connection for all
			    branches */
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
	unsigned shard, shards; /* number of this shard, from 1, and of all */
	struct load_plan_list loads;
	const struct replay_file *replay; /* the recording to be replayed; NULL: none */
	uint64_t users; /* concurrent users when all have started; 0: there are arrivals */
	struct series_table table;
	const struct request_facts *requests;
	const struct expect_facts *expects;
	const struct str *extracts_at;
	const struct str *code_at;	 /* for each instruction */
	const unsigned *series;		 /* number in the program -> number in the table */
	const unsigned *scenario_series; /* for each scenario */
	const bool *group_phases;	 /* for each series: a group that counts the phases of its
					    requests; NULL: none does */
	unsigned fixture_series[FIXTURE_NONE];
	unsigned per_host;
	int cookie_jar;
	size_t worker_users; /* concurrent users on one worker, as far as they are known */
};

/* Fills PLAN. SETTINGS->program must outlive it. */
void run_plan_init(struct run_plan *plan, const struct run_settings *settings);
/* Fills only the program and the table of series. Release PLAN as after run_plan_init. */
void run_plan_init_series(struct run_plan *plan, const struct program *program);
void run_plan_release(struct run_plan *plan);

#endif
