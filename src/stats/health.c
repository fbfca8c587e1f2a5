#include "stats/health.h"

#include <stdio.h>
#include <string.h>

#include "base/units.h"

void health_init(struct generator_health *h, unsigned threads)
{
	memset(h, 0, sizeof *h);
	h->threads = threads < HEALTH_THREADS ? threads : HEALTH_THREADS;
}

static void put_reason(struct generator_health *h, unsigned thread, double share, ns_t lag,
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
		buf_printf(&text, "other guests of the host used %.0f %% of the CPU",
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
static double add_cpu(struct generator_health *h, const double *cpu, unsigned *thread)
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
	worst = add_cpu(h, cpu, &thread);
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
	put_reason(h, thread, worst, lag_p99, p);
}

double health_cpu(const struct generator_health *h)
{
	double sum = 0;

	for (unsigned i = 0; i < h->threads; i++)
		sum += h->cpu[i];
	return sum;
}
