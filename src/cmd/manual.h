/*
 * The manual pages, made from the tables: options, fields, kinds,
 * functions, outputs. A page's text is a template in mdoc (contrib/man/NAME.in); a line `@@WORD`
 * in it stands for a table, `@@file PATH` for a file of the source tree, shown as an example. One
 * thread; what is made is appended to OUT.
 */
#ifndef CMD_MANUAL_H
#define CMD_MANUAL_H

#include "base/arena.h"
#include "base/buf.h"
#include "interface/field.h"

/* TEXT with what mdoc would take for its own escaped; not at the beginning of a line. */
void manual_escape(struct buf *out, struct str text);
/* TEXT as lines of prose, a sentence a line. */
void manual_prose(struct buf *out, struct str text);
/* TEXT as it is, line by line. */
void manual_literal(struct buf *out, struct str text);

/* The table WORD; false when there is none. */
bool manual_table(struct buf *out, struct str word);
/* The keys of FIELDS; with EXAMPLES the examples of the rows too. */
void manual_fields(struct buf *out, struct arena *a, const struct field *fields, bool examples);
/* The tables of the language, for manual_table. */
bool manual_language(struct buf *out, struct str word);

#endif
