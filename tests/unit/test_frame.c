/*
 * The live view of a simulated run, its one-line form, and their text functions.
 */
#include "fake_summary.h"

#include <math.h>

#include <string.h>

#include "terminal/progress.h"
#include "result/text_format.h"

static void test_frame(void **state)
{
	struct fixture *f = *state;

	fake_run(f);
	put_frame(f, 40, 100, false);
	buf_add(&f->out, STR("---- the last, in colour\n"));
	f->facts.error.color = true;
	put_frame(f, 40, 100, true);
	golden("frame.txt", &f->out);
}

/* The view fits a terminal of any size, and always shows some steps in addition to the totals. */
static void test_frame_fits(void **state)
{
	static const struct {
		size_t rows, columns;
	} sizes[] = {{23, 80}, {16, 60}, {9, 40}, {5, 20}, {1, 1}, {14, 200}, {60, 30}, {7, 133}};
	struct fixture *f = *state;

	f->table.defs.items[f->home].name = STR("\xe5\x95\x86\xe5\x93\x81\xe5\x95\x86\xe5"
						"\x93\x81 \xf0\x9f\x9b\x92 a long name indeed");
	fake_run(f);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		size_t from = 0, lines = 0;

		buf_clear(&f->out);
		f->facts.error.color = i % 2;
		put_frame(f, sizes[i].rows, sizes[i].columns, false);
		while (from < f->out.len) {
			size_t end = str_find_char(buf_str(&f->out), '\n', from);
			struct str line = str_slice(buf_str(&f->out), from, end);

			assert_in_range(text_format_width(line), 0, sizes[i].columns);
			from = end + 1;
			lines++;
		}
		assert_in_range(lines, 1, sizes[i].rows);
	}
}

/* If there is not enough room for all steps, failing ones are shown, and the rest is counted. */
static void test_frame_chooses(void **state)
{
	struct fixture *f = *state;

	fake_run(f);
	put_frame(f, 9, 40, false);
	assert_non_null(strstr(f->out.data, "Search"));
	assert_null(strstr(f->out.data, "POST /login"));
	assert_non_null(strstr(f->out.data, "  and 2 more steps, 1 of them failing\n"));
	assert_non_null(strstr(f->out.data, "thresholds  2 of 3 passed, 1 failed"));
}

/* The ASCII form has only ASCII characters, and columns stay aligned. */
static void test_ascii(void **state)
{
	struct fixture *f = *state;

	f->facts.name = STR("Caf\xc3\xa9 \xe2\x80\xa6");
	f->facts.error.ascii = f->facts.output.ascii = true;
	fake_run(f);
	put_frame(f, 23, 80, false);
	put_text(f);
	for (size_t i = 0; i < f->out.len; i++)
		assert_in_range(f->out.data[i], '\n', '~');
	assert_non_null(strstr(f->out.data, "Caf? ...  -  http"));
	assert_non_null(strstr(f->out.data, "949 us"));
	assert_non_null(strstr(f->out.data, "3 x HTTP 503"));
}

/* The bar for iterations, for a run without an end, and for a run that is stopping. */
static void test_bar(void **state)
{
	struct fixture *f = *state;
	int signal = 0;

	fake_run(f);
	f->facts.signal = &signal;
	f->facts.planned = 0;
	put_frame(f, 23, 80, false);
	assert_non_null(strstr(f->out.data, "00:01:01  6,002 iterations   Ctrl-C stops"));
	buf_clear(&f->out);
	f->facts.iterations = 12004;
	put_frame(f, 23, 80, false);
	assert_non_null(strstr(f->out.data, "]  50 %   6,002 of 12,004 iterations"));
	buf_clear(&f->out);
	f->facts.planned = f->now / 2;
	put_frame(f, 23, 80, false);
	assert_non_null(strstr(f->out.data, "] 100 %"));
	assert_non_null(strstr(f->out.data, "finishing iterations in progress"));
	buf_clear(&f->out);
	signal = 2;
	put_frame(f, 9, 40, false);
	assert_non_null(strstr(f->out.data, "stopping; Ctrl-C again ends now"));
}

/* The bar before and after the load. */
static void test_stages(void **state)
{
	struct fixture *f = *state;
	enum run_stage stage = STAGE_SETUP;

	f->facts.stage = &stage;
	f->now = 3 * NS_PER_S;
	put_frame(f, 23, 80, false);
	assert_non_null(
	    strstr(f->out.data, "  00:00:03  setup; the load starts after it   Ctrl-C"));
	buf_clear(&f->out);
	f->now = 0;
	fake_run(f);
	stage = STAGE_TEARDOWN;
	f->now = NS_PER_S;
	put_frame(f, 23, 80, false);
	assert_non_null(strstr(f->out.data, "  00:01:01  ["));
	assert_non_null(strstr(f->out.data, "] 100 %   teardown\n"));
}

/* Rates of the last seconds, not of the whole run. */
static void test_pace(void **state)
{
	struct fixture *f = *state;
	struct rate_window pace;

	rate_window_init(&pace, f->table.defs.count);
	assert_true(isnan(rate_window_rate(&pace, &f->summary, f->home)));
	for (int s = 0; s < 12; s++) {
		for (int i = 0; i < (s < 6 ? 100 : 10); i++)
			fake_request(f, f->home, NS_PER_MS);
		fake_second(f);
		rate_window_add(&pace, &f->summary);
		rate_window_add(&pace, &f->summary);
		if (s == 2)
			assert_in_range(rate_window_rate(&pace, &f->summary, f->home), 100, 100);
	}
	assert_in_range(rate_window_rate(&pace, &f->summary, f->home), 10, 10);
	assert_in_range(rate_window_rate(&pace, &f->summary, f->table.defs.count), 10, 10);
	assert_in_range(rate_window_rate(&pace, &f->summary, f->login), 0, 0);
	assert_in_range(rate_window_rate(NULL, &f->summary, f->home), 55, 55);
	rate_window_release(&pace);
}

static void test_line(void **state)
{
	struct fixture *f = *state;

	progress_put_line(&f->out, &f->facts, &f->summary, 0, 0);
	fake_run(f);
	progress_put_line(&f->out, &f->facts, &f->summary, f->now, 295.16);
	assert_null(strchr(f->out.data, '\r'));
	assert_null(strchr(f->out.data, '\x1b'));
	golden("line.txt", &f->out);
}

/* NAME fitted into COLUMNS, padded, between bars. */
static void assert_name(struct fixture *f, const char *text, size_t columns, const char *expected)
{
	buf_clear(&f->out);
	buf_add_char(&f->out, '|');
	text_format_name(&f->out, &f->facts.output, str_of(text), columns, true);
	buf_add_char(&f->out, '|');
	assert_string_equal(f->out.data, expected);
}

static void test_names(void **state)
{
	struct fixture *f = *state;

	assert_name(f, "a long name", 6, "|a lon\xe2\x80\xa6|");
	assert_name(f, "short", 6, "|short |");
	/* wide characters are never split */
	assert_name(f, "\xe5\x95\x86\xe5\x93\x81\xe5\x95\x86", 6,
		    "|\xe5\x95\x86\xe5\x93\x81\xe5\x95\x86|");
	assert_name(f, "\xe5\x95\x86\xe5\x93\x81\xe5\x95\x86", 5,
		    "|\xe5\x95\x86\xe5\x93\x81\xe2\x80\xa6|");
	assert_name(f, "\xe5\x95\x86\xe5\x93\x81\xe5\x95\x86", 4, "|\xe5\x95\x86\xe2\x80\xa6 |");
	/* a family joined of three, a flag, a heart with its selector, a heap of accents */
	assert_name(f, "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9", 5,
		    "|\xf0\x9f\x91\xa8\xf0\x9f\x91\xa9 |");
	assert_name(f, "\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa", 3, "|DE |");
	assert_name(f, "\xe2\x9d\xa4\xef\xb8\x8f", 2, "|\xe2\x9d\xa4 |");
	assert_name(f, "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81", 2, "|e\xcc\x81\xcc\x81 |");
	/* characters that reorder a line are escaped, and right-to-left text ends with a mark */
	assert_name(f,
		    "a\xe2\x80\xae"
		    "b",
		    20, "|a\\xE2\\x80\\xAEb      |");
	assert_name(f, "\xd7\x90", 3, "|\xd7\x90\xe2\x80\x8e  |");
	f->facts.output.ascii = true;
	assert_name(f, "\xe5\x95\x86 50\xc2\xb5s", 8, "|?? 50us |");
	assert_name(f, "a long name", 8, "|a lon...|");
}

/* Any name fills its columns exactly, is well-formed, and has no control bytes. */
static void test_random_names(void **state)
{
	static const char *const parts[] = {
	    "a",	"\xe5\x95\x86",	    "\xcc\x81",	    "\xe2\x80\x8d", "\xf0\x9f\x91\xa9",
	    "\xff",	"\x1b[2J",	    "\xd7\x90",	    "\xe2\x80\xae", "\n",
	    "\xc2\x9b", "\xf0\x9f\x87\xa9", "\xef\xb8\x8f", "\xc2\xad",	    "\xf4\x8f\xbf\xbf",
	    "\xe2"};
	struct fixture *f = *state;
	struct buf name;
	unsigned dice = 1;

	buf_init(&name, 0);
	for (int round = 0; round < 20000; round++) {
		size_t columns = (size_t)(round % 23);

		buf_clear(&name);
		for (int i = round % 12; i >= 0; i--) {
			dice = dice * 1103515245u + 12345u;
			buf_add(&name, str_of(parts[dice >> 16 & 15]));
		}
		f->facts.output.ascii = round % 2;
		buf_clear(&f->out);
		text_format_name(&f->out, &f->facts.output, buf_str(&name), columns, true);
		if (text_format_width(buf_str(&f->out)) != columns)
			fail_msg("%zu columns: |%s|", columns, f->out.data);
		assert_true(str_is_utf8(buf_str(&f->out), NULL));
		for (size_t i = 0; i < f->out.len; i++)
			assert_true((unsigned char)f->out.data[i] >= 0x20);
	}
	buf_release(&name);
}

static void test_clip(void **state)
{
	struct fixture *f = *state;

	text_format_clip(&f->out, STR("\x1b[31mabc\x1b[0mdef"), 4);
	assert_string_equal(f->out.data, "\x1b[31mabc\x1b[0md\x1b[0m");
	buf_clear(&f->out);
	text_format_clip(&f->out, STR("\xc3\xa9\xc3\xa9"), 1);
	assert_string_equal(f->out.data, "\xc3\xa9");
}

static void test_shares(void **state)
{
	static const struct {
		uint64_t part, whole;
		const char *text;
	} rows[] = {{0, 0, "0 %"},
		    {0, 7, "0 %"},
		    {3, 6214, "0.05 %"},
		    {1, 8, "12.5 %"},
		    {99999, 100000, "99.9 %"},
		    {7, 7, "100 %"},
		    {1, 1000000, "under 0.01 %"}};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		buf_clear(&f->out);
		text_format_percent(&f->out, rows[i].part, rows[i].whole);
		assert_string_equal(f->out.data, rows[i].text);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_frame), TEST(test_frame_fits),   TEST(test_frame_chooses), TEST(test_ascii),
	    TEST(test_bar),   TEST(test_stages),       TEST(test_pace),		 TEST(test_line),
	    TEST(test_names), TEST(test_random_names), TEST(test_clip),		 TEST(test_shares),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
