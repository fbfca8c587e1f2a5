#include "scenario/scenario_reader.h"

#include <stdlib.h>

#include "base/log.h"
#include "scenario/field_value.h"
#include "scenario/reader_private.h"

static int action_order(const void *left, const void *right)
{
	const struct reader_action *a = left, *b = right;

	return str_cmp(a->key, b->key);
}

static void collect_actions(struct reader *r)
{
	VEC(struct reader_action) all = {NULL, 0, 0};

	for (size_t i = 0; i < r->tables->step_count; i++) {
		const struct step_kind *kind = r->tables->steps[i];

		for (const struct field *row = kind->fields; row->key; row++) {
			struct reader_action action = {str_of(row->key), kind, row};

			if (row->flags & FIELD_ACTION)
				VEC_PUSH(r->arena, &all, action);
		}
	}
	if (all.count)
		qsort(all.items, all.count, sizeof *all.items, action_order);
	r->actions = all.items;
	r->action_count = all.count;
}

void scenario_reader_init(struct reader *r, struct arena *arena, struct diag_list *diags,
			  const struct kind_tables *tables, const struct field *root,
			  struct parameters *parameters)
{
	*r = (struct reader){.arena = arena,
			     .diags = diags,
			     .tables = tables,
			     .root = root,
			     .parameters = parameters};
	collect_actions(r);
}

bool scenario_reader_open(struct reader *r, struct span span, struct str path, int *fd)
{
	const char *refusal;

	*fd = allowed_files_open(&r->allowed_files, r->arena, path, &refusal);
	if (refusal)
		reader_error(r, span, DIAG_E312, "cannot read %.*s: %s", STR_ARG(path), refusal);
	return !refusal;
}

const struct reader_action *reader_action_find(const struct reader *r, struct str key)
{
	size_t low = 0, high = r->action_count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = str_cmp(key, r->actions[middle].key);

		if (order == 0)
			return &r->actions[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* ---- errors */

struct diag *reader_error(struct reader *r, struct span span, enum diag_code code,
			  const char *format, ...)
{
	va_list args;

	va_start(args, format);
	struct str text = arena_vprintf(r->arena, format, args);
	va_end(args);
	return diag_error(r->diags, span, code, "%.*s", STR_ARG(text));
}

struct diag *reader_warning(struct reader *r, struct span span, enum diag_code code,
			    const char *format, ...)
{
	va_list args;

	va_start(args, format);
	struct str text = arena_vprintf(r->arena, format, args);
	va_end(args);
	return diag_warning(r->diags, span, code, "%.*s", STR_ARG(text));
}

bool reader_wrong_shape(struct reader *r, const struct node *node, const char *expected)
{
	if (node->reported)
		return false;
	if (node_is_empty(node)) {
		if (!node->truncated)
			reader_error(r, node->span, DIAG_E149, "the value is missing; expected: %s",
				     expected);
		return false;
	}
	reader_error(r, node->span, DIAG_E140, "expected %s; found %s", expected,
		     node_describe(node));
	return false;
}

void reader_fix_value(struct reader *r, struct diag *diag, const struct node *node, struct str text)
{
	if (!node->alias.source)
		diag_fix_in_line(r->diags, diag, node->span, text);
}

void reader_fix_printf(struct reader *r, struct diag *diag, const struct node *node,
		       const char *format, ...)
{
	va_list args;

	va_start(args, format);
	reader_fix_value(r, diag, node, arena_vprintf(r->arena, format, args));
	va_end(args);
}

void reader_fix_dash(struct reader *r, struct diag *diag, struct span key, struct span beside)
{
	if (!key.source || key.source != beside.source)
		return;
	uint32_t column = source_position(beside.source, beside.begin).column;
	struct source_position place = source_position(key.source, key.begin);
	uint32_t begin = (uint32_t)(source_line(key.source, place.line).ptr - key.source->text.ptr);

	for (uint32_t at = begin; at < key.begin; at++)
		if (key.source->text.ptr[at] != ' ')
			return;
	diag_fix_in_line(r->diags, diag, (struct span){key.source, begin, key.begin},
			 arena_printf(r->arena, "%*s- ", (int)(column > 3 ? column - 3 : 0), ""));
}

/* ---- mappings */

static void *member(void *out, const struct field *row)
{
	return (char *)out + row->offset;
}

static void put_default(struct reader *r, const struct field *row, void *value)
{
	struct parse_error error;

	if (row->type == FIELD_OBJECT) {
		reader_defaults(r, row->fields, value);
	} else if (row->type == FIELD_SPECIAL && row->fallback) {
		struct node *node = ARENA_NEW(r->arena, struct node);

		node->text = str_of(row->fallback);
		row->special->read(r, node, value);
	} else if (row->fallback &&
		   !field_value_parse(r->arena, str_of(row->fallback), row, value, &error)) {
		BUG("default of '%s': %.*s", row->key, STR_ARG(error.text));
	}
}

void reader_defaults(struct reader *r, const struct field *fields, void *out)
{
	for (const struct field *row = fields; row->key; row++)
		put_default(r, row, member(out, row));
}

#define MAX_ROWS 64

/* Whether ROW must be a mapping and its value is missing: `form:` with its lines not indented. */
static bool is_open_mapping(const struct field *row, const struct node *value)
{
	bool mapping = row->type == FIELD_MAP || row->type == FIELD_OBJECT ||
		       row->type == FIELD_EXTRACTS || row->type == FIELD_EXPECTS ||
		       (row->type == FIELD_SPECIAL && (row->special->fields || row->element));

	return mapping && node_is_empty(value) && !value->truncated && !value->reported;
}

static void report_not_indented(struct reader *r, const struct node_pair *above,
				const struct node *key)
{
	struct diag *diag = reader_error(
	    r, key->span, DIAG_E126,
	    "'%.*s' belongs to '%.*s'; indent this line and the other lines of '%.*s' deeper",
	    STR_ARG(key->text), STR_ARG(above->key->text), STR_ARG(above->key->text));

	if (key->span.source && !key->alias.source)
		diag_fix_in_line(r->diags, diag,
				 (struct span){key->span.source, key->span.begin, key->span.begin},
				 STR("  "));
}

/* Finds the row for each pair of the mapping; reports unknown keys. */
static bool match_rows(struct reader *r, const struct reader_mapping *m,
		       const struct node_pair *by_row[MAX_ROWS])
{
	const struct node_pair **open = NULL; /* the mapping above that has no lines */
	bool fine = true;

	for (size_t i = 0; i < m->node->count; i++) {
		const struct node_pair *pair = &m->node->pairs[i];
		const struct field *row =
		    pair == m->as_pair ? m->as_row : field_find(m->fields, pair->key->text);

		if (row) {
			by_row[row - m->fields] = pair;
			open = !m->node->flow && is_open_mapping(row, pair->value)
				   ? &by_row[row - m->fields]
				   : NULL;
		} else if (!m->quiet && !(m->more && field_find(m->more, pair->key->text)) &&
			   !(m->other_key.len && str_eq(pair->key->text, m->other_key))) {
			fine = false;
			if (!open)
				reader_unknown_key(r, m->node, pair, m->fields, m->more);
			else if (*open)
				report_not_indented(r, *open, pair->key);
			if (open)
				*open = NULL;
		}
	}
	return fine;
}

/* WHOLE: the mapping had no unknown key, so a missing key is not just misspelled. */
static bool read_row(struct reader *r, const struct field *row, const struct node_pair *pair,
		     const struct node *node, bool whole, void *value)
{
	if (!pair) {
		put_default(r, row, value);
		if (!(row->flags & FIELD_REQUIRED) || node->truncated || !whole)
			return true;
		reader_error(r, node->span, DIAG_E141, "the key '%s' is missing%s%s", row->key,
			     row->example ? "; for example " : "",
			     row->example
				 ? arena_cstr(r->arena, arena_printf(r->arena, "%s: %s", row->key,
								     row->example))
				 : "");
		return false;
	}
	if (!reader_value(r, pair->value, row, value)) {
		if (row->type != FIELD_OBJECT)
			put_default(r, row, value);
		return false;
	}
	return true;
}

/* "a mapping with keys such as users and arrivals" */
static const char *keys_such_as(struct reader *r, const struct field *fields)
{
	if (!fields->key || !fields[1].key)
		return "a mapping";
	return arena_cstr(r->arena, arena_printf(r->arena, "a mapping with keys such as %s and %s",
						 fields->key, fields[1].key));
}

bool reader_mapping(struct reader *r, const struct reader_mapping *m, void *out)
{
	const struct node_pair *by_row[MAX_ROWS] = {NULL};
	struct keys *keys = out;
	bool fine;

	keys->span = m->node->span;
	keys->node = m->node;
	if (m->node->kind != NODE_MAP) {
		reader_defaults(r, m->fields, out);
		return reader_not_object(r, m->node, m->fields, keys_such_as(r, m->fields));
	}
	bool whole = match_rows(r, m, by_row);
	fine = whole;
	for (const struct field *row = m->fields; row->key; row++) {
		const struct node_pair *pair = by_row[row - m->fields];

		if (pair)
			keys->rows |= 1ull << (row - m->fields);
		fine &= read_row(r, row, pair, m->node, whole, member(out, row));
	}
	return fine;
}

bool reader_object(struct reader *r, const struct node *node, const struct field *fields, void *out)
{
	const struct reader_mapping m = {.node = node, .fields = fields};

	return reader_mapping(r, &m, out);
}

/* ---- lists and maps */

/* `scenarios: {buy: {steps: …}}`: the names of the items as keys. */
static bool is_named_mapping(const struct node *node, const struct field *element)
{
	if (node->kind != NODE_MAP || !node->count || !element->fields ||
	    !field_find(element->fields, STR("name")))
		return false;
	for (size_t i = 0; i < node->count; i++)
		if (node->pairs[i].value->kind != NODE_MAP ||
		    field_find(element->fields, node->pairs[i].key->text))
			return false;
	return true;
}

static bool report_named_mapping(struct reader *r, const struct node *node)
{
	struct str name = node->pairs[0].key->text;
	reader_error(r, node->pairs[0].key->span, DIAG_E140,
		     "expected a list; write '- name: %.*s' instead of '%.*s:'", STR_ARG(name),
		     STR_ARG(name));
	return false;
}

static bool read_list(struct reader *r, const struct node *node, const struct field *field,
		      struct field_list *out)
{
	bool fine = true, alone = node->kind != NODE_LIST;

	if (alone && is_named_mapping(node, field->element))
		return report_named_mapping(r, node);
	if (alone && (!(field->flags & FIELD_ONE_OK) || node_is_empty(node)))
		return reader_wrong_shape(
		    r, node,
		    field->example && field->example[0] == '['
			? arena_cstr(r->arena,
				     arena_printf(r->arena, "a list such as %s", field->example))
			: "a list");
	out->count = alone ? 1 : node->count;
	out->items = arena_array(r->arena, out->count, field->element->bytes);
	for (size_t i = 0; i < out->count; i++) {
		void *item = (char *)out->items + i * field->element->bytes;

		fine &= reader_value(r, alone ? node : node->items[i], field->element, item);
	}
	return fine;
}

static bool read_map(struct reader *r, const struct node *node, const struct field *field,
		     struct field_map *out)
{
	VEC(struct field_pair) pairs = {NULL, 0, 0};
	bool fine = true;

	if (node->kind != NODE_MAP)
		return reader_not_named_mapping(r, node, field);
	for (size_t i = 0; i < node->count; i++) {
		const struct node_pair *pair = &node->pairs[i];
		bool many = (field->flags & FIELD_REPEATS) && pair->value->kind == NODE_LIST;

		for (size_t j = 0; j < (many ? pair->value->count : 1); j++) {
			struct field_pair entry = {
			    .key = pair->key->text,
			    .key_span = pair->key->span,
			    .key_node = pair->key,
			    .value = arena_alloc(r->arena, field->element->bytes),
			};

			fine &= reader_value(r, many ? pair->value->items[j] : pair->value,
					     field->element, entry.value);
			VEC_PUSH(r->arena, &pairs, entry);
		}
	}
	*out = (struct field_map){pairs.items, pairs.count};
	return fine;
}

/* ---- keys that were set */

bool keys_has(const struct keys *keys, const struct field *fields, const char *key)
{
	const struct field *row = field_find(fields, str_of(key));

	if (!row)
		BUG("the table has no key '%s'", key);
	return keys->rows >> (row - fields) & 1;
}

struct span keys_span(const struct keys *keys, const char *key)
{
	const struct node_pair *pair = keys->node ? node_find_pair(keys->node, str_of(key)) : NULL;

	return pair ? pair->key->span : keys->span;
}

const struct node *keys_value(const struct keys *keys, const char *key)
{
	return keys->node ? node_find(keys->node, str_of(key)) : NULL;
}

/* ---- values */

static bool read_value(struct reader *r, const struct node *node, const struct field *field,
		       void *out)
{
	size_t errors = r->diags->errors;

	switch (field->type) {
	case FIELD_OBJECT:
		return reader_object(r, node, field->fields, out);
	case FIELD_LIST:
		return read_list(r, node, field, out);
	case FIELD_MAP:
		return read_map(r, node, field, out);
	case FIELD_STEPS:
		return reader_steps(r, node, out);
	case FIELD_EXTRACTS:
		return reader_extracts(r, node, out);
	case FIELD_EXPECTS:
		r->reads_messages = field->flags & FIELD_OF_MESSAGES;
		return reader_expects(r, node, out);
	case FIELD_SPECIAL:
		if (!node->reported)
			field->special->read(r, node, out);
		return !node->reported && r->diags->errors == errors;
	case FIELD_TEMPLATE:
		return reader_template_of(r, node, field->expected ? field->expected : "text", out);
	case FIELD_EXPRESSION:
		return reader_expression(r, node, out);
	case FIELD_TEXT:
	case FIELD_BOOL:
	case FIELD_INT:
	case FIELD_NUMBER:
	case FIELD_DURATION:
	case FIELD_SIZE:
	case FIELD_RATE:
	case FIELD_SHARE:
	case FIELD_ENUM:
		return reader_typed(r, node, field, out);
	}
	BUG("field type %d", (int)field->type);
}

bool reader_value(struct reader *r, const struct node *node, const struct field *field, void *out)
{
	if (!read_value(r, node, field, out))
		return false;
	size_t errors = r->diags->errors;

	if (field->check)
		field->check(r, node, out);
	return r->diags->errors == errors;
}
