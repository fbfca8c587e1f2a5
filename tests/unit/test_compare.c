/*
 * compare reports a difference in at most 5 of 100 pairs of equal runs, and in at least 95 pairs
 * with a server that is 10 % slower. Requests of one second share a level; levels of neighbouring
 * seconds are similar. All random values have fixed seeds, so that the test is repeatable.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/random.h"
#include "stats/compare.h"

#define SECONDS	   60
#define PER_SECOND 60
#define PAIRS	   100

struct fixture {
	struct arena arena;
	struct series_table table;
	struct recorder recorder;
	struct summary second;
	unsigned step;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct series_def step = {.name = STR("Search"), .scenario = STR("Buy")};

	arena_init(&f->arena, 0);
	series_table_init(&f->table, &f->arena);
	f->step = series_table_add(&f->table, &step);
	recorder_init(&f->recorder, &f->table, 0);
	summary_init(&f->second, &f->table);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	summary_release(&f->second);
	recorder_release(&f->recorder);
	arena_release(&f->arena);
	free(f);
	return 0;
}

struct server {
	double slower; /* factor to another run: 1.1 */
	double errors; /* fraction of the requests */
	double level;  /* standard deviation between seconds */
};

static void request(struct fixture *f, struct random_stream *draws, const struct server *server,
		    double level)
{
	bool ok = random_unit(draws) >= server->errors;
	double took = 20e6 * server->slower * exp(level + 0.3 * random_normal(draws));
	struct sample s = {.outcome = ok ? OUTCOME_OK : OUTCOME_FAILED,
			   .class = FAILURE_status,
			   .status = ok ? 200 : 500,
			   .response = (ns_t)took,
			   .service = (ns_t)took,
			   .dns = SAMPLE_NONE,
			   .connect = SAMPLE_NONE,
			   .tls = SAMPLE_NONE,
			   .wait = SAMPLE_NONE,
			   .receive = SAMPLE_NONE};

	recorder_started(&f->recorder, f->step);
	recorder_request(&f->recorder, f->step, &s);
}

static void run(struct fixture *f, struct compare_side *side, const struct server *server,
		uint64_t seed)
{
	struct random_stream draws = random_stream(seed, 0, 0, 0);
	double level = 0;

	compare_side_init(side, &f->table, SECONDS);
	f->second.duration = 0;
	for (unsigned i = 1; i <= SECONDS; i++) {
		level = 0.3 * level + server->level * random_normal(&draws);
		for (unsigned k = 0; k < PER_SECOND; k++)
			request(f, &draws, server, level);
		recorder_request_swap(&f->recorder);
		recorder_poll(&f->recorder);
		summary_drain(&f->second, recorder_take(&f->recorder));
		recorder_return(&f->recorder);
		summary_close_second(&f->second, i * NS_PER_S);
		compare_side_add(side, &f->second);
		summary_clear(&f->second);
	}
}

/* Does anything of the pair differ? (All requests are those of the one step.) */
static bool is_told(struct fixture *f, const struct server *a, const struct server *b,
		    uint64_t seed, enum compare_stat *which)
{
	struct compare_side sides[2];
	struct compare_row row;
	bool told = false;

	run(f, &sides[0], a, 2 * seed);
	run(f, &sides[1], b, 2 * seed + 1);
	compare_series(&sides[0], COMPARE_ALL, &sides[1], f->step, 1, &row);
	for (unsigned i = 0; i < COMPARE_STAT_COUNT; i++) {
		if (!row.values[i].real)
			continue;
		told = true;
		*which = (enum compare_stat)i;
	}
	compare_side_release(&sides[0]);
	compare_side_release(&sides[1]);
	return told;
}

static unsigned count_told(struct fixture *f, const struct server *a, const struct server *b)
{
	enum compare_stat which;
	unsigned told = 0;

	for (uint64_t i = 0; i < PAIRS; i++)
		told += is_told(f, a, b, i, &which);
	return told;
}

static void test_same(void **state)
{
	const struct server server = {.slower = 1, .errors = 0.01, .level = 0.04};
	unsigned told = count_told(*state, &server, &server);

	print_message("two runs of the same: %u of %u pairs are different\n", told, PAIRS);
	assert_true(told <= PAIRS / 20);
}

static void test_slower(void **state)
{
	const struct server a = {.slower = 1, .level = 0.04};
	const struct server b = {.slower = 1.1, .level = 0.04};
	unsigned told = count_told(*state, &a, &b);

	print_message("10 %% slower: %u of %u pairs are different\n", told, PAIRS);
	assert_true(told >= PAIRS - PAIRS / 20);
}

static void test_errors(void **state)
{
	const struct server a = {.slower = 1, .errors = 0.001};
	const struct server b = {.slower = 1, .errors = 0.05};
	enum compare_stat which = COMPARE_p50;

	assert_true(is_told(*state, &a, &b, 1, &which));
	assert_int_equal(which, COMPARE_error_rate);
}

static void test_few(void **state)
{
	struct fixture *f = *state;
	struct compare_side a, b;
	struct compare_row row;

	compare_side_init(&a, &f->table, 3);
	compare_side_init(&b, &f->table, 3);
	compare_series(&a, COMPARE_ALL, &b, COMPARE_ALL, 1, &row);
	for (unsigned i = 0; i < COMPARE_STAT_COUNT; i++)
		assert_false(row.values[i].known || row.values[i].real);
	compare_side_release(&a);
	compare_side_release(&b);
}

/* Ten requests must be above a percentile. */
static void test_samples_needed(void **state)
{
	(void)state;
	assert_int_equal(compare_samples_needed(COMPARE_p50), 20);
	assert_int_equal(compare_samples_needed(COMPARE_p95), 200);
	assert_int_equal(compare_samples_needed(COMPARE_p99), 1000);
	assert_int_equal(compare_samples_needed(COMPARE_throughput), 1);
}

static void test_regression(void **state)
{
	struct compare_value v = {.known = true, .real = true, .a = 100, .b = 108, .change = 0.08};

	(void)state;
	assert_true(compare_is_regression(COMPARE_p95, &v, 0.05));
	assert_false(compare_is_regression(COMPARE_p95, &v, 0.1));
	assert_false(compare_is_regression(COMPARE_throughput, &v, 0.05));
	v.real = false;
	assert_false(compare_is_regression(COMPARE_p95, &v, 0.05));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_same),
	    TEST(test_slower),
	    TEST(test_errors),
	    TEST(test_few),
	    cmocka_unit_test(test_samples_needed),
	    cmocka_unit_test(test_regression),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
