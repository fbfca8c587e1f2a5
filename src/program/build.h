/*
 * What a step's `compile` builds before it emits instructions (program/emit.h): templates and
 * expressions from the texts of the file, URLs, headers and bodies of requests. Errors go to the
 * diagnostics; the functions then return something harmless. What is built lives as long as the
 * program. On the thread that loads.
 */
#ifndef PROGRAM_BUILD_H
#define PROGRAM_BUILD_H

#include "interface/field.h"
#include "program/program.h"
#include "scenario/auth.h"
#include "scenario/multipart.h"

struct emitter;
struct node;

/* ---- texts */

/* Text with ${…}. */
const struct tmpl *build_template(struct emitter *e, const struct text *text,
				  enum tmpl_escape escape);
/* A text of the file with the type it has in `json:`: unquoted true, false, null, JSON numbers. */
const struct tmpl *build_typed(struct emitter *e, const struct text *text);
/* A scalar, list or map of the file as one value, templates inside. */
const struct tmpl *build_value(struct emitter *e, const struct node *node);
/* The same as the text of a JSON document. */
const struct tmpl *build_json(struct emitter *e, const struct node *node);
/* Text that the program itself makes. */
const struct tmpl *build_literal(struct emitter *e, struct str text);
/* The parts of several templates as one text; ONE may be NULL. */
const struct tmpl *build_joined(struct emitter *e, const struct tmpl *const *ones, size_t count);
/* The inside of one ${…} (FIELD_EXPRESSION). Never NULL. */
const struct expr *build_expression(struct emitter *e, const struct text *text);
/* A number: digits, or one ${…}; anything else is an error that names WHAT. Never NULL. */
const struct expr *build_number(struct emitter *e, const struct text *text, const char *what);
/* The same; a number that is known must be a whole one from 1 on. */
const struct expr *build_count(struct emitter *e, const struct text *text, const char *what);
/* One of the values of the list NODE, drawn anew each time. */
const struct tmpl *build_one_of(struct emitter *e, const struct node *node);

/* An expression as a whole value, for SET. */
const struct tmpl *build_expr_template(struct emitter *e, const struct expr *expr);

/* Where the bytes [from, to) of a text stand in the file. */
struct span build_text_span(const struct text *text, size_t from, size_t to);

/* ---- loops over a list */

/* The values of a hidden slot's list, one a round of LOOP; and how many there are. */
const struct expr *build_item_expr(struct emitter *e, uint32_t slot, uint32_t counter);
const struct expr *build_count_expr(struct emitter *e, uint32_t slot);

/* ---- requests */

/* The URL of a request: a path is joined to the target, a foreign host is an error, QUERY is added.
 */
const struct tmpl *build_url(struct emitter *e, const struct text *url,
			     const struct field_map *query);
/* The pairs of a form or query as one encoded text. */
const struct tmpl *build_pairs(struct emitter *e, const struct field_map *pairs,
			       enum tmpl_escape escape);
/* The file at PATH as the body of PLAN; its Content-Type. */
const char *build_file_body(struct emitter *e, struct str path, struct span span,
			    struct request_plan *plan);
/* `multipart:`, of struct multipart_part, as the body of PLAN; its Content-Type. */
const char *build_multipart(struct emitter *e, const struct field_map *parts,
			    struct request_plan *plan);
/* `cookies:` as the value of a Cookie header. */
const struct tmpl *build_cookies(struct emitter *e, const struct field_map *cookies);
/* What `auth:` becomes. */
struct auth_plan build_auth(struct emitter *e, const struct auth *auth);
/* The defaults' headers, those of PLAN's auth and cookies and a request's, later wins, without
 * case; CONTENT_TYPE unless given, or NULL. */
void build_headers(struct emitter *e, const struct field_map *headers, const char *content_type,
		   struct request_plan *plan);

#endif
