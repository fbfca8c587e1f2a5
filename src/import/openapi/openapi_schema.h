/*
 * Schemas: a schema with everything that its $ref and allOf contribute in one struct, the values
 * that it accepts, and the values generated for it. All in the importer's arena; one thread.
 */
#ifndef IMPORT_OPENAPI_OPENAPI_SCHEMA_H
#define IMPORT_OPENAPI_OPENAPI_SCHEMA_H

#include "base/arena.h"
#include "doc/node.h"

struct openapi;

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
/* Whether TEXT has FORMAT ("date", "uuid"); true for formats that are not known. */
bool openapi_has_format(struct openapi *o, struct str format, struct str text);
/* Whether PATTERN matches TEXT, or cannot be read. */
bool openapi_matches(struct openapi *o, struct str pattern, struct str text);

/* A value for the schema: from its example, default or enum, or else generated. NAME is the name of
 * the property or parameter. COERCED as above. Never NULL. */
const struct node *openapi_generate(struct openapi *o, const struct node *schema, struct str name,
				    bool coerced);
/* The same for the body of a request: EXAMPLE (or NULL) if the schema accepts it, which sets
 * EXAMPLE_USED. If no property of an object is required, it gets those that have an example, or else
 * all that are not objects. */
const struct node *openapi_generate_body(struct openapi *o, const struct node *schema,
					 const struct node *example, bool *example_used);
/* A text for S. */
struct str openapi_generate_text(struct openapi *o, const struct openapi_schema *s,
				 struct str name, size_t number);
/* A text of at least MIN and at most MAX bytes that PATTERN matches; ptr NULL: none was found. */
struct str openapi_pattern_text(struct openapi *o, struct str pattern, size_t min, size_t max);

/* ---- values */

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

#endif
