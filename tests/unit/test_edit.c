/* Operations with their exact results, refusals, undo, joined patches, UTF-16, disabled items. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "edit/edit.h"
#include "edit/edit_json.h"

#include "arena_fixture.h"

static bool apply(const char *text, const char *ops, struct edit_result *result)
{
	const struct edit_op *list;
	struct edit_json_error error;
	size_t count;

	if (!edit_json_read(&arena, str_of(ops), &list, &count, &error))
		fail_msg("%zu: %.*s in %s", error.at, STR_ARG(error.reason), ops);
	return edit_apply(&arena, STR("a.yaml"), str_of(text), list, count, result);
}

static void assert_result(const char *text, const char *ops, const char *expected)
{
	struct edit_result result;

	if (!apply(text, ops, &result))
		fail_msg("%.*s: %s", STR_ARG(result.reason), ops);
	assert_string_equal(result.text.ptr, expected);
}

static void test_results(void **state)
{
	static const struct {
		const char *text, *ops, *expected;
	} cases[] = {
	    /* Quotes and comments stay; quotes are added where they are needed. */
	    {"a: 'x' # c\n", "[{'op':'set','path':'/a','value':'it~s'}]", "a: 'it''s' # c\n"},
	    {"a:   x # c\n", "[{'op':'set','path':'/a','value':'b: c'}]", "a:   \"b: c\" # c\n"},
	    {"a: x\n", "[{'op':'set','path':'/a','value':5}]", "a: 5\n"},
	    {"a: x\n", "[{'op':'set','path':'/a','value':'5'}]", "a: \"5\"\n"},
	    {"a: \"x\"\n", "[{'op':'set','path':'/a','value':'y'}]", "a: \"y\"\n"},
	    {"a: \"x\"\n", "[{'op':'set','path':'/a','style':'plain'}]", "a: x\n"},
	    {"a:\nb: 1\n", "[{'op':'set','path':'/a','value':'y'}]", "a: y\nb: 1\n"},
	    {"a: # c\n", "[{'op':'set','path':'/a','value':'y'}]", "a: y # c\n"},
	    {"- \n", "[{'op':'set','path':'/0','value':'y'}]", "- y \n"},
	    /* Texts of several lines. */
	    {"a: x # c\nb: 1\n", "[{'op':'set','path':'/a','value':'y\\nz\\n'}]",
	     "a: | # c\n  y\n  z\nb: 1\n"},
	    {"a: |\n    x\n\nb: 1\n", "[{'op':'set','path':'/a','value':'y\\nz'}]",
	     "a: |-\n    y\n    z\n\nb: 1\n"},
	    {"a: |  # c\n  x\n", "[{'op':'set','path':'/a','value':'y'}]", "a: |-  # c\n  y\n"},
	    {"a: >\n  x\n  y\n", "[{'op':'set','path':'/a','value':'one\\ntwo\\n'}]",
	     "a: >\n  one\n\n  two\n"},
	    {"a: >\n  x\n  y\n", "[{'op':'set','path':'/a','style':'literal'}]", "a: |\n  x y\n"},
	    {"a: 'x'", "[{'op':'set','path':'/a','value':'y\\nz\\n'}]", "a: |\n  y\n  z\n"},
	    /* Lists and mappings. */
	    {"a: x # c\nb: 1\n", "[{'op':'set','path':'/a','value':{'k':[1,'v w']}}]",
	     "a: # c\n  k:\n    - 1\n    - v w\nb: 1\n"},
	    {"a:\n  k: 1 # c\n  l: 2\nb: 1\n", "[{'op':'set','path':'/a','value':{'l':3,'k':1}}]",
	     "a:\n  k: 1 # c\n  l: 3\nb: 1\n"},
	    {"a:\n  k: 1\nb: 1\n", "[{'op':'set','path':'/a','value':'x'}]", "a: x\nb: 1\n"},
	    {"a: [1, 2, 3]\n", "[{'op':'set','path':'/a','value':[1,3]}]", "a: [1, 3]\n"},
	    {"a: {}\n", "[{'op':'add','path':'/a/k','value':{}}]", "a:\n  k: {}\n"},
	    {"a: {b: 1}\n", "[{'op':'add','path':'/a/k','value':[]}]", "a: {b: 1, k: []}\n"},
	    {"a:\n- b: 1\n", "[{'op':'add','path':'/a/-','value':{'c':2}}]",
	     "a:\n- b: 1\n- c: 2\n"},
	    {"a: [get: /]\n", "[{'op':'add','path':'/a/0/name','value':'x'}]",
	     "a: [{get: /, name: x}]\n"},
	    {"a: [\n  x, # c\n  y # d\n]\n", "[{'op':'add','path':'/a/-','value':'z'}]",
	     "a: [\n  x, # c\n  y, # d\n  z\n]\n"},
	    {"a: b", "[{'op':'add','path':'/c','value':'d'}]", "a: b\nc: d\n"},
	    {"a: 1\n\nb: 2\n", "[{'op':'add','path':'/c','value':3,'before':'b'}]",
	     "a: 1\n\nc: 3\n\nb: 2\n"},
	    {"a:\n  - x\n\n  - y\n", "[{'op':'insert','path':'/a/1','value':'z'}]",
	     "a:\n  - x\n\n  - z\n\n  - y\n"},
	    {"a:\n", "[{'op':'add','path':'/a/-','value':'z'}]", "a:\n  - z\n"},
	    /* Quotes and indentation of the neighbors. */
	    {"{\"a\": [\"x\", 1]}\n",
	     "[{'op':'add','path':'/a/-','value':'y'},{'op':'add','path':'/b','value':{'c':'z'}}]",
	     "{\"a\": [\"x\", 1, \"y\"], \"b\": {\"c\": \"z\"}}\n"},
	    {"a: {x: 'b', y: \"5\"}\n", "[{'op':'add','path':'/a/z','value':'c'}]",
	     "a: {x: 'b', y: \"5\", z: 'c'}\n"},
	    {"a: {x: 'b', y: c}\n", "[{'op':'add','path':'/a/z','value':'d'}]",
	     "a: {x: 'b', y: c, z: d}\n"},
	    {"a:\n-   b: 1\n", "[{'op':'add','path':'/a/-','value':{'c':[1,'x'],'d':['a b']}}]",
	     "a:\n-   b: 1\n-   c: [1, x]\n    d:\n    - a b\n"},
	    /* Comments go with their item. */
	    {"a:\n  # head\n\n  # x1\n  - x # x2\n    # x3\n  # y\n  - y\n  # end\n",
	     "[{'op':'remove','path':'/a/0'}]", "a:\n  # head\n\n  # y\n  - y\n  # end\n"},
	    {"a:\n  # x1\n  - x # x2\n  # y\n  - y\n  # end\n",
	     "[{'op':'move','from':'/a/0','path':'/a/1'}]",
	     "a:\n  # y\n  - y\n  # x1\n  - x # x2\n  # end\n"},
	    {"# file\na: 1\n# b\nb: 2\n", "[{'op':'remove','path':'/a'}]", "# file\n# b\nb: 2\n"},
	    {"a:\n  - b: 1\n    # about c\n    c: 2\n", "[{'op':'remove','path':'/a/0/b'}]",
	     "a:\n  - # about c\n    c: 2\n"},
	    {"a:\n  - x # c\n  # end\nb: 1\n", "[{'op':'remove','path':'/a/0'}]",
	     "a: []\n  # end\nb: 1\n"},
	    /* Moving into another list changes the indentation. */
	    {"a:\n  - g: 1\n    s:\n      - p\n  # q\n  - q: |\n      t\n",
	     "[{'op':'move','from':'/a/1','path':'/a/0/s/0'}]",
	     "a:\n  - g: 1\n    s:\n      # q\n      - q: |\n          t\n      - p\n"},
	    {"a: {x: 1, y: 2}\nb:\n  z: 3\n", "[{'op':'move','from':'/a/x','path':'/b/w'}]",
	     "a: {y: 2}\nb:\n  z: 3\n  w: 1\n"},
	    {"a:\n  x: 1 # c\n  y: 2\n", "[{'op':'duplicate','path':'/a/x','key':'z'}]",
	     "a:\n  x: 1 # c\n  z: 1 # c\n  y: 2\n"},
	    {"a b: 1\n", "[{'op':'rename','path':'/a b','key':'c: d'}]", "\"c: d\": 1\n"},
	    /* Disabled items. */
	    {"a:\n  # x\n  - x: |\n      1\n\n      2\n  - y: 1\n",
	     "[{'op':'disable','path':'/a/0'}]",
	     "a:\n  # # x\n  # - x: |\n  #     1\n  #\n  #     2\n  - y: 1\n"},
	    {"a:\n  - x: 1\nb: 1\n", "[{'op':'disable','path':'/a/0'}]",
	     "a: []\n  # - x: 1\nb: 1\n"},
	    {"a: []\n  # - x: 1\nb: 1\n", "[{'op':'enable','path':'/a','item':0}]",
	     "a:\n  - x: 1\nb: 1\n"},
	    {"a:\n#  - x: 1\n#    y: 2\n  - z: 1\n", "[{'op':'enable','path':'/a','item':0}]",
	     "a:\n  - x: 1\n    y: 2\n  - z: 1\n"},
	    /* Aliases. */
	    {"a: &a\n  x: 1 # c\nb: *a\nc: *a\n", "[{'op':'remove','path':'/a'}]",
	     "b: &a\n  x: 1 # c\nc: *a\n"},
	    {"a: &a [1]\nb: *a\n", "[{'op':'add','path':'/b/-','value':2,'aliases':'here'}]",
	     "a: &a [1]\nb: [1, 2]\n"},
	    {"a: &a [1]\nb: *a\n", "[{'op':'add','path':'/b/-','value':2,'aliases':'everywhere'}]",
	     "a: &a [1, 2]\nb: *a\n"},
	    {"a: &a 1\nb: *a\nc: *a\n", "[{'op':'set','path':'/a','value':2,'aliases':'here'}]",
	     "a: 2\nb: &a 1\nc: *a\n"},
	    {"a: &a 1\nb: *a\nc: *a\n", "[{'op':'set','path':'/b','value':2,'aliases':'here'}]",
	     "a: &a 1\nb: 2\nc: *a\n"},
	    {"a:\n  - &a\n    x: 1\n  - *a\n", "[{'op':'duplicate','path':'/a/0'}]",
	     "a:\n  - &a\n    x: 1\n  -\n    x: 1\n  - *a\n"},
	    /* Scenarios. */
	    {"name: S\n# steps\nsteps: # c\n- get: /\n  body: |\n    x\nthresholds: []\n",
	     "[{'op':'scenarios'}]",
	     "name: S\n# steps\nscenarios:\n- name: S\n  steps: # c\n  - get: /\n    body: |\n     "
	     " x\n"
	     "thresholds: []\n"},
	    /* Line ends, and the byte order mark. */
	    {"\xef\xbb\xbf"
	     "a: 1\r\nb:\r\n  - x\r\n",
	     "[{'op':'add','path':'/b/-','value':{'c':1,'d':2}},{'op':'set','path':'/"
	     "a','value':'x\\ny'}]",
	     "\xef\xbb\xbf"
	     "a: |-\r\n  x\r\n  y\r\nb:\r\n  - x\r\n  - c: 1\r\n    d: 2\r\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *ops = arena_cstr(&arena, str_of(cases[i].ops));

		for (char *c = ops; *c; c++)
			*c = *c == '\'' ? '"' : *c == '~' ? '\'' : *c;
		assert_result(cases[i].text, ops, cases[i].expected);
	}
}

static void test_refusals(void **state)
{
	static const struct {
		const char *text, *ops;
		enum edit_refusal refusal;
		unsigned line;
		const char *reason;
	} cases[] = {
	    {"a: 1\n", "[{'op':'set','path':'/b','value':1}]", EDIT_NO_PATH, 1,
	     "'/b' does not exist"},
	    {"a:\n  - 1\n", "[{'op':'remove','path':'/a/1'}]", EDIT_NO_PATH, 2,
	     "'/a/1' does not exist"},
	    {"a:\n  - 1\n", "[{'op':'remove','path':'/a/2'}]", EDIT_NO_PATH, 2,
	     "'/a/2' does not exist: the list has 1 item, numbered from 0"},
	    {"a: 1\n", "[{'op':'set','path':'/a/b','value':1}]", EDIT_NO_PATH, 1,
	     "'/a/b' does not exist: the value here is a text"},
	    {"a: 1\n", "[{'op':'set','path':'a','value':1}]", EDIT_WRONG_OP, 0,
	     "'a' is not a path; start it with /, as in /steps/0/get"},
	    {"a: 1\n", "[{'op':'remove','path':'/a'}]", EDIT_WRONG_OP, 1,
	     "the file must have at least one key"},
	    {"a:\n  - b: 1\n", "[{'op':'remove','path':'/a/0/b'}]", EDIT_WRONG_OP, 2,
	     "this is the only key of the item; remove the item"},
	    {"a: &a [1]\nb: *a\n", "[{'op':'add','path':'/b/-','value':2}]", EDIT_ALIAS, 2,
	     "'/b/-' is in an alias of the value at line 1; choose whether the change is made "
	     "everywhere or here, in a copy"},
	    {"a:\n  - &a {x: 1}\n  - *a\n", "[{'op':'move','from':'/a/1','path':'/a/0'}]",
	     EDIT_ALIAS, 0, "an alias would come before the value that it repeats, or without it"},
	    {"a: 1\nb: {c: 1\nd: 2\n", "[{'op':'set','path':'/b/c','value':2}]", EDIT_BROKEN, 2,
	     "the file has an error here; correct it by hand first"},
	    {"a: 1\na: 2\nb: 3\n", "[{'op':'remove','path':'/b'}]", EDIT_AS_TEXT, 1,
	     "this place is written in a way that cannot be changed automatically; edit the file "
	     "by hand"},
	    {"", "[{'op':'add','path':'/a','value':1}]", EDIT_BROKEN, 0,
	     "the file is empty, or is not valid YAML; edit it by hand"},
	    {"a: 1\n", "[{'op':'undo','digest':'0','edits':[]}]", EDIT_OTHER_TEXT, 0,
	     "the text was changed since; this cannot be undone"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *ops = arena_cstr(&arena, str_of(cases[i].ops));
		struct edit_result result;

		for (char *c = ops; *c; c++)
			*c = *c == '\'' ? '"' : *c;
		assert_false(apply(cases[i].text, ops, &result));
		assert_string_equal(arena_cstr(&arena, result.reason), cases[i].reason);
		assert_int_equal(result.refusal, cases[i].refusal);
		assert_int_equal(result.line, cases[i].line);
		assert_string_equal(result.text.ptr, cases[i].text);
	}
}

/* Errors in other places stay, and do not prevent an operation. */
static void test_broken_file(void **state)
{
	(void)state;
	assert_result("a: 1 # x\nb: \"it\"s\"\nc: 2\n",
		      "[{\"op\":\"set\",\"path\":\"/a\",\"value\":3},"
		      "{\"op\":\"add\",\"path\":\"/d\",\"value\":4,\"after\":\"c\"}]",
		      "a: 3 # x\nb: \"it\"s\"\nc: 2\nd: 4\n");
}

static void test_json_errors(void **state)
{
	static const struct {
		const char *json, *reason;
		size_t at;
	} cases[] = {
	    {"{}", "a list of operations is expected: [{\"op\": \"set\", …}]", 0},
	    {"[1]", "an operation is an object with the member 'op'", 1},
	    {"[{\"op\":\"delete\"}]", "'delete' is not an operation", 7},
	    {"[{\"op\":\"remov\"}]", "'remov' is not an operation; did you mean 'remove'?", 7},
	    {"[{\"op\":\"remove\"}]", "the operation 'remove' needs the member 'path'", 1},
	    {"[{\"op\":\"remove\",\"path\":\"\",\"value\":1}]",
	     "the operation 'remove' has no member 'value'", 26},
	    {"[{\"op\":\"set\",\"path\":\"/a\"}]",
	     "the operation 'set' needs the member 'value', or a 'style'", 1},
	    {"[{\"op\":\"set\",\"path\":1,\"value\":1}]", "'path' must be a JSON string", 20},
	    {"[{\"op\":\"undo\",\"digest\":\"\",\"edits\":[{\"begin\":-1,\"end\":1,\"text\":\"\"}]}"
	     "]",
	     "'begin' must be a number of at least 0", 44},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct edit_json_error error;
		const struct edit_op *ops;
		size_t count;

		assert_false(edit_json_read(&arena, str_of(cases[i].json), &ops, &count, &error));
		assert_string_equal(arena_cstr(&arena, error.reason), cases[i].reason);
		assert_int_equal(error.at, cases[i].at);
	}
}

static void test_undo_and_joined_patches(void **state)
{
	const char *text = "a: 1\nb: [x]\nc: ü\n";
	struct edit_result result, undone;
	struct buf log;

	(void)state;
	assert_true(apply(text,
			  "[{\"op\":\"set\",\"path\":\"/a\",\"value\":20},"
			  "{\"op\":\"add\",\"path\":\"/b/-\",\"value\":\"y\"},"
			  "{\"op\":\"set\",\"path\":\"/a\",\"value\":3},"
			  "{\"op\":\"remove\",\"path\":\"/c\"}]",
			  &result));
	assert_string_equal(result.text.ptr, "a: 3\nb: [x, y]\n");
	assert_int_equal(result.patches.count, 3);
	buf_init(&log, 0);
	edit_json_put_undo(&log, &arena, str_of(text), result.patches);
	assert_true(apply(result.text.ptr, log.data, &undone));
	assert_string_equal(undone.text.ptr, text);
	assert_false(apply(text, log.data, &undone));
	buf_release(&log);
}

static void test_utf16(void **state)
{
	struct str text = STR("aü🎩b\xff"
			      "c");
	struct edit_patch patch = {7, 8, STR("x")};
	struct edit_patches patches = {&patch, 1};
	struct buf out;

	(void)state;
	assert_int_equal(edit_utf16_offset(text, 0), 0);
	assert_int_equal(edit_utf16_offset(text, 3), 2);
	assert_int_equal(edit_utf16_offset(text, 7), 4);
	assert_int_equal(edit_utf16_offset(text, (uint32_t)text.len), 7);
	for (uint32_t at = 0; at <= text.len; at++)
		if (at == text.len || ((unsigned char)text.ptr[at] & 0xc0) != 0x80)
			assert_int_equal(edit_byte_offset(text, edit_utf16_offset(text, at)), at);
	assert_int_equal(edit_byte_offset(text, 3), 3);
	assert_int_equal(edit_byte_offset(text, 1000), text.len);
	buf_init(&out, 0);
	struct json_writer j = json_writer_compact(&out);
	edit_json_put_patches(&j, NULL, text, patches, EDIT_JSON_UTF16);
	assert_string_equal(out.data, "[{\"begin\":4,\"end\":5,\"text\":\"x\"}]");
	buf_release(&out);
}

static void test_disabled_items(void **state)
{
	const char *text =
	    "a:\n  # - x: 1\n  # A list:\n  # - one\n  - y: 1\n  #- z: 1\n  #  w: 2\n"
	    "b/c:\n  - d:\n    - e: 1\n    # - f: 1\n  # - g: 1\nh:\n  # - i: 1\nj: 1\n# - k: 1\n";
	const struct edit_disabled *items;

	(void)state;
	assert_int_equal(edit_disabled_items(&arena, str_of(text), &items), 5);
	assert_int_equal(items[0].before, 0);
	assert_int_equal(items[0].begin, 3);
	assert_int_equal(items[0].end, 14);
	assert_string_equal(node_find(items[0].item, STR("x"))->text.ptr, "1");
	assert_int_equal(items[1].before, 1);
	assert_int_equal(items[1].number, 1);
	assert_string_equal(node_find(items[1].item, STR("w"))->text.ptr, "2");
	assert_string_equal(items[2].list.ptr, "/b~1c");
	assert_string_equal(node_find(items[2].item, STR("g"))->text.ptr, "1");
	assert_string_equal(items[3].list.ptr, "/b~1c/0/d");
	assert_string_equal(items[4].list.ptr, "/h");
	assert_int_equal(edit_disabled_items(&arena, STR("a:\n  - b: 1\n"), &items), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_results, arena_fixture_begin, arena_fixture_end),
	    cmocka_unit_test_setup_teardown(test_refusals, arena_fixture_begin, arena_fixture_end),
	    cmocka_unit_test_setup_teardown(test_broken_file, arena_fixture_begin,
					    arena_fixture_end),
	    cmocka_unit_test_setup_teardown(test_json_errors, arena_fixture_begin,
					    arena_fixture_end),
	    cmocka_unit_test_setup_teardown(test_undo_and_joined_patches, arena_fixture_begin,
					    arena_fixture_end),
	    cmocka_unit_test_setup_teardown(test_utf16, arena_fixture_begin, arena_fixture_end),
	    cmocka_unit_test_setup_teardown(test_disabled_items, arena_fixture_begin,
					    arena_fixture_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
