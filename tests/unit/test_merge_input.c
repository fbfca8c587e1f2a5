/* Results of shards merged: their seconds, users, failures and ends. */
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

#include "result/archive.h"
#include "result/merge_input.h"

#define SECONDS_MAX 4

struct shard_second {
	ns_t length;
	unsigned requests;
	int users; /* change of their number */
};

struct shard {
	ns_t late; /* started after the first shard */
	struct shard_second seconds[SECONDS_MAX];
	bool other_steps; /* has a step that the other shard does not have, before the common one */
	unsigned failures;
	double waiting; /* fraction of each second */
	bool setup_failed, killed;
};

static unsigned add(struct series_table *table, enum series_kind kind, const char *name)
{
	struct series_def def = {.kind = kind, .name = str_of(name), .scenario = STR("Buy")};

	return series_table_add(table, &def);
}

static void perform_second(struct recorder *r, unsigned step, const struct shard *s, unsigned i)
{
	static const struct sample ok = {.outcome = OUTCOME_OK,
					 .status = 200,
					 .response = NS_PER_MS,
					 .service = NS_PER_MS,
					 .dns = SAMPLE_NONE,
					 .connect = SAMPLE_NONE,
					 .tls = SAMPLE_NONE};
	static const struct sample failed = {.outcome = OUTCOME_FAILED,
					     .class = FAILURE_status,
					     .status = 503,
					     .response = NS_PER_MS,
					     .service = NS_PER_MS,
					     .dns = SAMPLE_NONE,
					     .connect = SAMPLE_NONE,
					     .tls = SAMPLE_NONE};
	const struct failure_note note = {.class = FAILURE_status, .series = step, .detail = 503};

	recorder_users(r, s->seconds[i].users);
	for (unsigned k = 0; k < s->seconds[i].requests; k++) {
		recorder_started(r, step);
		recorder_request(r, step, &ok);
	}
	for (unsigned k = 0; i == 0 && k < s->failures; k++) {
		recorder_started(r, step);
		recorder_request(r, step, &failed);
		recorder_failure(r, &note, STR("HTTP 503"));
	}
}

/* The stored seconds of S, which is shard NUMBER of 2, in OUT. */
static void put_shard(const struct shard *s, unsigned number, struct buf *out)
{
	const double cpu = 0.1;
	struct verdict_validity validity = {.valid = true};
	struct verdict verdict = {.outcome = VERDICT_UNJUDGED,
				  .reached = true,
				  .setup_failed = s->setup_failed,
				  .validity = &validity};
	struct label label = {STR("shard"), number == 1 ? STR("1/2") : STR("2/2")};
	struct run_facts facts = {.version = STR("0.2.0"),
				  .scenario = STR("abc"),
				  .started = 1000 * NS_PER_S + s->late,
				  .users = -1,
				  .labels = &label,
				  .label_count = 1};
	struct archive_writer writer;
	struct series_table table;
	struct recorder recorder;
	struct summary second, total;
	struct arena arena;
	ns_t end = 0;
	unsigned step;

	arena_init(&arena, 0);
	series_table_init(&table, &arena);
	add(&table, SERIES_SCENARIO, "Buy");
	if (s->other_steps)
		add(&table, SERIES_STEP, "Other");
	step = add(&table, SERIES_STEP, "Pay");
	facts.table = &table;
	recorder_init(&recorder, &table, 0);
	summary_init(&second, &table);
	summary_init(&total, &table);
	archive_writer_init(&writer, &facts);
	archive_put_head(&writer, out);
	for (unsigned i = 0; i < SECONDS_MAX && s->seconds[i].length; i++) {
		struct run_interval m = {.begin = end,
					 .length = s->seconds[i].length,
					 .wall = facts.started + end,
					 .lag_p99 = -1,
					 .cpu = &cpu,
					 .threads = 1,
					 .waiting = s->waiting,
					 .evaluated = true,
					 .why = ""};

		perform_second(&recorder, step, s, i);
		end += m.length;
		recorder_request_swap(&recorder);
		recorder_poll(&recorder);
		summary_drain(&second, recorder_take(&recorder));
		recorder_return(&recorder);
		summary_add_second(&total, &second);
		summary_close_second(&second, end);
		summary_close_second(&total, end);
		m.users = second.users_now;
		archive_put_second(&writer, &second, &m, true, out);
		summary_clear(&second);
	}
	if (!s->killed)
		archive_put_end(&writer, &total, &verdict, out);
	archive_writer_release(&writer);
	summary_release(&second);
	summary_release(&total);
	recorder_release(&recorder);
	arena_release(&arena);
}

/* Two shards on the disk and their merged result. */
struct fixture {
	char folder[64], paths[2][96], files[2][128];
	struct merge_input shards;
	struct rebuild result;
};

static void merge(struct fixture *f, const struct shard *first, const struct shard *second)
{
	const struct shard *const both[] = {first, second};
	const char *const folders[] = {f->paths[0], f->paths[1]};

	for (unsigned i = 0; i < 2; i++) {
		struct buf bytes;
		FILE *file;

		buf_init(&bytes, 0);
		put_shard(both[i], i + 1, &bytes);
		file = fopen(f->files[i], "w");
		assert_non_null(file);
		assert_int_equal(fwrite(bytes.data, 1, bytes.len, file), bytes.len);
		fclose(file);
		buf_release(&bytes);
	}
	assert_true(merge_input_open(&f->shards, folders, 2));
	assert_true(merge_input_check(&f->shards, true));
	rebuild_init(&f->result, &f->shards.facts);
	merge_input_replay(&f->shards, &f->result);
	merge_input_judge(&f->shards, &f->result);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	char folder[] = "/tmp/reprise-merge-input-XXXXXX", path[64];

	assert_non_null(mkdtemp(folder));
	memcpy(f->folder, folder, sizeof folder);
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "%s/%d", folder, i + 1);
		memcpy(f->paths[i], path, sizeof path);
		snprintf(f->files[i], sizeof f->files[i], "%s/%s", path, ARCHIVE_FILE_NAME);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	rebuild_release(&f->result);
	merge_input_close(&f->shards);
	for (int i = 0; i < 2; i++) {
		unlink(f->files[i]);
		rmdir(f->paths[i]);
	}
	rmdir(f->folder);
	free(f);
	return 0;
}

/* By the wall clock, to the nearest second. The number of users is that of both shards, also after
 * one of them has ended. */
static void seconds_are_aligned(void **state)
{
	static const struct shard first = {
	    .seconds = {{NS_PER_S, 10, 3}, {NS_PER_S, 20, 0}, {NS_PER_S, 30, 1}}};
	/* Its second second was read late, and belongs to the time at which it began. */
	static const struct shard second = {
	    .late = 990 * NS_PER_MS,
	    .seconds = {{1600 * NS_PER_MS, 1, 2}, {400 * NS_PER_MS, 2, -1}}};
	static const struct {
		uint64_t started;
		int64_t users;
	} expected[] = {{10, 3}, {21, 5}, {30, 6}, {2, 6}};
	struct fixture *f = *state;
	const struct summary *total = &f->result.total;

	merge(f, &first, &second);
	assert_int_equal(total->row_count, 4);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(total->rows[i].started, expected[i].started);
		assert_int_equal(total->rows[i].users, expected[i].users);
	}
	assert_int_equal(total->all.counts.ok, 63);
	assert_int_equal(total->users_now, 5);
	assert_false(f->result.verdict.partial);
	assert_int_equal(f->result.verdict.outcome, VERDICT_PASS);
}

/* The seconds of the shards overlap, so a merged second is shorter than those it consists of. */
static void shares_are_at_most_those_of_the_shards(void **state)
{
	static const struct shard first = {
	    .waiting = 0.9, .seconds = {{NS_PER_S, 10, 3}, {NS_PER_S, 20, 0}, {NS_PER_S, 30, 1}}};
	static const struct shard second = {
	    .late = 990 * NS_PER_MS, .waiting = 0.5, .seconds = {{1600 * NS_PER_MS, 1, 2}}};
	struct fixture *f = *state;

	merge(f, &first, &second);
	assert_true(f->result.health.waiting_max > 0.89);
	assert_true(f->result.health.waiting_max < 0.91);
	assert_true(f->result.health.cpu_max[0] < 0.11);
}

/* A step has another number in each shard. */
static void failures_belong_to_the_same_step(void **state)
{
	static const struct shard first = {.seconds = {{NS_PER_S, 1, 1}}, .failures = 2};
	static const struct shard second = {
	    .seconds = {{NS_PER_S, 1, 1}}, .failures = 3, .other_steps = true};
	struct fixture *f = *state;
	const struct summary *total = &f->result.total;

	merge(f, &first, &second);
	assert_int_equal(total->failure_count, 1);
	assert_int_equal(total->failures[0].count, 5);
	assert_true(str_eq(f->shards.table.defs.items[total->failures[0].series].name, STR("Pay")));
	assert_int_equal(total->series[total->failures[0].series].counts.failed[FAILURE_status], 5);
	assert_int_equal(f->result.verdict.outcome, VERDICT_FAIL);
}

static void one_failed_setup_fails_the_result(void **state)
{
	static const struct shard bad = {.setup_failed = true, .seconds = {{NS_PER_S, 0, 0}}};
	static const struct shard good = {.seconds = {{NS_PER_S, 9, 1}}};
	struct fixture *f = *state;

	merge(f, &bad, &good);
	assert_true(f->result.verdict.setup_failed);
	assert_int_equal(f->result.verdict.outcome, VERDICT_FAIL);
}

static void a_killed_shard_makes_the_result_partial(void **state)
{
	static const struct shard killed = {.seconds = {{NS_PER_S, 4, 1}}, .killed = true};
	static const struct shard good = {.seconds = {{NS_PER_S, 9, 1}}};
	struct fixture *f = *state;

	merge(f, &killed, &good);
	assert_true(f->result.verdict.partial);
	assert_false(f->result.validity.valid);
	assert_non_null(strstr(f->result.validity.reasons[0], "shard 1/2 was killed"));
	assert_int_equal(f->result.total.all.counts.ok, 13);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(seconds_are_aligned, setup, teardown),
	    cmocka_unit_test_setup_teardown(shares_are_at_most_those_of_the_shards, setup,
					    teardown),
	    cmocka_unit_test_setup_teardown(failures_belong_to_the_same_step, setup, teardown),
	    cmocka_unit_test_setup_teardown(one_failed_setup_fails_the_result, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_killed_shard_makes_the_result_partial, setup,
					    teardown),
	};

	return cmocka_run_group_tests_name("merge_input", tests, NULL, NULL);
}
