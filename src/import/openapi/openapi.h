/*
 * Shared by the files of the OpenAPI importer: the specification and its files, its operations, and
 * the document under construction. Values (examples and generated ones) are trees of doc/node.h
 * with the types of JSON; a text in them may contain variables of the scenario as in
 * import/transaction.h (TX_VARIABLE). In the job's arena; one thread.
 */
#ifndef IMPORT_OPENAPI_OPENAPI_H
#define IMPORT_OPENAPI_OPENAPI_H

#include "base/regex.h"
#include "base/source.h"
#include "doc/node.h"
#include "import/job.h"

/* ---- schemas: one with everything that its $ref and allOf contribute */

enum openapi_type {
	OPENAPI_STRING = 1,
	OPENAPI_NUMBER = 2,
	OPENAPI_INTEGER = 4,
	OPENAPI_BOOLEAN = 8,
	OPENAPI_ARRAY = 16,
	OPENAPI_OBJECT = 32,
	OPENAPI_NULL = 64
};

struct openapi_property {
	struct str name;
	const struct node *schema;
};

/* A oneOf or anyOf. */
struct openapi_choice {
	const struct node *list;
	bool exclusive; /* exactly one must accept the value */
};

struct openapi_schema {
	unsigned types; /* of enum openapi_type; 0: any */
	bool nullable, read_only, write_only, closed, unique, above_min, below_max;
	bool has_min, has_max, never; /* NEVER: it accepts no value */
	double min, max, multiple;    /* MULTIPLE 0: any */
	size_t min_length, max_length, min_items, max_items, min_properties, max_properties;
	struct str format, discriminator;
	VEC(struct str) patterns;
	const struct node *enumeration, *constant, *fallback, *example, *items, *additional;
	const struct node *mapping; /* of the discriminator */
	VEC(struct openapi_property) properties;
	VEC(struct str) required;
	VEC(struct openapi_choice) choices;
	VEC(const struct node *) nots;
};

/* ---- the specification */

enum openapi_version { OPENAPI_2, OPENAPI_3_0, OPENAPI_3_1 };

enum openapi_place { OPENAPI_PATH, OPENAPI_QUERY, OPENAPI_HEADER, OPENAPI_COOKIE };

struct openapi_source_list;

struct openapi_parameter {
	struct str name;
	enum openapi_place place;
	const struct node *node;    /* for messages */
	const struct node *schema;  /* NULL: any text */
	const struct node *example; /* NULL: none */
	struct str style;	    /* "simple", "form", … */
	struct str media;	    /* its value is a document of this type; or empty */
	bool required, explode, reserved;
	struct openapi_source_list *sources; /* NULL: not known yet */
};

/* A part of a path between two slashes. */
struct openapi_segment {
	struct str text;   /* "orders", "{id}.json" */
	bool has_variable; /* one that identifies something: not a choice of an enum */
};

/* Where the value of a parameter comes from. */
enum openapi_source_kind {
	OPENAPI_EXTRACT, /* from the response of `operation` */
	OPENAPI_CHOSEN,	 /* the chain chooses it and sends it with `operation` */
	OPENAPI_SAME,	 /* the value of a parameter of `operation`: "$request.path.id" */
	OPENAPI_FIXED	 /* `text` */
};

struct openapi_operation;

struct openapi_source {
	enum openapi_source_kind kind;
	struct openapi_operation *operation;
	const char *extractor; /* "jsonpath", "header" or "regex" */
	struct str expression; /* of the extractor; or the name of the property that is chosen */
	struct str text;       /* OPENAPI_FIXED */
	bool created;	       /* it identifies something that the chain creates */
};

struct openapi_source_list {
	VEC(struct openapi_source) items;
};

struct openapi_operation {
	struct str method; /* "get" */
	struct str path;
	struct str id;	  /* operationId; or empty */
	struct str label; /* "GET /orders/{id}" */
	const struct node *key, *node;
	const struct node *item; /* of its path */
	VEC(struct openapi_segment) segments;
	VEC(struct openapi_parameter) parameters;
	const struct node *body; /* the resolved requestBody, or the body parameter; NULL: none */
	VEC(const struct node *) responses; /* resolved, with status 2xx; the first one leads */
	VEC(struct str) statuses;
	struct str chain;		/* the resource it belongs to */
	size_t order;			/* in the file */
	bool selected;			/* by --methods; a chain may use it */
	bool wanted;			/* by --tag too */
	bool reached;			/* it is in a chain */
	bool known, possible, visiting; /* whether it can be reached */
	struct str reason;		/* why it is not */
	/* The resource that it creates, for paths below it. */
	bool has_identity;
	struct openapi_source identity;
};

/* A parameter with the text of its value. */
struct openapi_binding {
	const struct openapi_parameter *parameter;
	struct str text; /* ptr NULL: its example, default or a generated value */
};
struct openapi_binding_list {
	VEC(struct openapi_binding) items;
};

/* An operation as a step of a chain. */
struct openapi_step {
	struct openapi_operation *operation;
	struct yaml_writer_node *node; /* NULL: in progress, or it failed */
	struct yaml_writer_node *extract;
	struct openapi_binding_list bindings;
	bool needed; /* a later step uses one of its values */
};

struct openapi_chain {
	struct str name;
	VEC(struct openapi_step *) steps;
	struct yaml_writer_node *scenario, *list;
};

struct openapi_variable {
	const struct openapi_operation *operation;
	struct str expression; /* of its extractor, or the name of the property */
	struct str name;
};

struct openapi_file {
	struct str path;
	const struct source *source;
	const struct node *top; /* NULL: it could not be read */
};

/* A parameter of the scenario. */
struct openapi_setting {
	struct str name, origin; /* ORIGIN: what it is for */
	struct yaml_writer_node *node;
};

#define OPENAPI_MAP_BUCKETS 8192u

struct openapi_map_entry {
	const struct node *node;
	void *value;
	struct openapi_map_entry *next;
};

/* From nodes to what is known about them. */
struct openapi_map {
	struct openapi_map_entry **buckets; /* NULL: empty */
};

struct openapi {
	struct import_job *job;
	struct arena *arena;
	struct yaml_writer_node *root;
	enum openapi_version version;
	const struct node *top;
	VEC(struct openapi_file) files;
	VEC(struct openapi_operation *) operations;
	VEC(struct openapi_variable) variables;
	VEC(struct openapi_setting) settings;
	VEC(struct str) hosts;
	VEC(struct str) reported; /* references that were reported already */
	struct yaml_writer_node *profiles;
	struct str no_target;		       /* why the scenario has no target; or empty */
	struct str target;		       /* with the defaults of its variables */
	struct str default_scheme;	       /* the scheme of most operations; ptr NULL: none */
	VEC(struct str) shared_keys;	       /* schemes of headers in `defaults` */
	struct yaml_writer_node *default_auth; /* its `auth`, in `defaults` */
	struct regex_scratch *scratch;
	size_t unsupported;
	struct openapi_map known_schemas, known_references, known_examples;
	size_t work;			    /* schemas looked at, which is limited */
	struct str upload;		    /* the file that is uploaded; or empty */
	bool in_body;			    /* the value that is generated belongs to a request */
	struct yaml_writer_node *step_node; /* the step under construction, or NULL */
	/* The property that the chain chooses for the operation under construction; or empty. */
	struct str chosen_property, chosen_text;
};

/* ---- openapi.c */

/* "line 12", or "other.yaml line 12" for a file that the first one refers to. */
struct str openapi_line(const struct openapi *o, const struct node *node);
/* Reports WHAT at NODE, which is not supported: in the report, and in the scenario at the current
 * step or at the top. */
void openapi_unsupported(struct openapi *o, const struct node *node, struct str what,
			 const char *why);
/* The text at KEY of MAP if it is a text; ptr NULL otherwise. */
struct str openapi_text_at(const struct node *map, const char *key);
bool openapi_is_true(const struct node *map, const char *key);
/* A text where templates are not allowed, at most 100 bytes. */
struct str openapi_plain(struct openapi *o, struct str text);
/* A parameter for ORIGIN; its name is made from NAME if it is new, and its node is then empty. */
struct openapi_setting *openapi_setting(struct openapi *o, struct str origin, struct str name);
/* The same for one that a run must set and whose value is masked; the text that refers to it. */
struct str openapi_secret(struct openapi *o, struct str origin, struct str name,
			  struct str description);
/* EXPRESSION as a variable in a text of a value. */
struct str openapi_variable_text(struct openapi *o, struct str expression);
/* TEXT of a value as a text of the scenario. */
struct str openapi_template(struct openapi *o, struct str text);
/* NODE as a value of the scenario. */
struct yaml_writer_node *openapi_value(struct openapi *o, const struct node *node);

/* ---- openapi_file.c */

/* Reads the file PATH; NULL: the error was reported with job_error (MAIN), or as not supported. */
const struct node *openapi_read(struct openapi *o, struct str path, bool main_file);
/* NODE, or what its $ref refers to; NULL if that does not exist, which is reported. */
const struct node *openapi_resolve(struct openapi *o, const struct node *node);
/* The value at the JSON pointer POINTER ("/a/0") below NODE; NULL if there is none. */
const struct node *openapi_pointer(struct openapi *o, const struct node *node, struct str pointer);

/* ---- openapi_operation.c */

void openapi_read_operations(struct openapi *o);
/* Whether A and B have the same segments, whatever the names of their variables. */
bool openapi_same_path(const struct openapi_operation *a, size_t a_count,
		       const struct openapi_operation *b, size_t b_count);
bool openapi_is_write(const struct openapi_operation *op);
const struct openapi_parameter *openapi_find_parameter(const struct openapi_operation *op,
						       struct str name, enum openapi_place place);
/* The schema of a media type's value; the names of both versions. MEDIA receives the type. */
const struct node *openapi_response_schema(struct openapi *o, const struct openapi_operation *op,
					   const struct node *response, struct str *media,
					   const struct node **example);
/* The first of the media types in MAP that can be used, the best one first; NULL: none. */
const struct node_pair *openapi_best_media(const struct node *map);
bool openapi_media_is_json(struct str media);

/* ---- openapi_identity.c, openapi_link.c */

/* Finds the resource that each operation creates; before openapi_sources. */
void openapi_find_identities(struct openapi *o);
/* The JSONPath of the member NAME of PATH; ptr NULL if the name has quotes. */
struct str openapi_join_path(struct openapi *o, struct str path, struct str name);
/* A variable of a path whose value is looked for. */
struct openapi_wanted {
	struct str name;
	struct str noun; /* of the resource that it identifies, in the singular; or empty */
	const struct node *schema; /* of the parameter, or NULL */
};
/* Whether OP creates something that the variable WANTED identifies. */
bool openapi_creates(struct openapi *o, struct openapi_operation *op,
		     const struct openapi_wanted *wanted, struct openapi_source *out);
/* The JSONPath of the value in responses of OP that fits WANTED; IN_LIST: of the first item of a
 * list. Empty: there is none. */
struct str openapi_find_value(struct openapi *o, const struct openapi_operation *op,
			      const struct openapi_wanted *wanted, bool in_list);
/* The same for a property of exactly its name, which must not be a word such as id or name. */
struct str openapi_find_named(struct openapi *o, const struct openapi_operation *op,
			      const struct openapi_wanted *wanted, bool in_list);
/* The noun of a collection: "orders" as "order". */
struct str openapi_singular(struct openapi *o, struct str word);
/* The position of the segment with the variable NAME; NOT_FOUND: none. */
size_t openapi_segment_of(const struct openapi_operation *op, struct str name);
/* The word before the segment AT of the path: "orders" of /v1/orders/{id}. */
struct str openapi_noun_before(const struct openapi_operation *op, size_t at);

/* Where the value of P of OP can come from, the best source first. */
const struct openapi_source_list *openapi_sources(struct openapi *o, struct openapi_operation *op,
						  struct openapi_parameter *p);
/* The name of the variable for SOURCE. */
struct str openapi_variable(struct openapi *o, const struct openapi_source *source,
			    struct str parameter, struct str noun);

/* ---- openapi_chain.c, openapi_step.c, openapi_parameter.c, openapi_body.c */

/* Sets the chain of each operation (openapi_resource.c). */
void openapi_name_chains(struct openapi *o);
/* Fills the scenarios of the document. */
void openapi_put_chains(struct openapi *o, struct yaml_writer_node *scenarios);

/* The step that sends OP, without `extract` and `expect`. */
struct yaml_writer_node *openapi_build_step(struct openapi *o, struct openapi_operation *op,
					    const struct openapi_binding_list *bindings);
/* The value of a parameter that no source fills. */
const struct node *openapi_parameter_value(struct openapi *o, const struct openapi_parameter *p);
/* Appends the value of P to the path, encoded. */
void openapi_put_path_value(struct openapi *o, const struct openapi_parameter *p,
			    const struct node *value, struct buf *path);
/* Adds a parameter of the query: to URL if its separators must not be encoded, else to QUERY. */
void openapi_put_query_value(struct openapi *o, const struct openapi_parameter *p,
			     const struct node *value, struct buf *url,
			     struct yaml_writer_node *query);
/* The value of a header or cookie as one text. */
struct str openapi_joined_value(struct openapi *o, const struct openapi_parameter *p,
				const struct node *value);
/* Adds what the response of OP must be. */
void openapi_put_expect(struct openapi *o, const struct openapi_operation *op,
			struct yaml_writer_node *step);
/* Adds the body of OP to STEP. */
void openapi_put_body(struct openapi *o, struct openapi_operation *op,
		      struct yaml_writer_node *step);
/* False if OP needs a body that cannot be created; op->reason is then set. */
bool openapi_body_is_possible(struct openapi *o, struct openapi_operation *op);
/* For an operation whose path names nothing, such as PUT /pet: the source of the property of its
 * body (its name is the text of the source) that identifies what POST on the same path creates. */
bool openapi_body_identity(struct openapi *o, const struct openapi_operation *op,
			   struct openapi_source *out);
/* If the body of OP requires the property that its path has too, it gets the same value. */
void openapi_bind_same_property(struct openapi *o, const struct openapi_operation *op,
				const struct openapi_binding_list *bindings);
/* A text that the chain chooses for what it creates: each iteration has another one, as far as
 * SCHEMA allows it. */
struct str openapi_chosen_text(struct openapi *o, const struct node *schema, struct str noun);
/* The schema of the properties of OP's body; NULL: it has none. */
const struct node *openapi_body_schema(struct openapi *o, const struct openapi_operation *op);
/* The headers of STEP, created if it has none. */
struct yaml_writer_node *openapi_headers(struct openapi *o, struct yaml_writer_node *step);

/* ---- openapi_security.c, openapi_server.c */

/* Decides what all operations share, after their selection. */
void openapi_read_security(struct openapi *o);
/* Adds the headers that all operations share. */
void openapi_put_shared_keys(struct openapi *o, struct yaml_writer_node *defaults);
/* Whether the credentials of OP are in the Authorization header. */
bool openapi_has_auth(struct openapi *o, const struct openapi_operation *op);
void openapi_put_security(struct openapi *o, const struct openapi_operation *op,
			  struct yaml_writer_node *step);
/* Adds `target`, and profiles for further servers. */
void openapi_put_target(struct openapi *o);
/* Allows the host of the URL ADDRESS unless it is the target's. */
void openapi_allow_host(struct openapi *o, struct str address);
/* The server of OP if it is not the target: its URL, whose host is then allowed; or empty. */
struct str openapi_own_server(struct openapi *o, const struct openapi_operation *op);

/* ---- openapi_schema.c, openapi_accepts.c, openapi_generate.c, openapi_text.c, openapi_pattern.c
 */

/* Reads NODE (NULL: any value) with its $ref and allOf into S, which begins zeroed by
 * openapi_schema_read, or adds to it. */
void openapi_schema_read(struct openapi *o, const struct node *node, struct openapi_schema *s);
void openapi_schema_add(struct openapi *o, const struct node *node, struct openapi_schema *s);
const struct node *openapi_schema_property(const struct openapi_schema *s, struct str name);
bool openapi_schema_requires(const struct openapi_schema *s, struct str name);

/* Whether the schema accepts VALUE. COERCED: a scalar is a text in a URL, which is read as the type
 * that the schema has. A value with variables is accepted wherever its type fits. */
bool openapi_accepts(struct openapi *o, const struct node *schema, const struct node *value,
		     bool coerced);
/* Whether PATTERN matches TEXT, or cannot be read. */
bool openapi_matches(struct openapi *o, struct str pattern, struct str text);

/* A value for the schema: from its example, default or enum, or else generated. NAME is the name of
 * the property or parameter. COERCED as above. Never NULL. */
const struct node *openapi_generate(struct openapi *o, const struct node *schema, struct str name,
				    bool coerced);
/* The same for the body of a request: EXAMPLE (or NULL) if the schema accepts it, which sets
 * EXAMPLE_USED. If no property of an object is required, it gets those that have an example, or
 * else all that are not objects. */
const struct node *openapi_generate_body(struct openapi *o, const struct node *schema,
					 const struct node *example, bool *example_used);
/* A text for S. */
struct str openapi_generate_text(struct openapi *o, const struct openapi_schema *s, struct str name,
				 size_t number);
/* A text of at least MIN and at most MAX bytes that PATTERN matches; ptr NULL: none was found. */
struct str openapi_pattern_text(struct openapi *o, struct str pattern, size_t min, size_t max);

/* ---- openapi_node.c: values */

const struct node *openapi_text_node(struct openapi *o, struct str text);
const struct node *openapi_word_node(struct openapi *o, struct str word);
const struct node *openapi_map_node(struct openapi *o, const struct node_pair *pairs, size_t count);
const struct node *openapi_list_node(struct openapi *o, const struct node *const *items,
				     size_t count);
/* The JSON type of a value. */
enum openapi_type openapi_type_of(const struct node *value);
/* VALUE as compact JSON, in the arena. */
struct str openapi_json_text(struct openapi *o, const struct node *value);
bool openapi_has_variable(struct str text);
/* NULL if nothing is known about NODE. */
void *openapi_map_find(const struct openapi_map *map, const struct node *node);
void openapi_map_put(struct openapi *o, struct openapi_map *map, const struct node *node,
		     void *value);

#endif
