/*
 * Conditions of controllers and the code of __jexl3, __groovy and __javaScript: comparisons and
 * arithmetic of variables are recognized. Code is never run.
 */
#include "base/ascii.h"
#include "import/jmeter/jmeter.h"

#define DEPTH_MAX  20u
#define LENGTH_MAX 4000u

struct code {
	struct jmeter *j;
	const struct jmx *at;
	struct str text;
	size_t pos;
	unsigned depth;
	bool failed;
};

static struct str disjunction(struct code *c);

static struct str fail(struct code *c)
{
	c->failed = true;
	c->pos = c->text.len;
	return STR("");
}

/* ---- tokens */

static struct str rest_of(struct code *c)
{
	while (c->pos < c->text.len && strchr(" \t\r\n\\", c->text.ptr[c->pos]))
		c->pos++;
	return str_slice(c->text, c->pos, c->text.len);
}

static bool accept(struct code *c, const char *sign)
{
	struct str rest = rest_of(c);
	size_t len = strlen(sign);

	if (!str_starts(rest, str_of(sign)))
		return false;
	if (ascii_is_letter(sign[len - 1]) && rest.len > len && ascii_is_name(rest.ptr[len]))
		return false;
	if (strchr("<>=!", sign[0]) && rest.len > len && rest.ptr[len] == '=' && len < 3)
		return false;
	c->pos += len;
	return true;
}

/* The arguments of a call of one argument, after its `(`. */
static struct str argument(struct code *c)
{
	struct str value = disjunction(c);

	return accept(c, ")") ? jmeter_operand(c->j, value) : fail(c);
}

/* BEFORE, VALUE and AFTER in parentheses. */
static struct str enclosed(struct code *c, const char *before, struct str value, const char *after)
{
	return arena_printf(c->j->arena, "(%s%.*s%s)", before, STR_ARG(value), after);
}

/* ---- values */

/* The text in quotes at the position, without them; ptr NULL if there is none. */
static struct str quoted(struct code *c)
{
	struct str rest = rest_of(c);
	char quote = rest.len ? rest.ptr[0] : '\0';
	size_t end = 1, braces = 0;

	if (quote != '"' && quote != '\'')
		return STR_NULL;
	while (end < rest.len && (rest.ptr[end] != quote || braces)) {
		if (rest.ptr[end] == '\\')
			end++;
		else if (rest.ptr[end] == '{' && rest.ptr[end - 1] == '$')
			braces++;
		else if (rest.ptr[end] == '}' && braces)
			braces--;
		end++;
	}
	if (end >= rest.len) {
		fail(c);
		return STR_NULL;
	}
	c->pos += end + 1;
	return str_slice(rest, 1, end);
}

static struct str text_value(struct code *c, struct str text)
{
	struct str value;

	if (str_starts(text, STR("\\${")) && str_ends(text, STR("}")))
		return STR("\"\""); /* the text of a variable that nothing has set */
	value = jmeter_expression(c->j, c->at, text);
	return value.ptr ? jmeter_operand(c->j, value) : fail(c);
}

static struct str reference(struct code *c)
{
	struct str rest = rest_of(c);
	size_t depth = 0;

	for (size_t i = 1; i < rest.len; i++) {
		if (rest.ptr[i] == '{')
			depth++;
		if (rest.ptr[i] != '}' || --depth)
			continue;
		c->pos += i + 1;
		return text_value(c, str_slice(rest, 0, i + 1));
	}
	return fail(c);
}

static struct str number(struct code *c)
{
	struct str rest = rest_of(c);
	size_t end = 0;
	double value;

	while (end < rest.len && (ascii_is_digit(rest.ptr[end]) || rest.ptr[end] == '.'))
		end++;
	if (!str_to_double(str_slice(rest, 0, end), &value))
		return fail(c);
	c->pos += end;
	if (end < rest.len && strchr("LlFfDd", rest.ptr[end]))
		c->pos++;
	return str_slice(rest, 0, end);
}

/* vars.get("x"), vars["x"], vars.x */
static struct str variable(struct code *c)
{
	struct str name, rest;
	size_t end = 0;

	if (accept(c, ".get(") || accept(c, ".getObject(") || accept(c, "[")) {
		name = quoted(c);
		if (!name.ptr || !(accept(c, ")") || accept(c, "]")))
			return fail(c);
		return jmeter_operand(c->j, jmeter_use(c->j, c->at, name));
	}
	if (!accept(c, "."))
		return fail(c);
	rest = rest_of(c);
	while (end < rest.len && ascii_is_name(rest.ptr[end]))
		end++;
	c->pos += end;
	return end ? jmeter_operand(c->j, jmeter_use(c->j, c->at, str_slice(rest, 0, end)))
		   : fail(c);
}

static struct str property(struct code *c)
{
	struct str name;

	if (!accept(c, ".get(") && !accept(c, ".getProperty(") && !accept(c, "["))
		return fail(c);
	name = quoted(c);
	if (!name.ptr || !(accept(c, ")") || accept(c, "]")))
		return fail(c);
	return jmeter_parameter(c->j, name, STR_NULL, false);
}

static struct str named(struct code *c)
{
	static const char *const casts[] = {"Integer.parseInt(",
					    "Integer.valueOf(",
					    "Long.parseLong(",
					    "Long.valueOf(",
					    "Double.parseDouble(",
					    "Double.valueOf(",
					    "parseInt(",
					    "parseFloat(",
					    "Number(",
					    NULL};

	for (size_t i = 0; casts[i]; i++)
		if (accept(c, casts[i]))
			return enclosed(c, "", argument(c), " | float");
	if (accept(c, "vars"))
		return variable(c);
	if (accept(c, "props"))
		return property(c);
	if (accept(c, "prev.isSuccessful()") || accept(c, "prev.isSuccessful"))
		return STR("(response.status > 0 and response.status < 400)");
	if (accept(c, "prev.getResponseCode()") || accept(c, "prev.responseCode"))
		return STR("response.status");
	if (accept(c, "empty("))
		return enclosed(c, "", argument(c), " == \"\"");
	if (accept(c, "size("))
		return enclosed(c, "", argument(c), " | length");
	if (accept(c, "true"))
		return STR("true");
	if (accept(c, "false"))
		return STR("false");
	return accept(c, "null") ? STR("null") : fail(c);
}

/* ---- methods of a value */

static struct str method(struct code *c, struct str value)
{
	static const struct {
		const char *name, *format;
	} calls[] = {{".equals(", "(%.*s == %.*s)"},
		     {".contains(", "(%.*s contains %.*s)"},
		     {".equalsIgnoreCase(", "((%.*s | lower) == (%.*s | lower))"}};
	static const struct {
		const char *name, *format;
	} plain[] = {{".toInteger()", "(%.*s | int)"},	{".toLong()", "(%.*s | int)"},
		     {".toDouble()", "(%.*s | float)"}, {".toFloat()", "(%.*s | float)"},
		     {".intValue()", "(%.*s | int)"},	{".toString()", "%.*s"},
		     {".trim()", "(%.*s | trim)"},	{".toLowerCase()", "(%.*s | lower)"},
		     {".length()", "(%.*s | length)"},	{".toUpperCase()", "(%.*s | upper)"},
		     {".size()", "(%.*s | length)"},	{".isEmpty()", "(%.*s == \"\")"}};

	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
		if (accept(c, calls[i].name)) {
			struct str other = argument(c);

			return arena_printf(c->j->arena, calls[i].format, STR_ARG(value),
					    STR_ARG(other));
		}
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		if (accept(c, plain[i].name))
			return arena_printf(c->j->arena, plain[i].format, STR_ARG(value));
	return STR_NULL;
}

static struct str primary(struct code *c)
{
	struct str rest = rest_of(c), value, next;
	char first = rest.len ? rest.ptr[0] : '\0';

	if (++c->depth > DEPTH_MAX) {
		value = fail(c);
	} else if (accept(c, "(")) {
		value = disjunction(c);
		value =
		    accept(c, ")") ? arena_printf(c->j->arena, "(%.*s)", STR_ARG(value)) : fail(c);
	} else if (accept(c, "!") || accept(c, "not")) {
		value = enclosed(c, "not ", primary(c), "");
	} else if (accept(c, "-")) {
		value = enclosed(c, "0 - ", primary(c), "");
	} else if (first == '"' || first == '\'') {
		struct str text = quoted(c);

		value = text.ptr ? text_value(c, text) : fail(c);
	} else if (str_starts(rest, STR("${"))) {
		value = reference(c);
	} else {
		value = ascii_is_digit(first) ? number(c) : named(c);
	}
	c->depth--;
	while (!c->failed && (next = method(c, value)).ptr)
		value = next;
	return value;
}

/* ---- operators */

struct operator_sign {
	const char *theirs, *ours;
};

/* PART, repeated with one of SIGNS in between. */
static struct str chain(struct code *c, struct str (*part)(struct code *c),
			const struct operator_sign *signs)
{
	struct str value = part(c);

	for (size_t i = 0; signs[i].theirs && !c->failed; i++)
		if (accept(c, signs[i].theirs)) {
			struct str right = part(c);

			value = arena_printf(c->j->arena, "%.*s %s %.*s", STR_ARG(value),
					     signs[i].ours, STR_ARG(right));
			i = (size_t)-1;
			if (value.len > LENGTH_MAX)
				return fail(c);
		}
	return value;
}

static struct str product(struct code *c)
{
	static const struct operator_sign signs[] = {
	    {"*", "*"}, {"/", "/"}, {"%", "%"}, {NULL, NULL}};

	return chain(c, primary, signs);
}

static struct str sum(struct code *c)
{
	static const struct operator_sign signs[] = {{"+", "+"}, {"-", "-"}, {NULL, NULL}};

	return chain(c, product, signs);
}

static struct str comparison(struct code *c)
{
	static const struct operator_sign signs[] = {
	    {"===", "=="}, {"!==", "!="}, {"==~", "matches"}, {"=~", "matches"}, {"==", "=="},
	    {"!=", "!="},  {"<=", "<="},  {">=", ">="},	      {"<", "<"},	 {">", ">"},
	    {"eq", "=="},  {"ne", "!="},  {"lt", "<"},	      {"le", "<="},	 {"gt", ">"},
	    {"ge", ">="},  {NULL, NULL}};

	return chain(c, sum, signs);
}

static struct str conjunction(struct code *c)
{
	static const struct operator_sign signs[] = {{"&&", "and"}, {"and", "and"}, {NULL, NULL}};

	return chain(c, comparison, signs);
}

static struct str disjunction(struct code *c)
{
	static const struct operator_sign signs[] = {{"||", "or"}, {"or", "or"}, {NULL, NULL}};
	struct str value = STR("");

	if (++c->depth > DEPTH_MAX)
		fail(c);
	else
		value = chain(c, conjunction, signs);
	c->depth--;
	return value;
}

/* ---- all of it */

struct str jmeter_code(struct jmeter *j, const struct jmx *at, struct str text)
{
	struct code c = {.j = j, .at = at, .text = str_trim(text)};
	struct str value;

	while (str_ends(c.text, STR(";")))
		c.text = str_trim(str_slice(c.text, 0, c.text.len - 1));
	if (!c.text.len || c.text.len > LENGTH_MAX)
		return STR_NULL;
	value = disjunction(&c);
	return c.failed || rest_of(&c).len ? STR_NULL : value;
}

struct str jmeter_condition(struct jmeter *j, const struct jmx *at, struct str text)
{
	struct jmeter_parts parts = jmeter_parse(j, str_trim(text));
	const struct jmeter_part *first = parts.items.items;
	struct str value;

	if (parts.items.count != 1)
		return jmeter_code(j, at, text);
	if (first->kind == JMETER_LITERAL)
		return jmeter_code(j, at, first->text);
	if (first->kind == JMETER_VARIABLE) {
		value = jmeter_use(j, at, first->text);
		return str_find(value, STR(" < 400"), 0) != NOT_FOUND
			   ? value
			   : arena_printf(j->arena, "%.*s == \"true\"",
					  STR_ARG(jmeter_operand(j, value)));
	}
	value = jmeter_function(j, at, first);
	if (!value.ptr || str_eq(first->text, STR("__jexl3")) ||
	    str_eq(first->text, STR("__groovy")) || str_eq(first->text, STR("__jexl2")) ||
	    str_eq(first->text, STR("__javaScript")) || str_eq(first->text, STR("__BeanShell")))
		return value;
	return arena_printf(j->arena, "%.*s == \"true\"", STR_ARG(jmeter_operand(j, value)));
}
