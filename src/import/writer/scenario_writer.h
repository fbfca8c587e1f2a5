/* A conversion as the document of a scenario. One thread, the job's arena. */
#ifndef IMPORT_WRITER_SCENARIO_WRITER_H
#define IMPORT_WRITER_SCENARIO_WRITER_H

#include "import/conversion.h"

/* The document. */
struct yaml_writer_node *scenario_writer_document(struct conversion *conversion);

/* TEXT, which stands at OFFSET of its place, with its bindings as ${…} and its own ${ escaped.
 * DECODE: percent-decoded as a form's. In the arena. */
struct str scenario_writer_text(struct conversion *conversion, const struct flow_step *step,
				enum tx_place location, uint32_t index, struct str text,
				size_t offset, bool decode);
bool scenario_writer_is_bound(const struct flow_step *step, enum tx_place location, uint32_t index,
			      size_t from, size_t to);

/* The URL as it is written, and the map for `query:` where that reads better, else NULL. */
struct str scenario_writer_url(struct conversion *conversion, struct flow_step *step,
			       struct yaml_writer_node **query);
/* `headers:` and `auth:`, less what `defaults` has. */
void scenario_writer_headers(struct conversion *conversion, struct flow_step *step,
			     struct yaml_writer_node *node);
/* `defaults:`: the headers most requests share. Before any scenario_writer_headers. */
void scenario_writer_defaults(struct conversion *conversion, struct yaml_writer_node *root);
/* What is bound to values of the body is bound to its text as well. */
void scenario_writer_rebind(struct conversion *conversion, struct flow_step *step);
/* `form:`, `json:`, `multipart:`, `body:` or `body_file:`. */
void scenario_writer_body(struct conversion *conversion, struct flow_step *step,
			  struct yaml_writer_node *node);
/* conversion->hosts: every host that is requested or redirected to besides the target's. */
void scenario_writer_collect_hosts(struct conversion *conversion);

#endif
