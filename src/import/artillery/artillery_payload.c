/*
 * The payloads of an Artillery file as `data:`. Their files have no row with column names, so a
 * copy with one is written beside the scenario; with `loadAll`, all rows become a list among the
 * variables. For a missing file, one empty row is written and reported.
 */
#include "base/csv.h"
#include "import/artillery/artillery.h"
#include "import/naming.h"

#define BYTES_MAX ((size_t)64 << 20)
#define ROWS_MAX  1000u /* maximum bytes of a list among the variables */

struct payload {
	const struct node *key, *all;
	const struct node *path, *fields;
	struct str bytes; /* contents of the file; ptr NULL if it is missing */
	struct str *columns;
	size_t count;
	char delimiter;
	struct csv csv; /* name of the file beside the scenario */
	struct str text;
};

bool artillery_file(struct artillery *a, struct str path, struct str *bytes, const char **why)
{
	struct mapped_file mapped;
	struct str name = arena_printf(a->arena, "%.*s%.*s", STR_ARG(a->folder), STR_ARG(path));

	*why = "the file does not exist";
	if (!path.len || path.ptr[0] == '/') {
		*why = "only files beside the Artillery file are read";
		return false;
	}
	if (!mapped_file_open(&mapped, name.ptr))
		return false;
	VEC_PUSH(a->arena, &a->job->mapped, mapped);
	*bytes = mapped.text;
	if (mapped.text.len > BYTES_MAX) {
		*why = "it is larger than 64 MB";
		return false;
	}
	return true;
}

static struct str base_name(struct str path)
{
	size_t slash = path.len;

	while (slash > 0 && path.ptr[slash - 1] != '/')
		slash--;
	return str_slice(path, slash, path.len);
}

static struct str stem_of(struct str path)
{
	struct str name = base_name(path);
	size_t dot = str_find_char(name, '.', 0);

	return dot == 0 || dot == NOT_FOUND ? name : str_slice(name, 0, dot);
}

/* ---- the file */

/* Where the first row ends, after its line end; the number of its cells. */
static size_t first_row(struct str text, char delimiter, size_t *cells)
{
	bool quoted = false;
	size_t at = 0;

	*cells = text.len ? 1 : 0;
	while (at < text.len && (quoted || text.ptr[at] != '\n')) {
		quoted ^= text.ptr[at] == '"';
		*cells += !quoted && text.ptr[at] == delimiter;
		at++;
	}
	return at < text.len ? at + 1 : at;
}

/* It is used after a dot, so only words of expressions are not allowed. */
static struct str column_name(struct artillery *a, struct str name)
{
	static const char *const words[] = {"and",  "or",    "not",  "contains", "matches",
					    "true", "false", "null", NULL};
	struct str plain = artillery_sanitize(a, name);

	for (size_t i = 0; words[i]; i++)
		if (str_eq(plain, str_of(words[i])))
			return artillery_identifier(a, name);
	return plain;
}

/* The columns named by `fields`; further columns of the file are `column_N`. */
static bool name_columns(struct artillery *a, struct payload *p, size_t cells)
{
	size_t field_count = p->fields ? p->fields->count : 0;

	p->count = cells > field_count ? cells : field_count;
	if (!p->count || p->count > CSV_COLUMNS)
		return false;
	p->columns = ARENA_ARRAY(a->arena, p->count, struct str);
	for (size_t i = 0; i < p->count; i++) {
		p->columns[i] = arena_printf(a->arena, "column_%zu", i + 1);
		if (i < field_count && p->fields->items[i]->kind == NODE_SCALAR)
			p->columns[i] = column_name(a, p->fields->items[i]->text);
		for (size_t k = 0; k < i; k++)
			if (str_eq(p->columns[k], p->columns[i]))
				return false;
	}
	return true;
}

/* The file with the column names in the first row; false if it is not a table. */
static bool make_table(struct artillery *a, struct payload *p, const char **why)
{
	const struct node *skip = node_find(p->all, STR("skipHeader"));
	struct csv_error error = {0};
	struct buf out;
	size_t cells, end;

	if (str_starts(p->bytes, STR("\xef\xbb\xbf")))
		p->bytes = str_slice(p->bytes, 3, p->bytes.len);
	end = first_row(p->bytes, p->delimiter, &cells);
	*why = "its columns cannot be distinguished";
	if (!name_columns(a, p, cells))
		return false;
	buf_init(&out, 0);
	for (size_t i = 0; i < p->count; i++) {
		if (i)
			buf_add_char(&out, p->delimiter);
		buf_add(&out, p->columns[i]);
	}
	buf_add_char(&out, '\n');
	buf_add(&out, str_slice(p->bytes, skip && artillery_is_word(skip, "true") ? end : 0,
				p->bytes.len));
	p->text = arena_str(a->arena, buf_str(&out));
	buf_release(&out);
	if (!csv_read(&p->csv, a->arena, p->text, p->delimiter, &error)) {
		*why =
		    arena_printf(a->arena, "line %zu of it: %s",
				 error.line > 1 && !skip ? error.line - 1 : error.line, error.text)
			.ptr;
		return false;
	}
	if (p->csv.row_count)
		return true;
	csv_release(&p->csv);
	*why = "it has no rows";
	return false;
}

static bool is_secret(const struct payload *p, size_t column)
{
	return naming_is_secret(p->columns[column]);
}

/* ---- rows of it */

static struct yaml_writer_node *row_of(struct artillery *a, const struct payload *p, size_t row)
{
	struct yaml_writer_node *map = yaml_writer_map(a->arena);
	struct buf scratch;

	map->flow = true;
	buf_init(&scratch, 0);
	for (size_t i = 0; i < p->count; i++) {
		struct str cell = STR("");

		buf_clear(&scratch);
		if (p->text.ptr)
			cell = arena_str(a->arena, csv_cell(&p->csv, row, (unsigned)i, &scratch));
		yaml_writer_put(a->arena, map, p->columns[i], yaml_writer_typed(a->arena, cell));
	}
	buf_release(&scratch);
	return map;
}

/* All rows; if there is no table, an empty one. */
static struct yaml_writer_node *rows_of(struct artillery *a, const struct payload *p)
{
	struct yaml_writer_node *list = yaml_writer_list(a->arena);
	size_t count = p->text.ptr ? p->csv.row_count : 1;

	for (size_t i = 0; i < count; i++)
		yaml_writer_add(a->arena, list, row_of(a, p, i));
	return list;
}

/* ---- as data, or as a variable */

static void put_secrets(struct artillery *a, const struct payload *p, struct yaml_writer_node *node)
{
	struct yaml_writer_node *list = yaml_writer_list(a->arena);

	list->flow = true;
	for (size_t i = 0; i < p->count; i++)
		if (is_secret(p, i))
			yaml_writer_add(a->arena, list, yaml_writer_text(a->arena, p->columns[i]));
	if (list->members.count)
		yaml_writer_put(a->arena, node, STR("secret"), list);
}

static void put_set(struct artillery *a, struct payload *p)
{
	const struct node *order = node_find(p->all, STR("order"));
	struct artillery_set set = {.node = yaml_writer_map(a->arena), .key = p->key};
	bool secret = false;
	struct str file;

	set.name = artillery_identifier(a, stem_of(p->path->text));
	for (size_t i = 0; i < p->count; i++)
		secret = secret || is_secret(p, i);
	if (p->text.ptr) {
		file = arena_printf(a->arena, "%.*s-named.csv", STR_ARG(stem_of(p->path->text)));
		yaml_writer_put_text(a->arena, set.node, STR("file"),
				     job_add_file(a->job, file, p->text, secret));
	} else {
		yaml_writer_put(a->arena, set.node, STR("rows"), rows_of(a, p));
	}
	if (!order || !artillery_is_word(order, "sequence"))
		yaml_writer_put_text(a->arena, set.node, STR("pick"), STR("random"));
	put_secrets(a, p, set.node);
	VEC_PUSH(a->arena, &a->sets, set);
	for (size_t i = 0; p->fields && i < p->fields->count; i++)
		if (p->fields->items[i]->kind == NODE_SCALAR)
			artillery_define(a, NAME_COLUMN, p->fields->items[i]->text,
					 arena_printf(a->arena, "%.*s.%.*s", STR_ARG(set.name),
						      STR_ARG(p->columns[i])))
			    ->key = p->key;
}

static void put_list(struct artillery *a, struct payload *p, const struct node *name)
{
	struct artillery_name *result;

	if (p->text.ptr && p->csv.row_count > ROWS_MAX) {
		artillery_unsupported(a, p->key, p->all,
				      "it has too many rows for a list: use them as data");
		return;
	}
	result = artillery_define(a, NAME_LIST, name->text, artillery_identifier(a, name->text));
	result->key = p->key;
	result->result = rows_of(a, p);
}

static void report_keys(struct artillery *a, const struct node *all)
{
	static const char *const known[] = {"path",	 "fields",  "order", "skipHeader",
					    "delimiter", "loadAll", "name",  "skipEmptyLines",
					    "cast",	 NULL};

	for (size_t i = 0; i < all->count; i++) {
		bool is = false;

		for (size_t k = 0; known[k]; k++)
			is = is || str_eq(all->pairs[i].key->text, str_of(known[k]));
		if (!is)
			artillery_unsupported(a, all->pairs[i].key, all->pairs[i].value,
					      "not supported in data");
	}
}

static void put_one(struct artillery *a, const struct node *key, const struct node *all)
{
	struct payload p = {.key = key, .all = all, .delimiter = ','};
	const struct node *delimiter = node_find(all, STR("delimiter"));
	const struct node *load_all = node_find(all, STR("loadAll"));
	const struct node *name = node_find(all, STR("name"));
	const char *why = NULL;
	bool list = load_all && artillery_is_word(load_all, "true") && name &&
		    name->kind == NODE_SCALAR && name->text.len;

	p.path = node_find(all, STR("path"));
	p.fields = node_find(all, STR("fields"));
	if (!p.path || p.path->kind != NODE_SCALAR || !p.path->text.len || !p.fields ||
	    p.fields->kind != NODE_LIST || !p.fields->count || (load_all && !list)) {
		artillery_unsupported(a, key, all, "only a path and its fields are supported");
		return;
	}
	if (delimiter && delimiter->kind == NODE_SCALAR && delimiter->text.len == 1 &&
	    str_find_char(STR(",;|\t"), delimiter->text.ptr[0], 0) != NOT_FOUND)
		p.delimiter = delimiter->text.ptr[0];
	report_keys(a, all);
	if (!artillery_file(a, p.path->text, &p.bytes, &why) || !make_table(a, &p, &why)) {
		p.text = STR_NULL;
		if (!name_columns(a, &p, 0)) {
			artillery_unsupported(a, key, all, "its fields have no names");
			return;
		}
		artillery_unsupported(
		    a, p.path, NULL,
		    arena_printf(a->arena, "%s; one empty row is used instead", why).ptr);
	}
	if (list)
		put_list(a, &p, name);
	else
		put_set(a, &p);
	if (p.text.ptr)
		csv_release(&p.csv);
}

void artillery_payload(struct artillery *a, const struct node *key, const struct node *value)
{
	if (value->kind == NODE_MAP)
		put_one(a, key, value);
	else if (value->kind == NODE_SCALAR || !value->count)
		artillery_unsupported(a, key, value, "it is not a payload");
	for (size_t i = 0; value->kind == NODE_LIST && i < value->count; i++)
		if (value->items[i]->kind == NODE_MAP)
			put_one(a, key, value->items[i]);
		else
			artillery_unsupported(a, key, value->items[i], "it is not a payload");
}

/* ---- the parts that are used */

static bool set_is_used(const struct artillery *a, const struct artillery_set *set)
{
	for (size_t i = 0; i < a->names.count; i++) {
		const struct artillery_name *n = &a->names.items[i];

		if (n->name_kind == NAME_COLUMN && n->used &&
		    str_starts(n->expression, set->name) && n->expression.ptr[set->name.len] == '.')
			return true;
	}
	return false;
}

static void drop_set(struct artillery *a, const struct artillery_set *set)
{
	const struct yaml_writer_node *file = yaml_writer_find(set->node, STR("file"));
	struct import_job *job = a->job;

	artillery_unsupported(a, set->key, NULL,
			      arena_printf(a->arena, "nothing uses %.*s", STR_ARG(set->name)).ptr);
	for (size_t i = 0; file && i < job->extra_files.count; i++)
		if (str_eq(job->extra_files.items[i].name, file->text)) {
			memmove(job->extra_files.items + i, job->extra_files.items + i + 1,
				(job->extra_files.count - i - 1) * sizeof *job->extra_files.items);
			job->extra_files.count--;
			return;
		}
}

void artillery_put_data(struct artillery *a)
{
	struct yaml_writer_node *all = yaml_writer_map(a->arena);

	for (size_t i = 0; i < a->sets.count; i++)
		if (set_is_used(a, &a->sets.items[i]))
			yaml_writer_put(a->arena, all, a->sets.items[i].name,
					a->sets.items[i].node);
		else
			drop_set(a, &a->sets.items[i]);
	if (all->members.count)
		yaml_writer_put(a->arena, a->root, STR("data"), all);
}
