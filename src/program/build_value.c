/* Scalars, lists and mappings of the file as values and as JSON text, with templates in them. */
#include "base/escape.h"
#include "doc/node.h"
#include "program/emitter.h"
#include "program/other_tools_syntax.h"
#include "program/template_builder.h"
#include "scenario/scalar.h"

const struct tmpl *build_typed(struct emitter *e, const struct text *text)
{
	if (!text->node || node_is_quoted(text->node) ||
	    str_find_char(text->raw, '$', 0) != NOT_FOUND)
		return build_template(e, text, ESCAPE_NONE);
	return template_builder_from_value(e, scalar_value(text->node), text->node->span);
}

/* ---- as one value */

static bool has_template(const struct node *node)
{
	if (node->kind == NODE_SCALAR)
		return str_find_char(node->text, '$', 0) != NOT_FOUND;
	for (size_t i = 0; i < node->count; i++)
		if (has_template(node->kind == NODE_LIST ? node->items[i] : node->pairs[i].value))
			return true;
	return false;
}

/* Keys too: they can be templates in JSON text, not in a value. */
static bool has_template_or_key(const struct node *node)
{
	if (node->kind != NODE_MAP && node->kind != NODE_LIST)
		return has_template(node);
	for (size_t i = 0; i < node->count; i++)
		if (node->kind == NODE_LIST ? has_template_or_key(node->items[i])
					    : has_template(node->pairs[i].key) ||
						  has_template_or_key(node->pairs[i].value))
			return true;
	return false;
}

static struct value constant_node(struct emitter *e, const struct node *node)
{
	bool map = node->kind == NODE_MAP;

	if (node->kind == NODE_SCALAR)
		return scalar_value(node);
	struct value *items = ARENA_ARRAY(e->arena, 2 * node->count + 1, struct value);
	for (size_t i = 0; i < node->count; i++)
		if (map) {
			items[2 * i] = value_text(node->pairs[i].key->text);
			items[2 * i + 1] = constant_node(e, node->pairs[i].value);
		} else {
			items[i] = constant_node(e, node->items[i]);
		}
	return (struct value){
	    .type = map ? VALUE_OBJECT : VALUE_LIST, .items = items, .count = node->count};
}

static void push_node(struct emitter *e, struct expr_builder *b, const struct node *node)
{
	bool map = node->kind == NODE_MAP;

	if (!has_template(node)) {
		expr_push_value(b, constant_node(e, node), node->span);
		return;
	}
	if (node->kind == NODE_SCALAR) {
		struct text text = {.raw = node->text, .node = node};
		const struct tmpl *tmpl = build_typed(e, &text);

		if (tmpl->constant)
			expr_push_value(b, tmpl->value, node->span);
		else if (tmpl->whole)
			for (uint32_t i = 0; i < tmpl->parts[0].expr->count; i++)
				expr_push(b, tmpl->parts[0].expr->ops[i]);
		else
			expr_push(b, (struct expr_op){
					 .code = EXPR_TEMPLATE, .tmpl = tmpl, .span = node->span});
		return;
	}
	for (size_t i = 0; i < node->count && !b->failed; i++) {
		if (map)
			expr_push_value(b, value_text(node->pairs[i].key->text), node->span);
		push_node(e, b, map ? node->pairs[i].value : node->items[i]);
	}
	if (!b->failed)
		expr_push(b, (struct expr_op){.code = map ? EXPR_OBJECT : EXPR_LIST,
					      .count = (uint16_t)node->count,
					      .span = node->span});
}

const struct tmpl *build_value(struct emitter *e, const struct node *node)
{
	struct text text = {.raw = node->text, .node = node};

	if (node->kind == NODE_SCALAR)
		return build_typed(e, &text);
	if (!has_template(node))
		return template_builder_from_value(e, constant_node(e, node), node->span);
	struct expr_builder b = emitter_expr_builder(e);
	push_node(e, &b, node);
	return build_expr_template(e, expr_finish(&b, node->span));
}

const struct tmpl *build_one_of(struct emitter *e, const struct node *node)
{
	struct expr_builder b = emitter_expr_builder(e);
	uint32_t pick = name_map_find(&e->function_map, STR("pick"));

	push_node(e, &b, node);
	b.failed |= node->kind != NODE_LIST; /* it was reported */
	if (pick != NAME_NONE && !b.failed)
		expr_push(&b, (struct expr_op){.code = EXPR_CALL,
					       .count = 1,
					       .function = e->tables->functions[pick],
					       .span = node->span});
	return build_expr_template(e, expr_finish(&b, node->span));
}

/* ---- as JSON text */

static struct str escaped_json(struct emitter *e, struct str raw)
{
	struct buf text;

	buf_init(&text, 0);
	escape_json(&text, raw);
	struct str kept = arena_str(e->arena, buf_str(&text));
	buf_release(&text);
	return kept;
}

static void add_json_constant(struct template_builder *m, struct value v)
{
	struct buf text;

	buf_init(&text, 0);
	value_put_json(&text, v);
	template_builder_add_literal(m, arena_str(m->e->arena, buf_str(&text)));
	buf_release(&text);
}

/* `${x}` alone keeps its type; with text around it, it is inside a string. */
static void add_json_scalar(struct template_builder *m, const struct node *node, bool key)
{
	struct text text = {.raw = node->text, .node = node};
	struct template_builder parts = {.e = m->e};

	if (str_find_char(node->text, '$', 0) == NOT_FOUND) {
		add_json_constant(m, key ? value_text(node->text) : scalar_value(node));
		return;
	}
	template_builder_add_text(&parts, &text, ESCAPE_JSON_TEXT);
	if (!key && parts.parts.count == 1 && parts.parts.items[0].expr) {
		template_builder_add_expr(m, parts.parts.items[0].expr, ESCAPE_JSON_VALUE);
		return;
	}
	template_builder_add_literal(m, STR("\""));
	for (size_t i = 0; i < parts.parts.count; i++) {
		const struct tmpl_part *part = &parts.parts.items[i];

		if (part->expr) {
			template_builder_add_expr(m, part->expr, ESCAPE_JSON_TEXT);
			continue;
		}
		struct str quoted = escaped_json(m->e, part->literal);
		template_builder_add_literal(m, str_slice(quoted, 1, quoted.len - 1));
	}
	template_builder_add_literal(m, STR("\""));
}

static void add_json(struct template_builder *m, const struct node *node)
{
	bool map = node->kind == NODE_MAP;

	if (node->kind == NODE_SCALAR) {
		add_json_scalar(m, node, false);
		return;
	}
	template_builder_add_literal(m, map ? STR("{") : STR("["));
	for (size_t i = 0; i < node->count; i++) {
		if (i)
			template_builder_add_literal(m, STR(","));
		if (map) {
			add_json_scalar(m, node->pairs[i].key, true);
			template_builder_add_literal(m, STR(":"));
		}
		add_json(m, map ? node->pairs[i].value : node->items[i]);
	}
	template_builder_add_literal(m, map ? STR("}") : STR("]"));
}

static void warn_other_tools(struct emitter *e, const struct node *node)
{
	struct text text = {.raw = node->text, .node = node};

	if (node->kind == NODE_SCALAR)
		other_tools_syntax_warn(e, &text, true);
	for (size_t i = 0; node->kind == NODE_LIST && i < node->count; i++)
		warn_other_tools(e, node->items[i]);
	for (size_t i = 0; node->kind == NODE_MAP && i < node->count; i++) {
		warn_other_tools(e, node->pairs[i].key);
		warn_other_tools(e, node->pairs[i].value);
	}
}

const struct tmpl *build_json(struct emitter *e, const struct node *node)
{
	struct template_builder m = {.e = e, .span = node->span};

	warn_other_tools(e, node);
	/* Constant parts are joined at each piece: a large constant body is joined in one step. */
	if (!has_template_or_key(node))
		add_json_constant(&m, constant_node(e, node));
	else
		add_json(&m, node);
	return template_builder_finish(&m);
}
