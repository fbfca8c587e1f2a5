/*
 * The names known at a place of the file, and the messages about unknown ones. A name that a step
 * sets or extracts is known from there to the end of its scenario; names of `setup`, `before_user`
 * and `variables` are known in every scenario.
 */
#include "program/emitter.h"
#include "program/other_tools_syntax.h"
#include "program/scope.h"
#include "scenario/enum_names.h"

void scope_init(struct emitter *e)
{
	const struct model *m = e->model;

	name_map_init(&e->slot_map, e->arena);
	name_map_init(&e->series_map, e->arena);
	name_map_init(&e->scope_map, e->arena);
	name_map_init(&e->function_map, e->arena);
	name_map_init(&e->parameter_map, e->arena);
	name_map_init(&e->used_map, e->arena);
	name_map_init(&e->called_map, e->arena);
	name_map_init(&e->flow_map, e->arena);
	for (size_t i = 0; i < e->tables->function_count; i++)
		name_map_put(&e->function_map, str_of(e->tables->functions[i]->name), (uint32_t)i);
	for (size_t i = 0; i < m->parameter_count; i++)
		name_map_put(&e->parameter_map, m->parameters[i].name, (uint32_t)i);
}

void scope_enter_scenario(struct emitter *e, uint32_t index)
{
	e->scenario = index;
	name_map_clear(&e->scope_map);
	for (uint32_t i = 0; i < e->names.count; i++)
		if (e->names.items[i].scenario == SCOPE_ALL)
			name_map_put(&e->scope_map, e->names.items[i].name, i);
}

uint32_t scope_slot(struct emitter *e, struct str name)
{
	uint32_t slot = name_map_find(&e->slot_map, name);

	if (slot == NAME_NONE) {
		slot = (uint32_t)e->slots.count;
		VEC_PUSH(e->arena, &e->slots, name);
		name_map_put(&e->slot_map, name, slot);
	}
	return slot;
}

uint32_t emit_hidden_slot(struct emitter *e)
{
	VEC_PUSH(e->arena, &e->slots, STR(""));
	return (uint32_t)e->slots.count - 1;
}

static bool is_word(struct str name)
{
	static const char *const words[] = {"and",  "or",    "not",  "contains", "matches",
					    "true", "false", "null", NULL};

	for (int i = 0; words[i]; i++)
		if (str_eq(name, str_of(words[i])))
			return true;
	return false;
}

/* The reader has checked letters and built-in names. */
static void check_name(struct emitter *e, struct str name, struct span span)
{
	uint32_t parameter = name_map_find(&e->parameter_map, name);

	if (is_word(name))
		diag_error(e->diags, span, DIAG_E208,
			   "'%.*s' is a word of expressions; use another name for the variable",
			   STR_ARG(name));
	else if (parameter != NAME_NONE)
		diag_note(e->diags,
			  diag_error(e->diags, span, DIAG_E220,
				     "'%.*s' is a parameter; use another name for the variable",
				     STR_ARG(name)),
			  e->model->parameters[parameter].keys.span, "the parameter is here");
}

uint32_t emit_declare(struct emitter *e, struct str name, struct span span, const char *how)
{
	uint32_t slot = scope_slot(e, name);
	struct scope_name known = {name, span, how, slot, e->scenario};

	/* The first place is the one users look for. */
	if (name_map_find(&e->scope_map, name) != NAME_NONE)
		return slot;
	check_name(e, name, span);
	name_map_put(&e->scope_map, name, (uint32_t)e->names.count);
	VEC_PUSH(e->arena, &e->names, known);
	return slot;
}

uint32_t scope_find(struct emitter *e, struct str name)
{
	uint32_t at = name_map_find(&e->scope_map, name);

	name_map_put(&e->used_map, name, 1);
	return at == NAME_NONE ? SLOT_NONE : e->names.items[at].slot;
}

bool scope_knows(struct emitter *e, struct str name)
{
	static const char *const words[] = {"user",  "iteration", "scenario", "loop",
					    "shard", "run",	  "response", NULL};

	for (int i = 0; words[i]; i++)
		if (str_eq(name, str_of(words[i])))
			return true;
	for (size_t i = 0; i < e->model->data_count; i++)
		if (str_eq(e->model->data[i].name, name))
			return true;
	return name_map_find(&e->scope_map, name) != NAME_NONE ||
	       name_map_find(&e->parameter_map, name) != NAME_NONE;
}

void scope_unknown(struct emitter *e, struct str name, struct span span)
{
	VEC_PUSH(e->arena, &e->unknowns, ((struct scope_unknown_name){name, span, e->scenario}));
}

uint32_t emit_lookup(struct emitter *e, struct str name, struct span span)
{
	uint32_t slot = scope_find(e, name);

	if (slot == SLOT_NONE)
		scope_unknown(e, name, span);
	return slot;
}

/* ---- messages */

static struct str at_line(struct emitter *e, const struct scope_name *known)
{
	if (!known->span.source)
		return arena_printf(e->arena, "%s", known->how);
	return arena_printf(e->arena, "%s at line %u", known->how,
			    source_position(known->span.source, known->span.begin).line);
}

static bool report_elsewhere(struct emitter *e, const struct scope_unknown_name *u)
{
	for (size_t i = 0; i < e->names.count; i++) {
		const struct scope_name *known = &e->names.items[i];
		struct str where;

		if (!str_eq(known->name, u->name))
			continue;
		where = at_line(e, known);
		if (known->scenario == u->scenario || known->scenario == SCOPE_ALL)
			diag_error(e->diags, u->span, DIAG_E204,
				   "'%.*s' is not defined yet: it is %.*s; use it after that line",
				   STR_ARG(u->name), STR_ARG(where));
		else if (known->scenario == SCOPE_OWN)
			continue;
		else
			diag_error(e->diags, u->span, DIAG_E204,
				   "'%.*s' is not defined here: it is %.*s in the scenario "
				   "\"%.*s\", and each scenario has its own variables; repeat that "
				   "step in this scenario, before this step, or move it to "
				   "'before_user', a list of steps at the top level of the file",
				   STR_ARG(u->name), STR_ARG(where),
				   STR_ARG(e->model->scenarios[known->scenario].name));
		return true;
	}
	return false;
}

/* Names of `variables` belong to an iteration, and the current fixture does not. */
static bool report_variable(struct emitter *e, const struct scope_unknown_name *u)
{
	for (size_t i = 0; e->fixture != FIXTURE_NONE && i < e->model->variable_count; i++) {
		const struct variable *v = &e->model->variables[i];

		if (!str_eq(v->name, u->name))
			continue;
		diag_note(e->diags,
			  diag_error(e->diags, u->span, DIAG_E204,
				     "'%.*s' is evaluated at the start of each %s, and %s is not "
				     "part of one",
				     STR_ARG(u->name), v->per_user ? "user" : "iteration",
				     fixture_names[e->fixture]),
			  v->name_span, "the variable is here");
		return true;
	}
	return false;
}

static void report(struct emitter *e, const struct scope_unknown_name *u, const struct str *words,
		   size_t count)
{
	for (size_t i = 0; i < e->model->lost_name_count; i++)
		if (str_eq(e->model->lost_names[i], u->name))
			return;
	if (report_variable(e, u) || report_elsewhere(e, u))
		return;
	struct str near = diag_nearest(u->name, words, count);
	const char *instead = other_tools_syntax_hint(u->name);
	if (instead) {
		diag_error(e->diags, u->span, DIAG_E204, "'%.*s' is not defined; use %s",
			   STR_ARG(u->name), instead);
		return;
	}
	if (!near.ptr) {
		diag_error(e->diags, u->span, DIAG_E204,
			   "'%.*s' is not defined; no step sets or extracts it", STR_ARG(u->name));
		return;
	}
	uint32_t at = name_map_find(&e->scope_map, near);
	if (at == NAME_NONE) {
		diag_edit_word(e->diags,
			       diag_error(e->diags, u->span, DIAG_E204,
					  "'%.*s' is not defined; did you mean '%.*s'?",
					  STR_ARG(u->name), STR_ARG(near)),
			       u->span, u->name, near);
		return;
	}
	const struct scope_name *known = &e->names.items[at];
	struct str where = at_line(e, known);
	struct diag *diag = diag_error(e->diags, u->span, DIAG_E204,
				       "'%.*s' is not defined; did you mean '%.*s' (%.*s)?",
				       STR_ARG(u->name), STR_ARG(near), STR_ARG(where));

	/* A later step may define it. */
	if (known->span.source != u->span.source || known->span.begin < u->span.begin)
		diag_edit_word(e->diags, diag, u->span, u->name, near);
}

void scope_leave_scenario(struct emitter *e)
{
	const struct model *m = e->model;
	VEC(struct str) words = {NULL, 0, 0};

	if (!e->unknowns.count)
		return;
	for (size_t i = 0; i < e->names.count; i++)
		if (name_map_find(&e->scope_map, e->names.items[i].name) == i)
			VEC_PUSH(e->arena, &words, e->names.items[i].name);
	for (size_t i = 0; i < m->parameter_count; i++)
		VEC_PUSH(e->arena, &words, m->parameters[i].name);
	for (size_t i = 0; i < m->data_count; i++)
		VEC_PUSH(e->arena, &words, m->data[i].name);
	for (enum builtin b = 0; b < BUILTIN_COUNT; b++)
		VEC_PUSH(e->arena, &words, str_of(expr_builtin_name(b)));
	VEC_PUSH(e->arena, &words, STR("loop.index"));
	VEC_PUSH(e->arena, &words, STR("loop.count"));
	for (size_t i = 0; i < e->unknowns.count; i++)
		if (e->unknowns.items[i].scenario == e->scenario)
			report(e, &e->unknowns.items[i], words.items, words.count);
	e->unknowns.count = 0;
}

static bool is_used(const struct emitter *e, struct str name)
{
	return name_map_find(&e->used_map, name) != NAME_NONE;
}

void scope_require_parameters(struct emitter *e)
{
	for (size_t i = 0; i < e->model->parameter_count; i++) {
		const struct parameter *p = &e->model->parameters[i];

		if (p->missing && (p->used || is_used(e, p->name)))
			diag_error(e->diags, p->name_span, DIAG_E212,
				   "the parameter %.*s has no value; use -p %.*s=… or set the "
				   "environment variable %.*s",
				   STR_ARG(p->name), STR_ARG(p->name), STR_ARG(p->name));
	}
}

/* Parameters, data sets and flows of the file itself. */
static void warn_of_top_level(struct emitter *e)
{
	const struct model *m = e->model;

	for (size_t i = 0; i < m->parameter_count; i++) {
		const struct parameter *p = &m->parameters[i];

		if (!p->used && !is_used(e, p->name))
			diag_warning(e->diags, p->keys.span, DIAG_W204,
				     "the parameter '%.*s' is not used", STR_ARG(p->name));
	}
	for (size_t i = 0; i < m->data_count; i++)
		if (!is_used(e, m->data[i].name))
			diag_warning(e->diags, m->data[i].name_span, DIAG_W204,
				     "the data set '%.*s' is not used", STR_ARG(m->data[i].name));
	/* A file without scenarios is meant to be included. */
	for (size_t i = 0; m->scenario_count && i < m->flow_count; i++)
		if (m->flows[i].name_span.source == m->source &&
		    name_map_find(&e->called_map, m->flows[i].name) == NAME_NONE)
			diag_warning(e->diags, m->flows[i].name_span, DIAG_W204,
				     "the flow '%.*s' is not called", STR_ARG(m->flows[i].name));
}

/* Whether the name is read anywhere, in any scenario. */
void scope_warn_unused(struct emitter *e)
{
	warn_of_top_level(e);
	for (size_t i = 0; i < e->names.count; i++) {
		const struct scope_name *known = &e->names.items[i];
		bool kept = strcmp(known->how, "set") == 0 ||
			    strcmp(known->how, "extracted") == 0 ||
			    strcmp(known->how, "a variable") == 0;

		if (!kept || is_used(e, known->name))
			continue;
		diag_warning(e->diags, known->span, DIAG_W204, "'%.*s' is not used",
			     STR_ARG(known->name));
		name_map_put(&e->used_map, known->name, 1);
	}
}
