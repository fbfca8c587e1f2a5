/* Texts of a recording as texts of a scenario, where ${…} is a template. Pure. */
#ifndef IMPORT_TEMPLATE_TEXT_H
#define IMPORT_TEMPLATE_TEXT_H

#include "base/arena.h"
#include "base/buf.h"

/* Appends S to OUT with its variables as ${…} and its own ${ escaped. */
void template_text_add_literal(struct buf *out, struct str s);
/* S where templates are not allowed: its variables as {NAME}, its own ${ escaped. */
void template_text_add_plain(struct buf *out, struct str s);
/* Appends ${EXPRESSION} to OUT; a $ before it is kept as text. */
void template_text_add_expression(struct buf *out, struct str expression);
/* URL with its templates; characters that are not allowed in a URL or look like a template
 * become %XX. */
struct str template_text_url(struct arena *a, struct str url);

#endif
