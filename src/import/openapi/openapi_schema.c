/* Schemas with everything that $ref and allOf contribute in one struct. */
#include "import/openapi/openapi.h"

/* A schema that was read before. */
struct openapi_known_schema {
	struct openapi_schema schema;
};

#define DEPTH_MAX 24 /* of $ref and allOf within each other */
#define WORK_MAX  3000000u

static const struct {
	const char *name;
	enum openapi_type type;
} type_names[] = {{"string", OPENAPI_STRING},	{"number", OPENAPI_NUMBER},
		  {"integer", OPENAPI_INTEGER}, {"boolean", OPENAPI_BOOLEAN},
		  {"array", OPENAPI_ARRAY},	{"object", OPENAPI_OBJECT},
		  {"null", OPENAPI_NULL},	{"file", OPENAPI_STRING}};

static unsigned type_of_name(struct str name)
{
	for (size_t i = 0; i < sizeof type_names / sizeof *type_names; i++)
		if (str_eq(name, str_of(type_names[i].name)))
			return type_names[i].type;
	return 0;
}

static unsigned read_types(const struct node *node)
{
	unsigned types = 0;

	if (node && node->kind == NODE_SCALAR)
		return type_of_name(node->text);
	for (size_t i = 0; node && node->kind == NODE_LIST && i < node->count; i++)
		if (node->items[i]->kind == NODE_SCALAR)
			types |= type_of_name(node->items[i]->text);
	return types;
}

static bool read_number(const struct node *map, const char *key, double *out)
{
	struct str text = openapi_text_at(map, key);

	return text.ptr && str_to_double(text, out);
}

static void read_size(const struct node *map, const char *key, bool is_max, size_t *out)
{
	double number;
	size_t size;

	if (!read_number(map, key, &number) || number < 0 || number > 1e9)
		return;
	size = (size_t)number;
	if (is_max ? size < *out : size > *out)
		*out = size;
}

/* In 3.0, exclusiveMinimum is true or false; in 3.1 and JSON Schema it is a number. */
static void read_limits(const struct node *map, struct openapi_schema *s)
{
	double number;

	if (read_number(map, "minimum", &number) && (!s->has_min || number > s->min)) {
		s->has_min = true;
		s->min = number;
		s->above_min = openapi_is_true(map, "exclusiveMinimum");
	}
	if (read_number(map, "maximum", &number) && (!s->has_max || number < s->max)) {
		s->has_max = true;
		s->max = number;
		s->below_max = openapi_is_true(map, "exclusiveMaximum");
	}
	if (read_number(map, "exclusiveMinimum", &number) && (!s->has_min || number >= s->min)) {
		s->has_min = s->above_min = true;
		s->min = number;
	}
	if (read_number(map, "exclusiveMaximum", &number) && (!s->has_max || number <= s->max)) {
		s->has_max = s->below_max = true;
		s->max = number;
	}
	if (read_number(map, "multipleOf", &number) && number > 0)
		s->multiple = number;
}

static void read_sizes(const struct node *map, struct openapi_schema *s)
{
	read_size(map, "minLength", false, &s->min_length);
	read_size(map, "maxLength", true, &s->max_length);
	read_size(map, "minItems", false, &s->min_items);
	read_size(map, "maxItems", true, &s->max_items);
	read_size(map, "minProperties", false, &s->min_properties);
	read_size(map, "maxProperties", true, &s->max_properties);
}

/* Two schemas of one property must both accept its value. */
static const struct node *both(struct openapi *o, const struct node *a, const struct node *b)
{
	const struct node *two[] = {a, b};
	struct node_pair pair = {.key = openapi_text_node(o, STR("allOf")),
				 .value = openapi_list_node(o, two, 2)};

	return openapi_map_node(o, &pair, 1);
}

static void add_property(struct openapi *o, struct openapi_schema *s, struct str name,
			 const struct node *schema)
{
	for (size_t i = 0; i < s->properties.count; i++) {
		struct openapi_property *p = &s->properties.items[i];

		if (!str_eq(p->name, name))
			continue;
		if (p->schema != schema)
			p->schema = both(o, p->schema, schema);
		return;
	}
	VEC_PUSH(o->arena, &s->properties, ((struct openapi_property){name, schema}));
}

static void add_required(struct openapi *o, struct openapi_schema *s, const struct node *list)
{
	for (size_t i = 0; list && list->kind == NODE_LIST && i < list->count; i++)
		if (list->items[i]->kind == NODE_SCALAR &&
		    !openapi_schema_requires(s, list->items[i]->text))
			VEC_PUSH(o->arena, &s->required, list->items[i]->text);
}

static void read_object(struct openapi *o, const struct node *map, struct openapi_schema *s)
{
	const struct node *properties = node_find(map, STR("properties"));
	const struct node *additional = node_find(map, STR("additionalProperties"));
	const struct node *discriminator = node_find(map, STR("discriminator"));

	for (size_t i = 0; properties && properties->kind == NODE_MAP && i < properties->count; i++)
		add_property(o, s, properties->pairs[i].key->text, properties->pairs[i].value);
	add_required(o, s, node_find(map, STR("required")));
	if (additional && additional->kind == NODE_MAP)
		s->additional = additional;
	if (openapi_text_at(map, "additionalProperties").ptr &&
	    str_eq(additional->text, STR("false")))
		s->closed = true;
	if (discriminator && discriminator->kind == NODE_MAP) {
		s->discriminator = openapi_text_at(discriminator, "propertyName");
		s->mapping = node_find(discriminator, STR("mapping"));
	}
}

static void read_choices(struct openapi *o, const struct node *map, struct openapi_schema *s)
{
	static const char *const names[] = {"oneOf", "anyOf"};
	const struct node *never = node_find(map, STR("not"));

	for (size_t i = 0; i < 2; i++) {
		const struct node *list = node_find(map, str_of(names[i]));
		struct openapi_choice choice = {.list = list, .exclusive = i == 0};

		if (list && list->kind == NODE_LIST && list->count)
			VEC_PUSH(o->arena, &s->choices, choice);
	}
	if (never && never->kind == NODE_MAP)
		VEC_PUSH(o->arena, &s->nots, never);
}

static const struct node *first_example(const struct node *map)
{
	const struct node *example = node_find(map, STR("example"));
	const struct node *examples = node_find(map, STR("examples"));

	if (example)
		return example;
	if (examples && examples->kind == NODE_LIST && examples->count)
		return examples->items[0];
	return node_find(map, STR("x-example"));
}

static void read_value_keys(struct openapi *o, const struct node *map, struct openapi_schema *s)
{
	const struct node *found;
	struct str text;

	if ((found = node_find(map, STR("enum"))) && found->kind == NODE_LIST)
		s->enumeration = found;
	if ((found = node_find(map, STR("const"))))
		s->constant = found;
	if ((found = node_find(map, STR("default"))) && !s->fallback)
		s->fallback = found;
	if ((found = first_example(map)) && !s->example)
		s->example = found;
	if ((found = node_find(map, STR("items"))))
		s->items = s->items && s->items != found ? both(o, s->items, found) : found;
	text = openapi_text_at(map, "pattern");
	if (text.ptr)
		VEC_PUSH(o->arena, &s->patterns, text);
	text = openapi_text_at(map, "format");
	if (text.len)
		s->format = text;
}

static void add(struct openapi *o, const struct node *node, struct openapi_schema *s,
		unsigned depth)
{
	const struct node *all;
	unsigned types;

	if (node && node->kind == NODE_SCALAR && str_eq(node->text, STR("false")))
		s->never = true;
	if (!node || node->kind != NODE_MAP || depth > DEPTH_MAX || o->work > WORK_MAX)
		return;
	o->work++;
	if (node_find(node, STR("$ref"))) {
		add(o, openapi_resolve(o, node), s, depth + 1);
		if (o->version != OPENAPI_3_1)
			return;
	}
	types = read_types(node_find(node, STR("type")));
	if (types)
		s->types = s->types && (s->types & types) ? s->types & types : types;
	s->nullable |= openapi_is_true(node, "nullable");
	s->read_only |= openapi_is_true(node, "readOnly");
	s->write_only |= openapi_is_true(node, "writeOnly");
	s->unique |= openapi_is_true(node, "uniqueItems");
	read_limits(node, s);
	read_sizes(node, s);
	read_value_keys(o, node, s);
	read_object(o, node, s);
	read_choices(o, node, s);
	all = node_find(node, STR("allOf"));
	for (size_t i = 0; all && all->kind == NODE_LIST && i < all->count; i++)
		add(o, all->items[i], s, depth + 1);
}

void openapi_schema_add(struct openapi *o, const struct node *node, struct openapi_schema *s)
{
	add(o, node, s, 0);
}

static void read_schema(struct openapi *o, const struct node *node, struct openapi_schema *s)
{
	*s = (struct openapi_schema){
	    .max_length = SIZE_MAX, .max_items = SIZE_MAX, .max_properties = SIZE_MAX};
	add(o, node, s, 0);
	if (!s->types && s->properties.count)
		s->types = OPENAPI_OBJECT;
	else if (!s->types && s->items)
		s->types = OPENAPI_ARRAY;
	/* It is copied: what is added to a copy must not be in the memory of another one. */
	s->patterns.cap = s->patterns.count;
	s->properties.cap = s->properties.count;
	s->required.cap = s->required.count;
	s->choices.cap = s->choices.count;
	s->nots.cap = s->nots.count;
}

void openapi_schema_read(struct openapi *o, const struct node *node, struct openapi_schema *s)
{
	struct openapi_known_schema *known;

	if (!node) {
		read_schema(o, node, s);
		return;
	}
	known = openapi_map_find(&o->known_schemas, node);
	if (!known) {
		known = ARENA_NEW(o->arena, struct openapi_known_schema);
		read_schema(o, node, &known->schema);
		openapi_map_put(o, &o->known_schemas, node, known);
	}
	*s = known->schema;
}

const struct node *openapi_schema_property(const struct openapi_schema *s, struct str name)
{
	for (size_t i = 0; i < s->properties.count; i++)
		if (str_eq(s->properties.items[i].name, name))
			return s->properties.items[i].schema;
	return NULL;
}

bool openapi_schema_requires(const struct openapi_schema *s, struct str name)
{
	for (size_t i = 0; i < s->required.count; i++)
		if (str_eq(s->required.items[i], name))
			return true;
	return false;
}
