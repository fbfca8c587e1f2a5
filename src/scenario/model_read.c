#include "scenario/model_read.h"

#include <stdlib.h>

#include "base/idn.h"
#include "base/url.h"
#include "scenario/scenario_file.h"
#include "scenario/flows.h"
#include "scenario/load.h"
#include "scenario/variable_name.h"
#include "scenario/overrides.h"
#include "scenario/field_value.h"
#include "scenario/profiles.h"
#include "scenario/scenario_reader.h"
#include "scenario/replay_file.h"
#include "scenario/url_fixit.h"

/* The state of one reading. */
struct model_reader {
	struct reader reader;
	struct parameters parameters;
	const struct overrides *overrides;
	struct scenario_file *file;
	struct model *model;
	struct str load_origin; /* "profile smoke", or empty */
	bool load_replaced;	/* by the profile's load: the loads of scenarios are then ignored */
};

static bool has_key(const struct model_reader *g, const char *key)
{
	return keys_has(&g->file->keys, scenario_file_fields, key);
}

/* ---- profiles */

/* The settings of the selected profile replace those of the file. */
static void resolve_profile(struct model_reader *g)
{
	const struct override *wanted = &g->overrides->profile;
	const struct profile *profile;
	struct model *m = g->model;

	profiles_check(&g->reader, &g->file->profiles, m);
	if (!wanted->text.ptr)
		return;
	profile = profiles_find(&g->reader, &g->file->profiles, wanted->text, wanted->from);
	if (!profile)
		return;
	m->profile = wanted->text;
	if (keys_value(&profile->keys, "load")) {
		m->load = profile->load;
		g->load_replaced = true;
		g->load_origin = arena_printf(g->reader.arena, "profile %.*s", STR_ARG(m->profile));
	}
	if (keys_value(&profile->keys, "thresholds")) {
		m->thresholds = profile->thresholds.items;
		m->threshold_count = profile->thresholds.count;
	}
}

/* The thresholds of all profiles, one after another. */
static void collect_thresholds(struct model_reader *g)
{
	const struct field_map *map = &g->file->profiles;
	VEC(struct threshold_line) all = {NULL, 0, 0};

	for (size_t i = 0; i < map->count; i++) {
		const struct profile *profile = map->pairs[i].value;
		const struct threshold_line *lines = profile->thresholds.items;

		for (size_t k = 0; lines != g->model->thresholds && k < profile->thresholds.count;
		     k++)
			VEC_PUSH(g->reader.arena, &all, lines[k]);
	}
	g->model->profile_thresholds = all.items;
	g->model->profile_threshold_count = all.count;
}

/* ---- the target */

/* False if the host of URL has letters beyond ASCII and cannot be written in ASCII. */
static bool is_host_name(struct str url)
{
	struct buf ascii;

	buf_init(&ascii, 0);
	bool good = idn_url(url, &ascii);
	buf_release(&ascii);
	return good;
}

static void check_target(struct model_reader *g, struct str text, struct span span,
			 const char *from)
{
	struct url url;

	if (url_split(text, &url) && is_host_name(text) &&
	    (str_ieq(url.scheme, STR("http")) || str_ieq(url.scheme, STR("https"))))
		return;
	struct str fixed = url_fixit(g->reader.arena, text, true);
	struct diag *diag = reader_error(
	    &g->reader, span, DIAG_E307,
	    fixed.len ? "%s%s'%.*s' is not a valid target; start it with http:// or https://"
		      : "%s%s'%.*s' is not a valid target; use a URL such as http://127.0.0.1:8080",
	    from, *from ? ": " : "", STR_ARG(text));

	bool bare = str_eq(fixed, arena_printf(g->reader.arena, "http://%.*s", STR_ARG(text)));

	if (fixed.len && span.source)
		diag_fix_in_line(g->reader.diags, diag, span, fixed);
	else if (fixed.len)
		diag_note(g->reader.diags, diag, SPAN_NONE, "write %.*s%s%.*s", STR_ARG(fixed),
			  bare ? ", or https://" : "", bare ? (int)text.len : 0, text.ptr);
}

static void resolve_target(struct model_reader *g)
{
	const struct node *node = keys_value(&g->file->keys, "target");
	const struct override *value = &g->overrides->target;
	struct text *target = &g->model->target;

	if (value->text.ptr) {
		target->raw = value->text;
		check_target(g, value->text, SPAN_NONE, arena_cstr(g->reader.arena, value->from));
	} else if (node && g->file->target.ptr) {
		target->raw = g->file->target;
		target->node = str_eq(node->text, target->raw) ? node : NULL;
		check_target(g, target->raw, node->span, "");
	} else if (node) {
		target->raw = STR("http://127.0.0.1"); /* an error was reported */
	}
}

/* An allowed host, with or without "*." and a port, with its name in ASCII form. */
static struct str ascii_entry(struct arena *arena, struct str entry)
{
	size_t colon = str_find_char(entry, ':', 0), from = str_starts(entry, STR("*.")) ? 2 : 0;
	struct buf ascii;

	if (str_find_char(entry, ':', colon == NOT_FOUND ? entry.len : colon + 1) != NOT_FOUND)
		return entry; /* an IPv6 address */
	buf_init(&ascii, 0);
	buf_add(&ascii, str_slice(entry, 0, from));
	if (idn_host(str_slice(entry, from, colon), &ascii)) {
		buf_add(&ascii, str_slice(entry, colon, entry.len));
		entry = arena_str(arena, buf_str(&ascii));
	}
	buf_release(&ascii);
	return entry;
}

/* ---- scenarios */

static void add_single_scenario(struct model_reader *g)
{
	struct scenario *one = ARENA_NEW(g->reader.arena, struct scenario);
	struct str base = g->model->source->name;
	size_t slash = base.len;

	while (slash > 0 && base.ptr[slash - 1] != '/')
		slash--;
	base = str_slice(base, slash, base.len);
	if (str_ends(base, STR(".yaml")))
		base.len -= 5;
	else if (str_ends(base, STR(".yml")))
		base.len -= 4;
	one->keys.span = keys_span(&g->file->keys, "steps");
	one->keys.node = g->file->keys.node;
	one->name = g->model->name.len ? g->model->name : base;
	one->weight = 1;
	one->on_failure = FAILURE_INHERIT;
	one->steps = g->file->steps;
	g->model->scenarios = one;
	g->model->scenario_count = 1;
}

/* By name, then by position. */
static int scenario_order(const void *left, const void *right)
{
	const struct scenario *a = *(const struct scenario *const *)left;
	const struct scenario *b = *(const struct scenario *const *)right;
	int names = str_cmp(a->name, b->name);

	return names ? names : (a > b) - (a < b);
}

static void check_scenario_names(struct model_reader *g)
{
	size_t count = g->model->scenario_count;
	const struct scenario **sorted =
	    ARENA_ARRAY(g->reader.arena, count, const struct scenario *);

	for (size_t i = 0; i < count; i++)
		sorted[i] = &g->model->scenarios[i];
	if (count)
		qsort(sorted, count, sizeof *sorted, scenario_order);
	for (size_t i = 1; i < count; i++) {
		const struct node *name = keys_value(&sorted[i]->keys, "name");

		if (str_eq(sorted[i]->name, sorted[i - 1]->name))
			reader_error(&g->reader, name ? name->span : sorted[i]->keys.span,
				     DIAG_E221,
				     "a scenario named '%.*s' already exists; use different names",
				     STR_ARG(sorted[i]->name));
	}
}

static void name_scenarios(struct model_reader *g)
{
	double sum = 0;

	for (size_t i = 0; i < g->model->scenario_count; i++) {
		struct scenario *s = &g->model->scenarios[i];

		if (!keys_has(&s->keys, scenario_fields, "on_failure"))
			s->on_failure = FAILURE_INHERIT;
		s->has_load = keys_has(&s->keys, scenario_fields, "load");
		if (!s->name.len)
			s->name = arena_printf(g->reader.arena, "scenario %zu", i + 1);
		sum += s->has_load ? 1 : s->weight;
	}
	check_scenario_names(g);
	if (g->model->scenario_count && sum <= 0 && !g->reader.diags->errors)
		reader_error(&g->reader, keys_span(&g->file->keys, "scenarios"), DIAG_E306,
			     "all scenarios have the weight 0, so none would be selected");
}

/* Options may add the missing part of a load. */
static void warn_of_loads(struct model_reader *g)
{
	const struct overrides *o = g->overrides;
	const struct model *m = g->model;

	if (o->users.text.ptr || o->arrivals.text.ptr || o->iterations.text.ptr ||
	    o->capacity.text.ptr || o->duration.text.ptr || g->reader.diags->errors)
		return;
	load_warn(&g->reader, &m->load);
	for (size_t i = 0; i < m->scenario_count; i++)
		if (m->scenarios[i].has_load)
			load_warn(&g->reader, &m->scenarios[i].load);
}

/* Checks the loads of scenarios for contradictions with the rest of the file, and applies the
 * options. */
static void resolve_loads(struct model_reader *g)
{
	struct model *m = g->model;

	for (size_t i = 0; i < m->scenario_count; i++)
		load_check_scenario(&g->reader, &m->scenarios[i]);
	if (has_key(g, "load") && m->scenario_count && !load_common_used(m))
		reader_error(&g->reader, keys_span(&g->file->keys, "load"), DIAG_E306,
			     "each scenario has its own 'load', so this one would not be used");
	for (size_t i = 0; g->load_replaced && i < m->scenario_count; i++)
		m->scenarios[i].has_load = false;
	bool replays = m->load.replay.file.len > 0;

	warn_of_loads(g);

	overrides_apply_load(&g->reader, g->overrides, m);
	if (m->load.replay.file.len)
		replay_file_read(&g->reader, m);
	else if (replays && !m->scenario_count)
		reader_error(
		    &g->reader, SPAN_NONE, DIAG_E141,
		    "%.*s: this replaces the replay, but the file has no steps to run instead",
		    STR_ARG(m->load_origin));
	if (!m->load_origin.len)
		m->load_origin = g->load_origin;
}

/* Whether the file has an unknown key, which may be a misspelled `steps`. */
static bool has_unknown_keys(const struct node *root)
{
	for (size_t i = 0; i < root->count; i++) {
		if (!field_find(scenario_file_fields, root->pairs[i].key->text))
			return true;
	}
	return false;
}

static void resolve_scenarios(struct model_reader *g, const struct node *root)
{
	bool steps = has_key(g, "steps"), scenarios = has_key(g, "scenarios");

	if (steps && scenarios)
		reader_error(
		    &g->reader, keys_span(&g->file->keys, "steps"), DIAG_E306,
		    "'steps' cannot be used with 'scenarios'; make these steps one more item of "
		    "'scenarios': '- name: Other', and 'steps:' below 'name'");
	if (scenarios) {
		g->model->scenarios = g->file->scenarios.items;
		g->model->scenario_count = g->file->scenarios.count;
		if (!g->model->scenario_count && !g->reader.diags->errors)
			reader_error(&g->reader, keys_span(&g->file->keys, "scenarios"), DIAG_E149,
				     "this list of scenarios is empty");
		name_scenarios(g);
	} else if (steps) {
		add_single_scenario(g);
	} else if (!g->model->load.replay.file.len && root->kind == NODE_MAP && !root->truncated &&
		   !root->reported && !has_unknown_keys(root) && !has_key(g, "flows")) {
		struct diag *diag = reader_error(&g->reader, (struct span){g->model->source, 0, 0},
						 DIAG_E141, "no steps: add 'steps' or 'scenarios'");
		diag_note(g->reader.diags, diag, SPAN_NONE,
			  "the smallest file has a target and one step: steps: [get: /]");
	}
}

/* A variable whose value could not be read is skipped: its name is among the lost names. */
static void resolve_variables(struct model_reader *g)
{
	const struct field_map *map = &g->file->variables;
	const struct node *node = keys_value(&g->file->keys, "variables");

	g->model->variables = ARENA_ARRAY(g->reader.arena, map->count, struct variable);
	for (size_t i = 0; i < map->count; i++) {
		struct variable *variable = &g->model->variables[g->model->variable_count];

		*variable = *(const struct variable *)map->pairs[i].value;
		variable->name = map->pairs[i].key;
		variable->name_span = map->pairs[i].key_span;
		variable_name_check(&g->reader, node->pairs[i].key);
		if (variable->value)
			g->model->variable_count++;
	}
}

static void resolve_data(struct model_reader *g)
{
	const struct field_map *map = &g->file->data;
	const struct node *node = keys_value(&g->file->keys, "data");

	g->model->data = ARENA_ARRAY(g->reader.arena, map->count, struct data_set);
	for (size_t i = 0; i < map->count; i++) {
		struct data_set *set = &g->model->data[i];

		*set = *(const struct data_set *)map->pairs[i].value;
		set->name = map->pairs[i].key;
		set->name_span = map->pairs[i].key_span;
		variable_name_check(&g->reader, node->pairs[i].key);
		g->model->data_count++;
		data_open(&g->reader, set);
	}
}

/* ---- names that steps with errors may set */

/* Collects every key below NODE, which includes the names that an `extract` or a `set` there would
 * set. */
static void collect_names(struct model_reader *g, const struct node *node, size_t *cap)
{
	struct model *m = g->model;

	for (size_t i = 0; i < node->count; i++) {
		if (node->kind == NODE_MAP) {
			if (m->lost_name_count == *cap)
				m->lost_names =
				    arena_grow(g->reader.arena, m->lost_names, m->lost_name_count,
					       cap, sizeof *m->lost_names);
			m->lost_names[m->lost_name_count++] = node->pairs[i].key->text;
			collect_names(g, node->pairs[i].value, cap);
		} else if (node->kind == NODE_LIST) {
			collect_names(g, node->items[i], cap);
		}
	}
}

struct model *model_read(struct arena *arena, const struct source *source, const struct node *root,
			 const struct kind_tables *tables, const struct overrides *overrides,
			 struct diag_list *diags)
{
	struct model_reader g = {.overrides = overrides,
				 .parameters = {.sources = &overrides->parameters},
				 .file = ARENA_NEW(arena, struct scenario_file),
				 .model = ARENA_NEW(arena, struct model)};
	struct model *m = g.model;

	scenario_reader_init(&g.reader, arena, diags, tables, scenario_file_fields, &g.parameters);
	g.reader.allowed_files =
	    (struct allowed_files){.scenario = source->name,
				   .folders = overrides->allowed_folders,
				   .folder_count = overrides->allowed_folder_count};
	m->allowed_files = g.reader.allowed_files;
	bool fine = reader_object(&g.reader, root, scenario_file_fields, g.file);
	if (!keys_has(&g.file->keys, scenario_file_fields, "parameters"))
		parameters_reject_options(&g.reader);
	m->keys = g.file->keys;
	m->source = source;
	m->name = g.file->name;
	m->parameters = g.parameters.items;
	m->parameter_count = g.parameters.count;
	m->defaults = g.file->defaults;
	m->allowed_hosts = g.file->allowed_hosts.items;
	m->allowed_host_count = g.file->allowed_hosts.count;
	for (size_t i = 0; i < m->allowed_host_count; i++)
		m->allowed_hosts[i] = ascii_entry(arena, m->allowed_hosts[i]);
	m->thresholds = g.file->thresholds.items;
	m->threshold_count = g.file->thresholds.count;
	m->load = g.file->load;
	m->fixture[FIXTURE_SETUP] = g.file->setup.steps;
	m->fixture[FIXTURE_BEFORE_USER] = g.file->before_user.steps;
	m->renewal[FIXTURE_SETUP] = &g.file->setup;
	m->renewal[FIXTURE_BEFORE_USER] = &g.file->before_user;
	m->fixture[FIXTURE_AFTER_USER] = g.file->after_user;
	m->fixture[FIXTURE_TEARDOWN] = g.file->teardown.steps;
	m->once_for_fleet[FIXTURE_SETUP] = fixture_list_is_once(&g.file->setup, NULL);
	m->once_for_fleet[FIXTURE_TEARDOWN] =
	    fixture_list_is_once(&g.file->teardown, &g.file->setup);
	resolve_profile(&g);
	collect_thresholds(&g);
	flows_collect(&g.reader, g.file, m);
	resolve_data(&g);
	resolve_variables(&g);
	m->seed = g.file->seed;
	m->has_seed = has_key(&g, "seed") || overrides->seed.text.ptr;
	overrides_read(&g.reader, &overrides->seed, scenario_file_fields, "seed", &m->seed);
	overrides_read(&g.reader, &overrides->transport, defaults_fields, "transport",
		       &m->defaults.transport);
	resolve_target(&g);
	resolve_scenarios(&g, root);
	resolve_loads(&g);
	if (!fine) {
		size_t cap = 0;

		collect_names(&g, root, &cap);
	}
	return m;
}

void model_close(const struct model *model)
{
	for (size_t i = 0; i < model->data_count; i++)
		data_close(&model->data[i]);
	if (model->replay)
		replay_file_close(model->replay);
}
