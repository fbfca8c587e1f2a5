#include "stats/summary.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/log.h"

void summary_init(struct summary *s, const struct series_table *table)
{
	memset(s, 0, sizeof *s);
	s->table = table;
	s->series = alloc_zeroed(table->defs.count, sizeof *s->series);
	s->rows = alloc_zeroed(SUMMARY_ROWS, sizeof *s->rows);
	s->failures = alloc_zeroed(SUMMARY_FAILURES, sizeof *s->failures);
	s->row_seconds = 1;
}

static void total_release(struct series_total *total)
{
	free(total->status);
	free(total->failed_status);
	for (unsigned kind = 0; kind < TIME_KIND_COUNT; kind++)
		histogram_release(&total->times[kind]);
}

void summary_release(struct summary *s)
{
	for (size_t i = 0; i < s->table->defs.count; i++)
		total_release(&s->series[i]);
	total_release(&s->all);
	total_release(&s->iterations);
	histogram_release(&s->lag);
	histogram_release(&s->now_response);
	histogram_release(&s->now_lag);
	free(s->series);
	free(s->rows);
	free(s->failures);
}

/* ---- draining */

static void drain_status(uint64_t **into, const uint32_t *status)
{
	if (!status)
		return;
	if (!*into)
		*into = alloc_zeroed(STATUS_SLOTS, sizeof **into);
	for (unsigned slot = 0; slot < STATUS_SLOTS; slot++)
		(*into)[slot] += status[slot];
}

static void drain_series(struct series_total *total, const struct interval_series *series)
{
	total->touched = true;
	recorder_series_counts_add(&total->counts, &series->counts);
	drain_status(&total->status, series->status);
	drain_status(&total->failed_status, series->failed_status);
	for (unsigned kind = 0; kind < TIME_KIND_COUNT; kind++)
		histogram_add_interval(&total->times[kind], &series->times[kind]);
	exemplar_add(&total->longest, &series->longest);
}

static void row_add_counts(struct summary_row *row, const struct series_counts *counts)
{
	row->started += counts->started;
	row->ok += counts->ok;
	row->failed += recorder_series_counts_failed(counts);
	row->cut_off += counts->cut_off;
	row->bytes_sent += counts->bytes_sent;
	row->bytes_received += counts->bytes_received;
}

static void gather_row(struct summary *s, const struct interval_series *series)
{
	row_add_counts(&s->now, &series->counts);
	histogram_add_interval(&s->now_response, &series->times[TIME_response]);
}

void summary_add_failure(struct summary *s, const struct failure_note *note)
{
	for (unsigned i = 0; i < s->failure_count; i++) {
		struct failure_note *own = &s->failures[i];
		uint64_t count = own->count + note->count;

		if (!recorder_note_same(own, note))
			continue;
		struct exemplar_trace trace = own->trace;

		if (note->when < own->when)
			*own = *note;
		if (!exemplar_has_trace(own->trace))
			own->trace = exemplar_has_trace(trace) ? trace : note->trace;
		own->count = count;
		return;
	}
	if (s->failure_count == SUMMARY_FAILURES)
		s->failures_lost += note->count;
	else
		s->failures[s->failure_count++] = *note;
}

static void drain_users(struct summary *s, const struct interval *interval)
{
	int64_t *peak = &s->worker_peak[interval->worker];

	if (interval->users_max > *peak)
		*peak = interval->users_max;
	s->worker_users[interval->worker] = interval->users_now;
}

void summary_drain(struct summary *s, struct interval *interval)
{
	for (size_t i = 0; i < s->table->defs.count; i++) {
		const struct interval_series *series = &interval->series[i];

		if (!series->touched)
			continue;
		drain_series(&s->series[i], series);
		switch (s->table->defs.items[i].kind) {
		case SERIES_STEP:
			drain_series(&s->all, series);
			gather_row(s, series);
			break;
		case SERIES_SCENARIO:
			drain_series(&s->iterations, series);
			s->now.iterations_completed += series->counts.ok;
			break;
		case SERIES_GROUP:
		case SERIES_FIXTURE:
		case SERIES_KIND_COUNT:
			break;
		}
	}
	recorder_run_counts_add(&s->run, &interval->run);
	s->now.arrivals_planned += interval->run.arrivals_planned;
	s->now.arrivals_started += interval->run.arrivals_started;
	s->now.arrivals_dropped += interval->run.arrivals_dropped;
	histogram_add_interval(&s->lag, &interval->lag);
	histogram_add_interval(&s->now_lag, &interval->lag);
	drain_users(s, interval);
	for (unsigned i = 0; i < interval->note_count; i++)
		summary_add_failure(s, &interval->notes[i]);
	s->failures_lost += interval->notes_lost;
	recorder_interval_clear(interval);
}

/* ---- rows */

static ns_t higher(ns_t a, ns_t b)
{
	return a > b ? a : b;
}

static void row_sums_add(struct summary_row *into, const struct summary_row *from)
{
	into->started += from->started;
	into->ok += from->ok;
	into->failed += from->failed;
	into->cut_off += from->cut_off;
	into->bytes_sent += from->bytes_sent;
	into->bytes_received += from->bytes_received;
	into->arrivals_planned += from->arrivals_planned;
	into->arrivals_started += from->arrivals_started;
	into->arrivals_dropped += from->arrivals_dropped;
	into->iterations_completed += from->iterations_completed;
	into->p50 = higher(into->p50, from->p50);
	into->p95 = higher(into->p95, from->p95);
	into->p99 = higher(into->p99, from->p99);
	into->max = higher(into->max, from->max);
	into->lag_p99 = higher(into->lag_p99, from->lag_p99);
}

/* LATER follows INTO in time. */
static void row_join(struct summary_row *into, const struct summary_row *later)
{
	row_sums_add(into, later);
	into->length = later->begin + later->length - into->begin;
	into->users = higher(into->users, later->users);
}

static void halve_rows(struct summary *s)
{
	unsigned half = (s->row_count + 1) / 2;

	for (unsigned i = 0; i < half; i++) {
		struct summary_row row = s->rows[2 * i];

		if (2 * i + 1 < s->row_count)
			row_join(&row, &s->rows[2 * i + 1]);
		s->rows[i] = row;
	}
	s->row_count = half;
	s->row_seconds *= 2;
}

static void add_row(struct summary *s, const struct summary_row *row)
{
	struct summary_row *last = s->row_count ? &s->rows[s->row_count - 1] : NULL;
	ns_t whole = (ns_t)s->row_seconds * NS_PER_S - NS_PER_S / 2;

	if (last && last->length < whole && s->row_seconds > 1) {
		row_join(last, row);
		return;
	}
	if (s->row_count == SUMMARY_ROWS) {
		halve_rows(s);
		add_row(s, row);
		return;
	}
	s->rows[s->row_count++] = *row;
}

static void close_users(struct summary *s)
{
	int64_t peak = 0;

	s->users_now = 0;
	for (unsigned i = 0; i < WORKERS_MAX; i++) {
		peak += s->worker_peak[i];
		s->users_now += s->worker_users[i];
		s->worker_peak[i] = s->worker_users[i];
	}
	s->now.users = peak;
	s->users_max = higher(s->users_max, peak);
}

void summary_close_second(struct summary *s, ns_t now)
{
	static const double percentiles[] = {50, 95, 99};
	ns_t values[3];

	histogram_percentiles(&s->now_response, percentiles, 3, values);
	s->now.p50 = values[0];
	s->now.p95 = values[1];
	s->now.p99 = values[2];
	s->now.max = s->now_response.m.count ? s->now_response.m.max_ns : -1;
	s->now.lag_p99 = histogram_percentile(&s->now_lag, 99);
	s->now.begin = s->duration;
	s->now.length = now - s->duration;
	close_users(s);
	add_row(s, &s->now);
	s->last = s->now;
	s->duration = now;
	s->now = (struct summary_row){0};
	histogram_clear(&s->now_response);
	histogram_clear(&s->now_lag);
}

/* ---- a second into the totals */

static void status_add(uint64_t **into, const uint64_t *status)
{
	if (!status)
		return;
	if (!*into)
		*into = alloc_zeroed(STATUS_SLOTS, sizeof **into);
	for (unsigned slot = 0; slot < STATUS_SLOTS; slot++)
		(*into)[slot] += status[slot];
}

static void total_add(struct series_total *into, const struct series_total *from)
{
	if (!from->touched)
		return;
	into->touched = true;
	recorder_series_counts_add(&into->counts, &from->counts);
	status_add(&into->status, from->status);
	status_add(&into->failed_status, from->failed_status);
	for (unsigned kind = 0; kind < TIME_KIND_COUNT; kind++)
		histogram_add(&into->times[kind], &from->times[kind]);
	exemplar_add(&into->longest, &from->longest);
	if (exemplar_has_trace(from->longest.trace))
		into->latest = from->longest;
}

static void gather_step(struct summary *s, const struct series_total *total)
{
	row_add_counts(&s->now, &total->counts);
	histogram_add(&s->now_response, &total->times[TIME_response]);
	total_add(&s->all, total);
}

void summary_complete(struct summary *second, int64_t users, int64_t peak)
{
	for (size_t i = 0; i < second->table->defs.count; i++) {
		const struct series_total *total = &second->series[i];
		enum series_kind kind = second->table->defs.items[i].kind;

		if (!total->touched)
			continue;
		if (kind == SERIES_STEP) {
			gather_step(second, total);
		} else if (kind == SERIES_SCENARIO) {
			total_add(&second->iterations, total);
			second->now.iterations_completed += total->counts.ok;
		}
	}
	second->now.arrivals_planned = second->run.arrivals_planned;
	second->now.arrivals_started = second->run.arrivals_started;
	second->now.arrivals_dropped = second->run.arrivals_dropped;
	histogram_add(&second->now_lag, &second->lag);
	second->worker_users[0] = users;
	second->worker_peak[0] = peak;
}

static void add_row_of(struct summary *into, const struct summary *second)
{
	const struct summary_row *row = &second->now;

	into->now.started += row->started;
	into->now.ok += row->ok;
	into->now.failed += row->failed;
	into->now.cut_off += row->cut_off;
	into->now.bytes_sent += row->bytes_sent;
	into->now.bytes_received += row->bytes_received;
	into->now.arrivals_planned += row->arrivals_planned;
	into->now.arrivals_started += row->arrivals_started;
	into->now.arrivals_dropped += row->arrivals_dropped;
	into->now.iterations_completed += row->iterations_completed;
	histogram_add(&into->now_response, &second->now_response);
	histogram_add(&into->now_lag, &second->now_lag);
}

void summary_add_second(struct summary *into, const struct summary *second)
{
	for (size_t i = 0; i < into->table->defs.count; i++)
		total_add(&into->series[i], &second->series[i]);
	total_add(&into->all, &second->all);
	total_add(&into->iterations, &second->iterations);
	recorder_run_counts_add(&into->run, &second->run);
	histogram_add(&into->lag, &second->lag);
	add_row_of(into, second);
	for (unsigned i = 0; i < WORKERS_MAX; i++) {
		into->worker_users[i] = second->worker_users[i];
		into->worker_peak[i] = higher(into->worker_peak[i], second->worker_peak[i]);
	}
	for (unsigned i = 0; i < second->failure_count; i++)
		summary_add_failure(into, &second->failures[i]);
	into->failures_lost += second->failures_lost;
}

void summary_merge(struct summary *into, const struct summary *from, const unsigned *map)
{
	for (size_t i = 0; i < from->table->defs.count; i++)
		total_add(&into->series[map[i]], &from->series[i]);
	recorder_run_counts_add(&into->run, &from->run);
	histogram_add(&into->lag, &from->lag);
	for (unsigned i = 0; i < from->failure_count; i++) {
		struct failure_note note = from->failures[i];

		note.series = map[note.series];
		summary_add_failure(into, &note);
	}
	into->failures_lost += from->failures_lost;
}

static void total_clear(struct series_total *total)
{
	if (!total->touched)
		return;
	total->touched = false;
	total->counts = (struct series_counts){0};
	if (total->status)
		memset(total->status, 0, STATUS_SLOTS * sizeof *total->status);
	if (total->failed_status)
		memset(total->failed_status, 0, STATUS_SLOTS * sizeof *total->failed_status);
	for (unsigned kind = 0; kind < TIME_KIND_COUNT; kind++)
		histogram_clear(&total->times[kind]);
	total->longest = total->latest = (struct exemplar){0};
}

void summary_clear(struct summary *second)
{
	for (size_t i = 0; i < second->table->defs.count; i++)
		total_clear(&second->series[i]);
	total_clear(&second->all);
	total_clear(&second->iterations);
	second->run = (struct run_counts){0};
	histogram_clear(&second->lag);
	second->users_max = 0;
	second->row_count = 0;
	second->failure_count = 0;
	second->failures_lost = 0;
}

bool summary_series_matches(const struct series_def *def, struct str name)
{
	size_t left = def->scenario.len + 3;

	if (str_eq(def->name, name))
		return true;
	return def->kind != SERIES_SCENARIO && name.len == left + def->name.len &&
	       str_starts(name, def->scenario) &&
	       str_eq(str_slice(name, def->scenario.len, left), STR(" / ")) &&
	       str_ends(name, def->name);
}
