#include "stats/recorder.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/log.h"

void recorder_series_counts_add(struct series_counts *into, const struct series_counts *from)
{
#define ADD(name) into->name += from->name;
	SERIES_COUNTERS(ADD)
	for (unsigned i = 0; i < FAILURE_CLASS_COUNT; i++)
		into->failed[i] += from->failed[i];
}

void recorder_run_counts_add(struct run_counts *into, const struct run_counts *from)
{
	RUN_COUNTERS(ADD)
#undef ADD
	for (unsigned i = 0; i < UNMEASURED_KIND_COUNT; i++)
		into->unmeasured[i] += from->unmeasured[i];
}

uint64_t recorder_series_counts_failed(const struct series_counts *counts)
{
	uint64_t failed = 0;

	for (unsigned i = 0; i < FAILURE_CLASS_COUNT; i++)
		failed += counts->failed[i];
	return failed;
}

/* ---- recording: the worker's thread */

static void count_status(uint32_t **table, unsigned status)
{
	if (__builtin_expect(!*table, 0))
		*table = alloc_zeroed(STATUS_SLOTS, sizeof **table);
	(*table)[recorder_status_slot(status)]++;
}

static void record_connection(struct interval_histogram *times, const struct sample *s)
{
	if (s->dns >= 0)
		histogram_interval_record(&times[TIME_dns], s->dns);
	if (s->connect >= 0)
		histogram_interval_record(&times[TIME_connect], s->connect);
	if (s->tls >= 0)
		histogram_interval_record(&times[TIME_tls], s->tls);
}

static void record_response(struct interval_histogram *times, const struct sample *s)
{
	if (s->wait >= 0)
		histogram_interval_record(&times[TIME_wait], s->wait);
	if (s->receive >= 0)
		histogram_interval_record(&times[TIME_receive], s->receive);
	if (s->kind == SAMPLE_HANDSHAKE)
		histogram_interval_record(&times[TIME_handshake], s->response);
	if (s->kind == SAMPLE_MESSAGE)
		histogram_interval_record(&times[TIME_message], s->response);
}

static void record_ok(struct interval_histogram *times, const struct sample *s)
{
	histogram_interval_record(&times[TIME_response], s->response);
	histogram_interval_record(&times[TIME_service], s->service);
	record_response(times, s);
}

void recorder_request(struct recorder *r, unsigned number, const struct sample *s)
{
	struct interval_series *series = &r->active->series[number];
	struct series_counts *counts = &series->counts;

	series->touched = true;
	counts->redirects += s->redirects;
	counts->retries += s->retries;
	counts->resent += s->resent;
	counts->resent_posts += s->resent_posts;
	counts->http_1 += s->version / 10 == 1;
	counts->http_2 += s->version / 10 == 2;
	counts->http_3 += s->version / 10 == 3;
	counts->expect_failures += s->expect_failures;
	counts->bytes_sent += s->bytes_sent;
	counts->bytes_received += s->bytes_received;
	record_connection(series->times, s);
	if (s->outcome == OUTCOME_CUT_OFF) {
		counts->cut_off++;
		return;
	}
	if (s->status)
		count_status(&series->status, s->status);
	if (s->status && s->outcome == OUTCOME_FAILED)
		count_status(&series->failed_status, s->status);
	if (s->retry_wait)
		histogram_interval_record(&series->times[TIME_retry_wait], s->retry_wait);
	if (s->outcome == OUTCOME_OK) {
		counts->ok++;
		record_ok(series->times, s);
	} else {
		counts->failed[s->class]++;
		histogram_interval_record(&series->times[TIME_failed], s->response);
	}
}

void recorder_exemplar(struct recorder *r, unsigned number, const struct exemplar *x)
{
	exemplar_add(&r->active->series[number].longest, x);
}

void recorder_phases(struct recorder *r, unsigned number, const struct sample *s)
{
	struct interval_series *series = &r->active->series[number];

	series->touched = true;
	record_connection(series->times, s);
	if (s->outcome == OUTCOME_OK)
		record_response(series->times, s);
}

void recorder_span(struct recorder *r, unsigned number, enum outcome outcome,
		   enum failure_class class, ns_t busy, ns_t elapsed)
{
	struct interval_series *series = &r->active->series[number];

	series->touched = true;
	switch (outcome) {
	case OUTCOME_OK:
		series->counts.ok++;
		histogram_interval_record(&series->times[TIME_response], busy);
		histogram_interval_record(&series->times[TIME_elapsed], elapsed);
		break;
	case OUTCOME_FAILED:
		series->counts.failed[class]++;
		histogram_interval_record(&series->times[TIME_failed], busy);
		break;
	case OUTCOME_CUT_OFF:
		series->counts.cut_off++;
		break;
	}
}

bool recorder_note_same(const struct failure_note *a, const struct failure_note *b)
{
	return a->class == b->class && a->series == b->series && a->detail == b->detail &&
	       str_eq(a->at, b->at);
}

void recorder_failure(struct recorder *r, const struct failure_note *note, struct str text)
{
	struct interval *interval = r->active;
	struct failure_note *own;

	for (unsigned i = 0; i < interval->note_count; i++) {
		if (recorder_note_same(&interval->notes[i], note)) {
			interval->notes[i].count++;
			if (!exemplar_has_trace(interval->notes[i].trace))
				interval->notes[i].trace = note->trace;
			return;
		}
	}
	if (interval->note_count == FAILURE_NOTES_MAX) {
		interval->notes_lost++;
		return;
	}
	own = &interval->notes[interval->note_count++];
	*own = *note;
	own->count = 1;
	text = str_cut(text, FAILURE_TEXT_BYTES);
	own->text_len = (uint16_t)text.len;
	if (text.len)
		memcpy(own->text, text.ptr, text.len);
}

void recorder_users(struct recorder *r, int change)
{
	struct interval *interval = r->active;

	if (change > 0)
		interval->run.users_started += (uint64_t)change;
	else
		interval->run.users_stopped += (uint64_t)-change;
	interval->users_now += change;
	if (interval->users_now > interval->users_max)
		interval->users_max = interval->users_now;
}

/* ---- life and exchange */

static void interval_init(struct interval *interval, const struct series_table *table,
			  unsigned worker)
{
	memset(interval, 0, sizeof *interval);
	interval->table = table;
	interval->worker = worker;
	interval->series = alloc_zeroed(table->defs.count, sizeof *interval->series);
}

static void interval_release(struct interval *interval)
{
	for (size_t i = 0; i < interval->table->defs.count; i++) {
		struct interval_series *series = &interval->series[i];

		free(series->status);
		free(series->failed_status);
		for (unsigned kind = 0; kind < TIME_KIND_COUNT; kind++)
			histogram_interval_release(&series->times[kind]);
	}
	free(interval->series);
	histogram_interval_release(&interval->lag);
}

void recorder_interval_clear(struct interval *interval)
{
	for (size_t i = 0; i < interval->table->defs.count; i++) {
		struct interval_series *series = &interval->series[i];

		if (!series->touched)
			continue;
		series->touched = false;
		series->counts = (struct series_counts){0};
		series->longest = (struct exemplar){0};
		if (series->status)
			memset(series->status, 0, STATUS_SLOTS * sizeof *series->status);
		if (series->failed_status)
			memset(series->failed_status, 0,
			       STATUS_SLOTS * sizeof *series->failed_status);
		for (unsigned kind = 0; kind < TIME_KIND_COUNT; kind++)
			histogram_interval_clear(&series->times[kind]);
	}
	interval->run = (struct run_counts){0};
	interval->users_max = interval->users_now;
	histogram_interval_clear(&interval->lag);
	interval->note_count = 0;
	interval->notes_lost = 0;
}

void recorder_init(struct recorder *r, const struct series_table *table, unsigned worker)
{
	if (worker >= WORKERS_MAX)
		BUG("worker %u of at most %u", worker, WORKERS_MAX);
	interval_init(&r->intervals[0], table, worker);
	interval_init(&r->intervals[1], table, worker);
	r->active = &r->intervals[0];
	r->other = &r->intervals[1];
	atomic_init(&r->state, RECORDER_IDLE);
}

void recorder_release(struct recorder *r)
{
	interval_release(&r->intervals[0]);
	interval_release(&r->intervals[1]);
}

void recorder_swap(struct recorder *r)
{
	struct interval *full = r->active;

	r->active = r->other;
	r->other = full;
	r->active->users_now = full->users_now;
	r->active->users_max = full->users_now;
	atomic_store_explicit(&r->state, RECORDER_READY, memory_order_release);
}

/* A request for a swap is handled once: a state other than IDLE means one is in progress. */
void recorder_request_swap(struct recorder *r)
{
	int idle = RECORDER_IDLE;

	atomic_compare_exchange_strong_explicit(&r->state, &idle, RECORDER_SWAP_REQUESTED,
						memory_order_release, memory_order_relaxed);
}

struct interval *recorder_take(struct recorder *r)
{
	if (atomic_load_explicit(&r->state, memory_order_acquire) != RECORDER_READY)
		return NULL;
	return r->other;
}

void recorder_return(struct recorder *r)
{
	atomic_store_explicit(&r->state, RECORDER_IDLE, memory_order_release);
}

struct interval *recorder_remaining(struct recorder *r, unsigned i)
{
	return i == 0 ? r->other : r->active;
}
