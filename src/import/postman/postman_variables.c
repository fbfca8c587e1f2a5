/*
 * The variables of a collection. Those that only have a value become parameters, so that a run can
 * set them; those that scripts set, or whose value refers to others, become variables; columns of a
 * data file are read from `data:`.
 */
#include "base/ascii.h"
#include "import/naming.h"
#include "import/postman/postman.h"
#include "import/template_text.h"

#define DEPTH_MAX 8 /* of values that refer to other variables */

struct postman_variable *postman_find_variable(const struct postman *p, struct str name)
{
	struct postman_variable *found = NULL;

	for (size_t i = 0; i < p->variables.count; i++) {
		struct postman_variable *v = &p->variables.items[i];

		if (str_eq(v->name, name) && (!found || v->scope >= found->scope))
			found = v;
	}
	return found;
}

struct postman_variable *postman_add_variable(struct postman *p, struct str name, struct str value,
					      enum postman_scope scope)
{
	struct postman_variable v = {.name = name, .value = value, .scope = scope};

	v.secret = naming_is_secret(name);
	VEC_PUSH(p->arena, &p->variables, v);
	return &p->variables.items[p->variables.count - 1];
}

void postman_add_variables(struct postman *p, const struct node *list, enum postman_scope scope)
{
	for (size_t i = 0; list && list->kind == NODE_LIST && i < list->count; i++) {
		const struct node *row = list->items[i];
		struct str name = postman_text_at(row, "key");
		struct postman_variable *v;

		if (!name.ptr)
			name = postman_text_at(row, "id");
		if (!name.len || postman_is_disabled(row))
			continue;
		v = postman_add_variable(p, name, postman_text_at(row, "value"), scope);
		v->secret |= str_eq(postman_text_at(row, "type"), STR("secret"));
	}
}

void postman_note_set(struct postman *p, struct str name, struct str constant)
{
	struct postman_variable *v = postman_find_variable(p, name);

	if (!v)
		v = postman_add_variable(p, name, STR_NULL, POSTMAN_MISSING);
	v->changes = true;
	if (!v->set.ptr)
		v->set = constant;
}

/* ---- names */

static bool is_name(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!ascii_is_name(text.ptr[i]))
			return false;
	return text.len && ascii_is_name_start(text.ptr[0]);
}

static bool is_taken(const struct postman *p, struct str expression, size_t before)
{
	for (size_t i = 0; i < before; i++)
		if (str_eq(p->variables.items[i].expression, expression) &&
		    !str_eq(p->variables.items[i].name, p->variables.items[before].name))
			return true;
	return false;
}

static struct str expression_of(struct postman *p, const struct postman_variable *v)
{
	struct buf scratch;
	struct str word;

	if (v->scope == POSTMAN_DATA)
		return is_name(v->name) ? arena_printf(p->arena, "row.%.*s", STR_ARG(v->name))
					: arena_printf(p->arena, "row[\"%.*s\"]", STR_ARG(v->name));
	if (!v->changes && !(v->value.ptr && str_find(v->value, STR("{{"), 0) != NOT_FOUND))
		return naming_parameter(p->arena, v->name);
	buf_init(&scratch, 0);
	word = is_name(v->name) ? v->name : naming_snake_case(p->arena, &scratch, v->name);
	buf_release(&scratch);
	if (!word.len || naming_is_reserved(word) || str_eq(word, STR("row")))
		word = arena_printf(p->arena, "%.*s_value", STR_ARG(word));
	return word;
}

/* All definitions of one name have one expression, that of the scope that wins. */
void postman_name_variables(struct postman *p)
{
	for (size_t i = 0; i < p->variables.count; i++) {
		struct postman_variable *v = &p->variables.items[i];
		struct postman_variable *wins = postman_find_variable(p, v->name);

		for (size_t k = 0; k < p->variables.count; k++)
			if (str_eq(p->variables.items[k].name, v->name))
				wins->changes |= p->variables.items[k].changes;
		v->expression = expression_of(p, wins);
		while (is_taken(p, v->expression, i))
			v->expression = arena_printf(p->arena, "%.*s_2", STR_ARG(v->expression));
	}
}

/* ---- templates */

/* Variables that Postman makes: a text before the value, and its expression. */
static const struct dynamic {
	const char *name, *before, *expression;
} dynamics[] = {
    {"$guid", "", "uuid()"},
    {"$randomUUID", "", "uuid()"},
    {"$timestamp", "", "now(\"unix\")"},
    {"$isoTimestamp", "", "now(\"iso_ms\")"},
    {"$randomInt", "", "random_int(0, 1000)"},
    {"$randomAlphaNumeric", "", "random_text(1)"},
    {"$randomBoolean", "", "pick([true, false])"},
    {"$randomPassword", "", "random_text(15)"},
    {"$randomHexColor", "#", "random_hex(6)"},
    {"$randomColor", "", "pick([\"red\", \"green\", \"blue\", \"black\", \"white\"])"},
    {"$randomWord", "", "pick([\"hat\", \"scarf\", \"glove\", \"shoe\", \"coat\"])"},
    {"$randomProduct", "", "pick([\"Hat\", \"Scarf\", \"Glove\", \"Shoe\", \"Coat\"])"},
    {"$randomPrice", "", "random_int(1, 999)"},
    {"$randomFirstName", "", "person().first_name"},
    {"$randomLastName", "", "person().last_name"},
    {"$randomFullName", "", "person().name"},
    {"$randomUserName", "user-", "random_text(8) | lower"},
    {"$randomEmail", "", "person().email"},
    {"$randomExampleEmail", "", "person().email"},
    {"$randomStreetAddress", "", "person().street"},
    {"$randomCity", "", "person().city"},
    {"$randomCountry", "", "person().country"},
    {"$randomPhoneNumber", "555-01", "random_int(10, 99)"},
    {"$randomIP", "192.0.2.", "random_int(1, 254)"},
};

static const struct dynamic *find_dynamic(struct str name)
{
	for (size_t i = 0; i < sizeof dynamics / sizeof *dynamics; i++)
		if (str_eq(name, str_of(dynamics[i].name)))
			return &dynamics[i];
	return NULL;
}

/* Appends the value of {{NAME}}, a name that starts with $. */
static void put_dynamic(struct postman *p, const struct node *at, struct str name, struct buf *out)
{
	const struct dynamic *found = find_dynamic(name);

	if (found) {
		buf_add(out, str_of(found->before));
		template_text_add_expression(out, str_of(found->expression));
	} else {
		postman_unsupported(p, at, name, "left empty: not supported");
	}
}

/* Appends the value of {{NAME}}; a name without a value becomes a parameter that a run must set. */
static void put_variable_use(struct postman *p, const struct node *at, struct str name,
			     struct buf *out)
{
	struct postman_variable *v = postman_find_variable(p, name);

	if (str_starts(name, STR("$"))) {
		put_dynamic(p, at, name, out);
		return;
	}
	if (!v) {
		v = postman_add_variable(p, name, STR_NULL, POSTMAN_MISSING);
		v->expression = naming_parameter(p->arena, name);
	}
	v->used = true;
	template_text_add_expression(out, v->expression);
}

struct str postman_without_nested(struct postman *p, struct str text)
{
	for (unsigned round = 0; round < DEPTH_MAX; round++) {
		size_t outer = str_find(text, STR("{{"), 0), inner = NOT_FOUND, end = NOT_FOUND;
		struct str value;

		while (outer != NOT_FOUND && inner == NOT_FOUND) {
			size_t next = str_find(text, STR("{{"), outer + 2);

			end = str_find(text, STR("}}"), outer + 2);
			if (next != NOT_FOUND && end != NOT_FOUND && next < end)
				inner = next;
			else
				outer = next;
		}
		if (inner == NOT_FOUND)
			return text;
		value = postman_resolve(p, str_slice(text, inner, end + 2));
		if (str_starts(value, STR("{{"))) /* it has none */
			value = str_slice(text, inner + 2, end);
		text = arena_printf(p->arena, "%.*s%.*s%.*s", STR_ARG(str_slice(text, 0, inner)),
				    STR_ARG(value), STR_ARG(str_slice(text, end + 2, text.len)));
	}
	return text;
}

struct str postman_convert(struct postman *p, const struct node *at, struct str text)
{
	struct buf out;
	struct str result;

	text = postman_without_nested(p, text);
	buf_init(&out, 0);
	for (size_t from = 0; from < text.len;) {
		size_t open = str_find(text, STR("{{"), from);
		size_t end = open == NOT_FOUND ? open : str_find(text, STR("}}"), open);

		template_text_add_literal(
		    &out, str_slice(text, from, end == NOT_FOUND ? text.len : open));
		if (end == NOT_FOUND)
			break;
		put_variable_use(p, at, str_trim(str_slice(text, open + 2, end)), &out);
		from = end + 2;
	}
	result = arena_str(p->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

static void resolve(struct postman *p, struct str text, unsigned depth, struct buf *out)
{
	for (size_t from = 0; from < text.len;) {
		size_t open = str_find(text, STR("{{"), from);
		size_t end = open == NOT_FOUND ? open : str_find(text, STR("}}"), open);
		const struct postman_variable *v;

		buf_add(out, str_slice(text, from, end == NOT_FOUND ? text.len : open));
		if (end == NOT_FOUND)
			return;
		v = postman_find_variable(p, str_trim(str_slice(text, open + 2, end)));
		if (v && (v->value.ptr || v->set.ptr) && depth < DEPTH_MAX)
			resolve(p, v->value.ptr ? v->value : v->set, depth + 1, out);
		else
			buf_add(out, str_slice(text, open, end + 2));
		from = end + 2;
	}
}

struct str postman_resolve(struct postman *p, struct str text)
{
	struct buf out;
	struct str result;

	buf_init(&out, 0);
	resolve(p, text, 0, &out);
	result = arena_str(p->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

struct str postman_secret(struct postman *p, const struct node *at, struct str name,
			  struct str value)
{
	struct postman_variable *v;

	if (!value.len || str_find(value, STR("{{"), 0) != NOT_FOUND) {
		struct str whole = str_trim(value);
		size_t last = str_find(whole, STR("}}"), 0);

		if (str_starts(whole, STR("{{")) && last + 2 == whole.len) {
			v = postman_find_variable(p, str_trim(str_slice(whole, 2, last)));
			if (v && v->scope != POSTMAN_DATA)
				v->secret = true;
		}
		return postman_convert(p, at, value);
	}
	for (unsigned number = 1;; number++) {
		struct str own =
		    number == 1 ? name : arena_printf(p->arena, "%.*s_%u", STR_ARG(name), number);

		v = postman_find_variable(p, own);
		if (v && !(v->value.ptr && str_eq(v->value, value)))
			continue;
		if (!v) {
			v = postman_add_variable(p, own, value, POSTMAN_MISSING);
			v->expression = naming_parameter(p->arena, own);
		}
		v->secret = v->used = true;
		return arena_printf(p->arena, "${%.*s}", STR_ARG(v->expression));
	}
}

struct str postman_file(struct postman *p, struct str key, struct str path)
{
	struct str name = arena_printf(p->arena, "%.*s_file", STR_ARG(key));
	struct postman_variable *v = postman_find_variable(p, name);

	if (!v) {
		v = postman_add_variable(p, name, STR_NULL, POSTMAN_MISSING);
		v->expression = naming_parameter(p->arena, name);
		v->description = path.len ? arena_printf(p->arena, "File to upload, such as %.*s.",
							 STR_ARG(path))
					  : STR("File to upload.");
	}
	v->used = true;
	return arena_printf(p->arena, "${%.*s}", STR_ARG(v->expression));
}

/* ---- the document */

static void put_parameter(struct postman *p, struct yaml_writer_node *parameters,
			  const struct postman_variable *v)
{
	struct yaml_writer_node *keys;

	if (!v->secret && v->value.ptr && str_find(v->value, STR("${"), 0) == NOT_FOUND) {
		yaml_writer_put(p->arena, parameters, v->expression,
				yaml_writer_typed(p->arena, v->value));
		return;
	}
	keys = yaml_writer_put(p->arena, parameters, v->expression, yaml_writer_map(p->arena));
	keys->flow = true;
	yaml_writer_put(p->arena, keys, STR("required"), yaml_writer_word(p->arena, STR("yes")));
	if (v->secret)
		yaml_writer_put(p->arena, keys, STR("secret"),
				yaml_writer_word(p->arena, STR("yes")));
	if (v->description.len)
		yaml_writer_put_text(p->arena, keys, STR("description"), v->description);
}

/* A secret that scripts set has no value at the start. */
static void put_variable(struct postman *p, struct yaml_writer_node *variables,
			 const struct postman_variable *v)
{
	struct str value = v->value.ptr && !v->secret ? v->value : STR("");

	yaml_writer_put(p->arena, variables, v->expression,
			yaml_writer_typed(p->arena, postman_convert(p, NULL, value)));
}

static bool is_parameter(const struct postman_variable *v)
{
	return v->scope != POSTMAN_DATA && v->expression.len &&
	       ascii_is_upper(v->expression.ptr[0]) &&
	       (!v->changes && !(v->value.ptr && str_find(v->value, STR("{{"), 0) != NOT_FOUND));
}

void postman_put_variables(struct postman *p)
{
	struct yaml_writer_node *parameters = yaml_writer_map(p->arena);
	struct yaml_writer_node *variables = yaml_writer_map(p->arena);

	/* A value may refer to variables that were not used yet. */
	for (unsigned round = 0; round < DEPTH_MAX; round++)
		for (size_t i = 0; i < p->variables.count; i++) {
			const struct postman_variable *v =
			    postman_find_variable(p, p->variables.items[i].name);

			if (v->used && !is_parameter(v) && v->scope != POSTMAN_DATA &&
			    !yaml_writer_find(variables, v->expression))
				put_variable(p, variables, v);
		}
	for (size_t i = 0; i < p->variables.count; i++) {
		const struct postman_variable *v =
		    postman_find_variable(p, p->variables.items[i].name);

		if (v->used && is_parameter(v) && !yaml_writer_find(parameters, v->expression))
			put_parameter(p, parameters, v);
	}
	if (parameters->members.count)
		yaml_writer_put(p->arena, p->root, STR("parameters"), parameters);
	if (variables->members.count)
		yaml_writer_put(p->arena, p->root, STR("variables"), variables);
}
