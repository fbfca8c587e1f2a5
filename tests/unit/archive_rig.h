/* For tests of archives: a fixture with a run, and reading a file. */
#ifndef TESTS_ARCHIVE_RIG_H
#define TESTS_ARCHIVE_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "result/archive.h"

struct fixture {
	struct arena arena;
	struct series_table table;
	struct recorder recorder;
	struct summary second, total;
	struct threshold threshold;
	struct label label;
	struct run_facts facts;
	struct archive_writer writer;
	struct verdict_validity validity;
	struct buf file;
	unsigned step, group, scenario;
};

static inline int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct series_def step = {.name = STR("Search"),
				  .scenario = STR("Buy"),
				  .method = STR("GET"),
				  .at = STR("shop.yaml:7")};
	struct series_def group = {.kind = SERIES_GROUP, .name = STR("G"), .scenario = STR("Buy")};
	struct series_def scenario = {
	    .kind = SERIES_SCENARIO, .name = STR("Buy"), .scenario = STR("Buy")};
	struct threshold_error error;

	arena_init(&f->arena, 0);
	series_table_init(&f->table, &f->arena);
	f->step = series_table_add(&f->table, &step);
	f->group = series_table_add(&f->table, &group);
	f->scenario = series_table_add(&f->table, &scenario);
	recorder_init(&f->recorder, &f->table, 0);
	summary_init(&f->second, &f->table);
	summary_init(&f->total, &f->table);
	assert_true(threshold_parse(&f->arena, STR("p95 of \"Search\" < 300ms for 10s after 5s"),
				    &f->threshold, &error));
	f->label = (struct label){STR("shard"), STR("2/4")};
	f->facts = (struct run_facts){.version = STR("0.2.0"),
				      .name = STR("Shop"),
				      .target = STR("http://127.0.0.1"),
				      .load = STR("5 users"),
				      .scenario = STR("abc"),
				      .seed = 7,
				      .started = 1000 * NS_PER_S,
				      .users = -1,
				      .labels = &f->label,
				      .label_count = 1,
				      .thresholds = &f->threshold,
				      .threshold_count = 1,
				      .table = &f->table};
	archive_writer_init(&f->writer, &f->facts);
	buf_init(&f->file, 0);
	*state = f;
	return 0;
}

static inline int teardown(void **state)
{
	struct fixture *f = *state;

	archive_writer_release(&f->writer);
	buf_release(&f->file);
	summary_release(&f->second);
	summary_release(&f->total);
	recorder_release(&f->recorder);
	arena_release(&f->arena);
	free(f);
	return 0;
}

static inline void request(struct fixture *f, struct random_stream *draws)
{
	bool ok = random_unit(draws) < 0.9;
	ns_t took = (ns_t)(random_unit(draws) * random_unit(draws) * (double)NS_PER_S) + NS_PER_US;
	struct sample s = {.outcome = ok ? OUTCOME_OK : OUTCOME_FAILED,
			   .class = FAILURE_status,
			   .status = ok ? 200 : 503,
			   .bytes_received = 100,
			   .response = took,
			   .service = took / 2,
			   .wait = took / 3,
			   .receive = took / 4,
			   .dns = SAMPLE_NONE,
			   .connect = ok ? took / 9 : SAMPLE_NONE,
			   .tls = SAMPLE_NONE};
	struct failure_note note = {.class = FAILURE_status,
				    .series = f->step,
				    .detail = 503,
				    .at = STR("shop.yaml:8"),
				    .when = NS_PER_S,
				    .user = 1,
				    .iteration = 1};

	recorder_started(&f->recorder, f->step);
	recorder_request(&f->recorder, f->step, &s);
	recorder_lag(&f->recorder, took / 100);
	if (!ok)
		recorder_failure(&f->recorder, &note, STR("HTTP 503, expected 2xx"));
	f->recorder.active->series[f->scenario].counts.started++;
	recorder_span(&f->recorder, f->scenario, ok ? OUTCOME_OK : OUTCOME_FAILED, FAILURE_status,
		      took, took * 2);
}

static inline void drain(struct fixture *f, struct summary *into)
{
	recorder_request_swap(&f->recorder);
	recorder_poll(&f->recorder);
	summary_drain(into, recorder_take(&f->recorder));
	recorder_return(&f->recorder);
}

/* Writes SECONDS of a run in blocks of three. */
static inline void write_run(struct fixture *f, unsigned seconds, uint64_t seed)
{
	static const double cpu[] = {0.25, 0.5};
	struct random_stream draws = random_stream(seed, 0, 0, 0);
	struct run_event event = {.kind = RUN_EVENT_signal, .wall = 5, .text = STR("Interrupt")};
	struct verdict verdict = {
	    .outcome = VERDICT_PASS, .reached = true, .validity = &f->validity};

	f->validity.valid = true;
	archive_put_head(&f->writer, &f->file);
	recorder_users(&f->recorder, 3);
	for (unsigned i = 0; i < seconds; i++) {
		struct run_interval m = {.begin = i * NS_PER_S,
					 .length = NS_PER_S,
					 .wall = (1000 + i) * NS_PER_S,
					 .users = 3,
					 .lag_p99 = 17,
					 .cpu = cpu,
					 .threads = 2,
					 .limited = i == 1,
					 .why = i == 1 ? "CPU" : "",
					 .last = i + 1 == seconds};

		for (unsigned k = 0; k < 50; k++)
			request(f, &draws);
		drain(f, &f->second);
		summary_add_second(&f->total, &f->second);
		summary_close_second(&f->second, (i + 1) * NS_PER_S);
		summary_close_second(&f->total, (i + 1) * NS_PER_S);
		archive_put_second(&f->writer, &f->second, &m, i % 3 == 2 || m.last, &f->file);
		summary_clear(&f->second);
	}
	archive_put_event(&f->writer, &event, false, &f->file);
	archive_put_end(&f->writer, &f->total, &verdict, &f->file);
}

static inline void assert_totals_equal(const struct series_total *a, const struct series_total *b)
{
	assert_memory_equal(&a->counts, &b->counts, sizeof a->counts);
	assert_int_equal(a->status != NULL, b->status != NULL);
	if (a->status)
		assert_memory_equal(a->status, b->status, STATUS_SLOTS * sizeof *a->status);
	for (unsigned kind = 0; kind < TIME_KIND_COUNT; kind++)
		assert_true(histogram_equal(&a->times[kind], &b->times[kind]));
}

static inline void assert_summaries_equal(const struct summary *a, const struct summary *b)
{
	for (size_t i = 0; i < a->table->defs.count; i++)
		assert_totals_equal(&a->series[i], &b->series[i]);
	assert_totals_equal(&a->all, &b->all);
	assert_totals_equal(&a->iterations, &b->iterations);
	assert_memory_equal(&a->run, &b->run, sizeof a->run);
	assert_true(histogram_equal(&a->lag, &b->lag));
	assert_int_equal(a->failure_count, b->failure_count);
	for (unsigned i = 0; i < a->failure_count; i++) {
		assert_true(recorder_note_same(&a->failures[i], &b->failures[i]));
		assert_int_equal(a->failures[i].count, b->failures[i].count);
	}
}

/* Reads BYTES and adds up the seconds in TOTAL; returns the last item. */
static enum archive_item read_all(struct archive_reader *r, struct summary *total,
				  unsigned *seconds, unsigned *events)
{
	struct summary second;
	enum archive_item item;

	summary_init(&second, &r->table);
	while ((item = archive_next(r, &second)) < ARCHIVE_END) {
		if (item == ARCHIVE_EVENT) {
			++*events;
			continue;
		}
		summary_add_second(total, &second);
		summary_close_second(&second, r->interval.begin + r->interval.length);
		summary_close_second(total, r->interval.begin + r->interval.length);
		summary_clear(&second);
		++*seconds;
	}
	summary_release(&second);
	return item;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
