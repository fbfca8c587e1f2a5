#include "doc/yaml_private.h"

#define MAX_NESTING 64

static bool is_white(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_open(char c)
{
	return c == '{' || c == '[';
}

static bool is_close(char c)
{
	return c == '}' || c == ']';
}

/* A walk through braces: the open brackets, and the start of the current entry. */
struct flow_scan {
	struct str text;
	uint32_t at, end;
	uint32_t entry; /* the first byte of the current key or value */
	bool fresh;	/* no byte of the entry was read yet */
	unsigned depth;
	char closers[MAX_NESTING];
};

static void begin_entry(struct flow_scan *f, uint32_t at)
{
	f->entry = at;
	f->fresh = true;
}

/* Brackets inside a value, usually `${…}`: returns the position after the closing one, or the end
 * of the line. */
static uint32_t bracket_end(struct str text, uint32_t at, uint32_t end)
{
	unsigned depth = 0;

	for (; at < end && text.ptr[at] != '\n'; at++) {
		char c = text.ptr[at];

		if (is_open(c))
			depth++;
		else if (is_close(c) && --depth == 0)
			return at + 1;
		else if ((c == '"' || c == '\'') && depth > 0)
			at = yaml_quote_end(text, at, end) - 1;
	}
	return at;
}

/* Moves over one separator, quoted text, bracket or letter. */
static void step(struct flow_scan *f)
{
	char c = f->text.ptr[f->at];
	uint32_t next = f->at + 1;
	bool last = next >= f->end;

	if (is_white(c)) {
		if (f->fresh)
			f->entry = next;
	} else if (is_open(c) && f->fresh && f->depth < MAX_NESTING) {
		f->closers[f->depth++] = c == '{' ? '}' : ']';
		begin_entry(f, next);
	} else if (is_open(c)) {
		next = bracket_end(f->text, f->at, f->end);
	} else if (is_close(c) && f->depth > 0) {
		f->depth--;
		f->fresh = false;
	} else if (c == ',' || (c == ':' && (last || is_white(f->text.ptr[next])))) {
		begin_entry(f, next);
	} else if ((c == '"' || c == '\'') && f->fresh) {
		f->fresh = false;
		next = yaml_quote_end(f->text, f->at, f->end);
	} else {
		f->fresh = false;
	}
	f->at = next;
}

static struct flow_scan flow_from(const struct yaml_reader *r, uint32_t begin, uint32_t end)
{
	struct flow_scan f = {.text = r->source->text, .at = begin, .end = end};

	begin_entry(&f, begin);
	return f;
}

uint32_t yaml_flow_start(const struct yaml_reader *r, uint32_t at)
{
	struct yaml_line line = yaml_line_at(r->source, at);

	if (line.value_begin >= at || !is_open(r->source->text.ptr[line.value_begin]))
		return at;
	struct flow_scan f = flow_from(r, line.value_begin, line.end);
	while (f.at < at && f.depth + (f.at == line.value_begin) > 0)
		step(&f);
	return f.depth > 0 ? line.value_begin : at;
}

/* Whether a `"` can be the last one of a value in braces: `", key:` or `"}` up to the end of the
 * line. */
static bool closes_value(struct str text, uint32_t after, uint32_t line_end)
{
	uint32_t at = after;

	while (at < line_end && is_white(text.ptr[at]))
		at++;
	if (at == line_end)
		return true;
	if (is_close(text.ptr[at])) {
		while (at < line_end && (is_close(text.ptr[at]) || is_white(text.ptr[at])))
			at++;
		return at == line_end || text.ptr[at] == '#' || text.ptr[at] == ',';
	}
	if (text.ptr[at] != ',')
		return false;
	for (at++; at < line_end && text.ptr[at] != ','; at++)
		if (text.ptr[at] == ':')
			return true;
	return false;
}

static uint32_t quoted_value_end(struct str text, uint32_t begin, uint32_t line_end)
{
	for (uint32_t at = begin + 1; at < line_end; at++)
		if (text.ptr[at] == text.ptr[begin] && closes_value(text, at + 1, line_end))
			return at + 1;
	return line_end;
}

/* The end of a value: the comma before the next key or item, or the bracket that closes the list or
 * map. */
static uint32_t plain_value_end(struct str text, uint32_t begin, uint32_t line_end)
{
	uint32_t at = begin;

	while (at < line_end) {
		char c = text.ptr[at];

		if (is_open(c)) {
			at = bracket_end(text, at, line_end);
			continue;
		}
		if (is_close(c) || (c == ',' && at + 1 < line_end && is_white(text.ptr[at + 1])))
			break;
		at++;
	}
	while (at > begin && (is_white(text.ptr[at - 1]) || text.ptr[at - 1] == ','))
		at--;
	return at;
}

bool yaml_flow_value(const struct yaml_reader *r, uint32_t flow_at, uint32_t at, struct span *value)
{
	struct str text = r->source->text;
	struct flow_scan f = flow_from(r, flow_at, (uint32_t)text.len);

	while (f.at < at) {
		struct flow_scan before = f;

		step(&f);
		if (f.at > at) /* AT is inside a quoted text or a template */
			f = before;
		if (f.at == before.at)
			break;
	}
	if (f.depth == 0)
		return false;
	if (f.fresh)
		f.entry = at;
	uint32_t line_end = yaml_line_at(r->source, f.entry).end;
	char first = f.entry < text.len ? text.ptr[f.entry] : ' ';
	uint32_t end = first == '"' || first == '\'' ? quoted_value_end(text, f.entry, line_end)
						     : plain_value_end(text, f.entry, line_end);
	*value = yaml_span(r, f.entry, end);
	return end > f.entry;
}

/* ---- errors in braces */

static bool contains(struct str s, const char *what)
{
	return str_find(s, str_of(what), 0) != NOT_FOUND;
}

static bool report_value(struct yaml_reader *r, struct span value)
{
	struct str text = str_slice(r->source->text, value.begin, value.end);
	struct yaml_fixit fixit = {.begin = value.begin, .end = value.end};
	bool fixed = false;

	if (text.ptr[0] == '"' || text.ptr[0] == '\'') {
		bool closed = text.len > 1 && text.ptr[text.len - 1] == text.ptr[0];

		fixit.insert =
		    yaml_quote(r->arena, closed ? str_slice(text, 1, text.len - 1) : text);
		yaml_report(r, value, DIAG_E120, fixit, &fixed,
			    "a quote inside the text ends it too early");
		return fixed;
	}
	fixit.insert = yaml_quote(r->arena, text);
	if (contains(text, "${"))
		yaml_report(r, value, DIAG_E116, fixit, &fixed,
			    "inside braces, a text with ${…} must be in quotes");
	else if (contains(text, ": "))
		yaml_report(r, value, DIAG_E114, fixit, &fixed,
			    "a text with a colon and a space must be in quotes");
	else
		yaml_report(r, value, DIAG_E116, fixit, &fixed,
			    "inside braces, a text with brackets must be in quotes");
	return fixed;
}

/* `{q: number #1}`: the closing bracket became part of the comment. */
static bool report_hash(struct yaml_reader *r, uint32_t flow_at, const struct yaml_line *line,
			bool *fixed)
{
	struct str text = r->source->text;
	struct flow_scan f = flow_from(r, flow_at, line->end); /* a # is after its bracket */

	while (f.at < line->end && !(text.ptr[f.at] == '#' && is_white(text.ptr[f.at - 1])))
		step(&f);
	if (f.at >= line->end || f.depth == 0)
		return false;
	if (f.fresh) /* a value that starts with the sign itself: `{colour: #fff}` */
		f.entry = f.at;
	uint32_t end = plain_value_end(text, f.entry, line->end);
	if (end <= f.at || end == line->end)
		return false;
	struct str value = str_slice(text, f.entry, end);
	struct yaml_fixit fixit = {
	    .begin = f.entry, .end = end, .insert = yaml_quote(r->arena, value)};
	yaml_report(r, yaml_span(r, f.at, end), DIAG_E115, fixit, fixed,
		    "a space and # start a comment, which hides the rest of the text and the "
		    "closing bracket; put the text in quotes");
	return true;
}

/* The end of the lines below LINE that are indented deeper; the end of LINE if there are none. */
static uint32_t end_of_block(const struct yaml_reader *r, const struct yaml_line *line)
{
	uint32_t number = source_position(r->source, line->begin).line, end = line->value_end;

	for (; number < r->source->line_count; number++) {
		struct yaml_line below = yaml_line_at(r->source, r->source->line_starts[number]);

		if (below.content == below.end)
			continue;
		if (below.indent - below.begin <= line->indent - line->begin)
			break;
		end = below.value_end;
	}
	return end;
}

static char closer_of(char open)
{
	return open == '{' ? '}' : ']';
}

/* `json: {` with the members on the lines below: the bracket is missing after END. */
static bool report_unclosed_block(struct yaml_reader *r, uint32_t flow_at, uint32_t end,
				  struct str closers)
{
	struct str text = r->source->text;
	struct yaml_fixit fixit = {
	    .begin = end, .end = end, .insert = arena_str(r->arena, closers)};
	bool fixed = false;
	struct diag *diag =
	    yaml_report(r, yaml_span(r, flow_at, flow_at + 1), DIAG_E118, fixit, &fixed,
			"'%c' has no closing '%c'", text.ptr[flow_at], closers.ptr[0]);

	/* The line to change is another one. */
	diag->fix = STR_NULL;
	diag_note(r->diags, diag, yaml_span(r, end, end), "add %.*s after this line",
		  STR_ARG(closers));
	return fixed;
}

static bool report_unclosed(struct yaml_reader *r, uint32_t flow_at)
{
	struct yaml_line line = yaml_line_at(r->source, flow_at);
	struct flow_scan f = flow_from(r, flow_at, line.value_end);
	char closers[MAX_NESTING];
	bool fixed = false;

	/* A bracket that was inserted by a fixit was reported with that fixit. */
	if (flow_at >= r->source->text.len || !is_open(r->source->text.ptr[flow_at]))
		return false;
	if (report_hash(r, flow_at, &line, &fixed))
		return fixed;
	while (f.at < line.value_end)
		step(&f);
	for (unsigned i = 0; i < f.depth; i++)
		closers[i] = f.closers[f.depth - 1 - i];
	uint32_t block_end =
	    flow_at + 1 >= line.value_end ? end_of_block(r, &line) : line.value_end;
	if (block_end > line.value_end)
		return report_unclosed_block(r, flow_at, block_end, str_n(closers, f.depth));
	struct yaml_fixit fixit = {.begin = line.value_end,
				   .end = line.value_end,
				   .insert = arena_str(r->arena, str_n(closers, f.depth))};
	char open = r->source->text.ptr[flow_at];
	yaml_report(r, yaml_span(r, flow_at, flow_at + 1), DIAG_E118, fixit, &fixed,
		    "'%c' has no closing '%c'", open, closer_of(open));
	return fixed;
}

/* Whether the bracket was left open: the line of AT is not indented deeper than the line with the
 * bracket. */
static bool is_left_open(const struct yaml_reader *r, const struct yaml_problem *p,
			 uint32_t flow_at)
{
	struct yaml_line begin = yaml_line_at(r->source, flow_at);
	struct yaml_line here = yaml_line_at(r->source, p->at);

	if (p->at >= r->source->text.len)
		return true;
	return begin.begin != here.begin && here.content < here.end &&
	       here.indent - here.begin <= begin.indent - begin.begin &&
	       !is_close(r->source->text.ptr[here.content]);
}

/* `[200, 304}`: whether the bracket at AT closes another one than that at FLOW_AT. */
static bool closes_another(const struct yaml_reader *r, uint32_t flow_at, uint32_t at)
{
	struct str text = r->source->text;

	return at < text.len && flow_at < at && is_open(text.ptr[flow_at]) &&
	       is_close(text.ptr[at]) && text.ptr[at] != closer_of(text.ptr[flow_at]);
}

static bool report_other_closer(struct yaml_reader *r, uint32_t flow_at, uint32_t at)
{
	char open = r->source->text.ptr[flow_at], closer[2] = {closer_of(open), 0};
	struct yaml_fixit fixit = {
	    .begin = at, .end = at, .insert = arena_str(r->arena, str_of(closer))};
	bool fixed = false;

	yaml_report(r, yaml_span(r, flow_at, flow_at + 1), DIAG_E118, fixit, &fixed,
		    "'%c' has no closing '%c'", open, closer[0]);
	return fixed;
}

bool yaml_explain_flow(struct yaml_reader *r, const struct yaml_problem *p)
{
	uint32_t at = p->at < r->source->text.len ? p->at : (uint32_t)r->source->text.len;
	bool node = str_starts(str_of(p->context), STR("while parsing a flow node"));
	uint32_t flow_at = node ? p->flow_at : p->context_at;
	struct span value;
	bool fixed = false;

	if (is_left_open(r, p, flow_at))
		return report_unclosed(r, flow_at);
	if (yaml_flow_value(r, flow_at, at, &value) && value.end > at &&
	    !yaml_has_fixit(r, value.begin, value.end))
		return report_value(r, value);
	if (closes_another(r, flow_at, at))
		return report_other_closer(r, flow_at, at);
	bool behind = p->last_end <= at && p->last_end > flow_at;
	uint32_t place = behind ? p->last_end : at;
	struct yaml_fixit fixit = {.begin = place, .end = place, .insert = STR(",")};
	yaml_report(r, yaml_span(r, place, place), DIAG_E118, fixit, &fixed,
		    "a comma or a closing bracket is missing");
	/* It is not known which of the two it is. */
	r->doubtful = true;
	return fixed;
}
