/* Data files: their columns become variables, and a copy of the file is written beside the
 * scenario. */
#include "base/ascii.h"
#include "base/csv.h"
#include "doc/json_node.h"
#include "import/postman/postman.h"

static bool add_json_columns(struct postman *p, const char *path, struct str text)
{
	const struct node *top;
	const char *why;
	size_t at;

	top = json_node_read(p->arena, source_new(p->arena, str_of(path), text), &at, &why);
	if (!top || top->kind != NODE_LIST || !top->count || top->items[0]->kind != NODE_MAP)
		return job_error(p->job, "%s is not a list of rows", path);
	for (size_t i = 0; i < top->items[0]->count; i++)
		postman_add_variable(p, top->items[0]->pairs[i].key->text, STR_NULL, POSTMAN_DATA);
	return true;
}

/* ---- tables as Postman reads them: spaces around cells are ignored, and rows may be shorter or
 * longer than the header */

struct table {
	struct str text;
	size_t at, columns; /* of the header; 0: it was not read yet */
	struct buf out, cell;
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

/* Reads the next cell, without its quotes, into T->cell; the separator after it is next. */
static void read_cell(struct table *t)
{
	struct str rest;
	size_t end;

	buf_clear(&t->cell);
	while (t->at < t->text.len && is_space(t->text.ptr[t->at]))
		t->at++;
	if (t->at < t->text.len && t->text.ptr[t->at] == '"') {
		for (t->at++; t->at < t->text.len; t->at++) {
			bool quote = t->text.ptr[t->at] == '"';

			if (quote && (t->at + 1 >= t->text.len || t->text.ptr[t->at + 1] != '"'))
				break;
			t->at += quote;
			buf_add_char(&t->cell, t->text.ptr[t->at]);
		}
		t->at += t->at < t->text.len;
	}
	for (end = t->at; end < t->text.len && !strchr(",\r\n", t->text.ptr[end]);)
		end++;
	rest = str_slice(t->text, t->at, end);
	buf_add(&t->cell, t->cell.len ? STR("") : str_trim(rest));
	t->at = end;
}

static void put_cell(struct table *t, size_t column)
{
	struct str cell = buf_str(&t->cell);
	bool quoted = cell.len && (is_space(cell.ptr[0]) || is_space(cell.ptr[cell.len - 1]));

	for (size_t i = 0; i < cell.len; i++)
		quoted = quoted || strchr(",;|\t\"\r\n", cell.ptr[i]);
	if (column)
		buf_add_char(&t->out, ',');
	if (quoted)
		buf_add_char(&t->out, '"');
	for (size_t i = 0; i < cell.len; i++) {
		if (cell.ptr[i] == '"')
			buf_add_char(&t->out, '"');
		buf_add_char(&t->out, cell.ptr[i]);
	}
	if (quoted)
		buf_add_char(&t->out, '"');
}

static void read_row(struct table *t)
{
	size_t column = 0;

	for (;; column++) {
		read_cell(t);
		if (!t->columns || column < t->columns)
			put_cell(t, column);
		if (t->at >= t->text.len || t->text.ptr[t->at] != ',')
			break;
		t->at++;
	}
	for (column++; column < t->columns; column++)
		buf_add_char(&t->out, ',');
	if (!t->columns)
		t->columns = column;
	buf_add_char(&t->out, '\n');
}

/* TEXT as a table that every program reads in the same way. */
static struct str tidy_table(struct postman *p, struct str text)
{
	struct table t = {.text = text};
	struct str result;

	buf_init(&t.out, 0);
	buf_init(&t.cell, 0);
	if (str_starts(text, STR("\xef\xbb\xbf")))
		t.at = 3;
	while (t.at < text.len) {
		if (strchr("\r\n", text.ptr[t.at]))
			t.at++;
		else
			read_row(&t);
	}
	result = arena_str(p->arena, buf_str(&t.out));
	buf_release(&t.out);
	buf_release(&t.cell);
	return result;
}

static bool add_csv_columns(struct postman *p, const char *path, struct str text)
{
	struct csv_error error;
	struct csv csv;

	if (!csv_read(&csv, p->arena, text, ',', &error))
		return job_error(p->job, "%s: line %zu: %s", path, error.line, error.text);
	for (unsigned i = 0; i < csv.columns; i++)
		postman_add_variable(p, csv.names[i], STR_NULL, POSTMAN_DATA);
	csv_release(&csv);
	return true;
}

bool postman_add_data(struct postman *p, const char *path, struct str text)
{
	const char *slash = strrchr(path, '/');
	struct str name = arena_printf(p->arena, "data-%s", slash ? slash + 1 : path);
	struct yaml_writer_node *set;
	bool json = str_starts(str_trim(text), STR("["));

	if (p->data->members.count) {
		job_note(p->job, "look at", "%s: only the first data file is used", path);
		return true;
	}
	if (!json)
		text = tidy_table(p, text);
	if (!(json ? add_json_columns(p, path, text) : add_csv_columns(p, path, text)))
		return false;
	set = yaml_writer_put(p->arena, p->data, STR("row"), yaml_writer_map(p->arena));
	yaml_writer_put_text(p->arena, set, STR("file"), job_add_file(p->job, name, text, false));
	return true;
}
