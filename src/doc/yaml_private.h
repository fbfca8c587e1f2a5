/*
 * The shared declarations of the YAML reader; only its own files include this header. The text is
 * read in passes over a working text, which is the source with its certain corrections ("fixits").
 * If a pass finds an error that it can correct, it reports the error once, adds the fixit, and the
 * text is read again, so that the text after the error is checked too. All positions are offsets
 * into the source; only yaml_events.c knows offsets into the working text.
 */
#ifndef DOC_YAML_PRIVATE_H
#define DOC_YAML_PRIVATE_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/source.h"
#include "doc/node.h"

/* The bytes [begin, end) of the source read as INSERT. */
struct yaml_fixit {
	uint32_t begin, end;
	uint32_t text_begin; /* offset of INSERT in the working text */
	struct str insert;
};

struct yaml_reader {
	struct arena *arena;
	const struct source *source;
	struct diag_list *diags;       /* the diagnostics for the user */
	struct diag_list confirmed;    /* found in this pass and fixed: reported once */
	struct diag_list pending;      /* found and not fixed: dropped if the text is read again */
	VEC(struct yaml_fixit) fixits; /* sorted by position, not overlapping */
	bool doubtful;		       /* a fixit was a guess: later errors are not reported */
	uint32_t scanned_until; /* lines before this offset were searched for special spaces */
	struct str text;	/* the working text */
};

enum yaml_status {
	YAML_OK,
	YAML_SYNTAX,	    /* described by libyaml */
	YAML_ALIAS_UNKNOWN, /* `*name` without its anchor */
	YAML_ANCHOR_EMPTY,  /* `&name` without a value */
	YAML_TAG,
	YAML_KEY_NOT_TEXT,
	YAML_STOPPED, /* a limit; already reported */
};

/* Why a pass ended early. */
struct yaml_problem {
	enum yaml_status status;
	const char *what;    /* libyaml's problem, "" if there is none */
	const char *context; /* libyaml's "while parsing …", "" if there is none */
	uint32_t at;	     /* where the error was found */
	uint32_t context_at; /* start of the item that was being read */
	uint32_t flow_at;    /* the innermost open bracket; AT if there is none */
	uint32_t last_begin; /* the last complete scalar before the error */
	uint32_t last_end;
	bool last_quoted;
};

/* ---- yaml.c: yaml_read, with the places of the source that were read as something else */
struct yaml_corrections {
	const struct span *items;
	size_t count;
};
const struct node *yaml_read_corrected(struct arena *a, const struct source *source,
				       struct diag_list *diags, struct yaml_corrections *corrected);

/* ---- yaml_text.c: the working text */

/* Returns false and changes nothing if the position overlaps another fixit or there are too many.
 */
bool yaml_add_fixit(struct yaml_reader *r, uint32_t begin, uint32_t end, struct str insert);
/* Builds the working text again from the source and all fixits. */
void yaml_text_rebuild(struct yaml_reader *r);
uint32_t yaml_source_offset(const struct yaml_reader *r, uint32_t text_offset);
/* True if a fixit touches [begin, end). */
bool yaml_has_fixit(const struct yaml_reader *r, uint32_t begin, uint32_t end);
/* Adds the line of AT to DIAG, with all fixits so far. */
void yaml_fix_line(struct yaml_reader *r, struct diag *diag, uint32_t at);
/* Adds all fixits that begin at FROM or later to the edits of DIAG. */
void yaml_edit_from(struct yaml_reader *r, struct diag *diag, uint32_t from);
struct span yaml_span(const struct yaml_reader *r, uint32_t begin, uint32_t end);
/* S as a quoted scalar that reads as S: in double quotes, or in single ones if S contains " or \.
 */
struct str yaml_quote(struct arena *a, struct str s);

/* ---- yaml_scan.c: checks of the bytes alone. False: there is nothing to read. */
bool yaml_scan_bytes(struct yaml_reader *r);

/* ---- yaml_events.c: one pass of libyaml over the working text */
const struct node *yaml_build(struct yaml_reader *r, struct yaml_problem *problem);

/* ---- yaml_keys.c: false if KEY was reported and must not be added to PAIRS */
bool yaml_key_is_valid(struct yaml_reader *r, const struct node_pair *pairs, size_t count,
		       const struct node *key);
/* Removes the duplicates that yaml_key_is_valid accepted from a complete map; returns the number of
 * remaining pairs. */
size_t yaml_drop_duplicates(struct yaml_reader *r, struct node_pair *pairs, size_t count);

/* ---- yaml_line.c: splits a line as far as possible without a parser */
struct yaml_line {
	uint32_t begin, end;		 /* without the line end */
	uint32_t indent;		 /* the first byte that is not a space */
	uint32_t content;		 /* the first byte after spaces and "- " */
	bool dash;			 /* there is a "- " before it */
	uint32_t key_begin, key_end;	 /* equal: no `key:` */
	uint32_t value_begin, value_end; /* after the colon or dash, without spaces and comment */
};
struct yaml_line yaml_line_at(const struct source *source, uint32_t offset);
/* The nearest line above that is neither empty nor a comment; false if there is none. */
bool yaml_line_above(const struct source *source, const struct yaml_line *line,
		     struct yaml_line *out);
/* The start of a comment in [begin, end), after a quoted text at BEGIN; END if there is none. */
uint32_t yaml_comment_start(struct str text, uint32_t begin, uint32_t end);
/* The byte after the quote that closes the one at BEGIN, or END if it is not closed. */
uint32_t yaml_quote_end(struct str text, uint32_t begin, uint32_t end);
/* The length in bytes of a typographic quotation mark, or of a special space, at AT; 0 otherwise.
 */
size_t yaml_smart_quote(struct str text, size_t at);
size_t yaml_odd_space(struct str text, size_t at);
/* The length in bytes of a dash or bullet of a word processor, with a space after it; 0 otherwise.
 */
size_t yaml_odd_dash(struct str text, size_t at);
/* Whether one more `"` or `${` is opened than closed. */
bool yaml_is_unbalanced(struct str text);

/* ---- yaml_diagnose.c: explains syntax errors; true if a fixit was added and the reading can
 * continue */
bool yaml_explain(struct yaml_reader *r, const struct yaml_problem *problem);
/*
 * Adds the diagnostic to `confirmed` if the bytes [begin, end) could be replaced with INSERT, to
 * `pending` otherwise, each with the corrected line; sets *FIXED if they could.
 */
struct diag *yaml_report(struct yaml_reader *r, struct span span, enum diag_code code,
			 struct yaml_fixit fixit, bool *fixed, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* ---- yaml_quotes.c: values that are, or should be, in quotes */
/* Puts the value that starts at AT, in a block or in braces, in quotes as a whole. */
bool yaml_quote_value(struct yaml_reader *r, uint32_t at, enum diag_code code, const char *why);
bool yaml_explain_quotes(struct yaml_reader *r, const struct yaml_problem *problem, bool *fixed);

/* ---- yaml_flow.c: braces and brackets */
/* The value in braces that contains AT; false if AT is not in braces that start at FLOW_AT. */
bool yaml_flow_value(const struct yaml_reader *r, uint32_t flow_at, uint32_t at,
		     struct span *value);
/* The start of the braces around AT, looking at its line only; AT if there are none. */
uint32_t yaml_flow_start(const struct yaml_reader *r, uint32_t at);
bool yaml_explain_flow(struct yaml_reader *r, const struct yaml_problem *problem);

/* ---- yaml_indent.c: tabs, special spaces and columns */
bool yaml_explain_indent(struct yaml_reader *r, const struct yaml_problem *problem);
bool yaml_explain_tab(struct yaml_reader *r, uint32_t at, bool *fixed);
/* Replaces special spaces in the indentation and around the key of LINE with normal ones. */
bool yaml_explain_odd_space(struct yaml_reader *r, const struct yaml_line *line, bool *fixed);
/* Adds the space after the dash at the start of LINE, and of the lines below in the same column. */
bool yaml_explain_dash_without_space(struct yaml_reader *r, const struct yaml_line *line,
				     bool *fixed);
/* Replaces a dash or bullet of a word processor at the start of LINE, and of the lines below. */
bool yaml_explain_odd_dash(struct yaml_reader *r, const struct yaml_line *line, bool *fixed);

/* ---- yaml_tree.c: YAML traps that libyaml does not report; true if fixits were added */
bool yaml_check_tree(struct yaml_reader *r, const struct node *root);

#endif
