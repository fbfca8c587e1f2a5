/* The shard of a process from its options and the environment of orchestrators; start times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/shard.h"

#define ENVIRONMENT(...) ((const char *const[]){"HOME=/", __VA_ARGS__, NULL})

static void is(const char *shard, const char *shards, const char *const *environment,
	       unsigned index, unsigned count)
{
	struct shard_position found;
	struct buf error;

	buf_init(&error, 0);
	assert_true(shard_find(&found, shard, shards, environment, &error));
	assert_int_equal(found.index, index);
	assert_int_equal(found.count, count);
	buf_release(&error);
}

static void refused(const char *shard, const char *shards, const char *const *environment,
		    const char *why)
{
	struct shard_position found;
	struct buf error;

	buf_init(&error, 0);
	assert_false(shard_find(&found, shard, shards, environment, &error));
	if (str_find(buf_str(&error), str_of(why), 0) == NOT_FOUND)
		fail_msg("'%s' is not in '%s'", why, error.data);
	buf_release(&error);
}

static void the_option(void **state)
{
	const char *const *none = ENVIRONMENT("A=b");

	(void)state;
	is(NULL, NULL, none, 1, 1);
	is("1/1", NULL, none, 1, 1);
	is("3/8", NULL, none, 3, 8);
	is("8/8", "9", ENVIRONMENT("JOB_COMPLETION_INDEX=2"), 8, 8);
	refused("0/8", NULL, none, "shard 0 of 8, which does not exist");
	refused("9/8", NULL, none, "which does not exist");
	refused("", NULL, none, "--shard is ''");
	refused("3", NULL, none, "I/N such as 3/8");
	refused("3/", NULL, none, "I/N");
	refused("/8", NULL, none, "I/N");
	refused("-1/8", NULL, none, "I/N");
	refused("1/8 ", NULL, none, "I/N");
	refused("1/99999999999", NULL, none, "I/N");
	refused("1/0", NULL, none, "which does not exist");
}

static void indexes_of_orchestrators(void **state)
{
	(void)state;
	is(NULL, "8", ENVIRONMENT("JOB_COMPLETION_INDEX=0"), 1, 8);
	is(NULL, "8", ENVIRONMENT("JOB_COMPLETION_INDEX=7"), 8, 8);
	is(NULL, "1", ENVIRONMENT("NOMAD_ALLOC_INDEX=5"), 1, 1);
	is(NULL, "3", ENVIRONMENT("NOMAD_ALLOC_INDEX=2"), 3, 3);
	refused(NULL, "8", ENVIRONMENT("JOB_COMPLETION_INDEX=8"), "shard 9 of 8");
	refused(NULL, "8", ENVIRONMENT("JOB_COMPLETION_INDEX="), "JOB_COMPLETION_INDEX is ''");
	refused(NULL, NULL, ENVIRONMENT("JOB_COMPLETION_INDEX=0"),
		"the number of shards is missing");
	refused(NULL, "", ENVIRONMENT("JOB_COMPLETION_INDEX=0"), "--shards is ''");
	refused(NULL, "many", ENVIRONMENT("NOMAD_ALLOC_INDEX=0"), "--shards is 'many'");
	refused(NULL, "8", ENVIRONMENT("A=b"), "needs an index");
	is(NULL, "1", ENVIRONMENT("A=b"), 1, 1);
}

static void indexes_with_a_count(void **state)
{
	(void)state;
	is(NULL, NULL, ENVIRONMENT("AWS_BATCH_JOB_ARRAY_INDEX=2", "AWS_BATCH_JOB_ARRAY_SIZE=4"), 3,
	   4);
	is(NULL, "5", ENVIRONMENT("AWS_BATCH_JOB_ARRAY_INDEX=4"), 5, 5);
	is(NULL, "1", ENVIRONMENT("AWS_BATCH_JOB_ARRAY_INDEX=2", "AWS_BATCH_JOB_ARRAY_SIZE=4"), 1,
	   1);
	refused(NULL, NULL, ENVIRONMENT("AWS_BATCH_JOB_ARRAY_INDEX=2"),
		"set AWS_BATCH_JOB_ARRAY_SIZE or REPRISE_SHARDS");
	refused(NULL, NULL,
		ENVIRONMENT("AWS_BATCH_JOB_ARRAY_INDEX=4", "AWS_BATCH_JOB_ARRAY_SIZE=4"),
		"AWS_BATCH_JOB_ARRAY_INDEX selects shard 5 of 4");
	is(NULL, NULL, ENVIRONMENT("CLOUD_RUN_TASK_INDEX=0", "CLOUD_RUN_TASK_COUNT=1"), 1, 1);
	is(NULL, NULL, ENVIRONMENT("CLOUD_RUN_TASK_INDEX=9", "CLOUD_RUN_TASK_COUNT=10"), 10, 10);
	refused(NULL, NULL, ENVIRONMENT("CLOUD_RUN_TASK_INDEX=0", "CLOUD_RUN_TASK_COUNT=all"),
		"CLOUD_RUN_TASK_COUNT is 'all'");
	refused(NULL, NULL, ENVIRONMENT("CLOUD_RUN_TASK_INDEX=", "CLOUD_RUN_TASK_COUNT=3"),
		"CLOUD_RUN_TASK_INDEX is ''");
	is(NULL, NULL, ENVIRONMENT("CI_NODE_INDEX=1", "CI_NODE_TOTAL=4"), 1, 4);
	is(NULL, NULL, ENVIRONMENT("CI_NODE_INDEX=4", "CI_NODE_TOTAL=4"), 4, 4);
	/* A job of GitLab without `parallel`. */
	is(NULL, NULL, ENVIRONMENT("CI_NODE_TOTAL=1"), 1, 1);
	refused(NULL, NULL, ENVIRONMENT("CI_NODE_INDEX=0", "CI_NODE_TOTAL=4"), "counted from 1");
	refused(NULL, NULL, ENVIRONMENT("CI_NODE_INDEX=5", "CI_NODE_TOTAL=4"), "shard 5 of 4");
	refused(NULL, NULL, ENVIRONMENT("CI_NODE_INDEX=2"), "set CI_NODE_TOTAL or");
	/* The runner of GitLab may itself be a job of Kubernetes. */
	is(NULL, "8", ENVIRONMENT("CI_NODE_INDEX=2", "CI_NODE_TOTAL=4", "JOB_COMPLETION_INDEX=6"),
	   7, 8);
}

static void slurm_arrays(void **state)
{
	(void)state;
	is(NULL, NULL,
	   ENVIRONMENT("SLURM_ARRAY_TASK_ID=4", "SLURM_ARRAY_TASK_MIN=1",
		       "SLURM_ARRAY_TASK_COUNT=8"),
	   4, 8);
	is(NULL, NULL,
	   ENVIRONMENT("SLURM_ARRAY_TASK_ID=0", "SLURM_ARRAY_TASK_MIN=0",
		       "SLURM_ARRAY_TASK_COUNT=8", "SLURM_ARRAY_TASK_STEP=1"),
	   1, 8);
	is(NULL, NULL,
	   ENVIRONMENT("SLURM_ARRAY_TASK_ID=5", "SLURM_ARRAY_TASK_MIN=1",
		       "SLURM_ARRAY_TASK_COUNT=4", "SLURM_ARRAY_TASK_STEP=2"),
	   3, 4);
	refused(NULL, NULL,
		ENVIRONMENT("SLURM_ARRAY_TASK_ID=9", "SLURM_ARRAY_TASK_MIN=1",
			    "SLURM_ARRAY_TASK_COUNT=3"),
		"is not one of 3 tasks from 1");
	refused(NULL, NULL, ENVIRONMENT("SLURM_ARRAY_TASK_ID=9", "SLURM_ARRAY_TASK_MIN=1"),
		"_COUNT");
	refused(NULL, NULL,
		ENVIRONMENT("SLURM_ARRAY_TASK_ID=", "SLURM_ARRAY_TASK_MIN=1",
			    "SLURM_ARRAY_TASK_COUNT=3"),
		"SLURM_ARRAY_TASK_ID is ''");
}

static void start_times(void **state)
{
	ns_t at;

	(void)state;
	assert_true(shard_parse_time(STR("2026-01-01T12:00:00Z"), &at));
	assert_int_equal(at, 1767268800 * NS_PER_S);
	assert_true(shard_parse_time(STR("2026-01-01T12:00:00.25+02:00"), &at));
	assert_int_equal(at, (1767268800 - 7200) * NS_PER_S + NS_PER_S / 4);
	assert_true(shard_parse_time(STR("2024-02-29T00:00:00-00:30"), &at));
	assert_int_equal(at, (1709164800 + 1800) * NS_PER_S);
	assert_true(shard_parse_time(STR("1767268800"), &at));
	assert_int_equal(at, 1767268800 * NS_PER_S);
	assert_true(shard_parse_time(STR("1767268800.5"), &at));
	assert_int_equal(at, 1767268800 * NS_PER_S + NS_PER_S / 2);
	assert_false(shard_parse_time(STR(""), &at));
	assert_false(shard_parse_time(STR("2026-01-01"), &at));
	assert_false(shard_parse_time(STR("2026-13-01T12:00:00Z"), &at));
	assert_false(shard_parse_time(STR("2026-01-01T12:00:00"), &at));
	assert_false(shard_parse_time(STR("2026-01-01T12:00:00+0200"), &at));
	assert_false(shard_parse_time(STR("in an hour"), &at));
	assert_false(shard_parse_time(STR("17672688001"), &at));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_option),	    cmocka_unit_test(indexes_of_orchestrators),
	    cmocka_unit_test(indexes_with_a_count), cmocka_unit_test(slurm_arrays),
	    cmocka_unit_test(start_times),
	};

	return cmocka_run_group_tests_name("shard", tests, NULL, NULL);
}
