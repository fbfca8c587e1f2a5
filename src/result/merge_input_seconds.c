#include "result/merge_input.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "result/result_folder.h"

/* ---- the seconds */

/* The second of the merged run that the next second of SHARD belongs to. */
static ns_t slot_of(const struct merge_shard *shard)
{
	ns_t begin = shard->saved.reader.interval.begin + shard->offset;

	return (begin + NS_PER_S / 2) / NS_PER_S;
}

static void take_event(struct merge_shard *shard, struct rebuild *r)
{
	struct run_event *event = &shard->saved.reader.event;

	shard->stage = event->stage;
	output_set_event(&r->outputs, event);
}

static void read_ahead(struct merge_shard *shard, struct rebuild *r)
{
	while (!shard->ready && !shard->over) {
		enum archive_item item = archive_next(&shard->saved.reader, &shard->second);

		if (item == ARCHIVE_SECOND) {
			shard->ready = true;
		} else if (item == ARCHIVE_EVENT) {
			take_event(shard, r);
		} else if (item == ARCHIVE_TRUNCATED && shard->follows) {
			return; /* the rest may follow */
		} else {
			shard->over = true;
			shard->truncated = item == ARCHIVE_TRUNCATED;
		}
	}
}

/* One second of the merged run while it is built. Shares are multiplied by the length of the
 * shard's interval, which may be much shorter, until all shards have been added. */
struct slot {
	struct run_interval interval;
	ns_t longest; /* interval of a shard: longer than the second if it overlaps the last one */
	int64_t users, peak;
	double cpu[HEALTH_THREADS];
	char why[HEALTH_WHY];
};

static void add_interval(struct slot *slot, const struct merge_shard *shard,
			 const struct run_interval *m)
{
	struct run_interval *whole = &slot->interval;
	double length = (double)m->length;
	ns_t end = m->begin + m->length + shard->offset;

	if (end > whole->begin + whole->length)
		whole->length = end - whole->begin;
	if (m->length > slot->longest)
		slot->longest = m->length;
	whole->arrivals_planned += m->arrivals_planned * length;
	if (m->lag_p99 > whole->lag_p99 && m->length >= HEALTH_SHORTEST)
		whole->lag_p99 = m->lag_p99;
	for (unsigned i = 0; i < m->threads && whole->threads < HEALTH_THREADS; i++)
		slot->cpu[whole->threads++] = m->cpu[i] * length;
	whole->steal = fmax(whole->steal, m->steal * length);
	whole->throttled = fmax(whole->throttled, m->throttled * length);
	whole->waiting = fmax(whole->waiting, m->waiting * length);
	whole->evaluated |= m->evaluated;
	if (m->limited && !whole->limited)
		snprintf(slot->why, sizeof slot->why, "shard %u: %.80s", shard->index, m->why);
	whole->limited |= m->limited;
}

/* Divides by the length of the merged second. */
static void close_interval(struct slot *slot)
{
	struct run_interval *whole = &slot->interval;
	double length = fmax((double)whole->length, 1);
	double share_of = fmax(length, (double)slot->longest);

	for (unsigned i = 0; i < whole->threads; i++)
		slot->cpu[i] /= share_of;
	whole->arrivals_planned /= length;
	whole->steal /= share_of;
	whole->throttled /= share_of;
	whole->waiting /= share_of;
}

static void add_shard(struct merge_input *shards, size_t i, struct slot *slot,
		      struct summary *second)
{
	struct merge_shard *shard = shards->items[i];
	const struct archive_reader *reader = &shard->saved.reader;

	summary_merge(second, &shard->second, shard->map);
	add_interval(slot, shard, &reader->interval);
	slot->users += reader->interval.users - shard->users;
	slot->peak += reader->users_peak - shard->users;
	shard->users = reader->interval.users;
	summary_clear(&shard->second);
	memset(shard->second.worker_peak, 0, sizeof shard->second.worker_peak);
	shard->second.now = (struct summary_row){0};
	histogram_clear(&shard->second.now_response);
	histogram_clear(&shard->second.now_lag);
	shard->ready = false;
}

/* Sets *SLOT to the earliest second, after the one that was passed on last, that any shard has.
 * Returns false if there is none. */
static bool next_slot(struct merge_input *shards, struct rebuild *r, ns_t *slot)
{
	bool any = false;

	for (size_t i = 0; i < shards->count; i++) {
		struct merge_shard *shard = shards->items[i];

		read_ahead(shard, r);
		if (shard->ready && slot_of(shard) > shards->passed &&
		    (!any || slot_of(shard) < *slot)) {
			*slot = slot_of(shard);
			any = true;
		}
	}
	return any;
}

/* Adds everything that the shards have in second NUMBER. */
static void collect_slot(struct merge_input *shards, struct rebuild *r, ns_t number,
			 struct slot *slot, struct summary *second)
{
	ns_t begin = r->total.duration;

	*slot = (struct slot){.users = shards->users, .peak = shards->users};
	slot->interval = (struct run_interval){.begin = begin,
					       .wall = r->facts.started + begin,
					       .lag_p99 = -1,
					       .cpu = slot->cpu,
					       .why = slot->why};
	for (size_t i = 0; i < shards->count; i++) {
		struct merge_shard *shard = shards->items[i];

		for (read_ahead(shard, r); shard->ready && slot_of(shard) <= number;
		     read_ahead(shard, r))
			add_shard(shards, i, slot, second);
	}
	close_interval(slot);
	slot->interval.users = slot->users;
	summary_complete(second, slot->users, slot->peak);
	shards->users = slot->users;
	shards->passed = number;
}

void merge_input_replay(struct merge_input *shards, struct rebuild *r)
{
	struct summary second;
	struct slot slot;
	ns_t number = 0;
	bool more = next_slot(shards, r, &number);

	summary_init(&second, &shards->table);
	while (more) {
		collect_slot(shards, r, number, &slot, &second);
		more = next_slot(shards, r, &number);
		slot.interval.last = !more;
		rebuild_second(r, &second, &slot.interval);
		summary_clear(&second);
	}
	summary_release(&second);
}

/* Whether every shard has a second that was not passed on, so that the next one is complete. */
static bool all_are_ready(const struct merge_input *shards)
{
	for (size_t i = 0; i < shards->count; i++) {
		const struct merge_shard *shard = shards->items[i];

		if (!shard->ready && !shard->over && !shard->skipped)
			return false;
	}
	return true;
}

void merge_input_follow(struct merge_input *shards, struct rebuild *r)
{
	struct summary second;
	struct slot slot;
	ns_t number = 0;

	summary_init(&second, &shards->table);
	while (next_slot(shards, r, &number) && all_are_ready(shards)) {
		collect_slot(shards, r, number, &slot, &second);
		rebuild_second(r, &second, &slot.interval);
		summary_clear(&second);
	}
	summary_release(&second);
}

/* ---- the end */

/* TEXT is why the merged result is partial. The first such reason is the first of all. */
static void add_partial(struct rebuild *r, const char *text)
{
	r->verdict.partial = true;
	if (r->verdict.missing[0]) {
		verdict_add_reason(&r->validity, VERDICT_PARTIAL_PREFIX "%.140s", text);
		return;
	}
	snprintf(r->verdict.missing, sizeof r->verdict.missing, "%s", text);
	verdict_put_first_reason(&r->validity, VERDICT_PARTIAL_PREFIX "%.140s", text);
}

/* A signal, then the stop file, then anything else. */
static unsigned rank_of_stop(struct str by)
{
	if (str_starts(by, STR("SIG")))
		return 3;
	return str_eq(by, STR(RESULT_FOLDER_STOPPED_BY)) ? 2 : by.len > 0;
}

/* The reason that decides the exit status is reported. */
static void add_stop(const struct merge_shard *shard, struct rebuild *r)
{
	struct str by = shard->saved.reader.verdict.stopped_by;

	if (rank_of_stop(by) > rank_of_stop(r->verdict.stopped_by))
		r->verdict.stopped_by = by;
}

/* If only some shards were stopped, the load was less than planned for the rest of the run. */
static void add_stopped_shards(const struct merge_input *shards, struct rebuild *r)
{
	size_t stopped = 0;

	for (size_t i = 0; i < shards->count; i++)
		stopped += shards->items[i]->saved.reader.verdict.stopped_by.len > 0;
	for (size_t i = 0; i < shards->count && stopped < shards->count; i++) {
		struct str by = shards->items[i]->saved.reader.verdict.stopped_by;

		if (by.len)
			verdict_add_reason(&r->validity,
					   "shard %u/%u was stopped before its end by %.*s",
					   shards->items[i]->index, shards->items[i]->of,
					   STR_ARG(by));
	}
}

static void add_end(const struct merge_shard *shard, struct rebuild *r)
{
	const struct archive_reader *reader = &shard->saved.reader;
	char text[VERDICT_TEXT];

	if (shard->truncated) {
		snprintf(text, sizeof text, "shard %u/%u was killed (%.*s)", shard->index,
			 shard->of,
			 (int)(shard->saved.folder.len < 100 ? shard->saved.folder.len : 100),
			 shard->saved.folder.ptr);
		add_partial(r, text);
		return;
	}
	add_stop(shard, r);
	/* Reasons that only the shard knows, such as rows that ran out. */
	for (unsigned i = 0; i < reader->validity.count; i++)
		if (reader->validity.causes[i] == VERDICT_OTHER)
			verdict_add_reason(&r->validity, "shard %u: %.120s", shard->index,
					   reader->validity.reasons[i]);
}

void merge_input_judge(const struct merge_input *shards, struct rebuild *r)
{
	char text[VERDICT_TEXT];
	int64_t users = 0;

	for (size_t i = 0; i < shards->count; i++)
		r->verdict.setup_failed |= !shards->items[i]->truncated &&
					   shards->items[i]->saved.reader.verdict.setup_failed;
	rebuild_judge(r);
	/* The sum of the workers' peaks may be too high: they need not be at the same time. */
	for (size_t i = 0; i < shards->count; i++)
		users += shards->items[i]->truncated ? INT32_MAX
						     : shards->items[i]->saved.reader.users_max;
	if (users < r->total.users_max)
		r->total.users_max = users;
	if (shards->missing.len) {
		snprintf(text, sizeof text, "without shard %.*s",
			 (int)(shards->missing.len < 100 ? shards->missing.len : 100),
			 shards->missing.ptr);
		add_partial(r, text);
	} else if (shards->partial) {
		add_partial(r, "the shards performed different scenarios");
	}
	for (size_t i = 0; i < shards->count; i++)
		add_end(shards->items[i], r);
	add_stopped_shards(shards, r);
}
