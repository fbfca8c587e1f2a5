/* The phases of an Artillery file as `load:`, its environments as profiles. */
#include "base/units.h"
#include "import/artillery.h"

#define SHORTEST NS_PER_MS /* of a stage; less is refused */

static void stage(struct artillery *a, struct yaml_out *stages, double rate, struct str over,
		  struct str hold)
{
	struct yaml_out *step = yaml_out_add(a->arena, stages, yaml_out_map(a->arena));

	step->flow = true;
	if (hold.ptr) {
		yaml_out_put_text(a->arena, step, STR("hold"), hold);
		return;
	}
	yaml_out_put_text(a->arena, step, STR("ramp_to"), arena_printf(a->arena, "%.10g/s", rate));
	yaml_out_put_text(a->arena, step, STR("over"), over);
}

bool artillery_number(const struct node *phase, const char *key, double *out)
{
	const struct node *value = node_find(phase, str_of(key));

	return value && value->kind == NODE_SCALAR && str_to_double(value->text, out) &&
	       *out >= 0 && *out <= 1e6;
}

/* A length that a stage can have; ptr NULL for none and for nought, which Artillery passes over. */
static struct str length_of(struct artillery *a, const struct node *node)
{
	struct str text = node ? artillery_duration(a, node) : STR_NULL;
	ns_t length;

	return text.ptr && units_duration(text, &length) == UNIT_OK && length >= SHORTEST
		   ? text
		   : STR_NULL;
}

/* Whether somebody comes in it. */
static bool put_phase(struct artillery *a, const struct node *phase, struct yaml_out *stages)
{
	static const char *const known[] = {"duration",	 "arrivalRate", "arrivalCount", "rampTo",
					    "maxVusers", "pause",	"name",		NULL};
	struct str length = length_of(a, node_find(phase, STR("duration")));
	struct str pause = length_of(a, node_find(phase, STR("pause")));
	double rate = 0, to = 0, seconds = 0;

	for (size_t i = 0; phase->kind == NODE_MAP && i < phase->count; i++) {
		bool is = false;

		for (size_t k = 0; known[k]; k++)
			is = is || str_eq(phase->pairs[i].key->text, str_of(known[k]));
		if (!is || artillery_is_template(phase->pairs[i].value))
			artillery_lost(a, phase->pairs[i].key, phase->pairs[i].value,
				       is ? "load is not made of templates"
					  : "it has no counterpart in load");
	}
	if (pause.ptr) {
		stage(a, stages, 0, STR("0s"), STR_NULL);
		stage(a, stages, 0, STR_NULL, pause);
		return false;
	}
	if (!length.ptr)
		return false;
	if (artillery_number(phase, "arrivalCount", &rate) && length.len &&
	    str_to_double(str_slice(length, 0, length.len - 1), &seconds) && seconds > 0)
		rate /= seconds * (str_ends(length, STR("m"))	? 60
				   : str_ends(length, STR("h")) ? 3600
								: 1);
	else if (!artillery_number(phase, "arrivalRate", &rate))
		return false;
	stage(a, stages, rate, STR("0s"), STR_NULL);
	if (artillery_number(phase, "rampTo", &to))
		stage(a, stages, to, length, STR_NULL);
	else
		stage(a, stages, rate, STR_NULL, length);
	return rate > 0 || to > 0;
}

struct yaml_out *artillery_load(struct artillery *a, const struct node *phases)
{
	struct yaml_out *load = yaml_out_map(a->arena), *stages = yaml_out_list(a->arena);
	double most = 0, users;
	bool any = false;

	for (size_t i = 0; phases->kind == NODE_LIST && i < phases->count; i++) {
		any |= put_phase(a, phases->items[i], stages);
		if (artillery_number(phases->items[i], "maxVusers", &users) && users > most)
			most = users;
	}
	if (!any)
		return NULL;
	if (stages->members.count == 2 &&
	    yaml_out_find(stages->members.items[1].value, STR("hold"))) {
		yaml_out_put(a->arena, load, STR("arrivals"),
			     yaml_out_find(stages->members.items[0].value, STR("ramp_to")));
		yaml_out_put(a->arena, load, STR("duration"),
			     yaml_out_find(stages->members.items[1].value, STR("hold")));
	} else {
		yaml_out_put(a->arena, load, STR("stages"), stages);
	}
	if (most >= 1)
		yaml_out_put(a->arena, load, STR("max_users"),
			     yaml_out_word(a->arena, arena_printf(a->arena, "%.0f", most)));
	return load;
}

void artillery_environments(struct artillery *a, const struct node *all)
{
	struct yaml_out *profiles = yaml_out_map(a->arena);

	for (size_t i = 0; all->kind == NODE_MAP && i < all->count; i++) {
		const struct node *one = all->pairs[i].value;

		for (size_t k = 0; one->kind == NODE_MAP && k < one->count; k++) {
			const struct node *key = one->pairs[k].key, *value = one->pairs[k].value;
			bool phases = str_eq(key->text, STR("phases"));
			struct yaml_out *load = phases ? artillery_load(a, value) : NULL;

			if (load)
				yaml_out_put(
				    a->arena,
				    yaml_out_put(a->arena, profiles,
						 artillery_word(a, all->pairs[i].key->text),
						 yaml_out_map(a->arena)),
				    STR("load"), load);
			else if (!phases)
				artillery_lost(a, key, value, "profiles have load and parameters");
		}
	}
	if (profiles->members.count)
		yaml_out_put(a->arena, a->root, STR("profiles"), profiles);
}
