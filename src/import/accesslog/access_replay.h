/*
 * The requests of access logs as the file of a replay (scenario/replay_file.h): which are sent,
 * when, by which session, and under which names. One thread; the log outlives it.
 */
#ifndef IMPORT_ACCESSLOG_ACCESS_REPLAY_H
#define IMPORT_ACCESSLOG_ACCESS_REPLAY_H

#include "import/accesslog/access_log.h"

struct access_replay;

/* Figures for the report. */
struct access_replay_facts {
	size_t requests, sessions;
	int64_t first_us;	   /* start of the first request, since 1970 */
	int64_t length_us;	   /* duration in the log's time, with the long pauses shortened */
	size_t users_peak;	   /* open sessions at the same time */
	size_t per_second_peak;	   /* requests in the busiest second */
	size_t names, other_paths; /* number of names; requests under the common name */
	size_t shortened_pauses;   /* pauses of all sessions that were longer than the maximum */
	int64_t shortened_us;	   /* time that was removed from them, all together */
	int64_t pause_us;	   /* the longest pause that is left */
};

/*
 * FACTOR sessions for each session of the log: copies start up to a minute after the original;
 * below 1, some sessions are skipped. A time longer than GAP_MAX_US in which no session sends a
 * request is shortened to it (0: none). The caller frees the result.
 */
struct access_replay *access_replay_new(const struct access_log *log, double factor,
					int64_t gap_max_us, bool headers);
void access_replay_free(struct access_replay *replay);
const struct access_replay_facts *access_replay_facts(const struct access_replay *replay);
/* Appends the next lines to OUT; false after the last one, and then starts again. */
bool access_replay_more(struct access_replay *replay, struct buf *out);

#endif
