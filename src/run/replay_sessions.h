/*
 * The replay of a recording on one worker: a cursor over the mapped file that stops at each request
 * of a session that is this worker's, and the sessions there are. A session is a user: what is due
 * while an earlier request of it is still under way waits in its queue, keeps its due time, and
 * goes as soon as that one is answered. Between requests the user is idle, at no cost but its
 * memory; it leaves after the session's last request, after five idle minutes, or at the end of the
 * file. Nothing is kept of the file, so memory grows with sessions that are there, not with
 * requests. Worker's thread.
 */
#ifndef RUN_REPLAY_SESSIONS_H
#define RUN_REPLAY_SESSIONS_H

#include "program/recording.h"
#include "run/user.h"

#define REPLAY_IDLE_MAX (300 * NS_PER_S)

/* A request that waits for its turn. */
struct replay_request {
	struct replay_request *next;
	struct str line;
	ns_t due; /* since the start of the run */
	uint32_t step;
	int status; /* that was recorded; 0: not known */
	bool last;
};

struct replay_session {
	struct replay_session *next;	       /* in the table, or of the free ones */
	struct replay_session *before, *after; /* among the idle ones, longest first */
	struct user *user;
	uint64_t key;
	struct replay_request *first, **end;
	struct replay_request now; /* the request at hand */
	ns_t idle_since;
	bool over; /* its last request has come */
};

struct replay_sessions;

/* PART of PARTS, from 0: which sessions are this worker's. Requests due from UNTIL on never come.
 */
struct replay_sessions *replay_sessions_new(const struct program *program, double speed, ns_t until,
					    uint64_t part, uint64_t parts);
void replay_sessions_free(struct replay_sessions *r);
/* When the next request is due, since the start; NS_NEVER: there is none any more. */
ns_t replay_sessions_due(const struct replay_sessions *r);
/* Nothing comes any more. */
void replay_sessions_stop(struct replay_sessions *r);
/* The session of the next request, or NULL: it is not there yet. */
struct replay_session *replay_sessions_next(const struct replay_sessions *r);
/* USER performs the session of the next request from now on. */
struct replay_session *replay_sessions_add(struct replay_sessions *r, struct user *user);
/* Puts the next request into its session's queue, and looks for the one after it; false when too
 * many wait already. */
bool replay_sessions_enqueue(struct replay_sessions *r, struct replay_session *session);
/* Leaves the next request out. */
void replay_sessions_skip(struct replay_sessions *r);
/* Takes the next of the queue as the request at hand; false when it is empty. */
bool replay_sessions_dequeue(struct replay_sessions *r, struct replay_session *session);
/* Where the request at hand begins in the program. */
uint32_t replay_sessions_entry(const struct replay_sessions *r,
			       const struct replay_session *session);
/* Nothing is left to do: the user waits for the next request. False when there will be none. */
bool replay_sessions_set_idle(struct replay_sessions *r, struct replay_session *session, ns_t now);
/* The session of a user who was idle is so no longer. */
void replay_sessions_wake(struct replay_sessions *r, struct replay_session *session);
/* The one idle for longest, if since before MOMENT; or NULL. */
struct replay_session *replay_sessions_idle_since(const struct replay_sessions *r, ns_t moment);
/* The user has gone; how many requests still waited. */
uint64_t replay_sessions_remove(struct replay_sessions *r, struct replay_session *session);
/* How many sessions have come. */
uint64_t replay_sessions_count(const struct replay_sessions *r);
/* URL, headers and body of the request at hand. */
void replay_sessions_render(struct replay_sessions *r, const struct replay_session *session,
			    struct buf *url, struct buf *headers, struct buf *body);

#endif
