#include <string.h>

#include "doc/yaml.h"
#include "doc/yaml_private.h"

bool yaml_quote_value(struct yaml_reader *r, uint32_t at, enum diag_code code, const char *why)
{
	struct str text = r->source->text;
	uint32_t flow_at = yaml_flow_start(r, at);
	struct yaml_line line = yaml_line_at(r->source, at);
	struct span value = yaml_span(r, at, line.value_end);
	bool fixed = false;

	if (flow_at == at || !yaml_flow_value(r, flow_at, at, &value)) {
		value = yaml_span(r, at, line.value_end > at ? line.value_end : line.end);
		if (yaml_is_unbalanced(str_slice(text, value.begin, value.end)))
			value.end = line.end;
	}
	struct str written = str_trim(str_slice(text, value.begin, value.end));
	struct yaml_fixit fixit = {.begin = value.begin,
				   .end = value.begin + (uint32_t)written.len,
				   .insert = yaml_quote(r->arena, written)};
	yaml_report(r, value, code, fixit, &fixed, "%s", why);
	return fixed;
}

/* ---- a quote that ends too early, or never */

/* Whether the first line of a quoted text looks complete: the next one starts a key or an item. */
static bool swallowed_lines(const struct yaml_reader *r, uint32_t begin, uint32_t end)
{
	struct yaml_line first = yaml_line_at(r->source, begin);

	if (first.end >= end || first.end + 1 >= r->source->text.len)
		return false;
	struct yaml_line next = yaml_line_at(r->source, first.end + 1);
	if (next.begin == first.begin)
		next = yaml_line_at(r->source, first.end + 2);
	return next.dash || next.key_end > next.key_begin || next.content == next.end;
}

static bool is_quote(struct str text, uint32_t at)
{
	return at < text.len && (text.ptr[at] == '"' || text.ptr[at] == '\'');
}

static bool report_unclosed(struct yaml_reader *r, uint32_t quote_at, bool *fixed)
{
	struct yaml_line line = yaml_line_at(r->source, quote_at);
	struct str text = r->source->text;
	uint32_t end = line.end;

	while (end > quote_at + 1 && (text.ptr[end - 1] == ' ' || text.ptr[end - 1] == '\t'))
		end--;
	struct yaml_fixit fixit = {
	    .begin = end, .end = end, .insert = str_n(text.ptr + quote_at, 1)};
	yaml_report(r, yaml_span(r, quote_at, end), DIAG_E121, fixit, fixed,
		    "the text starts with %c, but the closing %c is missing", text.ptr[quote_at],
		    text.ptr[quote_at]);
	return true;
}

/* More text after the closing quote, on one line. */
static bool report_early_end(struct yaml_reader *r, uint32_t begin, bool *fixed)
{
	struct str text = r->source->text;
	struct yaml_line line = yaml_line_at(r->source, begin);
	struct str whole = str_trim(str_slice(text, begin, line.end));
	uint32_t comment = yaml_comment_start(text, begin, line.end);

	if (!yaml_is_unbalanced(str_slice(text, begin, comment)))
		whole = str_trim(str_slice(text, begin, comment));
	bool closed = whole.len > 2 && whole.ptr[whole.len - 1] == text.ptr[begin];
	struct str inner = closed ? str_slice(whole, 1, whole.len - 1) : whole;
	uint32_t end = begin + (uint32_t)whole.len;
	struct yaml_fixit fixit = {
	    .begin = begin, .end = end, .insert = yaml_quote(r->arena, inner)};
	yaml_report(r, yaml_span(r, begin, end), DIAG_E120, fixit, fixed, "%s",
		    closed ? "a quote inside the text ends it too early"
			   : "only a part of this text is in quotes; put all of it in quotes");
	return true;
}

/* ---- a backslash that is not an escape */

/* The letters with a common escape, which shows that escapes are intended. */
static bool is_intended_escape(char c)
{
	return memchr("nrtxuU0", c, 7) != NULL;
}

static bool is_known_escape(char c)
{
	return memchr("0abtnvfre \"/\\N_LPxuU\t\n\r", c, 23) != NULL;
}

/* Appends the text in double quotes, with the backslash of unknown escapes doubled. */
static void put_doubled(struct buf *out, struct str quoted)
{
	for (size_t i = 0; i < quoted.len; i++) {
		buf_add_char(out, quoted.ptr[i]);
		if (quoted.ptr[i] != '\\' || i + 1 == quoted.len)
			continue;
		if (!is_known_escape(quoted.ptr[i + 1])) {
			buf_add_char(out, '\\');
			continue;
		}
		buf_add_char(out, quoted.ptr[++i]);
	}
}

/* Appends the text in single quotes, where a double quote needs no escape. */
static void put_single(struct buf *out, struct str inner)
{
	buf_add_char(out, '\'');
	for (size_t i = 0; i < inner.len; i++) {
		if (inner.ptr[i] == '\\' && i + 1 < inner.len && inner.ptr[i + 1] == '"')
			continue;
		buf_add_char(out, inner.ptr[i]);
		if (inner.ptr[i] == '\'')
			buf_add_char(out, '\'');
	}
	buf_add_char(out, '\'');
}

static bool report_escape(struct yaml_reader *r, const struct yaml_problem *p, bool *fixed)
{
	struct str text = r->source->text;
	uint32_t begin = p->context_at, line_end = yaml_line_at(r->source, begin).end;
	uint32_t end = yaml_quote_end(text, begin, line_end);
	struct str quoted = str_slice(text, begin, end);
	struct yaml_fixit fixit = {.begin = begin, .end = end};
	bool meant = false;
	struct buf out;

	if (p->at >= end || quoted.len < 2 || quoted.ptr[quoted.len - 1] != '"') {
		diag_error(
		    &r->pending, yaml_span(r, p->at, p->at + 1), DIAG_E119,
		    "a backslash in double quotes starts an escape, and this is not a valid one");
		return true;
	}
	for (size_t i = 0; i + 1 < quoted.len; i++)
		if (quoted.ptr[i] == '\\')
			meant = is_intended_escape(quoted.ptr[++i]) || meant;
	buf_init(&out, 0);
	if (meant)
		put_doubled(&out, quoted);
	else
		put_single(&out, str_slice(quoted, 1, quoted.len - 1));
	fixit.insert = arena_str(r->arena, buf_str(&out));
	buf_release(&out);
	uint32_t slash = text.ptr[p->at] == '\\' || p->at == begin ? p->at : p->at - 1;
	yaml_report(r, yaml_span(r, slash, slash + 2), DIAG_E119, fixit, fixed,
		    "'%.*s' is not a valid escape; %s", 2, text.ptr + slash,
		    meant ? "write the backslash twice in double quotes"
			  : "put a text with backslashes in single quotes");
	return true;
}

bool yaml_explain_quotes(struct yaml_reader *r, const struct yaml_problem *p, bool *fixed)
{
	struct str text = r->source->text;
	struct str what = str_of(p->what);

	if (str_starts(str_of(p->context), STR("while parsing a quoted scalar")))
		return is_quote(text, p->context_at) && report_escape(r, p, fixed);
	if (str_starts(str_of(p->context), STR("while scanning a quoted scalar")) ||
	    str_starts(what, STR("found unexpected end of stream")) ||
	    str_starts(what, STR("found unexpected document indicator")))
		return is_quote(text, p->context_at) && report_unclosed(r, p->context_at, fixed);
	if (!p->last_quoted || !is_quote(text, p->last_begin) || p->last_end > p->at ||
	    p->at >= text.len)
		return false;
	for (uint32_t at = p->last_end; at < p->at; at++)
		if (text.ptr[at] != ' ' && text.ptr[at] != '\t')
			return false;
	if (yaml_has_fixit(r, p->last_begin, p->last_end))
		return false;
	if (swallowed_lines(r, p->last_begin, p->last_end))
		return report_unclosed(r, p->last_begin, fixed);
	if (str_starts(str_of(p->context), STR("while parsing a flow")))
		return false;
	return report_early_end(r, p->last_begin, fixed);
}

struct str yaml_scalar_instead(struct arena *a, const struct node *node, struct str text)
{
	struct yaml_reader r = {.arena = a, .source = node->span.source};
	bool in_flow =
	    node->span.source && yaml_flow_start(&r, node->span.begin) != node->span.begin;

	if (in_flow ? strpbrk(arena_cstr(a, text), ",:#[]{}\"'&*!|>%@`") != NULL
		    : str_find(text, STR(": "), 0) != NOT_FOUND ||
			  str_find(text, STR(" #"), 0) != NOT_FOUND)
		return yaml_quote(a, text);
	return text;
}
