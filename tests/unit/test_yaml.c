/* YAML to a tree: kinds, limits, aliases, and positions of decoded text in the source. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"
#include "doc/yaml.h"

struct fixture {
	struct arena arena;
	struct diag_list diags;
	struct buf text;
};

static int setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof *f);

	arena_init(&f->arena, 0);
	buf_init(&f->text, 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	buf_release(&f->text);
	arena_release(&f->arena);
	test_free(f);
	return 0;
}

static const struct node *read_str(struct fixture *f, struct str text)
{
	diag_init(&f->diags, &f->arena);
	return yaml_read(&f->arena, source_new(&f->arena, STR("t.yaml"), text), &f->diags);
}

static const struct node *read(struct fixture *f, const char *text)
{
	return read_str(f, str_of(text));
}

static bool has_code(const struct fixture *f, enum diag_code code)
{
	for (size_t i = 0; i < f->diags.diags.count; i++)
		if (f->diags.diags.items[i].code == code)
			return true;
	return false;
}

static struct str source_of(struct span span)
{
	return str_slice(span.source->text, span.begin, span.end);
}

static void test_tree(void **state)
{
	struct fixture *f = *state;
	const struct node *root = read(f, "name: Web shop # c\n"
					  "n: 'it''s'\n"
					  "list:\n  - a\n  - [b, \"c\"]\n  -\n"
					  "map: {x: 1, y: }\n"
					  "text: |\n  one\n  two\n");

	assert_int_equal(f->diags.errors + f->diags.warnings, 0);
	assert_int_equal(root->kind, NODE_MAP);
	assert_int_equal(root->count, 5);
	assert_true(str_eq(root->pairs[0].key->text, STR("name")));
	assert_true(str_eq(source_of(root->pairs[0].value->span), STR("Web shop")));
	const struct node *n = node_find(root, STR("n"));
	assert_true(str_eq(n->text, STR("it's")) && n->style == NODE_SINGLE && node_is_quoted(n));
	const struct node *list = node_find(root, STR("list"));
	assert_true(list->kind == NODE_LIST && list->count == 3 && !list->flow);
	assert_true(list->items[1]->flow && list->items[1]->count == 2);
	assert_int_equal(list->items[1]->items[1]->style, NODE_DOUBLE);
	assert_true(node_is_empty(list->items[2]));
	const struct node *map = node_find(root, STR("map"));
	assert_true(str_eq(source_of(map->span), STR("{x: 1, y: }")));
	assert_true(node_is_empty(node_find(map, STR("y"))));
	assert_true(str_eq(node_find(root, STR("text"))->text, STR("one\ntwo\n")));
	assert_null(node_find(root, STR("none")));
	assert_null(node_find(list, STR("x")));
	assert_null(node_find(NULL, STR("x")));
	assert_int_equal(root->expanded, 20);
	assert_string_equal(node_describe(list), "a list");
	assert_string_equal(node_describe(map), "a mapping");
	assert_string_equal(node_describe(n), "text");
	assert_string_equal(node_describe(list->items[2]), "nothing");
}

static void test_aliases(void **state)
{
	struct fixture *f = *state;
	const struct node *root = read(f, "a: &x {k: v}\nb: *x\nc: [*x, *x]\nd: &t text\ne: *t\n");

	assert_int_equal(f->diags.errors + f->diags.warnings, 0);
	const struct node *a = node_find(root, STR("a")), *b = node_find(root, STR("b"));
	assert_false(a->alias.source != NULL);
	assert_true(str_eq(source_of(a->span), STR("{k: v}")));
	assert_true(str_eq(source_of(b->alias), STR("*x")));
	assert_true(str_eq(source_of(b->span), STR("{k: v}")));
	assert_ptr_equal(a->pairs, b->pairs);
	assert_true(str_eq(node_find(root, STR("e"))->text, STR("text")));
	read(f, "a: &a [*a]\n");
	assert_true(has_code(f, DIAG_E131));
	read(f, "a: &a {b: {c: *a}}\n");
	assert_true(has_code(f, DIAG_E131));
	root = read(f, "a: &n 1\nb: &n 2\nc: *n\n");
	assert_true(str_eq(node_find(root, STR("c"))->text, STR("2")));
}

static void test_duplicates(void **state)
{
	struct fixture *f = *state;
	const struct node *root = read(f, "a: 1\nb: 2\na: 3\n\"a\": 4\n");

	assert_int_equal(f->diags.errors, 2);
	assert_int_equal(root->count, 2);
	assert_true(str_eq(node_find(root, STR("a"))->text, STR("1")));
	const struct diag *diag = &f->diags.diags.items[0];
	assert_int_equal(source_position(diag->span.source, diag->span.begin).line, 3);
	assert_int_equal(diag->notes->span.begin, 0);
	for (int i = 0; i < 1000; i++)
		buf_printf(&f->text, "key%d: %d\n", i % 990, i);
	root = read_str(f, buf_str(&f->text));
	assert_int_equal(f->diags.errors, 10);
	assert_int_equal(root->count, 990);
	assert_true(str_eq(node_find(root, STR("key5"))->text, STR("5")));
	assert_true(str_eq(root->pairs[989].key->text, STR("key989")));
}

static void fill(struct buf *out, const char *piece, unsigned times)
{
	while (times-- > 0)
		buf_add(out, str_of(piece));
}

static void test_depth(void **state)
{
	struct fixture *f = *state;

	fill(&f->text, "[", 64);
	fill(&f->text, "]", 64);
	assert_non_null(read_str(f, buf_str(&f->text)));
	assert_int_equal(f->diags.errors, 0);
	buf_clear(&f->text);
	fill(&f->text, "[", 65);
	fill(&f->text, "]", 65);
	const struct node *root = read_str(f, buf_str(&f->text));
	assert_true(has_code(f, DIAG_E106) && root->truncated);
	buf_clear(&f->text);
	fill(&f->text, "[", 1000000);
	read_str(f, buf_str(&f->text));
	assert_true(f->diags.errors > 0);
	buf_clear(&f->text);
	fill(&f->text, "- ", 500000);
	read_str(f, buf_str(&f->text));
	assert_true(has_code(f, DIAG_E106));
}

static void test_sizes(void **state)
{
	struct fixture *f = *state;

	fill(&f->text, "a: ", 1);
	fill(&f->text, "x", 1 << 20);
	assert_int_equal(node_find(read_str(f, buf_str(&f->text)), STR("a"))->text.len, 1 << 20);
	assert_int_equal(f->diags.errors, 0);
	fill(&f->text, "x", 1);
	const struct node *root = read_str(f, buf_str(&f->text));
	assert_true(has_code(f, DIAG_E106) && node_find(root, STR("a"))->reported);
	buf_clear(&f->text);
	fill(&f->text, "#", YAML_MAX_BYTES);
	read_str(f, buf_str(&f->text));
	assert_false(has_code(f, DIAG_E106));
	fill(&f->text, "#", 1);
	assert_null(read_str(f, buf_str(&f->text)));
	assert_true(has_code(f, DIAG_E106));
}

static void test_anchors_bounded(void **state)
{
	struct fixture *f = *state;

	for (unsigned n = 1000; n <= 1001; n++) {
		buf_clear(&f->text);
		for (unsigned i = 0; i < n; i++)
			buf_printf(&f->text, "- &a%u x\n- *a%u\n", i, i);
		read_str(f, buf_str(&f->text));
		assert_int_equal(has_code(f, DIAG_E106), n > 1000);
	}
	/* Ten levels of ten aliases each: 10^10 values. */
	buf_clear(&f->text);
	buf_printf(&f->text, "a0: &a0 x\n");
	for (int i = 1; i <= 10; i++) {
		buf_printf(&f->text, "a%d: &a%d [", i, i);
		for (int k = 0; k < 10; k++)
			buf_printf(&f->text, "%s*a%d", k ? "," : "", i - 1);
		buf_printf(&f->text, "]\n");
	}
	const struct node *root = read_str(f, buf_str(&f->text));
	assert_true(has_code(f, DIAG_E106) && root->truncated);
	assert_true(f->arena.total < 4 << 20);
}

static void test_refused(void **state)
{
	static const struct {
		const char *text;
		enum diag_code code;
	} rows[] = {
	    {"a: 1\n---\nb: 2\n", DIAG_E107},
	    {"", DIAG_E108},
	    {"---\n", DIAG_W104 /* no message: one empty text */},
	    {"a: !!str 5\n", DIAG_E109},
	    {"!x {a: b}\n", DIAG_E109},
	    {"a: {<<: b}\n", DIAG_E113},
	    {"? [a]\n: b\n", DIAG_E130},
	    {"? {a: b}\n: b\n", DIAG_E130},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		read(f, rows[i].text);
		if (rows[i].code == DIAG_W104)
			assert_int_equal(f->diags.errors, 0);
		else if (!has_code(f, rows[i].code))
			fail_msg("%s is not refused as %s", rows[i].text,
				 diag_code_name(rows[i].code));
	}
	const struct node *root = read(f, "\"<<\": a\n'b': c\n");
	assert_int_equal(f->diags.errors, 0);
	assert_int_equal(root->count, 2);
}

/* The tree has the part before a syntax error, marked as incomplete. */
static void test_cut(void **state)
{
	struct fixture *f = *state;
	const struct node *root = read(f, "name: A\nsteps:\n  - get: /\n    oops\n");

	assert_int_equal(f->diags.errors, 1);
	assert_true(root->truncated && root->count == 2);
	const struct node *steps = node_find(root, STR("steps"));
	assert_true(steps->truncated && steps->count == 1 && steps->items[0]->truncated);
	assert_true(str_eq(node_find(steps->items[0], STR("get"))->text, STR("/")));
}

/* A corrected error results in the intended tree, and the rest is read. */
static void test_fixed(void **state)
{
	struct fixture *f = *state;
	const struct node *root = read(f, "log: cart: ${x}\nq: {a: ${b}, c: d, e}\nlast: 1\n");

	assert_int_equal(f->diags.errors, 3);
	const struct node *log = node_find(root, STR("log"));
	assert_true(log->fixed && !root->truncated);
	assert_true(str_eq(log->text, STR("cart: ${x}")));
	assert_true(str_eq(source_of(log->span), STR("cart: ${x}")));
	assert_true(str_eq(source_of(node_text_span(log, 6, 10)), STR("${x}")));
	const struct node *q = node_find(root, STR("q"));
	assert_true(str_eq(node_find(q, STR("a"))->text, STR("${b}")));
	assert_true(str_eq(node_find(q, STR("c"))->text, STR("d, e")));
	assert_true(str_eq(node_find(root, STR("last"))->text, STR("1")));
}

static void test_missing_colon(void **state)
{
	struct fixture *f = *state;
	const struct node *root =
	    read(f, "- log \"text\"\n- get:/login\n- say hi\n- text\n- 'log \"x\"'\n");

	assert_int_equal(f->diags.errors, 0);
	assert_true(yaml_explain_missing_colon(root->items[0], &f->diags));
	assert_true(yaml_explain_missing_colon(root->items[1], &f->diags));
	for (size_t i = 2; i < root->count; i++)
		assert_false(yaml_explain_missing_colon(root->items[i], &f->diags));
	assert_int_equal(f->diags.errors, 2);
	assert_true(str_eq(f->diags.diags.items[0].fix, STR("- log: \"text\"")));
	assert_true(str_eq(f->diags.diags.items[1].fix, STR("- get: /login")));
}

/* [from, to) of the text of `a` is at the given source bytes. */
static void test_text_spans(void **state)
{
	static const struct {
		const char *yaml, *text;
		size_t from, to;
		const char *source;
	} rows[] = {
	    {"a: plain text", "plain text", 6, 10, "text"},
	    {"a: plain text", "plain text", 0, 10, "plain text"},
	    {"a: plain text", "plain text", 10, 10, ""},
	    {"a: one\n  two\n  three", "one two three", 4, 7, "two"},
	    {"a: one\n  two\n  three", "one two three", 3, 4, "\n  "},
	    {"a: one\n\n  two", "one\ntwo", 4, 7, "two"},
	    {"a: 'it''s ${x}'", "it's ${x}", 5, 9, "${x}"},
	    {"a: 'it''s'", "it's", 2, 3, "''"},
	    {"a: \"x\\n${y}\"", "x\n${y}", 2, 6, "${y}"},
	    {"a: \"x\\n${y}\"", "x\n${y}", 1, 2, "\\n"},
	    {"a: \"\\u20ac${y}\"", "\xe2\x82\xac${y}", 3, 7, "${y}"},
	    {"a: \"\\u20ac${y}\"", "\xe2\x82\xac${y}", 0, 3, "\\u20ac"},
	    {"a: \"\\x41\\U0001d11eb\"",
	     "A\xf0\x9d\x84\x9e"
	     "b",
	     5, 6, "b"},
	    {"a: \"\\L\\_\\Nb\"",
	     "\xe2\x80\xa8\xc2\xa0\xc2\x85"
	     "b",
	     7, 8, "b"},
	    {"a: \"one\\\n   two\"", "onetwo", 3, 6, "two"},
	    {"a: \"one \\\n  \\ two\"", "one  two", 5, 8, "two"},
	    {"a: \"one  \n\n  two\"", "one\ntwo", 4, 7, "two"},
	    {"a: \"\xc3\xa4 ${y}\"", "\xc3\xa4 ${y}", 3, 7, "${y}"},
	    {"a: |\n  one\n   two\n\n  three\n", "one\n two\n\nthree\n", 5, 8, "two"},
	    {"a: |\n  one\n   two\n\n  three\n", "one\n two\n\nthree\n", 10, 15, "three"},
	    {"a: |-\n\n\n  one\n  two", "\n\none\ntwo", 6, 9, "two"},
	    {"a: |2\n    one\n  two\n", "  one\ntwo\n", 2, 5, "one"},
	    {"a: |2\n    one\n  two\n", "  one\ntwo\n", 6, 9, "two"},
	    {"a: >\n  one\n  two\n\n  three\n   four\n  five\n", "one two\nthree\n four\nfive\n", 4,
	     7, "two"},
	    {"a: >\n  one\n  two\n\n  three\n   four\n  five\n", "one two\nthree\n four\nfive\n", 8,
	     13, "three"},
	    {"a: >\n  one\n  two\n\n  three\n   four\n  five\n", "one two\nthree\n four\nfive\n",
	     15, 19, "four"},
	    {"a: >\n  one\n  two\n\n  three\n   four\n  five\n", "one two\nthree\n four\nfive\n",
	     20, 24, "five"},
	    {"a: |\r\n  one\r\n  two\r\n", "one\ntwo\n", 4, 7, "two"},
	    {"a: one\r\n  two\r\n", "one two", 4, 7, "two"},
	    {"a: &x  one # c\nb: *x", "one", 1, 3, "ne"},
	    {"a: \"${x}\"", "${x}", 99, 0, ""},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct node *a = node_find(read(f, rows[i].yaml), STR("a"));

		assert_int_equal(f->diags.errors, 0);
		assert_true(str_eq(a->text, str_of(rows[i].text)));
		struct str found = source_of(node_text_span(a, rows[i].from, rows[i].to));
		if (!str_eq(found, str_of(rows[i].source)))
			fail_msg("row %zu: '%.*s'", i, STR_ARG(found));
	}
}

/* Lines that end in a bare return, as libyaml counts them, with a # in the first column. */
static void test_returns(void **state)
{
	struct fixture *f = *state;

	read(f, "#{\t\r{\t\r\t");
	assert_true(f->diags.errors > 0);
}

/* Reading ten thousand steps takes much less than the 100 ms allowed for `check`. */
static void test_large_file(void **state)
{
	struct fixture *f = *state;

	fill(&f->text, "steps:\n", 1);
	for (int i = 0; i < 10000; i++)
		buf_printf(&f->text,
			   "  - get: /page/%d\n    name: Step %d\n    query: {q: \"${x}\"}\n", i,
			   i);
	clock_t start = clock();
	const struct node *root = read_str(f, buf_str(&f->text));
	assert_true(clock() - start < 10 * CLOCKS_PER_SEC);
	assert_int_equal(node_find(root, STR("steps"))->count, 10000);
	assert_int_equal(f->diags.errors, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_tree, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_aliases, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_duplicates, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_depth, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_sizes, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_anchors_bounded, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_cut, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_fixed, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_missing_colon, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_text_spans, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_returns, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_large_file, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
