#include "scenario/rows.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/charset.h"
#include "base/log.h"
#include "doc/json_value.h"

static bool wrong(struct rows_error *error, size_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool wrong(struct rows_error *error, size_t line, const char *format, ...)
{
	va_list args;

	error->line = line;
	error->encoding = NULL;
	va_start(args, format);
	vsnprintf(error->text, sizeof error->text, format, args);
	va_end(args);
	return false;
}

/* ---- JSON */

struct json_pass {
	struct rows *rows;
	struct arena *arena;
	struct str text;
	struct json_tape tape;
	struct buf name;
	size_t cap;
	struct rows_error *error;
};

static size_t line_of(struct str text, size_t offset)
{
	size_t line = 1;

	for (size_t i = 0; i < offset; i++)
		line += text.ptr[i] == '\n';
	return line;
}

/* The columns are the keys of the first row. */
static void read_columns(struct json_pass *p, const struct json_item *row)
{
	struct str *names = ARENA_ARRAY(p->arena, json_count(row), struct str);
	uint32_t at = (uint32_t)(row - p->tape.items) + 1;

	for (uint32_t i = 0; i < json_count(row); i++) {
		buf_clear(&p->name);
		names[i] = arena_str(p->arena, json_text(&p->tape, &p->tape.items[at], &p->name));
		at = p->tape.items[at + 1].next;
	}
	p->rows->names = names;
	p->rows->columns = json_count(row);
}

/* OFFSET is the position of the tape's text in the whole file. */
static bool read_row(struct json_pass *p, const struct json_item *row, size_t offset)
{
	struct rows *rows = p->rows;
	size_t begin = offset + row->begin;

	if (json_type(row) != JSON_OBJECT)
		return wrong(p->error, line_of(p->text, begin),
			     "row %zu is not an object; a row looks like {\"user\": \"ann\"}",
			     rows->count + 1);
	if (!rows->names)
		read_columns(p, row);
	for (unsigned i = 0; i < rows->columns; i++)
		if (!json_member(&p->tape, row, rows->names[i]))
			return wrong(p->error, line_of(p->text, begin),
				     "row %zu has no '%.*s', but the first row has it",
				     rows->count + 1, STR_ARG(rows->names[i]));
	if (rows->count == p->cap) {
		p->cap = p->cap ? p->cap + p->cap / 2 : 256;
		rows->starts = realloc(rows->starts, p->cap * sizeof *rows->starts);
		if (!rows->starts)
			die_out_of_memory();
	}
	rows->starts[rows->count++] = (uint32_t)begin;
	return true;
}

static bool not_json(struct json_pass *p, size_t offset)
{
	return wrong(p->error, line_of(p->text, offset + p->tape.error_at), "not JSON: %s",
		     p->tape.error);
}

static bool read_array(struct json_pass *p)
{
	const struct json_tape *tape = &p->tape;

	if (!json_read(&p->tape, p->text))
		return not_json(p, 0);
	if (json_type(&tape->items[0]) != JSON_ARRAY)
		return wrong(p->error, 1, "expected a list of objects: [{\"user\": \"ann\"}, …]");
	for (uint32_t at = 1; at < tape->count; at = tape->items[at].next)
		if (!read_row(p, &tape->items[at], 0))
			return false;
	return true;
}

static bool read_lines(struct json_pass *p)
{
	size_t at = 0;

	while (at < p->text.len) {
		size_t end = str_find_char(p->text, '\n', at);
		struct str line = str_slice(p->text, at, end);
		if (str_trim(line).len) {
			if (!json_read(&p->tape, line))
				return not_json(p, at);
			if (!read_row(p, &p->tape.items[0], at))
				return false;
		}
		at = end == NOT_FOUND ? p->text.len : end + 1;
	}
	return true;
}

/* Reads TEXT, which must outlive the rows: one JSON object per line if LINES is set, else one array
 * of objects. */
static bool rows_of_json(struct rows *rows, struct arena *arena, struct str text, bool lines,
			 struct rows_error *error)
{
	struct json_pass p = {.rows = rows, .arena = arena, .error = error};
	bool good;

	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_slice(text, 3, text.len);
	p.text = text;
	*rows = (struct rows){.form = ROWS_JSON, .mapped = rows->mapped, .decoded = rows->decoded};
	if (text.len > UINT32_MAX)
		return wrong(error, 0, "larger than 4 GiB");
	json_init(&p.tape);
	buf_init(&p.name, 0);
	good = lines ? read_lines(&p) : read_array(&p);
	json_release(&p.tape);
	buf_release(&p.name);
	if (good && rows->count == 0)
		return wrong(error, 0, "the file has no rows");
	rows->csv.text = text;
	return good;
}

/* ---- files */

static bool read_csv(struct rows *rows, struct arena *arena, struct str text, char delimiter,
		     struct rows_error *error)
{
	struct csv_error problem;

	rows->form = ROWS_CSV;
	if (!csv_read(&rows->csv, arena, text, delimiter, &problem))
		return wrong(error, problem.line, "%s", problem.text);
	rows->count = rows->csv.row_count;
	rows->names = rows->csv.names;
	rows->columns = rows->csv.columns;
	if (rows->count == 0)
		return wrong(error, 0, "the file has only a header and no rows");
	return true;
}

/* Refuses a file that is not UTF-8, because its bytes would be sent unchanged. */
static bool check_charset(struct str text, struct rows_error *error)
{
	size_t bad;

	if (charset_is_spreadsheet(text))
		return wrong(error, 0,
			     "this is a spreadsheet; save it as CSV, in Excel as 'CSV UTF-8'");
	if (charset_is_utf16(text)) {
		wrong(error, 0, "the file is in UTF-16; UTF-8 is expected");
		error->encoding = "utf-16";
		return false;
	}
	if (str_is_utf8(text, &bad))
		return true;
	unsigned char byte = (unsigned char)text.ptr[bad];
	const char *letter = charset_windows_letter(byte);

	wrong(error, line_of(text, bad), "byte 0x%02X is not UTF-8%s%s", byte,
	      letter ? "; in Windows-1252 it is " : "", letter ? letter : "");
	error->encoding = "windows-1252";
	return false;
}

/* Converts the file to UTF-8 in rows->decoded. */
static bool decode(struct rows *rows, const char *encoding, struct rows_error *error)
{
	struct str text = rows->mapped.text;

	if (charset_is_spreadsheet(text))
		return check_charset(text, error);
	if (charset_to_utf8(encoding, text, &rows->decoded))
		return true;
	return wrong(error, line_of(buf_str(&rows->decoded), rows->decoded.len),
		     "this line is not valid in the encoding %s; correct 'encoding'", encoding);
}

bool rows_open(struct rows *rows, struct arena *arena, struct str name, int fd,
	       const struct rows_format *format, struct rows_error *error)
{
	bool lines = str_ends(name, STR(".jsonl")) || str_ends(name, STR(".ndjson"));
	char tab = str_ends(name, STR(".tsv")) ? '\t' : '\0';
	struct str text;
	bool good;

	*rows = (struct rows){0};
	buf_init(&rows->decoded, 0);
	if (!mapped_file_take(&rows->mapped, fd))
		return wrong(error, 0, "%s", strerror(errno));
	if (format->encoding)
		good = decode(rows, format->encoding, error);
	else
		good = check_charset(rows->mapped.text, error);
	text = format->encoding ? buf_str(&rows->decoded) : rows->mapped.text;
	if (good && (lines || str_ends(name, STR(".json"))))
		good = rows_of_json(rows, arena, text, lines, error);
	else if (good)
		good =
		    read_csv(rows, arena, text, format->delimiter ? format->delimiter : tab, error);
	if (!good)
		rows_close(rows);
	return good;
}

void rows_close(struct rows *rows)
{
	csv_release(&rows->csv);
	free(rows->starts);
	mapped_file_close(&rows->mapped);
	buf_release(&rows->decoded);
	*rows = (struct rows){0};
}

int rows_column(const struct rows *rows, struct str name)
{
	for (unsigned i = 0; i < rows->columns; i++)
		if (str_eq(rows->names[i], name))
			return (int)i;
	return -1;
}

/* ---- cells */

void rows_reader_init(struct rows_reader *reader)
{
	*reader = (struct rows_reader){0};
	json_init(&reader->tape);
}

void rows_reader_release(struct rows_reader *reader)
{
	json_release(&reader->tape);
}

/* The row ends with its object; the reader needs its exact text. */
static size_t object_end(struct str text, size_t at)
{
	size_t depth = 0;
	bool quoted = false;

	for (; at < text.len; at++) {
		char c = text.ptr[at];
		if (quoted && c == '\\')
			at++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '{' || c == '['))
			depth++;
		else if (!quoted && (c == '}' || c == ']') && --depth == 0)
			return at + 1;
	}
	return text.len;
}

static bool json_cell(const struct rows *rows, struct rows_reader *reader, size_t row,
		      unsigned column, struct scratch *scratch, struct value *out)
{
	struct str text = rows->csv.text;
	const struct json_item *item;

	if (reader->rows != rows || reader->row != row) {
		size_t begin = rows->starts[row];
		if (!json_read(&reader->tape, str_slice(text, begin, object_end(text, begin))))
			BUG("row %zu was JSON when it was opened", row);
		reader->rows = rows;
		reader->row = row;
	}
	item = json_member(&reader->tape, &reader->tape.items[0], rows->names[column]);
	return json_value_from_tape(&reader->tape, (uint32_t)(item - reader->tape.items), scratch,
				    out);
}

bool rows_cell(const struct rows *rows, struct rows_reader *reader, size_t row, unsigned column,
	       struct scratch *scratch, struct value *out)
{
	switch (rows->form) {
	case ROWS_CSV:
		*out = value_text(csv_cell(&rows->csv, row, column, &scratch->text));
		return out->text.ptr != NULL;
	case ROWS_JSON:
		return json_cell(rows, reader, row, column, scratch, out);
	case ROWS_INLINE:
		*out = rows->cells[row * rows->columns + column];
		return true;
	}
	return false;
}

size_t rows_line(const struct rows *rows, size_t row)
{
	struct str text = rows->decoded.len ? buf_str(&rows->decoded) : rows->mapped.text;

	if (rows->form == ROWS_INLINE || !text.ptr)
		return 0;
	return line_of(text, rows->form == ROWS_CSV ? rows->csv.rows[row] : rows->starts[row]);
}
