#include "result/verdict_text.h"

#include "base/address.h"
#include "base/units.h"
#include "base/url.h"
#include "result/text_format.h"

#define FAILED_NAMED 3u /* thresholds that a sentence names */

const char *verdict_text_word(const struct verdict *verdict)
{
	static const char *const words[] = {
	    [VERDICT_PASS] = "PASSED",
	    [VERDICT_FAIL] = "FAILED",
	    [VERDICT_NO_DATA] = "NO DATA",
	    [VERDICT_UNJUDGED] = "DONE",
	};

	return words[verdict->outcome];
}

/* ---- thresholds */

/* Whether the only thresholds are the defaults. */
static bool has_only_defaults(const struct threshold_judge *judge)
{
	for (size_t i = 0; i < judge->count; i++)
		if (!judge->thresholds[i].is_default)
			return false;
	return true;
}

static size_t count_failed(const struct threshold_judge *judge)
{
	size_t count = 0;

	for (size_t i = 0; i < judge->count; i++)
		count += !judge->results[i].pass;
	return count;
}

/* "p95 < 300ms was 412 ms, error_rate < 1% was 2.3 %". */
static void put_failed(struct buf *text, const struct terminal *term,
		       const struct threshold_judge *judge, size_t failed)
{
	struct buf value;
	size_t named = 0;

	buf_init(&value, 0);
	for (size_t i = 0; i < judge->count && named < FAILED_NAMED; i++) {
		const struct threshold_result *r = &judge->results[i];

		if (r->pass)
			continue;
		buf_add(text, named++ ? STR(", ") : STR(" "));
		text_format_text(text, term, judge->thresholds[i].text);
		buf_add(text, r->has_value ? STR(" was ") : STR(" had "));
		buf_clear(&value);
		threshold_put_measured(&value, &judge->thresholds[i], r);
		text_format_text(text, term, buf_str(&value));
	}
	if (failed > named)
		buf_printf(text, " and %zu more", failed - named);
	buf_add_char(text, '.');
	buf_release(&value);
}

static void put_thresholds(struct buf *text, const struct terminal *term,
			   const struct threshold_judge *judge)
{
	size_t count = judge->count, failed = count_failed(judge);

	if (failed) {
		if (count == 1)
			buf_add(text, STR("the threshold failed:"));
		else
			buf_printf(text, "%zu of %zu thresholds failed:", failed, count);
		put_failed(text, term, judge, failed);
	} else if (count == 1) {
		buf_add(text, STR("the threshold passed."));
	} else if (count == 2) {
		buf_add(text, STR("both thresholds passed."));
	} else if (count) {
		buf_printf(text, "all %zu thresholds passed.", count);
	}
}

/* Why a run failed whose file has no thresholds. */
static const char *uncovered_failure(const struct summary *s)
{
	if (recorder_series_counts_failed(&s->all.counts))
		return "requests failed, and no threshold allows that.";
	if (s->run.users_failed)
		return "before_user failed, and no threshold allows that.";
	if (s->run.after_users_failed)
		return "after_user failed, and no threshold allows that.";
	if (recorder_series_counts_failed(&s->iterations.counts))
		return "iterations failed, and no threshold allows that.";
	return "the run failed.";
}

void verdict_text_outcome(struct buf *text, const struct terminal *term,
			  const struct run_facts *facts, const struct summary *s,
			  const struct verdict *verdict)
{
	if (!verdict->reached) {
		text_format_text(text, term, facts->target);
		buf_add(text, STR(" was never reached."));
	} else if (verdict->setup_failed) {
		buf_add(text, STR("setup failed, so no user started."));
	} else if (verdict_renewal_failed(s)) {
		buf_add(text, STR("setup or a token could not be renewed, so the run stopped."));
	} else if (!verdict_teardown_passed(s)) {
		buf_add(text, STR("teardown failed."));
	} else if (verdict->outcome == VERDICT_NO_DATA) {
		buf_add(text, STR("no request was measured."));
	} else if (verdict->outcome == VERDICT_UNJUDGED) {
		buf_add(text, STR("one shard; reprise merge evaluates the thresholds."));
	} else if (!has_only_defaults(facts->judge)) {
		put_thresholds(text, term, facts->judge);
	} else if (verdict->outcome == VERDICT_FAIL) {
		buf_add(text, str_of(uncovered_failure(s)));
	}
}

void verdict_text_partial(struct buf *text, const struct terminal *term,
			  const struct verdict *verdict)
{
	text_format_text(text, term, str_of(verdict->missing));
	buf_add_char(text, '.');
}

void verdict_text_stopped(struct buf *text, const struct terminal *term,
			  const struct verdict *verdict)
{
	buf_add(text, STR("Stopped before its end by "));
	text_format_text(text, term, verdict->stopped_by);
	if (str_eq(verdict->stopped_by, STR("SIGINT")))
		buf_add(text, STR(" (Ctrl-C)"));
	buf_add_char(text, '.');
}

static bool is_loopback(struct str target)
{
	struct url url;

	return url_split(target, &url) && address_is_loopback(url.host);
}

void verdict_text_unreachable(struct buf *text, const struct run_facts *facts)
{
	buf_add(text, STR("Is the server running at this address? Use -t URL for another "
			  "one."));
	if (is_loopback(facts->target) && facts->container)
		buf_add(text, STR(" In a container, 127.0.0.1 is the container itself; start the "
				  "container with --network host, or use the address of the "
				  "host."));
	else if (is_loopback(facts->target))
		buf_add(text, STR(" reprise demo starts the sample shop on port 8080."));
}

/* ---- validity */

void verdict_text_valid(struct buf *text, const struct terminal *term, const struct summary *s,
			const struct generator_health *health)
{
	ns_t lag = histogram_percentile(&s->lag, 99);
	bool has_schedule = s->lag.m.count > 0;

	buf_add(text, STR("The result is valid: "));
	if (health->limited) {
		buf_add(text, STR("the load generator kept up except for "));
		health_put_limited(health, text);
	} else if (has_schedule) {
		buf_add(text, STR("on schedule"));
	}
	if (has_schedule && lag > NS_PER_MS) {
		buf_add(text, STR(" (lag p99 "));
		text_format_time(text, term, lag, 0);
		buf_add_char(text, ')');
	}
	if (!health->limited)
		buf_add(text, has_schedule ? STR(", the load generator kept up")
					   : STR("the load generator kept up"));
	buf_add_char(text, '.');
}

/* The remedy for CAUSE. */
static void put_help(struct buf *text, unsigned cores, unsigned threads, enum verdict_cause cause)
{
	switch (cause) {
	case VERDICT_CPU:
		if (threads < cores)
			buf_printf(text, ": use -j %u, fewer users, or shards.", threads + 1);
		else
			buf_add(text, STR(": use fewer users, a machine with more cores, or "
					  "shards."));
		break;
	case VERDICT_LAG:
		if (threads < cores)
			buf_printf(text, ": use -j %u, or fewer users or arrivals.", threads + 1);
		else
			buf_add(text,
				STR(": use fewer users or arrivals, or a machine that runs less "
				    "besides."));
		break;
	case VERDICT_QUOTA:
		buf_add(text, STR(": raise the CPU quota (reprise doctor shows it), use fewer "
				  "users or arrivals, or shards."));
		break;
	case VERDICT_STEAL:
		buf_add(text, STR(": use a machine whose CPU is not shared, or fewer users."));
		break;
	case VERDICT_FILES:
		buf_add(text, STR(": reprise doctor shows how to allow more."));
		break;
	case VERDICT_PORTS:
		buf_add(text, STR(": keep connections open (connections: {reuse: pool}); reprise "
				  "doctor shows more."));
		break;
	case VERDICT_WAITING:
		if (threads > cores)
			buf_printf(text, ": use -j %u.", cores);
		else
			buf_add(text, STR(": stop other programs, run the server on another "
					  "machine, or use a machine with more cores."));
		break;
	case VERDICT_STOPPED:
		buf_add(text, STR(": do not stop the process or suspend the machine."));
		break;
	case VERDICT_NOT_BEGUN:
		buf_add(text, STR(": let users start more slowly (ramp_up), use fewer users or "
				  "arrivals, or shards."));
		break;
	case VERDICT_INTERNAL:
	case VERDICT_THREADS:
	case VERDICT_NO_SAMPLES:
	case VERDICT_OTHER:
	case VERDICT_CAUSE_COUNT:
		buf_add_char(text, '.');
		break;
	}
}

void verdict_text_invalid_reason(struct buf *text, const struct terminal *term,
				 const struct run_facts *facts, const struct verdict *verdict,
				 unsigned i)
{
	const struct verdict_validity *v = verdict->validity;

	text_format_text(text, term, str_of(v->reasons[i]));
	put_help(text, facts->cores, verdict->health->threads, v->causes[i]);
}
