#include "import/accesslog/line_source.h"

#define UNPACKED_MAX (UINT64_C(1) << 36)

void line_source_open(struct line_source *s, struct str text)
{
	*s = (struct line_source){.text = text};
	buf_init(&s->window, 0);
	if (gunzip_is_gzip(text))
		s->packed = gunzip_open(text, UNPACKED_MAX);
	else if (str_starts(text, STR("\xef\xbb\xbf")))
		s->at = 3;
	s->document = line_document_open(text);
}

/* Reads one more block after the rest of the window; false at the end. */
static bool fill(struct line_source *s)
{
	struct str piece;

	if (!gunzip_next(s->packed, &piece))
		return false;
	if (s->at) {
		memmove(s->window.data, s->window.data + s->at, s->window.len - s->at);
		s->window.len -= s->at;
		s->at = 0;
	}
	buf_add(&s->window, piece);
	return true;
}

/* Where the line at s->at ends in the window; decompresses as needed. Beyond LINE_MAX, its end
 * is searched without keeping the line. */
static size_t packed_end(struct line_source *s, bool *newline)
{
	size_t seen = 0;

	for (;;) {
		const char *from = s->window.data ? s->window.data + s->at : NULL;
		size_t left = s->window.len - s->at;
		const char *end = left > seen ? memchr(from + seen, '\n', left - seen) : NULL;

		*newline = end != NULL;
		if (end)
			return s->at + (size_t)(end - from);
		seen = left;
		if (left > 2 * LINE_MAX) {
			s->window.len = s->at + LINE_MAX;
			seen = LINE_MAX;
		}
		if (!fill(s))
			return s->window.len;
	}
}

static bool next_packed(struct line_source *s, struct str *line)
{
	bool newline;
	size_t end = packed_end(s, &newline);

	if (end == s->at && !newline)
		return false;
	*line = str_slice(buf_str(&s->window), s->at, end);
	s->at = end + newline;
	return true;
}

static bool next_plain(struct line_source *s, struct str *line)
{
	size_t end;

	if (s->at >= s->text.len)
		return false;
	end = str_find_char(s->text, '\n', s->at);
	end = end == NOT_FOUND ? s->text.len : end;
	*line = str_slice(s->text, s->at, end);
	s->at = end + 1;
	return true;
}

bool line_source_next(struct line_source *s, struct str *line)
{
	if (s->document ? !line_document_next(s->document, line)
	    : s->packed ? !next_packed(s, line)
			: !next_plain(s, line))
		return false;
	s->line++;
	*line = str_slice(*line, 0, LINE_MAX);
	if (line->len && line->ptr[line->len - 1] == '\r')
		line->len--;
	return true;
}

const char *line_source_error(const struct line_source *s)
{
	return s->packed ? gunzip_error(s->packed) : NULL;
}

void line_source_close(struct line_source *s)
{
	line_document_close(s->document);
	gunzip_close(s->packed);
	buf_release(&s->window);
}
