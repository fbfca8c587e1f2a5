#include "stats/health.h"

#include <stdio.h>
#include <string.h>

#include "base/units.h"

#define LIMITED_MAX   0.02		 /* of the evaluated time */
#define TOLERANT_FROM (9900 * NS_PER_MS) /* about 10 s: one limited second is tolerated */
#define OWN_CPU_LOW   0.5 /* of a core: below, a waiting thread was kept by other programs */

void health_init(struct generator_health *h, unsigned threads)
{
	memset(h, 0, sizeof *h);
	h->threads = threads < HEALTH_THREADS ? threads : HEALTH_THREADS;
}

void health_put_waiting(struct buf *out, double waiting, double cpu)
{
	if (cpu < OWN_CPU_LOW)
		buf_printf(out,
			   "other programs used this machine's CPU: a thread waited for %.0f %% "
			   "of a second",
			   waiting * 100);
	else
		buf_printf(out, "a thread waited for the CPU for %.0f %% of a second",
			   waiting * 100);
}

/* The first of the causes, in the order of the enum. */
static void put_reason(struct generator_health *h, const bool *causes, unsigned thread,
		       double share, ns_t lag, const struct health_pressure *p)
{
	struct buf text;

	buf_init(&text, 0);
	if (causes[HEALTH_STOPPED])
		buf_add(&text, STR("the process did not run"));
	else if (causes[HEALTH_QUOTA])
		buf_printf(&text, "held back by its CPU quota for %.0f %% of the time",
			   p->throttled * 100);
	else if (causes[HEALTH_STEAL])
		buf_printf(&text, "other guests of the host had %.0f %% of the CPU",
			   p->steal * 100);
	else if (causes[HEALTH_WAITING])
		health_put_waiting(&text, p->waiting, share);
	else if (causes[HEALTH_CPU])
		buf_printf(&text, "CPU of thread %u at %.0f %%", thread + 1, share * 100);
	else {
		buf_add(&text, STR("schedule lag p99 "));
		units_put_time(&text, lag, true);
	}
	snprintf(h->why, sizeof h->why, "%s", text.data);
	buf_release(&text);
}

/* Returns the CPU of the busiest thread; *THREAD is its index. */
static double add_cpu(struct generator_health *h, const double *cpu, ns_t length, unsigned *thread)
{
	double worst = 0, weight = (double)length / (double)h->evaluated;

	for (unsigned i = 0; i < h->threads; i++) {
		h->cpu[i] += (cpu[i] - h->cpu[i]) * weight;
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

static void add_pressure(struct generator_health *h, const struct health_pressure *p, double cpu)
{
	if (p->throttled > h->throttled_max)
		h->throttled_max = p->throttled;
	if (p->steal > h->steal_max)
		h->steal_max = p->steal;
	if (p->waiting > h->waiting_max) {
		h->waiting_max = p->waiting;
		h->waiting_cpu = cpu;
	}
}

void health_interval(struct generator_health *h, ns_t length, const double *cpu, ns_t lag_p99,
		     const struct health_pressure *pressure)
{
	static const struct health_pressure none = {0, 0, 0};
	const struct health_pressure *p = pressure ? pressure : &none;
	bool causes[HEALTH_CAUSE_COUNT] = {false};
	unsigned thread = 0;
	double worst;

	h->limited_now = false;
	h->why[0] = '\0';
	if (length < HEALTH_SHORTEST)
		return;
	h->evaluated += length;
	if (length > h->gap_max)
		h->gap_max = length;
	worst = add_cpu(h, cpu, length, &thread);
	add_pressure(h, p, worst);
	if (lag_p99 > h->lag_max)
		h->lag_max = lag_p99;
	causes[HEALTH_STOPPED] = length > HEALTH_GAP_MAX;
	causes[HEALTH_QUOTA] = p->throttled > HEALTH_THROTTLED_MAX;
	causes[HEALTH_STEAL] = p->steal > HEALTH_STEAL_MAX;
	causes[HEALTH_WAITING] = p->waiting > HEALTH_WAITING_MAX;
	causes[HEALTH_CPU] = worst > HEALTH_CPU_MAX;
	causes[HEALTH_LAG] = lag_p99 > HEALTH_LAG_MAX;
	for (unsigned i = 0; i < HEALTH_CAUSE_COUNT; i++) {
		h->limited_by[i] += causes[i] ? length : 0;
		h->limited_now |= causes[i];
	}
	if (!h->limited_now)
		return;
	h->limited += length;
	h->limited_count++;
	put_reason(h, causes, thread, worst, lag_p99, p);
}

bool health_is_limited(const struct generator_health *h)
{
	if ((double)h->limited <= (double)h->evaluated * LIMITED_MAX)
		return false;
	return h->evaluated < TOLERANT_FROM || h->limited_count > 1;
}

enum health_cause health_main_cause(const struct generator_health *h)
{
	for (unsigned i = 0; i < HEALTH_CPU; i++)
		if (h->limited_by[i] * 2 >= h->limited)
			return (enum health_cause)i;
	return h->limited_by[HEALTH_CPU] ? HEALTH_CPU : HEALTH_LAG;
}

double health_cpu(const struct generator_health *h)
{
	double sum = 0;

	for (unsigned i = 0; i < h->threads; i++)
		sum += h->cpu[i];
	return sum;
}

void health_put_limited(const struct generator_health *h, struct buf *out)
{
	double limited = (double)h->limited / (double)NS_PER_S;
	int digits = h->evaluated < TOLERANT_FROM ? 1 : 0;

	/* A part of a second must not become "0 of 11 s". */
	if (limited < 0.95)
		digits = limited < 0.05 ? 2 : 1;
	buf_printf(out, "%.*f of %.*f s", digits, limited, digits,
		   (double)h->evaluated / (double)NS_PER_S);
}
