#include "stats/verdict.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/units.h"

static void add_reason(struct verdict_validity *v, enum verdict_cause cause, const char *format,
		       va_list args) __attribute__((format(printf, 3, 0)));

static void add_reason(struct verdict_validity *v, enum verdict_cause cause, const char *format,
		       va_list args)
{
	v->valid = false;
	if (v->count == VERDICT_REASONS)
		return;
	v->causes[v->count] = cause;
	vsnprintf(v->reasons[v->count++], VERDICT_TEXT, format, args);
}

void verdict_add_reason(struct verdict_validity *v, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_reason(v, VERDICT_OTHER, format, args);
	va_end(args);
}

void verdict_put_first_reason(struct verdict_validity *v, const char *format, ...)
{
	unsigned kept = v->count < VERDICT_REASONS ? v->count : VERDICT_REASONS - 1;
	va_list args;

	memmove(v->reasons[1], v->reasons[0], kept * sizeof v->reasons[0]);
	memmove(&v->causes[1], &v->causes[0], kept * sizeof v->causes[0]);
	v->count = 0;
	va_start(args, format);
	add_reason(v, VERDICT_OTHER, format, args);
	va_end(args);
	v->count = kept + 1;
}

static void __attribute__((format(printf, 3, 4)))
add(struct verdict_validity *v, enum verdict_cause cause, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_reason(v, cause, format, args);
	va_end(args);
}

static void judge_lag(struct verdict_validity *v, const struct generator_health *h, ns_t lag)
{
	struct buf text;

	buf_init(&text, 0);
	units_put_time(&text, lag, true);
	add(v, VERDICT_LAG,
	    "the load generator could not keep up for %u of %u s (schedule lag p99 %s)",
	    h->limited_seconds, h->seconds, text.data);
	buf_release(&text);
}

static void judge_shortage(struct verdict_validity *v, enum verdict_cause cause, const char *of,
			   uint64_t failed)
{
	struct buf text;

	if (!failed)
		return;
	buf_init(&text, 0);
	units_put_count(&text, failed);
	add(v, cause, "the load generator ran out of %s (%s request%s)", of, text.data,
	    failed == 1 ? "" : "s");
	buf_release(&text);
}

static void judge_limits(struct verdict_validity *v, const struct generator_health *h,
			 const struct summary *s)
{
	if (h->limited_seconds <= (double)h->seconds * HEALTH_SPOILED)
		return;
	if (h->limited_by_quota * 2 >= h->limited_seconds)
		add(v, VERDICT_QUOTA,
		    "the load generator could not keep up for %u of %u s (its CPU quota held it "
		    "back for up "
		    "to %.0f %% of a second)",
		    h->limited_seconds, h->seconds, h->throttled_max * 100);
	else if (h->limited_by_steal * 2 >= h->limited_seconds)
		add(v, VERDICT_STEAL,
		    "the load generator could not keep up for %u of %u s (other guests of the host "
		    "used up "
		    "to %.0f %% of the CPU)",
		    h->limited_seconds, h->seconds, h->steal_max * 100);
	else if (h->limited_by_cpu)
		add(v, VERDICT_CPU,
		    "the load generator could not keep up for %u of %u s (CPU of thread %u at %.0f "
		    "%%)",
		    h->limited_seconds, h->seconds, h->worst_thread + 1,
		    h->cpu_max[h->worst_thread] * 100);
	else
		judge_lag(v, h, histogram_percentile(&s->lag, 99));
}

void verdict_judge(struct verdict_validity *v, const struct summary *s,
		   const struct generator_health *h)
{
	const uint64_t *failed = s->all.counts.failed;

	memset(v, 0, sizeof *v);
	v->valid = true;
	judge_limits(v, h, s);
	judge_shortage(v, VERDICT_FILES, "open files", failed[FAILURE_generator_fds]);
	judge_shortage(v, VERDICT_PORTS, "local ports", failed[FAILURE_generator_ports]);
	if (s->all.counts.ok == 0)
		add(v, VERDICT_NO_SAMPLES,
		    "no request got the expected response, so there are no samples");
}

bool verdict_reached(const struct summary *s)
{
	const struct series_counts *c = &s->all.counts;
	uint64_t unmade = c->failed[FAILURE_dns] + c->failed[FAILURE_connect] +
			  c->failed[FAILURE_timeout_connect];

	return !unmade || c->ok || recorder_series_counts_failed(c) > unmade;
}

bool verdict_teardown_passed(const struct summary *s)
{
	return s->run.teardowns_failed == 0;
}

bool verdict_has_data(const struct summary *s)
{
	return s->all.counts.ok > 0 || recorder_series_counts_failed(&s->all.counts) > 0;
}

/* Results of 0.1.0 may have no thresholds; later ones have the defaults. */
static bool nothing_failed(const struct summary *s)
{
	return recorder_series_counts_failed(&s->all.counts) == 0 &&
	       recorder_series_counts_failed(&s->iterations.counts) == 0 &&
	       s->run.users_failed == 0 && s->run.after_users_failed == 0;
}

/* No user, arrival or iteration belonged to the shard. */
static bool had_no_share(const struct summary *s)
{
	return s->users_max == 0 && s->iterations.counts.started == 0 &&
	       s->run.users_started == 0 && s->run.arrivals_planned == 0;
}

enum verdict_outcome verdict_decide(const struct verdict_evidence *e)
{
	const struct summary *s = e->summary;

	if (!e->reached || e->failed || !verdict_teardown_passed(s))
		return VERDICT_FAIL;
	if (e->shard && had_no_share(s))
		return VERDICT_UNJUDGED;
	if (!verdict_has_data(s))
		return VERDICT_NO_DATA;
	if (e->shard)
		return VERDICT_UNJUDGED;
	/* --once checks that everything works, so fixtures count too. */
	if (e->once && s->failure_count)
		return VERDICT_FAIL;
	return (e->thresholds ? e->thresholds_passed : nothing_failed(s)) ? VERDICT_PASS
									  : VERDICT_FAIL;
}

const char *verdict_outcome_name(enum verdict_outcome outcome)
{
	static const char *const names[] = {
	    [VERDICT_PASS] = "pass",
	    [VERDICT_FAIL] = "fail",
	    [VERDICT_NO_DATA] = "no_data",
	    [VERDICT_UNJUDGED] = "unjudged",
	};

	return names[outcome];
}
