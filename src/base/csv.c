#include "base/csv.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"

#define NO_ROOM (NOT_FOUND)

/* One pass over the text. */
struct csv_reader {
	struct csv *csv;
	struct csv_error *error;
	size_t at, line, row_line;
	size_t cap;
};

static bool fail(struct csv_reader *p, size_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool fail(struct csv_reader *p, size_t line, const char *format, ...)
{
	va_list args;

	p->error->line = line;
	va_start(args, format);
	vsnprintf(p->error->text, sizeof p->error->text, format, args);
	va_end(args);
	return false;
}

/* End of the quoted part that starts at AT (a quote): just past its closing quote, or NO_ROOM. */
static size_t quoted_end(struct str text, size_t at)
{
	at++;
	for (;;) {
		const char *quote =
		    at < text.len ? memchr(text.ptr + at, '"', text.len - at) : NULL;
		if (!quote)
			return NO_ROOM;
		at = (size_t)(quote - text.ptr) + 1;
		if (at == text.len || text.ptr[at] != '"')
			return at;
		at++;
	}
}

static bool ends_cell(char c, char delimiter)
{
	return c == delimiter || c == '\n' || c == '\r';
}

/* End of the cell at AT (of its delimiter or line end, or the text's), or NO_ROOM for an open
 * quote. */
static size_t cell_end(const struct csv *csv, size_t at)
{
	struct str text = csv->text;

	if (at < text.len && text.ptr[at] == '"') {
		at = quoted_end(text, at);
		if (at == NO_ROOM)
			return at;
	}
	while (at < text.len && !ends_cell(text.ptr[at], csv->delimiter))
		at++;
	return at;
}

static size_t past_line_end(struct str text, size_t at)
{
	if (at < text.len && text.ptr[at] == '\r')
		at++;
	if (at < text.len && text.ptr[at] == '\n')
		at++;
	return at;
}

static size_t lines_in(struct str text, size_t from, size_t to)
{
	size_t lines = 0;

	for (size_t i = from; i < to; i++)
		lines += text.ptr[i] == '\n';
	return lines;
}

/* A cell's content between FROM and TO, without its quotes, doubled quotes made single. */
static struct str cell_text(struct str text, size_t from, size_t to, struct buf *scratch)
{
	struct str cell = str_slice(text, from, to);
	size_t at, close;

	if (!cell.len || cell.ptr[0] != '"')
		return cell;
	close = quoted_end(cell, 0) - 1;
	cell = str_slice(cell, 1, close);
	if (!memchr(cell.ptr, '"', cell.len))
		return cell;
	at = scratch->len;
	if (!buf_reserve(scratch, cell.len + 1))
		return STR_NULL;
	for (size_t i = 0; i < cell.len; i++) {
		buf_add_char(scratch, cell.ptr[i]);
		i += cell.ptr[i] == '"';
	}
	return str_n(scratch->data + at, scratch->len - at);
}

static char guess_delimiter(struct str text)
{
	static const char known[] = ",;\t|";
	struct str line = str_slice(text, 0, str_find_char(text, '\n', 0));
	char best = ',';
	size_t max = 0;

	for (const char *c = known; *c; c++) {
		size_t count = 0;
		for (size_t i = 0; i < line.len; i++)
			count += line.ptr[i] == *c;
		if (count > max) {
			max = count;
			best = *c;
		}
	}
	return best;
}

/* ---- the header */

/* "sep=;": how Excel saves the delimiter, as a line above the header. */
static char separator_line(struct str text, size_t at)
{
	struct str line = str_slice(text, at, str_find_char(text, '\n', at));

	if (str_ends(line, STR("\r")))
		line.len--;
	return line.len == 5 && str_ieq(str_slice(line, 0, 4), STR("sep=")) ? line.ptr[4] : '\0';
}

static bool add_name(struct csv_reader *p, struct arena *arena, struct str name)
{
	struct csv *csv = p->csv;

	if (!name.len)
		return fail(p, p->line, "column %u has no name in the header row",
			    csv->columns + 1);
	if (csv_column(csv, name) >= 0)
		return fail(p, p->line, "two columns are named '%.*s'", STR_ARG(name));
	if (csv->columns == CSV_COLUMNS)
		return fail(p, p->line, "more than %d columns", CSV_COLUMNS);
	csv->names[csv->columns++] = arena_str(arena, name);
	return true;
}

static bool read_header(struct csv_reader *p, struct arena *arena)
{
	struct csv *csv = p->csv;
	struct buf scratch;
	bool good = true, more = true;

	csv->names = ARENA_ARRAY(arena, CSV_COLUMNS, struct str);
	buf_init(&scratch, 0);
	while (good && more) {
		size_t end = cell_end(csv, p->at);
		if (end == NO_ROOM) {
			good = fail(p, p->line, "a quote in the header row is not closed");
			break;
		}
		buf_clear(&scratch);
		good = add_name(p, arena, str_trim(cell_text(csv->text, p->at, end, &scratch)));
		p->line += lines_in(csv->text, p->at, end);
		more = end < csv->text.len && csv->text.ptr[end] == csv->delimiter;
		p->at = more ? end + 1 : past_line_end(csv->text, end);
	}
	p->line++;
	buf_release(&scratch);
	return good;
}

/* ---- the rows */

static void add_row(struct csv_reader *p, size_t offset)
{
	struct csv *csv = p->csv;

	if (csv->row_count == p->cap) {
		p->cap = p->cap ? p->cap + p->cap / 2 : 1024;
		csv->rows = realloc(csv->rows, p->cap * sizeof *csv->rows);
		if (!csv->rows)
			die_out_of_memory();
	}
	csv->rows[csv->row_count++] = (uint32_t)offset;
}

/* Spreadsheets save empty rows as delimiters only. */
static void skip_row(struct csv_reader *p, size_t line)
{
	if (!p->csv->skipped++)
		p->csv->first_skipped = line;
}

/* Skips one row and checks the number of its cells. */
static bool read_row(struct csv_reader *p)
{
	const struct csv *csv = p->csv;
	size_t begin = p->at, first = p->line;
	bool empty = csv->columns > 1;
	unsigned cells = 0;

	for (;;) {
		size_t end = cell_end(csv, p->at);
		if (end == NO_ROOM)
			return fail(p, first, "a quote in this row is not closed");
		p->line += lines_in(csv->text, p->at, end);
		empty = empty && !str_trim(str_slice(csv->text, p->at, end)).len;
		cells++;
		if (end == csv->text.len || csv->text.ptr[end] != csv->delimiter) {
			p->at = past_line_end(csv->text, end);
			break;
		}
		p->at = end + 1;
	}
	p->line++;
	if (empty) {
		skip_row(p, first);
		return true;
	}
	if (cells != csv->columns)
		return fail(p, first,
			    cells > csv->columns
				? "this row has %u cell%s, but the header has %u; put a cell that "
				  "contains a '%c' in double quotes"
				: "this row has %u cell%s, but the header has %u",
			    cells, cells == 1 ? "" : "s", csv->columns, csv->delimiter);
	add_row(p, begin);
	return true;
}

static bool read_rows(struct csv_reader *p)
{
	struct str text = p->csv->text;

	while (p->at < text.len) {
		if (text.ptr[p->at] == '\n' || text.ptr[p->at] == '\r') {
			p->at = past_line_end(text, p->at);
			p->line++;
		} else if (!read_row(p)) {
			return false;
		}
	}
	if (p->csv->row_count)
		p->csv->rows = realloc(p->csv->rows, p->csv->row_count * sizeof *p->csv->rows);
	return true;
}

bool csv_read(struct csv *csv, struct arena *arena, struct str text, char delimiter,
	      struct csv_error *error)
{
	struct csv_reader p = {.csv = csv, .error = error, .line = 1};

	*csv = (struct csv){.text = text};
	if (text.len > UINT32_MAX)
		return fail(&p, 1, "larger than 4 GiB");
	if (str_starts(text, STR("\xef\xbb\xbf")))
		p.at = 3;
	while (p.at < text.len && (text.ptr[p.at] == '\n' || text.ptr[p.at] == '\r')) {
		p.at = past_line_end(text, p.at);
		p.line++;
	}
	char separator = separator_line(text, p.at);
	if (separator) {
		p.at = past_line_end(text, p.at + 5);
		p.line++;
		delimiter = delimiter ? delimiter : separator;
	}
	if (p.at == text.len)
		return fail(
		    &p, 1,
		    "the file is empty; it needs a header row with the names of the columns");
	csv->delimiter = delimiter ? delimiter : guess_delimiter(str_slice(text, p.at, text.len));
	if (read_header(&p, arena) && read_rows(&p))
		return true;
	csv_release(csv);
	return false;
}

void csv_release(struct csv *csv)
{
	free(csv->rows);
	csv->rows = NULL;
	csv->row_count = 0;
}

int csv_column(const struct csv *csv, struct str name)
{
	for (unsigned i = 0; i < csv->columns; i++)
		if (str_eq(csv->names[i], name))
			return (int)i;
	return -1;
}

struct str csv_cell(const struct csv *csv, size_t row, unsigned column, struct buf *scratch)
{
	size_t at = csv->rows[row], end = cell_end(csv, at);

	while (column--) {
		at = end + 1;
		end = cell_end(csv, at);
	}
	return cell_text(csv->text, at, end, scratch);
}
