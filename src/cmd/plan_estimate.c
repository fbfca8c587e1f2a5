#include "cmd/plan_estimate.h"

#include "scenario/step_lists.h"
#include "scenario/think_time.h"

/* The sums of one iteration while its steps are visited. */
struct effort {
	const struct model *model;
	struct plan_estimate sum;
	double rounds;		 /* how often the current steps run */
	const struct step *step; /* the step whose lists are visited */
	size_t list;
};

static double think_mean_s(const struct think_time *t)
{
	ns_t mean = t->kind == THINK_NONE ? 0 : t->kind == THINK_RANGE ? (t->a + t->b) / 2 : t->a;

	return (double)mean / (double)NS_PER_S;
}

static void add_step(struct effort *effort, const struct step *step, bool think_follows)
{
	if (step->kind->flags & STEP_REQUEST) {
		effort->sum.requests += effort->rounds;
		if (!think_follows)
			effort->sum.pause_s +=
			    effort->rounds * think_mean_s(&effort->model->defaults.think);
	}
	for (const struct field *row = step->kind->fields; row->key; row++) {
		const void *value = (const char *)step->data + row->offset;

		if (row->type == FIELD_SPECIAL && row->special == &think_value_special)
			effort->sum.pause_s +=
			    effort->rounds *
			    think_mean_s(&((const struct think_value *)value)->time);
	}
}

static void add_steps(struct effort *effort, const struct steps *steps);

/* One of the lists inside a step. */
static void add_list(void *owner, const struct steps *steps)
{
	struct effort *effort = owner, before = *effort;
	double rounds = 1;

	if (before.step->kind->rounds)
		rounds = before.step->kind->rounds(before.step, before.list);
	effort->sum.loops_counted_once |= rounds < 0;
	effort->rounds *= rounds < 0 ? 1 : rounds;
	add_steps(effort, steps);
	effort->rounds = before.rounds;
	effort->step = before.step;
	effort->list = before.list + 1;
}

static void add_flow(struct effort *effort, const struct step *step)
{
	const struct str *name =
	    (const struct str *)(const void *)((const char *)step->data + step->action->offset);

	for (size_t i = 0; i < effort->model->flow_count; i++)
		if (str_eq(effort->model->flows[i].name, *name))
			add_steps(effort, &effort->model->flows[i].steps);
}

static void add_steps(struct effort *effort, const struct steps *steps)
{
	for (size_t i = 0; i < steps->count; i++) {
		const struct step *step = &steps->items[i];
		bool last = i + 1 == steps->count;

		add_step(effort, step, !last && (step[1].kind->flags & STEP_THINK));
		if (step->kind->flags & STEP_CALL)
			add_flow(effort, step);
		effort->step = step;
		effort->list = 0;
		step_lists_visit(step, add_list, effort);
	}
}

struct plan_estimate plan_estimate_scenario(const struct model *m, const struct scenario *scenario)
{
	double pace_s = (double)scenario->pace / (double)NS_PER_S, busy_s;
	struct effort one = {.model = m, .rounds = 1};

	add_steps(&one, &scenario->steps);
	busy_s = one.sum.requests * PLAN_ESTIMATE_RESPONSE_S;
	if (one.sum.pause_s + busy_s < pace_s)
		one.sum.pause_s = pace_s - busy_s;
	return one.sum;
}

/* 0: the scenario has its own load. */
static double shared_weight(const struct scenario *s)
{
	return s->has_load ? 0 : s->weight;
}

struct plan_estimate plan_estimate_iteration(const struct model *m)
{
	struct plan_estimate mean = {0};
	double weights = 0;

	for (size_t i = 0; i < m->scenario_count; i++)
		weights += shared_weight(&m->scenarios[i]);
	for (size_t i = 0; i < m->scenario_count; i++) {
		struct plan_estimate one = plan_estimate_scenario(m, &m->scenarios[i]);
		double share = weights > 0 ? shared_weight(&m->scenarios[i]) / weights : 0;

		mean.requests += share * one.requests;
		mean.pause_s += share * one.pause_s;
		mean.loops_counted_once |= one.loops_counted_once;
	}
	return mean;
}

static bool has_own_loads(const struct model *m)
{
	for (size_t i = 0; i < m->scenario_count; i++)
		if (m->scenarios[i].has_load)
			return true;
	return false;
}

double plan_estimate_iteration_s(const struct plan_estimate *iteration)
{
	return iteration->pause_s + iteration->requests * PLAN_ESTIMATE_RESPONSE_S;
}

bool plan_estimate_is_too_long(const struct model *m, const struct plan_estimate *iteration)
{
	return m->load.duration && !has_own_loads(m) &&
	       plan_estimate_iteration_s(iteration) > (double)m->load.duration / (double)NS_PER_S;
}

double plan_estimate_rate(const struct model *m, const struct plan_estimate *iteration)
{
	const struct load *load = &m->load;
	double iteration_s = plan_estimate_iteration_s(iteration);

	if (!load->duration || has_own_loads(m))
		return 0;
	if (load->open)
		return load->arrivals * iteration->requests;
	return iteration_s > 0 ? (double)load->users * iteration->requests / iteration_s : 0;
}

uint64_t plan_estimate_connections(const struct program *program)
{
	uint64_t branches = program->fiber_count > 1 ? program->fiber_count - 1 : 1;
	uint64_t limit = (uint64_t)program->model->defaults.connections.per_host;

	return branches > limit ? limit : branches;
}
