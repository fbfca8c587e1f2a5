/* The markup of the guide: Markdown, as GitHub shows it. Lists are tables. */
#include "cmd/manual.h"

/* Text of a cell. `${...}` becomes code, because GitHub would read it as a formula. Text between
 * backquotes is code and stays unchanged. */
static void put_text(struct buf *out, struct str text)
{
	bool code = false, template = false;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '`')
			code = !code;
		if (!code && !template && str_starts(str_slice(text, i, text.len), STR("${"))) {
			template = true;
			buf_add_char(out, '`');
		}
		if (c == '\n')
			c = ' ';
		if (c == '|' || (!code && !template && (c == '*' || c == '<')))
			buf_add_char(out, '\\');
		buf_add_char(out, c);
		if (template && c == '}') {
			template = false;
			buf_add_char(out, '`');
		}
	}
}

static void put_code(struct buf *out, struct str text)
{
	const char *fence = str_find_char(text, '`', 0) == NOT_FOUND ? "`" : "``";

	buf_printf(out, "%s", fence);
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '|')
			buf_add_char(out, '\\');
		buf_add_char(out, text.ptr[i]);
	}
	buf_printf(out, "%s", fence);
}

/* Blocks are separated by one empty line. */
static void begin_block(struct buf *out)
{
	if (!str_ends(buf_str(out), STR("\n\n")))
		buf_add_char(out, '\n');
}

static void put_heading(struct buf *out, struct str text)
{
	begin_block(out);
	buf_printf(out, "### %.*s\n", STR_ARG(text));
}

static void put_paragraph(struct buf *out, struct str text)
{
	begin_block(out);
	put_text(out, text);
	buf_add_char(out, '\n');
}

static void put_literal(struct buf *out, struct str text)
{
	begin_block(out);
	buf_printf(out, "```text\n%.*s\n```\n", STR_ARG(text));
}

static void begin_list(struct buf *out, const struct manual_list *list)
{
	bool value = list->columns & MANUAL_VALUE, example = list->columns & MANUAL_EXAMPLE;

	begin_block(out);
	buf_printf(out, "| %s | Meaning |%s%s\n|---|---|%s%s\n", list->terms,
		   value ? " Value |" : "", example ? " Example |" : "", value ? "---|" : "",
		   example ? "---|" : "");
}

static void end_list(struct buf *out)
{
	(void)out;
}

static void put_terms(struct buf *out, const struct manual_item *item)
{
	struct buf term;

	buf_init(&term, 64);
	for (size_t i = 0; i < MANUAL_TERMS && item->terms[i].macro != MANUAL_NONE; i++) {
		bool value = i + 1 < MANUAL_TERMS && item->terms[i + 1].macro == MANUAL_ARGUMENT;

		buf_clear(&term);
		buf_printf(&term, "%s%.*s%s", item->terms[i].macro == MANUAL_OPTION ? "-" : "",
			   STR_ARG(item->terms[i].text), value ? " " : "");
		if (value)
			buf_add(&term, item->terms[i + 1].text);
		buf_add(out, i ? STR(", ") : STR(" "));
		put_code(out, buf_str(&term));
		i += value;
	}
	buf_release(&term);
}

static void put_item(struct buf *out, const struct manual_list *list,
		     const struct manual_item *item)
{
	buf_add_char(out, '|');
	put_terms(out, item);
	buf_add(out, STR(" | "));
	put_text(out, item->prose);
	buf_add(out, STR(" |"));
	if (list->columns & MANUAL_VALUE) {
		buf_add_char(out, ' ');
		put_text(out, item->value);
		if (item->required)
			buf_add(out, STR("; **required**"));
		if (item->fallback.len) {
			buf_add(out, STR("; default "));
			put_code(out, item->fallback);
		}
		buf_add(out, STR(" |"));
	}
	if (list->columns & MANUAL_EXAMPLE) {
		buf_add_char(out, ' ');
		if (item->example.len)
			put_code(out, item->example);
		buf_add(out, STR(" |"));
	}
	buf_add_char(out, '\n');
}

const struct manual_format manual_markdown = {
    .heading = put_heading,
    .paragraph = put_paragraph,
    .literal = put_literal,
    .begin = begin_list,
    .item = put_item,
    .end = end_list,
};
