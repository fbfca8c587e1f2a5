#include "import/multipart_parse.h"

struct str multipart_parse_boundary(struct str type)
{
	size_t at = str_find(type, STR("boundary="), 0), end;
	struct str value;

	if (at == NOT_FOUND)
		return STR("");
	value = str_slice(type, at + 9, type.len);
	end = str_find_char(value, ';', 0);
	value = str_trim(str_slice(value, 0, end));
	if (value.len >= 2 && value.ptr[0] == '"')
		value = str_slice(value, 1, str_find_char(value, '"', 1));
	return value;
}

/* The quoted text after TEXT's first quote, up to a quote without a backslash before it. */
static struct str quoted(struct str text, bool *escaped)
{
	size_t end = 1;

	while (end < text.len && text.ptr[end] != '"') {
		bool escape =
		    text.ptr[end] == '\\' && end + 1 < text.len && text.ptr[end + 1] == '"';

		*escaped = *escaped || escape;
		end += escape ? 2 : 1;
	}
	return str_slice(text, 1, end);
}

/* The value of PARAMETER ("name=") in a field line; ptr NULL if there is none. */
static struct str parameter(struct str line, struct str word, bool *escaped)
{
	for (size_t at = 0; (at = str_find(line, word, at)) != NOT_FOUND; at++) {
		struct str rest = str_slice(line, at + word.len, line.len);

		/* "filename=" contains "name=". */
		if (at && line.ptr[at - 1] != ' ' && line.ptr[at - 1] != ';')
			continue;
		if (rest.len && rest.ptr[0] == '"')
			return quoted(rest, escaped);
		return str_trim(str_slice(rest, 0, str_find_char(rest, ';', 0)));
	}
	return STR_NULL;
}

static void read_field_lines(struct str lines, struct tx_part *part)
{
	for (size_t at = 0; at < lines.len;) {
		size_t end = str_find_char(lines, '\n', at);

		end = end == NOT_FOUND ? lines.len : end;
		struct str line = str_trim(str_slice(lines, at, end));
		size_t colon = str_find_char(line, ':', 0);
		struct str name = str_slice(line, 0, colon == NOT_FOUND ? 0 : colon);

		if (str_ieq(name, STR("Content-Disposition"))) {
			part->name = parameter(line, STR("name="), &part->unusual);
			part->file = parameter(line, STR("filename="), &part->unusual);
			part->unusual = part->unusual ||
					str_find(line, STR("filename*="), 0) != NOT_FOUND ||
					!str_icontains(line, STR("form-data"));
		} else if (str_ieq(name, STR("Content-Type"))) {
			part->type = str_trim(str_slice(line, colon + 1, line.len));
		} else if (line.len) {
			part->unusual = true;
		}
		at = end + 1;
	}
}

/* Whether TEXT starts after a boundary line. */
static bool read_part(struct str text, bool exact, struct tx_part *part)
{
	size_t head = str_find(text, STR("\r\n\r\n"), 0), skip = 4;

	if (head == NOT_FOUND) {
		head = str_find(text, STR("\n\n"), 0);
		skip = 2;
	}
	if (head == NOT_FOUND)
		return false;
	read_field_lines(str_slice(text, 0, head), part);
	part->value = str_slice(text, head + skip, text.len);
	if (str_ends(part->value, STR("\r\n")))
		part->value.len -= 2;
	else if (str_ends(part->value, STR("\n")))
		part->value.len -= 1;
	/* A file field that was left empty is sent without a name and without bytes. */
	if (part->file.len)
		part->lost = !part->value.len ||
			     (!exact && str_find(part->value, STR("\xef\xbf\xbd"), 0) != NOT_FOUND);
	return part->name.ptr != NULL;
}

bool multipart_parse(struct arena *a, struct str body, struct str boundary, bool exact,
		     struct tx_part **parts, size_t *count)
{
	VEC(struct tx_part) found = {0};
	struct str mark;
	size_t at, end;

	body = str_slice(body, 0, body.len);
	if (!boundary.len) {
		if (!str_starts(body, STR("--")))
			return false;
		boundary = str_trim(str_slice(body, 2, str_find_char(body, '\n', 0)));
		if (!boundary.len)
			return false;
	}
	mark = arena_printf(a, "--%.*s", STR_ARG(boundary));
	at = str_find(body, mark, 0);
	while (at != NOT_FOUND) {
		struct tx_part part = {0};
		size_t from = at + mark.len;

		if (str_starts(str_slice(body, from, body.len), STR("--")))
			break;
		from = str_find_char(body, '\n', from);
		if (from == NOT_FOUND)
			break;
		end = str_find(body, mark, from);
		/* Starting at the line end, so that a part without field lines is recognized. */
		if (!read_part(str_slice(body, from + 1, end == NOT_FOUND ? body.len : end), exact,
			       &part))
			return false;
		VEC_PUSH(a, &found, part);
		at = end;
	}
	*parts = found.items;
	*count = found.count;
	return found.count > 0;
}
