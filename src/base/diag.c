#include "base/diag.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"

#define DIAG_COUNT_MAX 100

static const struct {
	const char *name, *title, *prose;
} catalogue[] = {
#define DIAG_CODE(code, title, prose) {#code, title, prose},
#include "base/diag_codes.def"
#undef DIAG_CODE
};

void diag_init(struct diag_list *list, struct arena *arena)
{
	*list = (struct diag_list){.arena = arena, .limit = DIAG_COUNT_MAX};
}

static struct diag *add(struct diag_list *list, enum diag_level level, struct span span,
			enum diag_code code, const char *format, va_list args)
    __attribute__((format(printf, 5, 0)));

/* Past the limit the diagnostic is still created, for its notes, but without text and not
 * listed. */
static struct diag *add(struct diag_list *list, enum diag_level level, struct span span,
			enum diag_code code, const char *format, va_list args)
{
	struct diag diag = {.level = level, .code = code, .span = span};

	if (level == DIAG_ERROR)
		list->errors++;
	else
		list->warnings++;
	if (list->diags.count >= list->limit) {
		struct diag *outside = ARENA_NEW(list->arena, struct diag);

		*outside = diag;
		return outside;
	}
	diag.text = arena_vprintf(list->arena, format, args);
	VEC_PUSH(list->arena, &list->diags, diag);
	return &list->diags.items[list->diags.count - 1];
}

struct diag *diag_error(struct diag_list *list, struct span span, enum diag_code code,
			const char *format, ...)
{
	va_list args;

	va_start(args, format);
	struct diag *diag = add(list, DIAG_ERROR, span, code, format, args);
	va_end(args);
	return diag;
}

struct diag *diag_warning(struct diag_list *list, struct span span, enum diag_code code,
			  const char *format, ...)
{
	va_list args;

	va_start(args, format);
	struct diag *diag = add(list, DIAG_WARNING, span, code, format, args);
	va_end(args);
	return diag;
}

void diag_note(struct diag_list *list, struct diag *diag, struct span span, const char *format, ...)
{
	struct diag_note *note = ARENA_NEW(list->arena, struct diag_note);
	const struct diag_note *last = diag->notes;
	va_list args;

	va_start(args, format);
	note->span = span;
	note->text = arena_vprintf(list->arena, format, args);
	va_end(args);
	if (!last) {
		diag->notes = note;
		return;
	}
	while (last->next)
		last = last->next;
	/* The notes were created here; they are const only for readers. */
	((struct diag_note *)(uintptr_t)last)->next = note;
}

void diag_edit(struct diag_list *list, struct diag *diag, struct span span, struct str text)
{
	size_t at = diag->edits.count;

	if (!span.source)
		return;
	while (at > 0 && diag->edits.items[at - 1].span.begin >= span.begin)
		at--;
	if ((at > 0 && diag->edits.items[at - 1].span.end > span.begin) ||
	    (at < diag->edits.count && (diag->edits.items[at].span.begin < span.end ||
					diag->edits.items[at].span.begin == span.begin)))
		return;
	VEC_PUSH(list->arena, &diag->edits, (struct diag_edit){0});
	memmove(&diag->edits.items[at + 1], &diag->edits.items[at],
		(diag->edits.count - 1 - at) * sizeof *diag->edits.items);
	diag->edits.items[at] = (struct diag_edit){span, arena_str(list->arena, text)};
}

void diag_edit_word(struct diag_list *list, struct diag *diag, struct span span, struct str found,
		    struct str meant)
{
	if (!span.source)
		return;
	size_t at = str_find(str_slice(span.source->text, 0, span.end), found, span.begin);

	if (at == NOT_FOUND)
		return;
	span.begin = (uint32_t)at;
	span.end = (uint32_t)(at + found.len);
	diag_edit(list, diag, span, meant);
}

/* The line end that the source uses. */
static struct str line_end(const struct source *source)
{
	size_t at = str_find_char(source->text, '\n', 0);

	return at != NOT_FOUND && at > 0 && source->text.ptr[at - 1] == '\r' ? STR("\r\n")
									     : STR("\n");
}

void diag_add_line(struct diag_list *list, struct diag *diag, uint32_t at, struct str text)
{
	const struct source *source = diag->span.source;

	diag_add(list, diag, "%.*s", STR_ARG(text));
	if (!source)
		return;
	struct str line = source_line(source, source_position(source, at).line);
	uint32_t begin = (uint32_t)(line.ptr - source->text.ptr);

	diag_edit(list, diag, (struct span){source, begin, begin},
		  arena_printf(list->arena, "%.*s%.*s", STR_ARG(text), STR_ARG(line_end(source))));
}

bool diag_is_certain(const struct diag *diag)
{
	return diag->level == DIAG_ERROR && diag->edits.count && !diag->is_guess;
}

void diag_clear_fix(struct diag *diag)
{
	diag->fix = STR_NULL;
	diag->edits.count = 0;
}

void diag_secret(struct diag_list *list, struct str secret)
{
	if (secret.len)
		VEC_PUSH(list->arena, &list->secrets, secret);
}

void diag_drop(struct diag_list *list, enum diag_code code)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->diags.count; i++) {
		if (list->diags.items[i].code == code)
			list->warnings--;
		else
			list->diags.items[kept++] = list->diags.items[i];
	}
	list->diags.count = kept;
}

void diag_add(struct diag_list *list, struct diag *diag, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	diag->add = arena_vprintf(list->arena, format, args);
	va_end(args);
}

void diag_append(struct diag_list *list, const struct diag_list *from)
{
	for (size_t i = 0; i < from->diags.count && list->diags.count < list->limit; i++)
		VEC_PUSH(list->arena, &list->diags, from->diags.items[i]);
	for (size_t i = 0; i < from->secrets.count; i++)
		diag_secret(list, from->secrets.items[i]);
	list->errors += from->errors;
	list->warnings += from->warnings;
}

void diag_fix_in_line(struct diag_list *list, struct diag *diag, struct span span, struct str text)
{
	if (!span.source)
		return;
	uint32_t number = source_position(span.source, span.begin).line;
	struct str line = source_line(span.source, number);
	size_t before = span.begin - (size_t)(line.ptr - span.source->text.ptr);

	if (source_position(span.source, span.end).line != number)
		return;
	diag->fix = arena_printf(
	    list->arena, "%.*s%.*s%.*s", STR_ARG(str_slice(line, 0, before)), STR_ARG(text),
	    STR_ARG(str_slice(line, before + (span.end - span.begin), line.len)));
	diag->edits.count = 0;
	diag_edit(list, diag, span, text);
}

const char *diag_code_name(enum diag_code code)
{
	return catalogue[code].name;
}

const char *diag_code_title(enum diag_code code)
{
	return catalogue[code].title;
}

const char *diag_code_prose(enum diag_code code)
{
	return catalogue[code].prose;
}

bool diag_code_find(struct str name, enum diag_code *out)
{
	for (unsigned i = 0; i < DIAG_CODE_COUNT; i++) {
		if (str_ieq(str_of(catalogue[i].name), name)) {
			*out = (enum diag_code)i;
			return true;
		}
	}
	return false;
}

/*
 * Damerau-Levenshtein (optimal string alignment) of two short words; more than LIMIT counts as
 * LIMIT + 1. Letters compare without case.
 */
#define NEAREST_MAX 64

static unsigned char lower(char c)
{
	return (unsigned char)ascii_to_lower(c);
}

static unsigned distance(struct str a, struct str b)
{
	unsigned rows[3][NEAREST_MAX + 1];
	unsigned *two_up = rows[0], *up = rows[1], *row = rows[2];

	for (unsigned j = 0; j <= b.len; j++)
		up[j] = j;
	for (unsigned i = 1; i <= a.len; i++) {
		row[0] = i;
		for (unsigned j = 1; j <= b.len; j++) {
			unsigned same = lower(a.ptr[i - 1]) == lower(b.ptr[j - 1]);
			unsigned best = up[j - 1] + !same;

			if (up[j] + 1 < best)
				best = up[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			if (i > 1 && j > 1 && lower(a.ptr[i - 1]) == lower(b.ptr[j - 2]) &&
			    lower(a.ptr[i - 2]) == lower(b.ptr[j - 1]) && two_up[j - 2] + 1 < best)
				best = two_up[j - 2] + 1;
			row[j] = best;
		}
		unsigned *spare = two_up;
		two_up = up;
		up = row;
		row = spare;
	}
	return up[b.len];
}

struct str diag_nearest(struct str found, const struct str *words, size_t count)
{
	struct str best = STR_NULL;
	unsigned best_distance = 0;

	if (found.len == 0 || found.len > NEAREST_MAX)
		return STR_NULL;
	for (size_t i = 0; i < count; i++) {
		size_t longer = words[i].len > found.len ? words[i].len : found.len;
		unsigned allowed = (unsigned)(longer + 2) / 3;

		if (words[i].len == 0 || words[i].len > NEAREST_MAX || longer < 2)
			continue;
		unsigned d = distance(found, words[i]);
		if (d <= allowed && d < longer && (!best.ptr || d < best_distance)) {
			best = words[i];
			best_distance = d;
		}
	}
	return best;
}
