#include "cmd/load_file.h"

#include <string.h>

#include "base/escape.h"
#include "base/file.h"
#include "base/gunzip.h"
#include "base/units.h"
#include "cmd/all_tables.h"
#include "cmd/data_needs.h"
#include "cmd/http_version_check.h"
#include "cmd/newcomer_hints.h"
#include "cmd/other_tool_file.h"
#include "cmd/threshold_coverage.h"
#include "cmd/threshold_reader.h"
#include "doc/node_path.h"
#include "doc/yaml.h"
#include "import/import.h"
#include "interface/reader.h"
#include "run/run_plan.h"
#include "scenario/profiles.h"
#include "scenario/step_lists.h"
#include "stats/summary.h"

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

/* Removes the scenarios that --only does not select, and thresholds that then apply to nothing.
 * Before this, the whole file was checked. */
static void select_scenarios(struct loaded_file *l, struct model *model,
			     const struct overrides *overrides, unsigned compiled)
{
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
	l->program = program_new(model, &all_tables, compiled, &unused);
	threshold_reader_select(l);
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

static void init(struct loaded_file *l, const char *path)
{
	bool is_input = strcmp(path, "-") == 0;

	*l = (struct loaded_file){.name = is_input ? STR("<stdin>") : str_of(path),
				  .is_input = is_input};
	arena_init(&l->arena, 0);
	diag_init(&l->diags, &l->arena);
}

static bool load(struct loaded_file *l, const char *path, struct str text,
		 const struct overrides *overrides, enum load_file_purpose purpose)
{
	bool run = purpose >= LOAD_FILE_RUN;
	unsigned compiled = run ? PROGRAM_JIT : 0;

	if (purpose == LOAD_FILE_STEPS)
		compiled |= PROGRAM_STEP_ENDS;
	l->source = source_new(&l->arena, l->name, text);
	const struct node *root = yaml_read(&l->arena, l->source, &l->diags);

	l->root = root;
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
	l->program = program_new(l->model, &all_tables, compiled, &l->diags);
	threshold_reader_read(l);
	select_scenarios(l, model, own, compiled);
	if (l->program && !l->diags.errors)
		http_version_check(l);
	if (l->program && !l->diags.errors) {
		threshold_coverage_add_defaults(l);
		data_needs_warn(l);
	}
	if (l->diags.errors)
		other_tool_file_check(l, path, text, root);
	node_path_diags(&l->diags, root);
	return l->diags.errors == 0 && l->program;
}

bool load_file(struct loaded_file *l, const char *path, const struct overrides *overrides,
	       enum load_file_purpose purpose)
{
	struct str text;

	init(l, path);
	if (!read_text(l, path, &text))
		return false;
	if (l->is_input && overrides->input_name) {
		path = overrides->input_name;
		l->name = str_of(path);
	}
	return load(l, path, text, overrides, purpose);
}

bool load_file_text(struct loaded_file *l, const char *path, struct str text,
		    const struct overrides *overrides, enum load_file_purpose purpose)
{
	init(l, path);
	return load(l, path, text, overrides, purpose);
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
