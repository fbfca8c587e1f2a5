#include "scenario/overrides.h"

#include "scenario/scenario_file.h"
#include "scenario/load.h"
#include "scenario/field_value.h"
#include "scenario/scenario_reader.h"

bool overrides_read(struct reader *r, const struct override *value, const struct field *fields,
		    const char *key, void *out)
{
	const struct field *field = field_find(fields, str_of(key));
	struct parse_error error;

	if (!value->text.ptr)
		return false;
	if (field_value_parse(r->arena, value->text, field, out, &error))
		return true;
	reader_error(r, SPAN_NONE, error.code, "%.*s: %.*s", STR_ARG(value->from),
		     STR_ARG(error.text));
	return false;
}

/* "'Buy' and 'Browse'": the scenarios that have their own load. */
static struct str names_with_own_load(struct reader *r, const struct model *m)
{
	struct str names = STR("");
	size_t all = 0, shown = 0;

	for (size_t i = 0; i < m->scenario_count; i++)
		all += m->scenarios[i].has_load;
	for (size_t i = 0; i < m->scenario_count; i++) {
		if (!m->scenarios[i].has_load)
			continue;
		shown++;
		names = arena_printf(r->arena, "%.*s%s'%.*s'", STR_ARG(names),
				     shown == 1	    ? ""
				     : shown == all ? " and "
						    : ", ",
				     STR_ARG(m->scenarios[i].name));
	}
	return names;
}

/* Reports an error and returns true if an option would have to change the loads of scenarios. */
static bool conflicts_with_own_loads(struct reader *r, const struct overrides *o,
				     const struct model *m)
{
	const struct override *const all[] = {&o->users,    &o->arrivals, &o->iterations,
					      &o->capacity, &o->duration, &o->ramp_up};
	struct str names = names_with_own_load(r, m);
	bool any = false;

	for (size_t i = 0; names.len && i < sizeof all / sizeof *all; i++) {
		if (!all[i]->text.ptr)
			continue;
		reader_error(r, SPAN_NONE, DIAG_E306,
			     "%.*s: some scenarios have their own load (%.*s); change it in the "
			     "file, or add a profile with a load",
			     STR_ARG(all[i]->from), STR_ARG(names));
		any = true;
	}
	return any;
}

/* Keeps the part of the stages before LENGTH. */
static void truncate_stages(struct reader *r, struct load *load, ns_t length)
{
	const struct load_stage *old = load->stages.items;
	struct load_stage *stages = ARENA_ARRAY(r->arena, load->stages.count, struct load_stage);
	double level = 0;
	ns_t left = length;
	size_t kept = 0;

	while (kept < load->stages.count && (left > 0 || !kept)) {
		struct load_stage *stage = &stages[kept];
		ns_t *own = &stage->hold;

		*stage = old[kept++];
		if (stage->ramps) {
			own = &stage->over;
			if (stage->over > left)
				stage->ramp_to.value = level + (stage->ramp_to.value - level) *
								   (double)left /
								   (double)stage->over;
			level = stage->ramp_to.value;
		}
		if (*own > left)
			*own = left;
		left -= *own;
	}
	load->stages.items = stages;
	load->stages.count = kept;
	if (load->warm_up > length)
		load->warm_up = length;
}

/* `-d` alone: sets the duration of a plain load, or cuts stages. */
static void apply_duration(struct reader *r, const struct overrides *o, struct load *load,
			   bool whole)
{
	ns_t before = load->duration, after = 0;

	if (!overrides_read(r, &o->duration, load_fields, "duration", &after))
		return;
	if (load->capacity.wanted) {
		load->capacity.hold = after;
		return;
	}
	if (load->replay.file.len || load->stages.count) {
		if (load->stages.count)
			truncate_stages(r, load, after);
		else
			load->duration = after;
		return;
	}
	load->duration = after;
	if (!whole && before && load->ramp_up && !o->ramp_up.text.ptr)
		load->ramp_up = (ns_t)((double)load->ramp_up * ((double)after / (double)before));
}

/* `--capacity 10/s..500/s`, or `10..500` for users. */
static void apply_capacity(struct reader *r, const struct override *value, struct load *load)
{
	struct capacity_search *c = &load->capacity;
	size_t dots = str_find(value->text, STR(".."), 0);
	struct str from = dots == NOT_FOUND ? STR("") : str_slice(value->text, 0, dots);
	struct str to =
	    dots == NOT_FOUND ? STR("") : str_slice(value->text, dots + 2, value->text.len);
	struct parse_error error;

	c->wanted = true;
	c->hold = 10 * NS_PER_S;
	if (!from.len || !load_level_parse(r->arena, from, &c->from, &error) ||
	    !load_level_parse(r->arena, to, &c->to, &error) || c->from.rate != c->to.rate ||
	    !(c->from.value > 0) || c->to.value < c->from.value)
		reader_error(r, SPAN_NONE, DIAG_E302,
			     "%.*s: '%.*s' is not a range; write two rates such as 10/s..500/s, or "
			     "two numbers of users such as 10..500",
			     STR_ARG(value->from), STR_ARG(value->text));
	c->find = c->from.rate ? CAPACITY_ARRIVALS : CAPACITY_USERS;
}

/* Options for users, arrivals, iterations or a search replace the whole load. */
static bool replace_load(struct reader *r, const struct overrides *o, struct model *m)
{
	const struct override *const replacing[] = {&o->users, &o->arrivals, &o->iterations,
						    &o->capacity};

	for (size_t i = 0; i < 4 && !m->load_origin.len; i++) {
		if (replacing[i]->text.ptr)
			m->load_origin = replacing[i]->from;
	}
	if (!m->load_origin.len)
		return false;
	m->load = (struct load){.keys.span = SPAN_NONE};
	reader_defaults(r, load_fields, &m->load);
	m->load.replay = (struct replay_load){.speed = 1};
	return true;
}

void overrides_apply_load(struct reader *r, const struct overrides *o, struct model *m)
{
	struct load *load = &m->load;
	bool changed = false, whole;

	for (size_t i = 0; i < m->scenario_count; i++)
		if (m->scenarios[i].has_load)
			load_apply_defaults(&m->scenarios[i].load);
	if (conflicts_with_own_loads(r, o, m))
		return;
	whole = replace_load(r, o, m);
	changed |= overrides_read(r, &o->users, load_fields, "users", &load->users);
	changed |= overrides_read(r, &o->arrivals, load_fields, "arrivals", &load->arrivals);
	changed |= overrides_read(r, &o->iterations, load_fields, "iterations", &load->iterations);
	changed |= overrides_read(r, &o->ramp_up, load_fields, "ramp_up", &load->ramp_up);
	if (o->capacity.text.ptr)
		apply_capacity(r, &o->capacity, load);
	changed |= o->duration.text.ptr != NULL;
	apply_duration(r, o, load, whole);
	changed |= overrides_read(r, &o->grace, load_fields, "grace", &load->grace);
	for (size_t i = 0; i < m->scenario_count; i++)
		if (m->scenarios[i].has_load)
			overrides_read(r, &o->grace, load_fields, "grace",
				       &m->scenarios[i].load.grace);
	if (changed) {
		struct str wrong = load_contradiction(load);

		if (wrong.len)
			reader_error(r, SPAN_NONE, DIAG_E306, "%.*s", STR_ARG(wrong));
	}
	if (load->capacity.wanted && !m->threshold_count && !r->diags->errors)
		reader_error(r, keys_span(&load->capacity.keys, "find"), DIAG_E306,
			     "a capacity search needs thresholds; add some, such as thresholds: "
			     "[p95 < 300ms]");
	load_apply_defaults(load);
}
