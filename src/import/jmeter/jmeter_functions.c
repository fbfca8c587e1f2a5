/* The functions of JMeter, and those of its plugin with custom functions, as expressions. */
#include <stdlib.h>

#include "base/ascii.h"
#include "import/jmeter/jmeter_call.h"

struct str jmeter_call_raw(const struct jmeter_call *c, size_t i)
{
	return i < c->part->argument_count ? str_trim(c->part->arguments[i]) : STR("");
}

struct str jmeter_call_operand(const struct jmeter_call *c, size_t i)
{
	struct str text = i < c->part->argument_count ? c->part->arguments[i] : STR("");

	return jmeter_operand(c->j, jmeter_expression(c->j, c->at, text));
}

/* Argument I as a number. */
static struct str number(const struct jmeter_call *c, size_t i)
{
	double value;
	struct str text = jmeter_call_raw(c, i), expression;

	if (str_to_double(text, &value))
		return value < 0 ? arena_printf(c->j->arena, "(%.15g)", value)
				 : arena_printf(c->j->arena, "%.15g", value);
	expression = jmeter_expression(c->j, c->at, text);
	return expression.ptr ? arena_printf(c->j->arena, "(%.*s | float)", STR_ARG(expression))
			      : expression;
}

static struct str filtered(const struct jmeter_call *c, const char *filter)
{
	struct str value = jmeter_call_operand(c, 0);

	return value.ptr ? arena_printf(c->j->arena, "%.*s | %s", STR_ARG(value), filter) : value;
}

/* ---- values from outside */

static struct str property(const struct jmeter_call *c, size_t at, const char *missing)
{
	struct str name = jmeter_constant(c->j, jmeter_call_raw(c, 0)), value = STR_NULL;

	if (!name.len)
		return STR_NULL;
	if (c->part->argument_count > at)
		value = jmeter_constant(c->j, c->part->arguments[at]);
	else if (missing)
		value = str_of(missing);
	return jmeter_parameter(c->j, name, value, false);
}

static struct str fn_p(const struct jmeter_call *c)
{
	return property(c, 1, "1");
}

static struct str fn_property(const struct jmeter_call *c)
{
	return property(c, 2, NULL);
}

static struct str fn_env(const struct jmeter_call *c)
{
	struct str name = jmeter_call_raw(c, 0), missing = jmeter_call_operand(c, 2);

	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_name(name.ptr[i]))
			return STR_NULL;
	if (!name.len || ascii_is_digit(name.ptr[0]) || !missing.ptr)
		return STR_NULL;
	return arena_printf(c->j->arena, "env.%.*s | default(%.*s)", STR_ARG(name),
			    STR_ARG(missing));
}

static struct str fn_machine(const struct jmeter_call *c)
{
	(void)c;
	return STR("env.HOSTNAME | default(\"localhost\")");
}

/* ---- texts */

static struct str fn_urlencode(const struct jmeter_call *c)
{
	return filtered(c, "url_encode | replace(\"%20\", \"+\")");
}

static struct str fn_urldecode(const struct jmeter_call *c)
{
	return filtered(c, "url_decode");
}

static struct str fn_base64(const struct jmeter_call *c)
{
	return filtered(c, "base64");
}

static struct str fn_base64_decode(const struct jmeter_call *c)
{
	return filtered(c, "base64_decode");
}

static struct str fn_unescape_html(const struct jmeter_call *c)
{
	return filtered(c, "html_unescape");
}

static struct str fn_upper(const struct jmeter_call *c)
{
	return filtered(c, "upper");
}

static struct str fn_lower(const struct jmeter_call *c)
{
	return filtered(c, "lower");
}

static struct str fn_trim(const struct jmeter_call *c)
{
	return filtered(c, "trim");
}

static struct str fn_length(const struct jmeter_call *c)
{
	return filtered(c, "length");
}

static struct str fn_change_case(const struct jmeter_call *c)
{
	struct str value = jmeter_call_operand(c, 0), mode = jmeter_call_raw(c, 1);

	if (!value.ptr)
		return value;
	if (str_ieq(mode, STR("LOWER")))
		return filtered(c, "lower");
	if (str_ieq(mode, STR("CAPITALIZE")))
		return arena_printf(c->j->arena,
				    "[%.*s | slice(0, 1) | upper, %.*s | slice(1, 100000)] | "
				    "join(\"\")",
				    STR_ARG(value), STR_ARG(value));
	return filtered(c, "upper");
}

static struct str fn_digest(const struct jmeter_call *c)
{
	static const char *const names[][2] = {
	    {"MD5", "md5"}, {"SHA-1", "sha1"}, {"SHA1", "sha1"}, {"SHA-256", "sha256"}};
	struct str value = jmeter_call_operand(c, 1), salt = jmeter_call_operand(c, 2);

	if (jmeter_call_raw(c, 2).len && value.ptr && salt.ptr)
		value = arena_printf(c->j->arena, "([%.*s, %.*s] | join(\"\"))", STR_ARG(value),
				     STR_ARG(salt));
	for (size_t i = 0; value.ptr && i < sizeof names / sizeof *names; i++)
		if (str_ieq(jmeter_call_raw(c, 0), str_of(names[i][0])))
			return arena_printf(c->j->arena, "%.*s | %s%s", STR_ARG(value), names[i][1],
					    str_eq(jmeter_call_raw(c, 3), STR("true")) ? " | upper"
										       : "");
	return STR_NULL;
}

static struct str fn_char(const struct jmeter_call *c)
{
	struct buf out;
	struct str result;

	buf_init(&out, 0);
	for (size_t i = 0; i < c->part->argument_count; i++) {
		long code = strtol(arena_cstr(c->j->arena, jmeter_call_raw(c, i)), NULL, 0);

		if (code > 0)
			buf_add_utf8(&out, (uint32_t)code);
	}
	result = jmeter_quoted(c->j, arena_str(c->j->arena, buf_str(&out)));
	buf_release(&out);
	return result;
}

/* Its variable is a list; the call itself is the text. */
static struct str fn_split(const struct jmeter_call *c)
{
	struct str value = jmeter_call_operand(c, 0),
		   name = jmeter_constant(c->j, jmeter_call_raw(c, 1)), word;
	struct str separator =
	    c->part->argument_count > 2 ? jmeter_call_operand(c, 2) : STR("\",\"");

	if (!value.ptr || !name.len || !separator.ptr || !c->j->steps)
		return STR_NULL;
	jmeter_define(c->j, JMETER_LIST, name, c->j->group);
	word = jmeter_set_name(c->j, name);
	jmeter_add_set(
	    c->j, word,
	    arena_printf(c->j->arena, "${%.*s | split(%.*s)}", STR_ARG(value), STR_ARG(separator)));
	return value;
}

static struct str fn_eval(const struct jmeter_call *c)
{
	return jmeter_call_operand(c, 0);
}

/* ${__V(NAME_${i})}: an item of a list, or the variable with a constant name. */
static struct str fn_variable(const struct jmeter_call *c)
{
	struct jmeter_parts parts = jmeter_parse(c->j, jmeter_call_raw(c, 0));
	const struct jmeter_part *first = parts.items.items;
	struct str constant = jmeter_constant(c->j, jmeter_call_raw(c, 0)), index;
	struct jmeter_name *list;

	if (parts.items.count == 1 && first->kind == JMETER_LITERAL && constant.len)
		return jmeter_use(c->j, c->at, constant);
	if (parts.items.count != 2 || first->kind != JMETER_LITERAL ||
	    !str_ends(first->text, STR("_")))
		return STR_NULL;
	list = jmeter_find_name(c->j, str_slice(first->text, 0, first->text.len - 1));
	index = parts.items.items[1].kind == JMETER_VARIABLE
		    ? jmeter_use(c->j, c->at, parts.items.items[1].text)
		    : jmeter_function(c->j, c->at, &parts.items.items[1]);
	if (!list || list->kind != JMETER_LIST || !index.ptr)
		return STR_NULL;
	return arena_printf(c->j->arena, "%.*s[(%.*s | int) - 1]",
			    STR_ARG(jmeter_use(c->j, c->at, list->name)), STR_ARG(index));
}

/* ---- numbers */

static struct str fn_random(const struct jmeter_call *c)
{
	struct str low = number(c, 0), high = number(c, 1);

	if (!low.ptr || !high.ptr)
		return STR_NULL;
	return arena_printf(c->j->arena, "random_int(%.*s, %.*s)", STR_ARG(low), STR_ARG(high));
}

static struct str fn_uuid(const struct jmeter_call *c)
{
	(void)c;
	return STR("uuid()");
}

static struct str fn_counter(const struct jmeter_call *c)
{
	if (str_ieq(jmeter_call_raw(c, 0), STR("TRUE")))
		return STR("iteration");
	return arena_printf(c->j->arena, "counter(\"line_%u\")", c->at->line);
}

static struct str fn_thread(const struct jmeter_call *c)
{
	(void)c;
	return STR("user.id");
}

static struct str fn_iteration(const struct jmeter_call *c)
{
	(void)c;
	return STR("iteration");
}

static struct str fn_group_name(const struct jmeter_call *c)
{
	return jmeter_quoted(c->j, c->j->group ? c->j->group->element->name : STR(""));
}

static struct str fn_empty(const struct jmeter_call *c)
{
	(void)c;
	return STR("\"\"");
}

/* A sum; the last argument may be a variable for it. */
static struct str fn_sum(const struct jmeter_call *c)
{
	struct buf out;
	struct str result;
	size_t count = c->part->argument_count;
	double last;

	if (count > 1 && str_find_char(jmeter_call_raw(c, count - 1), '$', 0) == NOT_FOUND &&
	    !str_to_double(jmeter_call_raw(c, count - 1), &last))
		count--;
	buf_init(&out, 0);
	for (size_t i = 0; i < count; i++) {
		struct str value = number(c, i);

		if (!value.ptr) {
			buf_release(&out);
			return value;
		}
		if (i)
			buf_add(&out, STR(" + "));
		buf_add(&out, value);
	}
	result = arena_str(c->j->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

/* One of the characters of CHARS, LENGTH times. */
static struct str pick_characters(const struct jmeter_call *c, struct str chars, int64_t length)
{
	struct buf out;
	struct str result;

	if (length > 40 || chars.len > 100 || !str_is_utf8(chars, NULL))
		return STR_NULL;
	buf_init(&out, 0);
	buf_add_char(&out, '[');
	for (int64_t i = 0; i < length; i++) {
		buf_printf(&out, "%spick(%.*s | split(\"\"))", i ? ", " : "",
			   STR_ARG(jmeter_quoted(c->j, chars)));
	}
	buf_add(&out, STR("] | join(\"\")"));
	result = arena_str(c->j->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

static struct str fn_random_text(const struct jmeter_call *c)
{
	struct str chars = jmeter_constant(c->j, jmeter_call_raw(c, 1)), length = number(c, 0);
	int64_t count = 0;

	if (!chars.ptr || !length.ptr)
		return STR_NULL;
	if (!chars.len)
		return arena_printf(c->j->arena, "random_text(%.*s)", STR_ARG(length));
	if (str_ieq(chars, STR("0123456789abcdef")))
		return arena_printf(c->j->arena, "random_hex(%.*s)%s", STR_ARG(length),
				    ascii_is_upper(chars.ptr[15]) ? " | upper" : "");
	if (str_eq(chars, STR("abcdefghijklmnopqrstuvwxyz0123456789")))
		return arena_printf(c->j->arena, "random_text(%.*s) | lower", STR_ARG(length));
	if (!str_to_int(length, &count) || count < 1)
		return STR_NULL;
	if (str_eq(chars, STR("0123456789")) && count < 16) {
		struct buf low;
		struct str result;

		buf_init(&low, 0);
		for (int64_t i = 1; i < count; i++)
			buf_add_char(&low, '0');
		result = arena_printf(c->j->arena, "random_int(1%.*s, 9%.*s)",
				      STR_ARG(buf_str(&low)), STR_ARG(buf_str(&low)));
		buf_release(&low);
		return result;
	}
	return pick_characters(c, chars, count);
}

/* ---- files */

static struct str fn_file(const struct jmeter_call *c)
{
	struct str path = jmeter_constant(c->j, jmeter_call_raw(c, 0)), bytes;
	const char *why;

	if (!path.len || !jmeter_file(c->j, path, &bytes, &why))
		return STR_NULL;
	path = job_add_file(c->j->job,
			    arena_printf(c->j->arena, "text-%.*s", STR_ARG(jmeter_base_name(path))),
			    bytes, false);
	return arena_printf(c->j->arena, "file(%.*s)", STR_ARG(jmeter_quoted(c->j, path)));
}

static struct str fn_csv(const struct jmeter_call *c)
{
	struct str path = jmeter_constant(c->j, jmeter_call_raw(c, 0));
	int64_t column;

	if (str_eq(jmeter_call_raw(c, 1), STR("next"))) /* each iteration has the next row */
		return STR("\"\"");
	if (!path.len || !str_to_int(jmeter_call_raw(c, 1), &column) || column < 0)
		return STR_NULL;
	return jmeter_file_column(c->j, c->at, path, (size_t)column, false);
}

static struct str fn_lines(const struct jmeter_call *c)
{
	struct str path = jmeter_constant(c->j, jmeter_call_raw(c, 0));

	return path.len ? jmeter_file_column(c->j, c->at, path, 0, true) : STR_NULL;
}

static struct str fn_code(const struct jmeter_call *c)
{
	struct str code = c->part->argument_count ? c->part->arguments[0] : STR("");

	return jmeter_code(c->j, c->at, code);
}

/* ---- the table */

static const struct function {
	const char *name;
	struct str (*convert)(const struct jmeter_call *c);
	int variable; /* argument with the name of a variable that the call sets; -1: none */
} functions[] = {
    {"__BeanShell", fn_code, 1},
    {"__CSVRead", fn_csv, -1},
    {"__FileToString", fn_file, 2},
    {"__P", fn_p, -1},
    {"__Random", fn_random, 2},
    {"__RandomDate", jmeter_call_random_date, 4},
    {"__RandomString", fn_random_text, 2},
    {"__StringFromFile", fn_lines, 1},
    {"__TestPlanName", fn_group_name, -1},
    {"__UUID", fn_uuid, -1},
    {"__V", fn_variable, -1},
    {"__base64Decode", fn_base64_decode, 1},
    {"__base64Encode", fn_base64, 1},
    {"__changeCase", fn_change_case, 2},
    {"__char", fn_char, -1},
    {"__counter", fn_counter, 1},
    {"__digest", fn_digest, 4},
    {"__env", fn_env, 1},
    {"__eval", fn_eval, -1},
    {"__evalVar", fn_variable, -1},
    {"__groovy", fn_code, 1},
    {"__intSum", fn_sum, -1},
    {"__iterationNum", fn_iteration, -1},
    {"__javaScript", fn_code, 1},
    {"__jexl2", fn_code, 1},
    {"__jexl3", fn_code, 1},
    {"__log", fn_eval, -1},
    {"__logn", fn_empty, -1},
    {"__longSum", fn_sum, -1},
    {"__lowercase", fn_lower, 1},
    {"__machineIP", fn_machine, 0},
    {"__machineName", fn_machine, 0},
    {"__property", fn_property, 1},
    {"__split", fn_split, -1},
    {"__strLen", fn_length, 1},
    {"__threadGroupName", fn_group_name, -1},
    {"__threadNum", fn_thread, -1},
    {"__time", jmeter_call_time, 1},
    {"__timeShift", jmeter_call_time_shift, 4},
    {"__trim", fn_trim, 1},
    {"__unescapeHtml", fn_unescape_html, -1},
    {"__uppercase", fn_upper, 1},
    {"__urldecode", fn_urldecode, -1},
    {"__urlencode", fn_urlencode, -1},
};

static const struct function *find_function(struct str name)
{
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		if (str_eq(name, str_of(functions[i].name)))
			return &functions[i];
	return NULL;
}

struct str jmeter_function(struct jmeter *j, const struct jmx *at, const struct jmeter_part *part)
{
	const struct function *f = find_function(part->text);
	struct jmeter_call c = {.j = j, .at = at, .part = part};
	struct str value = STR_NULL, name, word;

	if (f && ++j->function_depth < JMETER_DEPTH_MAX)
		value = f->convert(&c);
	if (f)
		j->function_depth--;
	if (!value.ptr || f->variable < 0)
		return value;
	name = jmeter_constant(j, jmeter_call_raw(&c, (size_t)f->variable));
	if (!name.len || !j->steps || j->in_parallel)
		return value;
	word = jmeter_set_name(j, name);
	jmeter_add_set(j, word, arena_printf(j->arena, "${%.*s}", STR_ARG(value)));
	return word;
}

void jmeter_scan_functions(struct jmeter *j, struct str text, const struct jmeter_node *group)
{
	struct jmeter_parts parts = jmeter_parse(j, text);

	for (size_t i = 0; i < parts.items.count; i++) {
		const struct jmeter_part *part = &parts.items.items[i];
		const struct function *f = find_function(part->text);
		struct str name;
		bool list = str_eq(part->text, STR("__split"));

		if (part->kind != JMETER_FUNCTION)
			continue;
		j->function_depth++;
		for (size_t k = 0; k < part->argument_count && j->function_depth < JMETER_DEPTH_MAX;
		     k++)
			jmeter_scan_functions(j, part->arguments[k], group);
		j->function_depth--;
		if (!f || (f->variable < 0 && !list))
			continue;
		name = (size_t)(list ? 1 : f->variable) < part->argument_count
			   ? str_trim(part->arguments[list ? 1 : f->variable])
			   : STR("");
		if (name.len && str_find_char(name, '$', 0) == NOT_FOUND)
			jmeter_define(j, list ? JMETER_LIST : JMETER_LOCAL, name, group);
	}
}
