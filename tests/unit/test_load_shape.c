/* The shape of a load: exact counts on ramps, start and end times, no accumulated error. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/random.h"
#include "run/load_shape.h"

#define S  NS_PER_S
#define MS NS_PER_MS

struct fixture {
	struct arena arena;
	struct load_shape p;
	struct load_stage stages[8];
	size_t count;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	arena_init(&f->arena, 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	arena_release(&f->arena);
	free(f);
	return 0;
}

static void ramp(struct fixture *f, bool rate, double to, ns_t over)
{
	f->stages[f->count++] =
	    (struct load_stage){.ramps = true, .ramp_to = {to, rate}, .over = over};
}

static void hold(struct fixture *f, ns_t length)
{
	f->stages[f->count++] = (struct load_stage){.hold = length};
}

static void shape(struct fixture *f)
{
	struct load load = {.stages = {f->stages, f->count}};

	load.open = f->stages[0].ramp_to.rate;
	load_shape_init(&f->p, &f->arena, &load);
}

/* Arrivals due in [from, to). */
static unsigned in_span(const struct fixture *f, ns_t from, ns_t to)
{
	unsigned count = 0;

	for (uint64_t k = 0; k < load_shape_entries(&f->p); k++) {
		ns_t due = load_shape_due(&f->p, (double)k);

		count += due >= from && due < to;
	}
	return count;
}

static void a_ramp_has_the_exact_number(void **state)
{
	struct fixture *f = *state;

	ramp(f, true, 500, 20 * S);
	shape(f);
	assert_int_equal(load_shape_entries(&f->p), 5000);
	assert_int_equal(load_shape_due(&f->p, 5000), NS_NEVER);
	for (int second = 0; second < 20; second++) {
		/* The rate grows by 25/s each second: 12.5 + 25 × second. */
		double due = 12.5 + 25 * second;
		unsigned came = in_span(f, second * S, (second + 1) * S);

		assert_true(fabs((double)came - due) <= 1 + due / 100);
	}
	assert_true(llabs(load_shape_due(&f->p, 1250) - 10 * S) <= 1);
}

static void stages_of_arrivals_add_up(void **state)
{
	struct fixture *f = *state;

	ramp(f, true, 200, 10 * S);
	hold(f, 5 * S);
	ramp(f, true, 0, 10 * S);
	hold(f, 60 * S);
	ramp(f, true, 50, 0);
	hold(f, 2 * S);
	shape(f);
	assert_int_equal(load_shape_entries(&f->p), 1000 + 1000 + 1000 + 100);
	assert_int_equal(in_span(f, 10 * S, 15 * S), 1000);
	assert_int_equal(in_span(f, 25 * S, 85 * S), 0);
	assert_int_equal(in_span(f, 85 * S, 87 * S), 100);
	assert_int_equal(f->p.length, 87 * S);
	for (uint64_t k = 1; k < load_shape_entries(&f->p); k++)
		assert_true(load_shape_due(&f->p, (double)k) >=
			    load_shape_due(&f->p, (double)k - 1));
}

static void fractional_rates_keep_time_for_hours(void **state)
{
	struct fixture *f = *state;
	struct load load = {.arrivals = 0.3, .duration = 100000 * S, .open = true};

	load_shape_init(&f->p, &f->arena, &load);
	assert_int_equal(load_shape_entries(&f->p), 30000);
	for (uint64_t k = 0; k < 30000; k++)
		assert_true(llabs(load_shape_due(&f->p, (double)k) - (ns_t)k * 10 * S / 3) <= 64);
}

static void ten_thousand_a_second_are_on_time(void **state)
{
	struct fixture *f = *state;
	struct load load = {.arrivals = 10000, .duration = 100 * S, .open = true};

	load_shape_init(&f->p, &f->arena, &load);
	assert_int_equal(load_shape_entries(&f->p), 1000000);
	for (uint64_t k = 0; k < 1000000; k++)
		assert_int_equal(load_shape_due(&f->p, (double)k), (ns_t)k * 100000);
}

static void users_start_and_leave_with_the_line(void **state)
{
	struct fixture *f = *state;
	ns_t come, go;

	ramp(f, false, 10, 10 * S);
	hold(f, 5 * S);
	ramp(f, false, 4, 6 * S);
	ramp(f, false, 6, 2 * S);
	hold(f, 1 * S);
	ramp(f, false, 0, 0);
	shape(f);
	/* Ten users, six of them leave; then two more start as new users. */
	assert_int_equal(load_shape_entries(&f->p), 12);
	load_shape_user_times(&f->p, 0, &come, &go);
	assert_int_equal(come, 0);
	assert_int_equal(go, 24 * S);
	load_shape_user_times(&f->p, 9, &come, &go);
	assert_int_equal(come, 9 * S);
	assert_int_equal(go, 16 * S);
	load_shape_user_times(&f->p, 4, &come, &go);
	assert_int_equal(come, 4 * S);
	assert_int_equal(go, 21 * S);
	load_shape_user_times(&f->p, 11, &come, &go);
	assert_int_equal(come, 22 * S);
	assert_int_equal(go, 24 * S);
}

/* Poisson: the variance of the counts in equal intervals is equal to their mean. */
static void random_spacing_is_poisson(void **state)
{
	struct fixture *f = *state;
	struct load load = {.arrivals = 1000, .duration = 1000 * S, .open = true};
	struct random_stream draws = random_stream(7, 0, 0, 1);
	unsigned counts[1000] = {0};
	double walk = 0, mean = 0, variance = 0;
	const unsigned arrivals = 20000, spans = 1000;

	load_shape_init(&f->p, &f->arena, &load);
	for (unsigned k = 0; k < arrivals; k++) {
		ns_t due;

		walk += random_exponential(&draws, 1);
		due = load_shape_due(&f->p, walk);
		if (due < (ns_t)spans * 20 * MS)
			counts[due / (20 * MS)]++;
	}
	/* The last intervals may lack arrivals after the first 20,000, so they are skipped. */
	for (unsigned i = 0; i < spans - 50; i++)
		mean += (double)counts[i] / (spans - 50);
	for (unsigned i = 0; i < spans - 50; i++)
		variance += ((double)counts[i] - mean) * ((double)counts[i] - mean) / (spans - 51);
	assert_true(variance / mean > 0.9 && variance / mean < 1.1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_ramp_has_the_exact_number, setup, teardown),
	    cmocka_unit_test_setup_teardown(stages_of_arrivals_add_up, setup, teardown),
	    cmocka_unit_test_setup_teardown(fractional_rates_keep_time_for_hours, setup, teardown),
	    cmocka_unit_test_setup_teardown(ten_thousand_a_second_are_on_time, setup, teardown),
	    cmocka_unit_test_setup_teardown(users_start_and_leave_with_the_line, setup, teardown),
	    cmocka_unit_test_setup_teardown(random_spacing_is_poisson, setup, teardown),
	};

	return cmocka_run_group_tests_name("profile", tests, NULL, NULL);
}
