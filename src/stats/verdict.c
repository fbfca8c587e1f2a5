#include "stats/verdict.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/units.h"

void health_init(struct generator_health *h, unsigned threads)
{
	memset(h, 0, sizeof *h);
	h->threads = threads < HEALTH_THREADS ? threads : HEALTH_THREADS;
}

static void say_why(struct generator_health *h, unsigned thread, double share, ns_t lag)
{
	struct buf text;

	h->why[0] = '\0';
	if (!h->limited)
		return;
	if (share > HEALTH_CPU_MAX) {
		snprintf(h->why, sizeof h->why, "CPU of thread %u at %.0f %%", thread + 1,
			 share * 100);
		return;
	}
	buf_init(&text, 0);
	units_put_time(&text, lag, true);
	snprintf(h->why, sizeof h->why, "schedule lag p99 %s", text.data);
	buf_release(&text);
}

void health_second(struct generator_health *h, const double *cpu, ns_t lag_p99)
{
	double worst = 0;
	unsigned thread = 0;
	bool by_lag = lag_p99 > HEALTH_LAG_MAX;

	h->seconds++;
	for (unsigned i = 0; i < h->threads; i++) {
		h->cpu[i] += (cpu[i] - h->cpu[i]) / h->seconds;
		if (cpu[i] > h->cpu_max[i])
			h->cpu_max[i] = cpu[i];
		if (cpu[i] > worst) {
			worst = cpu[i];
			thread = i;
			if (worst > HEALTH_CPU_MAX && worst >= h->cpu_max[h->worst_thread])
				h->worst_thread = i;
		}
	}
	h->limited_by_cpu += worst > HEALTH_CPU_MAX;
	h->limited_by_lag += by_lag;
	h->limited = worst > HEALTH_CPU_MAX || by_lag;
	h->limited_seconds += h->limited;
	say_why(h, thread, worst, lag_p99);
}

double health_cpu(const struct generator_health *h)
{
	double sum = 0;

	for (unsigned i = 0; i < h->threads; i++)
		sum += h->cpu[i];
	return sum;
}

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
	if (h->limited_by_cpu)
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

	return !unmade || c->ok || series_counts_failed(c) > unmade;
}

/* An iteration may fail without a request: by an expression, by a `while` without end. */
bool verdict_nothing_failed(const struct summary *s)
{
	return series_counts_failed(&s->all.counts) == 0 &&
	       series_counts_failed(&s->iterations.counts) == 0 && s->run.users_failed == 0;
}
