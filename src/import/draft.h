/* The parts of drafting a scenario; see flow.h for flow_draft. One thread, the job's arena. */
#ifndef IMPORT_DRAFT_H
#define IMPORT_DRAFT_H

#include "import/flow.h"

/* S with its variables as ${…} and its own ${ escaped, at the end of OUT. */
void draft_literal(struct buf *out, struct str s);
/* S where no template may stand: its variables as {NAME}, its own ${ escaped. */
void draft_plain(struct buf *out, struct str s);
/* ${EXPRESSION} at the end of OUT; a $ that stands before it stays one. */
void draft_expression(struct buf *out, struct str expression);
/* TEXT, which stands at OFFSET of its place, with its bindings as ${…} and its own ${ escaped.
 * DECODE: percent-decoded as a form's. In the arena. */
struct str draft_text(struct flow *flow, const struct flow_step *step, enum tx_place place,
		      uint32_t index, struct str text, size_t offset, bool decode);
bool draft_is_bound(const struct flow_step *step, enum tx_place place, uint32_t index, size_t from,
		    size_t to);

/* URL, of draft_text, with what no address may hold or looks like a template as %XX. */
struct str draft_address(struct arena *a, struct str url);
/* The URL as it is written, and the map for `query:` where that reads better, else NULL. */
struct str draft_url(struct flow *flow, struct flow_step *step, struct yaml_out **query);
/* `headers:` and `auth:`, less what `defaults` has. */
void draft_headers(struct flow *flow, struct flow_step *step, struct yaml_out *node);
/* `defaults:`: the headers most requests share. Before any draft_headers. */
void draft_defaults(struct flow *flow, struct yaml_out *root);
/* What is bound to values of the body is bound to its text as well. */
void draft_rebind(struct flow *flow, struct flow_step *step);
/* `form:`, `json:`, `multipart:`, `body:` or `body_file:`. */
void draft_body(struct flow *flow, struct flow_step *step, struct yaml_out *node);
/* flow->hosts: every host that is requested or redirected to besides the target's. */
void draft_collect_hosts(struct flow *flow);

#endif
