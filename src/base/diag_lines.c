/* The corrected line of a diagnostic, which has the edits of all errors in that line. */
#include <string.h>

#include "base/diag_private.h"

#define FIXES_MAX 32

/* The line of a diagnostic as a range of its source. */
struct line_range {
	const struct source *source;
	uint32_t begin, end;
};

static struct line_range line_of(struct span span)
{
	struct str line = source_line(span.source, source_position(span.source, span.begin).line);
	uint32_t begin = (uint32_t)(line.ptr - span.source->text.ptr);

	return (struct line_range){span.source, begin, begin + (uint32_t)line.len};
}

static bool is_inside(const struct diag_edit *edit, const struct line_range *line)
{
	return edit->span.source == line->source && edit->span.begin >= line->begin &&
	       edit->span.end <= line->end && str_find_char(edit->text, '\n', 0) == NOT_FOUND;
}

/* Adds EDIT to EDITS, which are sorted and do not overlap; COUNT is their number. */
static size_t add_edit(const struct diag_edit **edits, size_t count, const struct diag_edit *edit)
{
	size_t at = count;

	if (count == FIXES_MAX)
		return count;
	while (at > 0 && edits[at - 1]->span.begin >= edit->span.begin)
		at--;
	if ((at > 0 && edits[at - 1]->span.end > edit->span.begin) ||
	    (at < count &&
	     (edits[at]->span.begin < edit->span.end || edits[at]->span.begin == edit->span.begin)))
		return count;
	memmove(&edits[at + 1], &edits[at], (count - at) * sizeof *edits);
	edits[at] = edit;
	return count + 1;
}

/* Adds the edits of DIAG inside LINE; returns the new number. */
static size_t add_edits(const struct diag_edit **edits, size_t count, const struct diag *diag,
			const struct line_range *line)
{
	for (size_t i = 0; i < diag->edits.count; i++)
		if (is_inside(&diag->edits.items[i], line))
			count = add_edit(edits, count, &diag->edits.items[i]);
	return count;
}

struct str diag_merged_line(struct arena *a, const struct diag *const *all, size_t count,
			    const struct diag *diag)
{
	const struct diag_edit *edits[FIXES_MAX];
	struct line_range line = line_of(diag->span);
	struct str text = diag->span.source->text, merged = STR("");
	size_t own = add_edits(edits, 0, diag, &line), edit_count = own;
	uint32_t from = line.begin;

	if (!own)
		return STR_NULL;
	for (size_t i = 0; i < count; i++)
		if (all[i] != diag && all[i]->level == DIAG_ERROR && !all[i]->is_guess)
			edit_count = add_edits(edits, edit_count, all[i], &line);
	if (edit_count == own && diag->fix.len)
		return diag->fix;
	for (size_t i = 0; i < edit_count; i++) {
		merged = arena_printf(a, "%.*s%.*s%.*s", STR_ARG(merged),
				      STR_ARG(str_slice(text, from, edits[i]->span.begin)),
				      STR_ARG(edits[i]->text));
		from = edits[i]->span.end;
	}
	return arena_printf(a, "%.*s%.*s", STR_ARG(merged),
			    STR_ARG(str_slice(text, from, line.end)));
}
