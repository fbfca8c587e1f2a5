

#include "base/ascii.h"
#include "base/escape.h"

#define REPLACEMENT "\xef\xbf\xbd"

/* One character of S: a code point, or an invalid byte. */
struct character {
	struct str bytes;
	bool valid, control;
	char ascii; /* 0: invalid, or NUL */
};

/* U+2028 and U+2029 end lines for some readers; the bidirectional marks reorder text. */
static bool is_control(const unsigned char *s, size_t bytes)
{
	if (bytes == 1)
		return s[0] < 0x20 || s[0] == 0x7f;
	if (bytes == 2)
		return (s[0] == 0xc2 && s[1] < 0xa0) || (s[0] == 0xd8 && s[1] == 0x9c);
	if (bytes != 3 || s[0] != 0xe2)
		return false;
	return (s[1] == 0x80 && (s[2] == 0x8e || s[2] == 0x8f || (s[2] >= 0xa8 && s[2] <= 0xae))) ||
	       (s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9);
}

/* Reads the next character and moves AT past it; false at the end. */
static bool next(struct str s, size_t *at, struct character *c)
{
	size_t step;

	if (*at >= s.len)
		return false;
	step = str_utf8_step(s, *at);
	*c = (struct character){.bytes = str_slice(s, *at, *at + (step ? step : 1)),
				.valid = step > 0,
				.ascii = step == 1 ? s.ptr[*at] : '\0'};
	c->control = c->valid && is_control((const unsigned char *)c->bytes.ptr, step);
	*at += step ? step : 1;
	return true;
}

/* The character, or its replacement if it is invalid. */
static void put_plain(struct buf *out, const struct character *c)
{
	if (!c->valid)
		buf_add(out, STR(REPLACEMENT));
	else if (c->control)
		buf_add_char(out, ' ');
	else
		buf_add(out, c->bytes);
}

static bool is_formula(struct str s)
{
	struct character c;
	size_t at = 0;

	while (next(s, &at, &c))
		if (c.ascii != ' ' && !c.control)
			return c.ascii && strchr("=+-@", c.ascii);
	return false;
}

void escape_csv(struct buf *out, struct str s)
{
	struct character c;

	buf_add(out, is_formula(s) ? STR("\"'") : STR("\""));
	for (size_t at = 0; next(s, &at, &c);) {
		if (c.ascii == '"')
			buf_add_char(out, '"');
		put_plain(out, &c);
	}
	buf_add_char(out, '"');
}

static struct str xml_entity(char c)
{
	switch (c) {
	case '\n':
		return STR("&#10;");
	case '\t':
		return STR("&#9;");
	default:
		return escape_entity(c);
	}
}

void escape_xml(struct buf *out, struct str s)
{
	struct character c;

	for (size_t at = 0; next(s, &at, &c);) {
		struct str entity = xml_entity(c.ascii);

		if (entity.len)
			buf_add(out, entity);
		else if (!c.valid || c.control || str_eq(c.bytes, STR("\xef\xbf\xbe")) ||
			 str_eq(c.bytes, STR("\xef\xbf\xbf")))
			buf_add(out, STR(REPLACEMENT));
		else
			buf_add(out, c.bytes);
	}
}

void escape_markdown(struct buf *out, struct str s)
{
	struct character c;

	for (size_t at = 0; next(s, &at, &c);) {
		if (c.ascii && ascii_is_punct(c.ascii) && c.ascii != ',' && c.ascii != '/')
			buf_printf(out, "&#%d;", c.ascii);
		else
			put_plain(out, &c);
	}
}

void escape_github_command(struct buf *out, struct str s, bool property)
{
	struct character c;

	for (size_t at = 0; next(s, &at, &c);) {
		bool ends = property && (c.ascii == ':' || c.ascii == ',');

		/* "##[" is a command anywhere in a line. */
		if (c.ascii == '[' && out->len && out->data[out->len - 1] == '#')
			buf_add_char(out, ' ');
		if (c.ascii == '%' || c.ascii == '\n' || c.ascii == '\r' || ends)
			buf_printf(out, "%%%02X", (unsigned char)c.ascii);
		else
			put_plain(out, &c);
	}
}

/* "<U+0009>" */
static void put_number(struct buf *out, struct str bytes)
{
	unsigned char first = (unsigned char)bytes.ptr[0];
	unsigned code = bytes.len == 1 ? first : first & (0x7fu >> bytes.len);

	for (size_t i = 1; i < bytes.len; i++)
		code = code << 6 | ((unsigned char)bytes.ptr[i] & 0x3f);
	buf_printf(out, "<U+%04X>", code);
}

/* A character that is shown by its number, or that looks like such a number. AT is the offset after
 * it. */
static bool is_numbered(struct str s, size_t at, const struct character *c)
{
	return c->control || (c->ascii == '<' && str_starts(str_slice(s, at, s.len), STR("U+")));
}

void escape_prometheus_label(struct buf *out, struct str s)
{
	struct character c;

	for (size_t at = 0; next(s, &at, &c);) {
		if (c.ascii == '\\' || c.ascii == '"') {
			buf_add_char(out, '\\');
			buf_add_char(out, c.ascii);
		} else if (c.ascii == '\n') {
			buf_add(out, STR("\\n"));
		} else if (is_numbered(s, at, &c)) {
			put_number(out, c.bytes);
		} else {
			put_plain(out, &c);
		}
	}
}

/* A backslash before the end of a tag would escape the separator; the format has no way to write
 * one. */
void escape_influx_tag(struct buf *out, struct str s)
{
	struct character c;

	if (!s.len)
		buf_add_char(out, '_');
	for (size_t at = 0; next(s, &at, &c);) {
		if (c.ascii == ',' || c.ascii == '=' || c.ascii == ' ')
			buf_add_char(out, '\\');
		if (c.ascii == '\\' || is_numbered(s, at, &c))
			put_number(out, c.bytes);
		else
			put_plain(out, &c);
	}
}

void escape_statsd_part(struct buf *out, struct str s)
{
	struct character c;

	if (!s.len)
		buf_add_char(out, '_');
	for (size_t at = 0; next(s, &at, &c);) {
		bool plain = c.ascii && (ascii_is_alnum(c.ascii) || c.ascii == '-');

		buf_add_char(out, plain ? c.ascii : '_');
	}
}

void escape_statsd_tag(struct buf *out, struct str s)
{
	struct character c;

	if (!s.len)
		buf_add_char(out, '_');
	for (size_t at = 0; next(s, &at, &c);) {
		if (c.control || (c.ascii && strchr("|,#:@ ", c.ascii)))
			buf_add_char(out, '_');
		else
			put_plain(out, &c);
	}
}

static bool is_shell_plain(char c)
{
	return ascii_is_alnum(c) || strchr("_-./:,=@%+", c);
}

void escape_shell(struct buf *out, struct str s)
{
	bool plain = s.len > 0;

	for (size_t i = 0; i < s.len; i++)
		plain &= s.ptr[i] && is_shell_plain(s.ptr[i]);
	if (plain) {
		buf_add(out, s);
		return;
	}
	buf_add_char(out, '\'');
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '\'')
			buf_add(out, STR("'\\''"));
		else if (s.ptr[i])
			buf_add_char(out, s.ptr[i]);
	}
	buf_add_char(out, '\'');
}
