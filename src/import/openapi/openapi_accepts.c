/* Which values a schema accepts. */
#include <math.h>

#include "base/ascii.h"
#include "import/openapi/openapi.h"

#define DEPTH_MAX 24

struct schema_check {
	struct openapi *o;
	bool coerced;
};

static bool accepts(struct schema_check *c, const struct node *schema, const struct node *value,
		    unsigned depth);

static size_t characters(struct str text)
{
	return str_columns(text);
}

bool openapi_matches(struct openapi *o, struct str pattern, struct str text)
{
	struct regex_error error;
	struct regex *regex = regex_new(pattern, false, &error);
	bool matches = !regex || regex_find(regex, o->scratch, text, 0) != REGEX_NO_MATCH;

	regex_free(regex);
	return matches;
}

/* Whether TEXT has FORMAT ("date", "uuid"); true for formats that are not known. */
static bool has_format(struct openapi *o, struct str format, struct str text)
{
	static const struct {
		const char *name, *pattern;
	} formats[] = {
	    {"date", "^\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])$"},
	    {"date-time",
	     "^\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])[Tt]"
	     "(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d+)?(?:[Zz]|[+-]\\d\\d:\\d\\d)$"},
	    {"time",
	     "^(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d+)?(?:[Zz]|[+-]\\d\\d:\\d\\d)$"},
	    {"email", "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+$"},
	    {"uuid", "^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"},
	    {"uri", "^[A-Za-z][A-Za-z0-9+.-]*:[!-~]+$"},
	    {"url", "^(?:https?|ftp)://[!-~]+\\.[!-~]+$"},
	    {"ipv4", "^(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.|$)){4}$"},
	    {"ipv6", "^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$"},
	    {"hostname", "^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$"},
	    {"byte", "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"},
	    {"duration", "^P[0-9YMWDTHS.,]+$"},
	    {"json-pointer", "^(?:/.*)?$"},
	};

	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (str_eq(format, str_of(formats[i].name)))
			return openapi_matches(o, str_of(formats[i].pattern), text);
	return true;
}

/* ---- scalars */

static bool same(const struct node *a, const struct node *b, bool coerced)
{
	double x, y;

	if (a->kind != b->kind)
		return false;
	if (a->kind == NODE_SCALAR) {
		if (coerced && str_eq(a->text, b->text))
			return true;
		if ((openapi_type_of(a) == OPENAPI_STRING) !=
		    (openapi_type_of(b) == OPENAPI_STRING))
			return false;
		if (openapi_type_of(a) != OPENAPI_STRING && str_to_double(a->text, &x) &&
		    str_to_double(b->text, &y))
			return x == y;
		return str_eq(a->text, b->text) ||
		       (openapi_type_of(a) == OPENAPI_NULL && openapi_type_of(b) == OPENAPI_NULL);
	}
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		const struct node *other =
		    a->kind == NODE_LIST ? b->items[i] : node_find(b, a->pairs[i].key->text);

		if (!other ||
		    !same(a->kind == NODE_LIST ? a->items[i] : a->pairs[i].value, other, coerced))
			return false;
	}
	return true;
}

static bool is_listed(const struct openapi_schema *s, const struct node *value, bool coerced)
{
	if (s->constant && !same(s->constant, value, coerced))
		return false;
	for (size_t i = 0; s->enumeration && i < s->enumeration->count; i++)
		if (same(s->enumeration->items[i], value, coerced))
			return true;
	return !s->enumeration;
}

static bool has_type(const struct schema_check *c, const struct openapi_schema *s,
		     const struct node *value)
{
	unsigned type = openapi_type_of(value), allowed = s->types;
	double number;

	if (!allowed)
		return true;
	if (type == OPENAPI_NULL && s->nullable)
		return true;
	if (allowed & type || (type == OPENAPI_INTEGER && allowed & OPENAPI_NUMBER))
		return true;
	if (!c->coerced || value->kind != NODE_SCALAR)
		return false;
	if (allowed & OPENAPI_STRING)
		return true;
	if (allowed & OPENAPI_BOOLEAN &&
	    (str_eq(value->text, STR("true")) || str_eq(value->text, STR("false"))))
		return true;
	if (!str_to_double(value->text, &number))
		return false;
	return allowed & OPENAPI_NUMBER || (allowed & OPENAPI_INTEGER && number == floor(number));
}

static bool number_fits(const struct openapi_schema *s, double number)
{
	double times = s->multiple > 0 ? number / s->multiple : 0;

	if (s->has_min && (number < s->min || (s->above_min && number <= s->min)))
		return false;
	if (s->has_max && (number > s->max || (s->below_max && number >= s->max)))
		return false;
	if (str_eq(s->format, STR("int32")) && fabs(number) > 2147483647.0)
		return false;
	return fabs(times - round(times)) < 1e-9;
}

static bool text_fits(struct schema_check *c, const struct openapi_schema *s, struct str text)
{
	size_t length = characters(text);

	if (length < s->min_length || length > s->max_length)
		return false;
	for (size_t i = 0; i < s->patterns.count; i++)
		if (!openapi_matches(c->o, s->patterns.items[i], text))
			return false;
	return !s->format.len || has_format(c->o, s->format, text);
}

static bool scalar_fits(struct schema_check *c, const struct openapi_schema *s,
			const struct node *value)
{
	unsigned type = openapi_type_of(value);
	double number;

	if (type == OPENAPI_NULL)
		return !s->types || s->nullable || s->types & OPENAPI_NULL ||
		       (c->coerced && s->types & OPENAPI_STRING && text_fits(c, s, value->text));
	if (type == OPENAPI_STRING || (c->coerced && s->types & OPENAPI_STRING)) {
		if (c->coerced && !(s->types & OPENAPI_STRING) &&
		    str_to_double(value->text, &number))
			return number_fits(s, number);
		return text_fits(c, s, value->text);
	}
	return type == OPENAPI_BOOLEAN || !str_to_double(value->text, &number) ||
	       number_fits(s, number);
}

/* ---- lists and objects */

static bool list_fits(struct schema_check *c, const struct openapi_schema *s,
		      const struct node *list, unsigned depth)
{
	if (list->count < s->min_items || list->count > s->max_items)
		return false;
	for (size_t i = 0; i < list->count; i++) {
		if (s->items && !accepts(c, s->items, list->items[i], depth + 1))
			return false;
		for (size_t k = 0; s->unique && k < i; k++)
			if (same(list->items[i], list->items[k], false))
				return false;
	}
	return true;
}

static bool is_read_only(struct openapi *o, const struct node *schema)
{
	struct openapi_schema s;

	openapi_schema_read(o, schema, &s);
	return s.read_only;
}

static bool object_fits(struct schema_check *c, const struct openapi_schema *s,
			const struct node *map, unsigned depth)
{
	if (map->count < s->min_properties || map->count > s->max_properties)
		return false;
	for (size_t i = 0; i < s->required.count; i++) {
		const struct node *schema = openapi_schema_property(s, s->required.items[i]);

		if (!node_find(map, s->required.items[i]) &&
		    !(schema && is_read_only(c->o, schema)))
			return false;
	}
	for (size_t i = 0; i < map->count; i++) {
		const struct node *schema = openapi_schema_property(s, map->pairs[i].key->text);

		if (!schema && s->closed && !s->additional)
			return false;
		if (!schema)
			schema = s->additional;
		if (schema && !accepts(c, schema, map->pairs[i].value, depth + 1))
			return false;
	}
	return true;
}

static bool choices_fit(struct schema_check *c, const struct openapi_schema *s,
			const struct node *value, unsigned depth)
{
	for (size_t i = 0; i < s->choices.count; i++) {
		const struct openapi_choice *choice = &s->choices.items[i];
		size_t fitting = 0;

		for (size_t k = 0; k < choice->list->count; k++)
			fitting += accepts(c, choice->list->items[k], value, depth + 1);
		if (!fitting || (choice->exclusive && fitting > 1))
			return false;
	}
	for (size_t i = 0; i < s->nots.count; i++)
		if (accepts(c, s->nots.items[i], value, depth + 1))
			return false;
	return true;
}

static bool accepts(struct schema_check *c, const struct node *schema, const struct node *value,
		    unsigned depth)
{
	struct openapi_schema s;

	if (!schema || depth > DEPTH_MAX)
		return true;
	openapi_schema_read(c->o, schema, &s);
	if (s.never)
		return false;
	if (value->kind == NODE_SCALAR && openapi_has_variable(value->text))
		return true;
	if (openapi_type_of(value) == OPENAPI_NULL && s.nullable)
		return true;
	if (!has_type(c, &s, value) || !is_listed(&s, value, c->coerced))
		return false;
	if (value->kind == NODE_SCALAR && !scalar_fits(c, &s, value))
		return false;
	if (value->kind == NODE_LIST && !list_fits(c, &s, value, depth))
		return false;
	if (value->kind == NODE_MAP && !object_fits(c, &s, value, depth))
		return false;
	return choices_fit(c, &s, value, depth);
}

bool openapi_accepts(struct openapi *o, const struct node *schema, const struct node *value,
		     bool coerced)
{
	struct schema_check c = {.o = o, .coerced = coerced};

	return accepts(&c, schema, value, 0);
}
