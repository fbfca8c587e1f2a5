#include "scenario/data.h"

#include <unistd.h>

#include "base/charset.h"
#include "doc/node.h"
#include "scenario/scenario_reader.h"
#include "scenario/scalar.h"

static const char *const pick_words[] = {"in_order", "shuffled", "random", NULL};
static const char *const pick_meanings[] = {"as in the file", "each row once, in random order",
					    "any row, with repetitions", NULL};
static const char *const per_words[] = {"iteration", "user", NULL};
static const char *const per_meanings[] = {"iteration: each gets the next row",
					   "user: each keeps one row", NULL};
static const char *const end_words[] = {"repeat", "stop_user", "stop_run", "fail", NULL};
static const char *const end_meanings[] = {"begin again with the first row", "end this user",
					   "end the run", "the step fails", NULL};

static const struct field_choice source_choice = {
    .name = "source", .label = "Rows", .code = DIAG_E222, .why = "; remove one of them"};

static void read_rows(struct reader *r, const struct node *node, void *out)
{
	if (node->kind != NODE_LIST)
		reader_wrong_shape(r, node, "a list of rows such as - {user: ann, age: 7}");
	else
		*(const struct node **)out = node;
}

static const struct field_special rows_special = {
    .widget = "rows",
    .name = "a list of rows",
    .read = read_rows,
    .schema = "{\"type\":\"array\",\"items\":{\"type\":\"object\"},\"minItems\":1}",
};

static const struct field column_element = {.type = FIELD_TEXT, .bytes = sizeof(struct str)};

const struct field data_set_fields[] = {
    FIELD(struct data_set, file, "file", FIELD_TEXT, .choice = &source_choice,
	  .flags = FIELD_PARAMETER | FIELD_FILE, .example = "accounts.csv",
	  .prose = "File with the rows, next to the scenario: .csv, .tsv, .json (a list of "
		   "objects) or .jsonl. The first row of a table contains the column names."),
    FIELD(struct data_set, inline_rows, "rows", FIELD_SPECIAL, .choice = &source_choice,
	  .special = &rows_special, .example = "[{user: ann}, {user: bob}]",
	  .prose = "The rows, instead of a file."),
    FIELD(struct data_set, delimiter, "delimiter", FIELD_TEXT, .choice = &source_choice,
	  .with = "file", .group = FIELD_GROUP_DETAILS, .example = "\";\"",
	  .prose =
	      "Character between the cells of a table; by default detected from the first row."),
    FIELD(struct data_set, encoding, "encoding", FIELD_TEXT, .choice = &source_choice,
	  .with = "file", .group = FIELD_GROUP_DETAILS, .example = "windows-1252",
	  .prose = "Encoding of the file if it is not UTF-8, such as windows-1252 or utf-16. "
		   "`iconv -l` lists all names."),
    FIELD(struct data_set, pick, "pick", FIELD_ENUM, .label = "Order", .meanings = pick_meanings,
	  .flags = FIELD_PARAMETER, .fallback = "in_order", .choices = pick_words,
	  .example = "shuffled",
	  .prose = "Order of the rows: as in the file (in_order), each row once in random order "
		   "(shuffled), or any row, with repetitions (random)."),
    FIELD(
	struct data_set, per, "per", FIELD_ENUM, .label = "New row for each",
	.meanings = per_meanings, .flags = FIELD_PARAMETER, .fallback = "iteration",
	.choices = per_words, .example = "user",
	.prose =
	    "Whether each iteration uses a new row, or each user keeps one row for the whole run."),
    FIELD(struct data_set, at_end, "at_end", FIELD_ENUM, .label = "After the last row",
	  .meanings = end_meanings, .flags = FIELD_PARAMETER, .fallback = "repeat",
	  .choices = end_words, .example = "stop_user", .prose = "Action after the last row."),
    FIELD(struct data_set, secret, "secret", FIELD_LIST, .label = "Secret columns",
	  .suggests = "columns", .flags = FIELD_ONE_OK, .element = &column_element,
	  .example = "[password]", .prose = "Columns whose values are masked in all output."),
    FIELD_END,
};

static bool data_error(struct reader *r, struct span span, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool data_error(struct reader *r, struct span span, const char *format, ...)
{
	va_list args;
	struct str text;

	va_start(args, format);
	text = arena_vprintf(r->arena, format, args);
	va_end(args);
	reader_error(r, span, DIAG_E222, "%.*s", STR_ARG(text));
	return false;
}

/* ---- rows in the scenario file */

static bool read_columns(struct reader *r, struct rows *rows, const struct node *row)
{
	struct str *names;

	if (row->kind != NODE_MAP || !row->count)
		return reader_wrong_shape(r, row, "a row such as {user: ann, age: 7}");
	names = ARENA_ARRAY(r->arena, row->count, struct str);
	for (size_t i = 0; i < row->count; i++)
		names[i] = row->pairs[i].key->text;
	rows->names = names;
	rows->columns = (unsigned)row->count;
	return true;
}

static bool read_row(struct reader *r, const struct rows *rows, const struct node *row,
		     struct value *cells)
{
	if (row->kind != NODE_MAP)
		return reader_wrong_shape(r, row, "a row such as {user: ann, age: 7}");
	for (unsigned i = 0; i < rows->columns; i++) {
		const struct node *cell = node_find(row, rows->names[i]);
		if (!cell)
			return data_error(
			    r, row->span,
			    "this row has no column '%.*s', but the first row has one",
			    STR_ARG(rows->names[i]));
		if (cell->kind != NODE_SCALAR)
			return reader_wrong_shape(r, cell, "a text or a number");
		cells[i] = scalar_value(cell);
	}
	for (size_t i = 0; i < row->count; i++)
		if (rows_column(rows, row->pairs[i].key->text) < 0)
			return data_error(r, row->pairs[i].key->span,
					  "the first row has no column '%.*s', so this value could "
					  "not be used; add it to all rows",
					  STR_ARG(row->pairs[i].key->text));
	return true;
}

static bool read_inline(struct reader *r, struct data_set *set)
{
	const struct node *list = set->inline_rows;
	struct rows *rows = &set->rows;
	struct value *cells;

	if (!list->count)
		return data_error(r, list->span, "this list of rows is empty");
	rows->form = ROWS_INLINE;
	if (!read_columns(r, rows, list->items[0]))
		return false;
	cells = ARENA_ARRAY(r->arena, list->count * rows->columns, struct value);
	rows->cells = cells;
	for (size_t i = 0; i < list->count; i++)
		if (!read_row(r, rows, list->items[i], cells + i * rows->columns))
			return false;
	rows->count = list->count;
	return true;
}

/* ---- files */

static void warn_of_skipped(struct reader *r, const struct data_set *set, struct span span)
{
	const struct csv *csv = &set->rows.csv;

	if (set->rows.form == ROWS_CSV && csv->skipped)
		diag_warning(r->diags, span, DIAG_W222, "%.*s:%zu: %zu empty row%s %s skipped",
			     STR_ARG(set->file), csv->first_skipped, csv->skipped,
			     csv->skipped == 1 ? "" : "s", csv->skipped == 1 ? "is" : "are");
}

/* The format of the file of SET; false after an error. */
static bool read_format(struct reader *r, const struct data_set *set, struct rows_format *out)
{
	*out = (struct rows_format){.delimiter = set->delimiter.len ? set->delimiter.ptr[0] : '\0'};
	if (!set->encoding.len)
		return true;
	out->encoding = arena_cstr(r->arena, set->encoding);
	return charset_is_known(out->encoding) ||
	       data_error(r, keys_value(&set->keys, "encoding")->span,
			  "'%s' is not the name of an encoding; write one such as windows-1252, "
			  "iso-8859-15 or utf-16",
			  out->encoding);
}

static bool read_file(struct reader *r, struct data_set *set)
{
	const struct node *node = keys_value(&set->keys, "file");
	struct span span = node ? node->span : set->name_span;
	struct rows_error error = {0};
	struct rows_format format;
	int fd;

	if (!read_format(r, set, &format) || !scenario_reader_open(r, span, set->file, &fd))
		return false;
	if (rows_open(&set->rows, r->arena, set->file, fd, &format, &error)) {
		warn_of_skipped(r, set, span);
		return true;
	}
	struct str line = error.line ? arena_printf(r->arena, ":%zu", error.line) : STR("");
	struct diag *diag = reader_error(r, span, DIAG_E222, "%.*s%.*s: %s", STR_ARG(set->file),
					 STR_ARG(line), error.text);

	if (access(arena_cstr(r->arena, set->file), F_OK) != 0)
		diag_note(r->diags, diag, SPAN_NONE,
			  "the path starts in the folder of the scenario file: put %.*s below that "
			  "folder, "
			  "or correct the path",
			  STR_ARG(set->file));
	if (error.encoding)
		diag_note(r->diags, diag, SPAN_NONE,
			  "write encoding: %s below file:, or save the file as UTF-8",
			  error.encoding);
	return false;
}

static bool check_columns(struct reader *r, const struct data_set *set)
{
	if (set->rows.columns <= DATA_COLUMNS)
		return true;
	return data_error(r, set->name_span, "the rows have %u columns; the maximum is %d",
			  set->rows.columns, DATA_COLUMNS);
}

static bool check_secrets(struct reader *r, struct data_set *set)
{
	bool *is_secret = ARENA_ARRAY(r->arena, set->rows.columns, bool), good = true;
	const struct str *columns = set->secret.items;

	for (size_t i = 0; i < set->secret.count; i++) {
		int column = rows_column(&set->rows, columns[i]);
		struct str near;
		if (column >= 0) {
			is_secret[column] = true;
			continue;
		}
		near = diag_nearest(columns[i], set->rows.names, set->rows.columns);
		good = data_error(r, keys_value(&set->keys, "secret")->span,
				  near.ptr ? "there is no column '%.*s'; did you mean '%.*s'?"
					   : "there is no column '%.*s'%.*s",
				  STR_ARG(columns[i]), STR_ARG(near));
	}
	set->is_secret = is_secret;
	return good;
}

bool data_open(struct reader *r, struct data_set *set)
{
	bool file = set->file.len, good;

	if (!set->keys.node || set->keys.node->kind != NODE_MAP ||
	    (!file && keys_value(&set->keys, "file")) ||
	    (!set->inline_rows && keys_value(&set->keys, "rows")))
		return false; /* the wrong type was reported already */
	if (!reader_check_choices(r, &set->keys, data_set_fields))
		return false;
	if (!file && set->encoding.len)
		return data_error(r, keys_value(&set->keys, "encoding")->span,
				  "'encoding' needs 'file'");
	if (!file && !set->inline_rows)
		return data_error(r, set->name_span, "no rows; add 'file' or 'rows'");
	if (set->delimiter.ptr && set->delimiter.len != 1)
		return data_error(r, keys_value(&set->keys, "delimiter")->span,
				  "the delimiter must be one character, such as \";\"");
	good = (file ? read_file(r, set) : read_inline(r, set)) && check_columns(r, set) &&
	       check_secrets(r, set);
	if (!good)
		data_close(set);
	return good;
}

void data_close(struct data_set *set)
{
	rows_close(&set->rows);
}
