/*
 * Run control: creates the workers, starts and stops them, collects their counts once a second,
 * listens for signals, and determines how the run ended. Everything here belongs to the main
 * thread; the workers run between begin and end of run_perform.
 *
 * Order: run_init (everything that can fail; nothing is sent) -> outputs are opened -> run_perform
 * -> outputs are closed with the verdict -> run_release.
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
	struct capacity capacity; /* in use if the load is a search */
	double result_level;	  /* of the run after the search; 0: there was none */
	enum run_stage stage;	  /* what is performed now */
	int signals;		  /* descriptor; -1: none */
	/* How the run ended. */
	int signal;	      /* the first signal; SIGINT for the stop file; 0: none */
	bool stop_file_found; /* the stop file, and not a signal, stopped the run */
	bool stop_requested;  /* by an output, from `tick`: a user of the dashboard */
	bool aborted;	      /* a threshold with `abort` */
	bool gave_up;	      /* no server was reached for a long time */
	bool failed_fast;     /* the first failure stopped the run */
	bool setup_failed;    /* so no user started */
	bool thread_failed;   /* the system refused a thread, so the run did not take place as
				 requested */
	enum verdict_outcome outcome;
	bool reached; /* false: no connection was ever made */
	ns_t duration;
	struct heartbeat
	    *heartbeat; /* the other shards, if setup or teardown is for all of them; or NULL */
	char shard_error[400]; /* why the values of setup could not be passed on; "" */
	ns_t skew;	       /* how much later than `start_at` the load began */
	ns_t late;	       /* the same, without the time that all shards waited for setup */
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

/* False with a reason in ERROR. The program in SETTINGS, and THRESHOLDS, must outlive the run. */
bool run_init(struct run *run, const struct run_settings *settings,
	      const struct threshold *thresholds, size_t threshold_count, struct buf *error);
/* Performs the run and determines the verdict. The first SIGINT or SIGTERM stops the run, the
 * second ends it immediately; so does a signal after the file of settings.stop_file. */
void run_perform(struct run *run, const struct run_hooks *hooks);
void run_release(struct run *run);

#endif
