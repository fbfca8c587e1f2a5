/* Timers as think times before each sampler in their scope, and the Flow Control Action. */
#include "import/jmeter/jmeter.h"

#include <math.h>

/* A number of milliseconds as a duration. */
static struct str time_of(struct jmeter *j, double milliseconds)
{
	return jmeter_duration(j, NULL, arena_printf(j->arena, "%.0f", milliseconds), "ms");
}

/* The think time of a timer; ptr NULL if it has none. */
static struct str think_of(struct jmeter *j, const struct jmx *e)
{
	struct str delay = str_trim(jmx_text(e, "ConstantTimer.delay"));
	double base = 0, spread = 0;
	bool known = !delay.len || jmeter_is_number(j, delay, &base);

	if (jmeter_is(e, "ConstantTimer"))
		return !known || base > 0 ? jmeter_duration(j, e, delay, "ms") : STR_NULL;
	if (!jmeter_is_number(j, jmx_text(e, "RandomTimer.range"), &spread) || !known) {
		jmeter_unsupported(j, e, "its times are not known before the run");
		return STR_NULL;
	}
	if (spread <= 0)
		return base > 0 ? time_of(j, base) : STR_NULL;
	if (jmeter_is(e, "GaussianRandomTimer"))
		return arena_printf(j->arena, "normal(%.*s, %.*s)", STR_ARG(time_of(j, base)),
				    STR_ARG(time_of(j, spread)));
	if (jmeter_is(e, "PoissonRandomTimer")) /* for large means a normal distribution */
		return arena_printf(j->arena, "normal(%.*s, %.0fms)",
				    STR_ARG(time_of(j, base + spread)),
				    sqrt(spread) < 1 ? 1 : sqrt(spread));
	return arena_printf(j->arena, "%.*s..%.*s", STR_ARG(time_of(j, base)),
			    STR_ARG(time_of(j, base + spread)));
}

/* The number of users of the current thread group. */
static bool group_users(struct jmeter *j, double *users)
{
	return j->group &&
	       jmeter_is_number(j, jmx_text(j->group->element, "ThreadGroup.num_threads"), users) &&
	       *users >= 1;
}

static void put_rendezvous(struct jmeter *j, const struct jmx *e)
{
	struct yaml_writer_node *step = yaml_writer_map(j->arena), *keys;
	double users = 0, timeout = 0;

	jmeter_is_number(j, jmx_text(e, "groupSize"), &users);
	if (users < 1)
		group_users(j, &users);
	if (users < 2 || j->around)
		return;
	keys = yaml_writer_put(j->arena, step, STR("rendezvous"), yaml_writer_map(j->arena));
	keys->flow = true;
	yaml_writer_put_text(j->arena, keys, STR("name"), jmeter_label(j, e));
	yaml_writer_put(j->arena, keys, STR("users"),
			yaml_writer_word(j->arena, arena_printf(j->arena, "%.0f", users)));
	if (jmeter_is_number(j, jmx_text(e, "timeoutInMs"), &timeout) && timeout > 0)
		yaml_writer_put_text(j->arena, keys, STR("timeout"), time_of(j, timeout));
	jmeter_add_step(j, step);
}

void jmeter_put_timers(struct jmeter *j, const struct jmeter_scope *scope)
{
	for (size_t i = 0; i < scope->items.count && !j->in_parallel; i++) {
		const struct jmx *e = scope->items.items[i]->element;
		struct str think;

		if (jmeter_is(e, "SyncTimer")) {
			put_rendezvous(j, e);
			continue;
		}
		if (!jmeter_is(e, "ConstantTimer") && !jmeter_is(e, "UniformRandomTimer") &&
		    !jmeter_is(e, "GaussianRandomTimer") && !jmeter_is(e, "PoissonRandomTimer"))
			continue;
		think = think_of(j, e);
		if (think.ptr)
			jmeter_add_text_step(j, "think", think);
	}
}

/* ---- throughput */

static size_t count_samplers(const struct jmeter_node *node)
{
	size_t count = jmeter_is_http(node->element);

	for (size_t i = 0; i < node->children.count; i++)
		if (!node->children.items[i]->disabled)
			count += count_samplers(node->children.items[i]);
	return count;
}

/* Samples per second and user that TIMER allows; 0: unknown. */
static double rate_of(struct jmeter *j, const struct jmx *timer)
{
	double rate = 0, period = 60, users = 1;
	struct str mode = jmx_text(timer, "calcMode");

	if (!jmeter_is_number(j, jmx_text(timer, "throughput"), &rate) || rate <= 0)
		return 0;
	if (jmeter_is(timer, "PreciseThroughputTimer"))
		jmeter_is_number(j, jmx_text(timer, "throughputPeriod"), &period);
	group_users(j, &users);
	/* calcMode 0 is the rate of one thread, all others share it. */
	if (jmeter_is(timer, "ConstantThroughputTimer") && (!mode.len || str_eq(mode, STR("0"))))
		users = 1;
	return period > 0 ? rate / period / users : 0;
}

static const struct jmeter_node *find_throughput(const struct jmeter_node *node)
{
	const struct jmeter_node *found = NULL;

	for (size_t i = 0; !found && i < node->children.count; i++) {
		const struct jmeter_node *child = node->children.items[i];

		if (child->disabled)
			continue;
		if (jmeter_is(child->element, "ConstantThroughputTimer") ||
		    jmeter_is(child->element, "PreciseThroughputTimer"))
			found = child;
		else
			found = find_throughput(child);
	}
	return found;
}

struct str jmeter_pace(struct jmeter *j, const struct jmeter_node *group)
{
	const struct jmeter_node *timer = find_throughput(group);
	size_t samplers;
	double rate;

	for (const struct jmeter_node *up = group->parent; !timer && up; up = up->parent)
		for (size_t i = 0; !timer && i < up->children.count; i++)
			if (!up->children.items[i]->disabled &&
			    str_ends(up->children.items[i]->element->tag, STR("ThroughputTimer")))
				timer = up->children.items[i];
	if (!timer)
		return STR_NULL;
	samplers = count_samplers(timer->parent == group->parent ? group : timer->parent);
	if (jmeter_is_http(timer->parent->element))
		samplers = 1;
	rate = rate_of(j, timer->element);
	if (rate <= 0 || !samplers) {
		jmeter_unsupported(j, timer->element, "its rate is not known before the run");
		return STR_NULL;
	}
	jmeter_note(j, timer->element,
		    arena_printf(j->arena, "pace of an iteration with %zu request%s", samplers,
				 samplers == 1 ? "" : "s")
			.ptr);
	return arena_printf(j->arena, "%.0fms",
			    (double)samplers / rate * 1000 < 1 ? 1
							       : (double)samplers / rate * 1000);
}

/* ---- Flow Control Action */

void jmeter_put_action(struct jmeter *j, const struct jmeter_node *node)
{
	const struct jmx *e = node->element;
	struct jmeter_scope scope = jmeter_scope(j, node, true);
	struct str action = jmx_text(e, "ActionProcessor.action");
	bool run = str_eq(jmx_text(e, "ActionProcessor.target"), STR("2"));
	struct str duration = jmx_text(e, "ActionProcessor.duration");
	double length;

	for (size_t i = 0; i < node->children.count; i++)
		jmeter_put_setting(j, node->children.items[i]);
	jmeter_put_timers(j, &scope);
	if (str_eq(action, STR("1"))) {
		if (duration.len && (!jmeter_is_number(j, duration, &length) || length > 0))
			jmeter_add_text_step(j, "think", jmeter_duration(j, e, duration, "ms"));
	} else if (j->around) {
		jmeter_unsupported(j, e, "setup and teardown cannot be stopped");
	} else if (str_eq(action, STR("0")) || str_eq(action, STR("2"))) {
		jmeter_add_text_step(j, "stop", run ? STR("run") : STR("user"));
	} else if (str_eq(action, STR("3")) || (str_eq(action, STR("4")) && !j->loop_depth)) {
		jmeter_add_text_step(j, "stop", STR("iteration"));
	} else {
		jmeter_unsupported(j, e, "a loop cannot be left");
	}
}
