/* Evaluates thresholds: over the whole run, after a time, or over each second. */
#include "stats/threshold.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/log.h"

/* Seconds end a little early or late; ten of them may be shorter than 10 s by this much. */
#define STRETCH_SLACK (NS_PER_S / 4)

/* The counts that a statistic is computed from. */
struct measure {
	struct series_counts counts;
	uint64_t iterations;
	uint64_t attempts, failed_attempts; /* iterations and users: begun, failed */
	uint64_t failed_by_request; /* of a default: failed iterations that it does not count */
	uint64_t dropped;
	ns_t length;
	struct histogram times; /* of the threshold's metric */
};

struct threshold_watch {
	struct measure now;  /* as of this second, minus `base` */
	struct measure base; /* as of `after`, or with `for` as of the previous second */
	bool has_base;
	ns_t broken_since; /* with `for`; -1: not broken */
	bool failed;	   /* for good */
	bool any;	   /* with `for`: some second had samples */
	double worst;
	bool *covered; /* of a default: for each series, whether another threshold covers it; NULL
			  until the first use */
	bool users_covered;
};

static void measure_release(struct measure *m)
{
	histogram_release(&m->times);
}

/* The histograms that a threshold adds up. */
#define NO_TIMES TIME_KIND_COUNT
static enum time_kind times_of(const struct threshold *t)
{
	return threshold_stat_is_time(t->stat) ? threshold_metric_time(t->metric) : NO_TIMES;
}

static void add_series(struct measure *m, const struct series_total *total, enum time_kind times)
{
	recorder_series_counts_add(&m->counts, &total->counts);
	if (times != NO_TIMES)
		histogram_add(&m->times, &total->times[times]);
}

static void add_iterations(struct measure *m, const struct series_counts *counts)
{
	m->iterations += counts->ok;
	m->attempts += counts->started;
	m->failed_attempts += recorder_series_counts_failed(counts);
}

/* Users that failed outside their iterations count as one attempt each. */
static void add_users(struct measure *m, const struct run_counts *run)
{
	m->attempts += run->users_failed + run->after_users_failed;
	m->failed_attempts += run->users_failed + run->after_users_failed;
}

/* The requests of a scenario are those of its steps. */
static void add_scenario(struct measure *m, const struct summary *s, struct str scenario,
			 enum time_kind times)
{
	for (size_t i = 0; i < s->table->defs.count; i++) {
		const struct series_def *def = &s->table->defs.items[i];

		if (!str_eq(def->scenario, scenario))
			continue;
		if (def->kind == SERIES_STEP)
			add_series(m, &s->series[i], times);
		else if (def->kind == SERIES_SCENARIO)
			add_iterations(m, &s->series[i].counts);
	}
}

/* A metric of iterations: the scenarios themselves, whatever else has their name. */
static void add_iteration_times(struct measure *m, const struct threshold *t,
				const struct summary *s)
{
	for (size_t i = 0; i < s->table->defs.count; i++) {
		const struct series_def *def = &s->table->defs.items[i];

		if (def->kind == SERIES_SCENARIO &&
		    (!t->name.len || summary_series_matches(def, t->name)))
			add_series(m, &s->series[i], times_of(t));
	}
}

static void add_named(struct measure *m, const struct threshold *t, const struct summary *s)
{
	enum time_kind times = times_of(t);
	enum series_kind kind;

	if (!threshold_kind(t, s->table, &kind))
		return;
	for (size_t i = 0; i < s->table->defs.count; i++) {
		const struct series_def *def = &s->table->defs.items[i];

		if (def->kind != kind || !summary_series_matches(def, t->name))
			continue;
		if (kind == SERIES_SCENARIO)
			add_scenario(m, s, def->scenario, times);
		else
			add_series(m, &s->series[i], times);
	}
}

/* For a default: the failures that no other threshold covers. */
static void add_uncovered(struct measure *m, const struct threshold_watch *w,
			  const struct summary *s)
{
	for (size_t i = 0; i < s->table->defs.count; i++) {
		const struct series_counts *counts = &s->series[i].counts;

		if (w->covered[i])
			continue;
		if (s->table->defs.items[i].kind == SERIES_STEP) {
			add_series(m, &s->series[i], NO_TIMES);
		} else if (s->table->defs.items[i].kind == SERIES_SCENARIO) {
			m->attempts += counts->started;
			m->failed_attempts += counts->failed_alone;
			m->failed_by_request +=
			    recorder_series_counts_failed(counts) - counts->failed_alone;
		}
	}
	if (!w->users_covered)
		add_users(m, &s->run);
}

static void measure_take(struct measure *m, const struct threshold *t,
			 const struct threshold_watch *w, const struct summary *s)
{
	histogram_clear(&m->times);
	m->counts = (struct series_counts){0};
	m->iterations = m->attempts = m->failed_attempts = m->failed_by_request = 0;
	m->dropped = s->run.arrivals_dropped;
	m->length = s->duration;
	if (t->is_default) {
		add_uncovered(m, w, s);
	} else if (threshold_metric_source(t->metric) == METRIC_OF_ITERATIONS) {
		add_iteration_times(m, t, s);
	} else if (t->name.len) {
		add_named(m, t, s);
	} else {
		add_series(m, &s->all, times_of(t));
		add_iterations(m, &s->iterations.counts);
		add_users(m, &s->run);
	}
}

static void measure_copy(struct measure *into, const struct measure *from)
{
	struct histogram kept = into->times;

	*into = *from;
	into->times = kept;
	histogram_copy(&into->times, &from->times);
}

static void measure_subtract(struct measure *from, const struct measure *base)
{
#define SUBTRACT(name) from->counts.name -= base->counts.name;
	SERIES_COUNTERS(SUBTRACT)
#undef SUBTRACT
	for (unsigned i = 0; i < FAILURE_CLASS_COUNT; i++)
		from->counts.failed[i] -= base->counts.failed[i];
	from->iterations -= base->iterations;
	from->attempts -= base->attempts;
	from->failed_attempts -= base->failed_attempts;
	from->dropped -= base->dropped;
	from->length -= base->length;
	histogram_subtract(&from->times, &base->times);
}

static double ms(double ns)
{
	return ns / (double)NS_PER_MS;
}

/* In an interval more iterations may fail than begin. */
static double failed_share(const struct measure *m)
{
	uint64_t all = m->attempts > m->failed_attempts ? m->attempts : m->failed_attempts;

	return all ? (double)m->failed_attempts / (double)all : 0;
}

/* Returns false if there are no samples. A default is 0 then. */
static bool statistic(const struct threshold *t, const struct measure *m, double *out)
{
	const struct histogram *h = &m->times;
	uint64_t ended =
	    m->counts.ok + recorder_series_counts_failed(&m->counts) + m->counts.cut_off;
	/* In an interval more requests may end than begin. */
	double started = (double)(m->counts.started > ended ? m->counts.started : ended);

	if (threshold_stat_is_time(t->stat) && h->m.count == 0)
		return false;
	switch (t->stat) {
	case STAT_PERCENTILE:
		*out = ms((double)histogram_percentile(h, t->percentile));
		return true;
	case STAT_MEAN:
		*out = ms(histogram_mean(h));
		return true;
	case STAT_MIN:
		*out = ms((double)h->m.min_ns);
		return true;
	case STAT_MAX:
		*out = ms((double)h->m.max_ns);
		return true;
	case STAT_REQUESTS:
		*out = (double)m->counts.started;
		return true;
	case STAT_ITERATIONS:
		*out = (double)m->iterations;
		return true;
	case STAT_FAILURES:
		*out = (double)recorder_series_counts_failed(&m->counts);
		return started > 0 || t->is_default;
	case STAT_REQUESTS_PER_SECOND:
		*out = m->length > 0
			   ? (double)m->counts.started * (double)NS_PER_S / (double)m->length
			   : 0;
		return m->length > 0;
	case STAT_OUTPUTS_PER_SECOND:
		*out = m->counts.output_us
			   ? (double)m->counts.outputs * 1e6 / (double)m->counts.output_us
			   : 0;
		return m->counts.output_us > 0;
	case STAT_ERROR_RATE:
		*out =
		    started > 0 ? (double)recorder_series_counts_failed(&m->counts) / started : 0;
		return started > 0 || t->is_default;
	case STAT_EXPECT_FAILURES:
		*out = (double)m->counts.expect_failures;
		return started > 0;
	case STAT_DROPPED:
		*out = (double)m->dropped;
		return true;
	case STAT_FAILED_ITERATIONS:
		*out = t->unit == THRESHOLD_SHARE ? failed_share(m) : (double)m->failed_attempts;
		return m->attempts > 0 || m->failed_attempts > 0 || t->is_default;
	}
	BUG("statistic %d", (int)t->stat);
}

static bool is_met(const struct threshold *t, double value)
{
	switch (t->op) {
	case THRESHOLD_LESS:
		return value < t->value;
	case THRESHOLD_LESS_EQUAL:
		return value <= t->value;
	case THRESHOLD_GREATER:
		return value > t->value;
	case THRESHOLD_GREATER_EQUAL:
		return value >= t->value;
	case THRESHOLD_EQUAL:
		return value == t->value;
	case THRESHOLD_NOT_EQUAL:
		return value != t->value;
	}
	BUG("comparison %d", (int)t->op);
}

/* ---- the three forms */

/* Whether A is a worse value than B; for == and != the later one is. */
static bool worse(const struct threshold *t, double a, double b)
{
	if (t->op == THRESHOLD_LESS || t->op == THRESHOLD_LESS_EQUAL)
		return a > b;
	if (t->op == THRESHOLD_GREATER || t->op == THRESHOLD_GREATER_EQUAL)
		return a < b;
	return true;
}

/* With `after`, the base is what was counted until that time. Returns false before that. */
static bool open_window(const struct threshold *t, struct threshold_watch *w,
			const struct summary *s, ns_t now)
{
	if (t->after_ns && !w->has_base) {
		if (now < t->after_ns)
			return false;
		measure_take(&w->base, t, w, s);
		w->has_base = true;
		return false;
	}
	measure_take(&w->now, t, w, s);
	if (w->has_base)
		measure_subtract(&w->now, &w->base);
	return true;
}

static void judge_whole(const struct threshold *t, struct threshold_watch *w,
			struct threshold_result *r, const struct summary *s, ns_t now)
{
	r->has_value = open_window(t, w, s, now) && statistic(t, &w->now, &r->value);
	r->failed_by_request = t->stat == STAT_FAILED_ITERATIONS ? w->now.failed_by_request : 0;
	r->pass = r->has_value && is_met(t, r->value);
	r->stop = t->abort && r->has_value && !r->pass;
}

static void judge_stretch(const struct threshold *t, struct threshold_watch *w, double value,
			  ns_t begin, ns_t now)
{
	if (!w->any || worse(t, value, w->worst))
		w->worst = value;
	w->any = true;
	if (is_met(t, value)) {
		w->broken_since = -1;
		return;
	}
	if (w->broken_since < 0)
		w->broken_since = begin;
	if (now - w->broken_since >= t->for_ns - STRETCH_SLACK)
		w->failed = true;
}

static void judge_seconds(const struct threshold *t, struct threshold_watch *w,
			  struct threshold_result *r, const struct summary *s, ns_t now)
{
	double value;

	measure_take(&w->now, t, w, s);
	if (now > w->base.length && w->base.length >= t->after_ns) {
		ns_t begin = w->base.length;
		struct measure *second = &w->now;

		measure_subtract(second, &w->base);
		if (statistic(t, second, &value))
			judge_stretch(t, w, value, begin, now);
		measure_take(&w->now, t, w, s);
	}
	measure_copy(&w->base, &w->now);
	r->has_value = w->any;
	r->value = w->worst;
	r->pass = w->any && !w->failed;
	r->stop = t->abort && w->failed;
}

/* Notes which series the other thresholds cover. */
static void find_covered(struct threshold_judge *j, struct threshold_watch *w,
			 const struct series_table *table)
{
	w->covered = alloc_zeroed(table->defs.count + 1, sizeof *w->covered);
	for (size_t i = 0; i < j->count; i++) {
		const struct threshold *t = &j->thresholds[i];

		w->users_covered |= threshold_covers_users(t);
		for (unsigned k = 0; k < table->defs.count; k++)
			w->covered[k] |= table->defs.items[k].kind == SERIES_SCENARIO
					     ? threshold_covers_scenario(t, table, k)
					     : threshold_covers_step(t, table, k);
	}
}

static bool judge(struct threshold_judge *j, const struct summary *s, ns_t now)
{
	bool stop = false;

	for (size_t i = 0; i < j->count; i++) {
		const struct threshold *t = &j->thresholds[i];

		if (t->is_default && !j->watches[i].covered)
			find_covered(j, &j->watches[i], s->table);
		if (t->for_ns)
			judge_seconds(t, &j->watches[i], &j->results[i], s, now);
		else
			judge_whole(t, &j->watches[i], &j->results[i], s, now);
		stop |= j->results[i].stop;
	}
	return stop;
}

void threshold_judge_init(struct threshold_judge *j, const struct threshold *thresholds,
			  size_t count)
{
	*j = (struct threshold_judge){.thresholds = thresholds, .count = count};
	if (count == 0)
		return;
	j->watches = alloc_zeroed(count, sizeof *j->watches);
	j->results = alloc_zeroed(count, sizeof *j->results);
	for (size_t i = 0; i < count; i++)
		j->watches[i].broken_since = -1;
}

void threshold_judge_release(struct threshold_judge *j)
{
	for (size_t i = 0; i < j->count; i++) {
		measure_release(&j->watches[i].now);
		measure_release(&j->watches[i].base);
		free(j->watches[i].covered);
	}
	free(j->watches);
	free(j->results);
}

bool threshold_judge_second(struct threshold_judge *j, const struct summary *s, ns_t now)
{
	return judge(j, s, now);
}

bool threshold_judge_end(struct threshold_judge *j, const struct summary *s)
{
	bool pass = true;

	judge(j, s, s->duration);
	for (size_t i = 0; i < j->count; i++)
		pass &= j->results[i].pass;
	return pass;
}
