/* Checks columns: tabs, special spaces, and lines with the wrong indentation. */
#include "base/ascii.h"
#include "doc/yaml_private.h"

static uint32_t column(const struct yaml_line *line, uint32_t at)
{
	return at - line->begin;
}

static struct str spaces(struct yaml_reader *r, size_t n)
{
	char *text = arena_alloc(r->arena, n + 1);

	memset(text, ' ', n);
	return str_n(text, n);
}

/* The next line that is not empty; false at the end. */
static bool line_below(const struct yaml_reader *r, const struct yaml_line *line,
		       struct yaml_line *out)
{
	uint32_t number = source_position(r->source, line->begin).line;

	while (number++ < r->source->line_count) {
		*out = yaml_line_at(r->source, r->source->line_starts[number - 1]);
		if (out->content < out->end)
			return true;
	}
	return false;
}

/* ---- tabs */

static bool tab_in_indent(const struct yaml_reader *r, const struct yaml_line *line)
{
	return line->indent < line->end && r->source->text.ptr[line->indent] == '\t';
}

/* The first byte of LINE that is not a space or a tab. */
static uint32_t after_blanks(const struct yaml_reader *r, const struct yaml_line *line)
{
	uint32_t at = line->begin;

	while (at < line->end &&
	       (r->source->text.ptr[at] == ' ' || r->source->text.ptr[at] == '\t'))
		at++;
	return at;
}

/* The width of the indentation of LINE, where a tab is one level. */
static size_t indent_width(const struct yaml_reader *r, const struct yaml_line *line)
{
	uint32_t tabs = 0, begin = after_blanks(r, line);

	for (uint32_t at = line->begin; at < begin; at++)
		tabs += r->source->text.ptr[at] == '\t';
	return 2 * tabs + (begin - line->begin - tabs);
}

/* The probable intended column of a line with tabs: the same as the line above, or one level
 * deeper. Below another line with tabs, the difference between the two is kept. */
static size_t likely_column(const struct yaml_reader *r, const struct yaml_line *line)
{
	size_t width = indent_width(r, line);
	struct yaml_line above;

	if (!yaml_line_above(r->source, line, &above))
		return width;
	if (tab_in_indent(r, &above)) {
		size_t there = indent_width(r, &above);

		for (size_t i = 0; i < r->fixits.count; i++)
			if (r->fixits.items[i].begin == above.begin)
				width = r->fixits.items[i].insert.len + width -
					(there < width ? there : width);
		return width;
	}
	bool opens = above.key_end > above.key_begin && above.value_begin == above.value_end;
	if (opens)
		return column(&above, line->dash ? above.indent : above.content) + 2;
	return column(&above, line->dash ? above.indent : above.content);
}

bool yaml_explain_tab(struct yaml_reader *r, uint32_t at, bool *fixed)
{
	struct yaml_line line = yaml_line_at(r->source, at);

	if (!tab_in_indent(r, &line) || yaml_has_fixit(r, line.begin, line.indent + 1))
		return false;
	struct yaml_fixit fixit = {.begin = line.begin,
				   .end = after_blanks(r, &line),
				   .insert = spaces(r, likely_column(r, &line))};
	struct diag *diag = yaml_report(r, yaml_span(r, line.indent, fixit.end), DIAG_E105, fixit,
					fixed, "a tab in the indentation; YAML allows spaces only");
	uint32_t from = fixit.end;

	r->doubtful = true;
	/* Tabs in the other lines are the same error. */
	while (line_below(r, &line, &line))
		if (tab_in_indent(r, &line))
			yaml_add_fixit(r, line.begin, after_blanks(r, &line),
				       spaces(r, likely_column(r, &line)));
	if (diag->fix.len)
		yaml_edit_from(r, diag, from);
	return true;
}

/* ---- special spaces */

/* The start of the first and the end of the last special space in [begin, end). */
static bool find_odd(struct str text, uint32_t begin, uint32_t end, uint32_t *first, uint32_t *last)
{
	bool found = false;

	for (uint32_t at = begin; at < end; at++) {
		size_t bytes = yaml_odd_space(text, at);

		if (!bytes)
			continue;
		if (!found)
			*first = at;
		found = true;
		*last = at + (uint32_t)bytes;
	}
	return found;
}

/* The end of the part before a value: indentation, dash, word, colon and the spaces around them. */
static uint32_t head_end(struct str text, const struct yaml_line *line)
{
	uint32_t at = line->begin;
	bool word = false, colon = false;

	while (at < line->end) {
		size_t odd = yaml_odd_space(text, at);
		char c = text.ptr[at];

		if (odd || c == ' ' || (c == '-' && !word)) {
			at += odd ? (uint32_t)odd : 1;
		} else if (c == ':' && word && !colon) {
			colon = true;
			at++;
		} else if (!colon && (ascii_is_lower(c) || c == '_')) {
			word = true;
			at++;
		} else {
			break;
		}
	}
	return word && !colon ? line->begin : at;
}

bool yaml_explain_odd_space(struct yaml_reader *r, const struct yaml_line *line, bool *fixed)
{
	struct str text = r->source->text;
	uint32_t first, last, end = head_end(text, line);
	struct buf plain;

	if (end == line->begin) {
		end = line->begin;
		while (yaml_odd_space(text, end) || (end < line->end && text.ptr[end] == ' '))
			end += text.ptr[end] == ' ' ? 1 : (uint32_t)yaml_odd_space(text, end);
	}
	if (!find_odd(text, line->begin, end, &first, &last) || yaml_has_fixit(r, first, last))
		return false;
	buf_init(&plain, 0);
	for (uint32_t at = first; at < last;) {
		size_t odd = yaml_odd_space(text, at);

		buf_add_char(&plain, odd ? ' ' : text.ptr[at]);
		at += odd ? (uint32_t)odd : 1;
	}
	struct yaml_fixit fixit = {
	    .begin = first, .end = last, .insert = arena_str(r->arena, buf_str(&plain))};
	buf_release(&plain);
	yaml_report(r, yaml_span(r, first, first + (uint32_t)yaml_odd_space(text, first)),
		    DIAG_E123, fixit, fixed,
		    "this is not a normal space but a special one, such as a non-breaking space");
	return true;
}

/* ---- dashes of word processors */

static bool fix_dash(struct yaml_reader *r, const struct yaml_line *line, struct yaml_fixit *fixit)
{
	size_t bytes = yaml_odd_dash(r->source->text, line->indent);

	*fixit = (struct yaml_fixit){
	    .begin = line->indent, .end = line->indent + (uint32_t)bytes, .insert = STR("-")};
	return bytes && !yaml_has_fixit(r, fixit->begin, fixit->end);
}

bool yaml_explain_odd_dash(struct yaml_reader *r, const struct yaml_line *line, bool *fixed)
{
	struct yaml_line below = *line;
	struct yaml_fixit fixit;

	if (!fix_dash(r, line, &fixit))
		return false;
	yaml_report(r, yaml_span(r, fixit.begin, fixit.end), DIAG_E122, fixit, fixed,
		    "this is a dash or a bullet of a word processor; use a hyphen (-)");
	/* The other lines are the same error. */
	while (line_below(r, &below, &below))
		if (fix_dash(r, &below, &fixit))
			yaml_add_fixit(r, fixit.begin, fixit.end, fixit.insert);
	return true;
}

bool yaml_explain_dash_without_space(struct yaml_reader *r, const struct yaml_line *line,
				     bool *fixed)
{
	struct yaml_line below = *line;
	uint32_t at = line->indent + 1;

	if (yaml_has_fixit(r, line->indent, at))
		return false;
	yaml_report(r, yaml_span(r, line->indent, at), DIAG_E125,
		    (struct yaml_fixit){.begin = at, .end = at, .insert = STR(" ")}, fixed,
		    "add a space after each dash of a list");
	/* The other lines are the same error. */
	while (line_below(r, &below, &below) &&
	       column(&below, below.indent) >= column(line, line->indent)) {
		struct str text = str_slice(r->source->text, below.indent, below.end);

		if (column(&below, below.indent) == column(line, line->indent) && text.len > 1 &&
		    text.ptr[0] == '-' && ascii_is_lower(text.ptr[1]))
			yaml_add_fixit(r, below.indent + 1, below.indent + 1, STR(" "));
	}
	return true;
}

/* ---- lines in the wrong column */

/* Moves LINE and the deeper lines below it, so that LINE starts in column TO. *BELOW is the number
 * of the lines below. */
static bool move_lines(struct yaml_reader *r, const struct yaml_line *line, uint32_t to,
		       unsigned *below_count)
{
	uint32_t from = column(line, line->indent);
	struct yaml_line below = *line;
	bool done;

	if (from > to)
		done = yaml_add_fixit(r, line->begin, line->begin + from - to, STR(""));
	else
		done = yaml_add_fixit(r, line->begin, line->begin, spaces(r, to - from));
	while (done && line_below(r, &below, &below) && column(&below, below.indent) >= from) {
		*below_count += column(&below, below.indent) > from;
		if (from > to)
			yaml_add_fixit(r, below.begin, below.begin + from - to, STR(""));
		else
			yaml_add_fixit(r, below.begin, below.begin, spaces(r, to - from));
	}
	return done;
}

/* Whether LINE is a key in the same column as the dashes above it. */
static bool is_beside_dash(const struct yaml_reader *r, const struct yaml_line *line)
{
	struct yaml_line above = *line;

	while (!line->dash && yaml_line_above(r->source, &above, &above)) {
		if (column(&above, above.indent) == column(line, line->indent))
			return above.dash;
		if (column(&above, above.indent) < column(line, line->indent))
			return false;
	}
	return false;
}

/* The column of AT in LINE, which may have been moved. */
static uint32_t column_after_move(const struct yaml_reader *r, const struct yaml_line *line,
				  uint32_t at)
{
	uint32_t there = column(line, at);

	for (size_t i = 0; i < r->fixits.count; i++) {
		const struct yaml_fixit *fixit = &r->fixits.items[i];
		uint32_t gone = fixit->end - fixit->begin;

		if (fixit->begin == line->begin && fixit->end <= line->indent)
			return there + (uint32_t)fixit->insert.len - (gone < there ? gone : there);
	}
	return there;
}

/* The probable intended column of the line: the column of the nearest line above that it can
 * follow. */
static bool intended_column(struct yaml_reader *r, const struct yaml_line *line, uint32_t *to)
{
	struct yaml_line above = *line;
	uint32_t own = column(line, line->indent), best_off = UINT32_MAX;

	for (int i = 0; i < 200 && yaml_line_above(r->source, &above, &above); i++) {
		uint32_t dash = column_after_move(r, &above, above.indent);
		uint32_t there = line->dash ? dash : column_after_move(r, &above, above.content);

		if (line->dash && !above.dash)
			continue;
		uint32_t off = there > own ? there - own : own - there;
		if (off < best_off && off <= 3) {
			best_off = off;
			*to = there;
		}
		if (dash == 0)
			break;
	}
	return best_off != UINT32_MAX && best_off > 0;
}

/* The message about LINE, which fits in column TO if it could be fixed. */
static const char *indent_text(struct yaml_reader *r, const struct yaml_line *line, uint32_t to,
			       bool fixed, bool adds_steps)
{
	uint32_t own = column(line, line->indent);
	struct str text;

	if (!fixed && line->dash)
		return adds_steps ? "a list item, but a key is expected here; add the line "
				    "'steps:' above this line"
				  : "a list item, but a key is expected here; the line above it "
				    "may be missing, such as 'steps:'";
	if (!fixed)
		return "the indentation of this line matches no line above";
	if (is_beside_dash(r, line) && to > own && line->key_end > line->indent)
		text = arena_printf(
		    r->arena,
		    "'%.*s' is a key of the item above: indent it by %u more space%s, to column "
		    "%u; a new item needs a dash",
		    STR_ARG(str_slice(r->source->text, line->indent, line->key_end)), to - own,
		    to - own == 1 ? "" : "s", to + 1);
	else
		text = arena_printf(
		    r->arena, "this line starts in column %u; column %u matches the lines above",
		    own + 1, to + 1);
	return text.ptr;
}

bool yaml_explain_indent(struct yaml_reader *r, const struct yaml_problem *p)
{
	struct yaml_line line = yaml_line_at(r->source, p->at);
	struct yaml_line outer = yaml_line_at(r->source, p->context_at);
	uint32_t to = 0;
	unsigned below = 0;
	bool fixed = intended_column(r, &line, &to) &&
		     !yaml_has_fixit(r, line.begin, line.indent) &&
		     move_lines(r, &line, to, &below);
	struct diag_list *list = fixed ? &r->confirmed : &r->pending;
	uint32_t begin = line.indent < line.end ? line.indent : line.begin;
	uint32_t end = line.key_end > begin ? line.key_end : begin + 1;
	uint32_t own = column(&line, line.indent), by = to > own ? to - own : own - to;
	bool adds_steps = !fixed && line.dash && own == 0 &&
			  str_find(r->source->text, STR("\nsteps:"), 0) == NOT_FOUND;

	struct diag *diag = diag_error(list, yaml_span(r, begin, end), DIAG_E126, "%s",
				       indent_text(r, &line, to, fixed, adds_steps));
	if (outer.begin != line.begin && *p->context && !adds_steps)
		diag_note(list, diag, yaml_span(r, p->context_at, p->context_at),
			  is_beside_dash(r, &line) ? "the item starts here"
						   : "the block that it belongs to starts here");
	if (adds_steps)
		diag_add_line(list, diag, line.begin, STR("steps:"));
	if (fixed && below)
		diag_note(list, diag, SPAN_NONE,
			  "indent the lines below that belong to it by %u %s space%s too", by,
			  to > own ? "more" : "fewer", by == 1 ? "" : "s");
	if (fixed) {
		yaml_fix_line(r, diag, line.content);
		yaml_edit_from(r, diag, line.begin);
	}
	r->doubtful = fixed || r->doubtful;
	return fixed;
}
