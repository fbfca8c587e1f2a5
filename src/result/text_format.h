/*
 * Formatting of text for people: aligned cells, clocks, percentages, colour, line breaks at the
 * width of the terminal. Everything appends to a buffer in the style of `look`: with colour or
 * not, in ASCII or UTF-8. Text from outside goes only through text_format_text or
 * text_format_name: control and bidi characters are escaped, and characters that terminals
 * measure differently (joined emoji, flags, selectors, many accents) are simplified, so that
 * columns stay aligned. Colour is never the only sign.
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

/* TEXT (ours) between escape sequences if there is colour, else plain. */
void text_format_style(struct buf *out, const struct terminal *term, enum text_style style,
		       const char *text);
/* TEXT from outside. */
void text_format_text(struct buf *out, const struct terminal *term, struct str text);
/* The same, cut to COLUMNS with an ellipsis at the end, and padded to them if PAD. */
void text_format_name(struct buf *out, const struct terminal *term, struct str text, size_t columns,
		      bool pad);
/* Number of columns of TEXT when written by text_format_text. */
size_t text_format_name_width(const struct terminal *term, struct str text);
/* TEXT (ours) to the right of COLUMNS. */
void text_format_align_right(struct buf *out, struct str text, size_t columns);
/* A duration, right-aligned; "-" if it is negative. */
void text_format_time(struct buf *out, const struct terminal *term, ns_t length, size_t columns);
/* "00:00:42". */
void text_format_clock(struct buf *out, ns_t length);
/* "0.05 %" "12.5 %" "100 %". */
void text_format_percent(struct buf *out, uint64_t part, uint64_t whole);
/* "3 (0.05 %)", or "0". */
void text_format_share(struct buf *out, uint64_t part, uint64_t whole);
/* "1 request", "6,214 requests". */
void text_format_count(struct buf *out, uint64_t count, const char *one, const char *many);
/* COUNT per second over LENGTH; NAN if LENGTH is shorter than SUMMARY_RATE_MIN. */
double text_format_rate(uint64_t count, ns_t length);
/* "98.4", "12,637", or "-" for NAN. */
void text_format_put_rate(struct buf *out, double rate);
/* A character beyond ASCII, and its replacement in ASCII. */
const char *text_format_dot(const struct terminal *term);
const char *text_format_times_sign(const struct terminal *term);

/* Number of columns of a line that may contain colour. */
size_t text_format_width(struct str line);
/* Appends the first COLUMNS of a line that may contain colour to OUT; ends the colour if it was
 * cut. */
void text_format_clip(struct buf *out, struct str line, size_t columns);

/* Writes pieces one after another; one that does not fit starts a new line, indented by INDENT. */
struct text_flow {
	struct buf *out;
	size_t columns, indent;
	size_t at; /* columns of the line so far */
};

/* Continues after AT columns that were already written. */
struct text_flow text_format_flow(struct buf *out, size_t columns, size_t indent, size_t at);
/* PIECE (ours, may contain colour), GAP columns after the previous one; never cut. */
void text_format_flow_piece(struct text_flow *flow, struct str piece, size_t gap);
/* The words of TEXT, each a piece, a number with its unit; the first one GAP columns after the
 * existing text. */
void text_format_flow_text(struct text_flow *flow, struct str text, size_t gap);
/* The words of TEXT, which is emptied; the first one after a space unless the line is empty. */
void text_format_flow_words(struct text_flow *flow, struct buf *text);
/* TEXT as one piece, which is emptied. */
void text_format_flow_unit(struct text_flow *flow, struct buf *text, size_t gap);

#endif
