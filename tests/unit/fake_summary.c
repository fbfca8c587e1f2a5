#include "fake_summary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

int fake_setup(void **state)
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
	f->facts = (struct run_facts){.version = STR("0.2.0"),
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

int fake_teardown(void **state)
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

/* ---- a simulated run */

void fake_request(struct fixture *f, unsigned series, ns_t response)
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

void fake_failure(struct fixture *f, unsigned series, unsigned status, const char *text)
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

void fake_second(struct fixture *f)
{
	double cpu = 0.4;

	f->now += NS_PER_S;
	recorder_request_swap(&f->recorder);
	recorder_poll(&f->recorder);
	summary_drain(&f->summary, recorder_take(&f->recorder));
	recorder_return(&f->recorder);
	summary_close_second(&f->summary, f->now);
	health_interval(&f->health, f->summary.last.length, &cpu, f->summary.last.lag_p99, NULL);
	threshold_judge_second(&f->judge, &f->summary, f->now);
}

static void iteration(struct fixture *f, unsigned scenario, enum outcome outcome)
{
	recorder_started(&f->recorder, scenario);
	recorder_span(&f->recorder, scenario, outcome, FAILURE_status, 30 * NS_PER_MS, NS_PER_S);
}

void fake_run(struct fixture *f)
{
	struct sample cut = {.outcome = OUTCOME_CUT_OFF, .dns = -1, .connect = -1, .tls = -1};

	recorder_users(&f->recorder, 50);
	recorder_unmeasured(&f->recorder, UNMEASURED_setup, 2);
	for (int s = 0; s < 60; s++) {
		for (int i = 0; i < 100; i++) {
			fake_request(f, f->login, (5 + i % 20) * NS_PER_MS);
			fake_request(f, f->search, (10 + i) * NS_PER_MS);
			fake_request(f, f->home, 900 * NS_PER_US + i * NS_PER_US);
			iteration(f, i % 2 ? f->buy : f->browse, OUTCOME_OK);
			recorder_lag(&f->recorder, i * 3 * NS_PER_US);
		}
		recorder_run(&f->recorder)->connections_opened += s == 0 ? 50 : 0;
		fake_second(f);
	}
	for (int i = 0; i < 3; i++)
		fake_failure(f, f->search, 503, "HTTP 503, expected 2xx");
	fake_failure(f, f->home, 500, "HTTP 500, expected 2xx");
	iteration(f, f->buy, OUTCOME_FAILED);
	iteration(f, f->buy, OUTCOME_CUT_OFF);
	recorder_started(&f->recorder, f->home);
	recorder_request(&f->recorder, f->home, &cut);
	fake_second(f);
	f->verdict.outcome =
	    threshold_judge_end(&f->judge, &f->summary) ? VERDICT_PASS : VERDICT_FAIL;
	verdict_judge(&f->validity, &f->summary, &f->health);
}

void put_text(struct fixture *f)
{
	summary_text_put(&f->out, &f->facts, &f->summary, &f->verdict, &f->facts.output, 0);
}

void put_frame(struct fixture *f, size_t rows, size_t columns, bool last)
{
	struct frame_view view = {.room = {rows, columns}, .last = last};

	frame_put(&f->out, &f->facts, &f->summary, f->now, &view);
}

/* ---- golden files */

void golden(const char *name, const struct buf *text)
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
