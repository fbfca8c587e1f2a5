/* W3C logs (IIS, CloudFront): a line that starts with #Fields: names the columns of the lines
 * that follow. */
#include "import/accesslog/access_private.h"

#define COLUMNS_MAX (sizeof(((struct access_reader *)NULL)->columns) / sizeof(enum access_field))

static enum access_field column_of(const struct access_reader *reader, struct str name)
{
	if (str_ieq(name, STR("date")))
		return FIELD_DATE;
	if (str_ieq(name, STR("time")))
		return FIELD_CLOCK;
	return access_names_find(&reader->names, name);
}

void access_columns_head(struct access_reader *reader, struct str line)
{
	struct str names;
	size_t at = 0;

	if (!str_starts(line, STR("#Fields:")))
		return;
	names = str_trim(str_slice(line, 8, line.len));
	reader->column_count = 0;
	/* CloudFront separates the names by spaces and the values by tabs. */
	reader->tabs = str_find(names, STR("x-edge-"), 0) != NOT_FOUND ||
		       str_find_char(names, '\t', 0) != NOT_FOUND;
	while (at < names.len && reader->column_count < COLUMNS_MAX) {
		size_t end = at;

		while (end < names.len && names.ptr[end] != ' ' && names.ptr[end] != '\t')
			end++;
		if (end > at)
			reader->columns[reader->column_count++] =
			    column_of(reader, str_slice(names, at, end));
		at = end + 1;
	}
}

bool access_columns_read(const struct access_format *format, struct access_reader *reader,
			 struct str line, struct access_line *out, const char **why)
{
	char between = reader->tabs ? '\t' : ' ';
	size_t at = 0;

	(void)format;
	*why = "there is no #Fields: line before it";
	if (!reader->column_count)
		return false;
	for (size_t i = 0; i < reader->column_count; i++) {
		size_t end = str_find_char(line, between, at);

		*why = "it has fewer columns than #Fields: names";
		if (at > line.len)
			return false;
		end = end == NOT_FOUND ? line.len : end;
		if (!access_line_set(out, reader->columns[i], str_slice(line, at, end), why))
			return false;
		at = end + 1;
	}
	*why = "it has more columns than #Fields: names";
	return (at > line.len || reader->column_count == COLUMNS_MAX) &&
	       access_line_finish(reader, out, why);
}
