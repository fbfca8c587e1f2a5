/* The places of a YAML text: each expected text has a letter under the first byte of a place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "doc/yaml_layout.h"

#include "arena_fixture.h"

static bool read_layout(const char *text, struct yaml_layout *layout)
{
	struct diag_list diags;

	diag_init(&diags, &arena);
	return yaml_layout_read(&arena, source_new(&arena, STR("a"), str_of(text)), &diags, layout);
}

static void put(char *map, uint32_t at, char letter)
{
	if (at != YAML_NO_PLACE)
		map[at] = letter;
}

/* d: dash, k: colon, c: comma, a: anchor, l: alias, v: value; .: the end of a value. */
static void put_place(const struct yaml_place *place, char *map)
{
	for (size_t i = 0; i < yaml_layout_count(place); i++) {
		const struct yaml_entry *entry = &place->entries[i];

		put(map, entry->dash, 'd');
		put(map, entry->colon, 'k');
		put(map, entry->comma, 'c');
		assert_ptr_equal(entry->value->parent, place);
		assert_int_equal(entry->value->index, i);
		put_place(entry->value, map);
	}
	if (place->anchor.source)
		put(map, place->anchor.begin, 'a');
	if (place->node->alias.source)
		put(map, place->begin, 'l');
	else if (place->node->kind == NODE_SCALAR && place->is_written)
		put(map, place->begin, 'v');
	if (place->node->kind == NODE_SCALAR && place->end - place->begin > 1)
		put(map, place->end - 1, '.');
}

static void test_places(void **state)
{
	static const struct {
		const char *text, *map;
	} cases[] = {
	    {"a: 1 # x\nb:\n  - c\n  - \n  -\n    d: 'e'\n",
	     " k v #  \n k\n  d v\n  d \n  d\n     k v .\n"},
	    {"%YAML 1.1\n---\na: &x [1, 2,] # y\nb: *x\n...\n",
	     "         \n   \n k a   vc vc  #  \n k l \n   \n"},
	    {"{a: {b, c: }, \"d\":[e: 1,\n#f\ng]}", "  k   c  k  c    k  k vc\n# \nv  "},
	    {"a: | # x\n  b\n\n  c\n\n\nd: |+\n  e\n\nf: >-\n  g\n",
	     " k v #  \n   \n\n  .\n\n\n k v \n   .\n k v \n  .\n"},
	    {"? a # x\n: &b\n  c: 1\n# end", "d   #  \nk a \n   k v\n#    "},
	    {"a:\n# x\n\n  # y\n  b: \"#\"\n", " k\n#  \n\n  #  \n   k v .\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct str text = str_of(cases[i].text);
		struct yaml_layout layout;
		char *map = arena_cstr(&arena, text);

		for (size_t k = 0; k < text.len; k++)
			if (map[k] != '\n')
				map[k] = ' ';
		assert_true(read_layout(cases[i].text, &layout));
		put_place(layout.root, map);
		for (size_t k = 0; k < layout.comment_count; k++)
			put(map, layout.comments[k].begin, '#');
		assert_string_equal(map, cases[i].map);
	}
}

static void test_aliases(void **state)
{
	struct yaml_layout layout;

	(void)state;
	assert_true(read_layout("a: &x {b: 1}\nc: *x\nd: &y [*x]\ne: *y\n", &layout));
	assert_int_equal(layout.anchor_count, 2);
	assert_int_equal(layout.alias_count, 3);
	assert_ptr_equal(yaml_layout_target(&layout, layout.aliases[0]), layout.anchors[0]);
	assert_ptr_equal(yaml_layout_target(&layout, layout.aliases[1]), layout.anchors[0]);
	assert_ptr_equal(yaml_layout_target(&layout, layout.aliases[2]), layout.anchors[1]);
	assert_int_equal(yaml_layout_count(layout.aliases[0]), 0);
	assert_int_equal(layout.aliases[0]->node->count, 1);
}

static void test_corrections(void **state)
{
	struct yaml_layout layout;

	(void)state;
	assert_true(read_layout("\xef\xbb\xbf"
				"a: 1\nb: \"it\"s\"\n",
				&layout));
	assert_int_equal(layout.corrected_count, 1);
	assert_int_equal(layout.corrected[0].begin, 11);
	assert_int_equal(layout.root->begin, 3);
	/* The second value of a key is written in the mapping, and is not an entry of it. */
	assert_true(read_layout("x:\n  a: 1\n  a: 2\n  b: 3\n", &layout));
	assert_true(layout.root->entries[0].value->unclear);
	assert_false(layout.root->unclear);
	assert_false(read_layout("# nothing\n", &layout));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_places, arena_fixture_begin, arena_fixture_end),
	    cmocka_unit_test_setup_teardown(test_aliases, arena_fixture_begin, arena_fixture_end),
	    cmocka_unit_test_setup_teardown(test_corrections, arena_fixture_begin,
					    arena_fixture_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
