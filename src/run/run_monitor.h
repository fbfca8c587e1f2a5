/*
 * What run control keeps while a run goes on, shared by its files alone: run.c (parts of the
 * run, signals, the end), collect.c (once a second: collect, judge, report), run_events.c (what
 * happened, for the hooks), shard_sync.c and capacity_search.c. Main thread.
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
	ns_t start;		   /* of the part at hand; of the load: when its warm-up is over */
	ns_t wall_start;	   /* the same moment on the wall clock */
	ns_t tick_from;		   /* start of the stage */
	ns_t start_at;		   /* when the load is to begin; 0: at once */
	enum fixture_kind fixture; /* at hand */
	ns_t stop_by;		   /* a stop by signal ends all by then; NS_NEVER */
	ns_t tick_at, second_at;
	ns_t requested_at; /* 0: nothing asked */
	ns_t second_began; /* of the CPU shares */
	bool *collected;
	struct machine_pressure pressure; /* as of then */
	struct health_pressure pressed;	  /* in the second closed last */
	ns_t *cpu;
	double *share;
	struct summary second; /* what the second at hand has brought so far */
	bool *failing;	       /* by threshold: as last told */
	bool stop_reported, users_reported, limited_reported;
	bool is_trial; /* a trial of a search: its seconds are nobody's but the search's */
	sigset_t old_mask;
};

/* ---- run.c */

/* The load from its beginning to its end; the workers are joined. */
void run_monitor_load(struct run_monitor *w);

/* Until UNTIL or a signal, with a sign of life to the fleet. */
void run_monitor_pause(struct run_monitor *w, ns_t until);

/* ---- shard_sync.c */

/* Does this process perform PART, setup or teardown? It may have none, or be another shard's. */
bool run_monitor_performs(const struct run_monitor *w, enum fixture_kind fixture);
/* Is setup the first shard's, and this another? */
bool run_monitor_awaits_setup(const struct run_monitor *w);
/* Waits for what it has left; afterwards as if setup had been performed here. */
void run_monitor_receive_setup(struct run_monitor *w);
/* Setup was performed: the others may have what it has left, where it is for them too. */
void run_monitor_publish_setup(struct run_monitor *w);
/* Before teardown, where it is for all: until the others are over, or have given no sign for long.
 */
void run_monitor_await_shards(struct run_monitor *w);
/* Nothing more comes of this shard. */
void run_monitor_leave_shards(struct run_monitor *w);

/* ---- capacity_search.c */

/* The load as a capacity search. */
void run_monitor_search(struct run_monitor *w);

/* ---- collect.c */

/* RUN has its worker pool; RUN and HOOKS outlive the monitor. */
void run_monitor_init(struct run_monitor *w, struct run *run, const struct run_hooks *hooks);
void run_monitor_release(struct run_monitor *w);
/* Asks the workers for what they have counted. */
void run_monitor_request_counts(struct run_monitor *w, ns_t now);
/* Takes what has come; closes the second when all have brought theirs or are too late for it. */
void run_monitor_collect(struct run_monitor *w, ns_t now);
/* The workers were joined: what they have left, and the last second. */
void run_monitor_collect_rest(struct run_monitor *w);
/* Raises the run's state; what was begun may take GRACE. */
void run_monitor_stop(struct run_monitor *w, enum run_state state, ns_t grace);

/* ---- run_events.c */

/* KIND with TEXT, and whatever else is set in EVENT. */
void run_monitor_event(struct run_monitor *w, struct run_event *event, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void run_monitor_report_stage(struct run_monitor *w);
/* What SECOND has brought: failures from number KNOWN of the totals' list on, users, thresholds,
 * the generator. */
void run_monitor_report_second(struct run_monitor *w, unsigned known);
/* Once, when the run is to stop. */
void run_monitor_report_stop(struct run_monitor *w);
void run_monitor_report_end(struct run_monitor *w);

#endif
