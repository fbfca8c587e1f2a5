/* Histograms: the layout of HdrHistogram(1, 3600000000, 3), percentiles against sorted samples. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/random.h"
#include "stats/histogram.h"

#define SAMPLES 20000

static int by_value(const void *a, const void *b)
{
	const ns_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* From 1 µs to more than an hour, evenly over the orders of magnitude. */
static ns_t any_length(struct random_stream *d)
{
	return (ns_t)(1000 * pow(10, random_unit(d) * 9.6));
}

/* The ranges for three digits in HdrHistogram's tests. */
static void test_layout(void **state)
{
	static const struct {
		int64_t value, low, high;
	} known[] = {
	    {1, 1, 1},
	    {1023, 1023, 1023},
	    {2047, 2047, 2047},
	    {2048, 2048, 2049},
	    {4, 4, 4},
	    {8180, 8180, 8183},
	    {8191, 8188, 8191},
	    {8193, 8192, 8199},
	    {9995, 9992, 9999},
	    {10007, 10000, 10007},
	    {10008, 10008, 10015},
	    {10009, 10008, 10015},
	    {HISTOGRAM_MAX_US, 3598712832, 3600809983},
	};
	unsigned last;

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		unsigned index = histogram_index(known[i].value);

		assert_int_equal(histogram_low_us(index), known[i].low);
		assert_int_equal(histogram_high_us(index), known[i].high);
	}
	last = histogram_index(HISTOGRAM_MAX_US);
	assert_true(last < HISTOGRAM_COUNTERS);
	assert_int_equal(HISTOGRAM_COUNTERS, 23552);
}

static void test_counters_are_contiguous(void **state)
{
	int64_t next = 0;

	(void)state;
	for (unsigned i = 0; i < HISTOGRAM_COUNTERS; i++) {
		assert_int_equal(histogram_low_us(i), next);
		next = histogram_high_us(i) + 1;
		assert_int_equal(histogram_index(next - 1), i);
	}
	assert_int_equal(next, INT64_C(1) << 32);
}

static void test_percentiles_against_sorted(void **state)
{
	static const double percentiles[] = {0.1, 1, 10, 25, 50, 75, 90, 95, 99, 99.9, 99.99};
	static ns_t samples[SAMPLES];
	struct random_stream d = random_stream(1, 2, 3, 4);
	struct histogram h;

	(void)state;
	histogram_init(&h);
	for (size_t i = 0; i < SAMPLES; i++) {
		samples[i] = any_length(&d);
		if (samples[i] > HISTOGRAM_MAX_US * NS_PER_US)
			samples[i] = HISTOGRAM_MAX_US * NS_PER_US;
		histogram_record(&h, samples[i], 1);
	}
	qsort(samples, SAMPLES, sizeof *samples, by_value);
	for (size_t i = 0; i < sizeof percentiles / sizeof *percentiles; i++) {
		size_t rank = (size_t)ceil(percentiles[i] * SAMPLES / 100 - 1e-6);
		double exact = (double)samples[rank - 1];
		double got = (double)histogram_percentile(&h, percentiles[i]);

		/* Half a µs of rounding matters only below 0.5 ms. */
		if (fabs(got - exact) > exact * 0.001 + 500)
			fail_msg("p%g: %.0f ns, exact %.0f ns", percentiles[i], got, exact);
	}
	assert_int_equal(h.m.min_ns, samples[0]);
	assert_int_equal(h.m.max_ns, samples[SAMPLES - 1]);
	assert_int_equal(histogram_percentile(&h, 0), samples[0]);
	assert_int_equal(histogram_percentile(&h, 100), samples[SAMPLES - 1]);
	histogram_release(&h);
}

static void test_ranks(void **state)
{
	struct histogram h;

	(void)state;
	histogram_init(&h);
	assert_int_equal(histogram_percentile(&h, 50), -1);
	assert_true(histogram_mean(&h) < 0);
	for (int i = 1; i <= 1000; i++)
		histogram_record(&h, i * NS_PER_US, 1);
	assert_int_equal(histogram_percentile(&h, 50), 500 * NS_PER_US);
	assert_int_equal(histogram_percentile(&h, 99.9), 999 * NS_PER_US);
	assert_int_equal(histogram_percentile(&h, 99.91), 1000 * NS_PER_US);
	assert_int_equal(histogram_percentile(&h, 0.01), 1 * NS_PER_US);
	assert_true(histogram_mean(&h) == 500.5 * 1000);
	/* 1.1 × 3000 / 100 is slightly above 33 in binary. */
	for (int i = 1001; i <= 3000; i++)
		histogram_record(&h, i * NS_PER_US, 1);
	assert_int_equal(histogram_percentile(&h, 1.1), 33 * NS_PER_US);
	histogram_release(&h);
}

static void test_ends_are_clamped_and_counted(void **state)
{
	struct histogram h;

	(void)state;
	histogram_init(&h);
	histogram_record(&h, -5, 1);
	histogram_record(&h, 0, 1);
	histogram_record(&h, 3 * 3600 * NS_PER_S, 2);
	assert_int_equal(h.m.count, 4);
	assert_int_equal(h.m.min_ns, 0);
	assert_int_equal(h.m.max_ns, 3 * 3600 * NS_PER_S);
	assert_int_equal(histogram_percentile(&h, 50), NS_PER_US);
	assert_int_equal(histogram_percentile(&h, 75), 3600809983 * NS_PER_US);
	assert_int_equal(histogram_percentile(&h, 100), 3 * 3600 * NS_PER_S);
	histogram_release(&h);
}

/* No percentile is above the largest or below the smallest sample. */
static void test_percentile_within_ends(void **state)
{
	struct histogram h;

	(void)state;
	histogram_init(&h);
	histogram_record(&h, 20100 * NS_PER_US, 10);
	assert_int_equal(histogram_percentile(&h, 50), 20100 * NS_PER_US);
	histogram_record(&h, 1 * NS_PER_US + 400, 1);
	assert_int_equal(histogram_percentile(&h, 1), 1 * NS_PER_US + 400);
	histogram_release(&h);
}

/* The sum does not depend on how samples are split over shards and workers. */
static void test_random_splits_merge_equal(void **state)
{
	struct random_stream d = random_stream(7, 7, 7, 7);

	(void)state;
	for (int round = 0; round < 1000; round++) {
		struct histogram whole, parts[4], merged;
		struct interval_histogram intervals[4] = {0};
		uint64_t shards = 1 + random_below(&d, 4), samples = random_below(&d, 200);

		histogram_init(&whole);
		histogram_init(&merged);
		for (uint64_t i = 0; i < samples; i++) {
			ns_t value = any_length(&d);

			histogram_record(&whole, value, 1);
			histogram_interval_record(&intervals[random_below(&d, shards)], value);
		}
		for (int i = 3; i >= 0; i--) {
			histogram_init(&parts[i]);
			histogram_add_interval(&parts[i], &intervals[i]);
			histogram_add(&merged, &parts[i]);
			histogram_release(&parts[i]);
			histogram_interval_release(&intervals[i]);
		}
		assert_true(histogram_equal(&whole, &merged));
		histogram_record(&merged, 1, 1);
		assert_false(histogram_equal(&whole, &merged));
		histogram_release(&whole);
		histogram_release(&merged);
	}
}

static void test_clear_keeps_used_pages_and_empties(void **state)
{
	struct interval_histogram h;
	struct histogram total;
	uint32_t *page;

	(void)state;
	histogram_interval_init(&h);
	histogram_init(&total);
	histogram_interval_record(&h, 5 * NS_PER_MS);
	page = h.pages[histogram_index(5000) >> HISTOGRAM_PAGE_BITS];
	assert_non_null(page);
	histogram_interval_clear(&h);
	assert_int_equal(h.m.count, 0);
	histogram_interval_record(&h, 5 * NS_PER_MS + 1);
	assert_ptr_equal(h.pages[histogram_index(5000) >> HISTOGRAM_PAGE_BITS], page);
	histogram_add_interval(&total, &h);
	assert_int_equal(total.m.count, 1);
	assert_int_equal(total.m.min_ns, 5 * NS_PER_MS + 1);
	histogram_interval_release(&h);
	histogram_release(&total);
}

static void test_subtract_gives_the_later_part(void **state)
{
	struct histogram all, part, later;

	(void)state;
	histogram_init(&all);
	histogram_init(&part);
	histogram_init(&later);
	for (int i = 1; i <= 100; i++) {
		histogram_record(&all, i * NS_PER_US, 1);
		histogram_record(i <= 40 ? &part : &later, i * NS_PER_US, 1);
	}
	histogram_subtract(&all, &part);
	assert_true(histogram_equal(&all, &later));
	histogram_release(&all);
	histogram_release(&part);
	histogram_release(&later);
}

/* A typical series, 1 ms to 100 ms, needs at most 32 KB while it is recorded. */
static void test_usual_series_is_small(void **state)
{
	struct interval_histogram h;
	size_t bytes = 0;

	(void)state;
	histogram_interval_init(&h);
	for (ns_t value = NS_PER_MS + 100 * NS_PER_US; value <= 100 * NS_PER_MS; value += 7919)
		histogram_interval_record(&h, value);
	for (unsigned page = 0; page < HISTOGRAM_PAGES; page++)
		bytes += h.pages[page] ? HISTOGRAM_PAGE * sizeof *h.pages[page] : 0;
	assert_true(bytes > 0);
	assert_true(bytes <= 32 * 1024);
	histogram_interval_release(&h);
}

/* An outlier does not keep a page permanently, neither in a total nor in a cleared histogram. */
static void test_outliers_take_little(void **state)
{
	unsigned usual = histogram_index(1000) >> HISTOGRAM_PAGE_BITS;
	unsigned slow = histogram_index(1000000) >> HISTOGRAM_PAGE_BITS;
	struct interval_histogram h;
	struct histogram total;
	unsigned parts = 0;

	(void)state;
	histogram_interval_init(&h);
	histogram_init(&total);
	histogram_interval_record(&h, NS_PER_MS);
	histogram_interval_record(&h, NS_PER_S);
	histogram_add_interval(&total, &h);
	for (unsigned i = 0; i < HISTOGRAM_PARTS; i++)
		parts += total.pages[slow]->parts[i] != NULL;
	assert_int_equal(parts, 1);
	histogram_interval_clear(&h);
	histogram_clear(&total);
	for (int second = 0; second < 2; second++) {
		histogram_interval_record(&h, NS_PER_MS);
		histogram_add_interval(&total, &h);
		assert_int_equal(total.m.count, 1);
		assert_int_equal(histogram_percentile(&total, 100), NS_PER_MS);
		histogram_interval_clear(&h);
		histogram_clear(&total);
	}
	assert_non_null(h.pages[usual]);
	assert_null(h.pages[slow]);
	assert_non_null(total.pages[usual]);
	assert_null(total.pages[slow]);
	histogram_interval_release(&h);
	histogram_release(&total);
}

static void test_walk_sees_every_sample_once(void **state)
{
	struct histogram h;
	struct histogram_walk w;
	uint64_t seen = 0;
	unsigned last = 0;

	(void)state;
	histogram_init(&h);
	histogram_record(&h, 3 * NS_PER_US, 2);
	histogram_record(&h, 3 * NS_PER_S, 5);
	histogram_record(&h, 3600 * NS_PER_S, 1);
	w = histogram_walk(&h);
	while (histogram_walk_next(&w)) {
		assert_true(w.index > last);
		last = w.index;
		seen += w.count;
		assert_int_equal(w.until, seen);
	}
	assert_int_equal(seen, 8);
	assert_false(histogram_walk_next(&w));
	histogram_release(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_layout),
	    cmocka_unit_test(test_counters_are_contiguous),
	    cmocka_unit_test(test_percentiles_against_sorted),
	    cmocka_unit_test(test_ranks),
	    cmocka_unit_test(test_ends_are_clamped_and_counted),
	    cmocka_unit_test(test_percentile_within_ends),
	    cmocka_unit_test(test_random_splits_merge_equal),
	    cmocka_unit_test(test_clear_keeps_used_pages_and_empties),
	    cmocka_unit_test(test_subtract_gives_the_later_part),
	    cmocka_unit_test(test_usual_series_is_small),
	    cmocka_unit_test(test_outliers_take_little),
	    cmocka_unit_test(test_walk_sees_every_sample_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
