/*
 * The replay of a recording on one worker: a cursor over the mapped file that stops at each request
 * of this worker's sessions, and the current sessions. A session is a user. A request that is due
 * while an earlier one of its session is under way waits in the session's queue, keeps its
 * scheduled start, and is sent as soon as the earlier one has ended. Between requests the user is
 * idle and costs only its memory; it leaves after the session's last request, after five idle
 * minutes, or at the end of the file. No part of the file is kept, so memory grows with the number
 * of current sessions, not of requests. Worker's thread.
 */
#ifndef RUN_REPLAY_SESSIONS_H
#define RUN_REPLAY_SESSIONS_H

#include "program/replay_recording.h"
#include "run/user.h"

#define REPLAY_IDLE_MAX (300 * NS_PER_S)

/* A request in a queue. */
struct replay_request {
	struct replay_request *next;
	struct str line;
	ns_t due; /* since the start of the run */
	uint32_t step;
	int status; /* recorded status; 0: not known */
	bool last;
};

struct replay_session {
	struct replay_session *next;	       /* in the table, or in the list of free sessions */
	struct replay_session *before, *after; /* among the idle sessions, longest idle first */
	struct user *user;
	uint64_t key;
	struct replay_request *first, **end;
	struct replay_request now; /* the current request */
	ns_t idle_since;
	bool over; /* its last request has been put into the queue */
};

struct replay_sessions;

/* This worker's sessions are part number PART of PARTS, from 0. Requests due at UNTIL or later
 * are ignored. */
struct replay_sessions *replay_sessions_new(const struct program *program, double speed, ns_t until,
					    uint64_t part, uint64_t parts);
void replay_sessions_free(struct replay_sessions *r);
/* When the next request is due, since the start; NS_NEVER: no request is left. */
ns_t replay_sessions_due(const struct replay_sessions *r);
/* No more requests are due. */
void replay_sessions_stop(struct replay_sessions *r);
/* The session of the next request; NULL if it does not exist yet. */
struct replay_session *replay_sessions_next(const struct replay_sessions *r);
/* Creates the session of the next request, which USER performs. */
struct replay_session *replay_sessions_add(struct replay_sessions *r, struct user *user);
/* Puts the next request into its session's queue and moves to the one after it; false if too
 * many requests wait already. */
bool replay_sessions_enqueue(struct replay_sessions *r, struct replay_session *session);
/* Drops the next request. */
void replay_sessions_skip(struct replay_sessions *r);
/* Takes the next request of the queue as the current one; false if the queue is empty. */
bool replay_sessions_dequeue(struct replay_sessions *r, struct replay_session *session);
/* Where the current request begins in the program. */
uint32_t replay_sessions_entry(const struct replay_sessions *r,
			       const struct replay_session *session);
/* Nothing is left to do: the user waits for the next request. False if there will not be one. */
bool replay_sessions_set_idle(struct replay_sessions *r, struct replay_session *session, ns_t now);
/* The user of SESSION was idle and is no longer. */
void replay_sessions_wake(struct replay_sessions *r, struct replay_session *session);
/* The session that has been idle longest, if since before MOMENT; or NULL. */
struct replay_session *replay_sessions_idle_since(const struct replay_sessions *r, ns_t moment);
/* The user leaves; returns the number of requests that still waited. */
uint64_t replay_sessions_remove(struct replay_sessions *r, struct replay_session *session);
/* Number of sessions so far. */
uint64_t replay_sessions_count(const struct replay_sessions *r);
/* URL, headers and body of the current request. */
void replay_sessions_render(struct replay_sessions *r, const struct replay_session *session,
			    struct buf *url, struct buf *headers, struct buf *body);

#endif
