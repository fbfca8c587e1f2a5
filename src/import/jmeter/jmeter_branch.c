/* Controllers that perform some of their children. */
#include "import/jmeter/jmeter.h"

/* The performed children of NODE. */
struct branches {
	VEC(const struct jmeter_node *) items;
};

static struct branches branches_of(struct jmeter *j, const struct jmeter_node *node)
{
	struct branches all = {0};

	jmeter_put_counters(j, node);
	for (size_t i = 0; i < node->children.count; i++) {
		const struct jmeter_node *child = node->children.items[i];

		if (!jmeter_is_performed(child))
			jmeter_put_setting(j, child);
		else if (child->disabled)
			j->skipped++;
		else
			VEC_PUSH(j->arena, &all.items, child);
	}
	return all;
}

/* The steps of one child; a list of steps must not be empty. */
static struct yaml_writer_node *steps_of(struct jmeter *j, const struct jmeter_node *child)
{
	struct yaml_writer_node *outer = j->steps, *list = yaml_writer_list(j->arena);

	j->steps = list;
	j->conditional++;
	jmeter_put_node(j, child);
	if (!list->members.count)
		jmeter_add_text_step(j, "log",
				     arena_printf(j->arena, "%.*s: not supported",
						  STR_ARG(jmeter_label(j, child->element))));
	j->conditional--;
	j->steps = outer;
	return list;
}

static struct yaml_writer_node *if_step(struct jmeter *j, struct str condition,
					struct yaml_writer_node *then)
{
	struct yaml_writer_node *step = yaml_writer_map(j->arena);

	yaml_writer_put_text(j->arena, step, STR("if"),
			     arena_printf(j->arena, "${%.*s}", STR_ARG(condition)));
	yaml_writer_put(j->arena, step, STR("then"), then);
	return step;
}

/* ---- Random Controller */

static void put_random(struct jmeter *j, const struct jmeter_node *node)
{
	struct branches all = branches_of(j, node);
	struct yaml_writer_node *step = yaml_writer_map(j->arena),
				*list = yaml_writer_list(j->arena);

	for (size_t i = 0; i < all.items.count; i++)
		yaml_writer_put(j->arena,
				yaml_writer_add(j->arena, list, yaml_writer_map(j->arena)),
				STR("steps"), steps_of(j, all.items.items[i]));
	if (!list->members.count)
		return;
	yaml_writer_put(j->arena, step, STR("choose"), list);
	jmeter_add_step(j, step);
}

static void put_random_order(struct jmeter *j, const struct jmeter_node *node)
{
	jmeter_note(j, node->element, "its steps are performed in the order of the plan");
	jmeter_put_children(j, node);
}

/* ---- Interleave Controller: one child after the other, a round each */

static void put_interleaved(struct jmeter *j, const struct jmeter_node *node)
{
	struct branches all = branches_of(j, node);
	struct str turn;

	if (all.items.count < 2 || j->around) {
		jmeter_put_children(j, node);
		return;
	}
	turn = jmeter_own_variable(j, "turn", "-1");
	jmeter_add_set(
	    j, turn,
	    arena_printf(j->arena, "${(%.*s + 1) %% %zu}", STR_ARG(turn), all.items.count));
	for (size_t i = 0; i < all.items.count; i++)
		jmeter_add_step(j,
				if_step(j, arena_printf(j->arena, "%.*s == %zu", STR_ARG(turn), i),
					steps_of(j, all.items.items[i])));
}

/* ---- Throughput Controller */

static void put_share(struct jmeter *j, const struct jmeter_node *node)
{
	const struct jmx *e = node->element;
	bool percent = !str_eq(jmx_text(e, "ThroughputController.style"), STR("0"));
	bool user = jmx_is_true(e, "ThroughputController.perThread");
	struct str condition, round;
	struct yaml_writer_node *inner;
	double value = 0;

	if (!jmeter_is_number(j,
			      jmx_text(e, percent ? "ThroughputController.percentThroughput"
						  : "ThroughputController.maxThroughput"),
			      &value)) {
		jmeter_unsupported(j, e, "its value is not a number: always performed");
		jmeter_put_children(j, node);
		return;
	}
	if (user && !j->around) {
		round = jmeter_own_variable(j, "round", "0");
		jmeter_add_set(j, round, arena_printf(j->arena, "${%.*s + 1}", STR_ARG(round)));
	} else {
		round = jmeter_identifier(j, arena_printf(j->arena, "round_%u", ++j->numbered));
		jmeter_add_set(j, round,
			       arena_printf(j->arena, "${counter(\"%.*s\")}", STR_ARG(round)));
	}
	/* JMeter performs round n if (100 * performed + 50) / n is below the percentage. */
	if (percent)
		condition = arena_printf(j->arena,
					 "(100 - ((%.*s - 1) * %.10g + 50) %% 100) %% 100 < %.10g",
					 STR_ARG(round), value, value);
	else
		condition = arena_printf(j->arena, "%.*s <= %.0f", STR_ARG(round), value);
	j->conditional++;
	inner = jmeter_child_steps(j, node);
	j->conditional--;
	if (inner->members.count)
		jmeter_add_step(j, if_step(j, condition, inner));
}

/* ---- Switch Controller */

static struct str switch_condition(struct jmeter *j, struct str word, size_t i, struct str name)
{
	return arena_printf(j->arena, "%.*s == %zu or %.*s == %.*s%s%.*s%s", STR_ARG(word), i,
			    STR_ARG(word), STR_ARG(jmeter_quoted(j, name)), i ? "" : " or ",
			    i ? 0 : (int)word.len, word.ptr, i ? "" : " == \"\"");
}

/* The branches starting at I, each in the `else` of the one before. */
static struct yaml_writer_node *put_cases(struct jmeter *j, const struct branches *all, size_t i,
					  struct str word)
{
	struct yaml_writer_node *step, *rest, *list;
	const struct jmx *e = all->items.items[i]->element;

	step = if_step(j, switch_condition(j, word, i, e->name), steps_of(j, all->items.items[i]));
	if (i + 1 == all->items.count)
		return step;
	rest = put_cases(j, all, i + 1, word);
	list = yaml_writer_put(j->arena, step, STR("else"), yaml_writer_list(j->arena));
	yaml_writer_add(j->arena, list, rest);
	return step;
}

static void put_switch(struct jmeter *j, const struct jmeter_node *node)
{
	struct branches all = branches_of(j, node);
	struct str value = jmx_text(node->element, "SwitchController.value");
	struct str constant = str_trim(value), expression, word;
	int64_t index;

	if (!all.items.count)
		return;
	if (!constant.len)
		constant = STR("0");
	if (str_to_int(constant, &index)) {
		jmeter_put_node(
		    j, all.items.items[index >= 0 && (size_t)index < all.items.count ? index : 0]);
		return;
	}
	expression = jmeter_expression(j, node->element, value);
	if (!expression.ptr || all.items.count > 50) {
		jmeter_unsupported(j, node->element,
				   "its value is not supported: the first branch is performed");
		jmeter_put_node(j, all.items.items[0]);
		return;
	}
	word = jmeter_identifier(j, arena_printf(j->arena, "branch_%u", ++j->numbered));
	jmeter_add_set(j, word, arena_printf(j->arena, "${%.*s}", STR_ARG(expression)));
	jmeter_add_step(j, put_cases(j, &all, 0, word));
}

/* ---- the others */

static void put_once(struct jmeter *j, const struct jmeter_node *node)
{
	struct yaml_writer_node *inner;

	if (j->around) {
		jmeter_put_children(j, node);
		return;
	}
	j->conditional++;
	inner = jmeter_child_steps(j, node);
	j->conditional--;
	if (inner->members.count)
		jmeter_add_step(j, if_step(j,
					   j->loop_depth ? STR("iteration == 1 and loop.index == 1")
							 : STR("iteration == 1"),
					   inner));
}

static void put_locked(struct jmeter *j, const struct jmeter_node *node)
{
	jmeter_note(j, node->element, "its lock is not supported: users do not wait for it");
	jmeter_put_children(j, node);
}

bool jmeter_put_branches(struct jmeter *j, const struct jmeter_node *node)
{
	static const struct {
		const char *tag;
		void (*put)(struct jmeter *j, const struct jmeter_node *node);
	} kinds[] = {
	    {"RandomController", put_random},	      {"RandomOrderController", put_random_order},
	    {"InterleaveControl", put_interleaved},   {"ThroughputController", put_share},
	    {"SwitchController", put_switch},	      {"OnceOnlyController", put_once},
	    {"CriticalSectionController", put_locked}};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (jmeter_is(node->element, kinds[i].tag)) {
			if (!j->in_parallel) {
				kinds[i].put(j, node);
				return true;
			}
			jmeter_note(j, node->element,
				    "only its requests are used: it is in parallel");
			jmeter_put_children(j, node);
			return true;
		}
	return false;
}
