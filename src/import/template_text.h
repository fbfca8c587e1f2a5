/* Texts of a recording as texts of a scenario, where ${…} is a template. Pure. */
#ifndef IMPORT_TEMPLATE_TEXT_H
#define IMPORT_TEMPLATE_TEXT_H

#include "base/arena.h"
#include "base/buf.h"

/* S with its variables as ${…} and its own ${ escaped, at the end of OUT. */
void template_text_add_literal(struct buf *out, struct str s);
/* S where no template may stand: its variables as {NAME}, its own ${ escaped. */
void template_text_add_plain(struct buf *out, struct str s);
/* ${EXPRESSION} at the end of OUT; a $ that stands before it stays one. */
void template_text_add_expression(struct buf *out, struct str expression);
/* URL, whose templates are written, with what no URL may hold or looks like a template as %XX. */
struct str template_text_url(struct arena *a, struct str url);

#endif
