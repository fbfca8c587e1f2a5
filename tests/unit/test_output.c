/*
 * What people and scripts are shown, from a made-up run: held against tests/golden/output. With
 * UPDATE_GOLDEN set the files are written instead; look at them before they are committed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "doc/json.h"
#include "output/json.h"
#include "output/output.h"
#include "output/progress.h"
#include "output/text.h"
#include "output/words.h"

struct fixture {
	struct arena arena;
	struct series_table table;
	struct recorder recorder;
	struct summary summary;
	struct generator_health health;
	struct verdict_validity validity;
	struct threshold thresholds[3];
	struct threshold_judge judge;
	struct label labels[2];
	struct str written[2];
	struct run_facts facts;
	struct verdict verdict;
	struct buf out;
	unsigned buy, login, search, checkout, browse, home;
	ns_t now;
};

static unsigned add(struct fixture *f, enum series_kind kind, const char *scenario,
		    const char *name, const char *at)
{
	struct series_def def = {
	    .kind = kind, .name = str_of(name), .scenario = str_of(scenario), .at = str_of(at)};

	return series_table_add(&f->table, &def);
}

static void add_series(struct fixture *f)
{
	f->buy = add(f, SERIES_SCENARIO, "Buy", "Buy", "shop.yaml:20");
	f->login = add(f, SERIES_STEP, "Buy", "POST /login", "shop.yaml:24");
	f->search = add(f, SERIES_STEP, "Buy", "Search", "shop.yaml:41");
	f->checkout = add(f, SERIES_GROUP, "Buy", "Checkout", "shop.yaml:50");
	f->browse = add(f, SERIES_SCENARIO, "Browse", "Browse", "shop.yaml:60");
	f->home = add(f, SERIES_STEP, "Browse", "GET /", "shop.yaml:62");
}

static void judge_by(struct fixture *f, const char *const *texts, size_t count)
{
	struct threshold_error error;

	for (size_t i = 0; i < count; i++) {
		if (!threshold_parse(&f->arena, str_of(texts[i]), &f->thresholds[i], &error))
			fail_msg("%s: %s", texts[i], error.message);
	}
	threshold_judge_init(&f->judge, f->thresholds, count);
}

static int setup(void **state)
{
	static const char *const texts[] = {"p95 < 300ms", "p99 of \"Search\" < 100ms",
					    "error_rate < 1%"};
	struct fixture *f = calloc(1, sizeof *f);

	arena_init(&f->arena, 0);
	series_table_init(&f->table, &f->arena);
	add_series(f);
	recorder_init(&f->recorder, &f->table, 0);
	summary_init(&f->summary, &f->table);
	health_init(&f->health, 1);
	buf_init(&f->out, 0);
	judge_by(f, texts, 3);
	f->labels[0] = (struct label){STR("run_id"), STR("nightly \"7\"")};
	f->labels[1] = (struct label){STR("shard"), STR("1/1")};
	f->facts = (struct run_facts){.version = STR("0.1.0"),
				      .name = STR("Web shop"),
				      .target = STR("http://127.0.0.1:8080"),
				      .load = STR("50 users for 2m, ramp 10s"),
				      .seed = 7,
				      .started = 1767225600 * NS_PER_S,
				      .planned = 120 * NS_PER_S,
				      .users = 50,
				      .labels = f->labels,
				      .label_count = 2,
				      .judge = &f->judge};
	f->verdict =
	    (struct verdict){.reached = true, .validity = &f->validity, .health = &f->health};
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	threshold_judge_release(&f->judge);
	buf_release(&f->out);
	summary_release(&f->summary);
	recorder_release(&f->recorder);
	arena_release(&f->arena);
	free(f);
	return 0;
}

/* ---- a made-up run */

static void request(struct fixture *f, unsigned series, ns_t response)
{
	struct sample s = {.outcome = OUTCOME_OK,
			   .status = 200,
			   .bytes_sent = 120,
			   .bytes_received = 1500,
			   .response = response,
			   .service = response - 50 * NS_PER_US,
			   .dns = SAMPLE_NONE,
			   .connect = SAMPLE_NONE,
			   .tls = SAMPLE_NONE,
			   .wait = response - 150 * NS_PER_US,
			   .receive = 100 * NS_PER_US};

	recorder_started(&f->recorder, series);
	recorder_request(&f->recorder, series, &s);
}

static void failure(struct fixture *f, unsigned series, unsigned status, const char *text)
{
	struct sample s = {.outcome = OUTCOME_FAILED,
			   .class = FAILURE_status,
			   .status = (uint16_t)status,
			   .expect_failures = 1,
			   .response = 4 * NS_PER_MS,
			   .dns = SAMPLE_NONE,
			   .connect = 300 * NS_PER_US,
			   .tls = SAMPLE_NONE};
	struct failure_note note = {.class = FAILURE_status,
				    .series = series,
				    .detail = status,
				    .at = f->table.defs.items[series].at,
				    .when = 31 * NS_PER_S,
				    .user = 17,
				    .iteration = 2};

	recorder_started(&f->recorder, series);
	recorder_request(&f->recorder, series, &s);
	recorder_failure(&f->recorder, &note, str_of(text));
}

static void second(struct fixture *f)
{
	double cpu = 0.4;

	f->now += NS_PER_S;
	recorder_ask(&f->recorder);
	recorder_poll(&f->recorder);
	summary_drain(&f->summary, recorder_take(&f->recorder));
	recorder_give_back(&f->recorder);
	summary_second(&f->summary, f->now);
	health_second(&f->health, &cpu, f->summary.last.lag_p99);
	threshold_judge_second(&f->judge, &f->summary, f->now);
}

static void iteration(struct fixture *f, unsigned scenario, enum outcome outcome)
{
	recorder_started(&f->recorder, scenario);
	recorder_span(&f->recorder, scenario, outcome, FAILURE_status, 30 * NS_PER_MS, NS_PER_S);
}

static void run(struct fixture *f)
{
	struct sample cut = {.outcome = OUTCOME_CUT_OFF, .dns = -1, .connect = -1, .tls = -1};

	recorder_users(&f->recorder, 50);
	recorder_unmeasured(&f->recorder, UNMEASURED_setup, 2);
	for (int s = 0; s < 60; s++) {
		for (int i = 0; i < 100; i++) {
			request(f, f->login, (5 + i % 20) * NS_PER_MS);
			request(f, f->search, (10 + i) * NS_PER_MS);
			request(f, f->home, 900 * NS_PER_US + i * NS_PER_US);
			iteration(f, i % 2 ? f->buy : f->browse, OUTCOME_OK);
			recorder_lag(&f->recorder, i * 3 * NS_PER_US);
		}
		recorder_run(&f->recorder)->connections_opened += s == 0 ? 50 : 0;
		second(f);
	}
	for (int i = 0; i < 3; i++)
		failure(f, f->search, 503, "HTTP 503 where 2xx was expected");
	failure(f, f->home, 500, "HTTP 500 where 2xx was expected");
	iteration(f, f->buy, OUTCOME_FAILED);
	iteration(f, f->buy, OUTCOME_CUT_OFF);
	recorder_started(&f->recorder, f->home);
	recorder_request(&f->recorder, f->home, &cut);
	second(f);
	f->verdict.pass = threshold_judge_end(&f->judge, &f->summary);
	verdict_judge(&f->validity, &f->summary, &f->health);
}

/* ---- golden files */

static void golden(const char *name, const struct buf *text)
{
	const char *top = getenv("SRCDIR");
	char path[512], *expected;
	size_t len;
	FILE *file;

	snprintf(path, sizeof path, "%s/tests/golden/output/%s", top ? top : ".", name);
	file = fopen(path, getenv("UPDATE_GOLDEN") ? "w+" : "r");
	if (!file)
		fail_msg("cannot open %s", path);
	if (getenv("UPDATE_GOLDEN")) {
		fwrite(text->data, 1, text->len, file);
		rewind(file);
	}
	expected = calloc(1, text->len + 2);
	len = fread(expected, 1, text->len + 1, file);
	fclose(file);
	if (len != text->len || memcmp(expected, text->data, len) != 0)
		fail_msg("%s differs; this was made:\n%s", path, text->data);
	free(expected);
}

static void test_json(void **state)
{
	struct fixture *f = *state;
	struct json_tape tape;

	run(f);
	output_json_put(&f->out, &f->facts, &f->summary, &f->verdict);
	json_init(&tape);
	assert_true(json_read(&tape, buf_str(&f->out)));
	json_release(&tape);
	golden("summary.json", &f->out);
}

/* A run in which nothing happened: every key is there, what has no samples is null. */
static void test_json_empty(void **state)
{
	struct fixture *f = *state;
	struct json_tape tape;

	f->facts.label_count = 0;
	f->verdict.stopped_by = STR("SIGINT");
	threshold_judge_end(&f->judge, &f->summary);
	verdict_judge(&f->validity, &f->summary, &f->health);
	output_json_put(&f->out, &f->facts, &f->summary, &f->verdict);
	json_init(&tape);
	assert_true(json_read(&tape, buf_str(&f->out)));
	json_release(&tape);
	golden("empty.json", &f->out);
}

static void test_text_failed(void **state)
{
	struct fixture *f = *state;

	run(f);
	f->written[0] = STR("out/report.html");
	f->written[1] = STR("out/summary.json");
	f->verdict.written = f->written;
	f->verdict.written_count = 2;
	output_text_put(&f->out, &f->facts, &f->summary, &f->verdict);
	golden("failed.txt", &f->out);
}

static void test_text_in_colour(void **state)
{
	struct fixture *f = *state;

	f->facts.color_output = true;
	run(f);
	output_text_put(&f->out, &f->facts, &f->summary, &f->verdict);
	golden("failed-colour.txt", &f->out);
}

/* Passed, without thresholds, under the frame that stays. */
static void test_text_passed(void **state)
{
	struct fixture *f = *state;

	f->judge.count = 0;
	f->facts.frame_stays = true;
	request(f, f->home, 3 * NS_PER_MS);
	second(f);
	f->verdict.pass = true;
	verdict_judge(&f->validity, &f->summary, &f->health);
	output_text_put(&f->out, &f->facts, &f->summary, &f->verdict);
	f->judge.count = 3;
	golden("passed.txt", &f->out);
}

static void test_text_not_valid(void **state)
{
	struct fixture *f = *state;
	double cpu = 0.99;

	f->judge.count = 0;
	run(f);
	for (int i = 0; i < 14; i++)
		health_second(&f->health, &cpu, NS_PER_MS);
	verdict_judge(&f->validity, &f->summary, &f->health);
	f->verdict.stopped_by = STR("SIGTERM");
	f->facts.frame_stays = true;
	output_text_put(&f->out, &f->facts, &f->summary, &f->verdict);
	f->judge.count = 3;
	golden("not-valid.txt", &f->out);
}

static void test_text_never_reached(void **state)
{
	struct fixture *f = *state;

	f->judge.count = 0;
	f->verdict.reached = false;
	failure(f, f->home, 0, "connection refused");
	second(f);
	verdict_judge(&f->validity, &f->summary, &f->health);
	f->facts.frame_stays = true;
	output_text_put(&f->out, &f->facts, &f->summary, &f->verdict);
	f->judge.count = 3;
	golden("never-reached.txt", &f->out);
}

static void test_frame(void **state)
{
	struct fixture *f = *state;

	run(f);
	output_frame_put(&f->out, &f->facts, &f->summary, f->now, 40, 100, false);
	buf_add(&f->out, STR("---- the last, in colour\n"));
	f->facts.color_error = true;
	output_frame_put(&f->out, &f->facts, &f->summary, f->now, 40, 100, true);
	golden("frame.txt", &f->out);
}

/* On a small terminal no line is too long and no line too many. */
static void test_frame_fits(void **state)
{
	struct fixture *f = *state;
	size_t from = 0, lines = 0;

	run(f);
	output_frame_put(&f->out, &f->facts, &f->summary, f->now, 16, 60, false);
	while (from < f->out.len) {
		size_t end = str_find_char(buf_str(&f->out), '\n', from);

		assert_in_range(str_columns(str_slice(buf_str(&f->out), from, end)), 0, 60);
		from = end + 1;
		lines++;
	}
	assert_in_range(lines, 8, 16);
	assert_non_null(strstr(f->out.data, "more step"));
}

static void test_line(void **state)
{
	struct fixture *f = *state;

	output_line_put(&f->out, &f->summary, 0, 0);
	run(f);
	output_line_put(&f->out, &f->summary, f->now, 295.16);
	assert_null(strchr(f->out.data, '\r'));
	assert_null(strchr(f->out.data, '\x1b'));
	golden("line.txt", &f->out);
}

/* Nothing a server or a scenario says can move the cursor or break the document. */
static void test_hostile_texts(void **state)
{
	static const char evil[] = "\x1b[2J\r\n\"}]<b>\xff\xc2\x9b";
	struct fixture *f = *state;
	struct json_tape tape;

	f->table.defs.items[f->home].name = str_of(evil);
	f->table.defs.items[f->home].at = str_of(evil);
	f->facts.name = f->facts.target = f->labels[0].name = str_of(evil);
	failure(f, f->home, 500, evil);
	second(f);
	verdict_judge(&f->validity, &f->summary, &f->health);
	output_text_put(&f->out, &f->facts, &f->summary, &f->verdict);
	output_frame_put(&f->out, &f->facts, &f->summary, f->now, 40, 200, false);
	assert_null(strchr(f->out.data, '\x1b'));
	assert_null(strchr(f->out.data, '\r'));
	assert_null(strstr(f->out.data, "\xc2\x9b"));
	assert_true(str_is_utf8(buf_str(&f->out), NULL));
	buf_clear(&f->out);
	output_json_put(&f->out, &f->facts, &f->summary, &f->verdict);
	json_init(&tape);
	assert_true(json_read(&tape, buf_str(&f->out)));
	json_release(&tape);
}

static void test_clip(void **state)
{
	struct fixture *f = *state;

	words_clip(&f->out, STR("\x1b[31mabc\x1b[0mdef"), 4);
	assert_string_equal(f->out.data, "\x1b[31mabc\x1b[0md\x1b[0m");
	buf_clear(&f->out);
	words_clip(&f->out, STR("\xc3\xa9\xc3\xa9"), 1);
	assert_string_equal(f->out.data, "\xc3\xa9");
	buf_clear(&f->out);
	words_name(&f->out, STR("a long name"), 6, true);
	assert_string_equal(f->out.data, "a lon\xe2\x80\xa6");
}

/* The file is opened at once, written at the end; one that cannot be is told. */
static void test_json_file(void **state)
{
	struct fixture *f = *state;
	const struct output_kind *kind = output_find(STR("json"));
	char path[] = "/tmp/reprise-output-XXXXXX";
	int fd = mkstemp(path);
	struct output *o;

	assert_true(fd >= 0);
	assert_null(output_find(STR("nothing")));
	assert_null(kind->open(STR("/nowhere/at/all.json"), &f->facts, &f->out));
	assert_string_equal(f->out.data,
			    "cannot open /nowhere/at/all.json: No such file or directory");
	o = kind->open(str_of(path), &f->facts, &f->out);
	assert_non_null(o);
	verdict_judge(&f->validity, &f->summary, &f->health);
	assert_true(kind->close(o, &f->summary, &f->verdict, &f->out));
	assert_true(lseek(fd, 0, SEEK_END) > 100);
	buf_clear(&f->out);
	o = kind->open(STR("/dev/full"), &f->facts, &f->out);
	assert_non_null(o);
	assert_false(kind->close(o, &f->summary, &f->verdict, &f->out));
	assert_string_equal(f->out.data, "cannot write /dev/full: No space left on device");
	close(fd);
	unlink(path);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_json),
	    TEST(test_json_empty),
	    TEST(test_text_failed),
	    TEST(test_text_in_colour),
	    TEST(test_text_passed),
	    TEST(test_text_not_valid),
	    TEST(test_text_never_reached),
	    TEST(test_frame),
	    TEST(test_frame_fits),
	    TEST(test_line),
	    TEST(test_hostile_texts),
	    TEST(test_clip),
	    TEST(test_json_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
