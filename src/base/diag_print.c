#include <stdlib.h>
#include <string.h>

#include "base/diag_private.h"
#include "base/escape.h"
#include "base/json_writer.h"
#include "base/secret_mask.h"

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

static int order(const void *left, const void *right)
{
	const struct diag *a = *(const struct diag *const *)left;
	const struct diag *b = *(const struct diag *const *)right;

	if (a->span.source != b->span.source) {
		if (!a->span.source || !b->span.source)
			return a->span.source ? -1 : 1;
		int names = str_cmp(a->span.source->name, b->span.source->name);
		if (names)
			return names;
	}
	if (a->span.begin != b->span.begin)
		return a->span.begin < b->span.begin ? -1 : 1;
	if (a->span.end != b->span.end)
		return a->span.end < b->span.end ? -1 : 1;
	return a < b ? -1 : a > b;
}

/* ---- secrets */

/* Masks the secrets of a list. */
struct printer {
	const struct diag_list *list;
	bool is_fixed; /* the list has the errors that were corrected */
	struct secret_set set;
	struct secret_mask mask;
};

static void printer_init(struct printer *p, const struct diag_list *list, bool is_fixed)
{
	p->list = list;
	p->is_fixed = is_fixed;
	secret_set_init(&p->set);
	secret_mask_init(&p->mask);
	for (size_t i = 0; i < list->secrets.count; i++)
		secret_set_add(&p->set, STR(""), list->secrets.items[i]);
	secret_set_prepare(&p->set);
}

static void printer_release(struct printer *p)
{
	secret_set_release(&p->set);
	secret_mask_release(&p->mask);
}

/* TEXT without secrets; a view that lives as long as the list. */
static struct str masked(struct printer *p, struct str text, enum secret_mask_style style)
{
	const struct secret_set *sets[] = {&p->set};
	struct buf copy;

	buf_init(&copy, 0);
	buf_add(&copy, text);
	secret_mask_text(&p->mask, sets, 1, style, &copy);
	if (!str_eq(buf_str(&copy), text))
		text = arena_str(p->list->arena, buf_str(&copy));
	buf_release(&copy);
	return text;
}

static const struct diag_note *masked_notes(struct printer *p, const struct diag_note *notes)
{
	struct diag_note *copy;

	if (!notes)
		return NULL;
	copy = ARENA_NEW(p->list->arena, struct diag_note);
	*copy = *notes;
	copy->text = masked(p, notes->text, SECRET_MASK_HIDDEN);
	copy->next = masked_notes(p, notes->next);
	return copy;
}

/* If an edit has a secret in its text, none is printed: a part of a correction can be worse than
 * none. */
static void mask_edits(struct printer *p, struct diag *diag)
{
	for (size_t i = 0; i < diag->edits.count; i++) {
		struct str text = diag->edits.items[i].text;

		if (!str_eq(masked(p, text, SECRET_MASK_HIDDEN), text))
			diag->edits.count = 0;
	}
}

static void mask_diag(struct printer *p, struct diag *diag)
{
	diag->text = masked(p, diag->text, SECRET_MASK_HIDDEN);
	diag->fix = masked(p, diag->fix, SECRET_MASK_HIDDEN);
	diag->add = masked(p, diag->add, SECRET_MASK_HIDDEN);
	mask_edits(p, diag);
	diag->notes = masked_notes(p, diag->notes);
}

/* The diagnostics in the order of the text, with lines that have the fixes of all their errors. The
 * text shows a line only if the message does not have the word to write; programs get all lines. */
static const struct diag **sorted(struct printer *p, bool all_lines)
{
	const struct diag_list *list = p->list;
	size_t count = list->diags.count;
	const struct diag **all = ARENA_ARRAY(list->arena, count, const struct diag *);
	struct diag *copies = ARENA_ARRAY(list->arena, count, struct diag);

	for (size_t i = 0; i < count; i++)
		all[i] = &list->diags.items[i];
	if (count)
		qsort(all, count, sizeof *all, order);
	for (size_t i = 0; i < count; i++) {
		copies[i] = *all[i];
		if (copies[i].span.source && copies[i].edits.count &&
		    (copies[i].fix.len || all_lines))
			copies[i].fix = diag_merged_line(list->arena, all, count, all[i]);
		mask_diag(p, &copies[i]);
	}
	for (size_t i = 0; i < count; i++)
		all[i] = &copies[i];
	return all;
}

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
static struct window window_of(struct printer *p, struct span span)
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
	w.line = masked(p, w.line, SECRET_MASK_WIDTH);
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

static void put_source(struct printer *p, struct span span, const struct palette *palette,
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
static void put_fix(struct printer *p, const struct diag *diag, const struct palette *palette,
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
static const char *label(const struct printer *p, const struct diag *diag)
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

static void put_text(struct printer *p, const struct diag *diag, const struct palette *palette,
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

static void print_text(struct printer *p, const struct diag **all, bool color, struct buf *out)
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

static void put_json_position(struct json_writer *j, struct span span)
{
	static const char *const keys[] = {"file", "line", "column", "end_line", "end_column"};

	if (!span.source) {
		for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
			json_writer_null(j, keys[i]);
		return;
	}
	struct source_position begin = source_position(span.source, span.begin);
	struct source_position end = source_position(span.source, span.end);

	json_writer_text(j, "file", span.source->name);
	json_writer_uint(j, "line", begin.line);
	json_writer_uint(j, "column", begin.column);
	json_writer_uint(j, "end_line", end.line);
	json_writer_uint(j, "end_column", end.column);
}

static void put_json(struct json_writer *j, const struct diag *diag)
{
	json_writer_line(j, "\n  ");
	json_writer_open(j, NULL);
	json_writer_text(j, "level", diag->level == DIAG_ERROR ? STR("error") : STR("warning"));
	json_writer_text(j, "code", str_of(diag_code_name(diag->code)));
	put_json_position(j, diag->span);
	json_writer_text(j, "message", diag->text);
	if (diag->fix.len)
		json_writer_text(j, "fix", diag->fix);
	else
		json_writer_null(j, "fix");
	if (diag->add.len)
		json_writer_text(j, "add", diag->add);
	else
		json_writer_null(j, "add");
	if (diag->path.ptr)
		json_writer_text(j, "path", diag->path);
	else
		json_writer_null(j, "path");
	json_writer_open_array(j, "edits");
	for (size_t i = 0; i < diag->edits.count; i++) {
		json_writer_open(j, NULL);
		json_writer_uint(j, "begin", diag->edits.items[i].span.begin);
		json_writer_uint(j, "end", diag->edits.items[i].span.end);
		json_writer_text(j, "text", diag->edits.items[i].text);
		json_writer_close(j);
	}
	json_writer_close_array(j);
	json_writer_bool(j, "certain", diag_is_certain(diag));
	json_writer_open_array(j, "notes");
	for (const struct diag_note *note = diag->notes; note; note = note->next) {
		json_writer_open(j, NULL);
		put_json_position(j, note->span);
		json_writer_text(j, "message", note->text);
		json_writer_close(j);
	}
	json_writer_close_array(j);
	json_writer_close(j);
}

/* An array with one diagnostic per line. */
static void put_json_list(struct json_writer *j, const char *key, const struct diag_list *list,
			  bool is_fixed)
{
	struct printer printer;
	const struct diag **all;

	printer_init(&printer, list, is_fixed);
	all = sorted(&printer, true);
	json_writer_open_array(j, key);
	for (size_t i = 0; i < list->diags.count; i++)
		put_json(j, all[i]);
	if (list->diags.count)
		json_writer_line(j, "\n");
	json_writer_close_array(j);
	printer_release(&printer);
}

static void print_json(const struct diag_list *list, struct buf *out)
{
	struct json_writer j = json_writer_spaced(out);

	json_writer_open(&j, NULL);
	json_writer_uint(&j, "errors", list->errors);
	json_writer_uint(&j, "warnings", list->warnings);
	if (list->fixed)
		put_json_list(&j, "fixed", list->fixed, true);
	put_json_list(&j, "diagnostics", list, false);
	json_writer_close(&j);
	buf_add_char(out, '\n');
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

static void print_github(const struct printer *p, const struct diag *diag, struct buf *out)
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
	struct printer printer;

	printer_init(&printer, list, is_fixed);
	all = sorted(&printer, is_fixed);
	if (format == DIAG_TEXT)
		print_text(&printer, all, color, out);
	else
		for (size_t i = 0; i < list->diags.count; i++)
			print_github(&printer, all[i], out);
	printer_release(&printer);
}

void diag_print(const struct diag_list *list, enum diag_format format, bool color, struct buf *out)
{
	if (format == DIAG_JSON) {
		print_json(list, out);
		return;
	}
	if (list->fixed)
		print_list(list->fixed, true, format, color, out);
	print_list(list, false, format, color, out);
}
