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

static void say_why(struct generator_health *h, unsigned thread, double share, ns_t lag,
		    const struct health_pressure *p)
{
	struct buf text;

	h->why[0] = '\0';
	if (!h->limited)
		return;
	buf_init(&text, 0);
	if (p->throttled > HEALTH_THROTTLED_MAX)
		buf_printf(&text, "held back by its CPU quota for %.0f %% of the time",
			   p->throttled * 100);
	else if (p->steal > HEALTH_STEAL_MAX)
		buf_printf(&text, "other guests of the host had %.0f %% of the CPU",
			   p->steal * 100);
	else if (share > HEALTH_CPU_MAX)
		buf_printf(&text, "CPU of thread %u at %.0f %%", thread + 1, share * 100);
	else {
		buf_add(&text, STR("schedule lag p99 "));
		units_put_time(&text, lag, true);
	}
	snprintf(h->why, sizeof h->why, "%s", text.data);
	buf_release(&text);
}

/* The share of the thread that used most; *THREAD says which. */
static double take_cpu(struct generator_health *h, const double *cpu, unsigned *thread)
{
	double worst = 0;

	for (unsigned i = 0; i < h->threads; i++) {
		h->cpu[i] += (cpu[i] - h->cpu[i]) / h->seconds;
		if (cpu[i] > h->cpu_max[i])
			h->cpu_max[i] = cpu[i];
		if (cpu[i] > worst) {
			worst = cpu[i];
			*thread = i;
			if (worst > HEALTH_CPU_MAX && worst >= h->cpu_max[h->worst_thread])
				h->worst_thread = i;
		}
	}
	return worst;
}

void health_second(struct generator_health *h, const double *cpu, ns_t lag_p99,
		   const struct health_pressure *pressure)
{
	static const struct health_pressure none = {0, 0};
	const struct health_pressure *p = pressure ? pressure : &none;
	bool by_lag = lag_p99 > HEALTH_LAG_MAX, by_cpu, by_quota, by_steal;
	unsigned thread = 0;
	double worst;

	h->seconds++;
	worst = take_cpu(h, cpu, &thread);
	by_cpu = worst > HEALTH_CPU_MAX;
	by_quota = p->throttled > HEALTH_THROTTLED_MAX;
	by_steal = p->steal > HEALTH_STEAL_MAX;
	h->limited_by_cpu += by_cpu;
	h->limited_by_lag += by_lag;
	h->limited_by_quota += by_quota;
	h->limited_by_steal += by_steal;
	if (p->throttled > h->throttled_max)
		h->throttled_max = p->throttled;
	if (p->steal > h->steal_max)
		h->steal_max = p->steal;
	h->limited = by_cpu || by_lag || by_quota || by_steal;
	h->limited_seconds += h->limited;
	say_why(h, thread, worst, lag_p99, p);
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

	return !unmade || c->ok || series_counts_failed(c) > unmade;
}

/* An iteration may fail without a request: by an expression, by a `while` without end. */
bool verdict_nothing_failed(const struct summary *s)
{
	return series_counts_failed(&s->all.counts) == 0 &&
	       series_counts_failed(&s->iterations.counts) == 0 && s->run.users_failed == 0 &&
	       s->run.after_users_failed == 0;
}

bool verdict_tidy(const struct summary *s)
{
	return s->run.teardowns_failed == 0;
}
