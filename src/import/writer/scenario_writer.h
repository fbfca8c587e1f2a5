/* Writes a conversion as the document of a scenario. One thread, the job's arena. */
#ifndef IMPORT_WRITER_SCENARIO_WRITER_H
#define IMPORT_WRITER_SCENARIO_WRITER_H

#include "import/conversion.h"

/* The document. */
struct yaml_writer_node *scenario_writer_document(struct conversion *conversion);

/* TEXT, which is at OFFSET of its location, with its bindings as ${…} and its own ${ escaped.
 * DECODE: percent-decoded as a form's. In the arena. */
struct str scenario_writer_text(struct conversion *conversion, const struct conversion_step *step,
				enum value_location location, uint32_t index, struct str text,
				size_t offset, bool decode);
/* The keys of a step that uses a page: `submit`, `button` and others. */
void scenario_writer_page_use(struct conversion *conversion, const struct conversion_step *step,
			      struct yaml_writer_node *node);
/* A file to upload: {file: …}; it is written beside the scenario. */
struct yaml_writer_node *scenario_writer_file(struct conversion *conversion,
					      const struct conversion_step *step,
					      const struct tx_part *part);
/* A file that the recording does not have: {file: "${PARAMETER}"}. */
struct yaml_writer_node *scenario_writer_asked_file(struct arena *a, struct str parameter);
bool scenario_writer_is_bound(const struct conversion_step *step, enum value_location location,
			      uint32_t index, size_t from, size_t to);

/* The URL as it is written, and the map for `query:` if that is more readable, else NULL. */
struct str scenario_writer_url(struct conversion *conversion, struct conversion_step *step,
			       struct yaml_writer_node **query);
/* Adds `auth` with the credentials of STEP to NODE. */
void scenario_writer_auth(struct conversion *conversion, const struct conversion_step *step,
			  struct yaml_writer_node *node);
/* `headers:` and `auth:`, without those in `defaults` and those that BODY, the keys of
 * scenario_writer_body, implies. */
void scenario_writer_headers(struct conversion *conversion, struct conversion_step *step,
			     const struct yaml_writer_node *body, struct yaml_writer_node *node);
/* The `Accept` of a request that has none. */
#define SCENARIO_WRITER_ANY_TYPE STR("*/*")
/* The Accept header VALUE as it is written: the long list of types that a browser sends for a page
 * is shortened, with the same meaning for the server. */
struct str scenario_writer_accept(struct str value);
/* Whether H belongs to the recording's connection, cache or browser, not to the request. */
bool scenario_writer_is_dropped(const struct transaction *tx, const struct tx_header *h);
bool scenario_writer_has_control(struct str s);
/* `defaults:`: the headers that most requests share. Call it before any scenario_writer_headers. */
void scenario_writer_defaults(struct conversion *conversion, struct yaml_writer_node *root);
/* Bindings of values in the body become bindings of its text. */
void scenario_writer_rebind(struct conversion *conversion, struct conversion_step *step);
/* `form:`, `json:`, `multipart:`, `body:` or `body_file:`. */
void scenario_writer_body(struct conversion *conversion, struct conversion_step *step,
			  struct yaml_writer_node *node);
/* The value at INDEX of the JSON body of STEP; NULL if YAML cannot express it. */
struct yaml_writer_node *scenario_writer_json(struct conversion *conversion,
					      const struct conversion_step *step, uint32_t index);
/* For a step whose body is a GraphQL operation: adds its keys to NODE, without the URL, and returns
 * true. */
bool scenario_writer_graphql(struct conversion *conversion, struct conversion_step *step,
			     struct yaml_writer_node *node);
/* Adds `events:` if the response of STEP is an event stream. */
void scenario_writer_events(struct conversion *conversion, const struct conversion_step *step,
			    struct yaml_writer_node *node);
/* A step of a WebSocket; WAIT (or NULL) is what a sent message waits for. Without comments and
 * extractors. */
struct yaml_writer_node *scenario_writer_socket(struct conversion *conversion,
						struct conversion_step *step,
						const struct conversion_step *wait);
/* `expect:` of a step, and what `defaults` expects of all steps. */
void scenario_writer_outcome(struct conversion *conversion, const struct conversion_step *step,
			     struct yaml_writer_node *node);
void scenario_writer_default_outcome(struct conversion *conversion,
				     struct yaml_writer_node *defaults);
/* conversion->hosts: every host that is requested or redirected to, besides the target's. */
void scenario_writer_collect_hosts(struct conversion *conversion);

#endif
