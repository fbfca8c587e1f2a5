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

/* A part of the source that must be replaced; an empty span inserts. */
struct diag_edit {
	struct span span;
	struct str text;
};

struct diag {
	enum diag_level level;
	enum diag_code code;
	struct span span;
	struct str text;
	struct str fix; /* the corrected line, or empty */
	struct str add; /* a line to add in another place, or empty */
	/* Changes of the source that correct the error: sorted, not overlapping, all in
	 * one source. Empty if it is not known. */
	VEC(struct diag_edit) edits;
	bool is_guess;	 /* the user must decide about `edits`: `check --fix` does not apply them */
	struct str path; /* JSON Pointer (RFC 6901) of the node at `span`; ptr NULL: not known */
	const struct diag_note *notes;
};

struct diag_list {
	struct arena *arena;
	VEC(struct diag) diags;
	VEC(struct str) secrets; /* masked in everything that is printed */
	size_t errors, warnings;
	size_t limit; /* maximum number that is kept (default 100); the counts continue */
	/* Errors that were in the text and have been corrected: printed first; or NULL. */
	const struct diag_list *fixed;
};

void diag_init(struct diag_list *list, struct arena *arena);
/* Both return the diagnostic so that a note or a fix can be added to it; never NULL. */
struct diag *diag_error(struct diag_list *list, struct span span, enum diag_code code,
			const char *format, ...) __attribute__((format(printf, 4, 5)));
struct diag *diag_warning(struct diag_list *list, struct span span, enum diag_code code,
			  const char *format, ...) __attribute__((format(printf, 4, 5)));
void diag_note(struct diag_list *list, struct diag *diag, struct span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* TEXT must replace SPAN of the source. Does nothing if SPAN has no source, or if it overlaps
 * another edit of DIAG. */
void diag_edit(struct diag_list *list, struct diag *diag, struct span span, struct str text);
/* The word FOUND, which is in SPAN, must be MEANT: the same for the place of FOUND, without the
 * quotes around it. The line is not shown, because the message has the word. */
void diag_edit_word(struct diag_list *list, struct diag *diag, struct span span, struct str found,
		    struct str meant);
/* A new line TEXT, with its indentation, must be inserted above the line of the offset AT of the
 * diagnostic's source; shown as "add   | …". */
void diag_add_line(struct diag_list *list, struct diag *diag, uint32_t at, struct str text);
/* The same without an edit, where the place is not known. */
void diag_add(struct diag_list *list, struct diag *diag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Whether DIAG is an error with edits that need no decision of the user. */
bool diag_is_certain(const struct diag *diag);
/* Removes the corrected line and the edits, for others. */
void diag_clear_fix(struct diag *diag);

/* Masks SECRET in all texts of the list and in the source lines that are printed with them. It must
 * live as long as LIST. */
void diag_secret(struct diag_list *list, struct str secret);

/* Removes all warnings with CODE. */
void diag_drop(struct diag_list *list, enum diag_code code);
/* Appends all diagnostics of FROM; both lists must be in arenas that last as long as LIST. */
void diag_append(struct diag_list *list, const struct diag_list *from);
/* TEXT must replace SPAN, and the corrected line is shown under the caret as "write | …". Does
 * nothing if SPAN is longer than a line. If a line has several errors with edits, the line that is
 * shown has all of them. */
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

/* The offset that a program uses for the byte AT of the source; ARG is the caller's. */
typedef uint32_t (*diag_offset)(const void *arg, uint32_t at);
struct json_writer;
/* The diagnostics as an array of objects, as in DIAG_JSON, with the offsets of edits as OFFSET says
 * (NULL: in bytes). */
void diag_put_json(struct json_writer *j, const char *key, const struct diag_list *list,
		   diag_offset offset, const void *arg);

/* The word of WORDS nearest to FOUND (Damerau-Levenshtein within a third of its length), or
 * STR_NULL. */
struct str diag_nearest(struct str found, const struct str *words, size_t count);

#endif
