/*
 * A template while it is built part by part. Private to program/.
 */
#ifndef PROGRAM_TMPL_H
#define PROGRAM_TMPL_H

#include "program/emitter.h"

struct tmpl_builder {
	struct emitter *e;
	VEC(struct tmpl_part) parts;
	struct span span;
};
void tmpl_add_literal(struct tmpl_builder *m, struct str literal);
void tmpl_add_expr(struct tmpl_builder *m, const struct expr *expr, enum tmpl_escape escape);
void tmpl_add_text(struct tmpl_builder *m, const struct text *text, enum tmpl_escape escape);
void tmpl_add_tmpl(struct tmpl_builder *m, const struct tmpl *tmpl);
const struct tmpl *tmpl_finish(struct tmpl_builder *m);
const struct tmpl *tmpl_from_value(struct emitter *e, struct value v, struct span span);
/* True if TEXT has a ${ that is not part of $${. */
bool tmpl_in_text(struct str text);

#endif
