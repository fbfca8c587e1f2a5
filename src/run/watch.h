/*
 * What run control keeps while a run goes on, shared by its files alone: control.c (parts of the
 * run, signals, the end), second.c (once a second: gather, judge, tell) and events.c (what
 * happened, told to the hooks). Main thread.
 */
#ifndef RUN_WATCH_H
#define RUN_WATCH_H

#include <signal.h>

#include "base/machine_pressure.h"
#include "run/control.h"
#include "run/crew.h"

struct watch {
	struct run *run;
	const struct run_hooks *hooks;
	ns_t start;	  /* of the part at hand; of the load: when its warm-up is over */
	ns_t wall_start;  /* the same moment on the wall clock */
	ns_t tick_from;	  /* start of the stage */
	ns_t start_at;	  /* when the load is to begin; 0: at once */
	enum around part; /* at hand */
	ns_t stop_by;	  /* a stop by signal ends all by then; NS_NEVER */
	ns_t tick_at, second_at;
	ns_t asked_at;	   /* 0: nothing asked */
	ns_t second_began; /* of the CPU shares */
	bool *taken;
	struct machine_pressure pressure; /* as of then */
	struct health_pressure pressed;	  /* in the second closed last */
	ns_t *cpu;
	double *share;
	struct summary second; /* what the second at hand has brought so far */
	bool *broken;	       /* by threshold: as last told */
	bool stop_told, users_told, limited_told;
	bool quiet; /* a trial of a search: its seconds are nobody's but the search's */
	sigset_t old_mask;
};

/* ---- control.c */

/* The load from its beginning to its end; the workers are joined. */
void watch_load(struct watch *w);

/* Until UNTIL or a signal, with a sign of life to the fleet. */
void watch_pause(struct watch *w, ns_t until);

/* ---- together.c */

/* Does this process perform PART, setup or teardown? It may have none, or be another shard's. */
bool watch_performs(const struct watch *w, enum around part);
/* Is setup the first shard's, and this another? */
bool watch_takes_over(const struct watch *w);
/* Waits for what it has left; afterwards as if setup had been performed here. */
void watch_take_over(struct watch *w);
/* Setup was performed: the others may have what it has left, where it is for them too. */
void watch_hand_over(struct watch *w);
/* Before teardown, where it is for all: until the others are over, or have given no sign for long.
 */
void watch_await_others(struct watch *w);
/* Nothing more comes of this shard. */
void watch_leave(struct watch *w);

/* ---- search.c */

/* The load as a capacity search. */
void watch_search(struct watch *w);

/* ---- second.c */

/* RUN has its crew; RUN and HOOKS outlive the watch. */
void watch_init(struct watch *w, struct run *run, const struct run_hooks *hooks);
void watch_release(struct watch *w);
/* Asks the workers for what they have counted. */
void watch_ask(struct watch *w, ns_t now);
/* Takes what has come; closes the second when all have brought theirs or are too late for it. */
void watch_gather(struct watch *w, ns_t now);
/* The workers were joined: what they have left, and the last second. */
void watch_rest(struct watch *w);
/* Raises the run's state; what was begun may take GRACE. */
void watch_stop(struct watch *w, enum run_state state, ns_t grace);

/* ---- events.c */

/* KIND with TEXT, and whatever else is set in EVENT. */
void watch_tell(struct watch *w, struct run_event *event, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void watch_tell_part(struct watch *w);
/* What SECOND has brought: failures from number KNOWN of the totals' list on, users, thresholds,
 * the generator. */
void watch_tell_second(struct watch *w, unsigned known);
/* Once, when the run is to stop. */
void watch_tell_stop(struct watch *w);
void watch_tell_end(struct watch *w);

#endif
