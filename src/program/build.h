/*
 * Functions for a step's `compile` to build values before it emits instructions (program/emit.h):
 * templates and expressions from the texts of the file, URLs, headers and bodies of requests.
 * Errors go to the diagnostics; the functions then return a harmless value. The results live as
 * long as the program. Loading thread only.
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
/* A scalar, list or mapping of the file as one value, with templates in it. */
const struct tmpl *build_value(struct emitter *e, const struct node *node);
/* The same as the text of a JSON document. */
const struct tmpl *build_json(struct emitter *e, const struct node *node);
/* Text that the program creates itself. */
/* The same for a value of a form: `${form.NAME}` in it is the value of another control. */
const struct tmpl *build_form_value(struct emitter *e, const struct text *text);
const struct tmpl *build_literal(struct emitter *e, struct str text);
/* The parts of several templates as one text; ONE may be NULL. */
const struct tmpl *build_joined(struct emitter *e, const struct tmpl *const *ones, size_t count);
/* The content of one ${…} (FIELD_EXPRESSION). Never NULL. */
const struct expr *build_expression(struct emitter *e, const struct text *text);
/* A number: digits, or one ${…}. Anything else is an error, and WHAT says of what. Never NULL. */
const struct expr *build_number(struct emitter *e, const struct text *text, const char *what);
/* The same; a constant must be a whole number of at least 1. */
const struct expr *build_count(struct emitter *e, const struct text *text, const char *what);
/* One of the values of the list NODE, drawn for each use. */
const struct tmpl *build_one_of(struct emitter *e, const struct node *node);

/* An expression as a whole value, for SET. */
const struct tmpl *build_expr_template(struct emitter *e, const struct expr *expr);

/* The span in the file of the bytes [from, to) of a text. */
struct span build_text_span(const struct text *text, size_t from, size_t to);

/* ---- loops over a list */

/* The item of the current round of LOOP, from the list in a hidden slot; and the number of items, a
 * constant if LIST, the expression of that list, is one. */
const struct expr *build_item_expr(struct emitter *e, uint32_t slot, uint32_t counter);
const struct expr *build_count_expr(struct emitter *e, uint32_t slot, const struct expr *list);

/* ---- requests */

/* The URL of a request: appends a path to the target, reports a host that is not allowed, adds
 * QUERY. */
const struct tmpl *build_url(struct emitter *e, const struct text *url,
			     const struct field_map *query);
/* The URL of a request that `page_action` determines: not constant, and empty. */
const struct tmpl *build_page_url(struct emitter *e);
/* URL, with its host in ASCII form (base/idn.h) if it has one; in the arena. */
struct str build_ascii_url(struct emitter *e, struct str url);
/* The text of TMPL as a value in a query. */
const struct tmpl *build_component(struct emitter *e, const struct tmpl *tmpl);
/* The pairs of a form or query as one encoded text. */
const struct tmpl *build_pairs(struct emitter *e, const struct field_map *pairs,
			       enum tmpl_escape escape);
/* Makes the file at PATH the body of PLAN; returns its Content-Type. */
const char *build_file_body(struct emitter *e, struct str path, struct span span,
			    struct request_plan *plan);
/* The content of the file at PATH, which the program keeps mapped; empty after an error. */
struct str build_file_content(struct emitter *e, struct str path, struct span span);
/* Makes `multipart:`, of struct multipart_part, the body of PLAN; returns its Content-Type. */
const char *build_multipart(struct emitter *e, const struct field_map *parts,
			    struct request_plan *plan);
/* `cookies:` as the value of a Cookie header. */
const struct tmpl *build_cookies(struct emitter *e, const struct field_map *cookies);
/* T as base64. */
const struct tmpl *build_base64(struct emitter *e, const struct tmpl *t);
/* The Authorization header with the token of `oauth2:`, whose steps are emitted at the end. */
const struct tmpl *build_oauth2(struct emitter *e, const struct auth_oauth2 *oauth2);
/* Builds the plan for `auth:`. */
struct auth_plan build_auth(struct emitter *e, const struct auth *auth);
/* That of `defaults`: only the target gets it. */
struct auth_plan build_default_auth(struct emitter *e);
/* The headers of the defaults, of PLAN's auth and cookies and of the request. Later ones replace
 * earlier ones of the same name, ignoring case; a list sends one line per value. Adds CONTENT_TYPE
 * unless it is given or NULL; with IS_FORM a Content-Type of the defaults does not count. */
void build_headers(struct emitter *e, const struct field_map *headers, const char *content_type,
		   bool is_form, struct request_plan *plan);

#endif
