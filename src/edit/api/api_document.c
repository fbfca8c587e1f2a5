/*
 * A scenario as the page needs it: the text, the tree with places, the outline of its steps, and
 * the diagnostics. Places are offsets in UTF-16 units, as programs in a browser count them.
 */
#include "edit/api/api_private.h"

struct api_document {
	struct api_request *r;
	struct str text;
	uint32_t *units; /* for each byte of the text and its end, its offset in UTF-16 units */
};

/* edit_utf16_offset for all bytes of the text, in linear time. */
static void count_units(struct api_document *d)
{
	uint32_t units = 0;

	d->units = ARENA_ARRAY(&d->r->arena, d->text.len + 1, uint32_t);
	for (size_t at = 0; at < d->text.len;) {
		size_t step = str_utf8_step(d->text, at);

		for (size_t i = 0; i < (step ? step : 1); i++)
			d->units[at + i] = units;
		/* A character outside the basic plane is a pair of units. */
		units += step == 4 ? 2 : 1;
		at += step ? step : 1;
	}
	d->units[d->text.len] = units;
}

static uint32_t units_at(const void *arg, uint32_t at)
{
	const struct api_document *d = arg;

	return d->units[at <= d->text.len ? at : d->text.len];
}

/* ---- tree */

static void put_node(struct api_document *d, const char *key, const struct node *node);

static void put_span(struct api_document *d, const char *begin, const char *end, struct span span)
{
	if (!span.source)
		return;
	json_writer_uint(&d->r->json, begin, units_at(d, span.begin));
	json_writer_uint(&d->r->json, end, units_at(d, span.end));
}

static void put_pairs(struct api_document *d, const struct node *node)
{
	struct json_writer *j = &d->r->json;

	json_writer_open_array(j, "pairs");
	for (size_t i = 0; i < node->count; i++) {
		json_writer_open(j, NULL);
		json_writer_text(j, "key", node->pairs[i].key->text);
		put_span(d, "begin", "end", node->pairs[i].key->span);
		put_node(d, "value", node->pairs[i].value);
		json_writer_close(j);
	}
	json_writer_close_array(j);
}

static void put_node(struct api_document *d, const char *key, const struct node *node)
{
	static const char *const kinds[] = {"text", "list", "map"};
	static const char *const styles[] = {"plain", "single", "double", "literal", "folded"};
	struct json_writer *j = &d->r->json;

	json_writer_open(j, key);
	json_writer_text(j, "kind", str_of(kinds[node->kind]));
	put_span(d, "begin", "end", node->alias.source ? node->alias : node->span);
	if (node->alias.source)
		json_writer_bool(j, "alias", true);
	if (node->kind == NODE_SCALAR) {
		json_writer_text(j, "value", node->text);
		json_writer_text(j, "style", str_of(styles[node->style]));
	} else {
		json_writer_bool(j, "flow", node->flow);
	}
	if (node->kind == NODE_MAP)
		put_pairs(d, node);
	if (node->kind == NODE_LIST) {
		json_writer_open_array(j, "items");
		for (size_t i = 0; i < node->count; i++)
			put_node(d, NULL, node->items[i]);
		json_writer_close_array(j);
	}
	json_writer_close(j);
}

/* ---- steps that are turned into comments */

static void put_disabled(struct api_document *d)
{
	struct json_writer *j = &d->r->json;
	const struct edit_disabled *items;
	size_t count = edit_disabled_items(&d->r->arena, d->text, &items);

	json_writer_open_array(j, "disabled");
	for (size_t i = 0; i < count; i++) {
		json_writer_open(j, NULL);
		json_writer_text(j, "list", items[i].list);
		json_writer_uint(j, "item", items[i].number);
		json_writer_uint(j, "before", items[i].before);
		json_writer_uint(j, "begin", units_at(d, items[i].begin));
		json_writer_uint(j, "end", units_at(d, items[i].end));
		put_node(d, "value", items[i].item);
		json_writer_close(j);
	}
	json_writer_close_array(j);
}

static void put_checked(void *arg, const struct api_checked *checked)
{
	struct api_document *d = arg;
	struct json_writer *j = &d->r->json;

	json_writer_uint(j, "errors", checked->diags->errors);
	json_writer_uint(j, "warnings", checked->diags->warnings);
	diag_put_json(j, "diagnostics", checked->diags, units_at, d);
	if (checked->root)
		put_node(d, "tree", checked->root);
	else
		json_writer_null(j, "tree");
}

void api_document_put(struct api_request *r, const char *path, struct str text)
{
	struct api_document d = {.r = r, .text = text};

	count_units(&d);
	json_writer_text(&r->json, "path", r->path);
	json_writer_text(&r->json, "version", edit_digest(&r->arena, text));
	json_writer_text(&r->json, "text", text);
	put_disabled(&d);
	r->api->config.services->check(path, text, put_checked, &d);
}
