#include "base/ascii.h"
#include "doc/yaml_private.h"

static uint32_t skip_blanks(struct str text, uint32_t at, uint32_t end)
{
	while (at < end && ascii_is_blank(text.ptr[at]))
		at++;
	return at;
}

static uint32_t trim_blanks(struct str text, uint32_t begin, uint32_t end)
{
	while (end > begin && ascii_is_blank(text.ptr[end - 1]))
		end--;
	return end;
}

uint32_t yaml_quote_end(struct str text, uint32_t begin, uint32_t end)
{
	char quote = text.ptr[begin];

	for (uint32_t at = begin + 1; at < end; at++) {
		if (quote == '"' && text.ptr[at] == '\\')
			at++;
		else if (text.ptr[at] != quote)
			continue;
		else if (quote == '\'' && at + 1 < end && text.ptr[at + 1] == quote)
			at++;
		else
			return at + 1;
	}
	return end;
}

uint32_t yaml_comment_start(struct str text, uint32_t begin, uint32_t end)
{
	uint32_t at = begin;

	if (at < end && (text.ptr[at] == '"' || text.ptr[at] == '\''))
		at = yaml_quote_end(text, at, end);
	for (; at < end; at++)
		if (text.ptr[at] == '#' && (at == begin || ascii_is_blank(text.ptr[at - 1])))
			return at;
	return end;
}

/* The colon that ends the key at BEGIN, or END. */
static uint32_t key_colon(struct str text, uint32_t begin, uint32_t end)
{
	uint32_t at = begin;

	if (at < end && (text.ptr[at] == '"' || text.ptr[at] == '\'')) {
		at = skip_blanks(text, yaml_quote_end(text, at, end), end);
		return at < end && text.ptr[at] == ':' ? at : end;
	}
	if (at < end && (text.ptr[at] == '{' || text.ptr[at] == '['))
		return end;
	end = yaml_comment_start(text, begin, end);
	for (; at < end; at++)
		if (text.ptr[at] == ':' && (at + 1 == end || ascii_is_blank(text.ptr[at + 1])))
			return at;
	return end;
}

struct yaml_line yaml_line_at(const struct source *source, uint32_t offset)
{
	struct str text = source->text;
	struct str whole = source_line(source, source_position(source, offset).line);
	struct yaml_line line = {.begin = (uint32_t)(whole.ptr - text.ptr)};

	line.end = line.begin + (uint32_t)whole.len;
	line.indent = line.begin;
	while (line.indent < line.end && text.ptr[line.indent] == ' ')
		line.indent++;
	line.content = skip_blanks(text, line.begin, line.end);
	while (line.content < line.end && text.ptr[line.content] == '-' &&
	       (line.content + 1 == line.end || ascii_is_blank(text.ptr[line.content + 1]))) {
		line.dash = true;
		line.content = skip_blanks(text, line.content + 1, line.end);
	}
	line.key_begin = line.key_end = line.value_begin = line.content;
	uint32_t colon = key_colon(text, line.content, line.end);
	if (colon < line.end && text.ptr[colon] == ':') {
		line.key_end = trim_blanks(text, line.content, colon);
		line.value_begin = skip_blanks(text, colon + 1, line.end);
	}
	line.value_end = trim_blanks(text, line.value_begin,
				     yaml_comment_start(text, line.value_begin, line.end));
	return line;
}

bool yaml_line_above(const struct source *source, const struct yaml_line *line,
		     struct yaml_line *out)
{
	uint32_t number = source_position(source, line->begin).line;

	while (--number > 0) {
		*out = yaml_line_at(source, source->line_starts[number - 1]);
		if (out->content < out->end && source->text.ptr[out->content] != '#')
			return true;
	}
	return false;
}

static size_t one_of(struct str text, size_t at, const char *const *points)
{
	for (; *points; points++)
		if (str_starts(str_slice(text, at, text.len), str_of(*points)))
			return strlen(*points);
	return 0;
}

size_t yaml_smart_quote(struct str text, size_t at)
{
	static const char *const quotes[] = {"“", "”", "„", "‟", "‘", "’",
					     "‚", "‛", "«", "»", NULL};

	return one_of(text, at, quotes);
}

size_t yaml_odd_space(struct str text, size_t at)
{
	static const char *const spaces[] = {
	    "\xc2\xa0",	    "\xe2\x80\xaf", "\xe2\x80\x80", "\xe2\x80\x81", "\xe2\x80\x82",
	    "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86", "\xe2\x80\x87",
	    "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\x8b", "\xe2\x81\x9f",
	    "\xe3\x80\x80", "\xef\xbb\xbf", NULL,
	};

	return at < text.len && (unsigned char)text.ptr[at] >= 0xc2 ? one_of(text, at, spaces) : 0;
}

size_t yaml_odd_dash(struct str text, size_t at)
{
	static const char *const dashes[] = {"\xe2\x80\x93", "\xe2\x80\x94", "\xe2\x80\x90",
					     "\xe2\x80\x91", "\xe2\x80\x92", "\xe2\x80\xa2",
					     "\xe2\x88\x92", "\xc2\xb7",     NULL};
	size_t bytes =
	    at < text.len && (unsigned char)text.ptr[at] >= 0xc2 ? one_of(text, at, dashes) : 0;

	return bytes && at + bytes < text.len && text.ptr[at + bytes] == ' ' ? bytes : 0;
}

bool yaml_is_unbalanced(struct str text)
{
	unsigned quotes = 0, depth = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '"')
			quotes++;
		else if (text.ptr[i] == '$' && i + 1 < text.len && text.ptr[i + 1] == '{')
			depth++;
		else if (text.ptr[i] == '}' && depth > 0)
			depth--;
	}
	return quotes % 2 == 1 || depth > 0;
}
