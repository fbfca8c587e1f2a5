/*
 * libFuzzer target for the YAML reader: no input crashes it, hangs it, exceeds its limits, or gives
 * positions outside the source, and the messages never contain control bytes.
 */
#include <stdio.h>
#include <stdlib.h>

#include "doc/yaml.h"

#include "must.h"

#define LOOK_AT 48 /* number of bytes of each text whose positions are checked */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static void check_span(struct span span)
{
	MUST(span.source && span.begin <= span.end && span.end <= span.source->text.len);
}

/* A letter of the text is in the source unchanged, or is the result of an escape. */
static void check_places(const struct node *node)
{
	MUST(str_is_utf8(node->text, NULL));
	for (size_t i = 0; i < node->text.len && i < LOOK_AT; i++) {
		struct span span = node_text_span(node, i, i + 1);

		check_span(span);
		MUST(span.begin >= node->span.begin && span.end <= node->span.end);
		if (!is_letter(node->text.ptr[i]) || node->fixed)
			continue;
		char written = span.source->text.ptr[span.begin];
		MUST(span.begin < span.end);
		MUST(written == node->text.ptr[i] || written == '\\');
	}
	check_span(node_text_span(node, 0, node->text.len));
}

static void check_node(const struct node *node, unsigned depth)
{
	MUST(depth <= YAML_MAX_DEPTH);
	check_span(node->span);
	if (node->alias.source) {
		check_span(node->alias);
		return;
	}
	if (node->kind == NODE_SCALAR)
		check_places(node);
	for (size_t i = 0; node->kind == NODE_LIST && i < node->count; i++)
		check_node(node->items[i], depth + 1);
	for (size_t i = 0; node->kind == NODE_MAP && i < node->count; i++) {
		check_node(node->pairs[i].key, depth + 1);
		check_node(node->pairs[i].value, depth + 1);
		MUST(node_find_pair(node, node->pairs[i].key->text) == &node->pairs[i]);
	}
}

static void check_diags(const struct diag_list *diags)
{
	struct buf out;

	buf_init(&out, 0);
	for (int format = DIAG_TEXT; format <= DIAG_GITHUB; format++) {
		buf_clear(&out);
		diag_print(diags, (enum diag_format)format, false, &out);
		MUST(str_is_utf8(buf_str(&out), NULL));
		for (size_t i = 0; i < out.len; i++) {
			unsigned char c = (unsigned char)out.data[i];

			MUST((c >= 0x20 && c != 0x7f) || c == '\n' || c == '\t');
		}
	}
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct diag_list diags;
	struct arena arena;

	arena_init(&arena, 0);
	diag_init(&diags, &arena);
	/* A copy of the exact size, so that sanitizers detect reads past its end. */
	char *text = malloc(size ? size : 1);
	MUST(text != NULL);
	for (size_t i = 0; i < size; i++)
		text[i] = (char)data[i];
	const struct source *source = source_new(&arena, STR("f\x1b.yaml"), str_n(text, size));
	const struct node *root = yaml_read(&arena, source, &diags);
	MUST(root || diags.errors > 0);
	if (root)
		check_node(root, 0);
	check_diags(&diags);
	arena_release(&arena);
	free(text);
	return 0;
}
