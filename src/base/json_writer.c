#include "base/json_writer.h"

#include <inttypes.h>
#include <math.h>

#include "base/base64.h"
#include "base/escape.h"

struct json_writer json_writer_spaced(struct buf *out)
{
	return (struct json_writer){.out = out, .empty = true};
}

struct json_writer json_writer_compact(struct buf *out)
{
	return (struct json_writer){.out = out, .compact = true, .empty = true};
}

void json_writer_line(struct json_writer *j, const char *space)
{
	j->line = space;
}

/* ---- separators and keys */

static void put_separator(struct json_writer *j)
{
	if (!j->empty)
		buf_add_char(j->out, ',');
	if (j->line)
		buf_add(j->out, str_of(j->line));
	else if (!j->empty && !j->compact)
		buf_add_char(j->out, ' ');
	j->line = NULL;
	j->empty = false;
}

static void put_colon(struct json_writer *j)
{
	buf_add(j->out, j->compact ? STR(":") : STR(": "));
}

struct buf *json_writer_value(struct json_writer *j, const char *key)
{
	put_separator(j);
	if (key) {
		buf_printf(j->out, "\"%s\"", key);
		put_colon(j);
	}
	return j->out;
}

struct buf *json_writer_member(struct json_writer *j, struct str key)
{
	put_separator(j);
	escape_json(j->out, key);
	put_colon(j);
	return j->out;
}

void json_writer_fragment(struct json_writer *j, struct str json)
{
	put_separator(j);
	buf_add(j->out, json);
}

/* ---- objects and arrays */

static void open_bracket(struct json_writer *j, const char *key, char bracket)
{
	buf_add_char(json_writer_value(j, key), bracket);
	j->empty = true;
}

static void close_bracket(struct json_writer *j, char bracket)
{
	if (j->line)
		buf_add(j->out, str_of(j->line));
	j->line = NULL;
	buf_add_char(j->out, bracket);
	j->empty = false;
}

void json_writer_open(struct json_writer *j, const char *key)
{
	open_bracket(j, key, '{');
}

void json_writer_open_member(struct json_writer *j, struct str key)
{
	buf_add_char(json_writer_member(j, key), '{');
	j->empty = true;
}

void json_writer_close(struct json_writer *j)
{
	close_bracket(j, '}');
}

void json_writer_open_array(struct json_writer *j, const char *key)
{
	open_bracket(j, key, '[');
}

void json_writer_close_array(struct json_writer *j)
{
	close_bracket(j, ']');
}

/* ---- values */

void json_writer_text(struct json_writer *j, const char *key, struct str text)
{
	escape_json(json_writer_value(j, key), text);
}

void json_writer_format(struct json_writer *j, const char *key, const char *format, ...)
{
	struct buf text;
	va_list args;

	buf_init(&text, 0);
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	json_writer_text(j, key, buf_str(&text));
	buf_release(&text);
}

void json_writer_base64(struct json_writer *j, const char *key, struct str bytes)
{
	struct buf *out = json_writer_value(j, key);

	buf_add_char(out, '"');
	base64_encode(out, bytes);
	buf_add_char(out, '"');
}

void json_writer_uint(struct json_writer *j, const char *key, uint64_t number)
{
	buf_printf(json_writer_value(j, key), "%" PRIu64, number);
}

void json_writer_int(struct json_writer *j, const char *key, int64_t number)
{
	buf_printf(json_writer_value(j, key), "%" PRId64, number);
}

void json_writer_bool(struct json_writer *j, const char *key, bool yes)
{
	buf_add(json_writer_value(j, key), yes ? STR("true") : STR("false"));
}

void json_writer_null(struct json_writer *j, const char *key)
{
	buf_add(json_writer_value(j, key), STR("null"));
}

void json_writer_fixed(struct json_writer *j, const char *key, double number, int decimals)
{
	buf_printf(json_writer_value(j, key), "%.*f", decimals, number);
}

void json_writer_decimal(struct json_writer *j, const char *key, double number, int decimals)
{
	struct buf *out = json_writer_value(j, key);
	size_t from = out->len;

	buf_printf(out, "%.*f", decimals, number);
	while (out->len > from + 2 && out->data[out->len - 1] == '0' &&
	       out->data[out->len - 2] != '.')
		out->len--;
}

void json_writer_digits(struct json_writer *j, const char *key, double number, int digits)
{
	if (isfinite(number))
		buf_printf(json_writer_value(j, key), "%.*g", digits, number);
	else
		json_writer_null(j, key);
}
