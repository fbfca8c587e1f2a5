/*
 * The state of run control during a run, private to its files: run.c (parts of the run, signals,
 * the end), run_monitor_collect.c (once a second: collect, evaluate, report), run_monitor_events.c
 * (events for the hooks), shard_sync.c and capacity_search.c. Main thread.
 */
#ifndef RUN_RUN_MONITOR_H
#define RUN_RUN_MONITOR_H

#include <signal.h>

#include "base/machine_pressure.h"
#include "run/run.h"
#include "run/worker_pool.h"

struct run_monitor {
	struct run *run;
	const struct run_hooks *hooks;
	ns_t start;		   /* of the current part; for the load: the end of the warm-up */
	ns_t wall_start;	   /* the same time on the wall clock */
	ns_t tick_from;		   /* start of the stage */
	ns_t start_at;		   /* scheduled start of the load; 0: immediately */
	ns_t setup_until;	   /* end of the setup for all shards; 0: there is none */
	enum fixture_kind fixture; /* the current part of the run */
	ns_t stop_by;		   /* when a stop by signal ends everything; NS_NEVER */
	ns_t tick_at, second_at;
	ns_t visit_at;	   /* when to look at the result folder */
	ns_t requested_at; /* 0: no stop requested */
	bool *collected;
	ns_t usage_at;			  /* when the following were read */
	struct worker_usage *usage;	  /* per worker */
	struct machine_pressure pressure; /* of the whole process */
	struct health_pressure pressed;	  /* in the last second */
	double *share;			  /* of a core, per worker, in the last second */
	struct summary second;		  /* counts of the current second so far */
	bool *failing;			  /* per threshold: as last reported */
	bool stop_reported, users_reported, limited_reported;
	uint64_t published, received; /* generation of setup's values, for or from other shards */
	bool failure_published;	      /* that they could not be renewed */
	ns_t wanted_since;	      /* when a server refused the received ones; 0: it did not */
	bool is_trial;		      /* a trial of a search: only the search sees its seconds */
	sigset_t old_mask;
};

/* ---- run.c */

/* The load from its beginning to its end; the workers are joined. */
void run_monitor_load(struct run_monitor *w);

/* Waits until UNTIL or for a signal, visits the result folder and renews the mark of this shard. */
void run_monitor_pause(struct run_monitor *w, ns_t until);

/* ---- shard_sync.c */

/* True if this process performs FIXTURE, setup or teardown: it exists, and is not another shard's.
 */
bool run_monitor_performs(const struct run_monitor *w, enum fixture_kind fixture);
/* True if the first shard performs setup, and this is another shard. */
bool run_monitor_awaits_setup(const struct run_monitor *w);
/* Waits for the values of the first shard's setup; afterwards as if setup had been performed here.
 */
void run_monitor_receive_setup(struct run_monitor *w);
/* Setup was performed: passes its values on, if it is for all shards. */
void run_monitor_publish_setup(struct run_monitor *w);
/* Once a tick: passes the renewed values of setup on, or asks for them and uses them. */
void run_monitor_renew(struct run_monitor *w, ns_t now);
/* Before a teardown for all shards: waits until the others have ended or have given no sign of
 * life for long. */
void run_monitor_await_shards(struct run_monitor *w);
/* This shard has ended. */
void run_monitor_leave_shards(struct run_monitor *w);

/* ---- capacity_search.c */

/* The load as a capacity search. */
void run_monitor_search(struct run_monitor *w);
/* Adds the run that the result describes to the curve of the search, if there was one. */
void run_monitor_end_search(struct run *run);

/* ---- run_monitor_collect.c */

/* RUN has its worker pool; RUN and HOOKS must outlive the monitor. */
void run_monitor_init(struct run_monitor *w, struct run *run, const struct run_hooks *hooks);
void run_monitor_release(struct run_monitor *w);
/* Begins to measure the use of CPU; FRESH: the workers' threads are new. */
void run_monitor_begin_usage(struct run_monitor *w, bool fresh);
/* Requests the counts of the workers. */
void run_monitor_request_counts(struct run_monitor *w, ns_t now);
/* Takes the counts that have been delivered; closes the second when all workers have delivered
 * theirs or are too late. */
void run_monitor_collect(struct run_monitor *w, ns_t now);
/* After the workers were joined: takes the remaining counts and closes the last second. */
void run_monitor_collect_rest(struct run_monitor *w);
/* Raises the run's state; requests in flight get GRACE. */
void run_monitor_stop(struct run_monitor *w, enum run_state state, ns_t grace);

/* ---- run_monitor_events.c */

/* Reports KIND with TEXT and the other fields of EVENT. */
void run_monitor_event(struct run_monitor *w, struct run_event *event, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void run_monitor_report_stage(struct run_monitor *w);
/* Reports the events of the last second: the failures that follow the first KNOWN in the totals'
 * list, users, thresholds, the generator. */
void run_monitor_report_second(struct run_monitor *w, unsigned known);
/* Reports the reason, once, when the run begins to stop. */
void run_monitor_report_stop(struct run_monitor *w);
void run_monitor_report_end(struct run_monitor *w);

#endif
