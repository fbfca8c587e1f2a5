#include "run/arrival_schedule.h"

#define ARRIVAL_DRAWS UINT64_MAX /* in place of a fiber's number in other keys */

static ns_t arrival_due(struct arrival_schedule *p)
{
	const struct load_shape *shape = &p->load->shape;

	if (!p->load->random)
		return load_shape_due(shape, (double)p->entry);
	while (p->walked <= p->entry) {
		p->walk += random_exponential(&p->draws, 1);
		p->walked++;
	}
	return load_shape_due(shape, p->walk);
}

static void look_up(struct arrival_schedule *p)
{
	const struct load_plan *load = p->load;

	p->due = p->leave = NS_NEVER;
	/* With random spacing there may be more arrivals than the mean, or fewer. */
	if (p->entry >= load->entries && !(load->random && load->end != NS_NEVER))
		return;
	if (load->open)
		p->due = arrival_due(p);
	else
		load_shape_user_times(&load->shape, p->entry, &p->due, &p->leave);
	if (p->due != NS_NEVER)
		p->due += load->begin;
	if (p->leave != NS_NEVER)
		p->leave += load->begin;
	if (p->due >= load->end)
		p->due = NS_NEVER;
	if (load->end < p->leave)
		p->leave = load->end;
}

void arrival_schedule_init(struct arrival_schedule *p, const struct run_plan *plan, uint32_t which,
			   unsigned worker)
{
	unsigned shard = plan->shard - 1, shards = plan->shards;

	*p = (struct arrival_schedule){.load = &plan->loads.items[which],
				       .entry = shard + (uint64_t)shards * worker,
				       .step = (uint64_t)shards * plan->threads};
	/* The arrivals of several random loads are independent of each other. */
	p->draws = random_stream(plan->settings.seed, which, 0, ARRIVAL_DRAWS);
	look_up(p);
}

void arrival_schedule_advance(struct arrival_schedule *p)
{
	p->entry += p->step;
	look_up(p);
}

uint64_t arrival_schedule_number(const struct arrival_schedule *p)
{
	return p->load->number + p->entry * p->load->stride;
}

void arrival_schedule_stop(struct arrival_schedule *p)
{
	p->due = NS_NEVER;
}
