#include "scenario/json_layout.h"

#define LINE 100

/* The offset after the string that starts at AT. */
static size_t string_end(struct str json, size_t at)
{
	for (at++; at < json.len && json.ptr[at] != '"'; at++) {
		if (json.ptr[at] == '\\')
			at++;
	}
	return at + 1;
}

/* The offset after the bracket that closes the one at AT; *NESTED: it contains an object with
 * members. */
static size_t bracket_end(struct str json, size_t at, bool *nested)
{
	size_t begin = at;
	int depth = 0;

	*nested = false;
	while (at < json.len) {
		char c = json.ptr[at];

		if (c == '"') {
			at = string_end(json, at);
			continue;
		}
		if (c == '{' && at > begin)
			*nested = true;
		if (c == '{' || c == '[')
			depth++;
		if ((c == '}' || c == ']') && --depth == 0)
			return at + 1;
		at++;
	}
	return at;
}

static void new_line(struct buf *out, int depth)
{
	buf_printf(out, "\n%*s", depth * 2, "");
}

void json_layout(struct buf *out, struct str json)
{
	int depth = 0;
	bool nested;

	for (size_t at = 0; at < json.len;) {
		char c = json.ptr[at];
		size_t end = at + 1;

		if (c == '"') {
			end = string_end(json, at);
		} else if (c == '{' || c == '[') {
			size_t close = bracket_end(json, at, &nested);

			if (!nested && close - at + (size_t)depth * 2 < LINE) {
				buf_add(out, str_slice(json, at, close));
				at = close;
				continue;
			}
			buf_add_char(out, c);
			new_line(out, ++depth);
			at = end;
			continue;
		} else if (c == '}' || c == ']') {
			new_line(out, --depth);
		} else if (c == ',') {
			buf_add_char(out, c);
			new_line(out, depth);
			at += at + 1 < json.len && json.ptr[at + 1] == ' ' ? 2 : 1;
			continue;
		}
		buf_add(out, str_slice(json, at, end));
		at = end;
	}
	buf_add_char(out, '\n');
}
