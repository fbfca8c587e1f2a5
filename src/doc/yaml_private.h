/*
 * What the files of the YAML reader share; nobody outside includes it. A reading goes in passes
 * over a working text, which is the source with its certain corrections ("fixits") in place: when a
 * pass finds a mistake it can correct, it says so once, adds the fixit and the text is read again,
 * so that what stands behind the mistake is looked at too. All places handed around are offsets
 * into the source; only yaml_events.c knows those of the working text.
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
	uint32_t text_begin; /* where INSERT starts in the working text */
	struct str insert;
};

struct yaml_reader {
	struct arena *arena;
	const struct source *source;
	struct diag_list *diags;    /* what the user is told */
	struct diag_list confirmed; /* found in this pass and fixed: told once */
	struct diag_list pending;   /* found and not fixed: dropped when the text is read again */
	VEC(struct yaml_fixit) fixits; /* by place, not overlapping */
	bool doubtful;		       /* a fixit was a guess: what fails later is not told */
	uint32_t scanned_until;	       /* lines before this were searched for odd spaces */
	struct str text;	       /* the working text */
};

enum yaml_status {
	YAML_OK,
	YAML_SYNTAX,	    /* in libyaml's words */
	YAML_ALIAS_UNKNOWN, /* `*name` without its anchor */
	YAML_ANCHOR_EMPTY,  /* `&name` and nothing behind it */
	YAML_TAG,
	YAML_KEY_NOT_TEXT,
	YAML_STOPPED, /* a limit; already told */
};

/* Why a pass ended early. */
struct yaml_problem {
	enum yaml_status status;
	const char *what;    /* libyaml's problem, "" when there is none */
	const char *context; /* libyaml's "while parsing …", "" when there is none */
	uint32_t at;	     /* where it was noticed */
	uint32_t context_at; /* where the thing being read began */
	uint32_t flow_at;    /* the innermost bracket still open; AT when there is none */
	uint32_t last_begin; /* the last scalar read whole before it */
	uint32_t last_end;
	bool last_quoted;
};

/* ---- yaml_text.c: the working text */

/* False, and nothing is changed, when the place overlaps another fixit or there are too many. */
bool yaml_add_fixit(struct yaml_reader *r, uint32_t begin, uint32_t end, struct str insert);
/* Makes the working text anew from the source and all fixits. */
void yaml_text_rebuild(struct yaml_reader *r);
uint32_t yaml_source_offset(const struct yaml_reader *r, uint32_t text_offset);
/* True when a fixit touches [begin, end). */
bool yaml_has_fixit(const struct yaml_reader *r, uint32_t begin, uint32_t end);
/* Hangs the line of AT on DIAG as it reads with all fixits so far. */
void yaml_fix_line(struct yaml_reader *r, struct diag *diag, uint32_t at);
struct span yaml_span(const struct yaml_reader *r, uint32_t begin, uint32_t end);
/* S as a scalar in quotes that reads as S: double quotes, or single ones when S holds " or \. */
struct str yaml_quote(struct arena *a, struct str s);

/* ---- yaml_scan.c: what can be seen in the bytes alone. False: there is nothing to read. */
bool yaml_scan_bytes(struct yaml_reader *r);

/* ---- yaml_events.c: one pass of libyaml over the working text */
const struct node *yaml_build(struct yaml_reader *r, struct yaml_problem *problem);

/* ---- yaml_keys.c: false when KEY, already told, is not to be put behind PAIRS */
bool yaml_key_is_valid(struct yaml_reader *r, const struct node_pair *pairs, size_t count,
		       const struct node *key);
/* Takes out of a whole map what yaml_key_is_valid let pass; how many remain. */
size_t yaml_drop_duplicates(struct yaml_reader *r, struct node_pair *pairs, size_t count);

/* ---- yaml_line.c: a line taken apart as far as that goes without a parser */
struct yaml_line {
	uint32_t begin, end;		 /* without the line end */
	uint32_t indent;		 /* the first byte that is no space */
	uint32_t content;		 /* the first byte after blanks and "- " */
	bool dash;			 /* a "- " stood before it */
	uint32_t key_begin, key_end;	 /* equal: no `key:` */
	uint32_t value_begin, value_end; /* behind the colon or dash, blanks and comment left out */
};
struct yaml_line yaml_line_at(const struct source *source, uint32_t offset);
/* The nearest line above that holds more than a comment; false when there is none. */
bool yaml_line_above(const struct source *source, const struct yaml_line *line,
		     struct yaml_line *out);
/* Where a comment starts in [begin, end), a quoted text at BEGIN stepped over; END if none does. */
uint32_t yaml_comment_start(struct str text, uint32_t begin, uint32_t end);
/* The byte after the quote that closes the one at BEGIN, or END when none does. */
uint32_t yaml_quote_end(struct str text, uint32_t begin, uint32_t end);
/* Bytes of a typographic quotation mark, or of a space that is none, at AT; 0 otherwise. */
size_t yaml_smart_quote(struct str text, size_t at);
size_t yaml_odd_space(struct str text, size_t at);
/* One more `"` or `${` opened than closed. */
bool yaml_is_unbalanced(struct str text);

/* ---- yaml_diagnose.c: syntax errors in words; true when a fixit was added to read on with */
bool yaml_explain(struct yaml_reader *r, const struct yaml_problem *problem);
/*
 * The diagnostic goes to `confirmed` when the bytes [begin, end) could be fixed to INSERT, to
 * `pending` otherwise, each with the line as it should read; *FIXED is set when it could.
 */
struct diag *yaml_report(struct yaml_reader *r, struct span span, enum diag_code code,
			 struct yaml_fixit fixit, bool *fixed, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* ---- yaml_quotes.c: values that stand, or should stand, in quotes */
/* The value that begins at AT, in a block or in braces, put in quotes as a whole. */
bool yaml_quote_value(struct yaml_reader *r, uint32_t at, enum diag_code code, const char *why);
bool yaml_explain_quotes(struct yaml_reader *r, const struct yaml_problem *problem, bool *fixed);

/* ---- yaml_flow.c: braces and brackets */
/* The value in braces that AT stands in; false when AT is not in braces that begin at FLOW_AT. */
bool yaml_flow_value(const struct yaml_reader *r, uint32_t flow_at, uint32_t at,
		     struct span *value);
/* Where the braces begin that AT stands in, looking at its line only; AT when in none. */
uint32_t yaml_flow_start(const struct yaml_reader *r, uint32_t at);
bool yaml_explain_flow(struct yaml_reader *r, const struct yaml_problem *problem);

/* ---- yaml_indent.c: tabs, odd spaces and columns */
bool yaml_explain_indent(struct yaml_reader *r, const struct yaml_problem *problem);
bool yaml_explain_tab(struct yaml_reader *r, uint32_t at, bool *fixed);
/* Odd spaces that stand where YAML wants real ones in LINE become real ones. */
bool yaml_explain_odd_space(struct yaml_reader *r, const struct yaml_line *line, bool *fixed);

/* ---- yaml_tree.c: traps YAML falls into without noticing; true when fixits were added */
bool yaml_check_tree(struct yaml_reader *r, const struct node *root);

#endif
