/*
 * A fiber: one line of execution through the program, parked most of the time. A user's own fiber
 * performs the iteration; FORK starts more fibers, which end at their JOIN. A fiber belongs
 * to its user, and both belong to one worker. Loop counters, the call stack and the clocks of
 * groups follow the struct in the same block, as many as the program needs.
 */
#ifndef RUN_FIBER_H
#define RUN_FIBER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/die.h"
#include "base/random.h"
#include "stats/recorder.h"

struct exchange;
struct fork_plan;
struct request_plan;
struct user;

enum fiber_state {
	FIBER_FREE,	     /* in the pool */
	FIBER_RUNNING,	     /* between two requests; also while its user is idle */
	FIBER_PREPARED,	     /* has a request, of whose current attempt nothing was sent */
	FIBER_QUEUED,	     /* waits in its user's queue for a connection */
	FIBER_IN_FLIGHT,     /* its exchange was sent */
	FIBER_CHECKING,	     /* its exchange came back: EXPECT and EXTRACT, up to REQUEST_END */
	FIBER_RETRYING,	     /* its request failed and is retried, after a delay or immediately */
	FIBER_SLEEPING,	     /* in the timers: think, pace, back-off, or a yield to the others */
	FIBER_FORKING,	     /* starts branches */
	FIBER_JOINING,	     /* waits for its branches */
	FIBER_AT_RENDEZVOUS, /* waits for other users; in the timers if the rendezvous has a timeout
			      */
	FIBER_AWAITING,	     /* its next request waits until the values in it have been renewed */
	FIBER_CANCELLING,    /* aborted, but its exchange has not come back yet */
	FIBER_ABORTED,	     /* aborted; waits until the other fibers of its user are */
	FIBER_STATE_COUNT
};

/* The life of a fiber, one row per transition: X(argument, from, to, event). There are no others;
 * fiber_enter ends the program at one that is not in this table. */
#define FIBER_TRANSITIONS(X, argument)                                                             \
	X(argument, FREE, RUNNING, "acquired from the pool")                                       \
	X(argument, RUNNING, FREE, "its user leaves, or its branch has ended")                     \
	X(argument, RUNNING, SLEEPING, "think, pace, back-off, yield")                             \
	X(argument, SLEEPING, RUNNING, "its timer is due, or the pause is cut short")              \
	X(argument, SLEEPING, ABORTED, "abort")                                                    \
	X(argument, RUNNING, AT_RENDEZVOUS, "the round is not full")                               \
	X(argument, AT_RENDEZVOUS, RUNNING, "the round is full, or has expired")                   \
	X(argument, AT_RENDEZVOUS, ABORTED, "abort")                                               \
	X(argument, RUNNING, AWAITING, "the values of the next request are being renewed")         \
	X(argument, AWAITING, RUNNING, "they have been renewed")                                   \
	X(argument, AWAITING, ABORTED, "abort")                                                    \
	X(argument, RUNNING, FORKING, "FORK")                                                      \
	X(argument, FORKING, JOINING, "as many branches run as may run")                           \
	X(argument, JOINING, FORKING, "a branch has ended")                                        \
	X(argument, JOINING, RUNNING, "all branches have ended")                                   \
	X(argument, JOINING, ABORTED, "abort")                                                     \
	X(argument, RUNNING, PREPARED, "REQUEST")                                                  \
	X(argument, PREPARED, RUNNING, "the request cannot be sent")                               \
	X(argument, PREPARED, IN_FLIGHT, "the request is sent")                                    \
	X(argument, PREPARED, QUEUED, "all connections to the host are in use")                    \
	X(argument, QUEUED, IN_FLIGHT, "a connection is free")                                     \
	X(argument, QUEUED, RUNNING, "the run drains: the request is not sent")                    \
	X(argument, QUEUED, ABORTED, "abort")                                                      \
	X(argument, IN_FLIGHT, CHECKING, "the exchange came back")                                 \
	X(argument, IN_FLIGHT, CANCELLING, "abort")                                                \
	X(argument, CHECKING, IN_FLIGHT, "a redirect is followed")                                 \
	X(argument, CHECKING, QUEUED, "a redirect waits for a connection")                         \
	X(argument, CHECKING, RUNNING, "REQUEST_END")                                              \
	X(argument, CHECKING, RETRYING, "REQUEST_END of a failure that is retried")                \
	X(argument, RETRYING, PREPARED, "REQUEST")                                                 \
	X(argument, RETRYING, RUNNING, "the run drains: the retry is not sent")                    \
	X(argument, RETRYING, ABORTED, "abort")                                                    \
	X(argument, CANCELLING, ABORTED, "the cancelled exchange came back")                       \
	X(argument, ABORTED, RUNNING, "the user's own fiber: all of the user is aborted")          \
	X(argument, ABORTED, FREE, "a branch: all of the user is aborted")

/* The trace of a group or an iteration; no id: nothing was sent in it. */
struct fiber_trace {
	struct exemplar_trace id;
	bool sampled;
};

struct group_clock {
	struct fiber_trace trace;
	uint32_t series;
	uint32_t failures; /* of the user when the group began */
	ns_t begin, pause_time;
};

struct fiber {
	struct user *user;
	struct fiber *parent; /* the fiber that forked it; NULL: the user's own fiber */
	struct fiber *next;   /* in the list of its user's children, or in the pool */
	struct fiber *queued; /* next in the user's queue for a connection */
	struct exchange *exchange;
	struct event_reader *events; /* of the current request, or NULL (run/event_reader.h) */
	struct listener *listener;   /* that it opens, or NULL (run/listener.h) */
	const struct request_plan *request;
	uint8_t state;	  /* enum fiber_state */
	bool scheduled;	  /* the next step has a scheduled start: a delay counts as lag */
	bool failed;	  /* the current request */
	bool sends_query; /* the text of a persisted GraphQL query */
	bool parked;	  /* at least once in this iteration */
	uint32_t timer;	  /* number in the timers + 1; 0: not in the timers */
	uint32_t pc;
	uint32_t request_end_pc;  /* pc of the request's REQUEST_END */
	uint32_t branch;	  /* number of the branch in its fork, from 0 */
	uint16_t redirect_hops;	  /* redirects followed since the last send of the step */
	uint32_t origin;	  /* hash of the request's origin, for the limits per host */
	ns_t clock;		  /* the scheduled start of the next step */
	ns_t pause_time;	  /* time spent in think and pace so far in this iteration */
	ns_t due, sent, deadline; /* of the current request; 0: not sent yet, no deadline */
	struct random_stream draws;
	struct sample sample; /* of the current request */

	const struct fork_plan *fork; /* while FORKING or JOINING */
	bool fork_interrupted; /* a branch did not reach its end; the iteration will not either */
	uint32_t fork_next, fork_running;
	uint32_t forks;	    /* so far in this iteration */
	ns_t fork_clock;    /* the latest end of a child */
	uint32_t fork_last; /* highest number of a branch that got a response, + 1 */

	uint32_t rendezvous;
	uint64_t round;

	uint32_t awaits;   /* 1 + the index of the renewal in whose list it waits; 0: none */
	bool renewed;	   /* the current request was sent again because of a renewal */
	ns_t await_from;   /* when it began to wait; 0: it does not */
	uint64_t rendered; /* the worker's count of changes when the request was rendered */
	ns_t fork_pause;   /* pauses of the child that ends last */

	struct buf secrets; /* of the current request; see run/live_secrets.h */

	int status;	    /* `response.status` */
	ns_t response_time; /* `response.time` */
	uint32_t calls_used, groups_used;
	uint32_t *counters; /* rounds of each LOOP; 0: outside it */
	uint32_t *calls;
	struct group_clock *groups;
};

/* For each state, the states that may follow it: bit 1 << enum fiber_state. */
extern const uint16_t fiber_next[FIBER_STATE_COUNT];

_Noreturn void fiber_bad_transition(enum fiber_state from, enum fiber_state to);

/* The only way to change a fiber's state. Called four times per request. */
static inline void fiber_enter(struct fiber *f, enum fiber_state to)
{
	if (!(fiber_next[f->state] >> to & 1))
		fiber_bad_transition((enum fiber_state)f->state, to);
	f->state = (uint8_t)to;
}

#endif
