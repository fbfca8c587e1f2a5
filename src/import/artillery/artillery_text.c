/* Names, templates and durations of an Artillery file. */
#include "base/ascii.h"
#include "base/units.h"
#include "import/artillery/artillery.h"
#include "import/template_text.h"

static const char *const reserved_words[] = {
    "user", "iteration", "scenario", "loop",	"shard", "run",	  "response", "env",	      "and",
    "or",   "not",	 "contains", "matches", "true",	 "false", "null",     "loop_element", NULL,
};

/* The name of data or of a parameter: these are read first, from any file. */
static bool is_ours(const struct artillery *a, struct str word)
{
	for (size_t i = 0; i < a->sets.count; i++)
		if (str_eq(a->sets.items[i].name, word))
			return true;
	for (size_t i = 0; i < a->parameters.count; i++)
		if (str_eq(a->parameters.items[i].name, word))
			return true;
	for (size_t i = 0; reserved_words[i]; i++)
		if (str_eq(word, str_of(reserved_words[i])))
			return true;
	return false;
}

struct str artillery_sanitize(struct artillery *a, struct str name)
{
	struct str word =
	    arena_printf(a->arena, "%s%.*s%s", name.len && ascii_is_digit(name.ptr[0]) ? "_" : "",
			 STR_ARG(name), name.len ? "" : "_");
	char *bytes = arena_cstr(a->arena, word);

	for (size_t i = 0; i < word.len; i++)
		if (!ascii_is_name(bytes[i]))
			bytes[i] = '_';
	return str_n(bytes, word.len);
}

struct str artillery_identifier(struct artillery *a, struct str name)
{
	struct str word = artillery_sanitize(a, name);

	while (is_ours(a, word))
		word = arena_printf(a->arena, "%.*s_", STR_ARG(word));
	return word;
}

struct artillery_name *artillery_find_name(const struct artillery *a, struct str name)
{
	for (size_t i = a->names.count; i-- > 0;)
		if (str_eq(a->names.items[i].name, name))
			return &a->names.items[i];
	return NULL;
}

void artillery_undefine(struct artillery *a, size_t at)
{
	memmove(a->names.items + at, a->names.items + at + 1,
		(a->names.count - at - 1) * sizeof *a->names.items);
	a->names.count--;
}

struct artillery_name *artillery_define(struct artillery *a, enum artillery_name_kind name_kind,
					struct str name, struct str expression)
{
	struct artillery_name n = {.name_kind = name_kind, .name = name, .expression = expression};

	VEC_PUSH(a->arena, &a->names, n);
	return &a->names.items[a->names.count - 1];
}

bool artillery_is_template(const struct node *node)
{
	return node->kind == NODE_SCALAR && str_find(node->text, STR("{{"), 0) != NOT_FOUND;
}

/* ---- one {{ }} */

/* $name(arguments); ptr NULL if it is not supported. */
static struct str builtin(struct artillery *a, struct str inside)
{
	size_t open = str_find_char(inside, '(', 0), comma;
	struct str name = str_trim(str_slice(inside, 0, open)), with = STR("");
	int64_t low = 10, high = 0;
	bool numbers;

	if (open != NOT_FOUND) {
		if (!str_ends(inside, STR(")")))
			return STR_NULL;
		with = str_trim(str_slice(inside, open + 1, inside.len - 1));
	}
	comma = str_find_char(with, ',', 0);
	numbers = !with.len || str_to_int(str_trim(str_slice(with, 0, comma)), &low);
	if (comma != NOT_FOUND)
		numbers =
		    numbers && str_to_int(str_trim(str_slice(with, comma + 1, with.len)), &high);
	if (!with.len && (str_eq(name, STR("$uuid")) || str_eq(name, STR("$guid"))))
		return STR("uuid()");
	if (str_eq(name, STR("$randomString")) && numbers && comma == NOT_FOUND && low > 0 &&
	    low <= 1000)
		return arena_printf(a->arena, "random_text(%d)", (int)low);
	if (str_eq(name, STR("$randomNumber")) && numbers && comma != NOT_FOUND && low <= high &&
	    low >= -1000000000 && high <= 1000000000)
		return arena_printf(a->arena, "random_int(%d, %d)", (int)low, (int)high);
	if (str_eq(name, STR("$loopCount")) && a->loops)
		return STR("loop.index");
	return STR_NULL;
}

/* A variable with VALUE is made for NAME, once. */
static struct str add_missing_variable(struct artillery *a, struct str name, struct str word,
				       struct str value)
{
	struct artillery_name result = {
	    .name_kind = NAME_MISSING, .name = name, .expression = word, .value = value};

	for (size_t i = 0; i < a->missing.count; i++)
		if (str_eq(a->missing.items[i].expression, word))
			return word;
	VEC_PUSH(a->arena, &a->missing, result);
	return word;
}

struct str artillery_env(struct str inside)
{
	struct str name = STR_NULL;

	inside = str_trim(inside);
	if (str_starts(inside, STR("$env.")))
		name = str_slice(inside, 5, inside.len);
	else if (str_starts(inside, STR("$processEnvironment.")))
		name = str_slice(inside, 20, inside.len);
	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_name(name.ptr[i]))
			return STR_NULL;
	return name.len && !ascii_is_digit(name.ptr[0]) ? name : STR_NULL;
}

static struct str from_environment(struct artillery *a, struct str inside)
{
	struct str name = artillery_env(inside);

	if (!name.ptr)
		return STR_NULL;
	if (a->around)
		return arena_printf(a->arena, "env.%.*s | default(\"\")", STR_ARG(name));
	return add_missing_variable(
	    a, inside, arena_printf(a->arena, "env_%.*s", STR_ARG(name)),
	    arena_printf(a->arena, "${env.%.*s | default(\"\")}", STR_ARG(name)));
}

static void note_use(struct artillery *a, struct artillery_name *known)
{
	size_t use = ++a->uses;

	known->used = known->used ? known->used : use;
	for (size_t i = 0; known->name_kind == NAME_LOCAL && i < a->captured.count; i++) {
		struct artillery_capture *t = &a->captured.items[i];

		if (!t->used && str_eq(t->name, known->name) && (t->scope == a->scope || !t->scope))
			t->used = use;
	}
	for (size_t i = 0; known->name_kind == NAME_PARAMETER && i < a->parameters.count; i++)
		if (!a->parameters.items[i].used &&
		    str_eq(a->parameters.items[i].name, known->expression))
			a->parameters.items[i].used = use;
}

struct artillery_mark artillery_mark(const struct artillery *a)
{
	return (struct artillery_mark){.uses = a->uses,
				       .names = a->names.count,
				       .missing = a->missing.count,
				       .captured = a->captured.count};
}

#define FORGET_USES(all, since)                                                                    \
	for (size_t i_ = 0; i_ < (all).count; i_++)                                                \
	(all).items[i_].used = (all).items[i_].used > (since) ? 0 : (all).items[i_].used

void artillery_rollback(struct artillery *a, struct artillery_mark mark)
{
	a->names.count = mark.names;
	a->missing.count = mark.missing;
	a->captured.count = mark.captured;
	FORGET_USES(a->names, mark.uses);
	FORGET_USES(a->captured, mark.uses);
	FORGET_USES(a->parameters, mark.uses);
}

/* a.b[0].c: the expression for it, ptr NULL for anything else. */
static struct str name_of(struct str path)
{
	size_t end = 0;

	while (end < path.len && path.ptr[end] != '.' && path.ptr[end] != '[')
		end++;
	for (size_t i = 0; i < end; i++)
		if (!ascii_is_name(path.ptr[i]) && path.ptr[i] != '-' && path.ptr[i] != '$')
			return STR_NULL;
	for (size_t i = end; i < path.len; i++)
		if (!ascii_is_name(path.ptr[i]) && path.ptr[i] != '.' && path.ptr[i] != '[' &&
		    path.ptr[i] != ']')
			return STR_NULL;
	return end ? str_slice(path, 0, end) : STR_NULL;
}

static struct str named(struct artillery *a, struct str path)
{
	struct str name = name_of(path);
	struct artillery_name *known;

	if (!name.ptr)
		return STR_NULL;
	known = artillery_find_name(a, name);
	if (a->around &&
	    (!known || (known->name_kind != NAME_LOCAL && known->name_kind != NAME_PARAMETER)))
		return STR_NULL;
	if (!known)
		known = artillery_define(
		    a, NAME_MISSING, name,
		    add_missing_variable(a, name, artillery_identifier(a, name), STR("")));
	if (path.len > name.len &&
	    (known->name_kind == NAME_COLUMN || known->name_kind == NAME_PARAMETER))
		return STR_NULL; /* a text has no parts */
	note_use(a, known);
	return arena_printf(a->arena, "%.*s%.*s", STR_ARG(known->expression),
			    STR_ARG(str_slice(path, name.len, path.len)));
}

struct str artillery_expression(struct artillery *a, struct str inside)
{
	inside = str_trim(inside);
	if (str_starts(inside, STR("$env.")) || str_starts(inside, STR("$processEnvironment.")))
		return from_environment(a, inside);
	if (str_starts(inside, STR("$")) && !str_starts(inside, STR("$loopElement")))
		return builtin(a, inside);
	return named(a, inside);
}

/* The number of bytes of REST to escape so that no template starts with them. */
static size_t put_plain(struct buf *out, struct str rest)
{
	if (str_starts(rest, STR("{{"))) {
		template_text_add_expression(out, STR("\"{{\""));
		return 2;
	}
	if (rest.ptr[0] == '{' && out->len && out->data[out->len - 1] == '$')
		buf_add_char(out, '$');
	buf_add_char(out, rest.ptr[0]);
	return 1;
}

struct str artillery_text(struct artillery *a, const struct node *node)
{
	struct str text = node->text;
	struct buf out;
	struct str result;

	buf_init(&out, 0);
	for (size_t at = 0; at < text.len;) {
		struct str rest = str_slice(text, at, text.len);
		size_t end =
		    str_starts(rest, STR("{{")) ? str_find(text, STR("}}"), at) : NOT_FOUND;
		struct str said;

		if (end == NOT_FOUND) {
			at += put_plain(&out, rest);
			continue;
		}
		said = artillery_expression(a, str_slice(text, at + 2, end));
		if (said.ptr) {
			template_text_add_expression(&out, said);
		} else {
			struct node key = *node;

			key.text = str_slice(text, at, end + 2);
			artillery_unsupported(a, &key, NULL, "left empty: not supported");
		}
		at = end + 2;
	}
	result = arena_str(a->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

/* The value that NAME has in every iteration, as written; ptr NULL if there is none. */
static struct str only_value(struct artillery *a, struct str name)
{
	struct artillery_name *known = artillery_find_name(a, name);
	const struct node *value =
	    known && known->name_kind == NAME_VARIABLE ? node_find(a->variables, name) : NULL;

	if (value && value->kind == NODE_LIST && value->count == 1)
		value = value->items[0];
	if (!value || value->kind != NODE_SCALAR || artillery_is_template(value))
		return STR_NULL;
	known->resolved = true;
	return value->text;
}

struct str artillery_constant_text(struct artillery *a, const struct node *node)
{
	struct str text = node->text, value = STR("");
	struct buf out;
	struct str result;
	size_t at = 0, open, end;

	buf_init(&out, 0);
	while (value.ptr && (open = str_find(text, STR("{{"), at)) != NOT_FOUND) {
		end = str_find(text, STR("}}"), open);
		value = end == NOT_FOUND ? STR_NULL
					 : only_value(a, str_trim(str_slice(text, open + 2, end)));
		buf_add(&out, str_slice(text, at, open));
		buf_add(&out, value);
		at = end == NOT_FOUND ? text.len : end + 2;
	}
	buf_add(&out, str_slice(text, at, text.len));
	result = value.ptr ? arena_str(a->arena, buf_str(&out)) : STR_NULL;
	buf_release(&out);
	return result;
}

/* ---- durations */

struct str artillery_duration(struct artillery *a, const struct node *node)
{
	static const struct {
		const char *theirs, *ours;
	} units[] = {{"", "s"},	   {"ms", "ms"},    {"milliseconds", "ms"}, {"s", "s"},
		     {"sec", "s"}, {"second", "s"}, {"seconds", "s"},	    {"m", "m"},
		     {"min", "m"}, {"mins", "m"},   {"minute", "m"},	    {"minutes", "m"},
		     {"h", "h"},   {"hour", "h"},   {"hours", "h"},	    {"d", "d"}};
	struct str text, number, unit;
	size_t end = 0;
	double value;
	ns_t length;

	if (node->kind != NODE_SCALAR)
		return STR_NULL;
	text = str_trim(node->text);
	while (end < text.len && (ascii_is_digit(text.ptr[end]) || text.ptr[end] == '.'))
		end++;
	number = str_slice(text, 0, end);
	unit = str_trim(str_slice(text, end, text.len));
	if (!str_to_double(number, &value))
		return STR_NULL;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		struct str result =
		    arena_printf(a->arena, "%.*s%s", STR_ARG(number), units[i].ours);

		if (str_eq(unit, str_of(units[i].theirs)) &&
		    units_duration(result, &length) == UNIT_OK)
			return result;
	}
	return STR_NULL;
}
