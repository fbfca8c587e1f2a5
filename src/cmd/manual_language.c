/* The tables of the language in the manual. */
#include <string.h>

#include "cmd/manual.h"
#include "cmd/all_tables.h"
#include "interface/expect.h"
#include "interface/extract.h"
#include "interface/function.h"
#include "interface/step.h"
#include "program/expr.h"
#include "program/program.h"
#include "scenario/extract_common.h"
#include "scenario/scenario_file.h"
#include "scenario/field_value.h"
#include "stats/threshold.h"

#define DEPTH_MAX 6

static const struct manual_list key_list = {"Key", MANUAL_VALUE};
static const struct manual_list step_key_list = {"Key", MANUAL_VALUE | MANUAL_EXAMPLE};

/* Which mappings are done: a predicate contains predicates. */
struct visited_tables {
	const struct field *tables[64];
	size_t count;
};

static bool is_visited(struct visited_tables *visited, const struct field *fields)
{
	for (size_t i = 0; i < visited->count; i++)
		if (visited->tables[i] == fields)
			return true;
	if (visited->count < sizeof visited->tables / sizeof *visited->tables)
		visited->tables[visited->count++] = fields;
	return false;
}

static const struct field *below(const struct field *row)
{
	const struct field *inner = row->element ? row->element : row;

	return inner->special ? inner->special->fields : inner->fields;
}

static struct str text_or_empty(const char *text)
{
	return text ? str_of(text) : STR("");
}

/* The keys of FIELDS; with examples if LIST has a column for them. */
static void put_fields(struct manual *m, const struct manual_list *list, const struct field *fields)
{
	m->format->begin(m->out, list);
	for (const struct field *row = fields; row && row->key; row++) {
		struct manual_item item = {
		    .terms = {{MANUAL_KEY, str_of(row->key)}},
		    .prose = text_or_empty(row->prose),
		    .value = field_value_expected(m->arena, row),
		    .fallback = text_or_empty(row->fallback),
		    .required = row->flags & FIELD_REQUIRED,
		};

		if ((list->columns & MANUAL_EXAMPLE) && row->example)
			item.example = arena_printf(m->arena, "%s%s: %s",
						    row->flags & FIELD_ACTION ? "- " : "", row->key,
						    row->example);
		m->format->item(m->out, list, &item);
	}
	m->format->end(m->out);
}

/* The mappings below the rows of FIELDS, each with its own heading. */
static void put_below(struct manual *m, const struct field *fields, struct str path,
		      struct visited_tables *visited, int depth)
{
	for (const struct field *row = fields; row && row->key && depth < DEPTH_MAX; row++) {
		const struct field *inner = below(row);

		if (!inner || is_visited(visited, inner))
			continue;
		struct str inside =
		    path.len ? arena_printf(m->arena, "%.*s, %s", STR_ARG(path), row->key)
			     : str_of(row->key);
		m->format->heading(m->out, arena_printf(m->arena, "Keys of %.*s", STR_ARG(inside)));
		put_fields(m, &key_list, inner);
		put_below(m, inner, inside, visited, depth + 1);
	}
}

static void put_top(struct manual *m, struct visited_tables *visited)
{
	put_fields(m, &key_list, scenario_file_fields);
	put_below(m, scenario_file_fields, STR(""), visited, 0);
}

static void put_steps(struct manual *m, struct visited_tables *visited)
{
	for (size_t i = 0; i < all_tables.step_count; i++) {
		const struct step_kind *kind = all_tables.steps[i];

		m->format->heading(m->out, arena_printf(m->arena, "The step %s", kind->name));
		m->format->paragraph(m->out, str_of(kind->sentence));
		put_fields(m, &step_key_list, kind->fields);
		put_below(m, kind->fields, STR(""), visited, 0);
	}
}

static void put_kind_keys(struct manual *m, const char *kind, const struct field *fields)
{
	if (!fields)
		return;
	m->format->heading(m->out, arena_printf(m->arena, "Keys of %s", kind));
	put_fields(m, &key_list, fields);
}

static void put_extractors(struct manual *m)
{
	static const struct manual_list list = {"Extractor", MANUAL_EXAMPLE};

	m->format->begin(m->out, &list);
	for (size_t i = 0; i < all_tables.extract_count; i++) {
		const struct extract_kind *kind = all_tables.extracts[i];
		struct manual_item item = {
		    .terms = {{MANUAL_KEY, str_of(kind->name)}},
		    .prose = str_of(kind->sentence),
		    .context = STR("extract:\n  value:\n    "),
		};

		if (kind->example)
			item.example = arena_printf(m->arena, "%s: %s", kind->name, kind->example);
		m->format->item(m->out, &list, &item);
	}
	m->format->end(m->out);
	for (size_t i = 0; i < all_tables.extract_count; i++) {
		put_kind_keys(m, all_tables.extracts[i]->name, all_tables.extracts[i]->fields);
		put_kind_keys(m, all_tables.extracts[i]->name, all_tables.extracts[i]->parts);
	}
	put_kind_keys(m, "every extractor", extract_common_fields);
}

/* The names of all expectations whose keys are FIELDS. */
static struct str kinds_with(struct manual *m, const struct field *fields)
{
	struct str names = STR("");

	for (size_t i = 0; i < all_tables.expect_count; i++)
		if (below(all_tables.expects[i]->field) == fields)
			names = arena_printf(m->arena, "%.*s%s%s", STR_ARG(names),
					     names.len ? ", " : "", all_tables.expects[i]->name);
	return names;
}

static void put_expectations(struct manual *m, struct visited_tables *visited)
{
	static const struct manual_list list = {"Expectation", MANUAL_EXAMPLE};

	m->format->begin(m->out, &list);
	for (size_t i = 0; i < all_tables.expect_count; i++) {
		const struct expect_kind *kind = all_tables.expects[i];
		struct manual_item item = {
		    .terms = {{MANUAL_KEY, str_of(kind->name)}},
		    .prose = str_of(kind->sentence),
		    .context = kind->needs & NEEDS_EVENT_TYPE ? STR("wait_for:\n  ")
							      : STR("expect:\n  "),
		};

		if (kind->field->example)
			item.example =
			    arena_printf(m->arena, "%s: %s", kind->name, kind->field->example);
		m->format->item(m->out, &list, &item);
	}
	m->format->end(m->out);
	for (size_t i = 0; i < all_tables.expect_count; i++) {
		const struct field *inner = below(all_tables.expects[i]->field);

		if (inner && !is_visited(visited, inner))
			put_kind_keys(m, kinds_with(m, inner).ptr, inner);
	}
}

static void put_functions(struct manual *m, bool filters)
{
	static const struct manual_list list = {"Name", MANUAL_EXAMPLE};

	m->format->begin(m->out, &list);
	for (size_t i = 0; i < all_tables.function_count; i++) {
		const struct function_kind *f = all_tables.functions[i];
		struct manual_item item = {
		    .terms = {{MANUAL_KEY, str_of(f->signature)}},
		    .prose = str_of(f->sentence),
		};

		if (((f->flags & FUNCTION_FILTER) != 0) != filters)
			continue;
		if (f->example)
			item.example =
			    arena_printf(m->arena, "${%s}%s%s", f->example,
					 f->result ? " gives " : "", f->result ? f->result : "");
		m->format->item(m->out, &list, &item);
	}
	m->format->end(m->out);
}

static void put_words(struct manual *m, const struct threshold_word *words, size_t count,
		      const struct manual_list *list)
{
	m->format->begin(m->out, list);
	for (size_t i = 0; i < count; i++) {
		struct manual_item item = {
		    .terms = {{MANUAL_KEY, str_of(words[i].word)}},
		    .prose = str_of(words[i].sentence),
		    .context = STR("thresholds:\n  - "),
		    .example = str_of(words[i].example),
		};

		m->format->item(m->out, list, &item);
	}
	m->format->end(m->out);
}

static void put_thresholds(struct manual *m, struct str word)
{
	static const struct manual_list metric_list = {"Metric", MANUAL_EXAMPLE};
	static const struct manual_list statistic_list = {"Statistic", MANUAL_EXAMPLE};
	static const struct manual_list modifier_list = {"Modifier", MANUAL_EXAMPLE};
	const struct threshold_word *words;
	size_t count;

	if (str_eq(word, STR("metrics"))) {
		words = threshold_metrics(&count);
		put_words(m, words, count, &metric_list);
	} else if (str_eq(word, STR("statistics"))) {
		words = threshold_statistics(&count);
		put_words(m, words, count, &statistic_list);
	} else {
		words = threshold_modifiers(&count);
		put_words(m, words, count, &modifier_list);
	}
}

static void put_builtins(struct manual *m)
{
	static const struct manual_list list = {"Name", 0};
	size_t count;
	const struct builtin_word *words = expr_builtin_words(&count);

	m->format->begin(m->out, &list);
	for (size_t i = 0; i < count; i++) {
		struct manual_item item = {
		    .terms = {{MANUAL_KEY, str_of(words[i].word)}},
		    .prose = str_of(words[i].sentence),
		};

		m->format->item(m->out, &list, &item);
	}
	m->format->end(m->out);
}

static void put_instructions(struct manual *m)
{
	static const char *const rows[][2] = {
#define OP(name, a, b, c, properties, prose) {#name, prose},
#include "program/ops.def"
#undef OP
	};
	static const struct manual_list list = {"Instruction", 0};

	m->format->begin(m->out, &list);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		m->format->item(m->out, &list,
				&(struct manual_item){
				    .terms = {{MANUAL_KEY, str_of(rows[i][0])}},
				    .prose = str_of(rows[i][1]),
				});
	m->format->end(m->out);
}

bool manual_language(struct manual *m, struct str word)
{
	struct visited_tables visited = {.count = 0};

	/* The predicates are in the list of expectations. */
	if (!str_eq(word, STR("expectations")))
		for (size_t i = 0; i < all_tables.expect_count; i++)
			if (below(all_tables.expects[i]->field))
				is_visited(&visited, below(all_tables.expects[i]->field));
	if (str_eq(word, STR("top")))
		put_top(m, &visited);
	else if (str_eq(word, STR("steps")))
		put_steps(m, &visited);
	else if (str_eq(word, STR("extractors")))
		put_extractors(m);
	else if (str_eq(word, STR("expectations")))
		put_expectations(m, &visited);
	else if (str_eq(word, STR("functions")) || str_eq(word, STR("filters")))
		put_functions(m, word.ptr[1] == 'i');
	else if (str_eq(word, STR("metrics")) || str_eq(word, STR("statistics")) ||
		 str_eq(word, STR("modifiers")))
		put_thresholds(m, word);
	else if (str_eq(word, STR("builtins")))
		put_builtins(m);
	else if (str_eq(word, STR("instructions")))
		put_instructions(m);
	else
		return false;
	return true;
}
