#include "base/source.h"

#include "base/log.h"

const struct source *source_new(struct arena *a, struct str name, struct str text)
{
	struct source *source = ARENA_NEW(a, struct source);
	uint32_t lines = 1;

	if (text.len > UINT32_MAX - 1)
		BUG("a source of %zu bytes: its reader must refuse it first", text.len);
	for (size_t at = str_find_char(text, '\n', 0); at != NOT_FOUND;
	     at = str_find_char(text, '\n', at + 1))
		lines++;
	uint32_t *starts = ARENA_ARRAY(a, lines, uint32_t);
	uint32_t n = 1;
	for (size_t at = str_find_char(text, '\n', 0); at != NOT_FOUND;
	     at = str_find_char(text, '\n', at + 1))
		starts[n++] = (uint32_t)at + 1;
	source->name = arena_str(a, name);
	source->text = text;
	source->line_starts = starts;
	source->line_count = lines;
	return source;
}

/* Length of a byte order mark at the start, which is not counted as a column. */
static uint32_t mark_bytes(const struct source *source)
{
	return str_starts(source->text, STR("\xef\xbb\xbf")) ? 3 : 0;
}

struct source_position source_position(const struct source *source, uint32_t offset)
{
	uint32_t low = 0, high = source->line_count;

	if (offset > source->text.len)
		offset = (uint32_t)source->text.len;
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (source->line_starts[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	uint32_t start = low == 0 ? mark_bytes(source) : source->line_starts[low];
	size_t columns = str_columns(str_slice(source->text, start, offset));
	return (struct source_position){low + 1, (uint32_t)columns + 1};
}

struct str source_line(const struct source *source, uint32_t line)
{
	if (line == 0 || line > source->line_count)
		return STR("");
	size_t from = line == 1 ? mark_bytes(source) : source->line_starts[line - 1];
	size_t to = line < source->line_count ? source->line_starts[line] - 1 : source->text.len;
	struct str text = str_slice(source->text, from, to);

	if (text.len && text.ptr[text.len - 1] == '\r')
		text.len--;
	return text;
}

struct str source_span_label(struct arena *a, struct span span)
{
	if (!span.source)
		return STR("");
	return arena_printf(a, "%.*s:%u", STR_ARG(span.source->name),
			    source_position(span.source, span.begin).line);
}

struct span source_span_join(struct span a, struct span b)
{
	if (!a.source || (b.source && b.source != a.source))
		return a.source ? a : b;
	if (!b.source)
		return a;
	return (struct span){a.source, a.begin < b.begin ? a.begin : b.begin,
			     a.end > b.end ? a.end : b.end};
}
