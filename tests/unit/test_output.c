/*
 * The final summary and the JSON result of a simulated run, compared with tests/golden/output.
 */
#include "fake_summary.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "doc/json.h"
#include "output/json_result.h"
#include "output/output.h"

static void test_json(void **state)
{
	struct fixture *f = *state;
	struct json_tape tape;

	fake_run(f);
	json_result_put(&f->out, &f->facts, &f->summary, &f->verdict);
	json_init(&tape);
	assert_true(json_read(&tape, buf_str(&f->out)));
	json_release(&tape);
	golden("summary.json", &f->out);
}

/* A run without requests: all keys exist, and statistics without samples are null. */
static void test_json_empty(void **state)
{
	struct fixture *f = *state;
	struct json_tape tape;

	f->facts.label_count = 0;
	f->verdict.stopped_by = STR("SIGINT");
	threshold_judge_end(&f->judge, &f->summary);
	verdict_judge(&f->validity, &f->summary, &f->health);
	json_result_put(&f->out, &f->facts, &f->summary, &f->verdict);
	json_init(&tape);
	assert_true(json_read(&tape, buf_str(&f->out)));
	json_release(&tape);
	golden("empty.json", &f->out);
}

static void test_text_failed(void **state)
{
	struct fixture *f = *state;

	fake_run(f);
	f->written[0] = STR("out/report.html");
	f->written[1] = STR("out/summary.json");
	f->verdict.written = f->written;
	f->verdict.written_count = 2;
	put_text(f);
	golden("failed.txt", &f->out);
}

static void test_text_in_colour(void **state)
{
	struct fixture *f = *state;

	f->facts.output.color = true;
	fake_run(f);
	put_text(f);
	golden("failed-colour.txt", &f->out);
}

/* Passed, without thresholds, printed below the last live view. */
static void test_text_passed(void **state)
{
	struct fixture *f = *state;

	f->judge.count = 0;
	f->facts.frame_stays = true;
	fake_request(f, f->home, 3 * NS_PER_MS);
	fake_second(f);
	f->verdict.outcome = VERDICT_PASS;
	verdict_judge(&f->validity, &f->summary, &f->health);
	put_text(f);
	f->judge.count = 3;
	golden("passed.txt", &f->out);
}

/* Columns never overlap, however long the run was. */
static void test_huge_counts(void **state)
{
	struct fixture *f = *state;
	struct series_counts *counts;

	f->judge.count = 0;
	fake_run(f);
	counts = &f->summary.series[f->home].counts;
	counts->started = 123456789012;
	counts->failed[FAILURE_reset] = 98765432109;
	put_text(f);
	assert_non_null(strstr(f->out.data, " 123,456,789,012 "));
	assert_non_null(strstr(f->out.data, " 98,765,432,110"));
	assert_null(strstr(f->out.data, "/123,456"));
	f->judge.count = 3;
}

static void test_text_not_valid(void **state)
{
	struct fixture *f = *state;
	double cpu = 0.99;

	f->judge.count = 0;
	fake_run(f);
	for (int i = 0; i < 14; i++)
		health_interval(&f->health, NS_PER_S, &cpu, NS_PER_MS, NULL);
	verdict_judge(&f->validity, &f->summary, &f->health);
	f->verdict.stopped_by = STR("SIGTERM");
	f->facts.frame_stays = true;
	put_text(f);
	f->judge.count = 3;
	golden("not-valid.txt", &f->out);
}

/* The advice depends on the exhausted resource, and on the free resources of the machine. */
static void test_advice(void **state)
{
	static const struct {
		enum verdict_cause cause;
		unsigned cores;
		const char *advice;
	} rows[] = {
	    {VERDICT_CPU, 2, "short: use -j 2, fewer users, or shards.\n"},
	    {VERDICT_CPU, 1, "short: use fewer users, a machine with more cores, or shards.\n"},
	    {VERDICT_LAG, 2, "short: use -j 2, or fewer users or arrivals.\n"},
	    {VERDICT_LAG, 1, "short: use fewer users or arrivals, or a machine"},
	    {VERDICT_FILES, 1, "short: reprise doctor shows how to allow more.\n"},
	    {VERDICT_PORTS, 1, "short: keep connections open"},
	    {VERDICT_OTHER, 1, "short.\n"},
	};
	struct fixture *f = *state;

	f->facts.frame_stays = true;
	fake_request(f, f->home, NS_PER_MS);
	fake_second(f);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		verdict_judge(&f->validity, &f->summary, &f->health);
		verdict_add_reason(&f->validity, "short");
		f->validity.causes[0] = rows[i].cause;
		f->facts.cores = rows[i].cores;
		buf_clear(&f->out);
		put_text(f);
		if (!strstr(f->out.data, rows[i].advice))
			fail_msg("%zu:\n%s", i, f->out.data);
	}
}

static void test_text_never_reached(void **state)
{
	struct fixture *f = *state;

	f->judge.count = 0;
	f->verdict.reached = false;
	fake_failure(f, f->home, 0, "connection refused");
	fake_second(f);
	verdict_judge(&f->validity, &f->summary, &f->health);
	f->facts.frame_stays = true;
	put_text(f);
	golden("never-reached.txt", &f->out);
	buf_clear(&f->out);
	f->facts.container = true;
	put_text(f);
	assert_non_null(strstr(f->out.data, "127.0.0.1 is the container"));
	f->facts.target = STR("http://shop.example");
	buf_clear(&f->out);
	put_text(f);
	assert_null(strstr(f->out.data, "container"));
	f->judge.count = 3;
}

/* Text from servers and scenarios cannot move the cursor or break the document. */
static void test_hostile_texts(void **state)
{
	static const char evil[] = "\x1b[2J\r\n\"}]<b>\xff\xc2\x9b";
	struct fixture *f = *state;
	struct json_tape tape;

	f->table.defs.items[f->home].name = str_of(evil);
	f->table.defs.items[f->home].at = str_of(evil);
	f->facts.name = f->facts.target = f->labels[0].name = str_of(evil);
	fake_failure(f, f->home, 500, evil);
	fake_second(f);
	verdict_judge(&f->validity, &f->summary, &f->health);
	put_text(f);
	put_frame(f, 40, 200, false);
	assert_null(strchr(f->out.data, '\x1b'));
	assert_null(strchr(f->out.data, '\r'));
	assert_null(strstr(f->out.data, "\xc2\x9b"));
	assert_true(str_is_utf8(buf_str(&f->out), NULL));
	buf_clear(&f->out);
	json_result_put(&f->out, &f->facts, &f->summary, &f->verdict);
	json_init(&tape);
	assert_true(json_read(&tape, buf_str(&f->out)));
	json_release(&tape);
}

/* The file is opened at the start and appears complete at the end; errors are reported. */
static void test_json_file(void **state)
{
	struct fixture *f = *state;
	const struct output_kind *kind = &output_json;
	char path[] = "/tmp/reprise-output-XXXXXX";
	int fd = mkstemp(path);
	struct stat status;
	void *o;

	assert_true(fd >= 0);
	close(fd);
	assert_null(kind->open(STR("/nowhere/at/all.json"), &f->facts, &f->out));
	assert_string_equal(f->out.data,
			    "cannot open /nowhere/at/all.json: No such file or directory");
	o = kind->open(str_of(path), &f->facts, &f->out);
	assert_non_null(o);
	verdict_judge(&f->validity, &f->summary, &f->health);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_size, 0);
	assert_true(kind->close(o, &f->summary, &f->verdict, &f->out));
	assert_int_equal(stat(path, &status), 0);
	assert_true(status.st_size > 100);
	buf_clear(&f->out);
	o = kind->open(STR("/dev/full"), &f->facts, &f->out);
	assert_non_null(o);
	assert_false(kind->close(o, &f->summary, &f->verdict, &f->out));
	assert_string_equal(f->out.data, "cannot write /dev/full: No space left on device");
	unlink(path);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_json),	       TEST(test_json_empty),	  TEST(test_text_failed),
	    TEST(test_huge_counts),    TEST(test_text_in_colour), TEST(test_text_passed),
	    TEST(test_text_not_valid), TEST(test_advice),	  TEST(test_text_never_reached),
	    TEST(test_hostile_texts),  TEST(test_json_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
