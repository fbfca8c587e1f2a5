#include "stats/timeline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/log.h"

/* Whole seconds, so that slightly more than PLANNED fits into COUNT slots. */
static ns_t width_for(ns_t planned, unsigned count)
{
	ns_t max = (ns_t)count - 2;
	ns_t seconds = (planned + NS_PER_S - 1) / NS_PER_S;

	return seconds <= max ? NS_PER_S : (seconds + max - 1) / max * NS_PER_S;
}

struct timeline *timeline_new(const struct series_table *table, ns_t planned)
{
	struct timeline *c = alloc_zeroed(1, sizeof(*c));

	c->width = width_for(planned, TIMELINE_SLOTS);
	c->series_count =
	    table->defs.count < TIMELINE_SERIES ? (unsigned)table->defs.count : TIMELINE_SERIES;
	c->series = alloc_zeroed(c->series_count, sizeof(*c->series));
	for (unsigned i = 0; i < c->series_count; i++)
		c->series[i].width = width_for(planned, TIMELINE_SERIES_SLOTS);
	return c;
}

void timeline_keep_metrics(struct timeline *c, const struct threshold *thresholds, size_t count)
{
	for (unsigned i = METRIC_RESPONSE_TIME + 1; i < METRIC_COUNT; i++) {
		enum threshold_metric metric = (enum threshold_metric)i;

		if (!threshold_metric_is_used(thresholds, count, metric))
			continue;
		if (!c->metrics)
			c->metrics = alloc_zeroed(METRIC_COUNT, sizeof(*c->metrics));
		c->metrics[c->metric_count++].metric = metric;
	}
}

void timeline_free(struct timeline *c)
{
	if (!c)
		return;
	for (unsigned i = 0; i < c->series_count; i++)
		histogram_release(&c->series[i].before);
	for (unsigned i = 0; i < c->metric_count; i++)
		histogram_release(&c->metrics[i].before);
	free(c->metrics);
	histogram_release(&c->before);
	histogram_release(&c->lag_before);
	histogram_release(&c->delta);
	free(c->series);
	free(c);
}

/* ---- bins */

ns_t timeline_bin_low(unsigned bin)
{
	return (ns_t)((double)TIMELINE_BIN_LOW * pow(10, (double)bin / TIMELINE_PER_DECADE));
}

static unsigned bin_of(ns_t value)
{
	double at = log10((double)value / (double)TIMELINE_BIN_LOW) * TIMELINE_PER_DECADE;

	if (value <= TIMELINE_BIN_LOW)
		return 0;
	return at >= TIMELINE_BINS ? TIMELINE_BINS - 1 : (unsigned)at;
}

static void add_bins(uint32_t *bins, const struct histogram *h)
{
	struct histogram_walk walk = histogram_walk(h);

	while (histogram_walk_next(&walk))
		bins[bin_of(histogram_low_us(walk.index) * NS_PER_US)] += (uint32_t)walk.count;
}

/* ---- slots */

static ns_t higher(ns_t a, ns_t b)
{
	return a > b ? a : b;
}

/* LATER follows INTO. */
static void join(struct timeline_slot *into, const struct timeline_slot *later)
{
	into->length += later->length;
	into->started += later->started;
	into->ok += later->ok;
	into->failed += later->failed;
	into->cut_off += later->cut_off;
	into->bytes_sent += later->bytes_sent;
	into->bytes_received += later->bytes_received;
	into->arrivals_planned += later->arrivals_planned;
	into->arrivals_started += later->arrivals_started;
	into->arrivals_dropped += later->arrivals_dropped;
	into->iterations += later->iterations;
	for (unsigned i = 0; i < FAILURE_CLASS_COUNT; i++)
		into->classes[i] += later->classes[i];
	into->users = higher(into->users, later->users);
	into->p50 = higher(into->p50, later->p50);
	into->p95 = higher(into->p95, later->p95);
	into->p99 = higher(into->p99, later->p99);
	into->max = higher(into->max, later->max);
	into->lag_p99 = higher(into->lag_p99, later->lag_p99);
	into->limited += later->limited;
	for (unsigned i = 0; i < TIMELINE_BINS; i++)
		into->bins[i] += later->bins[i];
}

static void halve_metric(struct timeline_metric *m, unsigned count)
{
	for (unsigned i = 0; i < count / 2; i++) {
		const struct timeline_metric_slot *a = &m->slots[2 * i], *b = a + 1;

		m->slots[i] = (struct timeline_metric_slot){.p50 = higher(a->p50, b->p50),
							    .p95 = higher(a->p95, b->p95),
							    .p99 = higher(a->p99, b->p99),
							    .max = higher(a->max, b->max)};
	}
}

static void halve(struct timeline *c)
{
	for (unsigned i = 0; i < c->metric_count; i++)
		halve_metric(&c->metrics[i], c->count);
	for (unsigned i = 0; i < c->count / 2; i++) {
		struct timeline_slot slot = c->slots[2 * i];

		join(&slot, &c->slots[2 * i + 1]);
		c->slots[i] = slot;
	}
	c->count /= 2;
	c->width *= 2;
}

static bool is_whole(ns_t length, ns_t width)
{
	return length >= width - NS_PER_S / 2;
}

/* The slot for the time from `until` on. */
static struct timeline_slot *current_slot(struct timeline *c, const struct summary *s)
{
	struct timeline_slot *last = c->count ? &c->slots[c->count - 1] : NULL;

	if (last && !is_whole(last->length, c->width))
		return last;
	if (c->count == TIMELINE_SLOTS) {
		halve(c);
		last = &c->slots[c->count - 1];
	}
	/* A part of a second at the very end is not a slot: its rate would mean nothing. */
	if (last && s->duration - c->until < NS_PER_S / 2)
		return last;
	last = &c->slots[c->count++];
	*last = (struct timeline_slot){.begin = c->until};
	return last;
}

static void add_counts(struct timeline *c, struct timeline_slot *slot, const struct summary *s)
{
	const struct series_counts *now = &s->all.counts, *was = &c->counts;

	slot->started += now->started - was->started;
	slot->ok += now->ok - was->ok;
	slot->failed += recorder_series_counts_failed(now) - recorder_series_counts_failed(was);
	slot->cut_off += now->cut_off - was->cut_off;
	slot->bytes_sent += now->bytes_sent - was->bytes_sent;
	slot->bytes_received += now->bytes_received - was->bytes_received;
	slot->arrivals_planned += s->run.arrivals_planned - c->run.arrivals_planned;
	slot->arrivals_started += s->run.arrivals_started - c->run.arrivals_started;
	slot->arrivals_dropped += s->run.arrivals_dropped - c->run.arrivals_dropped;
	slot->iterations += s->iterations.counts.ok - c->iterations;
	for (unsigned i = 0; i < FAILURE_CLASS_COUNT; i++)
		slot->classes[i] += now->failed[i] - was->failed[i];
	slot->users = higher(slot->users, s->last.users);
	c->counts = *now;
	c->run = s->run;
	c->iterations = s->iterations.counts.ok;
}

/* The counts since BEFORE, into c->part. */
static const struct histogram *since(struct timeline *c, const struct histogram *now,
				     const struct histogram *before)
{
	histogram_copy(&c->delta, now);
	histogram_subtract(&c->delta, before);
	return &c->delta;
}

static void add_times(struct timeline *c, struct timeline_slot *slot, const struct summary *s)
{
	static const double percentiles[] = {50, 95, 99};
	const struct histogram *times = &s->all.times[TIME_response];
	const struct histogram *delta = since(c, times, &c->before);
	ns_t values[3];

	slot->max = slot->length ? higher(slot->max, s->last.max) : s->last.max;
	if (is_whole(slot->length, c->width)) { /* the rest of a second after it */
		add_bins(slot->bins, delta);
		return;
	}
	histogram_percentiles(delta, percentiles, 3, values);
	slot->p50 = values[0];
	slot->p95 = values[1];
	slot->p99 = values[2];
	memset(slot->bins, 0, sizeof(slot->bins));
	add_bins(slot->bins, delta);
	slot->lag_p99 = histogram_percentile(since(c, &s->lag, &c->lag_before), 99);
}

/* SLOT is the current slot of the run; a rest of a second after a complete one is skipped. */
static void add_metric(struct timeline *c, struct timeline_metric *m,
		       const struct timeline_slot *slot, const struct summary *s)
{
	static const double percentiles[] = {50, 95, 99};
	const struct histogram *delta = since(c, threshold_metric_total(m->metric, s), &m->before);
	ns_t values[3];

	if (is_whole(slot->length, c->width))
		return;
	histogram_percentiles(delta, percentiles, 3, values);
	m->slots[slot - c->slots] =
	    (struct timeline_metric_slot){.p50 = values[0],
					  .p95 = values[1],
					  .p99 = values[2],
					  .max = delta->m.count ? delta->m.max_ns : -1};
}

static void series_second(struct timeline *c, struct timeline_series *own,
			  const struct series_total *total, ns_t now)
{
	static const double percentiles[] = {50, 95, 99};
	const struct histogram *times = &total->times[TIME_response];
	uint64_t failed = recorder_series_counts_failed(&total->counts);
	struct timeline_series_slot *slot;
	ns_t values[3];

	if (own->count && own->slots[own->count - 1].begin == own->since)
		own->count--;
	slot = &own->slots[own->count++];
	histogram_percentiles(since(c, times, &own->before), percentiles, 3, values);
	*slot = (struct timeline_series_slot){.begin = own->since,
					      .length = now - own->since,
					      .started = total->counts.started - own->started,
					      .failed = failed - own->failed,
					      .p50 = values[0],
					      .p95 = values[1],
					      .p99 = values[2]};
	if (!is_whole(slot->length, own->width))
		return;
	own->since = now;
	own->started = total->counts.started;
	own->failed = failed;
	histogram_copy(&own->before, times);
	if (own->count < TIMELINE_SERIES_SLOTS)
		return;
	for (unsigned i = 0; i < TIMELINE_SERIES_SLOTS / 2; i++) {
		struct timeline_series_slot a = own->slots[2 * i], b = own->slots[2 * i + 1];

		own->slots[i] = (struct timeline_series_slot){.begin = a.begin,
							      .length = a.length + b.length,
							      .started = a.started + b.started,
							      .failed = a.failed + b.failed,
							      .p50 = higher(a.p50, b.p50),
							      .p95 = higher(a.p95, b.p95),
							      .p99 = higher(a.p99, b.p99)};
	}
	own->count = TIMELINE_SERIES_SLOTS / 2;
	own->width *= 2;
}

void timeline_add_second(struct timeline *c, const struct summary *s, bool limited)
{
	ns_t length = s->duration - c->until;
	struct timeline_slot *slot;

	if (length <= 0)
		return;
	slot = current_slot(c, s);
	add_counts(c, slot, s);
	add_times(c, slot, s);
	for (unsigned i = 0; i < c->metric_count; i++)
		add_metric(c, &c->metrics[i], slot, s);
	slot->length += length;
	slot->limited += limited;
	c->until = s->duration;
	if (is_whole(slot->length, c->width)) {
		histogram_copy(&c->before, &s->all.times[TIME_response]);
		histogram_copy(&c->lag_before, &s->lag);
		for (unsigned i = 0; i < c->metric_count; i++)
			histogram_copy(&c->metrics[i].before,
				       threshold_metric_total(c->metrics[i].metric, s));
	}
	for (unsigned i = 0; i < c->series_count; i++)
		series_second(c, &c->series[i], &s->series[i], s->duration);
}
