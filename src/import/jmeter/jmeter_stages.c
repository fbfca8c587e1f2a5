/*
 * The thread groups of JMeter's plugins as stages: Stepping, Ultimate, Concurrency, Arrivals and
 * Free-Form Arrivals.
 */
#include <stdlib.h>

#include "import/jmeter/jmeter.h"

#define STEPS_MAX 500u

void jmeter_ramp(struct jmeter *j, struct yaml_writer_node *stages, struct str level,
		 struct str over)
{
	struct yaml_writer_node *stage =
	    yaml_writer_add(j->arena, stages, yaml_writer_map(j->arena));

	stage->flow = true;
	yaml_writer_put_text(j->arena, stage, STR("ramp_to"), level);
	yaml_writer_put_text(j->arena, stage, STR("over"), over);
}

void jmeter_hold(struct jmeter *j, struct yaml_writer_node *stages, struct str length)
{
	struct yaml_writer_node *stage =
	    yaml_writer_add(j->arena, stages, yaml_writer_map(j->arena));

	stage->flow = true;
	yaml_writer_put_text(j->arena, stage, STR("hold"), length);
}

static struct str seconds(struct jmeter *j, double value)
{
	return arena_printf(j->arena, "%.10gs", value);
}

static struct str users(struct jmeter *j, double value)
{
	return arena_printf(j->arena, "%.0f", value);
}

static double value_of(struct jmeter *j, const struct jmx *group, const char *name)
{
	double value;

	return jmeter_is_number(j, jmx_text(group, name), &value) && value > 0 ? value : 0;
}

static struct yaml_writer_node *load_of(struct jmeter *j, struct yaml_writer_node *stages)
{
	struct yaml_writer_node *load = yaml_writer_map(j->arena);

	if (!stages->members.count)
		return NULL;
	yaml_writer_put(j->arena, load, STR("stages"), stages);
	return load;
}

/* ---- Stepping Thread Group */

static void step_down(struct jmeter *j, const struct jmx *group, struct yaml_writer_node *stages,
		      double level)
{
	double count = value_of(j, group, "Stop users count");
	double period = value_of(j, group, "Stop users period");

	while (count > 0 && level > 0 && stages->members.count < STEPS_MAX) {
		level = level > count ? level - count : 0;
		jmeter_ramp(j, stages, users(j, level), STR("0s"));
		if (level > 0 && period > 0)
			jmeter_hold(j, stages, seconds(j, period));
	}
}

static struct yaml_writer_node *stepping(struct jmeter *j, const struct jmx *group)
{
	struct yaml_writer_node *stages = yaml_writer_list(j->arena);
	double total = value_of(j, group, "ThreadGroup.num_threads");
	double delay = value_of(j, group, "Threads initial delay");
	double count = value_of(j, group, "Start users count");
	double burst = value_of(j, group, "Start users count burst");
	double period = value_of(j, group, "Start users period");
	double ramp = value_of(j, group, "rampUp"), flight = value_of(j, group, "flighttime");
	double level = 0;

	if (delay > 0) {
		jmeter_ramp(j, stages, STR("0"), STR("0s"));
		jmeter_hold(j, stages, seconds(j, delay));
	}
	while (level < total && stages->members.count < STEPS_MAX) {
		double more = level > 0 || burst <= 0 ? count : burst;

		level = more <= 0 || level + more > total ? total : level + more;
		jmeter_ramp(j, stages, users(j, level), seconds(j, ramp));
		if (level < total && period > 0)
			jmeter_hold(j, stages, seconds(j, period));
	}
	if (flight > 0)
		jmeter_hold(j, stages, seconds(j, flight));
	step_down(j, group, stages, level);
	return load_of(j, total > 0 ? stages : yaml_writer_list(j->arena));
}

/* ---- Ultimate Thread Group */

struct wave {
	double users, begin, full, end, gone;
};

struct waves {
	VEC(struct wave) items;
};

/* The users of all waves at time AT; before a jump at this time, or after it. */
static double users_at(const struct waves *all, double at, bool after)
{
	double sum = 0;

	for (size_t i = 0; i < all->items.count; i++) {
		const struct wave *w = &all->items.items[i];

		if (at < w->begin || (at <= w->begin && !(after && w->full <= w->begin)))
			continue;
		if (at < w->full)
			sum += w->users * (at - w->begin) / (w->full - w->begin);
		else if (at < w->end || (at <= w->end && !(after && w->gone <= w->end)))
			sum += w->users;
		else if (at < w->gone)
			sum += w->users * (w->gone - at) / (w->gone - w->end);
	}
	return (double)(int64_t)(sum + 0.5);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void read_waves(struct jmeter *j, const struct jmx *group, struct waves *all)
{
	const struct jmx *rows = jmx_property(group, "ultimatethreadgroupdata");

	for (size_t i = 0; rows && i < rows->children.count && i < STEPS_MAX; i++) {
		const struct jmx *row = rows->children.items[i];
		double v[5] = {0};
		struct wave w;

		for (size_t k = 0; k < 5 && k < row->children.count; k++)
			if (!jmeter_is_number(j, row->children.items[k]->text, &v[k]) || v[k] < 0)
				v[k] = 0;
		w = (struct wave){.users = v[0], .begin = v[1], .full = v[1] + v[2]};
		w.end = w.full + v[3];
		w.gone = w.end + v[4];
		VEC_PUSH(j->arena, &all->items, w);
	}
}

static struct yaml_writer_node *ultimate(struct jmeter *j, const struct jmx *group)
{
	struct yaml_writer_node *stages = yaml_writer_list(j->arena);
	struct waves all = {0};
	double *times, level = 0;
	size_t count = 0;

	read_waves(j, group, &all);
	times = ARENA_ARRAY(j->arena, all.items.count * 4 + 1, double);
	times[count++] = 0;
	for (size_t i = 0; i < all.items.count; i++) {
		const struct wave *w = &all.items.items[i];

		times[count++] = w->begin;
		times[count++] = w->full;
		times[count++] = w->end;
		times[count++] = w->gone;
	}
	qsort(times, count, sizeof *times, compare);
	for (size_t i = 0; i < count; i++) {
		double after = users_at(&all, times[i], true), next;

		if (i + 1 < count && times[i + 1] <= times[i])
			continue;
		if (after != level || !stages->members.count)
			jmeter_ramp(j, stages, users(j, after), STR("0s"));
		level = after;
		if (i + 1 == count)
			break;
		next = users_at(&all, times[i + 1], false);
		if (next == level)
			jmeter_hold(j, stages, seconds(j, times[i + 1] - times[i]));
		else
			jmeter_ramp(j, stages, users(j, next), seconds(j, times[i + 1] - times[i]));
		level = next;
	}
	return load_of(j, count > 1 ? stages : yaml_writer_list(j->arena));
}

/* ---- Concurrency, Arrivals and Free-Form Arrivals Thread Group */

/* A level of threads, or of arrivals per UNIT. */
static struct str level_of(struct jmeter *j, bool arrivals, struct str unit, struct str value)
{
	return arrivals ? arena_printf(j->arena, "%.*s/%s", STR_ARG(value),
				       str_eq(unit, STR("M")) ? "m" : "s")
			: value;
}

static struct yaml_writer_node *target_level(struct jmeter *j, const struct jmx *group,
					     bool arrivals)
{
	struct yaml_writer_node *stages = yaml_writer_list(j->arena), *load;
	struct str unit = jmx_text(group, "Unit"),
		   level = jmeter_number(j, jmx_text(group, "TargetLevel"));
	struct str limit = jmeter_number(j, jmx_text(group, "ConcurrencyLimit"));
	const char *time = str_eq(unit, STR("M")) ? "m" : "s";
	double ramp = value_of(j, group, "RampUp"), steps = value_of(j, group, "Steps"), top = 0;

	if (!level.ptr || (str_to_double(level, &top) && top <= 0))
		return NULL;
	steps = steps > STEPS_MAX / 2 ? STEPS_MAX / 2 : steps;
	if (steps >= 1 && ramp > 0 && top > 0) {
		for (double i = 1; i <= steps; i++) {
			struct str part = arrivals
					      ? arena_printf(j->arena, "%.10g", top * i / steps)
					      : users(j, top * i / steps);

			jmeter_ramp(j, stages, level_of(j, arrivals, unit, part), STR("0s"));
			jmeter_hold(j, stages,
				    arena_printf(j->arena, "%.10g%s", ramp / steps, time));
		}
	} else {
		jmeter_ramp(j, stages, level_of(j, arrivals, unit, level),
			    ramp > 0 ? jmeter_load_time(j, group, jmx_text(group, "RampUp"), time)
				     : STR("0s"));
	}
	if (value_of(j, group, "Hold") > 0)
		jmeter_hold(j, stages, jmeter_load_time(j, group, jmx_text(group, "Hold"), time));
	load = load_of(j, stages);
	if (arrivals && limit.ptr && !(str_to_double(limit, &top) && top < 1))
		yaml_writer_put_text(j->arena, load, STR("max_users"), limit);
	return load;
}

static struct yaml_writer_node *free_form(struct jmeter *j, const struct jmx *group)
{
	struct yaml_writer_node *stages = yaml_writer_list(j->arena);
	const struct jmx *rows = jmx_property(group, "Schedule");
	struct str unit = jmx_text(group, "Unit");
	const char *time = str_eq(unit, STR("M")) ? "m" : "s";

	for (size_t i = 0; rows && i < rows->children.count && i < STEPS_MAX; i++) {
		const struct jmx *row = rows->children.items[i];
		double v[3] = {0};

		for (size_t k = 0; k < 3 && k < row->children.count; k++)
			if (!jmeter_is_number(j, row->children.items[k]->text, &v[k]) || v[k] < 0)
				v[k] = 0;
		jmeter_ramp(j, stages,
			    level_of(j, true, unit, arena_printf(j->arena, "%.10g", v[0])),
			    STR("0s"));
		jmeter_ramp(j, stages,
			    level_of(j, true, unit, arena_printf(j->arena, "%.10g", v[1])),
			    arena_printf(j->arena, "%.10g%s", v[2], time));
	}
	return load_of(j, stages);
}

struct yaml_writer_node *jmeter_stages(struct jmeter *j, const struct jmx *group)
{
	struct yaml_writer_node *load = NULL;

	if (jmeter_is(group, "ThreadGroup"))
		return NULL;
	if (jmeter_is(group, "SteppingThreadGroup"))
		load = stepping(j, group);
	else if (jmeter_is(group, "UltimateThreadGroup"))
		load = ultimate(j, group);
	else if (jmeter_is(group, "ConcurrencyThreadGroup"))
		load = target_level(j, group, false);
	else if (jmeter_is(group, "ArrivalsThreadGroup"))
		load = target_level(j, group, true);
	else if (jmeter_is(group, "FreeFormArrivalsThreadGroup"))
		load = free_form(j, group);
	if (!load)
		jmeter_note(j, group, "its load is not known; one user is used");
	return load;
}
