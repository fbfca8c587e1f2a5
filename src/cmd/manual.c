#include "cmd/manual.h"

#include <ctype.h>
#include <string.h>

#include "base/units.h"
#include "cmd/commands.h"
#include "cmd/options.h"
#include "output/output.h"
#include "stats/failure.h"

/* ---- mdoc */

/* A code point of two bytes or more, and how long it is. */
static uint32_t code_point(const char *p, size_t step)
{
	uint32_t code = (unsigned char)p[0] & (0xFFU >> (step + 1));

	for (size_t i = 1; i < step; i++)
		code = code << 6 | ((unsigned char)p[i] & 0x3F);
	return code;
}

void manual_escape(struct buf *out, struct str text)
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

/* A line of text: a point in front would make a macro of it. */
static void put_line(struct buf *out, struct str line)
{
	if (line.len && line.ptr[0] == '.')
		buf_add(out, STR("\\&"));
	manual_escape(out, line);
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

void manual_prose(struct buf *out, struct str text)
{
	size_t from = 0;

	for (size_t i = 0; i < text.len; i++) {
		bool ends = strchr(".!?", text.ptr[i]) && i + 2 < text.len &&
			    text.ptr[i + 1] == ' ' && !islower((unsigned char)text.ptr[i + 2]);

		if (!ends && text.ptr[i] != '\n')
			continue;
		put_sentence(out, str_trim(str_slice(text, from, i + 1)));
		from = i + 1;
	}
	if (str_trim(str_slice(text, from, text.len)).len)
		put_sentence(out, str_trim(str_slice(text, from, text.len)));
}

void manual_literal(struct buf *out, struct str text)
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

/* ---- commands */

static void put_option(struct buf *out, const struct option *option)
{
	buf_add(out, STR(".It "));
	if (option->letter)
		buf_printf(out, "Fl %c , ", option->letter);
	buf_add(out, STR("Fl \\-"));
	manual_escape(out, str_of(option->name));
	if (option->value) {
		buf_add(out, STR(" Ar \""));
		manual_escape(out, str_of(option->value));
		buf_add_char(out, '"');
	}
	buf_add_char(out, '\n');
	manual_prose(out, str_of(option->prose));
	if (option->environment) {
		buf_add(out, STR(".br\nEnvironment:\n.Ev "));
		options_variable(option, out);
		buf_add_char(out, '\n');
	}
}

static void put_options(struct buf *out, const struct option *options)
{
	const char *group = NULL;
	bool open = false;

	for (const struct option *option = options; option && option->name; option++) {
		bool new_group = option->group && (!group || strcmp(group, option->group) != 0);

		if (open && new_group)
			buf_add(out, STR(".El\n"));
		if (new_group) {
			buf_add(out, STR(".Pp\n"));
			manual_prose(out, str_of(option->group));
			buf_add(out, STR(":\n"));
		}
		if (!open || new_group)
			buf_add(out, STR(".Bl -tag -width Ds\n"));
		open = true;
		group = option->group;
		put_option(out, option);
	}
	if (open)
		buf_add(out, STR(".El\n"));
}

static void put_commands(struct buf *out)
{
	struct buf more;

	buf_init(&more, 0);
	for (const struct command *const *c = commands_all(); *c; c++) {
		if ((*c)->hidden)
			continue;
		buf_printf(out, ".Ss reprise %s\n", (*c)->name);
		manual_literal(out, str_of((*c)->synopsis));
		manual_prose(out, str_of((*c)->sentence));
		put_options(out, (*c)->options);
		buf_clear(&more);
		commands_put_details(*c, &more);
		if (more.len) /* without its last line's end */
			manual_literal(out, str_slice(buf_str(&more), 0, more.len - 1));
	}
	buf_release(&more);
}

static void put_environment(struct buf *out)
{
	const struct command *run = commands_find("run");

	buf_add(out, STR(".Bl -column \"REPRISE_CONNECT_TIMEOUT\" \"an option\"\n"));
	for (const struct option *o = run->options; o && o->name; o++) {
		if (!o->environment)
			continue;
		buf_add(out, STR(".It Ev "));
		options_variable(o, out);
		buf_add(out, STR(" Ta Fl \\-"));
		manual_escape(out, str_of(o->name));
		buf_add_char(out, '\n');
	}
	buf_add(out, STR(".El\n"));
}

static void put_outputs(struct buf *out)
{
	buf_add(out, STR(".Bl -tag -width Ds\n"));
	for (const struct output_kind *const *o = output_kinds(); *o; o++) {
		if (!(*o)->option && !(*o)->file)
			continue;
		buf_add(out, STR(".It "));
		if ((*o)->option) {
			buf_add(out, STR("Fl \\-"));
			manual_escape(out, str_of((*o)->option));
		}
		if ((*o)->file) {
			buf_add(out, (*o)->option ? STR(" , Pa ") : STR("Pa "));
			manual_escape(out, str_of((*o)->file));
		}
		buf_add_char(out, '\n');
		manual_prose(out, str_of((*o)->sentence));
	}
	buf_add(out, STR(".El\n"));
}

static void put_failures(struct buf *out)
{
	buf_add(out, STR(".Bl -tag -width \"timeout_connect\"\n"));
	for (int i = 0; i < FAILURE_CLASS_COUNT; i++) {
		buf_printf(out, ".It Sy \"%s\"\n", failure_name((enum failure_class)i));
		manual_prose(out, str_of(failure_prose((enum failure_class)i)));
	}
	buf_add(out, STR(".El\n"));
}

bool manual_table(struct buf *out, struct str word)
{
	if (str_eq(word, STR("commands")))
		put_commands(out);
	else if (str_eq(word, STR("environment")))
		put_environment(out);
	else if (str_eq(word, STR("outputs")))
		put_outputs(out);
	else if (str_eq(word, STR("failures")))
		put_failures(out);
	else
		return manual_language(out, word);
	return true;
}
