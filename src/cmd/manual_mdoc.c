/* The markup of manual pages: mdoc, which mandoc(1) and groff read. */
#include <string.h>

#include "base/ascii.h"
#include "base/units.h"
#include "cmd/manual.h"

static const char *const macros[] = {
    [MANUAL_KEY] = "Sy",      [MANUAL_OPTION] = "Fl", [MANUAL_ARGUMENT] = "Ar",
    [MANUAL_VARIABLE] = "Ev", [MANUAL_PATH] = "Pa",
};

/* A code point of two bytes or more, and how long it is. */
static uint32_t code_point(const char *p, size_t step)
{
	uint32_t code = (unsigned char)p[0] & (0xFFU >> (step + 1));

	for (size_t i = 1; i < step; i++)
		code = code << 6 | ((unsigned char)p[i] & 0x3F);
	return code;
}

static void put_escaped(struct buf *out, struct str text)
{
	for (size_t at = 0; at < text.len;) {
		size_t step = str_utf8_step(text, at);
		char c = text.ptr[at];

		if (step > 1)
			buf_printf(out, "\\[u%04X]", code_point(text.ptr + at, step));
		else if (c == '\\')
			buf_add(out, STR("\\e"));
		else if (c == '-' || c == '\'' || c == '`' || c == '^' || c == '~')
			buf_printf(out, "\\%s",
				   c == '-'    ? "-"
				   : c == '\'' ? "(aq"
				   : c == '`'  ? "(ga"
				   : c == '^'  ? "(ha"
					       : "(ti");
		else if (c == '"')
			buf_add(out, STR("\\(dq"));
		else if (c == ')' && at && text.ptr[at - 1] == '(')
			buf_add(out, STR("\\&)"));
		else
			buf_add_char(out, c);
		at += step ? step : 1;
	}
}

/* A line of text: a dot at its start would be read as a macro. */
static void put_line(struct buf *out, struct str line)
{
	if (line.len && line.ptr[0] == '.')
		buf_add(out, STR("\\&"));
	put_escaped(out, line);
	buf_add_char(out, '\n');
}

/* One sentence, in lines that a reader of the source can take in. */
static void put_sentence(struct buf *out, struct str text)
{
	size_t from = 0, end = 0;

	while (from < text.len) {
		size_t next = str_find_char(text, ' ', end + 1);

		next = next == NOT_FOUND ? text.len : next;
		if (end > from && next - from > 50) {
			put_line(out, str_slice(text, from, end));
			from = end + 1;
		}
		end = next;
		if (end == text.len) {
			put_line(out, str_slice(text, from, end));
			return;
		}
	}
}

static void put_prose(struct buf *out, struct str text)
{
	size_t from = 0;

	for (size_t i = 0; i < text.len; i++) {
		bool ends = strchr(".!?", text.ptr[i]) && i + 2 < text.len &&
			    text.ptr[i + 1] == ' ' && !ascii_is_lower(text.ptr[i + 2]);

		if (!ends && text.ptr[i] != '\n')
			continue;
		put_sentence(out, str_trim(str_slice(text, from, i + 1)));
		from = i + 1;
	}
	if (str_trim(str_slice(text, from, text.len)).len)
		put_sentence(out, str_trim(str_slice(text, from, text.len)));
}

static void put_literal(struct buf *out, struct str text)
{
	buf_add(out, STR(".Bd -literal -offset indent\n"));
	for (size_t at = 0; at < text.len;) {
		size_t end = str_find_char(text, '\n', at);

		end = end == NOT_FOUND ? text.len : end;
		put_line(out, str_slice(text, at, end));
		at = end + 1;
	}
	buf_add(out, STR(".Ed\n"));
}

static void put_heading(struct buf *out, struct str text)
{
	buf_add(out, STR(".Ss "));
	put_escaped(out, text);
	buf_add_char(out, '\n');
}

/* The last line of OUT; empty if there is none. */
static struct str last_line(struct buf *out)
{
	struct str text = buf_str(out);
	size_t begin = text.len ? text.len - 1 : 0;

	while (begin && text.ptr[begin - 1] != '\n')
		begin--;
	return str_slice(text, begin, text.len);
}

static void put_paragraph(struct buf *out, struct str text)
{
	if (!str_starts(last_line(out), STR(".Ss "))) /* a heading begins a paragraph itself */
		buf_add(out, STR(".Pp\n"));
	put_prose(out, text);
}

static void begin_list(struct buf *out, const struct manual_list *list)
{
	(void)list;
	buf_add(out, STR(".Bl -tag -width Ds\n"));
}

static void end_list(struct buf *out)
{
	buf_add(out, STR(".El\n"));
}

static void put_terms(struct buf *out, const struct manual_item *item)
{
	buf_add(out, STR(".It"));
	for (size_t i = 0; i < MANUAL_TERMS && item->terms[i].macro != MANUAL_NONE; i++) {
		const struct manual_term *term = &item->terms[i];
		bool quoted = term->macro == MANUAL_KEY || term->macro == MANUAL_ARGUMENT;

		buf_printf(out, "%s %s %s", i && term->macro != MANUAL_ARGUMENT ? " ," : "",
			   macros[term->macro], quoted ? "\"" : "");
		put_escaped(out, term->text);
		if (quoted)
			buf_add_char(out, '"');
	}
	buf_add_char(out, '\n');
}

static void put_value(struct buf *out, const struct manual_item *item)
{
	struct buf text;

	buf_init(&text, 256);
	buf_printf(&text, "Takes %.*s%s%s%.*s.", STR_ARG(item->value),
		   item->required ? "; required" : "", item->fallback.len ? "; without it, " : "",
		   STR_ARG(item->fallback));
	put_prose(out, buf_str(&text));
	buf_release(&text);
}

static void put_item(struct buf *out, const struct manual_list *list,
		     const struct manual_item *item)
{
	(void)list;
	put_terms(out, item);
	put_prose(out, item->prose);
	if (item->value.len)
		put_value(out, item);
	if (item->environment.len)
		buf_printf(out, ".br\nEnvironment:\n.Ev %.*s\n", STR_ARG(item->environment));
	if (item->example.len) {
		struct buf text;

		buf_init(&text, 256);
		buf_add(&text, item->context);
		buf_add(&text, item->example);
		put_literal(out, buf_str(&text));
		buf_release(&text);
	}
}

const struct manual_format manual_mdoc = {
    .heading = put_heading,
    .paragraph = put_paragraph,
    .literal = put_literal,
    .begin = begin_list,
    .item = put_item,
    .end = end_list,
};
