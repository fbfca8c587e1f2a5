/*
 * Errors and warnings about the user's input: collected while reading continues, so that one pass
 * reports all of them, sorted by place. A diagnostic has a stable code ("E101"; base/diag_codes.def
 * lists them, `reprise explain` prints the details), a span, a sentence that says what was found
 * and what was expected, and optionally notes and the corrected line. The list belongs to one
 * thread; its texts are in its arena.
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/source.h"

enum diag_level { DIAG_ERROR, DIAG_WARNING };

/* One row per code: X(code, title, explanation with an example). */
#define DIAG_CODE(code, title, prose) DIAG_##code,
enum diag_code {
#include "base/diag_codes.def"
	DIAG_CODE_COUNT
};
#undef DIAG_CODE

struct diag_note {
	struct span span; /* SPAN_NONE: text only */
	struct str text;
	const struct diag_note *next;
};

struct diag {
	enum diag_level level;
	enum diag_code code;
	struct span span;
	struct str text;
	struct str fix; /* the corrected line, or empty */
	struct span
	    fix_span; /* the part of the line that `fix` replaces; without a source if only */
	struct str fix_text; /* the whole line is known; and the text that replaces it */
	struct str add;	     /* a line to add in another place, or empty */
	const struct diag_note *notes;
};

struct diag_list {
	struct arena *arena;
	VEC(struct diag) diags;
	VEC(struct str) secrets; /* masked in everything that is printed */
	size_t errors, warnings;
	size_t limit; /* maximum number that is kept (default 100); the counts continue */
};

void diag_init(struct diag_list *list, struct arena *arena);
/* Both return the diagnostic so that a note or a fix can be added to it; never NULL. */
struct diag *diag_error(struct diag_list *list, struct span span, enum diag_code code,
			const char *format, ...) __attribute__((format(printf, 4, 5)));
struct diag *diag_warning(struct diag_list *list, struct span span, enum diag_code code,
			  const char *format, ...) __attribute__((format(printf, 4, 5)));
void diag_note(struct diag_list *list, struct diag *diag, struct span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The corrected line, which replaces the whole line of the diagnostic's span; shown under the caret
 * as "write | …". */
void diag_fix(struct diag_list *list, struct diag *diag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* A line that must be added in another place, which the message names; shown as "add   | …". */
void diag_add(struct diag_list *list, struct diag *diag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Masks SECRET in all texts of the list and in the source lines that are printed with them. It must
 * live as long as LIST. */
void diag_secret(struct diag_list *list, struct str secret);

/* Removes all warnings with CODE. */
void diag_drop(struct diag_list *list, enum diag_code code);
/* Appends all diagnostics of FROM; both lists must be in arenas that last as long as LIST. */
void diag_append(struct diag_list *list, const struct diag_list *from);
/* The source line of SPAN with TEXT instead of the span; empty if SPAN is longer than a line. If a
 * line has several errors with such a fix, the line that is printed has all of their fixes. */
void diag_fix_in_line(struct diag_list *list, struct diag *diag, struct span span, struct str text);

/* "E101". */
const char *diag_code_name(enum diag_code code);
const char *diag_code_title(enum diag_code code);
const char *diag_code_prose(enum diag_code code);
/* False when there is no such code; case does not matter. */
bool diag_code_find(struct str name, enum diag_code *out);

enum diag_format { DIAG_TEXT, DIAG_JSON, DIAG_GITHUB };
/* Everything in the list, sorted by source and place, into OUT. COLOR only in DIAG_TEXT. */
void diag_print(const struct diag_list *list, enum diag_format format, bool color, struct buf *out);

/* The word of WORDS nearest to FOUND (Damerau-Levenshtein within a third of its length), or
 * STR_NULL. */
struct str diag_nearest(struct str found, const struct str *words, size_t count);

#endif
