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
#include "output/frame.h"
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

static void put_text(struct fixture *f)
{
	output_text_put(&f->out, &f->facts, &f->summary, &f->verdict, &f->facts.output, 0);
}

static void put_frame(struct fixture *f, size_t rows, size_t columns, bool last)
{
	struct frame_view view = {.room = {rows, columns}, .last = last};

	frame_put(&f->out, &f->facts, &f->summary, f->now, &view);
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
	put_text(f);
	golden("failed.txt", &f->out);
}

static void test_text_in_colour(void **state)
{
	struct fixture *f = *state;

	f->facts.output.color = true;
	run(f);
	put_text(f);
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
	put_text(f);
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
	put_text(f);
	f->judge.count = 3;
	golden("not-valid.txt", &f->out);
}

/* What helps depends on what was short, and on what the machine still has. */
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
	    {VERDICT_FILES, 1, "short: reprise doctor tells how to allow more.\n"},
	    {VERDICT_PORTS, 1, "short: keep connections open"},
	    {VERDICT_OTHER, 1, "short.\n"},
	};
	struct fixture *f = *state;

	f->facts.frame_stays = true;
	request(f, f->home, NS_PER_MS);
	second(f);
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
	failure(f, f->home, 0, "connection refused");
	second(f);
	verdict_judge(&f->validity, &f->summary, &f->health);
	f->facts.frame_stays = true;
	put_text(f);
	golden("never-reached.txt", &f->out);
	buf_clear(&f->out);
	f->facts.container = true;
	put_text(f);
	assert_non_null(strstr(f->out.data, "In a container, 127.0.0.1 is the container"));
	f->facts.target = STR("http://shop.example");
	buf_clear(&f->out);
	put_text(f);
	assert_null(strstr(f->out.data, "container"));
	f->judge.count = 3;
}

static void test_frame(void **state)
{
	struct fixture *f = *state;

	run(f);
	put_frame(f, 40, 100, false);
	buf_add(&f->out, STR("---- the last, in colour\n"));
	f->facts.error.color = true;
	put_frame(f, 40, 100, true);
	golden("frame.txt", &f->out);
}

/* On a terminal of any size no line is too long and no line too many; beside the totals something
 * of the steps is left. */
static void test_frame_fits(void **state)
{
	static const struct {
		size_t rows, columns;
	} sizes[] = {{23, 80}, {16, 60}, {9, 40}, {5, 20}, {1, 1}, {14, 200}, {60, 30}, {7, 133}};
	struct fixture *f = *state;

	f->table.defs.items[f->home].name = STR("\xe5\x95\x86\xe5\x93\x81\xe5\x95\x86\xe5"
						"\x93\x81 \xf0\x9f\x9b\x92 a long name indeed");
	run(f);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		size_t from = 0, lines = 0;

		buf_clear(&f->out);
		f->facts.error.color = i % 2;
		put_frame(f, sizes[i].rows, sizes[i].columns, false);
		while (from < f->out.len) {
			size_t end = str_find_char(buf_str(&f->out), '\n', from);
			struct str line = str_slice(buf_str(&f->out), from, end);

			assert_in_range(words_columns(line), 0, sizes[i].columns);
			from = end + 1;
			lines++;
		}
		assert_in_range(lines, 1, sizes[i].rows);
	}
}

/* Where not all steps have room, those that fail are shown, and the rest counted. */
static void test_frame_chooses(void **state)
{
	struct fixture *f = *state;

	run(f);
	put_frame(f, 9, 40, false);
	assert_non_null(strstr(f->out.data, "Search"));
	assert_null(strstr(f->out.data, "POST /login"));
	assert_non_null(strstr(f->out.data, "  and 2 more steps, 1 of them failing\n"));
	assert_non_null(strstr(f->out.data, "thresholds  2 of 3 hold, 1 fails"));
}

/* In ASCII there is nothing else, and columns stay. */
static void test_ascii(void **state)
{
	struct fixture *f = *state;

	f->facts.name = STR("Caf\xc3\xa9 \xe2\x80\xa6");
	f->facts.error.ascii = f->facts.output.ascii = true;
	run(f);
	put_frame(f, 23, 80, false);
	put_text(f);
	for (size_t i = 0; i < f->out.len; i++)
		assert_in_range(f->out.data[i], '\n', '~');
	assert_non_null(strstr(f->out.data, "Caf? ...  -  http"));
	assert_non_null(strstr(f->out.data, "949 us"));
	assert_non_null(strstr(f->out.data, "3 x HTTP 503"));
}

/* What the bar says of iterations, of a run without an end, and of one that is to stop. */
static void test_bar(void **state)
{
	struct fixture *f = *state;
	int signal = 0;

	run(f);
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
	assert_non_null(strstr(f->out.data, "finishing what was begun"));
	buf_clear(&f->out);
	signal = 2;
	put_frame(f, 9, 40, false);
	assert_non_null(strstr(f->out.data, "stopping; Ctrl-C again ends it now"));
}

/* Before and after the load the bar says so. */
static void test_stages(void **state)
{
	struct fixture *f = *state;
	enum run_stage stage = STAGE_SETUP;

	f->facts.stage = &stage;
	f->now = 3 * NS_PER_S;
	put_frame(f, 23, 80, false);
	assert_non_null(strstr(f->out.data, "  00:00:03  setup; the load comes after it   Ctrl-C"));
	buf_clear(&f->out);
	f->now = 0;
	run(f);
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
	struct pace pace;

	pace_init(&pace, f->table.defs.count);
	assert_true(pace_rate(&pace, &f->summary, f->home) < 0.01);
	for (int s = 0; s < 12; s++) {
		for (int i = 0; i < (s < 6 ? 100 : 10); i++)
			request(f, f->home, NS_PER_MS);
		second(f);
		pace_take(&pace, &f->summary);
		pace_take(&pace, &f->summary);
		if (s == 2)
			assert_in_range(pace_rate(&pace, &f->summary, f->home), 100, 100);
	}
	assert_in_range(pace_rate(&pace, &f->summary, f->home), 10, 10);
	assert_in_range(pace_rate(&pace, &f->summary, f->table.defs.count), 10, 10);
	assert_in_range(pace_rate(&pace, &f->summary, f->login), 0, 0);
	assert_in_range(pace_rate(NULL, &f->summary, f->home), 55, 55);
	pace_release(&pace);
}

static void test_line(void **state)
{
	struct fixture *f = *state;

	output_line_put(&f->out, &f->facts, &f->summary, 0, 0);
	run(f);
	output_line_put(&f->out, &f->facts, &f->summary, f->now, 295.16);
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
	put_text(f);
	put_frame(f, 40, 200, false);
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

/* As WORDS_NAME has it within COLUMNS, padded, between bars. */
static void assert_name(struct fixture *f, const char *text, size_t columns, const char *expected)
{
	buf_clear(&f->out);
	buf_add_char(&f->out, '|');
	words_name(&f->out, &f->facts.output, str_of(text), columns, true);
	buf_add_char(&f->out, '|');
	assert_string_equal(f->out.data, expected);
}

static void test_names(void **state)
{
	struct fixture *f = *state;

	assert_name(f, "a long name", 6, "|a lon\xe2\x80\xa6|");
	assert_name(f, "short", 6, "|short |");
	/* wide letters are never halved */
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
	/* what reorders a line is told, and right-to-left letters end with a mark */
	assert_name(f,
		    "a\xe2\x80\xae"
		    "b",
		    20, "|a\\xE2\\x80\\xAEb      |");
	assert_name(f, "\xd7\x90", 3, "|\xd7\x90\xe2\x80\x8e  |");
	f->facts.output.ascii = true;
	assert_name(f, "\xe5\x95\x86 50\xc2\xb5s", 8, "|?? 50us |");
	assert_name(f, "a long name", 8, "|a lon...|");
}

static void test_clip(void **state)
{
	struct fixture *f = *state;

	words_clip(&f->out, STR("\x1b[31mabc\x1b[0mdef"), 4);
	assert_string_equal(f->out.data, "\x1b[31mabc\x1b[0md\x1b[0m");
	buf_clear(&f->out);
	words_clip(&f->out, STR("\xc3\xa9\xc3\xa9"), 1);
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
		words_percent(&f->out, rows[i].part, rows[i].whole);
		assert_string_equal(f->out.data, rows[i].text);
	}
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
	    TEST(test_json),	      TEST(test_json_empty),
	    TEST(test_text_failed),   TEST(test_text_in_colour),
	    TEST(test_text_passed),   TEST(test_text_not_valid),
	    TEST(test_advice),	      TEST(test_text_never_reached),
	    TEST(test_frame),	      TEST(test_frame_fits),
	    TEST(test_frame_chooses), TEST(test_ascii),
	    TEST(test_bar),	      TEST(test_pace),
	    TEST(test_stages),	      TEST(test_line),
	    TEST(test_hostile_texts), TEST(test_names),
	    TEST(test_clip),	      TEST(test_shares),
	    TEST(test_json_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
