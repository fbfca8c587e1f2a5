#include "scenario/reference.h"

#include "base/diag.h"
#include "interface/expect.h"
#include "interface/extract.h"
#include "interface/field.h"
#include "interface/function.h"
#include "interface/step.h"
#include "scenario/extract_common.h"
#include "scenario/scenario_file.h"
#include "scenario/field_value.h"

#define COLUMNS 80

struct word_list {
	VEC(struct str) list;
};

/* One search through all tables. */
struct reference_search {
	struct buf *out;
	struct str word;
	struct arena arena; /* for descriptions of types */
	bool found;
	struct word_list *all; /* NULL: print entries; else collect every word */
};

/* ---- layout */

#define MEANING_MAX 60

void reference_wrap(struct buf *out, struct str text, size_t indent)
{
	size_t column = 0;

	for (size_t at = 0; at < text.len;) {
		size_t end = str_find_char(text, ' ', at);
		struct str word = str_slice(text, at, end == NOT_FOUND ? text.len : end);
		size_t width = str_columns(word);

		if (column && column + 1 + width > COLUMNS) {
			buf_add_char(out, '\n');
			column = 0;
		}
		buf_printf(out, "%*s", column ? 1 : (int)indent, "");
		buf_add(out, word);
		column = (column ? column + 1 : indent) + width;
		at = end == NOT_FOUND ? text.len : end + 1;
	}
	buf_add_char(out, '\n');
}

static void put_paragraph(struct buf *out, struct str text)
{
	reference_wrap(out, text, 2);
}

static void put_head(struct reference_search *s, const char *name, struct str where)
{
	if (s->found)
		buf_add_char(s->out, '\n');
	s->found = true;
	buf_printf(s->out, "%s: %.*s\n", name, STR_ARG(where));
}

/* ---- keys */

/* The mapping below a row, or NULL. */
static const struct field *below(const struct field *row)
{
	const struct field *inner = row->element ? row->element : row;

	return inner->special ? inner->special->fields : inner->fields;
}

/* The meaning of each word, one per line. Sentences are longer, and have their own topics. */
static void put_meanings(struct reference_search *s, const struct field *field)
{
	int width = 0;

	for (size_t i = 0; field->meanings && field->choices[i]; i++) {
		int length = (int)strlen(field->choices[i]);

		if (strlen(field->meanings[i]) > MEANING_MAX)
			return;
		width = length > width ? length : width;
	}
	for (size_t i = 0; field->meanings && field->choices[i]; i++)
		buf_printf(s->out, "    %-*s  %s\n", width, field->choices[i], field->meanings[i]);
}

static void put_accepted(struct reference_search *s, const struct field *field)
{
	struct str takes =
	    arena_printf(&s->arena, "Value: %.*s", STR_ARG(field_value_expected(&s->arena, field)));

	if (field->flags & FIELD_PARAMETER && field->type != FIELD_TEMPLATE &&
	    field->type != FIELD_OBJECT)
		takes = arena_printf(&s->arena, "%.*s, or a ${PARAMETER}", STR_ARG(takes));
	if (field->flags & FIELD_REQUIRED)
		takes = arena_printf(&s->arena, "%.*s; required", STR_ARG(takes));
	if (field->fallback)
		takes =
		    arena_printf(&s->arena, "%.*s; default: %s", STR_ARG(takes), field->fallback);
	put_paragraph(s->out, arena_printf(&s->arena, "%.*s.", STR_ARG(takes)));
	put_meanings(s, field);
}

/* INTRO is "Keys:" or similar. */
static void put_keys_of(struct reference_search *s, struct str intro, const struct field *fields)
{
	struct str keys = intro;

	for (const struct field *row = fields; row && row->key; row++)
		keys = arena_printf(&s->arena, "%.*s%s %s", STR_ARG(keys), row == fields ? "" : ",",
				    row->key);
	if (fields)
		put_paragraph(s->out, keys);
}

static void put_keys(struct reference_search *s, const struct field *fields)
{
	put_keys_of(s, STR("Keys:"), fields);
}

static void put_example(struct reference_search *s, const char *dash, const char *key,
			const char *value)
{
	if (value)
		buf_printf(s->out, "\n    %s%s: %s\n", dash, key, value);
}

static void put_field(struct reference_search *s, const struct field *field, struct str where)
{
	if (s->all) {
		VEC_PUSH(&s->arena, &s->all->list, str_of(field->key));
		return;
	}
	if (!str_eq(str_of(field->key), s->word))
		return;
	put_head(s, field->key, where);
	if (field->prose)
		put_paragraph(s->out, str_of(field->prose));
	put_accepted(s, field);
	put_keys(s, below(field));
	put_example(s, field->flags & FIELD_ACTION ? "- " : "", field->key, field->example);
}

/* The rows of FIELDS and of the mappings below them. */
static void search_fields(struct reference_search *s, const struct field *fields, struct str where,
			  int depth)
{
	for (const struct field *row = fields; row && row->key && depth < 6; row++) {
		put_field(s, row, where);
		if (below(row) && below(row) != fields)
			search_fields(
			    s, below(row),
			    depth ? arena_printf(&s->arena, "%.*s, %s", STR_ARG(where), row->key)
				  : arena_printf(&s->arena, "under %s", row->key),
			    depth + 1);
	}
}

/* ---- kinds */

static void search_steps(struct reference_search *s, const struct kind_tables *tables)
{
	for (size_t i = 0; i < tables->step_count; i++) {
		const struct step_kind *kind = tables->steps[i];

		for (const struct field *row = kind->fields; row->key; row++) {
			bool action = row->flags & FIELD_ACTION;
			bool meant = str_eq(str_of(row->key), s->word);

			if (!action) {
				put_field(s, row,
					  arena_printf(&s->arena, "in the step %s", kind->name));
			} else if (s->all) {
				VEC_PUSH(&s->arena, &s->all->list, str_of(row->key));
			} else if (meant) {
				put_head(s, row->key, STR("a step"));
				put_paragraph(s->out, str_of(kind->sentence));
				if (row->prose)
					put_paragraph(s->out, str_of(row->prose));
				put_accepted(s, row);
				put_keys(s, kind->fields);
				put_keys_of(s, STR("Keys of the mapping:"), below(row));
				put_example(s, "- ", row->key, row->example);
			}
			if (below(row))
				search_fields(s, below(row),
					      arena_printf(&s->arena, "under %s", row->key), 1);
		}
	}
}

/* Whether the name of a kind with one key, an extractor or an assertion, is the word. */
static bool matches_kind(struct reference_search *s, const char *name)
{
	if (s->all)
		VEC_PUSH(&s->arena, &s->all->list, str_of(name));
	return !s->all && str_eq(str_of(name), s->word);
}

static void search_extracts(struct reference_search *s, const struct kind_tables *tables)
{
	search_fields(s, extract_common_fields, STR("in an entry of extract"), 1);
	for (size_t i = 0; i < tables->extract_count; i++) {
		const struct extract_kind *kind = tables->extracts[i];

		if (matches_kind(s, kind->name)) {
			put_head(s, kind->name, STR("an extractor"));
			put_paragraph(s->out, str_of(kind->sentence));
			put_keys(s, kind->fields);
			if (kind->example)
				buf_printf(s->out, "\n    extract: {value: {%s: %s}}\n", kind->name,
					   kind->example);
		}
		search_fields(s, kind->fields,
			      arena_printf(&s->arena, "with the extractor %s", kind->name), 1);
	}
}

static void search_expects(struct reference_search *s, const struct kind_tables *tables)
{
	const struct field *shown = NULL;

	for (size_t i = 0; i < tables->expect_count; i++) {
		const struct expect_kind *kind = tables->expects[i];

		if (matches_kind(s, kind->name)) {
			put_head(s, kind->name, STR("an assertion"));
			put_paragraph(s->out, str_of(kind->sentence));
			put_accepted(s, kind->field);
			put_keys(s, below(kind->field));
			if (kind->field->example)
				buf_printf(s->out, "\n    %s: {%s: %s}\n",
					   kind->needs & NEEDS_EVENT_TYPE ? "wait_for" : "expect",
					   kind->name, kind->field->example);
		}
		/* Predicates are shared; the first kind that accepts them prints them. */
		if (below(kind->field) && below(kind->field) != shown) {
			shown = below(kind->field);
			search_fields(s, shown, STR("in an assertion"), 1);
		}
	}
}

static void search_functions(struct reference_search *s, const struct kind_tables *tables)
{
	for (size_t i = 0; i < tables->function_count; i++) {
		const struct function_kind *kind = tables->functions[i];

		if (!matches_kind(s, kind->name))
			continue;
		put_head(s, kind->name,
			 kind->flags & FUNCTION_FILTER ? STR("a filter") : STR("a function"));
		put_paragraph(s->out, str_of(kind->sentence));
		buf_printf(s->out, "\n    %s\n", kind->signature);
		if (kind->example)
			buf_printf(s->out, "    ${%s}%s%s\n", kind->example,
				   kind->result ? "  gives  " : "",
				   kind->result ? kind->result : "");
	}
}

static void search_all(struct reference_search *s, const struct kind_tables *tables)
{
	search_steps(s, tables);
	search_fields(s, scenario_file_fields, STR("at the top level"), 0);
	search_extracts(s, tables);
	search_expects(s, tables);
	search_functions(s, tables);
}

bool reference_put(struct buf *out, const struct kind_tables *tables, struct str word)
{
	struct reference_search s = {.out = out, .word = word};

	arena_init(&s.arena, 0);
	search_all(&s, tables);
	arena_release(&s.arena);
	return s.found;
}

struct str reference_nearest(struct arena *a, const struct kind_tables *tables, struct str word)
{
	struct word_list words = {.list = {NULL, 0, 0}};
	struct reference_search s = {.word = word, .all = &words};

	arena_init(&s.arena, 0);
	search_all(&s, tables);
	struct str nearest = diag_nearest(word, words.list.items, words.list.count);
	if (nearest.ptr)
		nearest = arena_str(a, nearest);
	arena_release(&s.arena);
	return nearest;
}
