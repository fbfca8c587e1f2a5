/* Durations, sizes, rates and percentages, read and written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/units.h"

#define MS NS_PER_MS
#define S  NS_PER_S

static void test_durations(void **state)
{
	static const struct {
		const char *text;
		enum units_error error;
		ns_t value;
	} rows[] = {
	    {"250ms", UNIT_OK, 250 * MS},
	    {"2s", UNIT_OK, 2 * S},
	    {"1m30s", UNIT_OK, 90 * S},
	    {"1h", UNIT_OK, 3600 * S},
	    {"1d2h", UNIT_OK, 26 * 3600 * S},
	    {"1.5 s", UNIT_OK, 1500 * MS},
	    {" 1 m 30 s ", UNIT_OK, 90 * S},
	    {"0.0015s", UNIT_OK, 1500 * NS_PER_US},
	    {"0.001us", UNIT_OK, 1},
	    {"7\xc2\xb5s", UNIT_OK, 7 * NS_PER_US},
	    {"0", UNIT_OK, 0},
	    {"0s", UNIT_OK, 0},
	    {"", UNIT_EMPTY, 0},
	    {"5", UNIT_BARE_NUMBER, 0},
	    {"1m30", UNIT_BARE_NUMBER, 0},
	    {"s", UNIT_BAD_NUMBER, 0},
	    {"-1s", UNIT_BAD_NUMBER, 0},
	    {"1.s", UNIT_BAD_NUMBER, 0},
	    {"1..2s", UNIT_BAD_NUMBER, 0},
	    {"1e3s", UNIT_UNKNOWN, 0},
	    {"5sec", UNIT_UNKNOWN, 0},
	    {"5M", UNIT_UNKNOWN, 0},
	    {"30s1m", UNIT_ORDER, 0},
	    {"1s1s", UNIT_ORDER, 0},
	    {"1s 5us 3\xc2\xb5s", UNIT_ORDER, 0},
	    {"3650d", UNIT_OK, NS_LONGEST},
	    {"3650d1us", UNIT_RANGE, 0},
	    {"106752d", UNIT_RANGE, 0},
	    {"99999999999999999999s", UNIT_RANGE, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ns_t value = 0;

		assert_int_equal(units_duration(str_of(rows[i].text), &value), rows[i].error);
		assert_true(value == rows[i].value);
	}
}

static void test_sizes(void **state)
{
	int64_t size = 0;

	(void)state;
	assert_int_equal(units_size(STR("10KB"), &size), UNIT_OK);
	assert_true(size == 10000);
	assert_int_equal(units_size(STR("1 MiB"), &size), UNIT_OK);
	assert_true(size == 1048576);
	assert_int_equal(units_size(STR("1.5kb"), &size), UNIT_OK);
	assert_true(size == 1500);
	assert_int_equal(units_size(STR("12"), &size), UNIT_OK);
	assert_true(size == 12);
	assert_int_equal(units_size(STR("9000000TB"), &size), UNIT_OK);
	assert_int_equal(units_size(STR("10000000TB"), &size), UNIT_RANGE);
	assert_int_equal(units_size(STR("1 MB 2"), &size), UNIT_UNKNOWN);
	assert_int_equal(units_size(STR("MB"), &size), UNIT_BAD_NUMBER);
	assert_int_equal(units_size(STR(" "), &size), UNIT_EMPTY);
}

static void test_rates_and_shares(void **state)
{
	double value = 0;

	(void)state;
	assert_int_equal(units_rate(STR("20/s"), &value), UNIT_OK);
	assert_true(value == 20);
	assert_int_equal(units_rate(STR("300 / m"), &value), UNIT_OK);
	assert_true(value == 5);
	assert_int_equal(units_rate(STR("0.5/s"), &value), UNIT_OK);
	assert_int_equal(units_rate(STR("36/h"), &value), UNIT_OK);
	assert_true(value == 0.01);
	assert_int_equal(units_rate(STR("20"), &value), UNIT_BARE_NUMBER);
	assert_int_equal(units_rate(STR("20/sec"), &value), UNIT_UNKNOWN);
	assert_int_equal(units_rate(STR("20/"), &value), UNIT_UNKNOWN);
	assert_int_equal(units_rate(STR("/s"), &value), UNIT_BAD_NUMBER);
	assert_int_equal(units_share(STR("5%"), &value), UNIT_OK);
	assert_true(value == 0.05);
	assert_int_equal(units_share(STR("0.5 %"), &value), UNIT_OK);
	assert_int_equal(units_share(STR("101%"), &value), UNIT_RANGE);
	assert_int_equal(units_share(STR("5"), &value), UNIT_BARE_NUMBER);
	assert_int_equal(units_share(STR("5%%"), &value), UNIT_UNKNOWN);
	for (int e = UNIT_OK; e <= UNIT_RANGE; e++)
		assert_true(strlen(units_error_text((enum units_error)e)) > 3);
}

static void test_times_written(void **state)
{
	static const struct {
		ns_t length;
		const char *time, *duration;
	} rows[] = {
	    {0, "0 us", "0s"},
	    {1, "0 us", "0.001us"},
	    {850 * NS_PER_US, "850 us", "850us"},
	    {12 * MS, "12 ms", "12ms"},
	    {12345 * NS_PER_US, "12.3 ms", "12ms345us"},
	    {1250 * MS, "1.25 s", "1s250ms"},
	    {999600 * NS_PER_US, "1 s", "999ms600us"},
	    {999499 * NS_PER_US, "999 ms", "999ms499us"},
	    {59940 * MS, "59.9 s", "59s940ms"},
	    {59960 * MS, "1m", "59s960ms"},
	    {90 * S, "1m30s", "1m30s"},
	    {7260 * S, "2h1m", "2h1m"},
	    {7289 * S, "2h1m", "2h1m29s"},
	    {90000 * S, "25h", "25h"},
	};
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ns_t back;

		buf_clear(&out);
		units_put_time(&out, rows[i].length, true);
		assert_string_equal(out.data, rows[i].time);
		buf_clear(&out);
		units_put_duration(&out, rows[i].length);
		assert_string_equal(out.data, rows[i].duration);
		assert_int_equal(units_duration(buf_str(&out), &back), UNIT_OK);
		assert_true(back == rows[i].length);
	}
	buf_clear(&out);
	units_put_time(&out, 5 * NS_PER_US, false);
	assert_string_equal(out.data, "5 \xc2\xb5s");
	buf_release(&out);
}

static void test_amounts_written(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	units_put_bytes(&out, 431);
	buf_add_char(&out, ' ');
	units_put_bytes(&out, 1);
	buf_add_char(&out, ' ');
	units_put_bytes(&out, 12345);
	buf_add_char(&out, ' ');
	units_put_bytes(&out, 1250000);
	buf_add_char(&out, ' ');
	units_put_bytes(&out, 999999);
	buf_add_char(&out, ' ');
	units_put_bytes(&out, UINT64_MAX);
	assert_string_equal(out.data, "431 bytes 1 byte 12.3 kB 1.25 MB 1 MB 18.4 EB");
	buf_clear(&out);
	units_put_count(&out, 0);
	buf_add_char(&out, ' ');
	units_put_count(&out, 999);
	buf_add_char(&out, ' ');
	units_put_count(&out, 6214);
	buf_add_char(&out, ' ');
	units_put_count(&out, 1234567);
	assert_string_equal(out.data, "0 999 6,214 1,234,567");
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_durations),	     cmocka_unit_test(test_sizes),
	    cmocka_unit_test(test_rates_and_shares), cmocka_unit_test(test_times_written),
	    cmocka_unit_test(test_amounts_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
