/* Stages fitted to the arrivals of a log. Times come from keyed random draws, so that each run has
 * the same ones. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/random.h"
#include "import/accesslog/fit_curve.h"

#define ARRIVALS_MAX 200000
#define US	     1000000.0
#define BEGIN	     INT64_C(1700000000000000)

struct moments {
	int64_t at_us[ARRIVALS_MAX];
	size_t count;
	int64_t end_us;
	struct random_stream draws;
	struct arena arena;
};

static int begin(void **state)
{
	struct moments *m = calloc(1, sizeof *m);

	m->end_us = BEGIN;
	m->draws = random_stream(7, 1, 1, 1);
	arena_init(&m->arena, 0);
	*state = m;
	return 0;
}

static int end(void **state)
{
	struct moments *m = *state;

	arena_release(&m->arena);
	free(m);
	return 0;
}

/* Poisson arrivals with a rate that changes from FROM to TO in SECONDS. */
static void come(struct moments *m, double from, double to, double seconds)
{
	double max = fmax(from, to), at = 0;

	while (max > 0) {
		at += random_exponential(&m->draws, 1 / max);
		if (at >= seconds)
			break;
		if (random_unit(&m->draws) * max < from + (to - from) * at / seconds) {
			assert_true(m->count < ARRIVALS_MAX);
			m->at_us[m->count++] = m->end_us + (int64_t)(at * US);
		}
	}
	m->end_us += (int64_t)(seconds * US);
}

static struct fit_curve fitted(struct moments *m)
{
	struct fit_curve curve;

	fit_curve(&m->arena, m->at_us, m->count, BEGIN, m->end_us, &curve);
	assert_in_range(curve.count, 1, FIT_STAGES_MAX);
	assert_float_equal(fit_curve_upto(&curve, curve.seconds), (double)m->count, 1e-3);
	for (size_t i = 0; i < curve.count; i++) {
		assert_true(curve.stages[i].from >= 0 && curve.stages[i].to >= 0);
		assert_true(curve.stages[i].seconds > 0);
	}
	return curve;
}

static void is_near(double value, double wanted, double share)
{
	if (fabs(value - wanted) > wanted * share)
		fail_msg("%g is not near %g", value, wanted);
}

static void an_even_rate_is_one_level(void **state)
{
	struct moments *m = *state;

	come(m, 4, 4, 3600);
	struct fit_curve curve = fitted(m);
	assert_int_equal(curve.count, 1);
	assert_true(curve.stages[0].from == curve.stages[0].to);
	is_near(curve.stages[0].from, 4, 0.03);
	is_near(curve.seconds, 3600, 0);
}

static void a_ramp_joins_the_level_it_leads_to(void **state)
{
	struct moments *m = *state;

	come(m, 2, 20, 1200);
	come(m, 20, 20, 1200);
	struct fit_curve curve = fitted(m);
	assert_int_equal(curve.count, 2);
	is_near(curve.stages[0].seconds, 1200, 0.08);
	is_near(curve.stages[0].from, 2, 0.25);
	is_near(curve.stages[0].to, 20, 0.04);
	assert_true(curve.stages[0].to == curve.stages[1].from);
	assert_true(curve.stages[1].to == curve.stages[1].from);
}

static void a_jump_stays_a_jump(void **state)
{
	struct moments *m = *state;

	come(m, 5, 5, 600);
	come(m, 25, 25, 600);
	come(m, 10, 10, 1200);
	struct fit_curve curve = fitted(m);
	assert_int_equal(curve.count, 3);
	for (size_t i = 0; i < 3; i++) {
		static const double rates[] = {5, 25, 10}, lengths[] = {600, 600, 1200};

		assert_true(curve.stages[i].from == curve.stages[i].to);
		is_near(curve.stages[i].from, rates[i], 0.05);
		is_near(curve.stages[i].seconds, lengths[i], 0.05);
	}
}

static void a_short_burst_is_not_smeared(void **state)
{
	struct moments *m = *state;

	come(m, 3, 3, 1500);
	come(m, 60, 60, 60);
	come(m, 3, 3, 1440);
	struct fit_curve curve = fitted(m);
	assert_in_range(curve.count, 3, 5);
	is_near(fit_curve_upto(&curve, 1490), 3 * 1490, 0.05);
	is_near(fit_curve_upto(&curve, 1580) - fit_curve_upto(&curve, 1490), 60 * 60 + 90, 0.05);
}

static void silence_has_no_rate_and_rates_are_not_negative(void **state)
{
	struct moments *m = *state;

	come(m, 10, 0, 900);
	come(m, 0, 0, 900);
	come(m, 0, 10, 900);
	struct fit_curve curve = fitted(m);
	assert_true(fit_curve_upto(&curve, 1700) - fit_curve_upto(&curve, 1000) < 20);
}

static void each_quarter_of_a_day_keeps_its_count(void **state)
{
	struct moments *m = *state;

	for (int hour = 0; hour < 24; hour++) {
		double a = 1 + sin(2 * acos(-1) * hour / 24) * 0.9;
		double b = 1 + sin(2 * acos(-1) * (hour + 1) / 24) * 0.9;

		come(m, a, b, 3600);
	}
	struct fit_curve curve = fitted(m);
	assert_in_range(curve.count, 3, FIT_STAGES_MAX);
	for (int quarter = 0; quarter < 4; quarter++) {
		double from = quarter * 21600.0, to = from + 21600, seen = 0;

		for (size_t i = 0; i < m->count; i++)
			seen += (double)(m->at_us[i] - BEGIN) >= from * US &&
				(double)(m->at_us[i] - BEGIN) < to * US;
		is_near(fit_curve_upto(&curve, to) - fit_curve_upto(&curve, from), seen, 0.05);
	}
	assert_true(curve.off < 0.1);
}

static void few_arrivals_give_one_level(void **state)
{
	struct moments *m = *state;

	m->at_us[m->count++] = BEGIN;
	m->end_us = BEGIN + (int64_t)US;
	struct fit_curve curve = fitted(m);
	assert_int_equal(curve.count, 1);
	m->at_us[m->count++] = BEGIN + (int64_t)(7.5 * US);
	m->end_us = BEGIN + (int64_t)(8 * US);
	curve = fitted(m);
	assert_int_equal(curve.count, 1);
	is_near(curve.stages[0].from, 0.25, 1e-9);
}

static void a_last_bin_that_is_short_counts_as_such(void **state)
{
	struct moments *m = *state;

	come(m, 10, 10, 3607);
	struct fit_curve curve = fitted(m);
	assert_int_equal(curve.count, 1);
	is_near(curve.seconds, 3607, 1e-9);
	is_near(curve.stages[0].to, 10, 0.03);
}

static void the_busiest_period_has_the_highest_rate(void **state)
{
	struct moments *m = *state;

	come(m, 1, 1, 600);
	come(m, 9, 9, 300);
	come(m, 1, 1, 600);
	is_near((double)(fit_curve_busiest(m->at_us, m->count, (int64_t)(300 * US)) - BEGIN),
		600 * US, 0.03);
}

int main(void)
{
#define FIT_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
	    FIT_TEST(an_even_rate_is_one_level),
	    FIT_TEST(a_ramp_joins_the_level_it_leads_to),
	    FIT_TEST(a_jump_stays_a_jump),
	    FIT_TEST(a_short_burst_is_not_smeared),
	    FIT_TEST(silence_has_no_rate_and_rates_are_not_negative),
	    FIT_TEST(each_quarter_of_a_day_keeps_its_count),
	    FIT_TEST(few_arrivals_give_one_level),
	    FIT_TEST(a_last_bin_that_is_short_counts_as_such),
	    FIT_TEST(the_busiest_period_has_the_highest_rate),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
