/*
 * Every operation on every value of many files, with LF and with CR LF: the right tree, changes
 * only in the lines of the operation, an undo to the same bytes, and no lost comment. Without
 * EDIT_FILES=all a sample is tested.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "edit/edit.h"
#include "edit/edit_json.h"
#include "edit/edit_log.h"
#include "doc/yaml.h"
#include "edit_proof.h"

static const char *const folders[] = {
    "examples",		 "tests/golden/check",	"tests/golden/diag",	    "tests/golden/program",
    "tests/golden/edit", "tests/golden/import", "tests/golden/import/hurl", "contrib/man"};

/* ---- values */

static struct node *text_node(struct arena *a, const char *text, enum node_style style)
{
	struct node *node = ARENA_NEW(a, struct node);

	node->style = style;
	node->text = str_of(text);
	return node;
}

static const struct node *list_node(struct arena *a)
{
	struct node *node = ARENA_NEW(a, struct node);
	const struct node **items = ARENA_ARRAY(a, 2, const struct node *);

	items[0] = text_node(a, "a, b", NODE_DOUBLE);
	items[1] = text_node(a, "1", NODE_PLAIN);
	node->kind = NODE_LIST;
	node->items = items;
	node->count = 2;
	return node;
}

static const struct node *map_node(struct arena *a)
{
	struct node *node = ARENA_NEW(a, struct node);
	struct node_pair *pairs = ARENA_ARRAY(a, 2, struct node_pair);

	pairs[0] = (struct node_pair){text_node(a, "new key", NODE_DOUBLE),
				      text_node(a, "it's #1: \"x\"", NODE_DOUBLE)};
	pairs[1] = (struct node_pair){text_node(a, "list", NODE_DOUBLE), list_node(a)};
	node->kind = NODE_MAP;
	node->pairs = pairs;
	node->count = 2;
	return node;
}

/* ---- all operations on one value */

static const struct yaml_entry *entry_of(const struct yaml_place *place)
{
	return &place->parent->entries[place->index];
}

static struct range entry_range(const struct proof *p, const struct yaml_entry *entry)
{
	struct range range;

	oracle_entry_lines(&p->layout, entry, &range.begin, &range.end);
	return range;
}

static struct range around(const struct proof *p, struct range range)
{
	oracle_lines_around(&p->layout, &range.begin, &range.end);
	return range;
}

/* The lines around the entry I of OWNER: in brackets with the neighbors, because of the commas. */
static struct range near_entry(const struct proof *p, const struct yaml_place *owner, size_t i)
{
	struct range range = entry_range(p, &owner->entries[i]);

	if (owner->node->flow) {
		range.begin = i ? owner->entries[i - 1].begin : owner->begin;
		range.end = i + 1 < owner->node->count ? owner->entries[i + 1].end : owner->end;
	}
	return around(p, range);
}

/* The line of the key or dash of OWNER, where `[]` is written. */
static struct range owner_line(const struct proof *p, const struct yaml_place *owner)
{
	struct range range = {0, 0};

	if (owner->parent) {
		const struct yaml_entry *own = &owner->parent->entries[owner->index];

		range = (struct range){own->begin, own->key ? own->key->end : own->begin + 1};
		range = around(p, range);
	}
	return range;
}

static bool has_anchor(const struct proof *p, const struct yaml_entry *entry)
{
	for (size_t i = 0; i < p->layout.anchor_count; i++) {
		uint32_t at = p->layout.anchors[i]->anchor.begin;

		if (at >= entry->begin && at < entry->end)
			return true;
	}
	return false;
}

static void try_set(struct proof *p, const struct yaml_place *place, struct str path)
{
	const struct yaml_entry *entry = entry_of(place);
	struct arena *a = &p->arena;
	const struct node *values[] = {text_node(a, "a: b #c", NODE_DOUBLE),
				       text_node(a, "7", NODE_PLAIN),
				       text_node(a, "7", NODE_DOUBLE),
				       text_node(a, "one\n  two\n\nthree\n", NODE_DOUBLE),
				       text_node(a, "x\ny", NODE_DOUBLE),
				       text_node(a, "", NODE_DOUBLE),
				       list_node(a),
				       map_node(a)};

	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		if (!proof_begin(p, EDIT_SET, path))
			continue;
		struct how how = {.value = oracle_read(&p->op_arena, values[i])};

		p->op.value = values[i];
		if (place->node->alias.source)
			p->op.aliases = EDIT_ALIASES_EVERYWHERE;
		p->with_aliases = p->layout.alias_count > 0;
		/* A mapping that keeps some keys is compared key by key: the order may differ. */
		if (place->node->kind == NODE_MAP && values[i]->kind == NODE_MAP &&
		    (node_find(place->node, STR("list")) || node_find(place->node, STR("new key"))))
			continue;
		proof_expect(p, place, proof_change_set, how);
		p->may_change[0] = p->may_lose = entry_range(p, entry);
		if (place->node->kind == NODE_SCALAR)
			p->may_lose = (struct range){0, 0};
		else if (place->node->alias.source)
			p->may_lose =
			    entry_range(p, entry_of(yaml_layout_target(&p->layout, place)));
		if (place->node->kind == NODE_LIST && values[i]->kind == NODE_LIST)
			p->may_change[0] = around(p, p->may_change[0]);
		proof_run(p);
	}
}

static void try_style(struct proof *p, const struct yaml_place *place, struct str path)
{
	if (place->node->kind != NODE_SCALAR || place->node->alias.source)
		return;
	for (int style = EDIT_STYLE_SINGLE; style <= EDIT_STYLE_FOLDED; style++) {
		if (!proof_begin(p, EDIT_SET, path))
			continue;
		struct node *text = text_node(&p->op_arena, "", NODE_DOUBLE);

		text->text = place->node->text;
		p->op.style = (enum edit_style)style;
		struct how how = {.value = oracle_read(&p->op_arena, text)};
		proof_expect(p, place, proof_change_set, how);
		p->may_change[0] = entry_range(p, &place->parent->entries[place->index]);
		proof_run(p);
	}
}

static void try_remove(struct proof *p, const struct yaml_place *place, struct str path)
{
	const struct yaml_entry *entry = entry_of(place);

	if (!proof_begin(p, EDIT_REMOVE, path))
		return;
	proof_expect(p, place->parent, proof_change_remove, (struct how){.index = place->index});
	p->may_lose = entry_range(p, entry);
	p->may_change[0] = near_entry(p, place->parent, place->index);
	p->may_change[1] = owner_line(p, place->parent);
	p->with_aliases = has_anchor(p, entry);
	proof_run(p);
}

static void try_keys(struct proof *p, const struct yaml_place *place, struct str path)
{
	const struct yaml_entry *entry = entry_of(place);
	struct oracle_value copy;

	if (proof_begin(p, EDIT_RENAME, path)) {
		p->op.key = STR("new: name");
		proof_expect(p, place->parent, proof_change_rename,
			     (struct how){.index = place->index, .key = p->op.key});
		p->may_change[0] = entry_range(p, entry);
		proof_run(p);
	}
	if (proof_begin(p, EDIT_DUPLICATE, path)) {
		p->op.key = STR("a copy");
		copy = *oracle_read(&p->op_arena, place->node);
		proof_expect(p, place->parent, proof_change_insert,
			     (struct how){place->index + 1, p->op.key, &copy});
		p->may_change[0] = near_entry(p, place->parent, place->index);
		proof_run(p);
	}
	if (proof_begin(p, EDIT_MOVE, path) && place->index) {
		const struct yaml_place *first = place->parent->entries[0].key;

		p->op.from = path;
		p->op.before = first->node->text;
		copy = *oracle_read(&p->op_arena, place->node);
		proof_expect(p, place->parent, proof_change_remove,
			     (struct how){.index = place->index});
		proof_expect(p, place->parent, proof_change_insert,
			     (struct how){0, entry->key->node->text, &copy});
		p->may_change[0] = near_entry(p, place->parent, place->index);
		p->may_change[1] = near_entry(p, place->parent, 0);
		proof_run(p);
	}
}

/* Moves the item to INDEX of its list. */
static void try_move(struct proof *p, const struct yaml_place *place, struct str list,
		     struct str path, size_t index)
{
	const struct yaml_place *owner = place->parent;
	size_t before = index > place->index ? index + 1 : index;
	struct oracle_value copy;

	if (!proof_begin(p, EDIT_MOVE, arena_printf(&p->arena, "%.*s/%zu", STR_ARG(list), index)))
		return;
	p->op.from = path;
	copy = *oracle_read(&p->op_arena, place->node);
	proof_expect(p, owner, proof_change_remove, (struct how){.index = place->index});
	proof_expect(p, owner, proof_change_insert, (struct how){index, STR(""), &copy});
	p->may_change[0] = near_entry(p, owner, place->index);
	size_t near = before < owner->node->count ? before : owner->node->count - 1;
	p->may_change[1] = near_entry(p, owner, near);
	proof_run(p);
}

static void try_items(struct proof *p, const struct yaml_place *place, struct str list,
		      struct str path)
{
	const struct yaml_place *owner = place->parent;
	const struct yaml_entry *entry = &owner->entries[place->index];
	struct oracle_value copy;
	size_t count = owner->node->count;

	if (proof_begin(p, EDIT_DUPLICATE, path)) {
		copy = *oracle_read(&p->op_arena, place->node);
		proof_expect(p, owner, proof_change_insert,
			     (struct how){place->index + 1, STR(""), &copy});
		p->may_change[0] = near_entry(p, place->parent, place->index);
		proof_run(p);
	}
	if (proof_begin(p, EDIT_DISABLE, path)) {
		proof_expect(p, owner, proof_change_remove, (struct how){.index = place->index});
		p->may_change[0] = entry_range(p, entry);
		p->may_change[1] = owner_line(p, owner);
		proof_run(p);
	}
	if (proof_begin(p, EDIT_INSERT, path)) {
		p->op.value = map_node(&p->op_arena);
		struct how how = {place->index, STR(""), oracle_read(&p->op_arena, p->op.value)};

		proof_expect(p, owner, proof_change_insert, how);
		p->may_change[0] = near_entry(p, place->parent, place->index);
		proof_run(p);
	}
	try_move(p, place, list, path, 0);
	try_move(p, place, list, path, count - 1);
	if (place->index + 1 < count)
		try_move(p, place, list, path, place->index + 1);
}

static struct str edit_path(struct arena *a, struct str path, const char *token)
{
	return arena_printf(a, "%.*s/%s", STR_ARG(path), token);
}

/* Adds an entry at the end, and a key in front of the others. */
static void try_add(struct proof *p, const struct yaml_place *owner, struct str path)
{
	bool list = owner->node->kind == NODE_LIST;
	struct str key = list ? STR("-") : STR("new");
	size_t count = owner->node->count;

	for (int front = 0; front < 2; front++) {
		if ((front && (list || !count)) ||
		    !proof_begin(p, EDIT_ADD, edit_path(&p->arena, path, list ? "-" : "new")))
			continue;
		p->op.value =
		    front ? text_node(&p->op_arena, "7", NODE_PLAIN) : map_node(&p->op_arena);
		if (front)
			p->op.before = owner->entries[0].key->node->text;
		struct how how = {front ? 0 : count, list ? STR("") : key,
				  oracle_read(&p->op_arena, p->op.value)};
		proof_expect(p, owner, proof_change_insert, how);
		p->may_change[1] = owner_line(p, owner);
		if (count)
			p->may_change[0] = near_entry(p, owner, front ? 0 : count - 1);
		proof_run(p);
	}
}

/* The value at PLACE in the expected tree. */
static struct oracle_value *expected_at(const struct proof *p, const struct yaml_place *place)
{
	return place->parent ? expected_at(p, place->parent)->pairs.items[place->index].value
			     : p->expected;
}

/* Changes only at PLACE, which is an alias or has an anchor: the others keep their value. */
static void try_here(struct proof *p, const struct yaml_place *place, struct str path)
{
	bool list = place->node->kind == NODE_LIST, map = place->node->kind == NODE_MAP;

	if (proof_begin(p, EDIT_SET, path)) {
		p->op.value = text_node(&p->op_arena, "here only", NODE_DOUBLE);
		p->op.aliases = EDIT_ALIASES_HERE;
		p->with_aliases = true;
		struct how how = {.value = oracle_read(&p->op_arena, p->op.value)};
		proof_change_set(&p->op_arena, expected_at(p, place), &how);
		p->may_lose = entry_range(p, entry_of(place));
		proof_run(p);
	}
	if (!(list || map) ||
	    !proof_begin(p, EDIT_ADD, edit_path(&p->arena, path, list ? "-" : "new")))
		return;
	p->op.value = text_node(&p->op_arena, "here only", NODE_DOUBLE);
	p->op.aliases = EDIT_ALIASES_HERE;
	p->with_aliases = true;
	struct how how = {place->node->count, list ? STR("") : STR("new"),
			  oracle_read(&p->op_arena, p->op.value)};
	proof_change_insert(&p->op_arena, expected_at(p, place), &how);
	proof_run(p);
}

static void try_place(struct proof *p, const struct yaml_place *place, struct str path)
{
	if (place->node->kind != NODE_SCALAR && !place->node->alias.source)
		try_add(p, place, path);
	for (size_t i = 0; i < yaml_layout_count(place); i++) {
		const struct yaml_entry *entry = &place->entries[i];
		struct buf token;

		buf_init(&token, 0);
		if (!entry->key)
			buf_printf(&token, "%zu", i);
		for (size_t k = 0; entry->key && k < entry->key->node->text.len; k++) {
			char c = entry->key->node->text.ptr[k];

			buf_printf(&token, c == '~' ? "~0" : c == '/' ? "~1" : "%c", c);
		}
		struct str below =
		    arena_printf(&p->arena, "%.*s/%.*s", STR_ARG(path), STR_ARG(buf_str(&token)));
		buf_release(&token);
		try_set(p, entry->value, below);
		try_style(p, entry->value, below);
		if (entry->value->node->alias.source || entry->value->anchor.source)
			try_here(p, entry->value, below);
		try_remove(p, entry->value, below);
		if (entry->key)
			try_keys(p, entry->value, below);
		else
			try_items(p, entry->value, path, below);
		try_place(p, entry->value, below);
	}
}

static void try_text(const char *name, struct str text)
{
	struct proof p = {.name = name, .text = text};
	struct diag_list diags;

	arena_init(&p.arena, 0);
	arena_init(&p.op_arena, 0);
	diag_init(&diags, &p.arena);
	const struct source *source = source_new(&p.arena, str_of(name), text);
	if (yaml_layout_read(&p.arena, source, &diags, &p.layout)) {
		p.root = p.layout.root->node;
		p.broken = diags.errors > 0;
		try_place(&p, p.layout.root, STR(""));
	}
	arena_release(&p.op_arena);
	arena_release(&p.arena);
}

static struct str with_crlf(struct arena *a, struct str text)
{
	char *out = arena_alloc(a, text.len * 2 + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\n' && (!i || text.ptr[i - 1] != '\r'))
			out[n++] = '\r';
		out[n++] = text.ptr[i];
	}
	return str_n(out, n);
}

static void test_files(void **state)
{
	const char *top = getenv("SRCDIR"), *only = getenv("EDIT_FILE");
	size_t files = 0;

	(void)state;
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		char pattern[500];
		glob_t found;

		snprintf(pattern, sizeof pattern, "%s/%s/*.yaml", top ? top : ".", folders[i]);
		assert_int_equal(glob(pattern, 0, NULL, &found), 0);
		for (size_t k = 0; k < found.gl_pathc; k++) {
			const char *error, *path = found.gl_pathv[k];
			struct arena a;
			struct str text;

			if (only && !strstr(path, only))
				continue;
			arena_init(&a, 0);
			assert_true(file_read(&a, path, 1 << 20, &text, &error));
			proof_sample.state = files++;
			try_text(path, text);
			try_text(path, with_crlf(&a, text));
			arena_release(&a);
		}
		globfree(&found);
	}
	printf(
	    "# %zu files, %zu operations: %zu done; refused: %zu for a path, %zu as wrong, %zu for "
	    "an alias, %zu for an error in the file, %zu as text (%zu of them in sound files)\n",
	    files, proof_counts.tried, proof_counts.done, proof_counts.refused[EDIT_NO_PATH],
	    proof_counts.refused[EDIT_WRONG_OP], proof_counts.refused[EDIT_ALIAS],
	    proof_counts.refused[EDIT_BROKEN], proof_counts.refused[EDIT_AS_TEXT],
	    proof_counts.as_text);
	assert_true(only || files > 300);
	/* Few are refused because of the way in which the text is written. */
	assert_true(only || proof_counts.as_text * 100 < proof_counts.done);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_files)};
	const char *which = getenv("EDIT_FILES");

	proof_sample.whole = which && strcmp(which, "all") == 0;
	proof_sample.verbose = getenv("EDIT_VERBOSE") != NULL;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
