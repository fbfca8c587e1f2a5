/*
 * A template while it is built part by part. Private to program/.
 */
#ifndef PROGRAM_TEMPLATE_BUILDER_H
#define PROGRAM_TEMPLATE_BUILDER_H

#include "program/emitter.h"

struct template_builder {
	struct emitter *e;
	VEC(struct tmpl_part) parts;
	struct span span;
};
/* SECRET: the literal is a secret. */
void template_builder_add_part(struct template_builder *m, struct str literal, bool secret);
void template_builder_add_literal(struct template_builder *m, struct str literal);
void template_builder_add_expr(struct template_builder *m, const struct expr *expr,
			       enum tmpl_escape escape);
void template_builder_add_text(struct template_builder *m, const struct text *text,
			       enum tmpl_escape escape);
void template_builder_add_template(struct template_builder *m, const struct tmpl *tmpl);
const struct tmpl *template_builder_finish(struct template_builder *m);
const struct tmpl *template_builder_from_value(struct emitter *e, struct value v, struct span span);
/* True if TEXT has a ${ that is not part of $${. */
bool template_builder_in_text(struct str text);

#endif
