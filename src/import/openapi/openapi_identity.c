/*
 * The identities of resources: the value of a response that fits a variable of a path, and the
 * resource that an operation creates.
 */
#include "base/ascii.h"
#include "import/openapi/openapi.h"

#define LOCATION "(?im)^location:.*/([^/?\\s]+)/?\\s*$"

struct str openapi_singular(struct openapi *o, struct str word)
{
	static const char *const es[] = {"sses", "xes", "ches", "shes", "uses", NULL};

	if (word.len > 4 && str_ends(word, STR("ies")))
		return arena_printf(o->arena, "%.*sy", (int)word.len - 3, word.ptr);
	for (int i = 0; es[i]; i++)
		if (str_ends(word, str_of(es[i])) && word.len > 4)
			return str_slice(word, 0, word.len - 2);
	if (word.len > 2 && str_ends(word, STR("s")) && !str_ends(word, STR("ss")))
		return str_slice(word, 0, word.len - 1);
	return word;
}

/* Lower case, without separators: order_id, orderId and order-id are the same. */
static struct str folded(struct openapi *o, struct str name)
{
	char *bytes = arena_cstr(o->arena, name);
	size_t length = 0;

	for (size_t i = 0; i < name.len; i++)
		if (ascii_is_alnum(bytes[i]))
			bytes[length++] = ascii_to_lower(bytes[i]);
	return str_n(bytes, length);
}

/* ---- properties */

static bool is_generic(struct str word)
{
	static const char *const words[] = {"id",   "uuid", "guid",   "sid",	    "key", "code",
					    "name", "slug", "number", "identifier", NULL};

	for (int i = 0; words[i]; i++)
		if (str_eq(word, str_of(words[i])))
			return true;
	return false;
}

/* How well the property PROPERTY fits the variable NAME of a NOUN; 0: it does not, 1 is the best.
 * All folded. */
static int fit_of(struct openapi *o, struct str property, struct str name, struct str noun)
{
	struct str rest = name;

	if (str_eq(property, name))
		return 1;
	if (noun.len && str_starts(name, noun))
		rest = str_slice(name, noun.len, name.len);
	if (rest.len && str_eq(property, rest))
		return 2;
	if (noun.len &&
	    str_eq(property, arena_printf(o->arena, "%.*s%.*s", STR_ARG(noun), STR_ARG(name))))
		return 3;
	if (!str_ends(name, STR("id")) && !is_generic(name) && !str_eq(name, noun))
		return 0;
	if (str_eq(property, STR("id")))
		return 4;
	if (noun.len && str_starts(property, noun) &&
	    is_generic(str_slice(property, noun.len, property.len)))
		return 5;
	if (str_eq(property, STR("uuid")) || str_eq(property, STR("guid")))
		return 6;
	/* orderId for the path /orders/{id}, and bookId for /library/{bookId}/… */
	return str_eq(name, noun) && str_eq(property, STR("name")) ? 7 : 0;
}

struct str openapi_join_path(struct openapi *o, struct str path, struct str name)
{
	bool plain = name.len && ascii_is_name_start(name.ptr[0]);

	for (size_t i = 0; i < name.len; i++)
		plain = plain && ascii_is_name(name.ptr[i]);
	if (plain)
		return arena_printf(o->arena, "%.*s.%.*s", STR_ARG(path), STR_ARG(name));
	if (str_find_char(name, '\'', 0) != NOT_FOUND || str_find_char(name, '\\', 0) != NOT_FOUND)
		return STR_NULL;
	return arena_printf(o->arena, "%.*s['%.*s']", STR_ARG(path), STR_ARG(name));
}

/* The schema as an object or a list: the first of several choices if it is one. */
static void read_shape(struct openapi *o, const struct node *schema, struct openapi_schema *s)
{
	openapi_schema_read(o, schema, s);
	if (!s->properties.count && !s->items && s->choices.count &&
	    s->choices.items[0].list->count)
		openapi_schema_add(o, s->choices.items[0].list->items[0], s);
}

/* Whether the property SCHEMA can be the value of a parameter of TYPES: a text is not a number. */
static bool is_scalar(struct openapi *o, const struct node *schema, unsigned types)
{
	struct openapi_schema s;

	read_shape(o, schema, &s);
	return !s.write_only && !s.properties.count && !s.items &&
	       (!types || types & OPENAPI_STRING || s.types != OPENAPI_STRING) &&
	       (!s.types || s.types & (OPENAPI_STRING | OPENAPI_INTEGER | OPENAPI_NUMBER));
}

/* The items of a list of texts or numbers; a schema without a type says nothing. */
static bool is_named_scalar(struct openapi *o, const struct node *schema, unsigned types)
{
	struct openapi_schema s;

	read_shape(o, schema, &s);
	return s.types && is_scalar(o, schema, types);
}

struct identity_search {
	struct openapi *o;
	struct str name, noun; /* folded */
	unsigned types;	       /* of the parameter, enum openapi_type; 0: any */
	bool exact;	       /* only a property of exactly this name */
};

/* The types of a parameter with SCHEMA. */
static unsigned types_of(struct openapi *o, const struct node *schema)
{
	struct openapi_schema s;

	openapi_schema_read(o, schema, &s);
	return s.types;
}

/* The best property of the object S itself. */
static struct str own_value(struct identity_search *f, const struct openapi_schema *s,
			    struct str path)
{
	const struct openapi_property *best = NULL;
	int best_fit = 0;

	for (size_t i = 0; i < s->properties.count; i++) {
		const struct openapi_property *p = &s->properties.items[i];
		int fit = fit_of(f->o, folded(f->o, p->name), f->name, f->noun);

		if (f->exact && fit != 1)
			continue;
		if (fit && (!best || fit < best_fit) && is_scalar(f->o, p->schema, f->types)) {
			best = p;
			best_fit = fit;
		}
	}
	return best ? openapi_join_path(f->o, path, best->name) : STR_NULL;
}

static bool is_wrapper(struct identity_search *f, struct str name, size_t siblings)
{
	static const char *const names[] = {"data",	"result", "results",  "item",  "response",
					    "payload",	"object", "resource", "value", "attributes",
					    "metadata", "body",	  "output",   NULL};
	struct str plain = folded(f->o, name);

	for (int i = 0; names[i]; i++)
		if (str_eq(plain, str_of(names[i])))
			return true;
	return siblings == 1 || str_eq(plain, f->noun);
}

static struct str find_in_object(struct identity_search *f, const struct node *schema,
				 struct str path, unsigned depth)
{
	struct openapi_schema s;
	struct str found;

	read_shape(f->o, schema, &s);
	found = own_value(f, &s, path);
	for (size_t i = 0; !found.ptr && i < s.properties.count && depth < 3; i++) {
		const struct openapi_property *p = &s.properties.items[i];

		if (is_wrapper(f, p->name, s.properties.count))
			found = find_in_object(f, p->schema, openapi_join_path(f->o, path, p->name),
					       depth + 1);
	}
	return found;
}

static struct str find_in_list(struct identity_search *f, const struct node *schema,
			       struct str path, unsigned depth)
{
	struct openapi_schema s;
	struct str found = STR_NULL;

	read_shape(f->o, schema, &s);
	if (s.items) {
		path = arena_printf(f->o->arena, "%.*s[0]", STR_ARG(path));
		found = find_in_object(f, s.items, path, 1);
		return found.ptr || !is_named_scalar(f->o, s.items, f->types) ? found : path;
	}
	for (size_t i = 0; !found.ptr && i < s.properties.count && depth < 3; i++) {
		const struct openapi_property *p = &s.properties.items[i];
		struct openapi_schema inner;

		read_shape(f->o, p->schema, &inner);
		if (inner.items ||
		    (inner.properties.count && (is_wrapper(f, p->name, s.properties.count) ||
						str_icontains(p->name, STR("embedded")))))
			found = find_in_list(f, p->schema, openapi_join_path(f->o, path, p->name),
					     depth + 1);
	}
	return found;
}

/* A schema for the value EXAMPLE. */
static const struct node *schema_of(struct openapi *o, const struct node *example, unsigned depth)
{
	bool map = example->kind == NODE_MAP;
	struct node_pair *pairs, outer = {.key = openapi_text_node(o, STR("properties"))};

	if (depth > 4 || example->kind == NODE_SCALAR)
		return openapi_map_node(o, NULL, 0);
	if (!map) {
		outer.key = openapi_text_node(o, STR("items"));
		outer.value = example->count ? schema_of(o, example->items[0], depth + 1)
					     : openapi_map_node(o, NULL, 0);
		return openapi_map_node(o, &outer, 1);
	}
	pairs = ARENA_ARRAY(o->arena, example->count + 1, struct node_pair);
	for (size_t i = 0; i < example->count; i++) {
		pairs[i].key = example->pairs[i].key;
		pairs[i].value = schema_of(o, example->pairs[i].value, depth + 1);
	}
	outer.value = openapi_map_node(o, pairs, example->count);
	return openapi_map_node(o, &outer, 1);
}

/* The same, made only once for each example. */
static const struct node *example_schema(struct openapi *o, const struct node *example)
{
	const struct node **known = openapi_map_find(&o->known_examples, example);

	if (known)
		return *known;
	known = ARENA_NEW(o->arena, const struct node *);
	*known = schema_of(o, example, 0);
	openapi_map_put(o, &o->known_examples, example, known);
	return *known;
}

static struct str find_value(struct identity_search *f, const struct openapi_operation *op,
			     bool in_list)
{
	struct str found = STR_NULL;

	for (size_t i = 0; !found.ptr && i < op->responses.count; i++) {
		const struct node *example, *schema;
		struct str media;

		schema =
		    openapi_response_schema(f->o, op, op->responses.items[i], &media, &example);
		if (media.len && !openapi_media_is_json(media) && !str_eq(media, STR("*/*")))
			continue;
		if (example)
			found = in_list
				    ? find_in_list(f, example_schema(f->o, example), STR("$"), 0)
				    : find_in_object(f, example_schema(f->o, example), STR("$"), 0);
		if (!found.ptr && schema)
			found = in_list ? find_in_list(f, schema, STR("$"), 0)
					: find_in_object(f, schema, STR("$"), 0);
	}
	return found;
}

struct str openapi_find_value(struct openapi *o, const struct openapi_operation *op,
			      const struct openapi_wanted *wanted, bool in_list)
{
	struct identity_search f = {.o = o,
				    .name = folded(o, wanted->name),
				    .noun = folded(o, wanted->noun),
				    .types = types_of(o, wanted->schema)};

	return find_value(&f, op, in_list);
}

struct str openapi_find_named(struct openapi *o, const struct openapi_operation *op,
			      const struct openapi_wanted *wanted, bool in_list)
{
	struct identity_search f = {.o = o,
				    .name = folded(o, wanted->name),
				    .types = types_of(o, wanted->schema),
				    .exact = true};

	return is_generic(f.name) || f.name.len < 4 ? STR_NULL : find_value(&f, op, in_list);
}

/* ---- what an operation creates */

/* The variable in the segment after the path of OP in another path; its name is empty if there is
 * none. */
static struct openapi_wanted variable_below(struct openapi *o, const struct openapi_operation *op)
{
	struct openapi_wanted wanted = {.name = STR("")};
	size_t count = op->segments.count;

	for (size_t i = 0; i < o->operations.count; i++) {
		const struct openapi_operation *other = o->operations.items[i];
		const struct openapi_parameter *p;
		struct str text;
		size_t open;

		if (other->segments.count <= count || !other->segments.items[count].has_variable ||
		    !openapi_same_path(op, count, other, count))
			continue;
		text = other->segments.items[count].text;
		open = str_find_char(text, '{', 0) + 1;
		wanted.name = str_slice(text, open, str_find_char(text, '}', open));
		p = openapi_find_parameter(other, wanted.name, OPENAPI_PATH);
		wanted.schema = p ? p->schema : NULL;
		wanted.noun = openapi_singular(o, openapi_noun_before(op, count));
		break;
	}
	return wanted;
}

static bool has_location(const struct openapi_operation *op)
{
	for (size_t i = 0; i < op->responses.count; i++) {
		const struct node *headers = node_find(op->responses.items[i], STR("headers"));

		for (size_t k = 0; headers && headers->kind == NODE_MAP && k < headers->count; k++)
			if (str_ieq(headers->pairs[k].key->text, STR("location")))
				return true;
	}
	return false;
}

/* The property of OP's body that identifies what it creates, as {username} of POST /users does. */
static struct str chosen_property(struct openapi *o, const struct openapi_operation *op,
				  struct str name)
{
	const struct node *schema = openapi_body_schema(o, op);
	struct openapi_schema s, property;

	if (!schema)
		return STR_NULL;
	openapi_schema_read(o, schema, &s);
	for (size_t i = 0; i < s.properties.count; i++) {
		struct openapi_property *p = &s.properties.items[i];

		if (!str_eq(folded(o, p->name), folded(o, name)))
			continue;
		openapi_schema_read(o, p->schema, &property);
		if (!property.read_only && property.types & OPENAPI_STRING &&
		    !property.enumeration && !property.constant)
			return p->name;
	}
	return STR_NULL;
}

bool openapi_creates(struct openapi *o, struct openapi_operation *op,
		     const struct openapi_wanted *wanted, struct openapi_source *out)
{
	struct openapi_source source = {
	    .kind = OPENAPI_EXTRACT, .operation = op, .extractor = "jsonpath", .created = true};

	source.expression = openapi_find_value(o, op, wanted, false);
	if (!source.expression.ptr && has_location(op)) {
		source.extractor = "regex";
		source.expression = STR(LOCATION);
	}
	if (!source.expression.ptr) {
		source.kind = OPENAPI_CHOSEN;
		source.expression = chosen_property(o, op, wanted->name);
	}
	*out = source;
	return source.expression.ptr;
}

static bool documents(const struct openapi_operation *op, const char *status)
{
	for (size_t i = 0; i < op->statuses.count; i++)
		if (str_eq(op->statuses.items[i], str_of(status)))
			return true;
	return false;
}

static void find_identity(struct openapi *o, struct openapi_operation *op)
{
	struct openapi_wanted wanted = variable_below(o, op);

	if (wanted.name.len && str_eq(op->method, STR("post")))
		op->has_identity = openapi_creates(o, op, &wanted, &op->identity);
}

/* PUT creates what its path names, if it documents status 201 and no POST creates it. */
static void find_put_identity(struct openapi *o, struct openapi_operation *op)
{
	size_t count = op->segments.count;
	struct str text;
	size_t open;

	if (!str_eq(op->method, STR("put")) || !documents(op, "201") || !count ||
	    !op->segments.items[count - 1].has_variable)
		return;
	for (size_t i = 0; i < o->operations.count; i++) {
		const struct openapi_operation *other = o->operations.items[i];

		if (other->has_identity && str_eq(other->method, STR("post")) &&
		    openapi_same_path(op, count - 1, other, other->segments.count))
			return;
	}
	text = op->segments.items[count - 1].text;
	open = str_find_char(text, '{', 0) + 1;
	op->has_identity = true;
	op->identity = (struct openapi_source){
	    .kind = OPENAPI_CHOSEN,
	    .operation = op,
	    .expression = str_slice(text, open, str_find_char(text, '}', open)),
	    .created = true};
}

void openapi_find_identities(struct openapi *o)
{
	for (size_t i = 0; i < o->operations.count; i++)
		find_identity(o, o->operations.items[i]);
	for (size_t i = 0; i < o->operations.count; i++)
		find_put_identity(o, o->operations.items[i]);
}
