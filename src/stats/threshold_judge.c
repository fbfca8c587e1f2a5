/* Thresholds held against a summary: as a whole, after a moment, or second by second. */
#include "stats/threshold.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

/* A second is closed a little early or late; a stretch of ten of them may be this much short. */
#define STRETCH_SLACK (NS_PER_S / 4)

/* What a statistic is worked out of. */
struct measure {
	struct series_counts counts;
	uint64_t iterations;
	uint64_t dropped;
	ns_t length;
	struct histogram response;
};

struct threshold_watch {
	struct measure now;  /* as of this second, the base taken off */
	struct measure base; /* what was there before `after`, or before this second with `for` */
	bool has_base;
	ns_t broken_since; /* with `for`; -1: not broken */
	bool failed;	   /* for good */
	bool any;	   /* with `for`: some second had samples */
	double worst;
};

static bool stat_needs_times(enum threshold_stat stat)
{
	return stat <= STAT_MAX;
}

static void measure_release(struct measure *m)
{
	histogram_release(&m->response);
}

static void add_series(struct measure *m, const struct series_total *total, bool times)
{
	recorder_series_counts_add(&m->counts, &total->counts);
	if (times)
		histogram_add(&m->response, &total->times[TIME_response]);
}

/* Of a scenario, requests are those of its steps. */
static void add_scenario(struct measure *m, const struct summary *s, struct str scenario,
			 bool times)
{
	for (size_t i = 0; i < s->table->defs.count; i++) {
		const struct series_def *def = &s->table->defs.items[i];

		if (!str_eq(def->scenario, scenario))
			continue;
		if (def->kind == SERIES_STEP)
			add_series(m, &s->series[i], times);
		else if (def->kind == SERIES_SCENARIO)
			m->iterations += s->series[i].counts.ok;
	}
}

static void add_named(struct measure *m, const struct threshold *t, const struct summary *s,
		      bool times)
{
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

static void measure_take(struct measure *m, const struct threshold *t, const struct summary *s)
{
	bool times = stat_needs_times(t->stat);

	histogram_clear(&m->response);
	m->counts = (struct series_counts){0};
	m->iterations = 0;
	m->dropped = s->run.arrivals_dropped;
	m->length = s->duration;
	if (t->name.len) {
		add_named(m, t, s, times);
		return;
	}
	add_series(m, &s->all, times);
	m->iterations = s->iterations.counts.ok;
}

static void measure_copy(struct measure *into, const struct measure *from)
{
	struct histogram kept = into->response;

	*into = *from;
	into->response = kept;
	histogram_copy(&into->response, &from->response);
}

static void measure_subtract(struct measure *from, const struct measure *base)
{
#define SUBTRACT(name) from->counts.name -= base->counts.name;
	SERIES_COUNTERS(SUBTRACT)
#undef SUBTRACT
	for (unsigned i = 0; i < FAILURE_CLASS_COUNT; i++)
		from->counts.failed[i] -= base->counts.failed[i];
	from->iterations -= base->iterations;
	from->dropped -= base->dropped;
	from->length -= base->length;
	histogram_subtract(&from->response, &base->response);
}

static double ms(double ns)
{
	return ns / (double)NS_PER_MS;
}

/* False: no samples. */
static bool statistic(const struct threshold *t, const struct measure *m, double *out)
{
	const struct histogram *h = &m->response;
	uint64_t ended =
	    m->counts.ok + recorder_series_counts_failed(&m->counts) + m->counts.cut_off;
	/* In a stretch of the run more may end than begin. */
	double started = (double)(m->counts.started > ended ? m->counts.started : ended);

	if (stat_needs_times(t->stat) && h->m.count == 0)
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
		return started > 0;
	case STAT_REQUESTS_PER_SECOND:
		*out = m->length > 0
			   ? (double)m->counts.started * (double)NS_PER_S / (double)m->length
			   : 0;
		return m->length > 0;
	case STAT_ERROR_RATE:
		*out =
		    started > 0 ? (double)recorder_series_counts_failed(&m->counts) / started : 0;
		return started > 0;
	case STAT_EXPECT_FAILURES:
		*out = (double)m->counts.expect_failures;
		return started > 0;
	case STAT_DROPPED:
		*out = (double)m->dropped;
		return true;
	}
	BUG("statistic %d", (int)t->stat);
}

static bool holds(const struct threshold *t, double value)
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

/* ---- the three ways to judge */

/* The farther on the wrong side; of == and != the later. */
static bool worse(const struct threshold *t, double a, double b)
{
	if (t->op == THRESHOLD_LESS || t->op == THRESHOLD_LESS_EQUAL)
		return a > b;
	if (t->op == THRESHOLD_GREATER || t->op == THRESHOLD_GREATER_EQUAL)
		return a < b;
	return true;
}

/* The base of `after` is what had been counted by then: nothing counts before there is one. */
static bool open_window(const struct threshold *t, struct threshold_watch *w,
			const struct summary *s, ns_t now)
{
	if (t->after_ns && !w->has_base) {
		if (now < t->after_ns)
			return false;
		measure_take(&w->base, t, s);
		w->has_base = true;
		return false;
	}
	measure_take(&w->now, t, s);
	if (w->has_base)
		measure_subtract(&w->now, &w->base);
	return true;
}

static void judge_whole(const struct threshold *t, struct threshold_watch *w,
			struct threshold_result *r, const struct summary *s, ns_t now)
{
	r->has_value = open_window(t, w, s, now) && statistic(t, &w->now, &r->value);
	r->pass = r->has_value && holds(t, r->value);
	r->stop = t->abort && r->has_value && !r->pass;
}

static void judge_stretch(const struct threshold *t, struct threshold_watch *w, double value,
			  ns_t begin, ns_t now)
{
	if (!w->any || worse(t, value, w->worst))
		w->worst = value;
	w->any = true;
	if (holds(t, value)) {
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

	measure_take(&w->now, t, s);
	if (now > w->base.length && w->base.length >= t->after_ns) {
		ns_t begin = w->base.length;
		struct measure *second = &w->now;

		measure_subtract(second, &w->base);
		if (statistic(t, second, &value))
			judge_stretch(t, w, value, begin, now);
		measure_take(&w->now, t, s);
	}
	measure_copy(&w->base, &w->now);
	r->has_value = w->any;
	r->value = w->worst;
	r->pass = w->any && !w->failed;
	r->stop = t->abort && w->failed;
}

static bool judge(struct threshold_judge *j, const struct summary *s, ns_t now)
{
	bool stop = false;

	for (size_t i = 0; i < j->count; i++) {
		const struct threshold *t = &j->thresholds[i];

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
	j->watches = calloc(count, sizeof *j->watches);
	j->results = calloc(count, sizeof *j->results);
	if (!j->watches || !j->results)
		die_out_of_memory();
	for (size_t i = 0; i < count; i++)
		j->watches[i].broken_since = -1;
}

void threshold_judge_release(struct threshold_judge *j)
{
	for (size_t i = 0; i < j->count; i++) {
		measure_release(&j->watches[i].now);
		measure_release(&j->watches[i].base);
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
