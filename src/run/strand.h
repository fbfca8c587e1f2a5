/*
 * A strand: one line of execution through the program, parked most of its life. A user's own strand
 * performs the iteration; FORK starts further ones, each of which ends at its JOIN. A strand
 * belongs to its user and both to one worker. Loop counters, the call stack and the clocks of
 * groups stand behind the struct in the same block, as many as the program needs.
 */
#ifndef RUN_STRAND_H
#define RUN_STRAND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/random.h"
#include "stats/recorder.h"

struct exchange;
struct fork_plan;
struct request_plan;
struct user;

enum strand_state {
	STRAND_RUNS,
	STRAND_WAITS_ANSWER,
	STRAND_WAITS_HOST,  /* prepared, in its user's queue for a connection */
	STRAND_WAITS_TIME,  /* in the timers */
	STRAND_WAITS_JOIN,  /* for the strands it forked */
	STRAND_WAITS_USERS, /* at a meeting point; perhaps in the timers too */
};

struct group_clock {
	uint32_t series;
	uint32_t failures; /* of the user when it began */
	ns_t begin, thought;
};

struct strand {
	struct user *user;
	struct strand *parent; /* who forked it; NULL: the user's own */
	struct strand *next;   /* among the living children of its user, or in the pool */
	struct strand *queued; /* the next in the user's queue for a connection */
	struct exchange *exchange;
	const struct request_plan *request;
	uint8_t state;	/* enum strand_state */
	bool scheduled; /* what it does next was due at a moment: late is lag */
	bool failed;	/* the request at hand */
	bool parked;	/* at least once in this iteration */
	bool cut;	/* broken off: nothing more is begun */
	bool retrying;	/* the request at hand failed and is sent again: it is counted already */
	uint32_t timer; /* its number in the timers + 1; 0: not there */
	uint32_t pc;
	uint32_t settle;	  /* pc of the request's SETTLE */
	uint32_t branch;	  /* of the fork, from 0 */
	uint16_t hops;		  /* redirects followed since the last send of the step */
	uint32_t origin;	  /* hash of the origin it asks, for the limits per host */
	ns_t clock;		  /* when the next step is due */
	ns_t thought;		  /* time spent in think and pace so far in this iteration */
	ns_t due, sent, deadline; /* of the request at hand; 0: not sent yet, no deadline */
	struct draws draws;
	struct sample sample; /* of the request at hand */

	const struct fork_plan *fork; /* while WAITS_JOIN */
	bool fork_starting;
	bool fork_broken; /* a branch did not get to its end: neither does the iteration */
	uint32_t fork_next, fork_running;
	uint32_t forks;	    /* so far in this iteration */
	ns_t fork_clock;    /* the latest end of a child */
	uint32_t fork_last; /* the highest branch that was answered, + 1 */

	uint32_t meeting;
	uint64_t round;

	int status;	    /* `response.status` */
	ns_t response_time; /* `response.time` */
	uint32_t calls_used, groups_used;
	uint32_t *counters; /* rounds of each LOOP; 0: not in it */
	uint32_t *calls;
	struct group_clock *groups;
};

#endif
