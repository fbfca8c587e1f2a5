/*
 * How outputs for people write: aligned cells, clocks, shares, colour. All of it appends to a
 * buffer; text from outside is escaped here. Colour is never the only sign.
 */
#ifndef OUTPUT_WORDS_H
#define OUTPUT_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"

enum paint { PAINT_GOOD, PAINT_BAD, PAINT_WARN, PAINT_FAINT, PAINT_STRONG };

/* TEXT between escape sequences when COLOR, else plain. */
void words_paint(struct buf *out, bool color, enum paint paint, const char *text);
/* TEXT escaped, cut to COLUMNS with "…" at the end, and padded to them when PAD. */
void words_name(struct buf *out, struct str text, size_t columns, bool pad);
/* TEXT (ours) to the right of COLUMNS. */
void words_right(struct buf *out, struct str text, size_t columns);
/* A length of time right-aligned; "-" when it is negative. */
void words_time(struct buf *out, ns_t length, size_t columns);
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
/* The first N columns of a line with escape sequences, into OUT; colour is ended when cut. */
void words_clip(struct buf *out, struct str line, size_t columns);

#endif
