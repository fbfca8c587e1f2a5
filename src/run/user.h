/*
 * A virtual user: one fiber, more inside `parallel`; the values of its variables; its connections
 * and cookies. A user belongs to one worker. Values are copied into a small block for each slot,
 * which grows rarely and is kept between iterations. Values set by the branches of a fork are
 * staged and committed at the join in the order of the branches: the last step of the file wins,
 * not the last response.
 */
#ifndef RUN_USER_H
#define RUN_USER_H

#include "interface/value.h"
#include "program/program.h"
#include "run/fiber.h"
#include "run/shared_renewal.h"

struct http_user;
struct replay_session;
struct user_channel; /* run/channels.h */

struct slot_block {
	char *data;
	size_t cap;
};

struct staged_value {
	uint32_t slot, branch;
	struct value value;
	struct slot_block block;
};

enum user_state {
	USER_FREE,	  /* in the pool */
	USER_ADMITTED,	  /* has its connections, but nothing has begun */
	USER_ACTIVE,	  /* performs an iteration or a fixture; see `fixture` */
	USER_BACKING_OFF, /* pauses after a failed iteration */
	USER_IDLE,	  /* replay: between two requests of its session */
	USER_ABORTING,	  /* what it performs is aborted; exchanges have not come back yet */
	USER_STATE_COUNT
};

/* The life of a user, one row per transition: X(argument, from, to, event). There are no others;
 * user_enter ends the program at one that is not in this table. */
#define USER_TRANSITIONS(X, argument)                                                              \
	X(argument, FREE, ADMITTED, "it is due to start")                                          \
	X(argument, ADMITTED, ACTIVE, "the first fixture or iteration begins")                     \
	X(argument, ADMITTED, IDLE, "replay: its first request was dropped")                       \
	X(argument, ADMITTED, FREE, "there is nothing to do")                                      \
	X(argument, ACTIVE, ACTIVE, "the next iteration or fixture begins")                        \
	X(argument, ACTIVE, BACKING_OFF, "a failed iteration has ended")                           \
	X(argument, ACTIVE, IDLE, "replay: no request of its session waits")                       \
	X(argument, ACTIVE, ABORTING, "abort")                                                     \
	X(argument, ACTIVE, FREE, "there is nothing left to do")                                   \
	X(argument, BACKING_OFF, ACTIVE, "the pause has ended or is cut short")                    \
	X(argument, BACKING_OFF, FREE, "the pause has ended: there is nothing left to do")         \
	X(argument, IDLE, ACTIVE, "replay: a request of its session is due, or it retires")        \
	X(argument, IDLE, FREE, "replay: it retires")                                              \
	X(argument, ABORTING, ACTIVE, "all is aborted: after_user begins")                         \
	X(argument, ABORTING, FREE, "all is aborted")

/* A user's values of one of the program's renewals. */
struct user_renewal {
	struct shared_values *shared; /* of setup: the user's version; or NULL */
	struct value *own, *spare;    /* of before_user: in one block each; `spare` is used next */
	size_t own_cap, spare_cap;
	uint64_t generation; /* of these values; 0: none yet */
	uint64_t switched;   /* the worker's count of changes when they became the user's */
	/* Only of before_user: */
	ns_t due;		/* they are renewed when they are needed after this time */
	struct user *performer; /* renews them now, or NULL */
	struct fiber *waiting;	/* fibers of the user that wait for that */
	bool over;		/* they could not be renewed and are not any more */
};

struct user {
	struct user *previous, *next; /* the worker's living users; `next` also in the pool */
	struct http_user *http;
	uint64_t number;		/* from 0; `user.id` is one more */
	uint64_t iteration;		/* from 1 */
	struct replay_session *session; /* of a replay; NULL: an ordinary user */
	uint32_t load;			/* number of its load in the plan */
	ns_t leave;			/* it begins no iteration after this time; NS_NEVER */
	uint32_t scenario;
	uint32_t failures;	  /* in this iteration */
	bool request_failed;	  /* one of these failures is a request's */
	uint8_t state;		  /* enum user_state */
	uint8_t fixture;	  /* enum fixture_kind; FIXTURE_NONE: in an iteration */
	uint8_t stop;		  /* enum user_stop: what a failure or a STOP asked for */
	enum failure_class class; /* of the first failure of this iteration */
	bool reached;		  /* in this iteration a server took a connection */
	uint8_t failed_in_row;	  /* iterations that failed since the last one that did not */
	uint8_t unreached_in_row; /* iterations that failed and reached no server */
	struct fiber_trace trace; /* of this iteration or fixture, without a group */
	ns_t begun;		  /* scheduled start of this iteration */
	ns_t paced_at;		  /* its end, if it waits for `pace` after that; 0: it does not */
	uint32_t in_flight;	  /* requests sent and not back yet */
	uint32_t last_origin;	  /* hash of the last origin that responded and may speak HTTP/2 */
	bool last_origin_http2;	  /* the last origin does: requests share its connection */
	struct fiber *queued_first, **queued_end; /* for a connection, in order of arrival */
	struct fiber *children;
	struct user_channel *channels; /* the last one opened first */
	struct user_channel *awaited;  /* its fiber waits for a message on it; or NULL */
	uint32_t awaited_left, awaited_others; /* matches that are missing; other messages */
	struct value *slots;
	struct slot_block *blocks;
	struct user_renewal *renewals; /* for each of the program's */
	bool keeps; /* the variables that last over its iterations have their values */
	/* A user that renews values: */
	uint32_t renews;    /* 1 + the index of the renewal; 0: an ordinary user */
	uint32_t tries;	    /* of this renewal, that failed */
	struct user *owner; /* whose values it renews; NULL: those of setup */
	ns_t renew_in;	    /* after the end of the current fixture; 0: not given */
	struct staged_value *staged;
	uint32_t staged_count, staged_used,
	    staged_cap; /* count: entries in use; used: entries whose block may be reused */
	struct fiber *fiber;
};

/* The only way to change a user's state. */
void user_enter(struct user *user, enum user_state to);

/* In order of severity; if there are several, the severest applies. */
enum user_stop { STOP_NOTHING, STOP_ITERATION, STOP_USER, STOP_RUN };

static inline void user_note_failure(struct user *user, enum failure_class class)
{
	if (!user->failures++)
		user->class = class;
}

/* True if the user performs an iteration, not a fixture. */
static inline bool user_iterates(const struct user *user)
{
	return user->fixture == FIXTURE_NONE;
}

/* The users of one worker, and the fibers of forks: allocated in slabs, kept in free lists, reused.
 */
struct user_pool {
	const struct program *program;
	size_t fiber_bytes, user_bytes;
	struct arena arena;
	struct user *free_users;
	struct fiber *free_fibers;
	struct user *living;
	size_t live;
};

/* Allocates nothing before the first user. PROGRAM must outlive the pool. */
void user_pool_init(struct user_pool *pool, const struct program *program);
/* Frees every user and fiber with its values. */
void user_pool_release(struct user_pool *pool);

/* A fresh user, in the list of living users; its fiber is RUNNING. */
struct user *user_acquire(struct user_pool *pool);
void user_release(struct user_pool *pool, struct user *user);
struct fiber *user_fiber_acquire(struct user_pool *pool, struct user *user);
void user_fiber_release(struct user_pool *pool, struct fiber *fiber);
/* Resets counters, call stack and groups for the start of an iteration. */
void user_fiber_reset(const struct program *program, struct fiber *fiber);

/* The values of R, in the order of the renewal's slots, or NULL. */
static inline const struct value *user_renewal_values(const struct user_renewal *r)
{
	if (r->shared)
		return r->shared->values;
	return r->generation ? r->own : NULL;
}
/* The values that are current for the user become those of R, a renewal of PLAN, unless the user
 * has replaced them: VERSION, which now belongs to the user too, or copies of those in SLOTS. */
void user_renewal_hold(struct user *user, const struct renewal_plan *plan, struct user_renewal *r,
		       struct shared_values *version);
void user_renewal_copy(struct user *user, const struct renewal_plan *plan, struct user_renewal *r,
		       const struct value *slots);
/* Sets the values for an iteration or fixture: those the run starts with, and then those of the
 * user's renewals. Variables that are kept do not change. */
void user_reset_values(const struct program *program, struct user *user);
/* Makes deep copies of COUNT of VALUES, those that PICK names (NULL: the first), in the block
 * *STORE of *CAP bytes, which grows if it must. */
void user_values_copy(const struct value *values, const uint32_t *pick, size_t count,
		      struct value **store, size_t *cap);
/* Stores a copy of VALUE in SLOT; VALUE may be a view of the slot's current value. SPARE is used
 * for that. */
void user_set_value(struct user *user, uint32_t slot, struct value value, struct buf *spare);
/* The same, but visible only after user_commit_values. */
void user_stage_value(struct user *user, uint32_t slot, uint32_t branch, struct value value);
/* Stores the staged values in their slots, in the order of the branches. */
void user_commit_values(struct user *user);

#endif
