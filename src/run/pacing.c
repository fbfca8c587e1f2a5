#include "run/pacing.h"

#include <math.h>

#define ARRIVAL_DRAWS UINT64_MAX /* stands where a strand stands in other keys */

ns_t pacing_arrival(double count, double rate, ns_t ramp)
{
	double ramp_s = (double)ramp / (double)NS_PER_S;
	double in_ramp = rate * ramp_s / 2;
	double at = count < in_ramp ? sqrt(2 * count * ramp_s / rate) : count / rate + ramp_s / 2;

	return (ns_t)llround(at * (double)NS_PER_S);
}

static ns_t arrival_due(struct pacing *p)
{
	const struct load *load = &p->plan->settings.load;

	if (load->spacing == SPACING_EVEN)
		return pacing_arrival((double)p->next, load->arrivals, load->ramp_up);
	while (p->walked <= p->next) {
		p->walk += draw_exponential(&p->draws, 1);
		p->walked++;
	}
	return pacing_arrival(p->walk, load->arrivals, load->ramp_up);
}

static void look_up(struct pacing *p)
{
	const struct run_plan *plan = p->plan;
	uint64_t most = plan->open ? plan->total : plan->users;

	if (most && p->next >= most) {
		p->due = NS_NEVER;
		return;
	}
	if (plan->open)
		p->due = arrival_due(p);
	else
		p->due = (ns_t)((double)plan->settings.load.ramp_up * (double)p->next /
				(double)plan->users);
	if (p->due >= plan->duration)
		p->due = NS_NEVER;
}

void pacing_init(struct pacing *p, const struct run_plan *plan, unsigned worker)
{
	*p = (struct pacing){.plan = plan, .next = worker};
	p->draws = draws_for(plan->settings.seed, 0, 0, ARRIVAL_DRAWS);
	look_up(p);
}

void pacing_advance(struct pacing *p)
{
	p->next += p->plan->threads;
	look_up(p);
}

void pacing_stop(struct pacing *p)
{
	p->due = NS_NEVER;
}
