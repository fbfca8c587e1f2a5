/*
 * Looks up a word in the tables of the language and prints it for `reprise explain`: a key in every
 * place where it is valid, a step, an extractor, an assertion, a function. Plain text, 80 columns.
 */
#ifndef SCENARIO_REFERENCE_H
#define SCENARIO_REFERENCE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "scenario/kind_tables.h"

/* Appends an entry for each place where WORD is valid; returns false if there is none. */
bool reference_put(struct buf *out, const struct kind_tables *tables, struct str word);
/* Appends TEXT in lines of at most 80 columns, each indented by INDENT spaces. */
void reference_wrap(struct buf *out, struct str text, size_t indent);
/* The known word that is nearest to WORD, or STR_NULL. */
struct str reference_nearest(struct arena *a, const struct kind_tables *tables, struct str word);

#endif
