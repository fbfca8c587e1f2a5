/* Schemas of OpenAPI: the values that are generated for them, and those that they accept; texts for
 * regular expressions; files that references may name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "doc/json_node.h"
#include "import/openapi/openapi.h"

struct rig {
	struct import_job job;
	struct openapi o;
};

static void set_up(struct rig *r, enum openapi_version version)
{
	job_init(&r->job, NULL, NULL);
	r->o = (struct openapi){.job = &r->job,
				.arena = &r->job.arena,
				.root = yaml_writer_map(&r->job.arena),
				.version = version,
				.scratch = regex_scratch_new()};
}

static void tear_down(struct rig *r)
{
	regex_scratch_free(r->o.scratch);
	job_release(&r->job);
}

static const struct node *read(struct rig *r, const char *text)
{
	struct openapi_file file = {.path = STR("spec.json")};
	const char *why;
	size_t at;

	file.source = source_new(r->o.arena, file.path, str_of(text));
	file.top = json_node_read(r->o.arena, file.source, &at, &why);
	if (!file.top)
		fail_msg("%s: byte %zu: %s", text, at, why);
	r->o.files.count = 0;
	VEC_PUSH(r->o.arena, &r->o.files, file);
	return file.top;
}

/* ---- values */

struct generated {
	enum openapi_version version;
	const char *schema, *value;
};

/* A variable of the scenario is between these words. */
#define UNIQUE "reprise-variable-unique-end"

static const struct generated values[] = {
    {OPENAPI_3_0, "{}", "\"colour\""},
    {OPENAPI_3_0, "{\"type\":\"string\",\"minLength\":8}", "\"colourxx\""},
    {OPENAPI_3_0, "{\"type\":\"string\",\"maxLength\":3}", "\"col\""},
    {OPENAPI_3_0, "{\"type\":\"string\",\"format\":\"date-time\"}", "\"2026-01-31T12:00:00Z\""},
    {OPENAPI_3_0, "{\"type\":\"string\",\"format\":\"email\"}", "\"user-" UNIQUE "@example.com\""},
    {OPENAPI_3_0, "{\"type\":\"string\",\"pattern\":\"^[A-Z]{2}\\\\d{3,5}(-x|y)?$\"}", "\"AA111\""},
    {OPENAPI_3_0, "{\"type\":\"string\",\"pattern\":\"^a+$\",\"minLength\":5}", "\"aaaaa\""},
    {OPENAPI_3_0, "{\"type\":\"integer\"}", "1"},
    {OPENAPI_3_0, "{\"type\":\"integer\",\"minimum\":5,\"exclusiveMinimum\":true}", "6"},
    {OPENAPI_3_1, "{\"type\":\"integer\",\"exclusiveMinimum\":5,\"multipleOf\":4}", "12"},
    {OPENAPI_3_0, "{\"type\":\"integer\",\"maximum\":-3}", "-3"},
    {OPENAPI_3_0, "{\"type\":\"number\",\"minimum\":0.5,\"maximum\":1}", "0.5"},
    {OPENAPI_3_0, "{\"type\":\"boolean\"}", "true"},
    {OPENAPI_3_1, "{\"type\":[\"null\",\"integer\"]}", "1"},
    {OPENAPI_3_1, "{\"type\":\"null\"}", "null"},
    /* Documented values, if they fit. */
    {OPENAPI_3_0,
     "{\"type\":\"string\",\"example\":\"e\",\"default\":\"d\",\"enum\":[\"d\",\"e\"]}", "\"e\""},
    {OPENAPI_3_0, "{\"type\":\"string\",\"default\":\"d\",\"enum\":[\"a\",\"d\"]}", "\"d\""},
    {OPENAPI_3_0, "{\"enum\":[\"a\",\"d\"]}", "\"a\""},
    {OPENAPI_3_1, "{\"const\":{\"a\":[1]}}", "{\"a\":[1]}"},
    {OPENAPI_3_0, "{\"type\":\"integer\",\"example\":\"five\",\"default\":5}", "5"},
    {OPENAPI_3_0, "{\"type\":\"string\",\"example\":5}", "\"5\""},
    {OPENAPI_3_1, "{\"type\":\"string\",\"examples\":[\"one\",\"two\"]}", "\"one\""},
    /* Lists. */
    {OPENAPI_3_0, "{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}", "[1]"},
    {OPENAPI_3_0,
     "{\"type\":\"array\",\"minItems\":3,\"uniqueItems\":true,\"items\":{\"enum\":[1,2,3]}}",
     "[1,2,3]"},
    {OPENAPI_3_0, "{\"type\":\"array\",\"maxItems\":0,\"items\":{}}", "[]"},
    /* Objects. */
    {OPENAPI_3_0,
     "{\"required\":[\"b\",\"z\"],\"properties\":{\"a\":{\"type\":\"integer\"},\"b\":{\"type\":"
     "\"integer\"}}}",
     "{\"b\":1,\"z\":\"z\"}"},
    {OPENAPI_3_0,
     "{\"type\":\"object\",\"minProperties\":2,\"properties\":{\"a\":{\"type\":\"integer\"}},"
     "\"additionalProperties\":{\"type\":\"boolean\"}}",
     "{\"a\":1,\"key1\":true}"},
    {OPENAPI_3_0,
     "{\"required\":[\"w\",\"p\"],\"properties\":{\"w\":{\"type\":\"integer\",\"readOnly\":true},"
     "\"p\":{\"type\":\"integer\"}}}",
     "{\"p\":1}"},
    /* Combinations. */
    {OPENAPI_3_0,
     "{\"allOf\":[{\"required\":[\"a\"],\"properties\":{\"a\":{\"minimum\":3}}},{\"properties\":{"
     "\"a\":{\"type\":\"integer\",\"maximum\":9}},\"required\":[\"b\"]}]}",
     "{\"a\":3,\"b\":\"b\"}"},
    {OPENAPI_3_0, "{\"anyOf\":[{\"type\":\"integer\",\"minimum\":4},{\"type\":\"string\"}]}", "4"},
    {OPENAPI_3_0,
     "{\"oneOf\":[{\"type\":\"object\",\"required\":[\"a\"]},{\"type\":\"object\",\"required\":["
     "\"a\",\"b\"]}]}",
     "{\"a\":\"a\"}"},
    {OPENAPI_3_0,
     "{\"properties\":{\"a\":{\"type\":\"integer\"},\"b\":{\"type\":\"integer\"}},\"anyOf\":[{"
     "\"required\":[\"b\"]}]}",
     "{\"b\":1}"},
    {OPENAPI_3_0, "{\"not\":{\"type\":\"integer\"},\"type\":\"string\"}", "\"colour\""},
};

static void test_generated(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		const struct generated *row = &values[i];
		const struct node *schema, *value;
		struct str text;
		struct rig r;

		set_up(&r, row->version);
		schema = read(&r, row->schema);
		value = openapi_generate(&r.o, schema, STR("colour"), false);
		text = openapi_json_text(&r.o, value);
		if (!str_eq(text, str_of(row->value)))
			fail_msg("%s: expected %s, got %.*s", row->schema, row->value,
				 STR_ARG(text));
		if (!openapi_accepts(&r.o, schema, value, false))
			fail_msg("%s: does not accept %.*s", row->schema, STR_ARG(text));
		tear_down(&r);
	}
}

/* ---- what a schema accepts */

struct judged {
	const char *schema, *value;
	bool coerced, accepted;
};

static const struct judged judged[] = {
    {"{\"type\":\"integer\"}", "1.0", false, true},
    {"{\"type\":\"integer\"}", "1.5", false, false},
    {"{\"type\":\"integer\"}", "\"1\"", false, false},
    {"{\"type\":\"integer\"}", "\"1\"", true, true},
    {"{\"type\":\"integer\"}", "\"one\"", true, false},
    {"{\"type\":\"boolean\"}", "\"true\"", true, true},
    {"{\"type\":\"string\"}", "5", false, false},
    {"{\"type\":\"string\"}", "5", true, true},
    {"{\"type\":\"string\",\"nullable\":true}", "null", false, true},
    {"{\"type\":\"string\"}", "null", false, false},
    {"{\"type\":\"string\",\"maxLength\":2}", "\"\u00e9\u00e9\"", false, true},
    {"{\"type\":\"string\",\"maxLength\":2}", "\"abc\"", false, false},
    {"{\"type\":\"string\",\"pattern\":\"b\"}", "\"abc\"", false, true},
    {"{\"type\":\"string\",\"pattern\":\"^b\"}", "\"abc\"", false, false},
    {"{\"type\":\"string\",\"format\":\"date\"}", "\"2026-13-01\"", false, false},
    {"{\"type\":\"string\",\"format\":\"uuid\"}", "\"5\"", false, false},
    {"{\"type\":\"string\",\"format\":\"own\"}", "\"5\"", false, true},
    {"{\"type\":\"number\",\"minimum\":1,\"exclusiveMinimum\":true}", "1", false, false},
    {"{\"type\":\"number\",\"multipleOf\":0.1}", "0.3", false, true},
    {"{\"type\":\"number\",\"multipleOf\":0.1}", "0.35", false, false},
    {"{\"enum\":[1,\"a\",null]}", "1.0", false, true},
    {"{\"enum\":[1,\"a\"]}", "\"1\"", false, false},
    {"{\"enum\":[1,\"a\"]}", "\"1\"", true, true},
    {"{\"type\":\"array\",\"uniqueItems\":true}", "[{\"a\":1},{\"a\":1}]", false, false},
    {"{\"type\":\"array\",\"items\":{\"type\":\"string\"}}", "[\"a\",1]", false, false},
    {"{\"required\":[\"a\"]}", "{\"b\":1}", false, false},
    {"{\"required\":[\"a\"]}", "5", false, true},
    {"{\"properties\":{\"a\":{}},\"additionalProperties\":false}", "{\"b\":1}", false, false},
    {"{\"oneOf\":[{\"type\":\"integer\"},{\"minimum\":2}]}", "1", false, true},
    {"{\"oneOf\":[{\"type\":\"integer\"},{\"minimum\":2}]}", "3", false, false},
    {"{\"anyOf\":[{\"type\":\"integer\"},{\"minimum\":2}]}", "3", false, true},
    {"{\"not\":{\"type\":\"integer\"}}", "3", false, false},
};

static void test_accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof judged / sizeof *judged; i++) {
		const struct judged *row = &judged[i];
		const struct node *value, *schema;
		struct rig r;

		set_up(&r, OPENAPI_3_0);
		value = read(&r, row->value);
		schema = read(&r, row->schema);
		if (openapi_accepts(&r.o, schema, value, row->coerced) != row->accepted)
			fail_msg("%s %s %s", row->schema,
				 row->accepted ? "does not accept" : "accepts", row->value);
		tear_down(&r);
	}
}

/* ---- texts for patterns */

static void test_patterns(void **state)
{
	static const struct {
		const char *pattern;
		size_t min, max;
		const char *text; /* NULL: none */
	} rows[] = {
	    {"^[0-9a-f]{4}$", 0, SIZE_MAX, "aaaa"},
	    {"^(?:red|green)-\\w+$", 0, SIZE_MAX, "red-a"},
	    {"^[^a-z]+$", 0, SIZE_MAX, "1"},
	    {"\\d{2}", 5, 10, "11aaa"},
	    {"^\\+?[1-9]\\d{6,14}$", 0, SIZE_MAX, "1111111"},
	    {"^(\\p{L}|\\d)*$", 3, SIZE_MAX, "aaa"},
	    {"^(?=.*\\d)[a-z\\d]{8,}$", 0, SIZE_MAX, NULL},
	    {"^(a)\\1$", 0, SIZE_MAX, NULL},
	    {"^a$", 3, SIZE_MAX, NULL},
	    {"(", 0, SIZE_MAX, NULL},
	    {"", 0, SIZE_MAX, ""},
	    {"^a{3}$|^b{2}$", 0, SIZE_MAX, "aaa"},
	    {"^https?:\\/\\/[\\w.-]+\\/$", 0, SIZE_MAX, "http://a/"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct str text;
		struct rig r;

		set_up(&r, OPENAPI_3_0);
		text =
		    openapi_pattern_text(&r.o, str_of(rows[i].pattern), rows[i].min, rows[i].max);
		if (!text.ptr != !rows[i].text || !str_eq(text, str_of(rows[i].text)))
			fail_msg("%s: expected %s, got %.*s", rows[i].pattern,
				 rows[i].text ? rows[i].text : "nothing",
				 text.ptr ? (int)text.len : 7, text.ptr ? text.ptr : "nothing");
		tear_down(&r);
	}
}

static void test_pointers(void **state)
{
	struct rig r;
	const struct node *top;

	(void)state;
	set_up(&r, OPENAPI_3_0);
	top = read(&r, "{\"a/b\":{\"~\":[{\"x y\":7}]},\"r\":{\"$ref\":\"#/a~1b\"}}");
	assert_true(str_eq(openapi_pointer(&r.o, top, STR("/a~1b/~0/0/x%20y"))->text, STR("7")));
	assert_true(str_eq(openapi_pointer(&r.o, top, STR("/r/~0/0/x y"))->text, STR("7")));
	assert_null(openapi_pointer(&r.o, top, STR("/a~1b/~0/1")));
	assert_null(openapi_pointer(&r.o, top, STR("/nothing")));
	assert_ptr_equal(openapi_pointer(&r.o, top, STR("")), top);
	tear_down(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_generated),
	    cmocka_unit_test(test_accepted),
	    cmocka_unit_test(test_patterns),
	    cmocka_unit_test(test_pointers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
