/* Values for schemas: examples, defaults and choices first, then generated ones. */
#include <math.h>

#include "import/naming.h"
#include "import/openapi/openapi.h"

#define DEPTH_MAX 12
#define TRIES_MAX 32
/* Values in a body; deeper ones are empty. The number of values grows with the power of the depth
 * if schemas contain themselves several times. */
#define VALUES_MAX 5000

struct maker {
	struct openapi *o;
	size_t values; /* that were made */
	bool coerced;
	bool fill; /* the object also gets properties that are not required */
};

static const struct node *make(struct maker *m, const struct node *schema, struct str name,
			       unsigned depth, size_t number);

/* ---- scalars */

static double lowest(const struct openapi_schema *s, double step)
{
	double number = s->has_min ? s->min : 1;

	if (s->has_min && s->above_min)
		number += step;
	if (!s->has_min && s->has_max && number > s->max)
		number = s->max;
	if (!s->has_min && s->has_max && s->below_max && number >= s->max)
		number = s->max - step;
	if (s->multiple > 0)
		number = ceil(number / s->multiple) * s->multiple;
	return number;
}

static const struct node *make_number(struct maker *m, const struct openapi_schema *s,
				      size_t number)
{
	bool whole = !(s->types & OPENAPI_NUMBER);
	double step = s->multiple > 0 ? s->multiple : 1, value;

	if (!whole && s->multiple <= 0 && s->has_min && s->has_max && s->max - s->min <= 1)
		step = (s->max - s->min) / 4;
	value = lowest(s, step) + (double)number * step;
	if (whole)
		value = ceil(value);
	return openapi_word_node(m->o, whole || value == floor(value)
					   ? arena_printf(m->o->arena, "%.0f", value)
					   : arena_printf(m->o->arena, "%.10g", value));
}

/* VALUE as the type that the schema has: an example 5 of a text is "5". */
static const struct node *coerce(struct maker *m, const struct openapi_schema *s,
				 const struct node *value)
{
	unsigned type = openapi_type_of(value);
	double number;

	if (value->kind != NODE_SCALAR || !s->types || s->types & type)
		return value;
	if (s->types & OPENAPI_STRING && type != OPENAPI_NULL)
		return openapi_text_node(m->o, value->text);
	if (s->types & (OPENAPI_NUMBER | OPENAPI_INTEGER) && str_to_double(value->text, &number))
		return openapi_word_node(m->o, value->text);
	if (s->types & OPENAPI_BOOLEAN &&
	    (str_eq(value->text, STR("true")) || str_eq(value->text, STR("false"))))
		return openapi_word_node(m->o, value->text);
	return value;
}

/* ---- documented values */

/* A text that must not be in the scenario, such as a password: a parameter. NULL: it is another
 * value. */
static const struct node *secret(struct maker *m, struct str name, const struct openapi_schema *s)
{
	if (!m->o->in_body || !naming_is_secret(name) || s->enumeration || s->constant ||
	    (s->types && s->types != OPENAPI_STRING) || s->properties.count || s->choices.count)
		return NULL;
	return openapi_text_node(
	    m->o, openapi_secret(m->o, arena_printf(m->o->arena, "property %.*s", STR_ARG(name)),
				 name, STR("")));
}

static bool is_chosen(const struct maker *m, struct str name, unsigned depth)
{
	return !depth && m->o->chosen_property.len && str_eq(name, m->o->chosen_property);
}

static const struct node *for_request(struct maker *m, const struct node *schema,
				      const struct node *value, unsigned depth);

static const struct node *member_for_request(struct maker *m, const struct node *schema,
					     const struct node_pair *pair, unsigned depth)
{
	struct str name = pair->key->text;
	struct openapi_schema s;
	const struct node *hidden;

	if (is_chosen(m, name, depth))
		return openapi_text_node(m->o, m->o->chosen_text);
	openapi_schema_read(m->o, schema, &s);
	if (s.read_only)
		return NULL;
	hidden = pair->value->kind == NODE_SCALAR && openapi_type_of(pair->value) == OPENAPI_STRING
		     ? secret(m, name, &s)
		     : NULL;
	return hidden ? hidden : for_request(m, schema, pair->value, depth + 1);
}

/* An example without the properties that only responses have and without secrets, and with the
 * property that the chain chooses. */
static const struct node *for_request(struct maker *m, const struct node *schema,
				      const struct node *value, unsigned depth)
{
	struct openapi *o = m->o;
	struct openapi_schema s;
	struct node_pair *pairs;
	const struct node **items;
	size_t count = 0;

	if (!o->in_body || value->kind == NODE_SCALAR || depth > DEPTH_MAX)
		return value;
	openapi_schema_read(o, schema, &s);
	items = ARENA_ARRAY(o->arena, value->count + 1, const struct node *);
	pairs = ARENA_ARRAY(o->arena, value->count + 1, struct node_pair);
	for (size_t i = 0; i < value->count && value->kind == NODE_LIST; i++)
		items[i] = for_request(m, s.items, value->items[i], depth + 1);
	if (value->kind == NODE_LIST)
		return openapi_list_node(o, items, value->count);
	for (size_t i = 0; i < value->count; i++) {
		struct node_pair pair = value->pairs[i];
		const struct node *property = openapi_schema_property(&s, pair.key->text);

		pair.value = member_for_request(m, property, &pair, depth);
		if (pair.value)
			pairs[count++] = pair;
	}
	return openapi_map_node(o, pairs, count);
}

/* VALUE if the schema accepts it; NULL otherwise. */
static const struct node *usable(struct maker *m, const struct node *schema,
				 const struct openapi_schema *s, const struct node *value,
				 unsigned depth)
{
	if (!value)
		return NULL;
	value = for_request(m, schema, coerce(m, s, openapi_resolve(m->o, value)), depth);
	if (openapi_type_of(value) == OPENAPI_NULL && !s->nullable && !(s->types & OPENAPI_NULL))
		return NULL;
	return openapi_accepts(m->o, schema, value, m->coerced) ? value : NULL;
}

static const struct node *documented(struct maker *m, const struct node *schema,
				     const struct openapi_schema *s, unsigned depth, size_t number)
{
	const struct node *value = NULL;

	if (!number || s->constant) {
		value = usable(m, schema, s, s->example, depth);
		if (!value)
			value = usable(m, schema, s, s->fallback, depth);
		if (!value)
			value = usable(m, schema, s, s->constant, depth);
	}
	for (size_t i = number; !value && s->enumeration && i < s->enumeration->count; i++)
		value = usable(m, schema, s, s->enumeration->items[i], depth);
	return value;
}

/* ---- lists and objects */

static const struct node *make_list(struct maker *m, const struct openapi_schema *s,
				    struct str name, unsigned depth)
{
	size_t count = s->min_items ? s->min_items : 1;
	const struct node **items;

	if (count > s->max_items || !s->items || (depth > 4 && !s->min_items))
		count = s->min_items;
	if (count > 100)
		count = 100;
	items = ARENA_ARRAY(m->o->arena, count + 1, const struct node *);
	for (size_t i = 0; i < count; i++)
		items[i] = make(m, s->items, name, depth + 1, s->unique ? i : 0);
	return openapi_list_node(m->o, items, count);
}

static void put_property(struct maker *m, struct node_pair *pairs, size_t *count, struct str name,
			 const struct node *schema, unsigned depth)
{
	const struct node *value;
	struct openapi_schema s;

	for (size_t i = 0; i < *count; i++)
		if (str_eq(pairs[i].key->text, name))
			return;
	openapi_schema_read(m->o, schema, &s);
	if (s.read_only)
		return;
	value = is_chosen(m, name, depth) ? openapi_text_node(m->o, m->o->chosen_text)
					  : secret(m, name, &s);
	pairs[*count].key = openapi_text_node(m->o, name);
	pairs[*count].value = value ? value : make(m, schema, name, depth + 1, 0);
	(*count)++;
}

/* Whether a property that is not required is sent anyway: with EXAMPLES, only one that has
 * a documented value. */
static bool is_wanted(struct maker *m, const struct node *schema, bool examples)
{
	struct openapi_schema s;

	openapi_schema_read(m->o, schema, &s);
	if (examples)
		return s.example || s.fallback || s.constant || s.enumeration;
	return s.types && !(s.types & (OPENAPI_OBJECT | OPENAPI_ARRAY));
}

static void put_optional(struct maker *m, const struct openapi_schema *s, struct node_pair *pairs,
			 size_t *count, unsigned depth)
{
	for (int round = 0; round < 3 && !*count; round++)
		for (size_t i = 0; i < s->properties.count; i++)
			if (round == 2 || is_wanted(m, s->properties.items[i].schema, !round))
				put_property(m, pairs, count, s->properties.items[i].name,
					     s->properties.items[i].schema, depth);
}

static const struct node *make_object(struct maker *m, const struct openapi_schema *s,
				      unsigned depth)
{
	size_t count = 0, limit = s->properties.count + s->required.count + 64;
	struct node_pair *pairs = ARENA_ARRAY(m->o->arena, limit, struct node_pair);
	bool fill = m->fill && !depth && !s->required.count && !s->min_properties;

	for (size_t i = 0; i < s->required.count; i++) {
		const struct node *schema = openapi_schema_property(s, s->required.items[i]);

		put_property(m, pairs, &count, s->required.items[i],
			     schema ? schema : s->additional, depth);
	}
	if (!depth && m->o->chosen_property.len)
		put_property(m, pairs, &count, m->o->chosen_property,
			     openapi_schema_property(s, m->o->chosen_property), depth);
	if (fill)
		put_optional(m, s, pairs, &count, depth);
	for (size_t i = 0; i < s->properties.count && count < s->min_properties; i++)
		put_property(m, pairs, &count, s->properties.items[i].name,
			     s->properties.items[i].schema, depth);
	for (size_t i = 1; count < s->min_properties && count < limit && i < 64; i++)
		put_property(m, pairs, &count, arena_printf(m->o->arena, "key%zu", i),
			     s->additional, depth);
	return openapi_map_node(m->o, pairs, count);
}

/* ---- one of several schemas */

/* The name of the schema VARIANT for the discriminator of S. */
static struct str discriminator_value(const struct openapi_schema *s, const struct node *variant)
{
	struct str ref = openapi_text_at(variant, "$ref");
	size_t slash = ref.len;

	for (size_t i = 0; s->mapping && s->mapping->kind == NODE_MAP && i < s->mapping->count; i++)
		if (s->mapping->pairs[i].value->kind == NODE_SCALAR &&
		    str_ends(ref, s->mapping->pairs[i].value->text))
			return s->mapping->pairs[i].key->text;
	while (slash > 0 && ref.ptr[slash - 1] != '/')
		slash--;
	return str_slice(ref, slash, ref.len);
}

static void set_discriminator(struct maker *m, const struct openapi_schema *s,
			      const struct node *variant, struct openapi_schema *out)
{
	struct str value = discriminator_value(s, variant);
	struct node_pair constant = {.key = openapi_text_node(m->o, STR("default")),
				     .value = openapi_text_node(m->o, value)};
	const struct node *schema = openapi_schema_property(out, s->discriminator);
	struct openapi_schema own;

	openapi_schema_read(m->o, schema, &own);
	if (!value.len || own.constant || own.enumeration)
		return;
	for (size_t i = 0; i < out->properties.count; i++)
		if (str_eq(out->properties.items[i].name, s->discriminator))
			out->properties.items[i].schema = openapi_map_node(m->o, &constant, 1);
}

static const struct node *make_plain(struct maker *m, const struct node *schema,
				     const struct openapi_schema *s, struct str name,
				     unsigned depth, size_t number);

/* Tries the schemas of the first choice of S one after the other; the others of S follow it. */
static const struct node *make_choice(struct maker *m, const struct node *schema,
				      const struct openapi_schema *s, struct str name,
				      unsigned depth, size_t number)
{
	const struct node *list = s->choices.items[0].list, *first = NULL, *value;

	for (size_t i = 0; i < list->count && i < TRIES_MAX; i++) {
		struct openapi_schema one = *s;

		one.choices.items = s->choices.items + 1;
		one.choices.count--;
		one.choices.cap = one.choices.count;
		one.properties.cap = one.properties.count;
		one.required.cap = one.required.count;
		one.patterns.cap = one.patterns.count;
		one.nots.cap = one.nots.count;
		one.properties.items =
		    ARENA_ARRAY(m->o->arena, one.properties.count + 1, struct openapi_property);
		for (size_t k = 0; k < one.properties.count; k++)
			one.properties.items[k] = s->properties.items[k];
		openapi_schema_add(m->o, list->items[i], &one);
		if (!one.types && one.properties.count)
			one.types = OPENAPI_OBJECT;
		if (s->discriminator.len)
			set_discriminator(m, s, list->items[i], &one);
		value = make_plain(m, schema, &one, name, depth, number);
		if (openapi_accepts(m->o, schema, value, m->coerced))
			return value;
		if (!first)
			first = value;
	}
	return first ? first : openapi_text_node(m->o, name);
}

static const struct node *make_plain(struct maker *m, const struct node *schema,
				     const struct openapi_schema *s, struct str name,
				     unsigned depth, size_t number)
{
	const struct node *value = documented(m, schema, s, depth, number);

	if (value)
		return value;
	if (s->choices.count && depth < DEPTH_MAX)
		return make_choice(m, schema, s, name, depth, number);
	if (s->types & OPENAPI_OBJECT)
		return depth < DEPTH_MAX ? make_object(m, s, depth)
					 : openapi_map_node(m->o, NULL, 0);
	if (s->types & OPENAPI_ARRAY)
		return depth < DEPTH_MAX ? make_list(m, s, name, depth)
					 : openapi_list_node(m->o, NULL, 0);
	if (s->types & (OPENAPI_INTEGER | OPENAPI_NUMBER))
		return make_number(m, s, number);
	if (s->types & OPENAPI_BOOLEAN)
		return openapi_word_node(m->o, number ? STR("false") : STR("true"));
	if (s->types == OPENAPI_NULL)
		return openapi_word_node(m->o, STR("null"));
	if (s->additional && !s->types)
		return make_object(m, s, depth);
	return openapi_text_node(m->o, openapi_generate_text(m->o, s, name, number));
}

static const struct node *make(struct maker *m, const struct node *schema, struct str name,
			       unsigned depth, size_t number)
{
	struct openapi_schema s;

	if (++m->values > VALUES_MAX)
		depth = DEPTH_MAX;
	openapi_schema_read(m->o, schema, &s);
	return make_plain(m, schema, &s, name, depth, number);
}

const struct node *openapi_generate(struct openapi *o, const struct node *schema, struct str name,
				    bool coerced)
{
	struct maker m = {.o = o, .coerced = coerced};

	return make(&m, schema, name, 1, 0);
}

const struct node *openapi_generate_body(struct openapi *o, const struct node *schema,
					 const struct node *example, bool *example_used)
{
	struct maker m = {.o = o, .fill = true};
	const struct node *value = NULL;
	struct openapi_schema s;

	o->in_body = true;
	openapi_schema_read(o, schema, &s);
	if (example)
		value = usable(&m, schema, &s, example, 0);
	*example_used = value;
	if (!value && !s.types && !s.choices.count) /* nothing is known */
		s.types = OPENAPI_OBJECT;
	if (!value)
		value = make_plain(&m, schema, &s, STR("body"), 0, 0);
	o->in_body = false;
	return value;
}
