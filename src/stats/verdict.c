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
	add(v, VERDICT_LAG, "the generator was the limit for %u of %u s (schedule lag p99 %s)",
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
	add(v, cause, "the generator ran out of %s (%s request%s)", of, text.data,
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
		    "the generator was the limit for %u of %u s (held back by its CPU quota for up "
		    "to %.0f %% of a second)",
		    h->limited_seconds, h->seconds, h->throttled_max * 100);
	else if (h->limited_by_steal * 2 >= h->limited_seconds)
		add(v, VERDICT_STEAL,
		    "the generator was the limit for %u of %u s (other guests of the host had up "
		    "to "
		    "%.0f %% of the CPU)",
		    h->limited_seconds, h->seconds, h->steal_max * 100);
	else if (h->limited_by_cpu)
		add(v, VERDICT_CPU,
		    "the generator was the limit for %u of %u s (CPU of thread %u at %.0f %%)",
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
		    "no request was answered as expected: there are no samples");
}

bool verdict_reached(const struct summary *s)
{
	const struct series_counts *c = &s->all.counts;
	uint64_t unmade = c->failed[FAILURE_dns] + c->failed[FAILURE_connect] +
			  c->failed[FAILURE_timeout_connect];

	return !unmade || c->ok || recorder_series_counts_failed(c) > unmade;
}

/* An iteration may fail without a request: by an expression, by a `while` without end. */
bool verdict_nothing_failed(const struct summary *s)
{
	return recorder_series_counts_failed(&s->all.counts) == 0 &&
	       recorder_series_counts_failed(&s->iterations.counts) == 0 &&
	       s->run.users_failed == 0 && s->run.after_users_failed == 0;
}

bool verdict_teardown_passed(const struct summary *s)
{
	return s->run.teardowns_failed == 0;
}
