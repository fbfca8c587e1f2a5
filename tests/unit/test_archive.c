/* A result stored by seconds and read again; truncated anywhere; split into shards and merged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "archive_rig.h"

#define SHARDS 4

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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_round_trip), TEST(test_torn),   TEST(test_torn_search),
	    TEST(test_damaged),	   TEST(test_splits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
