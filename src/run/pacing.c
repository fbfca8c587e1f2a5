#include "run/pacing.h"

#define ARRIVAL_DRAWS UINT64_MAX /* stands where a strand stands in other keys */

static ns_t arrival_due(struct pacing *p)
{
	const struct profile *profile = &p->load->profile;

	if (!p->load->random)
		return profile_due(profile, (double)p->entry);
	while (p->walked <= p->entry) {
		p->walk += draw_exponential(&p->draws, 1);
		p->walked++;
	}
	return profile_due(profile, p->walk);
}

static void look_up(struct pacing *p)
{
	const struct load_plan *load = p->load;

	p->due = p->leave = NS_NEVER;
	/* At random there may be more of them than on the average, or fewer. */
	if (p->entry >= load->entries && !(load->random && load->end != NS_NEVER))
		return;
	if (load->open)
		p->due = arrival_due(p);
	else
		profile_visit(&load->profile, p->entry, &p->due, &p->leave);
	if (p->due != NS_NEVER)
		p->due += load->begin;
	if (p->leave != NS_NEVER)
		p->leave += load->begin;
	if (p->due >= load->end)
		p->due = NS_NEVER;
	if (load->end < p->leave)
		p->leave = load->end;
}

void pacing_init(struct pacing *p, const struct run_plan *plan, uint32_t which, unsigned worker)
{
	unsigned shard = plan->shard - 1, shards = plan->shards;

	*p = (struct pacing){.load = &plan->loads.items[which],
			     .entry = shard + (uint64_t)shards * worker,
			     .step = (uint64_t)shards * plan->threads};
	/* Several loads at random come independently of each other. */
	p->draws = draws_for(plan->settings.seed, which, 0, ARRIVAL_DRAWS);
	look_up(p);
}

void pacing_advance(struct pacing *p)
{
	p->entry += p->step;
	look_up(p);
}

uint64_t pacing_number(const struct pacing *p)
{
	return p->load->number + p->entry * p->load->stride;
}

void pacing_stop(struct pacing *p)
{
	p->due = NS_NEVER;
}
