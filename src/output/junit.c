#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/alloc.h"
#include "base/file.h"
#include "base/log.h"
#include "base/out_file.h"
#include "base/units.h"
#include "interface/output.h"
#include "result/facts.h"
#include "result/http_versions.h"
#include "output/output.h"

static void *junit_open(struct str where, const struct run_facts *facts, struct buf *error);
static bool junit_close(void *output, const struct summary *total, const struct verdict *verdict,
			struct buf *error);

const struct output_kind output_junit = {
    .name = "junit",
    .option = "junit",
    .merged_option = true,
    .sentence = "Thresholds and steps as test cases of JUnit XML; - is standard output.",
    .open = junit_open,
    .close = junit_close,
};

#define HEADER	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"reprise\">\n"
#define FOOTER	    "</testsuites>\n"
#define EARLIER_MAX ((size_t)1 << 30)

struct junit_output {
	const struct run_facts *facts;
	struct out_file file;
	bool adds; /* after the suites of the files that ran before */
};

/* The suite while it is built. */
struct suite {
	const struct run_facts *facts;
	const struct summary *s;
	const struct verdict *verdict;
	struct buf cases;
	unsigned tests, failures, skipped;
};

static void *junit_open(struct str where, const struct run_facts *facts, struct buf *error)
{
	struct junit_output *o = alloc_zeroed(1, sizeof *o);

	o->facts = facts;
	o->adds = facts->part > 0 && !str_eq(where, STR("-"));
	if (out_file_open(&o->file, where, OUT_FILE_WHOLE, error))
		return o;
	free(o);
	return NULL;
}

/* ---- cases */

static void put_attribute(struct buf *out, const char *name, struct str value)
{
	buf_printf(out, " %s=\"", name);
	escape_xml(out, value);
	buf_add_char(out, '"');
}

/* "Web shop.Buy". */
static void put_class(struct buf *out, const struct run_facts *facts, struct str part)
{
	buf_add(out, STR(" classname=\""));
	escape_xml(out, facts->name);
	buf_add_char(out, '.');
	escape_xml(out, part);
	buf_add_char(out, '"');
}

static void begin_case(struct suite *suite, struct str part, struct str name, double seconds)
{
	suite->tests++;
	buf_add(&suite->cases, STR("    <testcase"));
	put_class(&suite->cases, suite->facts, part);
	put_attribute(&suite->cases, "name", name);
	buf_printf(&suite->cases, " time=\"%.6f\">\n", seconds);
}

static void put_failure(struct suite *suite, const char *type, struct str message)
{
	suite->failures++;
	buf_add(&suite->cases, STR("      <failure"));
	put_attribute(&suite->cases, "type", str_of(type));
	put_attribute(&suite->cases, "message", message);
	buf_add(&suite->cases, STR("/>\n"));
}

static void put_skipped(struct suite *suite, struct str why)
{
	suite->skipped++;
	buf_add(&suite->cases, STR("      <skipped"));
	put_attribute(&suite->cases, "message", why);
	buf_add(&suite->cases, STR("/>\n"));
}

static void end_case(struct suite *suite)
{
	buf_add(&suite->cases, STR("    </testcase>\n"));
}

static void put_threshold(struct suite *suite, size_t i)
{
	const struct threshold *t = &suite->facts->judge->thresholds[i];
	const struct threshold_result *r = &suite->facts->judge->results[i];
	struct buf message;

	buf_init(&message, 0);
	threshold_put_measured(&message, t, r);
	begin_case(suite, STR("thresholds"), t->text, 0);
	if (!r->pass) {
		if (t->at.len)
			buf_printf(&message, " (%.*s)", STR_ARG(t->at));
		put_failure(suite, "threshold", buf_str(&message));
	}
	end_case(suite);
	buf_release(&message);
}

/* The failures of SERIES, one line each. */
static void put_notes(struct buf *out, const struct summary *s, unsigned series)
{
	for (unsigned i = 0; i < s->failure_count; i++) {
		const struct failure_note *note = &s->failures[i];

		if (note->series == series)
			buf_printf(out, "%" PRIu64 " x %s: %.*s (%.*s)\n", note->count,
				   failure_name(note->class), (int)note->text_len, note->text,
				   STR_ARG(note->at));
	}
}

/* A failed request fails the step's case if no threshold of the file covers it and the default
 * failed. Otherwise the case of the threshold says whether there are too many. */
static bool fails_step(const struct suite *suite, unsigned series)
{
	const struct threshold_judge *judge = suite->facts->judge;
	bool failed = judge->count == 0;

	for (size_t i = 0; i < judge->count; i++) {
		const struct threshold *t = &judge->thresholds[i];

		if (threshold_covers_step(t, suite->s->table, series))
			return false;
		failed |=
		    t->is_default && t->stat != STAT_FAILED_ITERATIONS && !judge->results[i].pass;
	}
	return failed;
}

static void put_step_outcome(struct suite *suite, unsigned i, uint64_t failed)
{
	const struct series_counts *c = &suite->s->series[i].counts;
	struct buf text;

	buf_init(&text, 0);
	buf_printf(&text, "%" PRIu64 " of %" PRIu64 " requests failed\n", failed, c->started);
	put_notes(&text, suite->s, i);
	if (fails_step(suite, i)) {
		put_failure(suite, "requests", buf_str(&text));
	} else {
		buf_add(&suite->cases, STR("      <system-out>"));
		escape_xml(&suite->cases, buf_str(&text));
		buf_add(&suite->cases, STR("</system-out>\n"));
	}
	buf_release(&text);
}

static void put_properties(struct suite *suite, const struct series_counts *c)
{
	const struct {
		const char *name;
		uint64_t value;
	} rows[] = {{"requests.started", c->started},
		    {"requests.ok", c->ok},
		    {"requests.failed", recorder_series_counts_failed(c)},
		    {"requests.cut_off", c->cut_off}};
	struct buf *out = &suite->cases;

	buf_add(out, STR("      <properties>\n"));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		buf_printf(out, "        <property name=\"%s\" value=\"%" PRIu64 "\"/>\n",
			   rows[i].name, rows[i].value);
	if (c->events)
		buf_printf(out, "        <property name=\"events\" value=\"%" PRIu64 "\"/>\n",
			   c->events);
	if (http_versions_are_noted(c)) {
		buf_add(out, STR("        <property name=\"http_versions\" value=\""));
		http_versions_put_text(out, c);
		buf_add(out, STR("\"/>\n"));
	}
	buf_add(out, STR("      </properties>\n"));
}

/* The time of a step's case is its mean response time. */
static void put_step(struct suite *suite, unsigned i)
{
	const struct series_def *def = &suite->s->table->defs.items[i];
	const struct series_total *total = &suite->s->series[i];
	uint64_t failed = recorder_series_counts_failed(&total->counts);
	double mean = histogram_mean(&total->times[TIME_response]);

	begin_case(suite, def->scenario, def->name, mean < 0 ? 0 : mean / (double)NS_PER_S);
	put_properties(suite, &total->counts);
	if (failed)
		put_step_outcome(suite, i, failed);
	else if (!total->counts.started)
		put_skipped(suite, STR("no request was sent"));
	end_case(suite);
}

static struct str failure_reason(const struct suite *suite)
{
	const struct verdict *v = suite->verdict;

	if (!v->reached)
		return STR("the target was never reached");
	if (v->setup_failed)
		return STR("setup failed, so no user started");
	if (verdict_renewal_failed(suite->s))
		return STR("setup or a token could not be renewed, so the run stopped");
	if (!verdict_teardown_passed(suite->s))
		return STR("teardown failed");
	if (v->outcome == VERDICT_NO_DATA)
		return STR("no request was measured");
	return v->stopped_by.len ? v->stopped_by : STR("iterations or users failed");
}

/* The case of the whole run fails if no other case gives the reason. */
static void put_run(struct suite *suite)
{
	const struct verdict *v = suite->verdict;
	bool explained = suite->failures > 0 && v->reached && !v->setup_failed &&
			 !verdict_renewal_failed(suite->s) && verdict_teardown_passed(suite->s);

	begin_case(suite, STR("run"), STR("the run"),
		   (double)suite->s->duration / (double)NS_PER_S);
	if (verdict_is_failure(v->outcome) && !explained)
		put_failure(suite, "run", failure_reason(suite));
	else if (!v->validity->valid && v->validity->count)
		put_skipped(suite, str_of(v->validity->reasons[0]));
	end_case(suite);
}

static void put_suite(struct buf *out, const struct run_facts *facts, const struct summary *s,
		      const struct verdict *verdict)
{
	struct suite suite = {.facts = facts, .s = s, .verdict = verdict};
	char started[32];

	buf_init(&suite.cases, 0);
	for (size_t i = 0; i < facts->judge->count; i++)
		put_threshold(&suite, i);
	for (unsigned i = 0; i < s->table->defs.count; i++)
		if (s->table->defs.items[i].kind == SERIES_STEP)
			put_step(&suite, i);
	put_run(&suite);
	clock_format_utc(started, sizeof started, "%Y-%m-%dT%H:%M:%S", facts->started);
	buf_add(out, STR("  <testsuite"));
	put_attribute(out, "name", facts->name);
	buf_printf(out,
		   " tests=\"%u\" failures=\"%u\" errors=\"0\" skipped=\"%u\" time=\"%.3f\" "
		   "timestamp=\"%s\">\n",
		   suite.tests, suite.failures, suite.skipped,
		   (double)s->duration / (double)NS_PER_S, started);
	buf_add(out, buf_str(&suite.cases));
	buf_add(out, STR("  </testsuite>\n"));
	buf_release(&suite.cases);
}

/* Appends the suites of the runs before this one, which are in PATH already. */
static void put_earlier(struct buf *out, const char *path)
{
	const char *why;
	struct arena arena;
	struct str text;

	arena_init(&arena, 0);
	if (file_read(&arena, path, EARLIER_MAX, &text, &why) && str_ends(text, STR(FOOTER)))
		buf_add(out, str_slice(text, 0, text.len - (sizeof FOOTER - 1)));
	else
		buf_add(out, STR(HEADER));
	arena_release(&arena);
}

static bool junit_close(void *output, const struct summary *total, const struct verdict *verdict,
			struct buf *error)
{
	struct junit_output *o = output;
	struct buf text;
	bool good;

	buf_init(&text, 0);
	if (verdict) {
		if (o->adds)
			put_earlier(&text, o->file.path);
		else
			buf_add(&text, STR(HEADER));
		put_suite(&text, o->facts, total, verdict);
		buf_add(&text, STR(FOOTER));
	}
	good = out_file_finish(&o->file, verdict ? buf_str(&text) : STR_NULL, error);
	buf_release(&text);
	free(o);
	return good;
}
