/* A result stored by seconds and read again; truncated anywhere; split into shards and merged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "base/varint.h"
#include "result/archive.h"
#include "result/archive_record.h"

#define SHARDS 4

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

static int setup(void **state)
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

static int teardown(void **state)
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

static void request(struct fixture *f, struct random_stream *draws)
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

static void drain(struct fixture *f, struct summary *into)
{
	recorder_request_swap(&f->recorder);
	recorder_poll(&f->recorder);
	summary_drain(into, recorder_take(&f->recorder));
	recorder_return(&f->recorder);
}

/* Writes SECONDS of a run in blocks of three. */
static void write_run(struct fixture *f, unsigned seconds, uint64_t seed)
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

static void assert_totals_equal(const struct series_total *a, const struct series_total *b)
{
	assert_memory_equal(&a->counts, &b->counts, sizeof a->counts);
	assert_int_equal(a->status != NULL, b->status != NULL);
	if (a->status)
		assert_memory_equal(a->status, b->status, STATUS_SLOTS * sizeof *a->status);
	for (unsigned kind = 0; kind < TIME_KIND_COUNT; kind++)
		assert_true(histogram_equal(&a->times[kind], &b->times[kind]));
}

static void assert_summaries_equal(const struct summary *a, const struct summary *b)
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

static void test_round_trip(void **state)
{
	struct fixture *f = *state;
	struct archive_reader r;
	struct arena arena;
	struct summary total;
	unsigned seconds = 0, events = 0;
	const char *why;

	write_run(f, 10, 1);
	arena_init(&arena, 0);
	assert_true(archive_open(&r, &arena, buf_str(&f->file), &why));
	assert_true(str_eq(r.facts.name, STR("Shop")));
	assert_true(str_eq(r.facts.labels[0].value, STR("2/4")));
	assert_int_equal(r.facts.users, -1);
	assert_int_equal(r.facts.threshold_count, 1);
	assert_true(str_eq(r.facts.thresholds[0].text, f->threshold.text));
	assert_true(str_eq(r.facts.thresholds[0].name, STR("Search")));
	assert_int_equal(r.facts.thresholds[0].for_ns, 10 * NS_PER_S);
	assert_int_equal(r.table.defs.count, 3);
	summary_init(&total, &r.table);
	assert_int_equal(read_all(&r, &total, &seconds, &events), ARCHIVE_END);
	assert_int_equal(seconds, 10);
	assert_int_equal(events, 1);
	assert_int_equal(r.event.kind, RUN_EVENT_signal);
	assert_int_equal(r.verdict.outcome, VERDICT_PASS);
	assert_true(r.validity.valid);
	assert_int_equal(r.duration, 10 * NS_PER_S);
	assert_summaries_equal(&f->total, &total);
	assert_int_equal(total.row_count, f->total.row_count);
	for (unsigned i = 0; i < total.row_count; i++)
		assert_memory_equal(&total.rows[i], &f->total.rows[i], sizeof total.rows[i]);
	summary_release(&total);
	archive_close(&r);
	arena_release(&arena);
}

/* A file truncated anywhere is valid up to the last complete block, and never misread. */
static void test_torn(void **state)
{
	struct fixture *f = *state;
	const char *why;

	write_run(f, 6, 2);
	for (size_t len = 0; len < f->file.len; len += len < 300 ? 1 : 7) {
		char *bytes = malloc(len + 1);
		struct archive_reader r;
		struct arena arena;

		assert_non_null(bytes);
		memcpy(bytes, f->file.data, len);
		arena_init(&arena, 0);
		if (archive_open(&r, &arena, str_n(bytes, len), &why)) {
			struct summary total;
			unsigned seconds = 0, events = 0;

			summary_init(&total, &r.table);
			assert_int_equal(read_all(&r, &total, &seconds, &events),
					 ARCHIVE_TRUNCATED);
			assert_int_equal(seconds % 3, 0);
			assert_int_equal(total.all.counts.started, seconds * 50);
			assert_int_equal(total.all.times[TIME_response].m.count,
					 total.all.times[TIME_service].m.count);
			summary_release(&total);
		} else {
			assert_non_null(why);
		}
		archive_close(&r);
		arena_release(&arena);
		free(bytes);
	}
}

/* A capacity search that is killed keeps the levels that were tried. */
static void test_torn_search(void **state)
{
	struct fixture *f = *state;
	struct run_event event = {.kind = RUN_EVENT_level, .text = STR("20/s passed")};
	struct capacity search;
	struct archive_reader r;
	struct arena arena;
	struct summary total;
	unsigned seconds = 0, events = 0;
	const char *why;

	capacity_init(&search, 20, 80, false);
	f->facts.capacity = &search;
	archive_put_head(&f->writer, &f->file);
	for (unsigned level = 20; level <= 40; level *= 2) {
		struct capacity_trial trial = {.level = level, .p95 = 7, .holds = true};

		capacity_add_trial(&search, &trial);
		archive_put_event(&f->writer, &event, true, &f->file);
	}
	arena_init(&arena, 0);
	assert_true(archive_open(&r, &arena, buf_str(&f->file), &why));
	summary_init(&total, &r.table);
	assert_int_equal(read_all(&r, &total, &seconds, &events), ARCHIVE_TRUNCATED);
	assert_int_equal(seconds, 0);
	assert_int_equal(events, 2);
	assert_ptr_equal(r.facts.capacity, &r.capacity);
	assert_int_equal(r.capacity.stop, CAPACITY_INTERRUPTED);
	assert_int_equal(r.capacity.count, 2);
	assert_true(r.capacity.trials[1].level == 40);
	assert_true(capacity_found(&r.capacity) == 40);
	summary_release(&total);
	archive_close(&r);
	arena_release(&arena);
}

/* ---- files of other versions */

static void copy_field(struct varint_reader *u, struct buf *out)
{
	struct str name = varint_get_str(u);

	/* Renamed: to this version, the field is unknown, and its own is missing. */
	varint_put_str(out, str_eq(name, STR("planned")) ? STR("intended") : name);
	varint_put_uint(out, varint_get_uint(u));
}

/* The schema of a version whose messages have one more field and which has one more message. */
static uint64_t change_schema(struct varint_reader *u, struct buf *out)
{
	uint64_t messages = varint_get_uint(u);

	varint_put_uint(out, messages + 1);
	for (uint64_t i = 0; i < messages; i++) {
		uint64_t fields;

		varint_put_str(out, varint_get_str(u));
		fields = varint_get_uint(u);
		varint_put_uint(out, fields + 1);
		for (uint64_t k = 0; k < fields; k++)
			copy_field(u, out);
		varint_put_str(out, STR("later"));
		varint_put_uint(out, 's');
	}
	varint_put_str(out, STR("dream"));
	varint_put_uint(out, 1);
	varint_put_str(out, STR("depth"));
	varint_put_uint(out, 'd');
	return messages;
}

static void change_items(struct varint_reader *u, uint64_t messages, struct buf *out)
{
	struct buf values;

	buf_init(&values, 0);
	while (u->at < u->end) {
		varint_put_uint(out, varint_get_uint(u));
		varint_put_uint(out, varint_get_uint(u));
		buf_clear(&values);
		buf_add(&values, varint_get_str(u));
		varint_put_str(&values, STR("value of the later field"));
		varint_put_str(out, buf_str(&values));
		varint_put_uint(out, messages);
		varint_put_uint(out, 7);
		varint_put_str(out, STR("12345678"));
	}
	buf_release(&values);
	assert_false(u->bad);
}

/* FILE as the other version would have written it. */
static void change_version(struct str file, struct buf *out)
{
	size_t at = str_find_char(file, '\n', str_find_char(file, '\n', 0) + 1) + 1;
	struct buf plain, changed;
	uint64_t messages = 0;
	char type;

	buf_init(&plain, 0);
	buf_init(&changed, 0);
	buf_add(out, str_slice(file, 0, at));
	file = str_slice(file, at, file.len);
	while ((type = archive_record_get(&file, &plain)) != 0) {
		struct varint_reader u = varint_reader_of(buf_str(&plain));

		buf_clear(&changed);
		if (type == ARCHIVE_RECORD_HEAD)
			messages = change_schema(&u, &changed);
		change_items(&u, messages, &changed);
		archive_record_put(out, type, buf_str(&changed));
	}
	buf_release(&plain);
	buf_release(&changed);
}

static void test_other_version(void **state)
{
	struct fixture *f = *state;
	struct archive_reader r;
	struct arena arena;
	struct summary total;
	struct buf other;
	unsigned seconds = 0, events = 0;
	const char *why;

	f->facts.planned = 10 * NS_PER_S;
	write_run(f, 5, 4);
	buf_init(&other, 0);
	change_version(buf_str(&f->file), &other);
	arena_init(&arena, 0);
	assert_true(archive_open(&r, &arena, buf_str(&other), &why));
	assert_true(str_eq(r.facts.name, STR("Shop")));
	assert_int_equal(r.facts.seed, 7);
	assert_int_equal(r.facts.planned, 0);
	summary_init(&total, &r.table);
	assert_int_equal(read_all(&r, &total, &seconds, &events), ARCHIVE_END);
	assert_int_equal(seconds, 5);
	assert_int_equal(events, 1);
	assert_summaries_equal(&f->total, &total);
	assert_true(archive_is_complete(buf_str(&other)));
	other.len--;
	assert_false(archive_is_complete(buf_str(&other)));
	summary_release(&total);
	archive_close(&r);
	arena_release(&arena);
	buf_release(&other);
}

static void assert_refused(struct str file, const char *reason)
{
	struct archive_reader r;
	struct arena arena;
	const char *why;

	arena_init(&arena, 0);
	assert_false(archive_open(&r, &arena, file, &why));
	if (!strstr(why, reason))
		fail_msg("%s", why);
	archive_close(&r);
	arena_release(&arena);
}

static void test_refused(void **state)
{
	struct buf file, head;

	(void)state;
	buf_init(&file, 0);
	buf_init(&head, 0);
	varint_put_u32(&head, 0x12345678);
	varint_put_str(&head, STR("0.0.9"));
	buf_add(&file, STR(ARCHIVE_MAGIC "1\n"));
	archive_record_put(&file, ARCHIVE_RECORD_HEAD, buf_str(&head));
	assert_refused(buf_str(&file), "reprise 0.0.9, an older version; use that version");
	assert_refused(STR(ARCHIVE_MAGIC "3\n0.9.0\nxyz"),
		       "format 3 and was written by reprise 0.9.0");
	assert_refused(STR(ARCHIVE_MAGIC "99999999999999999999\n"), "not a result of reprise");
	assert_refused(STR(ARCHIVE_MAGIC "2\n0.2.0\n"), "ends in its head");
	assert_refused(STR("PK"), "not a result of reprise");
	buf_release(&file);
	buf_release(&head);
}

/* The checksum of a record detects a changed byte. */
static void test_damaged(void **state)
{
	struct fixture *f = *state;
	size_t magic = sizeof(ARCHIVE_MAGIC "2\n0.2.0\n") - 1;

	write_run(f, 6, 3);
	for (size_t at = magic; at < f->file.len; at += 11) {
		struct archive_reader r;
		struct arena arena;
		const char *why;

		f->file.data[at] ^= 0x10;
		arena_init(&arena, 0);
		if (archive_open(&r, &arena, buf_str(&f->file), &why)) {
			struct summary total;
			unsigned seconds = 0, events = 0;

			summary_init(&total, &r.table);
			assert_int_equal(read_all(&r, &total, &seconds, &events),
					 ARCHIVE_TRUNCATED);
			summary_release(&total);
		}
		archive_close(&r);
		arena_release(&arena);
		f->file.data[at] ^= 0x10;
	}
}

/* 1,000 random splits of samples into shards, merged by series in another order. */
static void test_splits(void **state)
{
	static const unsigned map[] = {0, 1, 2};
	struct fixture *f = *state;
	struct summary shards[SHARDS], whole;

	for (unsigned i = 0; i < SHARDS; i++)
		summary_init(&shards[i], &f->table);
	summary_init(&whole, &f->table);
	for (uint64_t split = 0; split < 1000; split++) {
		struct random_stream draws = random_stream(split, 1, 0, 0),
				     choice = random_stream(split, 2, 0, 0);

		for (unsigned k = 0; k < 40; k++) {
			struct random_stream again = draws;
			unsigned shard = (unsigned)(random_unit(&choice) * SHARDS);

			request(f, &draws);
			drain(f, &f->total);
			request(f, &again);
			drain(f, &shards[shard]);
		}
		for (unsigned i = 0; i < SHARDS; i++) {
			summary_merge(&whole, &shards[i], map);
			summary_clear(&shards[i]);
		}
		summary_complete(&whole, 0, 0);
		/* The first example of a failure is kept, for any order of the shards. */
		assert_summaries_equal(&f->total, &whole);
		summary_clear(&whole);
		summary_clear(&f->total);
	}
	summary_release(&whole);
	for (unsigned i = 0; i < SHARDS; i++)
		summary_release(&shards[i]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_round_trip),
	    TEST(test_torn),
	    TEST(test_torn_search),
	    TEST(test_other_version),
	    cmocka_unit_test(test_refused),
	    TEST(test_damaged),
	    TEST(test_splits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
