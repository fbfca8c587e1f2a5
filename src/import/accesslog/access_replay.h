/*
 * The requests of access logs as a replay's file (scenario/replay_file.h): which are sent, when, as
 * whose, and under which names. One thread; the log outlives it.
 */
#ifndef IMPORT_ACCESSLOG_ACCESS_REPLAY_H
#define IMPORT_ACCESSLOG_ACCESS_REPLAY_H

#include "import/accesslog/access_log.h"

struct access_replay;

/* What there is to say about it. */
struct access_replay_facts {
	size_t requests, sessions;
	int64_t first_us, length_us; /* of the log's time; how long it is, cut pauses cut */
	size_t users_most;	     /* sessions that are open at once */
	size_t per_second_most;
	size_t names, other_paths; /* how many names; requests under the common one */
	size_t file_offsets;
	int64_t cut_us;	  /* pauses that were cut */
	int64_t pause_us; /* the longest that is left */
};

/*
 * FACTOR sessions for each of the log: copies come up to a minute later than theirs, below 1 a part
 * of the sessions is left out. Pauses of all longer than GAP_MAX_US are cut to that (0: none).
 * To be freed.
 */
struct access_replay *access_replay_new(const struct access_log *log, double factor,
					int64_t gap_most_us, bool headers);
void access_replay_free(struct access_replay *replay);
const struct access_replay_facts *access_replay_facts(const struct access_replay *replay);
/* The next lines at the end of OUT; false behind the last, and then again from the beginning. */
bool access_replay_more(struct access_replay *replay, struct buf *out);

#endif
