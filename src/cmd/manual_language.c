/* The tables of the language in the manual. */
#include <string.h>

#include "cmd/manual.h"
#include "cmd/all_tables.h"
#include "interface/expect.h"
#include "interface/extract.h"
#include "interface/function.h"
#include "interface/step.h"
#include "program/program.h"
#include "scenario/extract_common.h"
#include "scenario/scenario_file.h"
#include "scenario/field_value.h"

#define DEPTH_MAX 6

/* Which mappings were told already: a predicate holds predicates. */
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

static void put_row(struct buf *out, struct arena *a, const struct field *row)
{
	buf_printf(out, ".It Sy \"%s\"\n", row->key);
	if (row->prose)
		manual_prose(out, str_of(row->prose));
	manual_prose(out,
		     arena_printf(a, "Takes %.*s%s%s%s.", STR_ARG(field_value_expected(a, row)),
				  row->flags & FIELD_REQUIRED ? "; required" : "",
				  row->fallback ? "; without it, " : "",
				  row->fallback ? row->fallback : ""));
}

static void put_example(struct buf *out, struct arena *a, const char *before, const char *key,
			const char *value, const char *behind)
{
	if (value)
		manual_literal(out, arena_printf(a, "%s%s: %s%s", before, key, value, behind));
}

void manual_fields(struct buf *out, struct arena *a, const struct field *fields, bool examples)
{
	buf_add(out, STR(".Bl -tag -width Ds\n"));
	for (const struct field *row = fields; row && row->key; row++) {
		put_row(out, a, row);
		if (examples)
			put_example(out, a, row->flags & FIELD_ACTION ? "- " : "", row->key,
				    row->example, "");
	}
	buf_add(out, STR(".El\n"));
}

/* The mappings that stand below the rows of FIELDS, each under a heading of its own. */
static void put_below(struct buf *out, struct arena *a, const struct field *fields, struct str path,
		      struct visited_tables *visited, int depth)
{
	for (const struct field *row = fields; row && row->key && depth < DEPTH_MAX; row++) {
		const struct field *inner = below(row);

		if (!inner || is_visited(visited, inner))
			continue;
		struct str inside = path.len ? arena_printf(a, "%.*s, %s", STR_ARG(path), row->key)
					     : str_of(row->key);
		buf_add(out, STR(".Ss Keys of "));
		manual_escape(out, inside);
		buf_add_char(out, '\n');
		manual_fields(out, a, inner, false);
		put_below(out, a, inner, inside, visited, depth + 1);
	}
}

static void put_top(struct buf *out, struct arena *a, struct visited_tables *visited)
{
	manual_fields(out, a, scenario_file_fields, false);
	put_below(out, a, scenario_file_fields, STR(""), visited, 0);
}

static void put_steps(struct buf *out, struct arena *a, struct visited_tables *visited)
{
	for (size_t i = 0; i < all_tables.step_count; i++) {
		const struct step_kind *kind = all_tables.steps[i];

		buf_printf(out, ".Ss The step %s\n", kind->name);
		manual_prose(out, str_of(kind->sentence));
		manual_fields(out, a, kind->fields, true);
		put_below(out, a, kind->fields, STR(""), visited, 0);
	}
}

static void put_extractors(struct buf *out, struct arena *a)
{
	buf_add(out, STR(".Bl -tag -width Ds\n"));
	for (size_t i = 0; i < all_tables.extract_count; i++) {
		const struct extract_kind *kind = all_tables.extracts[i];

		buf_printf(out, ".It Sy \"%s\"\n", kind->name);
		manual_prose(out, str_of(kind->sentence));
		if (kind->fields)
			manual_fields(out, a, kind->fields, false);
		if (kind->parts)
			manual_fields(out, a, kind->parts, false);
		if (kind->example)
			put_example(out, a, "extract:\n  value:\n    ", kind->name, kind->example,
				    "");
	}
	buf_add(out, STR(".El\n.Pp\nBeside each of them can stand:\n"));
	manual_fields(out, a, extract_common_fields, false);
}

static void put_expectations(struct buf *out, struct arena *a, struct visited_tables *visited)
{
	buf_add(out, STR(".Bl -tag -width Ds\n"));
	for (size_t i = 0; i < all_tables.expect_count; i++) {
		const struct expect_kind *kind = all_tables.expects[i];

		buf_printf(out, ".It Sy \"%s\"\n", kind->name);
		manual_prose(out, str_of(kind->sentence));
		put_example(out, a, "expect:\n  ", kind->name, kind->field->example, "");
	}
	buf_add(out, STR(".El\n"));
	for (size_t i = 0; i < all_tables.expect_count; i++) {
		const struct field *inner = below(all_tables.expects[i]->field);

		if (!inner || is_visited(visited, inner))
			continue;
		buf_add(out, STR(".Pp\nA value can be held against:\n"));
		manual_fields(out, a, inner, false);
	}
}

static void put_functions(struct buf *out, struct arena *a, bool filters)
{
	buf_add(out, STR(".Bl -tag -width Ds\n"));
	for (size_t i = 0; i < all_tables.function_count; i++) {
		const struct function_kind *f = all_tables.functions[i];

		if (((f->flags & FUNCTION_FILTER) != 0) != filters)
			continue;
		buf_add(out, STR(".It Sy \""));
		manual_escape(out, str_of(f->signature));
		buf_add(out, STR("\"\n"));
		manual_prose(out, str_of(f->sentence));
		if (f->example)
			manual_prose(out, arena_printf(a, "${%s}%s%s", f->example,
						       f->result ? " gives " : "",
						       f->result ? f->result : ""));
	}
	buf_add(out, STR(".El\n"));
}

static void put_instructions(struct buf *out)
{
	static const char *const rows[][2] = {
#define OP(name, a, b, c, properties, prose) {#name, prose},
#include "program/ops.def"
#undef OP
	};

	buf_add(out, STR(".Bl -tag -width \"GROUP_BEGIN\"\n"));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		buf_printf(out, ".It Sy \"%s\"\n", rows[i][0]);
		manual_prose(out, str_of(rows[i][1]));
	}
	buf_add(out, STR(".El\n"));
}

bool manual_language(struct buf *out, struct str word)
{
	struct visited_tables visited = {.count = 0};
	struct arena arena;
	bool known = true;

	arena_init(&arena, 0);
	/* The predicates are told with the expectations. */
	if (!str_eq(word, STR("expectations")))
		for (size_t i = 0; i < all_tables.expect_count; i++)
			if (below(all_tables.expects[i]->field))
				is_visited(&visited, below(all_tables.expects[i]->field));
	if (str_eq(word, STR("top")))
		put_top(out, &arena, &visited);
	else if (str_eq(word, STR("steps")))
		put_steps(out, &arena, &visited);
	else if (str_eq(word, STR("extractors")))
		put_extractors(out, &arena);
	else if (str_eq(word, STR("expectations")))
		put_expectations(out, &arena, &visited);
	else if (str_eq(word, STR("functions")) || str_eq(word, STR("filters")))
		put_functions(out, &arena, word.ptr[1] == 'i');
	else if (str_eq(word, STR("instructions")))
		put_instructions(out);
	else
		known = false;
	arena_release(&arena);
	return known;
}
