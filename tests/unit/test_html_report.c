/*
 * The HTML report of simulated runs: its size for an hour, hostile text, and updates as one line of
 * JSON. With PAGE_DIR set, the reports are saved there for review.
 */
#include "fake_summary.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doc/json.h"
#include "report/html_report.h"
#include "stats/capacity.h"

#define HOUR_BYTES (500 * 1000)

struct made {
	struct fixture *f;
	struct timeline *timeline;
	struct html_report page;
};

static void begin(struct made *m, struct fixture *f, ns_t planned)
{
	*m = (struct made){.f = f};
	m->timeline = timeline_new(&f->table, planned);
	m->page.run = (struct report_run){.facts = &f->facts,
					  .summary = &f->summary,
					  .health = &f->health,
					  .timeline = m->timeline,
					  .verdict = &f->verdict};
	recorder_users(&f->recorder, 50);
}

static ns_t response(int second, int i)
{
	double wave = 1 + 0.5 * sin(second / 40.0), tail = (i * 7919 + second * 31) % 997 / 997.0;

	return (ns_t)((4 + 30 * tail * tail * wave + (tail > 0.99 ? 180 : 0)) * (double)NS_PER_MS);
}

static void second(struct made *m, int number, bool failing, bool limited)
{
	struct fixture *f = m->f;

	for (int i = 0; i < 40; i++) {
		fake_request(f, f->login, response(number, i) / 2);
		fake_request(f, f->search, response(number, i * 3));
		fake_request(f, f->home, response(number, i * 5) / 6);
		recorder_lag(&f->recorder, (limited ? 40 : 1) * (i % 7) * NS_PER_MS);
	}
	if (failing)
		for (int i = 0; i < 3 + number % 5; i++)
			fake_failure(f, f->search, 503, "HTTP 503, expected 2xx");
	recorder_run(&f->recorder)->arrivals_planned += 40;
	recorder_run(&f->recorder)->arrivals_started += 40;
	fake_second(f);
	timeline_add_second(m->timeline, &f->summary, limited);
}

static void end(struct made *m)
{
	struct fixture *f = m->f;

	f->verdict.outcome =
	    threshold_judge_end(&f->judge, &f->summary) ? VERDICT_PASS : VERDICT_FAIL;
	verdict_judge(&f->validity, &f->summary, &f->health);
	html_report_put(&f->out, &m->page);
}

static void keep(const struct made *m, const char *name)
{
	const char *folder = getenv("PAGE_DIR");
	char path[512];
	FILE *file;

	if (!folder)
		return;
	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fwrite(m->f->out.data, 1, m->f->out.len, file);
	fclose(file);
}

static bool holds(const struct buf *text, const char *what)
{
	return str_find(buf_str(text), str_of(what), 0) != NOT_FOUND;
}

static void test_hour(void **state)
{
	struct fixture *f = *state;
	struct made m;

	begin(&m, f, 3600 * NS_PER_S);
	for (int i = 0; i < 3600; i++)
		second(&m, i, i > 1800 && i<2000, i> 3000 && i < 3100);
	end(&m);
	keep(&m, "hour.html");
	assert_true(f->out.len <= HOUR_BYTES);
	assert_true(holds(&f->out, "load generator could not keep up"));
	assert_int_equal(m.timeline->width, 7 * NS_PER_S);
	timeline_free(m.timeline);
}

static void test_five_seconds(void **state)
{
	struct fixture *f = *state;
	struct made m;

	begin(&m, f, 5 * NS_PER_S);
	for (int i = 0; i < 5; i++)
		second(&m, i, false, false);
	end(&m);
	keep(&m, "short.html");
	assert_int_equal(m.timeline->count, 5);
	assert_false(holds(&f->out, "Failures</h2"));
	timeline_free(m.timeline);
}

#define MANY_STEPS 200u

static void add_steps(struct fixture *f)
{
	recorder_release(&f->recorder);
	summary_release(&f->summary);
	for (unsigned i = 0; i < MANY_STEPS; i++) {
		struct series_def def = {.kind = SERIES_STEP,
					 .name = arena_printf(&f->arena, "GET /page/%u", i),
					 .scenario = STR("Browse"),
					 .at = STR("shop.yaml:70")};

		(void)series_table_add(&f->table, &def);
	}
	recorder_init(&f->recorder, &f->table, 0);
	summary_init(&f->summary, &f->table);
}

/* The update per second stays small with two hundred steps and full slots, as after an hour. */
static void test_update_of_many_steps(void **state)
{
	struct fixture *f = *state;
	struct made m;

	add_steps(f);
	begin(&m, f, 240 * NS_PER_S);
	m.page.live = true;
	m.page.run.verdict = NULL;
	for (int i = 0; i < 240; i++) {
		for (unsigned k = 0; k < 20; k++)
			fake_request(f, f->home + 1 + ((unsigned)i * 20 + k) % MANY_STEPS,
				     response(i, (int)k));
		second(&m, i, i % 60 > 50, false);
		if (i % 60 != 59)
			continue;
		buf_clear(&f->out);
		html_report_put_update(&f->out, &m.page);
		assert_true(f->out.len <= HOUR_BYTES);
	}
	timeline_free(m.timeline);
}

/* A run without any request. */
static void test_empty(void **state)
{
	struct fixture *f = *state;
	struct made m;

	begin(&m, f, 0);
	f->verdict.setup_failed = true;
	end(&m);
	keep(&m, "empty.html");
	assert_true(holds(&f->out, "etup failed, so no user started."));
	timeline_free(m.timeline);
}

/* Without a planned duration, slots are merged over time without loss. */
static void test_course_joins(void **state)
{
	struct fixture *f = *state;
	uint64_t started = 0, binned = 0, failed = 0;
	ns_t at = 0;
	struct made m;

	begin(&m, f, 0);
	for (int i = 0; i < 1500; i++)
		second(&m, i, i % 100 == 0, false);
	f->now += NS_PER_S / 10 - NS_PER_S; /* the last second is incomplete */
	fake_request(f, f->home, NS_PER_MS);
	fake_second(f);
	timeline_add_second(m.timeline, &f->summary, false);
	for (unsigned i = 0; i < m.timeline->count; i++) {
		const struct timeline_slot *slot = &m.timeline->slots[i];

		assert_int_equal(slot->begin, at);
		at += slot->length;
		started += slot->started;
		failed += slot->classes[FAILURE_status];
		for (unsigned b = 0; b < TIMELINE_BINS; b++)
			binned += slot->bins[b];
	}
	assert_int_equal(at, f->summary.duration);
	assert_true(m.timeline->count <= TIMELINE_SLOTS && m.timeline->width == 4 * NS_PER_S);
	assert_int_equal(started, f->summary.all.counts.started);
	assert_int_equal(failed, recorder_series_counts_failed(&f->summary.all.counts));
	assert_int_equal(binned, f->summary.all.times[TIME_response].m.count);
	timeline_free(m.timeline);
}

/* ---- external text */

static const char evil[] = "</script><script>document.title='owned'</script><img src=x "
			   "onerror=alert(1)>\"'&\x1b[2J\x01\xe2\x80\xae\xff-->";

static void make_evil(struct fixture *f)
{
	for (unsigned i = 0; i < f->table.defs.count; i++) {
		f->table.defs.items[i].name = str_of(evil);
		f->table.defs.items[i].scenario = str_of(evil);
		f->table.defs.items[i].at = str_of(evil);
	}
	f->facts.name = f->facts.target = f->facts.load = f->facts.version = str_of(evil);
	f->labels[0] = (struct label){str_of(evil), str_of(evil)};
	f->thresholds[0].text = str_of(evil);
	f->verdict.stopped_by = str_of(evil);
	verdict_add_reason(&f->validity, "%s", evil);
}

static size_t count_of(const struct buf *text, const char *what)
{
	size_t count = 0, at = 0;

	while ((at = str_find(buf_str(text), str_of(what), at)) != NOT_FOUND) {
		count++;
		at++;
	}
	return count;
}

static void assert_harmless(const struct buf *page)
{
	size_t bad;

	assert_false(holds(page, "<img"));
	assert_false(holds(page, "<script>document"));
	assert_int_equal(count_of(page, "<script"), 2);
	assert_int_equal(count_of(page, "</script>"), 2);
	assert_true(holds(page, "&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;"));
	for (size_t i = 0; i < page->len; i++)
		assert_true(page->data[i] == '\n' || (unsigned char)page->data[i] >= ' ');
	assert_false(holds(page, "\xe2\x80\xae"));
	assert_true(str_is_utf8(buf_str(page), &bad));
}

static void test_hostile_texts(void **state)
{
	struct fixture *f = *state;
	struct made m;

	begin(&m, f, 0);
	make_evil(f);
	for (int i = 0; i < 8; i++)
		second(&m, i, false, i == 2);
	fake_failure(f, f->home, 500, evil);
	fake_second(f);
	timeline_add_second(m.timeline, &f->summary, false);
	m.page.run.name = str_of(evil);
	m.page.baseline = &m.page.run;
	end(&m);
	keep(&m, "evil.html");
	assert_harmless(&f->out);
	timeline_free(m.timeline);
}

static void test_update(void **state)
{
	struct fixture *f = *state;
	struct json_tape tape;
	struct made m;

	begin(&m, f, 60 * NS_PER_S);
	make_evil(f);
	for (int i = 0; i < 8; i++)
		second(&m, i, i == 3, false);
	m.page.run.verdict = NULL;
	m.page.live = true;
	m.page.token = STR("secret-token");
	html_report_put_update(&f->out, &m.page);
	assert_false(holds(&f->out, "\n"));
	json_init(&tape);
	assert_true(json_read(&tape, buf_str(&f->out)));
	json_release(&tape);
	buf_clear(&f->out);
	html_report_put(&f->out, &m.page);
	keep(&m, "live.html");
	assert_harmless(&f->out);
	assert_true(holds(&f->out, "value=\"secret-token\""));
	timeline_free(m.timeline);
}

/* The result of a capacity search. */
static void test_capacity(void **state)
{
	struct fixture *f = *state;
	struct capacity c;
	struct made m;
	double level;

	capacity_init(&c, 10, 1000, false);
	while (capacity_next(&c, &level)) {
		ns_t p50 = (ns_t)(5e6 * (1 + pow(level / 200, 4)));
		struct capacity_trial t = {.level = level,
					   .per_second = level,
					   .p50 = p50,
					   .p95 = 3 * p50,
					   .p99 = 4 * p50,
					   .holds = level <= 230};

		capacity_add_trial(&c, &t);
	}
	f->facts.capacity = &c;
	begin(&m, f, 0);
	for (int i = 0; i < 8; i++)
		second(&m, i, false, false);
	end(&m);
	keep(&m, "capacity.html");
	assert_true(holds(&f->out, "<h2>Capacity</h2>"));
	assert_true(holds(&f->out, "which passed twice"));
	timeline_free(m.timeline);
}

/* Two results; the second is slower, and has one step less. */
static void test_against(void **state)
{
	struct fixture *f = *state;
	void *other_state;
	struct made m, before;
	struct report_run run;

	fake_setup(&other_state);
	begin(&before, other_state, 0);
	for (int i = 0; i < 90; i++)
		second(&before, i, false, false);
	run = before.page.run;
	run.name = STR("monday");
	begin(&m, f, 60 * NS_PER_S);
	for (int i = 0; i < 60; i++)
		second(&m, i * 3, i > 40, i == 12);
	m.page.baseline = &run;
	m.page.run.name = STR("tuesday");
	end(&m);
	keep(&m, "against.html");
	assert_true(holds(&f->out, "Compared with monday"));
	timeline_free(m.timeline);
	timeline_free(before.timeline);
	fake_teardown(&other_state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)
	    T(test_hour),	  T(test_update_of_many_steps),
	    T(test_five_seconds), T(test_empty),
	    T(test_course_joins), T(test_hostile_texts),
	    T(test_update),	  T(test_capacity),
	    T(test_against),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
