/*
 * How outputs for people write: aligned cells, clocks, shares, colour, lines that end where the
 * terminal does. All of it appends to a buffer, and as `look` says: in colour or not, in ASCII or
 * UTF-8. Text from outside passes text_format_text or text_format_name, and nothing else: control
 * and bidi characters come out escaped, and what terminals measure differently (joined emoji,
 * flags, selectors, heaps of accents) is made simple, so that columns stay. Colour is never the
 * only sign.
 */
#ifndef RESULT_TEXT_FORMAT_H
#define RESULT_TEXT_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"
#include "base/terminal.h"

enum text_style {
	TEXT_STYLE_NONE,
	TEXT_STYLE_GOOD,
	TEXT_STYLE_BAD,
	TEXT_STYLE_WARN,
	TEXT_STYLE_FAINT,
	TEXT_STYLE_STRONG
};

/* TEXT (ours) between escape sequences where there is colour, else plain. */
void text_format_style(struct buf *out, const struct terminal *term, enum text_style style,
		       const char *text);
/* TEXT from outside. */
void text_format_text(struct buf *out, const struct terminal *term, struct str text);
/* The same cut to COLUMNS with an ellipsis at the end, and padded to them when PAD. */
void text_format_name(struct buf *out, const struct terminal *term, struct str text, size_t columns,
		      bool pad);
/* Columns text_format_text takes for TEXT. */
size_t text_format_name_width(const struct terminal *term, struct str text);
/* TEXT (ours) to the right of COLUMNS. */
void text_format_align_right(struct buf *out, struct str text, size_t columns);
/* A length of time right-aligned; "-" when it is negative. */
void text_format_time(struct buf *out, const struct terminal *term, ns_t length, size_t columns);
/* "00:00:42". */
void text_format_clock(struct buf *out, ns_t length);
/* "0.05 %" "12.5 %" "100 %". */
void text_format_percent(struct buf *out, uint64_t part, uint64_t whole);
/* "3 (0.05 %)", or "0". */
void text_format_share(struct buf *out, uint64_t part, uint64_t whole);
/* "1 request", "6,214 requests". */
void text_format_count(struct buf *out, uint64_t count, const char *one, const char *many);
/* Per second over LENGTH; 0 for no time. */
double text_format_rate(uint64_t count, ns_t length);
/* "98.4" "12,637". */
void text_format_put_rate(struct buf *out, double rate);
/* A sign beyond ASCII, and what stands for it. */
const char *text_format_dot(const struct terminal *term);
const char *text_format_times_sign(const struct terminal *term);

/* Columns of a line that may hold colour. */
size_t text_format_width(struct str line);
/* The first COLUMNS of a line that may hold colour, into OUT; colour is ended when cut. */
void text_format_clip(struct buf *out, struct str line, size_t columns);

/* Pieces one after another; one that does not fit begins a new line, INDENT in. */
struct text_flow {
	struct buf *out;
	size_t columns, indent;
	size_t at; /* columns of the line so far */
};

/* Goes on behind AT columns that were written. */
struct text_flow text_format_flow(struct buf *out, size_t columns, size_t indent, size_t at);
/* PIECE, ours and perhaps in colour, GAP columns behind the one before; never cut. */
void text_format_flow_piece(struct text_flow *flow, struct str piece, size_t gap);
/* The words of TEXT, each a piece, a number with its unit; the first GAP columns behind what is
 * there. */
void text_format_flow_text(struct text_flow *flow, struct str text, size_t gap);
/* The words of TEXT, which is emptied; the first one after a space unless the line is empty. */
void text_format_flow_words(struct text_flow *flow, struct buf *text);
/* TEXT as one piece, which is emptied. */
void text_format_flow_unit(struct text_flow *flow, struct buf *text, size_t gap);

#endif
