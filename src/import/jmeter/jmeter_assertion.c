/* Assertions as `expect` of a request. */
#include "extract/markup_path.h"
#include "import/jmeter/jmeter.h"

static struct yaml_writer_node *expect_of(struct jmeter *j, struct jmeter_request *r)
{
	return jmeter_map(j, r->step, STR("expect"));
}

void jmeter_predicate(struct jmeter *j, struct yaml_writer_node *map, struct str key,
		      const char *predicate, struct yaml_writer_node *value)
{
	struct yaml_writer_node *keys = yaml_writer_find(map, key);

	if (!keys) {
		keys = yaml_writer_put(j->arena, map, key, yaml_writer_map(j->arena));
		keys->flow = true;
	}
	yaml_writer_append(j->arena, keys, str_of(predicate), value);
}

static struct yaml_writer_node *word(struct jmeter *j, const char *text)
{
	return yaml_writer_word(j->arena, str_of(text));
}

static void put_duration(struct jmeter *j, struct jmeter_request *r, const struct jmx *e)
{
	struct str text = str_trim(jmx_text(e, "DurationAssertion.duration"));
	double value;

	if (!jmeter_number(j, text).ptr || (jmeter_is_number(j, text, &value) && value < 1)) {
		if (!jmeter_number(j, text).ptr)
			jmeter_unsupported(j, e, "its time is not a number");
		return;
	}
	if (!yaml_writer_find(expect_of(j, r), STR("max_time")))
		yaml_writer_put_text(
		    j->arena, expect_of(j, r), STR("max_time"),
		    jmeter_duration(
			j, e, jmeter_number(j, text).ptr ? jmeter_number(j, text) : text, "ms"));
}

/* Operators: 1 =, 2 !=, 3 >, 4 <, 5 >=, 6 <= */
static void put_size(struct jmeter *j, struct jmeter_request *r, const struct jmx *e)
{
	struct str field = jmx_text(e, "Assertion.test_field");
	struct str sign_text = jmx_text(e, "SizeAssertion.operator");
	struct yaml_writer_node *keys;
	double size = 0, low = 0, high = -1;
	char sign = sign_text.len ? sign_text.ptr[0] : '1';

	if (field.len && !str_eq(field, STR("SizeAssertion.response_data"))) {
		jmeter_unsupported(j, e, "only the size of the body can be checked");
		return;
	}
	if (!jmeter_is_number(j, jmx_text(e, "SizeAssertion.size"), &size) || sign == '2' ||
	    yaml_writer_find(expect_of(j, r), STR("size"))) {
		jmeter_unsupported(j, e, "this comparison of a size is not supported");
		return;
	}
	if (sign == '1' || sign == '3' || sign == '5')
		low = sign == '3' ? size + 1 : size;
	if (sign == '1' || sign == '4' || sign == '6')
		high = sign == '4' ? size - 1 : size;
	keys = yaml_writer_put(j->arena, expect_of(j, r), STR("size"), yaml_writer_map(j->arena));
	keys->flow = true;
	if (low > 0 || high < 0)
		yaml_writer_put_text(j->arena, keys, STR("min"),
				     arena_printf(j->arena, "%.0fB", low));
	if (high >= 0)
		yaml_writer_put_text(j->arena, keys, STR("max"),
				     arena_printf(j->arena, "%.0fB", high));
}

/* A JSON value in the file as a value of the scenario. */
static struct yaml_writer_node *json_value(struct jmeter *j, const struct jmx *e, struct str text)
{
	double number;

	if (str_to_double(text, &number) || str_eq(text, STR("true")) || str_eq(text, STR("false")))
		return yaml_writer_word(j->arena, text);
	if (text.len > 1 && text.ptr[0] == '"' && text.ptr[text.len - 1] == '"')
		text = str_slice(text, 1, text.len - 1);
	return yaml_writer_typed(j->arena, jmeter_text(j, e, text));
}

/* The names of the properties of the assertions of JMeter, its JMESPath, and the plugin. */
struct json_properties {
	const char *path, *value, *check, *null, *invert, *regex;
};

static void put_json_check(struct jmeter *j, const struct jmx *e, const struct json_properties *p,
			   struct yaml_writer_node *map, struct str path)
{
	const struct jmx *is_regex = jmx_property(e, p->regex);
	bool invert = jmx_is_true(e, p->invert);
	struct yaml_writer_node *test = yaml_writer_map(j->arena), *list;
	struct str value = jmx_text(e, p->value), pattern;

	if (!jmx_is_true(e, p->check)) {
		jmeter_predicate(j, map, path, "exists", word(j, invert ? "no" : "yes"));
		return;
	}
	test->flow = true;
	if (jmx_is_true(e, p->null)) {
		yaml_writer_put(j->arena, test, STR("equals"), word(j, "null"));
	} else if (!is_regex || str_eq(is_regex->text, STR("true"))) {
		pattern = jmeter_pattern(j, e, value);
		if (!pattern.ptr || !jmeter_is_regex(value)) {
			jmeter_unsupported(j, e, "its pattern cannot be used");
			return;
		}
		yaml_writer_put_text(j->arena, test, STR("matches"),
				     arena_printf(j->arena, "^(?:%.*s)$", STR_ARG(pattern)));
	} else {
		yaml_writer_put(j->arena, test, STR("equals"), json_value(j, e, value));
	}
	if (!invert) {
		jmeter_predicate(j, map, path, arena_cstr(j->arena, test->members.items[0].key),
				 test->members.items[0].value);
		return;
	}
	list = yaml_writer_list(j->arena);
	list->flow = true;
	yaml_writer_add(j->arena, list, test);
	jmeter_predicate(j, map, path, "not", list);
}

static void put_json(struct jmeter *j, struct jmeter_request *r, const struct jmx *e)
{
	static const struct json_properties jsonpath = {
	    "JSON_PATH", "EXPECTED_VALUE", "JSONVALIDATION", "EXPECT_NULL", "INVERT", "ISREGEX"};
	static const struct json_properties jmespath = {
	    "JMES_PATH", "EXPECTED_VALUE", "JSONVALIDATION", "EXPECT_NULL", "INVERT", "ISREGEX"};
	bool jmes = jmeter_is(e, "JMESPathAssertion");
	struct str path = jmx_text(e, jmes ? jmespath.path : jsonpath.path);

	path = jmes ? jmeter_jmespath(j, path) : jmeter_json_path(j, path);
	if (!path.ptr) {
		jmeter_unsupported(j, e, "its path is not supported");
		return;
	}
	put_json_check(j, e, jmes ? &jmespath : &jsonpath,
		       jmeter_map(j, expect_of(j, r), STR("jsonpath")), path);
}

static void put_xpath(struct jmeter *j, struct jmeter_request *r, const struct jmx *e)
{
	struct str text = jmeter_pattern(j, e, str_trim(jmx_text(e, "XPath.xpath")));
	bool negate = jmx_is_true(e, "XPath.negate");
	struct markup_path_error error;

	if (!text.len || !markup_path_from_xpath(j->arena, text, &error)) {
		jmeter_unsupported(j, e, "its XPath is not supported");
		return;
	}
	text = arena_printf(j->arena, "boolean(%.*s)", STR_ARG(text));
	if (!yaml_writer_find(jmeter_map(j, expect_of(j, r), STR("xpath")), text))
		yaml_writer_put(j->arena, jmeter_map(j, expect_of(j, r), STR("xpath")), text,
				word(j, negate ? "false" : "true"));
}

static const struct {
	const char *tag;
	void (*put)(struct jmeter *j, struct jmeter_request *r, const struct jmx *e);
} kinds[] = {
    {"ResponseAssertion", jmeter_put_response_assertion},
    {"DurationAssertion", put_duration},
    {"SizeAssertion", put_size},
    {"JSONPathAssertion", put_json},
    {"JMESPathAssertion", put_json},
    {"XPathAssertion", put_xpath},
    {"XPath2Assertion", put_xpath},
};

bool jmeter_is_assertion(const struct jmx *element)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (jmeter_is(element, kinds[i].tag))
			return true;
	return false;
}

void jmeter_put_assertion(struct jmeter *j, struct jmeter_request *r, const struct jmx *element)
{
	struct yaml_writer_node *expect;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (jmeter_is(element, kinds[i].tag))
			kinds[i].put(j, r, element);
	expect = yaml_writer_find(r->step, STR("expect"));
	if (!expect)
		return;
	for (size_t i = expect->members.count; i-- > 0;)
		if (expect->members.items[i].value->shape == YAML_MAP &&
		    !expect->members.items[i].value->members.count)
			yaml_writer_remove(expect, expect->members.items[i].key);
	if (!expect->members.count)
		yaml_writer_remove(r->step, STR("expect"));
}
