#include "stats/conservation.h"

#include <inttypes.h>

struct check {
	struct buf *why;
	bool failed;
};

/* Reports the first pair of counts that differ; WHAT and OF name them. */
static void expect_equal(struct check *c, struct str of, const char *what, uint64_t a, uint64_t b)
{
	if (a == b || c->failed)
		return;
	c->failed = true;
	buf_printf(c->why, "%.*s: %s %" PRIu64 " and %" PRIu64, STR_ARG(of), what, a, b);
}

static void check_series(struct check *c, struct str of, const struct series_counts *counts)
{
	expect_equal(c, of, "started and ended", counts->started,
		     counts->ok + recorder_series_counts_failed(counts) + counts->cut_off);
}

static void check_sums(struct check *c, struct str of, const struct series_counts *total,
		       const struct series_counts *sum)
{
#define EXPECT_SUM(name) expect_equal(c, of, "total and sum of " #name, total->name, sum->name);
	SERIES_COUNTERS(EXPECT_SUM)
#undef EXPECT_SUM
	for (unsigned i = 0; i < FAILURE_CLASS_COUNT; i++)
		expect_equal(c, of, failure_name((enum failure_class)i), total->failed[i],
			     sum->failed[i]);
}

/* The series, each for itself, and their sums. */
static void check_all_series(struct check *c, const struct summary *s)
{
	struct series_counts steps = {.started = 0}, scenarios = {.started = 0};

	for (unsigned i = 0; i < s->table->defs.count; i++) {
		const struct series_def *def = &s->table->defs.items[i];
		const struct series_counts *counts = &s->series[i].counts;

		check_series(c, def->name, counts);
		if (def->kind == SERIES_STEP)
			recorder_series_counts_add(&steps, counts);
		else if (def->kind == SERIES_SCENARIO)
			recorder_series_counts_add(&scenarios, counts);
	}
	check_sums(c, STR("requests"), &s->all.counts, &steps);
	check_sums(c, STR("iterations"), &s->iterations.counts, &scenarios);
}

static void check_seconds(struct check *c, const struct summary *s)
{
	const struct series_counts *all = &s->all.counts;
	struct summary_row sum = {.started = 0};

	for (unsigned i = 0; i < s->row_count; i++) {
		sum.started += s->rows[i].started;
		sum.ok += s->rows[i].ok;
		sum.failed += s->rows[i].failed;
		sum.cut_off += s->rows[i].cut_off;
		sum.bytes_received += s->rows[i].bytes_received;
	}
	expect_equal(c, STR("seconds"), "started", all->started, sum.started);
	expect_equal(c, STR("seconds"), "ok", all->ok, sum.ok);
	expect_equal(c, STR("seconds"), "failed", recorder_series_counts_failed(all), sum.failed);
	expect_equal(c, STR("seconds"), "cut off", all->cut_off, sum.cut_off);
	expect_equal(c, STR("seconds"), "bytes", all->bytes_received, sum.bytes_received);
}

static void check_times(struct check *c, const struct summary *s)
{
	const struct series_counts *all = &s->all.counts;
	uint64_t statuses = 0;

	for (unsigned i = 0; s->all.status && i < STATUS_SLOTS; i++)
		statuses += s->all.status[i];
	expect_equal(c, STR("requests"), "ok and response times", all->ok,
		     s->all.times[TIME_response].m.count);
	expect_equal(c, STR("requests"), "failed and times of failures",
		     recorder_series_counts_failed(all), s->all.times[TIME_failed].m.count);
	if (statuses > all->ok + recorder_series_counts_failed(all))
		expect_equal(c, STR("requests"), "ended and responses",
			     all->ok + recorder_series_counts_failed(all), statuses);
}

bool conservation_check(const struct summary *s, struct buf *why)
{
	struct check c = {.why = why};

	check_all_series(&c, s);
	check_seconds(&c, s);
	check_times(&c, s);
	expect_equal(&c, STR("users"), "left", 0, (uint64_t)s->users_now);
	return !c.failed;
}
