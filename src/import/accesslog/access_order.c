/*
 * When each request started. A log has lines in the order in which requests ended, usually with
 * the time in whole seconds, sometimes out of order (several writers, several files).
 */
#include <stdlib.h>

#include "base/log.h"
#include "import/accesslog/access_private.h"

#define SECOND 1000000

struct sort_entry {
	int64_t at;
	uint32_t from; /* current index */
};

static int compare(const void *a, const void *b)
{
	const struct sort_entry *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->from < y->from ? -1 : x->from > y->from;
}

static bool is_sorted(const struct access_log *log)
{
	for (size_t i = 1; i < log->count; i++)
		if (log->records[i].start_us < log->records[i - 1].start_us)
			return false;
	return true;
}

/* Moves the records to the order in PLACES, cycle by cycle, without a second copy of all
 * records. */
static void permute(struct access_log *log, struct sort_entry *entries)
{
	for (size_t i = 0; i < log->count; i++) {
		struct access_record held = log->records[i];
		size_t to = i, from = entries[i].from;

		while (from != i) {
			log->records[to] = log->records[from];
			entries[to].from = (uint32_t)to;
			to = from;
			from = entries[to].from;
		}
		log->records[to] = held;
		entries[to].from = (uint32_t)to;
	}
}

/* Stable sort by start_us. */
static void sort_by_time(struct access_log *log)
{
	struct sort_entry *entries;

	if (is_sorted(log))
		return;
	entries = malloc(log->count * sizeof *entries);
	if (!entries)
		die_out_of_memory();
	for (size_t i = 0; i < log->count; i++)
		entries[i] = (struct sort_entry){log->records[i].start_us, (uint32_t)i};
	qsort(entries, log->count, sizeof *entries, compare);
	permute(log, entries);
	free(entries);
}

/* Spreads the requests of one second, [from, to): request i of k starts at (i + 0.5) / k. */
static void spread(struct access_record *records, size_t from, size_t to)
{
	int64_t k = (int64_t)(to - from);

	for (size_t i = from; i < to; i++)
		records[i].start_us += (2 * (int64_t)(i - from) + 1) * SECOND / (2 * k);
}

static void spread_seconds(struct access_log *log)
{
	struct access_record *r = log->records;

	for (size_t i = 0; i < log->count;) {
		size_t end = i + 1;
		int64_t second = r[i].start_us;

		if (r[i].flags & ACCESS_PRECISE) {
			i = end;
			continue;
		}
		while (end < log->count && r[end].start_us == second &&
		       !(r[end].flags & ACCESS_PRECISE))
			end++;
		spread(r, i, end);
		i = end;
	}
}

void access_order(struct access_log *log)
{
	sort_by_time(log);
	spread_seconds(log);
	for (size_t i = 0; i < log->count; i++) {
		struct access_record *r = &log->records[i];

		if (!(r->flags & ACCESS_BEGUN) && r->duration_us > 0)
			r->start_us -= r->duration_us;
	}
	sort_by_time(log);
}
