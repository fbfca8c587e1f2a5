/* The phases of an Artillery file as `load:`. */
#include "base/units.h"
#include "import/artillery/artillery.h"

#define SHORTEST NS_PER_MS /* minimum length of a stage */

/* A number or the environment's variable instead; text.ptr NULL for neither. */
struct amount {
	struct str text;
	double value; /* 1 for the environment's variable */
};

static struct yaml_writer_node *stage(struct artillery *a, struct yaml_writer_node *stages,
				      struct str rate, struct str over, struct str hold)
{
	struct yaml_writer_node *step =
	    yaml_writer_add(a->arena, stages, yaml_writer_map(a->arena));

	step->flow = true;
	if (hold.ptr) {
		yaml_writer_put_text(a->arena, step, STR("hold"), hold);
		return step;
	}
	yaml_writer_put_text(a->arena, step, STR("ramp_to"),
			     arena_printf(a->arena, "%.*s/s", STR_ARG(rate)));
	yaml_writer_put_text(a->arena, step, STR("over"), over);
	return step;
}

bool artillery_number(const struct node *phase, const char *key, double *out)
{
	const struct node *value = node_find(phase, str_of(key));

	return value && value->kind == NODE_SCALAR && str_to_double(value->text, out) &&
	       *out >= 0 && *out <= 1e6;
}

/* `{{ $env.NAME }}` alone as a parameter: ${NAME}; ptr NULL for anything else. */
static struct str from_outside(struct artillery *a, const struct node *node)
{
	struct str text, name = STR_NULL;
	struct artillery_parameter *p;

	if (!node || !artillery_is_template(node))
		return STR_NULL;
	text = str_trim(node->text);
	if (str_starts(text, STR("{{")) && str_find(text, STR("}}"), 0) == text.len - 2)
		name = artillery_env(str_slice(text, 2, text.len - 2));
	if (!name.ptr)
		return STR_NULL;
	p = artillery_parameter(a, arena_printf(a->arena, "$env.%.*s", STR_ARG(name)), name);
	p->used = ++a->uses;
	if (!a->in_profile) {
		yaml_writer_remove(p->node, STR("default"));
		if (!p->node->members.count)
			yaml_writer_put(a->arena, p->node, STR("required"),
					yaml_writer_word(a->arena, STR("yes")));
	} else if (!p->node->members.count) { /* the other profiles do not need it */
		yaml_writer_put(a->arena, p->node, STR("default"),
				yaml_writer_word(a->arena, STR("1")));
		job_note(a->job, "look at",
			 "%.*s: 1 until the environment or -p gives another value",
			 STR_ARG(p->name));
	}
	return arena_printf(a->arena, "${%.*s}", STR_ARG(p->name));
}

static struct amount amount_of(struct artillery *a, const struct node *phase, const char *key)
{
	struct amount amount = {.value = 1};

	if (artillery_number(phase, key, &amount.value))
		amount.text = arena_printf(a->arena, "%.10g", amount.value);
	else
		amount.text = from_outside(a, node_find(phase, str_of(key)));
	return amount;
}

/* A length for a stage; ptr NULL for none and for zero, which Artillery skips. */
static struct str length_of(struct artillery *a, const struct node *node)
{
	struct str text = node ? artillery_duration(a, node) : STR_NULL, outside;
	ns_t length;

	if (text.ptr)
		return units_duration(text, &length) == UNIT_OK && length >= SHORTEST ? text
										      : STR_NULL;
	outside = from_outside(a, node);
	return outside.ptr ? arena_printf(a->arena, "%.*ss", STR_ARG(outside)) : outside;
}

/* Reports unknown keys of a phase, and templates in those that allow none. */
static void report_keys(struct artillery *a, const struct node *phase)
{
	static const char *const known[] = {"duration",	 "arrivalRate", "arrivalCount", "rampTo",
					    "maxVusers", "pause",	"name",		NULL};

	for (size_t i = 0; phase->kind == NODE_MAP && i < phase->count; i++) {
		const struct node *k = phase->pairs[i].key, *v = phase->pairs[i].value;
		bool is = false, templates = artillery_is_template(v);

		for (size_t n = 0; known[n]; n++)
			is = is || str_eq(k->text, str_of(known[n]));
		if (!is || (templates &&
			    (str_eq(k->text, STR("arrivalCount")) || !from_outside(a, v).ptr)))
			artillery_unsupported(a, k, v,
					      is ? "load does not accept templates, only the "
						   "environment's variables"
						 : "not supported in load");
	}
}

/* The rate for COUNT arrivals in LENGTH. */
static bool rate_of_count(struct artillery *a, const struct node *phase, struct str length,
			  struct amount *rate)
{
	double count;
	ns_t all;

	if (!artillery_number(phase, "arrivalCount", &count) ||
	    units_duration(length, &all) != UNIT_OK)
		return false;
	rate->value = count / ((double)all / (double)NS_PER_S);
	rate->text = arena_printf(a->arena, "%.10g", rate->value);
	return rate->value <= 1e6;
}

static void skip_phase(struct artillery *a, const struct node *phase)
{
	if (phase->kind != NODE_MAP || !phase->count)
		return;
	artillery_unsupported(a, phase->pairs[0].key, NULL,
			      "the phase is skipped: it has no length or no arrivals");
	a->unsupported += phase->count - 1;
}

/* Whether the phase has arrivals. */
static bool put_phase(struct artillery *a, const struct node *phase,
		      struct yaml_writer_node *stages)
{
	const struct node *name = node_find(phase, STR("name"));
	struct artillery_mark mark = artillery_mark(a);
	struct str length = length_of(a, node_find(phase, STR("duration")));
	struct str pause = length_of(a, node_find(phase, STR("pause")));
	struct amount rate = amount_of(a, phase, "arrivalRate"), to = {.value = 0};
	struct yaml_writer_node *first;

	report_keys(a, phase);
	if (pause.ptr) {
		stage(a, stages, STR("0"), STR("0s"), STR_NULL);
		stage(a, stages, STR_NULL, STR_NULL, pause);
		return false;
	}
	if (!length.ptr || (!rate_of_count(a, phase, length, &rate) && !rate.text.ptr)) {
		artillery_rollback(a, mark);
		skip_phase(a, phase);
		return false;
	}
	first = stage(a, stages, rate.text, STR("0s"), STR_NULL);
	if (name && name->kind == NODE_SCALAR && !artillery_is_template(name))
		first->beside = name->text;
	to = amount_of(a, phase, "rampTo");
	if (to.text.ptr)
		stage(a, stages, to.text, length, STR_NULL);
	else
		stage(a, stages, STR_NULL, STR_NULL, length);
	return rate.value > 0 || (to.text.ptr && to.value > 0);
}

/* The maximum number of users of the phases; ptr NULL if none sets it. */
static struct str most_users(struct artillery *a, const struct node *phases)
{
	const struct node *max = NULL;
	double highest = 0;

	for (size_t i = 0; i < phases->count; i++) {
		struct artillery_mark mark = artillery_mark(a);
		struct amount users = amount_of(a, phases->items[i], "maxVusers");

		artillery_rollback(a, mark);
		if (!users.text.ptr || users.value < 1 || users.value <= highest)
			continue;
		highest = users.value;
		max = phases->items[i];
	}
	if (!max)
		return STR_NULL;
	struct amount users = amount_of(a, max, "maxVusers");

	return users.text.ptr[0] == '$' ? users.text : arena_printf(a->arena, "%.0f", users.value);
}

struct yaml_writer_node *artillery_load(struct artillery *a, const struct node *phases)
{
	struct yaml_writer_node *load = yaml_writer_map(a->arena),
				*stages = yaml_writer_list(a->arena);
	struct artillery_mark mark = artillery_mark(a);
	struct str max;
	bool any = false;

	for (size_t i = 0; phases->kind == NODE_LIST && i < phases->count; i++)
		any |= put_phase(a, phases->items[i], stages);
	if (!any) {
		artillery_rollback(a, mark);
		return NULL;
	}
	if (stages->members.count == 2 &&
	    yaml_writer_find(stages->members.items[1].value, STR("hold"))) {
		struct yaml_writer_node *first = stages->members.items[0].value;

		yaml_writer_put(a->arena, load, STR("arrivals"),
				yaml_writer_find(first, STR("ramp_to")))
		    ->beside = first->beside;
		yaml_writer_put(a->arena, load, STR("duration"),
				yaml_writer_find(stages->members.items[1].value, STR("hold")));
	} else {
		yaml_writer_put(a->arena, load, STR("stages"), stages);
	}
	max = most_users(a, phases);
	if (max.ptr)
		yaml_writer_put_text(a->arena, load, STR("max_users"), max);
	return load;
}
