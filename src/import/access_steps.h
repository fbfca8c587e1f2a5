/*
 * The steps of reading access logs (access_read, import/access_record.h), each in a file of its
 * own: what is left out, in which order things came, whose requests they were. One thread.
 */
#ifndef IMPORT_ACCESS_STEPS_H
#define IMPORT_ACCESS_STEPS_H

#include "import/access_line.h"
#include "import/line_source.h"

/* What the command line wishes, and what is known of user agents so far. */
struct access_filter {
	bool assets, no_bots, only_ok;
	struct str methods; /* "GET,HEAD" */

	int64_t from_us, to_us;
	uint8_t *agents; /* by number: 0 unknown, 1 people, 2 + reason */
	size_t agents_cap;
};

/* ---- access_filter.c */

/* False when a wish makes no sense: told. */
bool access_filter_init(struct import_job *job, struct access_filter *filter);
void access_filter_release(struct access_filter *filter);
/* Why LINE is left out, TX_REASON_COUNT: it is not. RECORD holds its texts already. */
enum tx_reason access_filter_line(struct access_filter *filter, struct access_log *log,
				  const struct access_line *line,
				  const struct access_record *record);
/* The site, as most requests name it, and what is to others out of the records. */
void access_filter_hosts(struct import_job *job, struct access_log *log);

/* ---- access_order.c */

/* By the time each was begun, what one second holds spread over it. */
void access_order(struct access_log *log);
/* Stable, by start_us. */
void access_sort(struct access_log *log);

/* ---- access_sessions.c */

/* How many visits were split, since many people stood behind one address. */
size_t access_make_sessions(struct access_log *log);

#endif
