/* Texts of a test plan: ${NAME} and ${__function(arguments)}, as JMeter's FunctionParser reads
 * them. */
#include "base/units.h"
#include "import/jmeter/jmeter.h"
#include "import/naming.h"
#include "import/template_text.h"

#define ARGUMENTS_MAX 64u
#define DEPTH_MAX     20u

/* ---- parsing */

static void add_part(struct jmeter *j, struct jmeter_parts *parts, enum jmeter_part_kind kind,
		     struct str text)
{
	struct jmeter_part part = {.kind = kind, .text = text};

	VEC_PUSH(j->arena, &parts->items, part);
}

/* An argument without references and without its escapes; with references, they are parsed later.
 */
static struct str unescaped(struct jmeter *j, struct str text)
{
	char *bytes;
	size_t len = 0;

	if (str_find_char(text, '\\', 0) == NOT_FOUND || str_find(text, STR("${"), 0) != NOT_FOUND)
		return text;
	bytes = arena_cstr(j->arena, text);
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\\' && i + 1 < text.len && strchr("$,\\", text.ptr[i + 1]))
			i++;
		bytes[len++] = text.ptr[i];
	}
	return str_n(bytes, len);
}

/* Reads the arguments after `(` at *AT, up to and with `)`. */
static void read_arguments(struct jmeter *j, struct str text, size_t *at, struct jmeter_part *part)
{
	size_t begin = *at, braces = 0, parens = 0;

	part->arguments = ARENA_ARRAY(j->arena, ARGUMENTS_MAX, struct str);
	for (; *at < text.len; (*at)++) {
		char c = text.ptr[*at];
		bool end = c == ')' && !braces && !parens;

		if (c == '\\') {
			(*at)++;
		} else if ((c == ',' && !braces) || end) {
			if ((!end || *at > begin || part->argument_count) &&
			    part->argument_count < ARGUMENTS_MAX)
				part->arguments[part->argument_count++] =
				    unescaped(j, str_slice(text, begin, *at));
			begin = *at + 1;
			if (end)
				break;
		} else if (c == '{' && *at && text.ptr[*at - 1] == '$') {
			braces++;
		} else if (c == '}' && braces) {
			braces--;
		} else if (c == '(' && !braces) {
			parens++;
		} else if (c == ')' && !braces) {
			parens--;
		}
	}
	(*at)++;
}

/* Reads what follows `${` at *AT, up to and with `}`; false if it has no end. */
static bool read_reference(struct jmeter *j, struct str text, size_t *at, struct jmeter_part *part)
{
	size_t begin = *at;

	for (; *at < text.len; (*at)++) {
		char c = text.ptr[*at];

		if (c == '}') {
			part->text = str_slice(text, begin, (*at)++);
			part->kind = str_starts(part->text, STR("__")) &&
					     !str_starts(part->text, STR("__jm__"))
					 ? JMETER_FUNCTION
					 : JMETER_VARIABLE;
			return true;
		}
		if (c == '(' && *at > begin && str_starts(str_slice(text, begin, *at), STR("__"))) {
			part->kind = JMETER_FUNCTION;
			part->text = str_trim(str_slice(text, begin, (*at)++));
			read_arguments(j, text, at, part);
			while (*at < text.len && text.ptr[*at] == ' ')
				(*at)++;
			if (*at < text.len && text.ptr[*at] == '}') {
				(*at)++;
				return true;
			}
			return false;
		}
	}
	return false;
}

struct jmeter_parts jmeter_parse(struct jmeter *j, struct str text)
{
	struct jmeter_parts parts = {0};
	struct buf literal;
	bool references = false;

	buf_init(&literal, 0);
	for (size_t at = 0; at < text.len;) {
		char c = text.ptr[at];
		struct jmeter_part part = {.kind = JMETER_LITERAL};
		size_t end = at + 2;

		if (c == '\\' && at + 1 < text.len) {
			if (!strchr("$,\\", text.ptr[at + 1]))
				buf_add_char(&literal, c);
			buf_add_char(&literal, text.ptr[at + 1]);
			at += 2;
		} else if (c == '$' && at + 1 < text.len && text.ptr[at + 1] == '{' &&
			   read_reference(j, text, &end, &part)) {
			if (literal.len)
				add_part(j, &parts, JMETER_LITERAL,
					 arena_str(j->arena, buf_str(&literal)));
			buf_clear(&literal);
			VEC_PUSH(j->arena, &parts.items, part);
			references = true;
			at = end;
		} else {
			buf_add_char(&literal, c);
			at++;
		}
	}
	if (!references) /* a backslash is special only beside references */
		add_part(j, &parts, JMETER_LITERAL, text);
	else if (literal.len)
		add_part(j, &parts, JMETER_LITERAL, arena_str(j->arena, buf_str(&literal)));
	buf_release(&literal);
	return parts;
}

/* ---- as texts and expressions */

struct str jmeter_quoted(struct jmeter *j, struct str text)
{
	struct buf out;
	struct str result;

	buf_init(&out, 0);
	buf_add_char(&out, '"');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '"' || text.ptr[i] == '\\')
			buf_add_char(&out, '\\');
		buf_add_char(&out, text.ptr[i]);
	}
	buf_add_char(&out, '"');
	result = arena_str(j->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

/* A reference as an expression; ptr NULL if it is not supported. */
static struct str reference(struct jmeter *j, const struct jmx *at, const struct jmeter_part *part)
{
	return part->kind == JMETER_VARIABLE ? jmeter_use(j, at, part->text)
					     : jmeter_function(j, at, part);
}

static void report_function(struct jmeter *j, const struct jmx *at, const struct jmeter_part *part)
{
	jmeter_note(j, at,
		    arena_printf(j->arena, "${%.*s} is left empty: not supported",
				 STR_ARG(str_cut(part->text, 60)))
			.ptr);
}

struct str jmeter_text(struct jmeter *j, const struct jmx *at, struct str text)
{
	struct jmeter_parts parts = jmeter_parse(j, text);
	struct buf out;
	struct str result;

	buf_init(&out, 0);
	for (size_t i = 0; i < parts.items.count; i++) {
		const struct jmeter_part *part = &parts.items.items[i];
		struct str value;

		if (part->kind == JMETER_LITERAL) {
			template_text_add_literal(&out, part->text);
			continue;
		}
		value = reference(j, at, part);
		if (value.ptr && !str_eq(value, STR("\"\"")))
			template_text_add_expression(&out, value);
		else if (!value.ptr)
			report_function(j, at, part);
	}
	result = arena_str(j->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

struct str jmeter_operand(struct jmeter *j, struct str expression)
{
	bool quoted = str_starts(expression, STR("\"")) &&
		      str_find_char(expression, '"', 1) == expression.len - 1;

	if (!expression.ptr || quoted || str_starts(expression, STR("(")) ||
	    str_find_char(expression, ' ', 0) == NOT_FOUND)
		return expression;
	return arena_printf(j->arena, "(%.*s)", STR_ARG(expression));
}

struct str jmeter_expression(struct jmeter *j, const struct jmx *at, struct str text)
{
	struct jmeter_parts parts = jmeter_parse(j, text);
	struct buf out;
	struct str result;

	buf_init(&out, 0);
	if (parts.items.count > 1)
		buf_add_char(&out, '(');
	if (parts.items.count > 1)
		buf_add_char(&out, '[');
	for (size_t i = 0; i < parts.items.count; i++) {
		const struct jmeter_part *part = &parts.items.items[i];
		struct str value = part->kind == JMETER_LITERAL ? jmeter_quoted(j, part->text)
								: reference(j, at, part);

		if (!value.ptr) {
			buf_release(&out);
			return STR_NULL;
		}
		if (i)
			buf_add(&out, STR(", "));
		buf_add(&out, parts.items.count > 1 ? jmeter_operand(j, value) : value);
	}
	if (parts.items.count > 1)
		buf_add(&out, STR("] | join(\"\"))"));
	result = parts.items.count ? arena_str(j->arena, buf_str(&out)) : STR("\"\"");
	buf_release(&out);
	return result;
}

struct str jmeter_pattern(struct jmeter *j, const struct jmx *at, struct str text)
{
	struct jmeter_parts parts = jmeter_parse(j, text);

	for (size_t i = 0; i < parts.items.count; i++) {
		const struct jmeter_part *part = &parts.items.items[i];
		const struct jmeter_name *n = jmeter_find_name(j, part->text);

		if (part->kind == JMETER_LITERAL ||
		    (part->kind == JMETER_VARIABLE && n && n->kind == JMETER_PARAMETER))
			continue;
		return STR_NULL;
	}
	return jmeter_text(j, at, text);
}

/* ---- before the run */

static bool add_constant(struct jmeter *j, struct buf *out, struct str text, unsigned depth);

static bool add_constant_part(struct jmeter *j, struct buf *out, const struct jmeter_part *part,
			      unsigned depth)
{
	const struct jmeter_name *n;
	bool named = str_eq(part->text, STR("__P")) || str_eq(part->text, STR("__property"));
	size_t at = str_eq(part->text, STR("__P")) ? 1 : 2;

	if (part->kind == JMETER_LITERAL) {
		buf_add(out, part->text);
		return true;
	}
	if (part->kind == JMETER_VARIABLE) {
		n = jmeter_find_name(j, part->text);
		return n && n->kind <= JMETER_COMPOSED && n->value.ptr && !n->secret &&
		       add_constant(j, out, n->value, depth + 1);
	}
	if (!named)
		return false;
	if (part->argument_count <= at)
		return part->argument_count && at == 1 && buf_add_char(out, '1');
	return add_constant(j, out, part->arguments[at], depth + 1);
}

static bool add_constant(struct jmeter *j, struct buf *out, struct str text, unsigned depth)
{
	struct jmeter_parts parts = jmeter_parse(j, text);

	for (size_t i = 0; i < parts.items.count; i++)
		if (depth > DEPTH_MAX || !add_constant_part(j, out, &parts.items.items[i], depth))
			return false;
	return true;
}

struct str jmeter_constant(struct jmeter *j, struct str text)
{
	struct str result = STR_NULL;
	struct buf out;

	buf_init(&out, 0);
	if (add_constant(j, &out, text, 0))
		result = arena_str(j->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

bool jmeter_is_number(struct jmeter *j, struct str text, double *out)
{
	struct str value = jmeter_constant(j, text);

	return value.ptr && str_to_double(str_trim(value), out);
}

/* A reference to one parameter, as `load` accepts it. */
static struct str one_parameter(struct jmeter *j, struct str text)
{
	struct jmeter_parts parts = jmeter_parse(j, str_trim(text));
	struct str value;

	if (parts.items.count != 1 || parts.items.items[0].kind == JMETER_LITERAL)
		return STR_NULL;
	value = reference(j, j->plan->element, &parts.items.items[0]);
	for (size_t i = 0; i < j->names.count; i++) {
		const struct jmeter_name *n = j->names.items[i];

		if ((n->kind == JMETER_PARAMETER || n->kind == JMETER_MISSING) && value.ptr &&
		    str_eq(n->expression, value))
			return arena_printf(j->arena, "${%.*s}", STR_ARG(value));
	}
	return STR_NULL;
}

struct str jmeter_number(struct jmeter *j, struct str text)
{
	struct str value = str_trim(text);
	double number;

	if (str_to_double(value, &number))
		return arena_printf(j->arena, "%.10g", number);
	value = one_parameter(j, text);
	if (!value.ptr && jmeter_is_number(j, text, &number))
		return arena_printf(j->arena, "%.10g", number);
	return value;
}

struct str jmeter_duration(struct jmeter *j, const struct jmx *at, struct str text,
			   const char *unit)
{
	struct str value = str_trim(text);
	double number = 0;

	if (!value.len || str_to_double(value, &number)) {
		if (strcmp(unit, "ms") == 0 && number >= 1000 && (int64_t)number % 1000 == 0) {
			number /= 1000;
			unit = "s";
		}
		return arena_printf(j->arena, "%.10g%s", number, unit);
	}
	if (str_find(value, STR("${"), 0) == NOT_FOUND) {
		jmeter_note(j, at,
			    arena_printf(j->arena, "'%.*s' is not a number; 0 is used",
					 STR_ARG(str_cut(value, 40)))
				.ptr);
		return STR("0s");
	}
	value = jmeter_text(j, at, value);
	return arena_printf(j->arena, "%.*s%s", STR_ARG(value), unit);
}

struct str jmeter_load_time(struct jmeter *j, const struct jmx *at, struct str text,
			    const char *unit)
{
	struct str number = jmeter_number(j, text);

	if (number.ptr)
		return arena_printf(j->arena, "%.*s%s", STR_ARG(number), unit);
	jmeter_note(j, at,
		    arena_printf(j->arena, "'%.*s' is not a number before the run; 0 is used",
				 STR_ARG(str_cut(text, 40)))
			.ptr);
	return STR("0s");
}

struct str jmeter_secret(struct jmeter *j, const struct jmx *at, struct str name, struct str text)
{
	struct str constant = jmeter_constant(j, text), word;
	struct jmeter_parts parts = jmeter_parse(j, text);

	if (parts.items.count == 1 && parts.items.items[0].kind == JMETER_VARIABLE) {
		struct jmeter_name *n = jmeter_find_name(j, parts.items.items[0].text);

		if (n && n->kind == JMETER_PARAMETER)
			n->secret = true;
	}
	if (!text.len || !constant.ptr ||
	    (parts.items.count && parts.items.items[0].kind != JMETER_LITERAL) ||
	    parts.items.count > 1)
		return jmeter_text(j, at, text);
	/* The same value has the same parameter. */
	for (unsigned number = 1;; number++) {
		struct jmeter_name *n = NULL;
		struct str own =
		    number == 1 ? name : arena_printf(j->arena, "%.*s_%u", STR_ARG(name), number);

		for (size_t i = 0; i < j->names.count; i++)
			if (str_eq(j->names.items[i]->name, own))
				n = j->names.items[i];
		if (n && !(n->kind == JMETER_PARAMETER && n->secret && n->value.ptr &&
			   str_eq(n->value, text)))
			continue;
		word = jmeter_parameter(j, own, text, true);
		return arena_printf(j->arena, "${%.*s}", STR_ARG(word));
	}
}
