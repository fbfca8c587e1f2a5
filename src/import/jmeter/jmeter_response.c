/* The Response Assertion: a field of the response, a kind of comparison, and patterns. */
#include "base/ascii.h"
#include "base/http_status.h"
#include "import/jmeter/jmeter.h"

/* The bits of Assertion.test_type. */
#define MATCH	  1
#define CONTAINS  2
#define NOT	  4
#define EQUALS	  8
#define SUBSTRING 16
#define OR	  32

struct response_check {
	struct jmeter *j;
	struct jmeter_request *r;
	const struct jmx *element;
	int type;
	size_t count;
	struct str *patterns; /* as texts of the scenario */
	struct str *written;  /* in the file */
};

static bool is_pattern(const struct response_check *c)
{
	return !(c->type & (EQUALS | SUBSTRING));
}

/* TEXT with the characters that are special in a regular expression escaped. */
static struct str escaped(struct jmeter *j, struct str text)
{
	struct buf out;
	struct str result;

	buf_init(&out, 0);
	for (size_t i = 0; i < text.len; i++) {
		if (strchr("\\^$.|?*+()[]{}", text.ptr[i]))
			buf_add_char(&out, '\\');
		buf_add_char(&out, text.ptr[i]);
	}
	result = arena_str(j->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

/* Pattern I as a regular expression for a search. */
static struct str regex_of(const struct response_check *c, size_t i)
{
	struct str text = is_pattern(c) ? c->patterns[i] : escaped(c->j, c->written[i]);

	if (c->type & (MATCH | EQUALS) && !(c->type & (CONTAINS | SUBSTRING)))
		return arena_printf(c->j->arena, "\\A(?:%.*s)\\z", STR_ARG(text));
	return text;
}

/* All patterns as one regular expression. */
static struct str any_of(const struct response_check *c)
{
	struct buf out;
	struct str result;

	buf_init(&out, 0);
	for (size_t i = 0; i < c->count; i++)
		buf_printf(&out, "%s%.*s", i ? "|" : "", STR_ARG(regex_of(c, i)));
	result = arena_str(c->j->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

/* The predicate and value for pattern I. */
static const char *predicate(const struct response_check *c, size_t i,
			     struct yaml_writer_node **value)
{
	if (is_pattern(c)) {
		*value = yaml_writer_text(c->j->arena, regex_of(c, i));
		return "matches";
	}
	*value = yaml_writer_typed(c->j->arena, c->patterns[i]);
	return c->type & EQUALS ? "equals" : "contains";
}

/* Adds the check of KEY to MAP. */
static void put_field(const struct response_check *c, struct yaml_writer_node *map, struct str key)
{
	struct jmeter *j = c->j;
	struct yaml_writer_node *value, *test;
	const char *name;

	if (c->type & OR && !(c->type & NOT) && c->count > 1) {
		jmeter_predicate(j, map, key, "matches", yaml_writer_text(j->arena, any_of(c)));
		return;
	}
	for (size_t i = 0; i < c->count; i++) {
		name = predicate(c, i, &value);
		if (!(c->type & NOT)) {
			jmeter_predicate(j, map, key, name, value);
			continue;
		}
		test = yaml_writer_map(j->arena);
		test->flow = true;
		yaml_writer_put(j->arena, test, str_of(name), value);
		jmeter_predicate(j, map, key, "not", test);
	}
}

/* ---- the status */

static void fail_step(const struct response_check *c, struct str condition, const char *what)
{
	struct jmeter *j = c->j;
	struct yaml_writer_node *step = yaml_writer_map(j->arena), *then, *fail;

	yaml_writer_put_text(j->arena, step, STR("if"),
			     arena_printf(j->arena, "${%.*s}", STR_ARG(condition)));
	then = yaml_writer_put(j->arena, step, STR("then"), yaml_writer_list(j->arena));
	fail = yaml_writer_add(j->arena, then, yaml_writer_map(j->arena));
	yaml_writer_put_text(
	    j->arena, fail, STR("fail"),
	    arena_printf(j->arena, "%.*s: %s", STR_ARG(jmeter_label(j, c->element)), what));
	yaml_writer_add(j->arena, c->r->after, step);
}

/* 200, 2.., 2\d\d, 20[0-9] … as a status or a class; ptr NULL: another pattern. */
static struct str status_of(struct str text)
{
	static const char *const any[] = {"..",	      "\\d\\d", "\\d{2}", "[0-9][0-9]",
					  "[0-9]{2}", "\\d+",	".*",	  "xx"};
	int64_t number;

	while (str_starts(text, STR("^")))
		text = str_slice(text, 1, text.len);
	while (str_ends(text, STR("$")))
		text = str_slice(text, 0, text.len - 1);
	if (str_to_int(text, &number) && number >= 100 && number < 600)
		return text;
	for (size_t i = 0; i < sizeof any / sizeof *any; i++)
		if (text.len == strlen(any[i]) + 1 && text.ptr[0] >= '1' && text.ptr[0] <= '5' &&
		    str_ends(text, str_of(any[i])))
			return (struct str[]){STR("1xx"), STR("2xx"), STR("3xx"), STR("4xx"),
					      STR("5xx")}[text.ptr[0] - '1'];
	return STR_NULL;
}

/* Adds the alternatives of PATTERN, 200|302 or (2..|304), to LIST; false: another pattern. */
static bool add_statuses(struct jmeter *j, struct yaml_writer_node *list, struct str pattern)
{
	pattern = str_trim(pattern);
	if (str_starts(pattern, STR("(")) && str_ends(pattern, STR(")")))
		pattern = str_slice(pattern, 1, pattern.len - 1);
	for (size_t at = 0; at <= pattern.len;) {
		size_t end = str_find_char(pattern, '|', at);
		struct str one = status_of(
		    str_trim(str_slice(pattern, at, end == NOT_FOUND ? pattern.len : end)));

		if (!one.ptr)
			return false;
		yaml_writer_add(j->arena, list, yaml_writer_word(j->arena, one));
		if (end == NOT_FOUND)
			return true;
		at = end + 1;
	}
	return false;
}

/* Whether LIST has a class 3xx although redirects are followed: it is then never the last status.
 */
static void drop_redirects(const struct response_check *c, struct yaml_writer_node *list)
{
	if (yaml_writer_find(c->r->step, STR("follow_redirects")))
		return;
	for (size_t i = list->members.count; i-- > 0;)
		if (str_starts(list->members.items[i].value->text, STR("3"))) {
			memmove(&list->members.items[i], &list->members.items[i + 1],
				(list->members.count - i - 1) * sizeof *list->members.items);
			list->members.count--;
		}
}

static void put_status(const struct response_check *c)
{
	struct jmeter *j = c->j;
	struct yaml_writer_node *list = yaml_writer_list(j->arena);
	struct yaml_writer_node *expect = jmeter_map(j, c->r->step, STR("expect"));
	bool good = !(c->type & NOT) && !yaml_writer_find(expect, STR("status"));

	for (size_t i = 0; good && i < c->count; i++)
		good = add_statuses(j, list, c->written[i]);
	drop_redirects(c, list);
	if (good && list->members.count) {
		list->flow = true;
		yaml_writer_put(j->arena, expect, STR("status"),
				list->members.count == 1 ? list->members.items[0].value : list);
		return;
	}
	if (good && !list->members.count) {
		jmeter_note(j, c->element,
			    "the status of a redirect is not checked: redirects are followed");
		return;
	}
	for (size_t i = 0; i < c->count; i++)
		if (!jmeter_is_regex(c->written[i])) {
			jmeter_unsupported(j, c->element, "its pattern cannot be used");
			return;
		}
	fail_step(c,
		  arena_printf(j->arena,
			       c->type & NOT ? "(response.status | text) matches %.*s"
					     : "not ((response.status | text) matches %.*s)",
			       STR_ARG(jmeter_quoted(j, any_of(c)))),
		  "the status is ${response.status}");
}

/* OK, Found …: the status with this text. */
static void put_message(const struct response_check *c)
{
	struct jmeter *j = c->j;
	struct yaml_writer_node *expect = jmeter_map(j, c->r->step, STR("expect"));

	for (int status = 100; status < 600; status++) {
		const char *text = http_status_reason(status);

		if (!text || c->count != 1 || c->type & NOT || !str_eq(str_of(text), c->written[0]))
			continue;
		if (!yaml_writer_find(expect, STR("status")))
			yaml_writer_put(
			    j->arena, expect, STR("status"),
			    yaml_writer_word(j->arena, arena_printf(j->arena, "%d", status)));
		return;
	}
	jmeter_unsupported(j, c->element, "the text of the status line cannot be checked");
}

/* ---- headers: patterns such as `Content-Type: text/html` */

static void put_headers(const struct response_check *c)
{
	struct jmeter *j = c->j;

	for (size_t i = 0; i < c->count; i++) {
		size_t colon = str_find_char(c->written[i], ':', 0);
		struct str name = str_slice(c->written[i], 0, colon == NOT_FOUND ? 0 : colon);
		struct str rest = str_trim(str_slice(
		    c->patterns[i], colon == NOT_FOUND ? 0 : colon + 1, c->patterns[i].len));
		struct response_check one = {.j = j,
					     .r = c->r,
					     .element = c->element,
					     .type = c->type & EQUALS ? SUBSTRING | (c->type & NOT)
								      : c->type,
					     .count = 1,
					     .patterns = &rest,
					     .written = &rest};

		if (!str_is_token(name) || (c->type & OR && c->count > 1) ||
		    (c->type & MATCH && !(c->type & CONTAINS))) {
			jmeter_unsupported(j, c->element,
					   "only `Name: value` of one header can be checked");
			continue;
		}
		put_field(&one,
			  jmeter_map(j, jmeter_map(j, c->r->step, STR("expect")), STR("header")),
			  name);
	}
}

/* ---- variables */

static void put_variable(const struct response_check *c, struct str name)
{
	struct jmeter *j = c->j;
	struct str value = jmeter_operand(j, jmeter_use(j, c->element, name)), condition = STR("");

	for (size_t i = 0; i < c->count; i++) {
		struct str other = is_pattern(c) ? jmeter_quoted(j, regex_of(c, i))
						 : jmeter_expression(j, c->element, c->written[i]);

		condition = arena_printf(j->arena, "%.*s%s%.*s %s %.*s", STR_ARG(condition),
					 i ? (c->type & OR ? " or " : " and ") : "", STR_ARG(value),
					 is_pattern(c)	    ? "matches"
					 : c->type & EQUALS ? "=="
							    : "contains",
					 STR_ARG(other));
	}
	fail_step(c,
		  arena_printf(j->arena, c->type & NOT ? "%.*s" : "not (%.*s)", STR_ARG(condition)),
		  "the variable does not match");
}

/* ---- all of it */

/* Whether TEXT refers to what this request extracts: its response is checked before. */
static bool uses_own(const struct response_check *c, struct str text)
{
	const struct yaml_writer_node *own = yaml_writer_find(c->r->step, STR("extract"));
	struct jmeter_parts parts = jmeter_parse(c->j, text);

	for (size_t i = 0; own && i < parts.items.count; i++) {
		const struct jmeter_name *n = jmeter_find_name(c->j, parts.items.items[i].text);

		if (parts.items.items[i].kind == JMETER_VARIABLE && n &&
		    yaml_writer_find(own, n->expression))
			return true;
	}
	return false;
}

static bool read_patterns(struct response_check *c)
{
	struct jmeter *j = c->j;
	/* The property has this name in all versions of JMeter. */
	static const char *const property = "Asserion.test_strings";

	c->count = jmx_count(c->element, property);
	c->patterns = ARENA_ARRAY(j->arena, c->count + 1, struct str);
	c->written = ARENA_ARRAY(j->arena, c->count + 1, struct str);
	for (size_t i = 0; i < c->count; i++) {
		struct str text = jmx_item(c->element, property, i)->text;

		c->written[i] = text;
		if (uses_own(c, text))
			return false;
		c->patterns[i] = is_pattern(c) || (c->type & OR && c->count > 1)
				     ? jmeter_pattern(j, c->element, text)
				     : jmeter_text(j, c->element, text);
		if (!c->patterns[i].ptr || (is_pattern(c) && !jmeter_is_regex(text)))
			return false;
	}
	return true;
}

/* "Ignore status": responses with an error status pass. */
static void put_any_status(const struct response_check *c)
{
	struct yaml_writer_node *expect = jmeter_map(c->j, c->r->step, STR("expect"));
	struct yaml_writer_node *list;

	if (yaml_writer_find(expect, STR("status")))
		return;
	list = yaml_writer_put(c->j->arena, expect, STR("status"), yaml_writer_list(c->j->arena));
	list->flow = true;
	add_statuses(c->j, list, STR("2xx|3xx|4xx|5xx"));
	drop_redirects(c, list);
}

void jmeter_put_response_assertion(struct jmeter *j, struct jmeter_request *r, const struct jmx *e)
{
	struct response_check c = {.j = j, .r = r, .element = e, .type = CONTAINS};
	struct str field = jmx_text(e, "Assertion.test_field");
	struct str variable = str_trim(jmx_text(e, "Scope.variable"));
	double type;

	if (jmeter_is_number(j, jmx_text(e, "Assertion.test_type"), &type))
		c.type = (int)type;
	if (!read_patterns(&c)) {
		jmeter_unsupported(j, e, "its pattern cannot be used");
		return;
	}
	if (str_eq(jmx_text(e, "Assertion.scope"), STR("variable")) && variable.len)
		put_variable(&c, variable);
	else if (str_eq(field, STR("Assertion.response_code")))
		put_status(&c);
	else if (str_eq(field, STR("Assertion.response_message")))
		put_message(&c);
	else if (str_eq(field, STR("Assertion.response_headers")))
		put_headers(&c);
	else if (str_eq(field, STR("Assertion.sample_label")))
		put_field(&c, jmeter_map(j, r->step, STR("expect")), STR("url"));
	else if (str_starts(field, STR("Assertion.request")))
		jmeter_unsupported(j, e, "requests are not checked");
	else
		put_field(&c, jmeter_map(j, r->step, STR("expect")), STR("body"));
	if (jmx_is_true(e, "Assertion.assume_success"))
		put_any_status(&c);
}
