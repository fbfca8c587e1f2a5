#include <stdlib.h>
#include <string.h>

#include "base/diag_private.h"
#include "base/escape.h"

/* Maximum width of the part of a source line that is shown, in code points. */
#define LINE_COLUMNS 88
/* Code points shown before the caret in a part of a long line. */
#define LINE_BEFORE 40

struct palette {
	const char *position, *error, *warning, *note, *caret, *off;
};

static const struct palette no_palette = {"", "", "", "", "", ""};
static const struct palette terminal_palette = {
    "\033[1m", "\033[1;31m", "\033[1;33m", "\033[1;36m", "\033[1;32m", "\033[0m",
};

/* The part of a line that is shown, and the marked part inside it, as byte offsets into the
 * line. */
struct window {
	struct str line;
	size_t from, to, mark_from, mark_to;
};

static size_t step_at(struct str line, size_t at)
{
	size_t step = str_utf8_step(line, at);

	return step ? step : 1;
}

static size_t step_back(struct str line, size_t at)
{
	at--;
	while (at > 0 && ((unsigned char)line.ptr[at] & 0xc0) == 0x80)
		at--;
	return at;
}

/* Positions in the line are those of the source: its secrets keep their width. */
static struct window window_of(struct diag_printer *p, struct span span)
{
	struct source_position position = source_position(span.source, span.begin);
	struct window w = {.line = source_line(span.source, position.line)};
	size_t start = (size_t)(w.line.ptr - span.source->text.ptr);

	w.mark_from = span.begin > start ? span.begin - start : 0;
	if (w.mark_from > w.line.len)
		w.mark_from = w.line.len;
	w.mark_to = span.end > start ? span.end - start : 0;
	if (w.mark_to > w.line.len)
		w.mark_to = w.line.len;
	w.to = w.line.len;
	w.line = diag_printer_masked(p, w.line, SECRET_MASK_WIDTH);
	if (str_columns(w.line) <= LINE_COLUMNS)
		return w;
	w.from = w.mark_from;
	for (int i = 0; i < LINE_BEFORE && w.from > 0; i++)
		w.from = step_back(w.line, w.from);
	w.to = w.from;
	for (int i = 0; i < LINE_COLUMNS && w.to < w.line.len; i++)
		w.to += step_at(w.line, w.to);
	return w;
}

/* Prints the line; MARKS gets the text below it up to the caret and its tail. */
static void put_window(const struct window *w, struct buf *out, struct buf *marks)
{
	if (w->from > 0) {
		buf_add(out, STR("\xe2\x80\xa6"));
		buf_add_char(marks, ' ');
	}
	bool caret = false;
	for (size_t at = w->from; at < w->to;) {
		struct str point = str_slice(w->line, at, at + step_at(w->line, at));
		size_t before = out->len;

		if (point.ptr[0] == '\t')
			buf_add_char(out, '\t');
		else
			escape_terminal_part(out, w->line, at, at + point.len);
		size_t columns = str_columns(str_slice(buf_str(out), before, out->len));
		for (size_t i = 0; i < columns; i++) {
			if (at == w->mark_from && !caret) {
				buf_add_char(marks, '^');
				caret = true;
			} else if (at > w->mark_from && at < w->mark_to) {
				buf_add_char(marks, '~');
			} else if (at == w->mark_from && at < w->mark_to) {
				buf_add_char(marks, '~');
			} else if (at < w->mark_from) {
				buf_add_char(marks, point.ptr[0] == '\t' ? '\t' : ' ');
			}
		}
		at += point.len;
	}
	if (!caret)
		buf_add_char(marks, '^');
	if (w->to < w->line.len)
		buf_add(out, STR("\xe2\x80\xa6"));
}

static void put_source(struct diag_printer *p, struct span span, const struct palette *palette,
		       struct buf *out)
{
	struct window w = window_of(p, span);
	struct buf marks;

	buf_init(&marks, 0);
	buf_printf(out, "%5u | ", source_position(span.source, span.begin).line);
	put_window(&w, out, &marks);
	buf_printf(out, "\n      | %s%.*s%s\n", palette->caret, STR_ARG(buf_str(&marks)),
		   palette->off);
	buf_release(&marks);
}

/* The corrected line under the wrong one, cut at the same place. */
static void put_fix(struct diag_printer *p, const struct diag *diag, const struct palette *palette,
		    struct buf *out)
{
	struct window w = {.line = diag->fix};
	struct buf unmarked;

	if (diag->span.source)
		w.from = window_of(p, diag->span).from;
	while (w.from < w.line.len && ((unsigned char)w.line.ptr[w.from] & 0xc0) == 0x80)
		w.from--;
	if (w.from >= w.line.len)
		w.from = 0;
	w.to = w.from;
	for (int i = 0; i < LINE_COLUMNS && w.to < w.line.len; i++)
		w.to += step_at(w.line, w.to);
	w.mark_from = w.mark_to = w.line.len;
	buf_init(&unmarked, 0);
	buf_printf(out, "%s%s%s | ", palette->note, p->is_fixed ? "now  " : "write", palette->off);
	put_window(&w, out, &unmarked);
	buf_add_char(out, '\n');
	buf_release(&unmarked);
}

static void put_addition(const struct diag *diag, const struct palette *palette, struct buf *out)
{
	buf_printf(out, "%sadd  %s | ", palette->note, palette->off);
	escape_terminal(out, diag->add);
	buf_add_char(out, '\n');
}

/* "error", "warning", or "fixed" for an error that was corrected. */
static const char *label(const struct diag_printer *p, const struct diag *diag)
{
	if (p->is_fixed)
		return "fixed";
	return diag->level == DIAG_ERROR ? "error" : "warning";
}

static void put_position(struct span span, const struct palette *palette, struct buf *out)
{
	if (!span.source)
		return;
	struct source_position position = source_position(span.source, span.begin);

	buf_add(out, str_of(palette->position));
	escape_terminal(out, span.source->name);
	buf_printf(out, ":%u:%u:%s ", position.line, position.column, palette->off);
}

static void put_text(struct diag_printer *p, const struct diag *diag, const struct palette *palette,
		     struct buf *out)
{
	const char *color = p->is_fixed			? palette->caret
			    : diag->level == DIAG_ERROR ? palette->error
							: palette->warning;

	put_position(diag->span, palette, out);
	buf_printf(out, "%s%s:%s ", color, label(p, diag), palette->off);
	escape_terminal(out, diag->text);
	buf_printf(out, "  [%s]\n", diag_code_name(diag->code));
	if (diag->span.source)
		put_source(p, diag->span, palette, out);
	if (diag->fix.len)
		put_fix(p, diag, palette, out);
	if (diag->add.len)
		put_addition(diag, palette, out);
	for (const struct diag_note *note = diag->notes; note; note = note->next) {
		if (note->span.source)
			put_position(note->span, palette, out);
		else
			buf_add(out, STR("   "));
		buf_printf(out, "%snote:%s ", palette->note, palette->off);
		escape_terminal(out, note->text);
		buf_add_char(out, '\n');
		if (note->span.source)
			put_source(p, note->span, palette, out);
	}
}

static void print_text(struct diag_printer *p, const struct diag **all, bool color, struct buf *out)
{
	const struct diag_list *list = p->list;
	const struct palette *palette = color ? &terminal_palette : &no_palette;
	size_t kept = list->diags.count, seen = list->errors + list->warnings;

	for (size_t i = 0; i < kept; i++)
		put_text(p, all[i], palette, out);
	if (seen > kept)
		buf_printf(out, "   … and %zu more\n", seen - kept);
	if (kept && !p->is_fixed)
		buf_printf(out, "   help: reprise explain %s\n",
			   diag_code_name(all[kept - 1]->code));
}

/* Workflow commands escape with percent signs; properties also their own separators. */
static void put_github(struct buf *out, struct str s, bool property)
{
	struct buf safe;

	buf_init(&safe, 0);
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ',')))
			buf_printf(&safe, "%%%02X", (unsigned)(unsigned char)c);
		else
			buf_add_char(&safe, c);
	}
	escape_terminal(out, buf_str(&safe));
	buf_release(&safe);
}

static void print_github(const struct diag_printer *p, const struct diag *diag, struct buf *out)
{
	buf_printf(out, "::%s ", p->is_fixed ? "notice" : label(p, diag));
	if (diag->span.source) {
		struct source_position begin = source_position(diag->span.source, diag->span.begin);
		struct source_position end = source_position(diag->span.source, diag->span.end);

		buf_add(out, STR("file="));
		put_github(out, diag->span.source->name, true);
		buf_printf(out, ",line=%u,col=%u,", begin.line, begin.column);
		if (end.line == begin.line && end.column > begin.column)
			buf_printf(out, "endColumn=%u,", end.column);
	}
	buf_printf(out, "title=%s ", diag_code_name(diag->code));
	put_github(out, str_of(diag_code_title(diag->code)), true);
	buf_add(out, STR("::"));
	put_github(out, diag->text, false);
	if (diag->fix.len) {
		buf_add(out, STR("%0Awrite: "));
		put_github(out, str_trim(diag->fix), false);
	}
	if (diag->add.len) {
		buf_add(out, STR("%0Aadd: "));
		put_github(out, diag->add, false);
	}
	buf_add_char(out, '\n');
}

/* For people, and for GitHub's annotations. */
static void print_list(const struct diag_list *list, bool is_fixed, enum diag_format format,
		       bool color, struct buf *out)
{
	const struct diag **all;
	struct diag_printer printer;

	diag_printer_init(&printer, list, is_fixed);
	all = diag_printer_sorted(&printer, is_fixed);
	if (format == DIAG_TEXT)
		print_text(&printer, all, color, out);
	else
		for (size_t i = 0; i < list->diags.count; i++)
			print_github(&printer, all[i], out);
	diag_printer_release(&printer);
}

void diag_print(const struct diag_list *list, enum diag_format format, bool color, struct buf *out)
{
	if (format == DIAG_JSON) {
		diag_print_json(list, out);
		return;
	}
	if (list->fixed)
		print_list(list->fixed, true, format, color, out);
	print_list(list, false, format, color, out);
}
