#include "edit/api/api_lines.h"

#include <stdlib.h>

#include "base/alloc.h"

#define LINES_MAX ((size_t)20000)
#define BYTES_MAX ((size_t)8 << 20)
/* Limits of a response. */
#define REPLY_LINES ((size_t)2000)
#define REPLY_BYTES ((size_t)2 << 20)

struct api_line {
	struct api_line *newer;
	size_t length;
	char text[];
};

static void remove_oldest(struct api_lines *lines)
{
	struct api_line *line = lines->oldest;

	lines->oldest = line->newer;
	lines->first++;
	lines->bytes -= line->length;
	if (!lines->oldest)
		lines->newest = NULL;
	free(line);
}

void api_lines_add(struct api_lines *lines, struct str text)
{
	struct api_line *line = malloc(sizeof *line + text.len);

	if (!line)
		die_out_of_memory();
	line->newer = NULL;
	line->length = text.len;
	if (text.len)
		memcpy(line->text, text.ptr, text.len);
	if (lines->newest)
		lines->newest->newer = line;
	else
		lines->oldest = line;
	lines->newest = line;
	lines->next++;
	lines->bytes += text.len;
	while (lines->oldest != line &&
	       (lines->next - lines->first > LINES_MAX || lines->bytes > BYTES_MAX))
		remove_oldest(lines);
}

void api_lines_put(struct json_writer *j, const struct api_lines *lines, uint64_t from)
{
	const struct api_line *line = lines->oldest;
	uint64_t number = lines->first;
	size_t bytes = 0, count = 0;

	while (line && number < from) {
		line = line->newer;
		number++;
	}
	json_writer_uint(j, "from", number);
	json_writer_open_array(j, "lines");
	for (; line && count < REPLY_LINES && bytes < REPLY_BYTES; line = line->newer) {
		buf_add(json_writer_value(j, NULL), str_n(line->text, line->length));
		bytes += line->length;
		count++;
	}
	json_writer_close_array(j);
	json_writer_uint(j, "next", number + count);
}

struct str api_lines_newest(const struct api_lines *lines)
{
	return lines->newest ? str_n(lines->newest->text, lines->newest->length) : STR_NULL;
}

void api_lines_release(struct api_lines *lines)
{
	while (lines->oldest)
		remove_oldest(lines);
}
