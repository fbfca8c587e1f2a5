/* Parses the lines under `thresholds:` and checks them against the program. */
#include "cmd/threshold_reader.h"

#include <string.h>

#include "base/ascii.h"
#include "base/escape.h"
#include "base/units.h"
#include "run/run_plan.h"
#include "stats/summary.h"

static bool has_metric(const struct threshold_line *line)
{
	return line->keys.node && keys_value(&line->keys, "metric") != NULL;
}

/* The threshold in its short form, which is its name in results. */
static struct str short_form(struct loaded_file *l, const struct threshold_line *line,
			     const struct threshold *t, bool named)
{
	size_t stat = t->stat_end;
	struct buf text;
	struct str copy;

	buf_init(&text, 0);
	if (has_metric(line))
		buf_printf(&text, "%s ", threshold_metric_name(t->metric));
	buf_add(&text, str_trim(str_slice(line->check, 0, stat)));
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

static void add_metric(struct loaded_file *l, const struct threshold_line *line,
		       struct threshold *t)
{
	enum threshold_metric written;
	struct str check = str_trim(line->check);
	size_t end = 0;

	while (end < check.len && !ascii_is_space(check.ptr[end]))
		end++;
	if (threshold_metric_find(str_slice(check, 0, end), &written))
		diag_error(&l->diags, line->keys.span, DIAG_E306,
			   "the threshold has a metric twice: in 'check' and in 'metric'; remove "
			   "one of them");
	else if (!threshold_stat_is_time(t->stat))
		diag_error(
		    &l->diags, keys_value(&line->keys, "metric")->span, DIAG_E308,
		    "'metric' needs a statistic of a time in 'check', such as p95, mean, min "
		    "or max");
	t->metric = (enum threshold_metric)line->metric;
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
	if (has_metric(line))
		add_metric(l, line, t);
	if (more || has_metric(line) || line->for_ns || line->after_ns)
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

static bool is_scenario(const struct loaded_file *l, const struct threshold *t)
{
	if (t->scope == THRESHOLD_OF_STEP || t->scope == THRESHOLD_OF_GROUP)
		return false;
	for (uint32_t i = 0; i < l->program->scenario_count; i++)
		if (str_eq(l->program->scenarios[i].name, t->name))
			return true;
	return false;
}

/* Iterations and users belong to scenarios. */
static void check_threshold_scope(struct loaded_file *l, const struct threshold *t,
				  const struct threshold_line *line)
{
	bool iterations = threshold_stat_is_time(t->stat) &&
			  threshold_metric_source(t->metric) == METRIC_OF_ITERATIONS;

	if ((t->stat != STAT_FAILED_ITERATIONS && !iterations) || is_scenario(l, t))
		return;
	if (iterations)
		diag_error(&l->diags, name_span(t, line), DIAG_E309,
			   "'%s' is measured per scenario, and '%.*s' is not a scenario; for the "
			   "time of a step or group, remove '%s'",
			   threshold_metric_name(t->metric), STR_ARG(t->name),
			   threshold_metric_name(t->metric));
	else
		diag_error(
		    &l->diags, name_span(t, line), DIAG_E309,
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
		diag_edit_word(&l->diags,
			       diag_error(&l->diags, span, DIAG_E309,
					  "no step, group or scenario is named '%.*s'; did you "
					  "mean '%.*s'?",
					  STR_ARG(t->name), STR_ARG(nearest)),
			       span, t->name, nearest);
	else
		diag_error(&l->diags, span, DIAG_E309, "no step, group or scenario is named '%.*s'",
			   STR_ARG(t->name));
}

void threshold_reader_read(struct loaded_file *l)
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

static bool is_known(const struct name_list *names, struct str name)
{
	for (size_t i = 0; i < names->list.count; i++)
		if (str_eq(names->list.items[i], name))
			return true;
	return false;
}

void threshold_reader_select(struct loaded_file *l)
{
	struct name_list names = {.list = {NULL, 0, 0}};
	size_t kept = 0;

	collect_names(l, &names);
	for (size_t i = 0; i < l->threshold_count; i++)
		if (!l->thresholds[i].name.len || is_known(&names, l->thresholds[i].name))
			l->thresholds[kept++] = l->thresholds[i];
	l->threshold_count = kept;
}
