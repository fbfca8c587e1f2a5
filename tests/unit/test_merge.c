/* Merged seconds of shards: CPU, waiting and lag of the load generators. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "result/merge_input.h"

#define STARTED (1000 * NS_PER_S)

static char folder[] = "/tmp/reprise-merge-XXXXXX";

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

/* Writes the result of shard INDEX of 2 with the interval M, and without requests. */
static void write_shard(unsigned index, const struct run_interval *m)
{
	char path[64], position[8];
	struct verdict_validity validity = {.valid = true};
	struct verdict verdict = {.outcome = VERDICT_UNJUDGED, .validity = &validity};
	struct label label = {STR("shard"), str_n(position, 3)};
	struct series_table table;
	struct archive_writer writer;
	struct summary second;
	struct run_facts facts;
	struct arena arena;
	struct buf file;
	FILE *out;

	snprintf(position, sizeof position, "%u/2", index);
	arena_init(&arena, 0);
	series_table_init(&table, &arena);
	facts = (struct run_facts){.version = STR("0.2.0"),
				   .name = STR("Shop"),
				   .target = STR("http://127.0.0.1"),
				   .load = STR("5 users"),
				   .scenario = STR("abc"),
				   .started = STARTED,
				   .labels = &label,
				   .label_count = 1,
				   .table = &table};
	archive_writer_init(&writer, &facts);
	summary_init(&second, &table);
	buf_init(&file, 0);
	archive_put_head(&writer, &file);
	archive_put_second(&writer, &second, m, true, &file);
	archive_put_end(&writer, &second, &verdict, &file);

	snprintf(path, sizeof path, "%s/%u", folder, index);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof path, "%s/%u/" ARCHIVE_FILE_NAME, folder, index);
	out = fopen(path, "w");
	assert_non_null(out);
	assert_int_equal(fwrite(file.data, 1, file.len, out), file.len);
	assert_int_equal(fclose(out), 0);
	buf_release(&file);
	summary_release(&second);
	archive_writer_release(&writer);
	arena_release(&arena);
}

/* Merges the two shards; the health of their load generators is in *HEALTH. */
static void merge(struct generator_health *health)
{
	char paths[2][64];
	const char *folders[] = {paths[0], paths[1]};
	struct merge_input shards;
	struct rebuild r;

	for (unsigned i = 0; i < 2; i++)
		snprintf(paths[i], sizeof paths[i], "%s/%u", folder, i + 1);
	assert_true(merge_input_open(&shards, folders, 2));
	assert_true(merge_input_check(&shards, false));
	rebuild_init(&r, &shards.facts);
	merge_input_replay(&shards, &r);
	*health = r.health;
	rebuild_release(&r);
	merge_input_close(&shards);
	for (unsigned i = 0; i < 2; i++) {
		char path[160];

		snprintf(path, sizeof path, "%s/" ARCHIVE_FILE_NAME, paths[i]);
		assert_int_equal(unlink(path), 0);
		assert_int_equal(rmdir(paths[i]), 0);
	}
}

/* A shard that ended after 5 ms, in which its thread did not run, and one that kept up for 1 s. */
static void test_short_shard(void **state)
{
	const double idle[] = {0.1}, busy[] = {1};
	struct run_interval whole = {.length = NS_PER_S,
				     .lag_p99 = NS_PER_MS,
				     .cpu = idle,
				     .threads = 1,
				     .last = true,
				     .evaluated = true,
				     .why = ""};
	struct run_interval brief = whole;
	struct generator_health health;

	(void)state;
	brief.length = 5 * NS_PER_MS;
	brief.lag_p99 = 30 * NS_PER_MS;
	brief.cpu = busy;
	brief.waiting = brief.steal = brief.throttled = 1;
	write_shard(1, &whole);
	write_shard(2, &brief);
	merge(&health);
	assert_int_equal(health.evaluated, NS_PER_S);
	assert_int_equal(health.limited, 0);
	assert_true(health.waiting_max > 0.0049 && health.waiting_max < 0.0051);
	assert_true(health.steal_max < 0.0051 && health.throttled_max < 0.0051);
	assert_true(health.cpu_max[0] > 0.099 && health.cpu_max[1] < 0.0051);
}

/* A whole second of one shard counts as it does in its own result. */
static void test_limited_shard(void **state)
{
	const double idle[] = {0.1};
	struct run_interval calm = {.length = NS_PER_S,
				    .lag_p99 = NS_PER_MS,
				    .cpu = idle,
				    .threads = 1,
				    .last = true,
				    .evaluated = true,
				    .why = ""};
	struct run_interval limited = calm;
	struct generator_health health;

	(void)state;
	limited.waiting = 0.4;
	limited.lag_p99 = 30 * NS_PER_MS;
	limited.limited = true;
	limited.why = "waited";
	write_shard(1, &calm);
	write_shard(2, &limited);
	merge(&health);
	assert_int_equal(health.limited, NS_PER_S);
	assert_int_equal(health.limited_by[HEALTH_WAITING], NS_PER_S);
	assert_int_equal(health.limited_by[HEALTH_LAG], NS_PER_S);
	assert_true(health.waiting_max > 0.399 && health.waiting_max < 0.401);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_short_shard),
	    cmocka_unit_test(test_limited_shard),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
