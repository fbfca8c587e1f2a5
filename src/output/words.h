/*
 * How outputs for people write: aligned cells, clocks, shares, colour, lines that end where the
 * terminal does. All of it appends to a buffer, and as `look` says: in colour or not, in ASCII or
 * UTF-8. Text from outside passes words_text or words_name, and nothing else: control and bidi
 * characters come out escaped, and what terminals measure differently (joined emoji, flags,
 * selectors, heaps of accents) is made simple, so that columns stay. Colour is never the only sign.
 */
#ifndef OUTPUT_WORDS_H
#define OUTPUT_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"
#include "base/terminal.h"

enum paint { PAINT_NONE, PAINT_GOOD, PAINT_BAD, PAINT_WARN, PAINT_FAINT, PAINT_STRONG };

/* TEXT (ours) between escape sequences where there is colour, else plain. */
void words_paint(struct buf *out, const struct terminal *look, enum paint paint, const char *text);
/* TEXT from outside. */
void words_text(struct buf *out, const struct terminal *look, struct str text);
/* The same cut to COLUMNS with an ellipsis at the end, and padded to them when PAD. */
void words_name(struct buf *out, const struct terminal *look, struct str text, size_t columns,
		bool pad);
/* Columns words_text takes for TEXT. */
size_t words_name_columns(const struct terminal *look, struct str text);
/* TEXT (ours) to the right of COLUMNS. */
void words_right(struct buf *out, struct str text, size_t columns);
/* A length of time right-aligned; "-" when it is negative. */
void words_time(struct buf *out, const struct terminal *look, ns_t length, size_t columns);
/* "00:00:42". */
void words_clock(struct buf *out, ns_t length);
/* "0.05 %" "12.5 %" "100 %". */
void words_percent(struct buf *out, uint64_t part, uint64_t whole);
/* "3 (0.05 %)", or "0". */
void words_share(struct buf *out, uint64_t part, uint64_t whole);
/* "1 request", "6,214 requests". */
void words_count(struct buf *out, uint64_t count, const char *one, const char *many);
/* Per second over LENGTH; 0 for no time. */
double words_rate(uint64_t count, ns_t length);
/* "98.4" "12,637". */
void words_put_rate(struct buf *out, double rate);
/* A sign beyond ASCII, and what stands for it. */
const char *words_dot(const struct terminal *look);
const char *words_times(const struct terminal *look);

/* Columns of a line that may hold colour. */
size_t words_columns(struct str line);
/* The first COLUMNS of a line that may hold colour, into OUT; colour is ended when cut. */
void words_clip(struct buf *out, struct str line, size_t columns);

/* Pieces one after another; one that does not fit begins a new line, INDENT in. */
struct flow {
	struct buf *out;
	size_t columns, indent;
	size_t at; /* columns of the line so far */
};

/* Goes on behind AT columns that were written. */
struct flow words_flow(struct buf *out, size_t columns, size_t indent, size_t at);
/* PIECE, ours and perhaps in colour, GAP columns behind the one before; never cut. */
void words_flow_piece(struct flow *flow, struct str piece, size_t gap);
/* The words of TEXT, each a piece, a number with its unit; the first GAP columns behind what is
 * there. */
void words_flow_text(struct flow *flow, struct str text, size_t gap);

#endif
