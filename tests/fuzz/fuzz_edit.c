/*
 * libFuzzer target for edits of scenarios: a text, and in its last bytes the operations. No input
 * crashes the editor; an accepted operation gives a text that can be read and undone to the same
 * bytes, and a refused one changes nothing and has a reason.
 */
#include <stdio.h>
#include <stdlib.h>

#include "doc/yaml_layout.h"
#include "edit/edit.h"
#include "edit/edit_json.h"

#include "must.h"

#define OPERATIONS 4
#define OP_BYTES   3 /* the kind, the place, the value */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The path of the place number WANTED; the numbers go through the tree and begin again. */
static struct str path_of(struct arena *a, const struct yaml_place *place, unsigned wanted)
{
	struct str path = STR("");
	size_t count;

	while ((count = yaml_layout_count(place)) != 0 && wanted % (count + 1) != count) {
		const struct yaml_entry *entry = &place->entries[wanted % (count + 1)];

		/* Keys with / and ~ name other places, or none. */
		path = entry->key ? arena_printf(a, "%.*s/%.*s", STR_ARG(path),
						 STR_ARG(entry->key->node->text))
				  : arena_printf(a, "%.*s/%zu", STR_ARG(path),
						 (size_t)(wanted % (count + 1)));
		wanted /= (unsigned)count + 1;
		place = entry->value;
	}
	return path;
}

static const char *value_of(unsigned which)
{
	static const char *const values[] = {
	    "1",	  "\"a: b # c\"", "\"\"",	"\"one\\n  two\\n\"",
	    "\"\\n\\n\"", "[]",		  "[1, \"x\"]", "{\"a\": {\"b\": [\"c\"]}, \"d\": null}"};

	return values[which % (sizeof values / sizeof *values)];
}

/* One operation as JSON, with three bytes of the input as its random numbers. */
static struct str operation(struct arena *a, struct str text, const uint8_t *bytes)
{
	static const char *const styles[] = {"keep",   "plain",	  "single",
					     "double", "literal", "folded"};
	static const char *const aliases[] = {"ask", "everywhere", "here"};
	struct yaml_layout layout;
	struct diag_list diags;
	struct buf out;

	diag_init(&diags, a);
	if (!yaml_layout_read(a, source_new(a, STR("f"), text), &diags, &layout))
		return STR("[]");
	unsigned kind = bytes[0] % EDIT_UNDO, place = bytes[1] * 7u + bytes[2] / 64u;
	struct str path = path_of(a, layout.root, place);
	buf_init(&out, 0);
	struct json_writer j = json_writer_compact(&out);
	json_writer_open_array(&j, NULL);
	json_writer_open(&j, NULL);
	json_writer_text(&j, "op", str_of(edit_json_kind((enum edit_kind)kind)));
	if (kind == EDIT_MOVE)
		json_writer_text(&j, "from", path_of(a, layout.root, bytes[2] * 3u));
	if (kind == EDIT_ADD)
		path = arena_printf(a, "%.*s/%s", STR_ARG(path), bytes[2] & 1 ? "-" : "n");
	if (kind != EDIT_SCENARIOS) {
		json_writer_text(&j, "path", path);
		json_writer_text(&j, "aliases", str_of(aliases[bytes[0] / 16 % 3]));
	}
	if (kind == EDIT_SET)
		json_writer_text(&j, "style", str_of(styles[bytes[0] / 32 % 6]));
	if (kind == EDIT_SET || kind == EDIT_ADD || kind == EDIT_INSERT)
		buf_add(json_writer_value(&j, "value"), str_of(value_of(bytes[2])));
	if (kind == EDIT_RENAME || kind == EDIT_DUPLICATE)
		json_writer_text(&j, "key", bytes[2] & 1 ? STR("new") : STR("x: y"));
	if (kind == EDIT_ENABLE)
		json_writer_uint(&j, "item", bytes[2] % 3);
	json_writer_close(&j);
	json_writer_close_array(&j);
	struct str json = arena_str(a, buf_str(&out));
	buf_release(&out);
	return json;
}

static struct str edit(struct arena *a, struct str text, const uint8_t *bytes)
{
	struct edit_json_error error;
	struct edit_result result;
	const struct edit_op *ops;
	size_t count;

	MUST(edit_json_read(a, operation(a, text, bytes), &ops, &count, &error));
	if (!edit_apply(a, STR("f.yaml"), text, ops, count, &result)) {
		MUST(result.refusal != EDIT_ACCEPTED && result.reason.len > 0);
		MUST(result.text.ptr == text.ptr && result.text.len == text.len);
		return text;
	}
	MUST(edit_patches_fit(text, result.patches));
	MUST(str_eq(edit_patches_apply(a, text, result.patches), result.text));
	struct edit_patches undo = edit_patches_invert(a, text, result.patches);
	MUST(str_eq(edit_patches_apply(a, result.text, undo), text));
	return result.text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t ops = (size_t)OPERATIONS * OP_BYTES;
	struct arena arena;

	if (size < ops)
		return 0;
	arena_init(&arena, 0);
	/* A copy of the exact size, so that sanitizers detect reads past its end. */
	char *copy = malloc(size - ops + 1);
	MUST(copy != NULL);
	for (size_t i = 0; i < size - ops; i++)
		copy[i] = (char)data[i];
	struct str text = str_n(copy, size - ops);
	for (size_t i = 0; i < OPERATIONS; i++)
		text = edit(&arena, text, data + size - ops + i * OP_BYTES);
	arena_release(&arena);
	free(copy);
	return 0;
}
