/*
 * What the tables know of a word of the language, as text for `reprise explain`: a key wherever it
 * stands, a step, an extractor, an expectation, a function. Plain text, 80 columns.
 */
#ifndef SCENARIO_REFERENCE_H
#define SCENARIO_REFERENCE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "scenario/kind_tables.h"

/* Appends an entry for each place that knows WORD; false when none does. */
bool reference_put(struct buf *out, const struct kind_tables *tables, struct str word);
/* Appends TEXT broken into lines of at most 80 columns, each indented by INDENT blanks. */
void reference_wrap(struct buf *out, struct str text, size_t indent);
/* The known word nearest to WORD, or STR_NULL. */
struct str reference_nearest(struct arena *a, const struct kind_tables *tables, struct str word);

#endif
