/*
 * A fiber: one line of execution through the program, parked most of its life. A user's own fiber
 * performs the iteration; FORK starts further ones, each of which ends at its JOIN. A fiber
 * belongs to its user and both to one worker. Loop counters, the call stack and the clocks of
 * groups stand behind the struct in the same block, as many as the program needs.
 */
#ifndef RUN_FIBER_H
#define RUN_FIBER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/random.h"
#include "stats/recorder.h"

struct exchange;
struct fork_plan;
struct request_plan;
struct user;

enum fiber_state {
	FIBER_RUNNING,
	FIBER_IN_FLIGHT,
	FIBER_QUEUED,	     /* prepared, in its user's queue for a connection */
	FIBER_SLEEPING,	     /* in the timers */
	FIBER_JOINING,	     /* for the fibers it forked */
	FIBER_AT_RENDEZVOUS, /* at a rendezvous; perhaps in the timers too */
};

struct group_clock {
	uint32_t series;
	uint32_t failures; /* of the user when it began */
	ns_t begin, pause_time;
};

struct fiber {
	struct user *user;
	struct fiber *parent; /* who forked it; NULL: the user's own */
	struct fiber *next;   /* among the living children of its user, or in the pool */
	struct fiber *queued; /* the next in the user's queue for a connection */
	struct exchange *exchange;
	const struct request_plan *request;
	uint8_t state;	/* enum fiber_state */
	bool scheduled; /* what it does next was due at a moment: late is lag */
	bool failed;	/* the request at hand */
	bool parked;	/* at least once in this iteration */
	bool aborted;	/* broken off: nothing more is begun */
	bool retrying;	/* the request at hand failed and is sent again: it is counted already */
	uint32_t timer; /* its number in the timers + 1; 0: not there */
	uint32_t pc;
	uint32_t request_end_pc;  /* pc of the request's REQUEST_END */
	uint32_t branch;	  /* of the fork, from 0 */
	uint16_t redirect_hops;	  /* redirects followed since the last send of the step */
	uint32_t origin;	  /* hash of the origin it asks, for the limits per host */
	ns_t clock;		  /* when the next step is due */
	ns_t pause_time;	  /* time spent in think and pace so far in this iteration */
	ns_t due, sent, deadline; /* of the request at hand; 0: not sent yet, no deadline */
	struct random_stream draws;
	struct sample sample; /* of the request at hand */

	const struct fork_plan *fork; /* while WAITS_JOIN */
	bool fork_starting;
	bool fork_interrupted; /* a branch did not get to its end: neither does the iteration */
	uint32_t fork_next, fork_running;
	uint32_t forks;	    /* so far in this iteration */
	ns_t fork_clock;    /* the latest end of a child */
	uint32_t fork_last; /* the highest branch that was answered, + 1 */

	uint32_t rendezvous;
	uint64_t round;

	int status;	    /* `response.status` */
	ns_t response_time; /* `response.time` */
	uint32_t calls_used, groups_used;
	uint32_t *counters; /* rounds of each LOOP; 0: not in it */
	uint32_t *calls;
	struct group_clock *groups;
};

#endif
