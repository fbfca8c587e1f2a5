/* Names, templates and lengths of time of an Artillery file. */
#include "base/units.h"
#include "import/artillery.h"

static const char *const taken_words[] = {
    "user", "iteration", "scenario", "loop",	"shard", "run",	  "response", "env", "and",
    "or",   "not",	 "contains", "matches", "true",	 "false", "null",     NULL,
};

static bool is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

struct str artillery_word(struct artillery *a, struct str name)
{
	struct str word = arena_printf(
	    a->arena, "%s%.*s%s", name.len && name.ptr[0] >= '0' && name.ptr[0] <= '9' ? "_" : "",
	    STR_ARG(name), name.len ? "" : "_");
	char *bytes = arena_cstr(a->arena, word);

	for (size_t i = 0; i < word.len; i++)
		if (!is_word_char(bytes[i]))
			bytes[i] = '_';
	for (size_t i = 0; taken_words[i]; i++)
		if (str_eq(str_n(bytes, word.len), str_of(taken_words[i])))
			return arena_printf(a->arena, "%s_", bytes);
	return str_n(bytes, word.len);
}

static struct artillery_name *find_name(const struct artillery *a, struct str name)
{
	for (size_t i = 0; i < a->names.count; i++)
		if (str_eq(a->names.items[i].name, name))
			return &a->names.items[i];
	return NULL;
}

void artillery_define(struct artillery *a, struct str name, struct str expression)
{
	struct artillery_name n = {.name = name, .expression = expression};

	if (!find_name(a, name))
		VEC_PUSH(a->arena, &a->names, n);
}

bool artillery_uses(const struct artillery *a, struct str name)
{
	const struct artillery_name *known = find_name(a, name);

	return known && known->used;
}

bool artillery_is_template(const struct node *node)
{
	return node->kind == NODE_SCALAR && str_find(node->text, STR("{{"), 0) != (size_t)-1;
}

/* ---- one {{ }} */

static bool whole_numbers(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!(s.ptr[i] >= '0' && s.ptr[i] <= '9') && s.ptr[i] != ',' && s.ptr[i] != ' ')
			return false;
	return true;
}

/* $name(arguments); ptr NULL when there is no such thing here. */
static struct str builtin(struct artillery *a, struct str inside)
{
	size_t open = str_find_char(inside, '(', 0);
	struct str name = str_trim(str_slice(inside, 0, open)), with = STR("");

	if (open != (size_t)-1) {
		if (!str_ends(inside, STR(")")))
			return STR_NULL;
		with = str_trim(str_slice(inside, open + 1, inside.len - 1));
	}
	if (!whole_numbers(with) || with.len > 30)
		return STR_NULL;
	if (str_eq(name, STR("$uuid")) || str_eq(name, STR("$guid")))
		return STR("uuid()");
	if (str_eq(name, STR("$randomString")))
		return arena_printf(a->arena, "random_text(%.*s)",
				    STR_ARG(with.len ? with : STR("10")));
	if (str_eq(name, STR("$randomNumber")) && str_find_char(with, ',', 0) != (size_t)-1)
		return arena_printf(a->arena, "random_int(%.*s)", STR_ARG(with));
	if (str_eq(name, STR("$loopCount")))
		return STR("loop.count");
	return STR_NULL;
}

/* A variable with VALUE is made for NAME, once. */
static struct str made_variable(struct artillery *a, struct str name, struct str word,
				struct str value)
{
	struct artillery_name made = {.name = name, .expression = word, .value = value};

	for (size_t i = 0; i < a->missing.count; i++)
		if (str_eq(a->missing.items[i].expression, word))
			return word;
	VEC_PUSH(a->arena, &a->missing, made);
	return word;
}

static struct str from_environment(struct artillery *a, struct str inside)
{
	size_t dot = str_find_char(inside, '.', 0);
	struct str name = str_slice(inside, dot + 1, inside.len);

	for (size_t i = 0; i < name.len; i++)
		if (!is_word_char(name.ptr[i]))
			return STR_NULL;
	if (!name.len || (name.ptr[0] >= '0' && name.ptr[0] <= '9'))
		return STR_NULL;
	if (a->around)
		return arena_printf(a->arena, "env.%.*s | default(\"\")", STR_ARG(name));
	return made_variable(a, inside, arena_printf(a->arena, "env_%.*s", STR_ARG(name)),
			     arena_printf(a->arena, "${env.%.*s | default(\"\")}", STR_ARG(name)));
}

static bool is_taken(const struct artillery *a, struct str name)
{
	for (size_t i = 0; i < a->takings.count; i++)
		if (str_eq(a->takings.items[i].name, name))
			return true;
	return false;
}

/* a.b[0].c: ptr NULL for anything else. */
static struct str named(struct artillery *a, struct str path)
{
	size_t end = 0;
	struct artillery_name *known;
	struct str name, rest;

	while (end < path.len && path.ptr[end] != '.' && path.ptr[end] != '[')
		end++;
	name = str_slice(path, 0, end);
	rest = str_slice(path, end, path.len);
	if (!name.len)
		return STR_NULL;
	for (size_t i = 0; i < name.len; i++)
		if (!is_word_char(name.ptr[i]) && name.ptr[i] != '-' && name.ptr[i] != '$')
			return STR_NULL;
	for (size_t i = 0; i < rest.len; i++)
		if (!is_word_char(rest.ptr[i]) && rest.ptr[i] != '.' && rest.ptr[i] != '[' &&
		    rest.ptr[i] != ']')
			return STR_NULL;
	known = find_name(a, name);
	if (a->around && !is_taken(a, name))
		return STR_NULL;
	if (!known) {
		artillery_define(a, name, made_variable(a, name, artillery_word(a, name), STR("")));
		known = find_name(a, name);
	}
	known->used = true;
	return arena_printf(a->arena, "%.*s%.*s", STR_ARG(known->expression), STR_ARG(rest));
}

static struct str expression(struct artillery *a, struct str inside)
{
	inside = str_trim(inside);
	if (str_starts(inside, STR("$env.")) || str_starts(inside, STR("$processEnvironment.")))
		return from_environment(a, inside);
	if (str_starts(inside, STR("$")) && !str_starts(inside, STR("$loopElement")))
		return builtin(a, inside);
	return named(a, inside);
}

/* The first byte of REST so that no template begins with it. */
static void put_plain(struct buf *out, struct str rest)
{
	buf_add(out, str_starts(rest, STR("${"))   ? STR("$$")
		     : str_starts(rest, STR("{{")) ? STR("{ ")
						   : str_slice(rest, 0, 1));
}

struct str artillery_text(struct artillery *a, const struct node *node)
{
	struct str text = node->text;
	struct buf out;
	struct str made;

	buf_init(&out, 0);
	for (size_t at = 0; at < text.len;) {
		struct str rest = str_slice(text, at, text.len);
		size_t end =
		    str_starts(rest, STR("{{")) ? str_find(text, STR("}}"), at) : (size_t)-1;
		struct str said;

		if (end == (size_t)-1) {
			put_plain(&out, rest);
			at++;
			continue;
		}
		said = expression(a, str_slice(text, at + 2, end));
		if (said.ptr) {
			buf_printf(&out, "${%.*s}", STR_ARG(said));
		} else {
			struct node key = *node;

			key.text = str_slice(text, at, end + 2);
			artillery_lost(a, &key, NULL, "left empty: it has no counterpart here");
		}
		at = end + 2;
	}
	made = arena_str(a->arena, buf_str(&out));
	buf_release(&out);
	return made;
}

/* ---- lengths of time */

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
	while (end < text.len &&
	       ((text.ptr[end] >= '0' && text.ptr[end] <= '9') || text.ptr[end] == '.'))
		end++;
	number = str_slice(text, 0, end);
	unit = str_trim(str_slice(text, end, text.len));
	if (!str_to_double(number, &value))
		return STR_NULL;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		struct str made = arena_printf(a->arena, "%.*s%s", STR_ARG(number), units[i].ours);

		if (str_eq(unit, str_of(units[i].theirs)) &&
		    units_duration(made, &length) == UNIT_OK)
			return made;
	}
	return STR_NULL;
}
