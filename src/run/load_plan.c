#include "run/load_plan.h"

#include "program/replay_recording.h"

uint64_t load_plan_share(uint64_t count, unsigned part, unsigned parts)
{
	return count / parts + (part <= count % parts);
}

/* ---- which scenarios */

static void draw_from_scenarios(struct load_plan *lp, struct arena *a,
				const struct program *program, bool all)
{
	uint32_t *scenarios = ARENA_ARRAY(a, program->scenario_count, uint32_t);
	double *upto = ARENA_ARRAY(a, program->scenario_count, double);
	double sum = 0, at = 0;

	for (uint32_t i = 0; i < program->scenario_count; i++) {
		if (program->scenarios[i].load && !all)
			continue;
		scenarios[lp->scenario_count++] = i;
		sum += program->scenarios[i].weight;
	}
	for (uint32_t i = 0; i < lp->scenario_count; i++)
		upto[i] = at += program->scenarios[scenarios[i]].weight / sum;
	if (lp->scenario_count)
		upto[lp->scenario_count - 1] = 1;
	lp->scenarios = scenarios;
	lp->upto = upto;
}

static void draw_one_scenario(struct load_plan *lp, struct arena *a, uint32_t scenario)
{
	uint32_t *scenarios = ARENA_ARRAY(a, 1, uint32_t);
	double *upto = ARENA_ARRAY(a, 1, double);

	*scenarios = scenario;
	*upto = 1;
	lp->scenarios = scenarios;
	lp->scenario_count = 1;
	lp->upto = upto;
}

/* ---- how many */

static uint64_t positive(int64_t count)
{
	return count > 0 ? (uint64_t)count : 0;
}

static void bound(struct load_plan *lp, const struct load *load, unsigned shard, unsigned shards)
{
	uint64_t total = positive(load->total_iterations);

	lp->entries = load_shape_entries(&lp->shape);
	if (lp->open) {
		if (lp->end == NS_NEVER && !total)
			total = load->iterations ? positive(load->iterations) : 1;
		if (total && total < lp->entries)
			lp->entries = total;
	} else {
		lp->bounded = total > 0;
		lp->total = load_plan_share(total, shard, shards);
		lp->max = positive(load->iterations);
		if (!lp->max && !total && lp->end == NS_NEVER)
			lp->max = 1;
	}
	lp->max_users = load->max_users > 0
			    ? (int64_t)load_plan_share(positive(load->max_users), shard, shards)
			    : -1;
}

static ns_t later(ns_t at, ns_t length)
{
	return at == NS_NEVER || length == NS_NEVER ? NS_NEVER : at + length;
}

/* Start, warm-up and end of LP, whose shape and begin are set. */
static void set_times(struct load_plan *lp, const struct load *load)
{
	lp->grace = load->grace;
	lp->end = later(lp->begin, lp->shape.length);
	lp->abort_at = later(lp->end, lp->grace);
	lp->measured = lp->begin + load->warm_up;
	lp->open = lp->shape.rate;
	lp->random = lp->open && load->spacing == SPACING_RANDOM;
}

/* From the first request to just after the last, or as long as requested. */
static ns_t replay_length(const struct replay_file *replay, const struct load *load)
{
	ns_t length =
	    replay_file_start_time(replay, replay->last_at, load->replay.speed) + NS_PER_MS;

	return load->duration && load->duration < length ? load->duration : length;
}

static void add_load(struct load_plan_list *plans, struct arena *a, const struct load *load,
		     const struct replay_file *recorded, ns_t begin, unsigned shard,
		     unsigned shards)
{
	struct load_plan *lp = &plans->items[plans->count++];

	lp->begin = begin;
	/* For a search: the maximum; the levels are set one by one by load_plan_level. */
	if (load->capacity.wanted)
		load_shape_init_level(&lp->shape, a, load->open, load->capacity.to.value,
				      load->capacity.hold);
	else if (recorded)
		load_shape_init_level(&lp->shape, a, true, 0, replay_length(recorded, load));
	else
		load_shape_init(&lp->shape, a, load);
	set_times(lp, load);
	bound(lp, load, shard, shards);
	if (recorded)
		lp->entries = recorded->lines;
}

static void add_once(struct load_plan_list *plans, struct arena *a, const struct program *program,
		     const struct load *load)
{
	struct load_plan *lp = &plans->items[plans->count++];
	struct load once = {.users = 1, .grace = load->grace};

	load_shape_init(&lp->shape, a, &once);
	set_times(lp, &once);
	lp->entries = 1;
	lp->max = program->scenario_count;
	lp->max_users = -1;
	draw_from_scenarios(lp, a, program, true);
}

/* ---- all loads */

static void number_users(struct load_plan_list *plans)
{
	uint32_t open = 0, turn = 0;

	for (uint32_t i = 0; i < plans->count; i++) {
		struct load_plan *lp = &plans->items[i];

		open += lp->open;
		if (lp->open)
			continue;
		lp->number = plans->closed;
		lp->stride = 1;
		plans->closed += lp->entries;
		plans->classes = 1;
	}
	for (uint32_t i = 0; i < plans->count; i++) {
		struct load_plan *lp = &plans->items[i];

		if (!lp->open)
			continue;
		lp->number = plans->closed + turn++;
		lp->stride = open;
		lp->class = plans->classes++;
	}
}

static void find_edges(struct load_plan_list *plans)
{
	plans->warm_up = NS_NEVER;
	for (uint32_t i = 0; i < plans->count; i++) {
		const struct load_plan *lp = &plans->items[i];

		if (lp->end > plans->end)
			plans->end = lp->end;
		if (lp->grace > plans->grace)
			plans->grace = lp->grace;
		if (lp->measured < plans->warm_up)
			plans->warm_up = lp->measured;
	}
	/* The time before the first load begins is not a warm-up: nothing is sent in it. */
	for (uint32_t i = 0; i < plans->count; i++)
		if (plans->items[i].begin < plans->warm_up)
			return;
	plans->warm_up = 0;
}

void load_plan_list_init(struct load_plan_list *plans, struct arena *a,
			 const struct program *program, const struct load *common, bool once,
			 unsigned shard, unsigned shards)
{
	bool draws = false;

	*plans = (struct load_plan_list){
	    .items = ARENA_ARRAY(a, program->scenario_count + 1, struct load_plan)};
	for (uint32_t i = 0; i < program->scenario_count; i++)
		draws |= !program->scenarios[i].load;
	if (once) {
		add_once(plans, a, program, common);
	} else if (draws) {
		add_load(plans, a, common, common->replay.file.len ? program->model->replay : NULL,
			 0, shard, shards);
		draw_from_scenarios(&plans->items[0], a, program, false);
	}
	for (uint32_t i = 0; i < program->scenario_count && !once; i++) {
		const struct scenario_plan *s = &program->scenarios[i];

		if (!s->load)
			continue;
		add_load(plans, a, s->load, NULL, s->start_after, shard, shards);
		draw_one_scenario(&plans->items[plans->count - 1], a, i);
	}
	number_users(plans);
	find_edges(plans);
}

void load_plan_level(struct load_plan_list *plans, struct arena *a, double level, ns_t length)
{
	struct load_plan *lp = &plans->items[0];

	load_shape_init_level(&lp->shape, a, lp->shape.rate, level, length);
	lp->end = lp->begin + length;
	lp->abort_at = later(lp->end, lp->grace);
	lp->measured = lp->begin;
	lp->entries = load_shape_entries(&lp->shape);
	plans->closed = 0;
	plans->classes = 0;
	plans->end = 0;
	number_users(plans);
	find_edges(plans);
}

uint64_t load_plan_row_turn(const struct load_plan_list *plans, const struct load_plan *load,
			    uint64_t number, uint64_t iteration)
{
	uint64_t turn = load->open ? (number - load->number) / load->stride
				   : (iteration - 1) * plans->closed + number;

	return turn * plans->classes + load->class;
}
