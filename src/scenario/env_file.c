#include "scenario/env_file.h"

#include <string.h>

#include "base/ascii.h"

/* The end of a quoted text at the start of VALUE, which is the position of its closing quote;
 * NOT_FOUND if there is none, or if more than a comment follows it. */
static size_t quoted_end(struct str value)
{
	size_t end = 1;

	if (!value.len || (value.ptr[0] != '"' && value.ptr[0] != '\''))
		return NOT_FOUND;
	while (end < value.len && value.ptr[end] != value.ptr[0])
		end += value.ptr[0] == '"' && value.ptr[end] == '\\' ? 2 : 1;
	struct str rest = str_slice(value, end + 1, value.len);
	if (end >= value.len || (str_trim(rest).len && str_trim(rest).ptr[0] != '#') ||
	    (rest.len && rest.ptr[0] == '#'))
		return NOT_FOUND;
	return end;
}

/* The content of a text in double quotes. */
static struct str unescape(struct arena *arena, struct str text)
{
	char *copy = arena_cstr(arena, text), *to = copy;

	for (size_t i = 0; i < text.len; i++) {
		char next = i + 1 < text.len ? text.ptr[i + 1] : '\0';
		bool escaped = text.ptr[i] == '\\' && next && strchr("\\\"$`n", next);

		if (escaped)
			i++;
		*to++ = escaped && next == 'n' ? '\n' : text.ptr[i];
	}
	return str_n(copy, (size_t)(to - copy));
}

/* The value of a line NAME=VALUE, as shells read it: a text in quotes, or a text up to a comment.
 */
static struct str env_value(struct arena *arena, struct str text)
{
	struct str value = str_trim(text);
	size_t end = quoted_end(value);

	if (end != NOT_FOUND && value.ptr[0] == '"')
		return unescape(arena, str_slice(value, 1, end));
	if (end != NOT_FOUND)
		return str_slice(value, 1, end);
	for (size_t i = 1; i < text.len; i++)
		if (text.ptr[i] == '#' && ascii_is_blank(text.ptr[i - 1]))
			return str_trim(str_slice(text, 0, i));
	return value;
}

bool env_file_value(struct arena *arena, struct str content, struct str name, struct str *out,
		    unsigned *line)
{
	bool found = false;
	unsigned at_line = 0;

	for (size_t at = 0; at < content.len;) {
		size_t end = str_find_char(content, '\n', at);
		struct str text =
		    str_trim(str_slice(content, at, end == NOT_FOUND ? content.len : end));

		at = end == NOT_FOUND ? content.len : end + 1;
		at_line++;
		if (str_starts(text, STR("export ")))
			text = str_trim(str_slice(text, 7, text.len));
		size_t equals = str_find_char(text, '=', 0);
		if (equals == NOT_FOUND || !str_eq(str_trim(str_slice(text, 0, equals)), name))
			continue;
		*out = env_value(arena, str_slice(text, equals + 1, text.len));
		*line = at_line;
		found = out->len > 0;
	}
	return found;
}
