#include "cmd/load_file.h"

#include <string.h>

#include "base/escape.h"
#include "base/file.h"
#include "base/gunzip.h"
#include "base/units.h"
#include "cmd/threshold_coverage.h"
#include "cmd/data_needs.h"
#include "cmd/newcomer_hints.h"
#include "cmd/other_tool_file.h"
#include "cmd/all_tables.h"
#include "doc/yaml.h"
#include "import/import.h"
#include "interface/reader.h"
#include "run/run_plan.h"
#include "scenario/profiles.h"
#include "scenario/step_lists.h"
#include "stats/summary.h"

/* ---- thresholds */

/* The threshold in its short form, which is its name in results. */
static struct str short_form(struct loaded_file *l, const struct threshold_line *line,
			     const struct threshold *t, bool named)
{
	size_t stat = 0;
	struct buf text;
	struct str copy;

	while (stat < line->check.len && !strchr(" \t<>=!", line->check.ptr[stat]))
		stat++;
	buf_init(&text, 0);
	buf_add(&text, str_slice(line->check, 0, stat));
	if (named) {
		buf_add(&text, STR(" of "));
		escape_json(&text, t->name);
	}
	if (stat < line->check.len && !strchr(" \t", line->check.ptr[stat]))
		buf_add_char(&text, ' ');
	buf_add(&text, str_slice(line->check, stat, line->check.len));
	if (line->for_ns) {
		buf_add(&text, STR(" for "));
		units_put_duration(&text, t->for_ns);
	}
	if (line->after_ns) {
		buf_add(&text, STR(" after "));
		units_put_duration(&text, t->after_ns);
	}
	copy = arena_str(&l->arena, buf_str(&text));
	buf_release(&text);
	return copy;
}

/* Adds the keys of the long form to what its `check` says. */
static void add_keys(struct loaded_file *l, const struct threshold_line *line, struct threshold *t)
{
	const struct {
		struct str name;
		enum threshold_scope scope;
	} scopes[] = {{line->step, THRESHOLD_OF_STEP},
		      {line->group, THRESHOLD_OF_GROUP},
		      {line->scenario, THRESHOLD_OF_SCENARIO}};

	bool named = t->name.len > 0, more = false;

	for (size_t i = 0; i < sizeof scopes / sizeof *scopes; i++) {
		if (!scopes[i].name.len)
			continue;
		if (named)
			diag_error(
			    &l->diags, line->keys.span, DIAG_E306,
			    "the threshold names a step, group or scenario twice: in 'check' and "
			    "in a key; remove one of them");
		more = true;
		t->name = scopes[i].name;
		t->scope = scopes[i].scope;
	}
	if (line->for_ns)
		t->for_ns = line->for_ns;
	if (line->after_ns)
		t->after_ns = line->after_ns;
	t->abort = line->abort;
	if (more || line->for_ns || line->after_ns)
		t->text = short_form(l, line, t, more);
}

/* Suggests the text with all of its fixes, if it is valid then. */
static void suggest_threshold(struct loaded_file *l, const struct threshold_line *line,
			      struct diag *diag)
{
	struct str text = line->check;
	struct threshold unused;

	for (int fixes = 0; fixes < 4; fixes++) {
		struct threshold_error error = {0};

		if (threshold_parse(&l->arena, text, &unused, &error)) {
			/* A name in double quotes would end a text in double quotes. */
			bool quoted = line->node->style == NODE_DOUBLE &&
				      str_find_char(text, '"', 0) != NOT_FOUND;

			if (fixes && !quoted && str_eq(line->node->text, line->check))
				diag_fix_in_line(&l->diags, diag,
						 node_text_span(line->node, 0, line->check.len),
						 text);
			return;
		}
		struct str fix = error.fix.len ? error.fix : error.near;
		if (!fix.len)
			return;
		text = arena_printf(&l->arena, "%.*s%.*s%.*s",
				    STR_ARG(str_slice(text, 0, error.begin)), STR_ARG(fix),
				    STR_ARG(str_slice(text, error.end, text.len)));
	}
}

static bool read_threshold(struct loaded_file *l, const struct threshold_line *line,
			   struct threshold *out)
{
	struct threshold_error error = {0};

	if (threshold_parse(&l->arena, line->check, out, &error)) {
		out->at = source_span_label(&l->arena, line->node->span);
		add_keys(l, line, out);
		return true;
	}
	struct span span = str_eq(line->node->text, line->check)
			       ? node_text_span(line->node, error.begin, error.end)
			       : line->node->span;
	struct diag *diag = diag_error(&l->diags, span, DIAG_E308,
				       error.near.ptr ? "%s; did you mean '%.*s'?" : "%s%.*s",
				       error.message, STR_ARG(error.near));
	suggest_threshold(l, line, diag);
	return false;
}

/* All names that a threshold may use: of series, of scenarios, and "Scenario / Step". */
struct name_list {
	VEC(struct str) list;
};

static void collect_names(struct loaded_file *l, struct name_list *names)
{
	const struct program *p = l->program;

	for (uint32_t i = 0; i < p->scenario_count; i++)
		VEC_PUSH(&l->arena, &names->list, p->scenarios[i].name);
	for (uint32_t i = 0; i < p->series_count; i++) {
		const struct series_plan *s = &p->series[i];

		if (s->unmeasured)
			continue;
		VEC_PUSH(&l->arena, &names->list, s->name);
		VEC_PUSH(
		    &l->arena, &names->list,
		    arena_printf(&l->arena, "%.*s / %.*s", STR_ARG(s->scenario), STR_ARG(s->name)));
	}
}

/* The position of the name in the file. */
static struct span name_span(const struct threshold *t, const struct threshold_line *line)
{
	static const char *const names[] = {"step", "group", "scenario"};
	size_t at = str_find(line->node->text, t->name, 0);

	for (size_t i = 0; line->keys.node && i < sizeof names / sizeof *names; i++) {
		const struct node *value = keys_value(&line->keys, names[i]);

		if (value)
			return value->span;
	}
	if (at == NOT_FOUND)
		return line->node->span;
	return node_text_span(line->node, at, at + t->name.len);
}

/* Iterations and users belong to scenarios. */
static void check_threshold_scope(struct loaded_file *l, const struct threshold *t,
				  const struct threshold_line *line)
{
	if (t->stat != STAT_FAILED_ITERATIONS)
		return;
	for (uint32_t i = 0; i < l->program->scenario_count; i++)
		if (str_eq(l->program->scenarios[i].name, t->name))
			return;
	diag_error(&l->diags, name_span(t, line), DIAG_E309,
		   "failed_iterations is counted per scenario, and '%.*s' is not a scenario",
		   STR_ARG(t->name));
}

/* Steps and groups beyond the limit of series are counted together, so they have no statistics. */
static void check_threshold_series(struct loaded_file *l, const struct series_table *table,
				   const struct threshold *t, const struct threshold_line *line)
{
	for (size_t i = 0; i < table->defs.count; i++)
		if (summary_series_matches(&table->defs.items[i], t->name))
			return;
	diag_error(&l->diags, name_span(t, line), DIAG_E356,
		   "'%.*s' has no separate statistics: the file has more than %u names, and "
		   "further ones are counted as _other; give steps that belong together the same "
		   "name",
		   STR_ARG(t->name), SERIES_MAX - SERIES_KIND_COUNT);
}

static void check_threshold_name(struct loaded_file *l, const struct name_list *names,
				 const struct series_table *table, const struct threshold *t,
				 const struct threshold_line *line)
{
	for (size_t i = 0; i < names->list.count; i++) {
		if (str_eq(names->list.items[i], t->name)) {
			check_threshold_scope(l, t, line);
			check_threshold_series(l, table, t, line);
			return;
		}
	}
	struct str nearest = diag_nearest(t->name, names->list.items, names->list.count);
	struct span span = name_span(t, line);

	if (nearest.ptr)
		diag_error(&l->diags, span, DIAG_E309,
			   "there is no step, group or scenario named '%.*s'; did you mean "
			   "'%.*s'?",
			   STR_ARG(t->name), STR_ARG(nearest));
	else
		diag_error(&l->diags, span, DIAG_E309,
			   "there is no step, group or scenario named '%.*s'", STR_ARG(t->name));
}

static void read_thresholds(struct loaded_file *l)
{
	const struct model *m = l->model;
	struct name_list names = {.list = {NULL, 0, 0}};
	struct run_plan plan;

	l->thresholds =
	    ARENA_ARRAY(&l->arena, m->threshold_count + THRESHOLD_DEFAULTS_MAX, struct threshold);
	for (size_t i = 0; i < m->threshold_count; i++) {
		const struct threshold_line *line = &m->thresholds[i];
		struct threshold *t = &l->thresholds[l->threshold_count];

		if (!line->check.ptr || !line->node || !read_threshold(l, line, t))
			continue;
		l->threshold_count++;
		if (!l->program || !t->name.len)
			continue;
		if (!names.list.count) {
			collect_names(l, &names);
			run_plan_init_series(&plan, l->program);
		}
		check_threshold_name(l, &names, &plan.table, t, line);
	}
	if (names.list.count)
		run_plan_release(&plan);
	for (size_t i = 0; i < m->profile_threshold_count; i++) {
		const struct threshold_line *line = &m->profile_thresholds[i];
		struct threshold unused = {0};

		if (line->check.ptr && line->node)
			read_threshold(l, line, &unused);
	}
}

/* ---- --only */

/* An exact name always matches, also if it contains `*` or `?`. */
static bool matches_only(const char *pattern, struct str name)
{
	return str_eq(name, str_of(pattern)) || str_glob(name, str_of(pattern));
}

static bool is_selected(const struct overrides *overrides, struct str name)
{
	for (size_t i = 0; i < overrides->only_count; i++)
		if (matches_only(overrides->only[i], name))
			return true;
	return false;
}

static void report_unknown_only(struct loaded_file *l, const char *pattern)
{
	const struct model *m = l->model;
	struct str *names = ARENA_ARRAY(&l->arena, m->scenario_count + 1, struct str), near;

	for (size_t i = 0; i < m->scenario_count; i++) {
		names[i] = m->scenarios[i].name;
		if (matches_only(pattern, names[i]))
			return;
	}
	near = diag_nearest(str_of(pattern), names, m->scenario_count);
	if (near.ptr)
		diag_error(&l->diags, SPAN_NONE, DIAG_E309,
			   "--only: there is no scenario named '%s'; did you mean '%.*s'?", pattern,
			   STR_ARG(near));
	else
		diag_error(&l->diags, SPAN_NONE, DIAG_E309,
			   "--only: there is no scenario named '%s'; the first one is '%.*s'",
			   pattern, STR_ARG(names[0]));
}

static bool is_known(const struct name_list *names, struct str name)
{
	for (size_t i = 0; i < names->list.count; i++)
		if (str_eq(names->list.items[i], name))
			return true;
	return false;
}

/* Removes the scenarios that --only does not select, and thresholds that then apply to nothing.
 * Before this, the whole file was checked. */
static void select_scenarios(struct loaded_file *l, struct model *model,
			     const struct overrides *overrides, bool jit)
{
	struct name_list names = {.list = {NULL, 0, 0}};
	struct diag_list unused;
	size_t kept = 0;

	for (size_t i = 0; i < overrides->only_count && model->scenario_count; i++)
		report_unknown_only(l, overrides->only[i]);
	if (l->diags.errors || !l->program || !overrides->only_count)
		return;
	for (size_t i = 0; i < model->scenario_count; i++)
		if (is_selected(overrides, model->scenarios[i].name))
			model->scenarios[kept++] = model->scenarios[i];
	model->scenario_count = kept;
	diag_init(&unused, &l->arena);
	program_free(l->program);
	l->program = program_new(model, &all_tables, jit, &unused);
	collect_names(l, &names);
	kept = 0;
	for (size_t i = 0; i < l->threshold_count; i++)
		if (!l->thresholds[i].name.len || is_known(&names, l->thresholds[i].name))
			l->thresholds[kept++] = l->thresholds[i];
	l->threshold_count = kept;
}

/* ---- files */

/* Reads the bytes of the file; false after an error, which names the format of other files. */
static bool read_text(struct loaded_file *l, const char *path, struct str *text)
{
	bool input = strcmp(path, "-") == 0;
	const char *error = NULL;

	if (!file_read(&l->arena, path, YAML_MAX_BYTES, text, &error)) {
		if (strstr(path, "://"))
			error = "expected a scenario file, found a URL; put the URL into the file, "
				"or use --target";
		struct diag *diag =
		    diag_error(&l->diags, SPAN_NONE, DIAG_E310, "cannot read %s: %s",
			       input ? "standard input" : path, error);
		struct str hint = input ? STR("") : newcomer_hints_file(&l->arena, path);

		if (hint.len)
			diag_note(&l->diags, diag, SPAN_NONE, "%.*s", STR_ARG(hint));
		/* The file may be a recording or a log, which are larger than any scenario. */
		if (!input)
			other_tool_file_report(l, path, import_guess(path, &error));
		return false;
	}
	if (gunzip_is_gzip(*text)) {
		if (input || !other_tool_file_report(l, path, import_guess(path, &error)))
			diag_error(&l->diags, SPAN_NONE, DIAG_E103,
				   "%s is compressed with gzip; a scenario must be plain text",
				   input ? "standard input" : path);
		return false;
	}
	return true;
}

bool load_file(struct loaded_file *l, const char *path, const struct overrides *overrides,
	       enum load_file_purpose purpose)
{
	bool run = purpose == LOAD_FILE_RUN;
	bool input = strcmp(path, "-") == 0;
	struct str text;

	*l = (struct loaded_file){.name = input ? STR("<stdin>") : str_of(path)};
	arena_init(&l->arena, 0);
	diag_init(&l->diags, &l->arena);
	if (!read_text(l, path, &text))
		return false;
	l->source = source_new(&l->arena, l->name, text);
	const struct node *root = yaml_read(&l->arena, l->source, &l->diags);
	if (purpose != LOAD_FILE_CHECK) {
		diag_drop(&l->diags, DIAG_W103);
		diag_drop(&l->diags, DIAG_W104);
	}
	if (!root) {
		other_tool_file_check(l, path, text, NULL);
		return false;
	}
	struct overrides *own = ARENA_NEW(&l->arena, struct overrides);
	*own = *overrides;
	if (own->profile.text.ptr) {
		own->parameters.profile = profiles_parameters(root, own->profile.text);
		own->parameters.profile_name = own->profile.text;
	}
	own->parameters.required = run;
	struct model *model = model_read(&l->arena, l->source, root, &all_tables, own, &l->diags);
	l->model = model;
	if (run && !l->model->scenario_count && !l->diags.errors)
		diag_error(
		    &l->diags, (struct span){l->source, 0, 0}, DIAG_E141,
		    "no steps: this file only has flows for other files to include; add 'steps' "
		    "or 'scenarios'");
	l->program = program_new(l->model, &all_tables, run, &l->diags);
	read_thresholds(l);
	select_scenarios(l, model, own, run);
	if (l->program && !l->diags.errors) {
		threshold_coverage_add_defaults(l);
		data_needs_warn(l);
	}
	if (l->diags.errors)
		other_tool_file_check(l, path, text, root);
	return l->diags.errors == 0 && l->program;
}

void load_file_release(struct loaded_file *l)
{
	if (l->program)
		program_free(l->program);
	if (l->model)
		model_close(l->model);
	arena_release(&l->arena);
}

/* Whether an error is in the file, and not only in the options. */
static bool has_error_in_file(const struct diag_list *diags)
{
	for (size_t i = 0; i < diags->diags.count; i++)
		if (diags->diags.items[i].level == DIAG_ERROR && diags->diags.items[i].span.source)
			return true;
	return false;
}

void load_file_report(const struct loaded_file *l, bool color, FILE *out)
{
	struct buf text;

	buf_init(&text, 0);
	diag_print(&l->diags, DIAG_TEXT, color, &text);
	if (l->diags.errors) {
		bool in_file = has_error_in_file(&l->diags);

		buf_printf(&text, "%zu error%s%s%.*s; nothing was sent.\n", l->diags.errors,
			   l->diags.errors == 1 ? "" : "s", in_file ? " in " : "",
			   in_file ? (int)l->name.len : 0, l->name.ptr);
	}
	if (text.len)
		fwrite(text.data, 1, text.len, out);
	buf_release(&text);
}

static void count_steps(void *count, const struct steps *steps)
{
	*(size_t *)count += steps->count;
	for (size_t i = 0; i < steps->count; i++)
		step_lists_visit(&steps->items[i], count_steps, count);
}

size_t load_file_count_steps(const struct loaded_file *l)
{
	size_t count = 0;

	for (int i = 0; i < FIXTURE_NONE; i++)
		count_steps(&count, &l->model->fixture[i]);
	for (size_t i = 0; i < l->model->scenario_count; i++)
		count_steps(&count, &l->model->scenarios[i].steps);
	return count;
}
