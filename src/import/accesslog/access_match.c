/* Finds the format of a line, without the quotes, prefixes and objects that other programs added.
 */
#include "base/ascii.h"
#include "import/accesslog/access_private.h"

#define PREFIXES_MAX 4u

/* The whole line was quoted by a program that passed it on: plain, doubled (CSV) or escaped with
 * backslashes. */
static struct str unquoted(struct log_reader *r, struct str line)
{
	struct str inside = str_slice(line, 1, line.len - 1);
	size_t quotes = 0, doubled = 0;

	for (size_t i = 0; i < inside.len; i++) {
		quotes += inside.ptr[i] == '"';
		if (inside.ptr[i] == '"' && i + 1 < inside.len && inside.ptr[i + 1] == '"') {
			quotes++;
			doubled += 2;
			i++;
		}
	}
	if (str_find(inside, STR("\\\""), 0) != NOT_FOUND && inside.ptr[0] != '{')
		return access_unescape(&r->reader, inside);
	if (!doubled || doubled != quotes)
		return inside;
	buf_clear(&r->scratch);
	for (size_t i = 0; i < inside.len; i++) {
		buf_add_char(&r->scratch, inside.ptr[i]);
		i += inside.ptr[i] == '"';
	}
	return buf_str(&r->scratch);
}

static bool read_as(struct log_reader *r, const struct access_format *format, struct str line,
		    struct access_line *out, const char **why)
{
	access_reader_begin(&r->reader, line);
	access_line_clear(out);
	return format->read(format, &r->reader, line, out, why);
}

/* Reads the line as FIRST, else as any format that fits: some files have several. Returns the
 * format, or NULL. */
static const struct access_format *read_bare(struct log_reader *r,
					     const struct access_format *first, struct str line,
					     struct access_line *out, const char **why)
{
	const char *other;

	if (first && read_as(r, first, line, out, why))
		return first;
	for (size_t i = 0; i < r->format_count; i++)
		if (&r->formats[i] != first &&
		    read_as(r, &r->formats[i], line, out, first ? &other : why))
			return &r->formats[i];
	return NULL;
}

bool access_match_has_request(const struct access_line *line)
{
	return line->request.len || line->method.len || line->url.len || line->path.len;
}

/* Reads LINE, or the line in it if it is a JSON object without a request. */
static const struct access_format *read_inner(struct log_reader *r,
					      const struct access_format *first, struct str line,
					      struct access_line *out, const char **why)
{
	const struct access_format *format = read_bare(r, first, line, out, why), *inner;
	struct str time = STR(""), text;

	if (!line.len || line.ptr[0] != '{' || (format && access_match_has_request(out)))
		return format;
	access_reader_begin(&r->reader, line);
	text = access_prefix_unwrap(&r->reader, line, &time);
	if (!text.len)
		return format;
	r->reader.prefix_time = time;
	inner = read_bare(r, first, text, out, why);
	r->reader.prefix_time = STR("");
	if (inner)
		return inner;
	return format ? read_bare(r, first, line, out, why) : NULL;
}

/* Reads LINE without the prefixes of programs that passed it on. */
static const struct access_format *read_stripped(struct log_reader *r,
						 const struct access_format *first, struct str line,
						 struct access_line *out, const char **why)
{
	const struct access_format *format = NULL;
	struct str rest = line, time = STR("");

	for (unsigned n = 0; n < PREFIXES_MAX; n++) {
		struct str next = access_prefix_strip(rest, &time);

		if (!next.ptr)
			break;
		rest = next;
	}
	if (rest.ptr == line.ptr)
		return NULL;
	r->reader.prefix_time = time;
	format = read_inner(r, first, rest, out, why);
	r->reader.prefix_time = STR("");
	return format;
}

static const struct access_format *read_any(struct log_reader *r, const struct access_format *first,
					    struct str line, struct access_line *out,
					    const char **why)
{
	bool own = r->formats[0].from_option;
	const struct access_format *format =
	    own ? read_inner(r, first, line, out, why) : read_stripped(r, first, line, out, why);

	if (format)
		return format;
	return own ? read_stripped(r, first, line, out, why) : read_inner(r, first, line, out, why);
}

const struct access_format *access_match_line(struct log_reader *r,
					      const struct access_format *first, struct str line,
					      struct access_line *out, const char **why)
{
	const struct access_format *format;
	bool quoted = line.len > 2 && line.ptr[0] == '"' && line.ptr[line.len - 1] == '"';

	/* No known format starts like this; a format given by the user may. */
	if (quoted && !r->formats[0].from_option) {
		access_reader_begin(&r->reader, line);
		line = arena_str(&r->reader.lines, unquoted(r, line));
	}
	format = read_any(r, first, line, out, why);
	if (!format && quoted && r->formats[0].from_option) {
		access_reader_begin(&r->reader, line);
		line = arena_str(&r->reader.lines, unquoted(r, line));
		format = read_any(r, first, line, out, why);
	}
	return format;
}
