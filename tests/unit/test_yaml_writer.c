/* The output of yaml_writer_print reads back as the same values, for any text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/diag.h"
#include "base/random.h"
#include "doc/yaml.h"
#include "doc/yaml_types.h"
#include "doc/yaml_writer.h"

static const char *const texts[] = {
    "",
    " ",
    "plain",
    "two words",
    " leading",
    "trailing ",
    "a: b",
    "a #b",
    "#b",
    "- a",
    "-",
    "?",
    "? a",
    ":",
    "a:",
    "*a",
    "&a",
    "!a",
    "@a",
    "`a",
    "%a",
    "{a}",
    "[a]",
    "a, b",
    "'a'",
    "\"a\"",
    "it's",
    "a\\d+",
    "${x}",
    "$${x}",
    "a ${x | y}",
    "true",
    "null",
    "~",
    "1.5",
    "0123",
    "a\tb",
    "a\nb",
    "a\nb\n",
    "a\n\nb\n",
    "\na",
    "a\n\n",
    "  a\nb",
    "a \nb",
    "a\r\nb",
    "\x01\x7f",
    "Jörg",
    "„smart“",
    "a\xc2\xa0"
    "b",
    "\xe2\x80\xa8",
    "\xf0\x9f\x8e\xa9",
    "\xef\xbb\xbf"
    "a",
    "<<",
    "---",
    "...",
    "a: ",
    "|",
    ">",
    "| a\nb",
    "key: |\n x",
    "=",
    "<a href='x'>\n</a>\n",
    "\"",
    "'",
    "a: 'b'",
    "a 'b\" c",
    "2026-01-01",
    "yes",
    "no",
    "0x10",
};

#define TEXT_COUNT (sizeof texts / sizeof *texts)

static void reads_back(struct arena *a, const struct yaml_writer_node *root, struct str text,
		       const char *at)
{
	struct diag_list diags;
	struct buf out;

	buf_init(&out, 0);
	diag_init(&diags, a);
	yaml_writer_print(root, &out);
	const struct source *source = source_new(a, STR("x.yaml"), arena_str(a, buf_str(&out)));
	const struct node *node = yaml_read(a, source, &diags);

	if (diags.errors || !node)
		fail_msg("%s: '%.*s' is written as: %.*s", at, STR_ARG(text),
			 STR_ARG(buf_str(&out)));
	const struct node *value = node_find(node, str_of(at));
	while (value && value->kind == NODE_LIST)
		value = value->items[0];
	if (value && value->kind == NODE_MAP)
		value = value->pairs[0].value;
	if (!value || !str_eq(value->text, text))
		fail_msg("%s: '%.*s' comes back as '%.*s' from: %.*s", at, STR_ARG(text),
			 STR_ARG(value ? value->text : STR("")), STR_ARG(buf_str(&out)));
	buf_release(&out);
}

/* As a value, in a list, in braces, in brackets, and after an unusual key. */
static void try_text(struct str text)
{
	struct yaml_writer_node *root, *inner;
	struct arena a;

	arena_init(&a, 0);
	root = yaml_writer_map(&a);
	yaml_writer_put_text(&a, root, STR("value"), text);
	inner = yaml_writer_put(&a, root, STR("list"), yaml_writer_list(&a));
	yaml_writer_add(&a, inner, yaml_writer_text(&a, text));
	inner = yaml_writer_put(&a, root, STR("braces"), yaml_writer_map(&a));
	inner->flow = true;
	yaml_writer_put(&a, inner, STR("k"), yaml_writer_typed(&a, text));
	inner = yaml_writer_put(&a, root, STR("brackets"), yaml_writer_list(&a));
	inner->flow = true;
	yaml_writer_add(&a, inner, yaml_writer_text(&a, text));
	if (text.len) {
		inner = yaml_writer_put(&a, root, STR("keys"), yaml_writer_map(&a));
		yaml_writer_put_text(&a, inner, text, text);
	}
	yaml_writer_comment(&a, root, text);
	yaml_writer_find(root, STR("value"))->beside = text;
	reads_back(&a, root, text, "value");
	reads_back(&a, root, text, "list");
	reads_back(&a, root, text, "braces");
	reads_back(&a, root, text, "brackets");
	if (text.len)
		reads_back(&a, root, text, "keys");
	arena_release(&a);
}

static void odd_texts_read_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEXT_COUNT; i++)
		try_text(str_of(texts[i]));
}

static void made_up_texts_read_back(void **state)
{
	static const char alphabet[] = "ab:#-?{}[]&*!|>'\"%@`, \n\\$~1.";
	struct random_stream draws = random_stream(7, 1, 1, 1);

	(void)state;
	for (int round = 0; round < 3000; round++) {
		char text[12];
		size_t len = (size_t)random_below(&draws, sizeof text);

		for (size_t i = 0; i < len; i++)
			text[i] = alphabet[random_below(&draws, sizeof alphabet - 1)];
		try_text(str_n(text, len));
	}
}

static void types_are_distinguished(void **state)
{
	struct buf out;
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	buf_init(&out, 0);
	struct yaml_writer_node *root = yaml_writer_map(&a);
	yaml_writer_put(&a, root, STR("text"), yaml_writer_typed(&a, STR("5")));
	yaml_writer_put(&a, root, STR("number"), yaml_writer_word(&a, STR("5.10")));
	yaml_writer_put(&a, root, STR("plain"), yaml_writer_text(&a, STR("5")));
	yaml_writer_print(root, &out);
	assert_string_equal(out.data, "text: \"5\"\nnumber: 5.10\nplain: 5\n");
	buf_release(&out);
	arena_release(&a);
}

/* As PyYAML prints what it reads; compared with PyYAML in tests/cli/import_bodies.bats. */
static void other_readers_read_the_same_text(void **state)
{
	static const char *const same[] = {"0",	    "17",	   "-17",  "1.5",     "-0.25",
					   "4.0",   "1e5",	   "a",	   "v1.10",   "1.2.3",
					   "10-20", "0.001",	   "12:a", "2026-01", "1-2-3",
					   "-",	    "192.168.0.1", "x_1",  ".",	      NULL};
	static const char *const changed[] = {"017",
					      "+1",
					      "-0",
					      "1_000",
					      "0x1F",
					      "0b1",
					      "1.50",
					      "0.0000001",
					      ".5",
					      "15:04:56",
					      "1:30",
					      "2026-01-31",
					      "2026-1-3 10:20:30",
					      "+1.5",
					      "1.",
					      "1.5e+3",
					      ".inf",
					      "-.INF",
					      ".nan",
					      "1234567890.1234567",
					      "00.5",
					      NULL};

	(void)state;
	for (int i = 0; same[i]; i++)
		if (yaml_types_is_changed(str_of(same[i])))
			fail_msg("%s", same[i]);
	for (int i = 0; changed[i]; i++)
		if (!yaml_types_is_changed(str_of(changed[i])))
			fail_msg("%s", changed[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(odd_texts_read_back),
	    cmocka_unit_test(made_up_texts_read_back),
	    cmocka_unit_test(types_are_distinguished),
	    cmocka_unit_test(other_readers_read_the_same_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
