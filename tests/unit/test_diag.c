/* Positions, the catalogue, the three formats, the nearest word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/diag.h"

struct fixture {
	struct arena arena;
	struct diag_list list;
	struct buf out;
};

static int setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof *f);

	arena_init(&f->arena, 0);
	diag_init(&f->list, &f->arena);
	buf_init(&f->out, 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	buf_release(&f->out);
	arena_release(&f->arena);
	test_free(f);
	return 0;
}

static const char *print(struct fixture *f, enum diag_format format, bool color)
{
	buf_clear(&f->out);
	diag_print(&f->list, format, color, &f->out);
	return buf_str(&f->out).ptr;
}

static struct span at(struct fixture *f, const char *text, const char *what)
{
	const struct source *source = source_new(&f->arena, STR("a.yaml"), str_of(text));
	size_t begin = str_find(source->text, str_of(what), 0);

	return (struct span){source, (uint32_t)begin, (uint32_t)(begin + strlen(what))};
}

static void test_places(void **state)
{
	struct fixture *f = *state;
	const struct source *source = source_new(&f->arena, STR("a"),
						 STR("\xef\xbb\xbf"
						     "ab\r\n\xc3\xa4x\n"));
	struct source_position position = source_position(source, 3);

	assert_int_equal(source->line_count, 3);
	assert_true(position.line == 1 && position.column == 1);
	position = source_position(source, 9);
	assert_true(position.line == 2 && position.column == 2);
	position = source_position(source, 9999);
	assert_true(position.line == 3 && position.column == 1);
	assert_true(str_eq(source_line(source, 1), STR("ab")));
	assert_true(str_eq(source_line(source, 2), STR("\xc3\xa4x")));
	assert_true(str_eq(source_line(source, 3), STR("")));
	assert_true(str_eq(source_line(source, 0), STR("")));
	assert_true(str_eq(source_line(source, 4), STR("")));
	struct span span = {source, 7, 9}, other = {source, 3, 4};
	assert_true(str_eq(source_span_label(&f->arena, span), STR("a:2")));
	assert_true(str_eq(source_span_label(&f->arena, SPAN_NONE), STR("")));
	struct span joined = source_span_join(span, other);
	assert_true(joined.begin == 3 && joined.end == 9);
	assert_true(source_span_join(SPAN_NONE, span).begin == 7);
	assert_true(source_span_join(span, SPAN_NONE).end == 9);
}

static void test_text(void **state)
{
	struct fixture *f = *state;
	struct span span = at(f, "steps:\n\t- trhink: 2s\n", "trhink");
	struct diag *diag = diag_error(&f->list, span, DIAG_E101, "unknown step '%s'", "trhink");

	diag_note(&f->list, diag, SPAN_NONE, "a note");
	diag_note(&f->list, diag, (struct span){span.source, 0, 5}, "another");
	diag_fix_in_line(&f->list, diag, span, STR("think"));
	diag_warning(&f->list, SPAN_NONE, DIAG_W104, "nowhere");
	assert_string_equal(print(f, DIAG_TEXT, false),
			    "a.yaml:2:4: error: unknown step 'trhink'  [E101]\n"
			    "    2 | \t- trhink: 2s\n"
			    "      | \t  ^~~~~~\n"
			    "write | \t- think: 2s\n"
			    "   note: a note\n"
			    "a.yaml:1:1: note: another\n"
			    "    1 | steps:\n"
			    "      | ^~~~~\n"
			    "warning: nowhere  [W104]\n"
			    "   help: reprise explain W104\n");
	assert_non_null(strstr(print(f, DIAG_TEXT, true), "\033[1;31merror:\033[0m"));
	assert_true(f->list.errors == 1 && f->list.warnings == 1);
}

/* External text is escaped for the terminal, and the caret stays at its position. */
static void test_escaped(void **state)
{
	struct fixture *f = *state;

	diag_error(&f->list, at(f, "a\x1b[2J\xc3\xa4 here", "here"), DIAG_E104, "bad \x1b[2J");
	assert_string_equal(print(f, DIAG_TEXT, false), "a.yaml:1:8: error: bad \\x1B[2J  [E104]\n"
							"    1 | a\\x1B[2J\xc3\xa4 here\n"
							"      |           ^~~~\n"
							"   help: reprise explain E104\n");
}

static void test_long_line(void **state)
{
	struct fixture *f = *state;
	char line[1001];

	memset(line, 'x', 1000);
	line[1000] = '\0';
	memcpy(line + 500, "HERE", 4);
	diag_error(&f->list, at(f, line, "HERE"), DIAG_E100, "long");
	const char *text = print(f, DIAG_TEXT, false);
	const char *shown = strchr(text, '\n') + 1, *mark = strchr(shown, '\n') + 1;
	assert_true(mark - shown < 110);
	const char *here = strstr(shown, "HERE"), *caret = strstr(mark, "^~~~\n");
	assert_non_null(caret);
	/* The ellipsis is one column of three bytes. */
	assert_int_equal(here - shown - 2, caret - mark);
}

static void test_order_and_limit(void **state)
{
	struct fixture *f = *state;
	struct span span = at(f, "0123456789", "5");

	f->list.limit = 3;
	for (uint32_t i = 0; i < 5; i++) {
		struct span here = {span.source, 9 - i, 9 - i};
		struct diag *diag = diag_error(&f->list, here, DIAG_E100, "%u", i);

		diag_note(&f->list, diag, SPAN_NONE, "n");
	}
	assert_int_equal(f->list.errors, 5);
	assert_int_equal(f->list.diags.count, 3);
	const char *text = print(f, DIAG_TEXT, false);
	assert_true(strstr(text, ":8: error: 2") < strstr(text, ":9: error: 1"));
	assert_true(strstr(text, ":9: error: 1") < strstr(text, ":10: error: 0"));
	assert_non_null(strstr(text, "and 2 more"));
	struct diag_list both;
	diag_init(&both, &f->arena);
	diag_append(&both, &f->list);
	diag_append(&both, &f->list);
	assert_int_equal(both.errors, 10);
	assert_int_equal(both.diags.count, 6);
}

/* Edits are sorted and never overlap, and a word is replaced without its quotes. */
static void test_edits(void **state)
{
	struct fixture *f = *state;
	struct span span = at(f, "a: 'bb'\nc: d\n", "'bb'");
	struct diag *diag = diag_error(&f->list, span, DIAG_E101, "word");

	diag_edit(&f->list, diag, (struct span){span.source, 11, 12}, STR("D"));
	diag_edit_word(&f->list, diag, span, STR("bb"), STR("BBB"));
	diag_edit(&f->list, diag, (struct span){span.source, 5, 6}, STR("lost"));
	diag_edit(&f->list, diag, SPAN_NONE, STR("lost"));
	diag_edit_word(&f->list, diag, span, STR("other"), STR("lost"));
	assert_int_equal(diag->edits.count, 2);
	assert_true(diag_is_certain(diag));
	/* The message has the word; programs get the line too. */
	assert_null(strstr(print(f, DIAG_TEXT, false), "write"));
	const char *json = print(f, DIAG_JSON, false);
	assert_non_null(strstr(json, "\"fix\": \"a: 'BBB'\""));
	assert_non_null(strstr(json, "[{\"begin\": 4, \"end\": 6, \"text\": \"BBB\"}, "
				     "{\"begin\": 11, \"end\": 12, \"text\": \"D\"}], "
				     "\"certain\": true"));
	diag->is_guess = true;
	assert_false(diag_is_certain(diag));
	diag_clear_fix(diag);
	diag_add_line(&f->list, diag, 9, STR("  new: line"));
	json = print(f, DIAG_JSON, false);
	assert_non_null(strstr(json, "\"fix\": null, \"add\": \"  new: line\""));
	assert_non_null(strstr(json, "{\"begin\": 8, \"end\": 8, \"text\": \"  new: line\\n\"}"));
}

/* An edit with a secret is not printed, nor the others of its diagnostic. */
static void test_secret_edit(void **state)
{
	struct fixture *f = *state;
	struct span span = at(f, "a: hunter2secret\n", "hunter2secret");
	struct diag *diag = diag_error(&f->list, span, DIAG_E101, "wrong");

	diag_secret(&f->list, STR("hunter2secret"));
	diag_edit(&f->list, diag, (struct span){span.source, 0, 1}, STR("b"));
	diag_fix_in_line(&f->list, diag, span, STR("\"hunter2secret\""));
	const char *json = print(f, DIAG_JSON, false);
	assert_null(strstr(json, "hunter2secret"));
	assert_non_null(strstr(json, "\"edits\": []"));
}

/* A line with several errors is suggested with all of their fixes; a warning does not change it. */
static void test_fixes_of_one_line(void **state)
{
	struct fixture *f = *state;
	struct span ab = at(f, "aa bb cc\n", "aa");
	struct span parts[] = {ab, {ab.source, 3, 5}, {ab.source, 6, 8}};

	diag_fix_in_line(&f->list, diag_error(&f->list, parts[1], DIAG_E101, "two"), parts[1],
			 STR("BBB"));
	diag_fix_in_line(&f->list, diag_error(&f->list, parts[0], DIAG_E101, "one"), parts[0],
			 STR("A"));
	diag_fix_in_line(&f->list, diag_warning(&f->list, parts[2], DIAG_W204, "three"), parts[2],
			 STR(""));
	diag_add(&f->list, diag_error(&f->list, parts[2], DIAG_E340, "four"), "line: to add");
	assert_string_equal(print(f, DIAG_TEXT, false), "a.yaml:1:1: error: one  [E101]\n"
							"    1 | aa bb cc\n"
							"      | ^~\n"
							"write | A BBB cc\n"
							"a.yaml:1:4: error: two  [E101]\n"
							"    1 | aa bb cc\n"
							"      |    ^~\n"
							"write | A BBB cc\n"
							"a.yaml:1:7: warning: three  [W204]\n"
							"    1 | aa bb cc\n"
							"      |       ^~\n"
							"write | A BBB \n"
							"a.yaml:1:7: error: four  [E340]\n"
							"    1 | aa bb cc\n"
							"      |       ^~\n"
							"add   | line: to add\n"
							"   help: reprise explain E340\n");
}

static void test_json(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(print(f, DIAG_JSON, false),
			    "{\"errors\": 0, \"warnings\": 0, \"diagnostics\": []}\n");
	struct span span = at(f, "a: \"b\"", "\"b\"");
	struct diag *diag = diag_error(&f->list, span, DIAG_E101, "x \"y\"");
	diag_note(&f->list, diag, SPAN_NONE, "n");
	diag_fix_in_line(&f->list, diag, span, STR("z"));
	diag->path = STR("/a");
	assert_string_equal(
	    print(f, DIAG_JSON, true),
	    "{\"errors\": 1, \"warnings\": 0, \"diagnostics\": [\n"
	    "  {\"level\": \"error\", \"code\": \"E101\", \"file\": \"a.yaml\", \"line\": 1, "
	    "\"column\": 4, \"end_line\": 1, \"end_column\": 7, \"message\": \"x \\\"y\\\"\", "
	    "\"fix\": \"a: z\", \"add\": null, \"path\": \"/a\", "
	    "\"edits\": [{\"begin\": 3, \"end\": 6, \"text\": \"z\"}], \"certain\": true, "
	    "\"notes\": [{\"file\": null, \"line\": null, "
	    "\"column\": null, "
	    "\"end_line\": null, \"end_column\": null, \"message\": \"n\"}]}\n"
	    "]}\n");
}

static void test_github(void **state)
{
	struct fixture *f = *state;
	struct span span = at(f, "ab", "b");
	const struct source *odd = source_new(&f->arena, STR("a,b:c%.yaml"), STR("x"));

	diag_error(&f->list, span, DIAG_E101, "50%% of\nall: it");
	diag_warning(&f->list, (struct span){odd, 0, 0}, DIAG_W104, "w");
	assert_string_equal(print(f, DIAG_GITHUB, false),
			    "::warning file=a%2Cb%3Ac%25.yaml,line=1,col=1,title=W104 Windows "
			    "line ends::w\n"
			    "::error file=a.yaml,line=1,col=2,endColumn=3,title=E101 unknown "
			    "key::50%25 of%0Aall: it\n");
}

/* Every code has a title, and a wrong and a right example. */
static void test_catalogue(void **state)
{
	enum diag_code code;

	(void)state;
	for (unsigned i = 0; i < DIAG_CODE_COUNT; i++) {
		const char *name = diag_code_name((enum diag_code)i);
		const char *prose = diag_code_prose((enum diag_code)i);

		assert_true((name[0] == 'E' || name[0] == 'W') && strlen(name) == 4);
		assert_true(strlen(diag_code_title((enum diag_code)i)) > 5);
		if (!strstr(prose, "Wrong") || !strstr(prose, "Right") || strlen(prose) < 80)
			fail_msg("%s needs a wrong and a right example", name);
		assert_true(diag_code_find(str_of(name), &code) && code == i);
	}
	assert_true(diag_code_find(STR("e101"), &code) && code == DIAG_E101);
	assert_false(diag_code_find(STR("E999"), &code));
}

static void test_nearest(void **state)
{
	static const struct str words[] = {
	    {"think", 5}, {"timeout", 7}, {"get", 3}, {"post", 4}, {"headers", 7}, {"if", 2},
	};
	static const struct {
		const char *found, *nearest;
	} rows[] = {
	    {"trhink", "think"},    {"thikn", "think"},	   {"Timeout", "timeout"},
	    {"tiemout", "timeout"}, {"header", "headers"}, {"gte", "get"},
	    {"zzz", NULL},	    {"p", NULL},	   {"", NULL},
	    {"fi", "if"},	    {"thresholds", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct str best =
		    diag_nearest(str_of(rows[i].found), words, sizeof words / sizeof *words);

		if (!str_eq(best, str_of(rows[i].nearest)))
			fail_msg("%s gave %.*s", rows[i].found, STR_ARG(best));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_places, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_text, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_escaped, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_long_line, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_order_and_limit, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_edits, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_secret_edit, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_fixes_of_one_line, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_json, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_github, setup, teardown),
	    cmocka_unit_test(test_catalogue),
	    cmocka_unit_test(test_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
