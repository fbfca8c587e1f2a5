/* JSONPath: the examples of RFC 9535, and invalid paths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "doc/jsonpath.h"
#include "base/regex.h"

/* RFC 9535 figure 1. */
static const char store[] =
    "{\"store\":{\"book\":[{\"category\":\"reference\",\"author\":\"Nigel "
    "Rees\",\"title\":\"Sayings of the "
    "Century\",\"price\":8.95},{\"category\":\"fiction\",\"author\":\"Evelyn "
    "Waugh\",\"title\":\"Sword of "
    "Honour\",\"price\":12.99},{\"category\":\"fiction\",\"author\":\"Herman "
    "Melville\",\"title\":\"Moby "
    "Dick\",\"isbn\":\"0-553-21311-3\",\"price\":8.99},{\"category\":\"fiction\",\"author\":\"J. "
    "R. R. Tolkien\",\"title\":\"The Lord of the "
    "Rings\",\"isbn\":\"0-395-19395-8\",\"price\":22.99}],\"bicycle\":{\"color\":\"red\",\"price\":"
    "399}}}";
/* Section 2.3.5.3. */
static const char filters[] =
    "{\"a\":[3,5,1,2,4,6,{\"b\":\"j\"},{\"b\":\"k\"},{\"b\":{}},{\"b\":\"kilo\"}],\"o\":{\"p\":1,"
    "\"q\":2,\"r\":3,\"s\":5,\"t\":{\"u\":6}},\"e\":\"f\"}";
/* Section 2.3.5.3, comparisons. */
static const char compared[] = "[{\"obj\":{\"x\":\"y\"},\"arr\":[2,3]}]";

struct row {
	const char *document, *path, *wanted; /* values found, joined by a space */
};

static void join_found(const struct row *row, struct jsonpath_work *work, struct buf *out)
{
	struct arena arena;
	struct json_tape tape;
	struct jsonpath_error error;
	struct jsonpath *path;

	arena_init(&arena, 0);
	json_init(&tape);
	assert_true(json_read(&tape, str_of(row->document)));
	path = jsonpath_new(&arena, str_of(row->path), &error);
	if (!path)
		fail_msg("%s: refused at %zu: %s", row->path, error.at, error.text);
	assert_int_equal(jsonpath_find(path, &tape, work), JSONPATH_OK);
	buf_clear(out);
	for (size_t i = 0; i < work->count; i++) {
		if (i)
			buf_add_char(out, ' ');
		buf_add(out, json_raw(&tape, &tape.items[work->nodes[i]]));
	}
	jsonpath_release(path);
	json_release(&tape);
	arena_release(&arena);
}

static void check_rows(const struct row *rows, size_t count)
{
	struct regex_scratch *regex = regex_scratch_new();
	struct jsonpath_work work;
	struct buf found;

	jsonpath_work_init(&work, regex);
	buf_init(&found, 0);
	for (size_t i = 0; i < count; i++) {
		join_found(&rows[i], &work, &found);
		if (!str_eq(buf_str(&found), str_of(rows[i].wanted)))
			fail_msg("%s found: %.*s\nnot: %s", rows[i].path, STR_ARG(buf_str(&found)),
				 rows[i].wanted);
	}
	buf_release(&found);
	jsonpath_work_release(&work);
	regex_scratch_free(regex);
}

static void test_rfc_examples(void **state)
{
	static const struct row rows[] = {
	    {store, "$.store.book[*].author",
	     "Nigel Rees Evelyn Waugh Herman Melville J. R. R. Tolkien"},
	    {store, "$..author", "Nigel Rees Evelyn Waugh Herman Melville J. R. R. Tolkien"},
	    {store, "$.store..price", "8.95 12.99 8.99 22.99 399"},
	    {store, "$..book[2].author", "Herman Melville"},
	    {store, "$..book[2].publisher", ""},
	    {store, "$..book[-1].title", "The Lord of the Rings"},
	    {store, "$..book[0,1].title", "Sayings of the Century Sword of Honour"},
	    {store, "$..book[:2].title", "Sayings of the Century Sword of Honour"},
	    {store, "$..book[?@.isbn].title", "Moby Dick The Lord of the Rings"},
	    {store, "$..book[?@.price<10].title", "Sayings of the Century Moby Dick"},
	    {store, "$.store.bicycle.*", "red 399"},
	    {store, "$[ 'store' ] [\"bicycle\"]['color']", "red"},
	    {filters, "$.a[?@.b == 'kilo']", "{\"b\":\"kilo\"}"},
	    {filters, "$.a[?(@.b == 'kilo')].b", "kilo"},
	    {filters, "$.a[?@>3.5]", "5 4 6"},
	    {filters, "$.a[?@.b].b", "j k {} kilo"},
	    {filters, "$[?@.*]",
	     "[3,5,1,2,4,6,{\"b\":\"j\"},{\"b\":\"k\"},{\"b\":{}},{\"b\":\"kilo\"}] "
	     "{\"p\":1,\"q\":2,\"r\":3,\"s\":5,\"t\":{\"u\":6}}"},
	    {filters, "$[?@[?@.b]].length", ""},
	    {filters, "$.o[?@<3, ?@<3]", "1 2 1 2"},
	    {filters, "$.a[?@<2 || @.b == \"k\"]", "1 {\"b\":\"k\"}"},
	    {filters, "$.a[?match(@.b, \"[jk]\")].b", "j k"},
	    {filters, "$.a[?search(@.b, \"[jk]\")].b", "j k kilo"},
	    {filters, "$.o[?@>1 && @<4]", "2 3"},
	    {filters, "$.o[?@.u || @.x]", "{\"u\":6}"},
	    {filters, "$.a[?@.b == $.x]", "3 5 1 2 4 6"},
	    {filters, "$.a[?@ == @]",
	     "3 5 1 2 4 6 {\"b\":\"j\"} {\"b\":\"k\"} {\"b\":{}} {\"b\":\"kilo\"}"},
	    {filters, "$.a[?!@.b]", "3 5 1 2 4 6"},
	    {filters, "$.a[?!(@.b || @ < 4)]", "5 4 6"},
	};

	(void)state;
	check_rows(rows, sizeof rows / sizeof *rows);
}

static void test_comparisons(void **state)
{
	static const struct row rows[] = {
	    {compared, "$[?$.absent1 == $.absent2].arr", "[2,3]"},
	    {compared, "$[?$.absent1 <= $.absent2].arr", "[2,3]"},
	    {compared, "$[?$.absent == 'g'].arr", ""},
	    {compared, "$[?$.absent1 != $.absent2].arr", ""},
	    {compared, "$[?1 <= 2].arr", "[2,3]"},
	    {compared, "$[?1 > 2].arr", ""},
	    {compared, "$[?13 == '13'].arr", ""},
	    {compared, "$[?'a' <= 'b'].arr", "[2,3]"},
	    {compared, "$[?'a' > 'b'].arr", ""},
	    {compared, "$[?@.obj == @.arr].arr", ""},
	    {compared, "$[?@.obj != @.arr].arr", "[2,3]"},
	    {compared, "$[?@.obj == @.obj].arr", "[2,3]"},
	    {compared, "$[?@.arr == @.arr].arr", "[2,3]"},
	    {compared, "$[?@.obj <= @.obj].arr", "[2,3]"},
	    {compared, "$[?@.obj < @.obj].arr", ""},
	    {compared, "$[?1 <= @.arr].arr", ""},
	    {compared, "$[?true <= true].arr", "[2,3]"},
	    {compared, "$[?true > true].arr", ""},
	    {compared, "$[?-0 == 0].arr", "[2,3]"},
	    {compared, "$[?1.0e1 == 10].arr", "[2,3]"},
	    {"[{\"a\":{\"x\":1,\"y\":[2]},\"b\":{\"y\":[2],\"x\":1.0}}]", "$[?@.a==@.b].a.x", "1"},
	    {"[\"\\u00e9\",\"e\"]", "$[?@=='\\u00E9']", "\\u00e9"},
	};

	(void)state;
	check_rows(rows, sizeof rows / sizeof *rows);
}

static void test_slices_and_descent(void **state)
{
	static const char array[] = "[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\"]";
	static const char deep[] = "{\"o\":{\"j\":1,\"k\":2},\"a\":[5,3,[{\"j\":4},{\"k\":6}]]}";
	static const struct row rows[] = {
	    {array, "$[1:3]", "b c"},
	    {array, "$[5:]", "f g"},
	    {array, "$[1:5:2]", "b d"},
	    {array, "$[5:1:-2]", "f d"},
	    {array, "$[::-1]", "g f e d c b a"},
	    {array, "$[ 1 : 3 ]", "b c"},
	    {array, "$[0:0]", ""},
	    {array, "$[::0]", ""},
	    {array, "$[-2:]", "f g"},
	    {array, "$[:-5]", "a b"},
	    {array, "$[-100:2]", "a b"},
	    {array, "$[10:-100:-3]", "g d a"},
	    {array, "$[-8]", ""},
	    {array, "$[0,0]", "a a"},
	    {deep, "$..j", "1 4"},
	    {deep, "$..[0]", "5 {\"j\":4}"},
	    {deep, "$..[*]",
	     "{\"j\":1,\"k\":2} [5,3,[{\"j\":4},{\"k\":6}]] 1 2 5 3 [{\"j\":4},{\"k\":6}] "
	     "{\"j\":4} {\"k\":6} 4 6"},
	    {deep, "$..o", "{\"j\":1,\"k\":2}"},
	    {deep, "$.o..[*, *]", "1 2 1 2"},
	    {deep, "$.a..[0, 1]", "5 3 {\"j\":4} {\"k\":6}"},
	    {"{\"a\":null,\"b\":[null],\"c\":[{}],\"null\":1}", "$.b[?@==null]", "null"},
	    {"{\"a\":null,\"null\":1}", "$.null", "1"},
	    {"{\"\\u0061\":7}", "$.a", "7"},
	};

	(void)state;
	check_rows(rows, sizeof rows / sizeof *rows);
}

static void test_functions(void **state)
{
	static const char words[] = "[{\"t\":\"abc\",\"n\":[1,2]},{\"t\":\"a\\nc\"},{\"t\":"
				    "\"\xc3\xa9\xc3\xa9\",\"p\":\"[^a]*\"},{\"t\":5}]";
	static const struct row rows[] = {
	    {words, "$[?length(@.t) == 2].t", "\xc3\xa9\xc3\xa9"},
	    {words, "$[?length(@.n) == 2].t", "abc"},
	    {words, "$[?count(@.*) == 2].t", "abc \xc3\xa9\xc3\xa9"},
	    {words, "$[?count(@..*) > 3].t", "abc"},
	    {words, "$[?match(@.t, 'a.c')].t", "abc"},
	    {words, "$[?match(@.t, 'a')].t", ""},
	    {words, "$[?search(@.t, '[b]')].t", "abc"},
	    {words, "$[?match(@.t, @.p)].p", "[^a]*"},
	    {words, "$[?match(@.t, '(')].t", ""},
	    {words, "$[?value(@.n[0]) == 1].t", "abc"},
	    {words, "$[?value(@.n[*]) == 1].t", ""},
	    {words, "$[?length(value(@.n)) == 2].t", "abc"},
	    {words, "$[?match(@.t, '\\\\p{L}+')].t", "abc \xc3\xa9\xc3\xa9"},
	    {words, "$[?!search(@.t, 'b')].t", "a\\nc \xc3\xa9\xc3\xa9 5"},
	};

	(void)state;
	check_rows(rows, sizeof rows / sizeof *rows);
}

static void test_refused(void **state)
{
	static const char *const bad[] = {
	    "",
	    "a",
	    " $",
	    "$ ",
	    "$.",
	    "$..",
	    "$.[0]",
	    "$. a",
	    "$.. a",
	    "$.'a'",
	    "$[a]",
	    "$[]",
	    "$[0",
	    "$[01]",
	    "$[-0]",
	    "$[1.0]",
	    "$[0,]",
	    "$['a]",
	    "$['\\\"']",
	    "$[\"\\'\"]",
	    "$['\\u12']",
	    "$['\\ud800']",
	    "$['\t']",
	    "$[9007199254740992]",
	    "$[1:2:3:4]",
	    "$[?]",
	    "$[?1]",
	    "$[?true]",
	    "$[?@.a=1]",
	    "$[?@.a==1==2]",
	    "$[?!@.a==1]",
	    "$[?@.*==1]",
	    "$[?@[0,1]==1]",
	    "$[?(@.a]",
	    "$[?@.a &&]",
	    "$[?length(@.*)==1]",
	    "$[?count(1)==1]",
	    "$[?count(@.*)]",
	    "$[?match(@.a,'b')==true]",
	    "$[?length(@.a)]",
	    "$[?foo(@)]",
	    "$[?count (@.*)==1]",
	    "$[?@.a==.5]",
	    "$[?@.a==01]",
	    "$[?@.a==1.]",
	    "$[?@.a==1e]",
	    "$[?value(@..a)]",
	    "$[?match(@.a)==1]",
	    "$.a.",
	    "$.1a",
	    "$.a b",
	    "$[?@.a | @.b]",
	    "$..['a'",
	    "$[:::]",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct arena arena;
		struct jsonpath_error error;
		arena_init(&arena, 0);
		if (jsonpath_new(&arena, str_of(bad[i]), &error))
			fail_msg("accepted: %s", bad[i]);
		assert_true(error.at <= strlen(bad[i]) && error.text[0]);
		arena_release(&arena);
	}
}

static void test_words(void **state)
{
	static const char text[] = "{\"products\":[{\"id\":1001,\"a'b\":[true]}],\"total\":1}";
	struct arena arena;
	struct json_tape tape;
	struct jsonpath_work work;
	struct jsonpath_error error;
	struct jsonpath *path;
	struct buf out;

	(void)state;
	arena_init(&arena, 0);
	json_init(&tape);
	jsonpath_work_init(&work, NULL);
	buf_init(&out, 0);
	assert_true(json_read(&tape, str_of(text)));
	path = jsonpath_new(&arena, STR("$..[\"a'b\"][0]"), &error);
	assert_int_equal(jsonpath_find(path, &tape, &work), JSONPATH_OK);
	assert_int_equal(work.count, 1);
	jsonpath_normalized(&tape, work.nodes[0], &out);
	assert_true(str_eq(buf_str(&out), STR("$['products'][0]['a\\'b'][0]")));
	path = jsonpath_new(&arena, STR("$.products[0].name.x"), &error);
	buf_clear(&out);
	jsonpath_explain(path, &tape, &work, &out);
	assert_true(
	    str_eq(buf_str(&out), STR("nothing at $.products[0].name; $['products'][0] is an "
				      "object with id, a'b")));
	buf_release(&out);
	jsonpath_work_release(&work);
	json_release(&tape);
	arena_release(&arena);
}

/* Work is bounded: an array under a path that multiplies. */
static void test_limit(void **state)
{
	struct arena arena;
	struct json_tape tape;
	struct jsonpath_work work;
	struct jsonpath_error error;
	struct jsonpath *path;
	struct buf text;

	(void)state;
	arena_init(&arena, 0);
	json_init(&tape);
	jsonpath_work_init(&work, NULL);
	buf_init(&text, 0);
	for (int i = 0; i < 400; i++)
		buf_add(&text, STR("["));
	for (int i = 0; i < 400; i++)
		buf_add(&text, STR("]"));
	assert_true(json_read(&tape, buf_str(&text)));
	path = jsonpath_new(&arena, STR("$..*..*..*..*"), &error);
	assert_non_null(path);
	assert_int_equal(jsonpath_find(path, &tape, &work), JSONPATH_LIMIT);
	buf_release(&text);
	jsonpath_work_release(&work);
	json_release(&tape);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rfc_examples),
	    cmocka_unit_test(test_comparisons),
	    cmocka_unit_test(test_slices_and_descent),
	    cmocka_unit_test(test_functions),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_words),
	    cmocka_unit_test(test_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
