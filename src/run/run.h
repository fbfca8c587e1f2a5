/*
 * Run control: makes the workers, starts and stops them, gathers once a second what they counted,
 * listens for signals, and says how it ended. Everything here belongs to the main thread; the
 * workers run between run_perform's begin and end.
 *
 * Order: run_init (all that can fail, nothing is sent) -> outputs are opened -> run_perform ->
 * outputs are closed with the verdict -> run_release.
 */
#ifndef RUN_RUN_H
#define RUN_RUN_H

#include "base/buf.h"
#include "interface/output.h"
#include "run/run_plan.h"
#include "run/run_shared.h"
#include "stats/capacity.h"
#include "stats/summary.h"
#include "stats/threshold.h"
#include "stats/verdict.h"

struct heartbeat;   /* run/heartbeat.h */
struct worker_pool; /* the workers and their threads */

struct run {
	struct run_plan plan;
	struct run_shared shared;
	struct worker_pool *pool;
	struct summary summary;
	struct threshold_judge judge;
	struct generator_health health;
	struct verdict_validity validity;
	struct capacity capacity; /* `wanted` where the load is a search */
	enum run_stage stage;	  /* what is performed now */
	int signals;		  /* descriptor; -1: none */
	/* How it ended. */
	int signal;	     /* the first that came; 0: none */
	bool stop_requested; /* by an output, from `tick`: a person at the dashboard */
	bool aborted;	     /* a threshold with `abort` */
	bool gave_up;	     /* nobody was there to be reached, for long */
	bool failed_fast;    /* the first failure stopped it */
	bool setup_failed;   /* so no user came */
	bool thread_failed;  /* the system refused a thread: it was not performed as asked */
	bool pass;	     /* all thresholds hold; without any: no request failed */
	bool reached;	     /* false: no connection was ever made */
	ns_t duration;
	struct heartbeat
	    *heartbeat;	       /* the other shards, where setup or teardown is for all; or NULL */
	char shard_error[400]; /* why what it was to hand over did not come; "" */
	ns_t skew;	       /* how much later than `start_at` the load began */
};

struct run_hooks {
	void *owner;
	/* About every 250 ms; NOW counts from the start of the stage. */
	void (*tick)(void *owner, const struct summary *sofar, ns_t now);
	/* As in interface/output.h; both may be NULL. */
	void (*second)(void *owner, const struct summary *second, const struct summary *sofar,
		       const struct run_interval *m);
	void (*event)(void *owner, const struct run_event *event);
};

/* False with a reason in ERROR. SETTINGS' program and THRESHOLDS outlive the run. */
bool run_init(struct run *run, const struct run_settings *settings,
	      const struct threshold *thresholds, size_t threshold_count, struct buf *error);
/* Performs the run and judges it. The first SIGINT or SIGTERM stops it, the second ends it now. */
void run_perform(struct run *run, const struct run_hooks *hooks);
void run_release(struct run *run);

#endif
