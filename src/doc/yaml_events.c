/* The only file that includes libyaml: builds the tree from its events, within limits. */
#include "doc/yaml_private.h"

#include <yaml.h>

#include "base/ascii.h"
#include "base/log.h"
#include "doc/yaml.h"

#define MARK_STRIDE  256
#define ANCHOR_SLOTS 4096 /* a power of two, four times YAML_MAX_ANCHORS */

typedef VEC(const struct node *) node_vec;
typedef VEC(struct node_pair) pair_vec;

struct anchor {
	struct str name;
	struct node *node;
	struct span span;
	bool used;
};

/* A list or map whose end has not been read yet. */
struct open_node {
	struct node *node;
	struct str anchor;
	node_vec items;
	pair_vec pairs;
	const struct node *key; /* the key of the next value; NULL: a key comes next */
	bool drop;		/* the next value is read and dropped: its key was refused */
	uint32_t end;
};

struct tree_builder {
	struct yaml_reader *r;
	struct yaml_problem *problem;
	yaml_parser_t parser;
	size_t characters;
	bool ascii;
	uint32_t *marks; /* byte offset of every MARK_STRIDEth character of the working text */
	struct open_node frames[YAML_MAX_DEPTH];
	unsigned depth;
	struct node *root;
	uint32_t expanded;
	unsigned anchor_count;
	uint16_t slots[ANCHOR_SLOTS]; /* index + 1 into anchors */
	struct anchor anchors[YAML_MAX_ANCHORS];
};

/* ---- positions */

static void index_characters(struct tree_builder *b)
{
	struct str text = b->r->text;

	b->characters = str_columns(text);
	b->ascii = b->characters == text.len;
	if (b->ascii)
		return;
	b->marks = ARENA_ARRAY(b->r->arena, b->characters / MARK_STRIDE + 1, uint32_t);
	size_t n = 0;
	for (size_t i = 0; i < text.len; i++) {
		if (((unsigned char)text.ptr[i] & 0xc0) == 0x80)
			continue;
		if (n % MARK_STRIDE == 0)
			b->marks[n / MARK_STRIDE] = (uint32_t)i;
		n++;
	}
}

/* libyaml counts characters. */
static uint32_t text_offset(const struct tree_builder *b, size_t character)
{
	struct str text = b->r->text;

	if (character >= b->characters)
		return (uint32_t)text.len;
	if (b->ascii)
		return (uint32_t)character;
	size_t at = b->marks[character / MARK_STRIDE];
	for (size_t left = character % MARK_STRIDE; left > 0; left--) {
		at++;
		while (at < text.len && ((unsigned char)text.ptr[at] & 0xc0) == 0x80)
			at++;
	}
	return (uint32_t)at;
}

static uint32_t source_offset(const struct tree_builder *b, const yaml_mark_t *mark)
{
	return yaml_source_offset(b->r, text_offset(b, mark->index));
}

static bool is_anchor_letter(char c)
{
	return ascii_is_name(c) || c == '-';
}

/* Skips `&name` and the spaces and comments after it. */
static uint32_t skip_anchor(struct str text, uint32_t at, uint32_t end)
{
	bool blank = false;

	for (at++; at < end && is_anchor_letter(text.ptr[at]);)
		at++;
	for (; at < end; at++) {
		if (blank && text.ptr[at] == '#')
			while (at < end && text.ptr[at] != '\n')
				at++;
		else if (!memchr(" \t\r\n", text.ptr[at], 4))
			break;
		blank = true;
	}
	return at < end ? at : end;
}

/* The span of an event, without the anchor before the value. */
static struct span value_span(const struct tree_builder *b, const yaml_event_t *event,
			      bool anchored)
{
	uint32_t begin = text_offset(b, event->start_mark.index);
	uint32_t end = text_offset(b, event->end_mark.index);

	if (anchored)
		begin = skip_anchor(b->r->text, begin, end);
	return yaml_span(b->r, yaml_source_offset(b->r, begin), yaml_source_offset(b->r, end));
}

/* ---- anchors */

static uint16_t *anchor_slot(struct tree_builder *b, struct str name)
{
	size_t slot = str_hash(name) & (ANCHOR_SLOTS - 1);

	while (b->slots[slot] && !str_eq(b->anchors[b->slots[slot] - 1].name, name))
		slot = (slot + 1) & (ANCHOR_SLOTS - 1);
	return &b->slots[slot];
}

static bool stop(struct tree_builder *b, enum yaml_status status, uint32_t at, uint32_t end)
{
	b->problem->status = status;
	b->problem->at = at;
	b->problem->context_at = end;
	return false;
}

static bool add_anchor(struct tree_builder *b, const char *name, struct node *node,
		       struct span span)
{
	struct str text = arena_str(b->r->arena, str_of(name));
	uint16_t *slot = anchor_slot(b, text);

	if (!*slot) {
		if (b->anchor_count == YAML_MAX_ANCHORS) {
			diag_error(&b->r->pending, span, DIAG_E106,
				   "more than %u anchors; the rest of the file is ignored",
				   YAML_MAX_ANCHORS);
			return stop(b, YAML_STOPPED, span.begin, span.end);
		}
		*slot = (uint16_t)++b->anchor_count;
	}
	b->anchors[*slot - 1] = (struct anchor){text, node, span, false};
	return true;
}

static void warn_unused_anchors(struct tree_builder *b)
{
	for (unsigned i = 0; i < b->anchor_count; i++) {
		const struct anchor *anchor = &b->anchors[i];

		if (anchor->used)
			continue;
		struct diag *diag =
		    diag_warning(&b->r->pending, anchor->span, DIAG_W111,
				 "the anchor '&%.*s' is never used; it is not part of the text",
				 STR_ARG(anchor->name));
		diag_note(&b->r->pending, diag, SPAN_NONE,
			  "put a text that starts with & in quotes");
	}
}

/* ---- the tree */

static bool add_key(struct tree_builder *b, struct open_node *frame, const struct node *key)
{
	frame->key = key;
	if (key->kind != NODE_SCALAR)
		return stop(b, YAML_KEY_NOT_TEXT, key->span.begin, key->span.end);
	frame->drop = !yaml_key_is_valid(b->r, frame->pairs.items, frame->pairs.count, key);
	return true;
}

/* Adds NODE to the container that is open. False if the reading ends here. */
static bool attach_node(struct tree_builder *b, struct node *node)
{
	struct open_node *frame = b->depth ? &b->frames[b->depth - 1] : NULL;

	if (b->expanded > YAML_MAX_EXPANDED) {
		diag_error(
		    &b->r->pending, node->alias.source ? node->alias : node->span, DIAG_E106,
		    "more than %u values, with aliases followed; the rest of the file is ignored",
		    YAML_MAX_EXPANDED);
		return stop(b, YAML_STOPPED, node->span.begin, node->span.end);
	}
	if (!frame) {
		b->root = node;
		return true;
	}
	uint32_t end = node->alias.source ? node->alias.end : node->span.end;
	if (end > frame->end)
		frame->end = end;
	frame->node->expanded += node->expanded;
	if (frame->node->kind == NODE_LIST) {
		VEC_PUSH(b->r->arena, &frame->items, node);
	} else if (!frame->key) {
		return add_key(b, frame, node);
	} else {
		struct node_pair pair = {frame->key, node};

		if (!frame->drop)
			VEC_PUSH(b->r->arena, &frame->pairs, pair);
		frame->key = NULL;
	}
	return true;
}

static struct node *new_node(struct tree_builder *b, enum node_kind kind, struct span span)
{
	struct node *node = ARENA_NEW(b->r->arena, struct node);

	node->kind = kind;
	node->span = span;
	node->expanded = 1;
	b->expanded++;
	return node;
}

static struct node *close_frame(struct tree_builder *b)
{
	struct open_node *frame = &b->frames[--b->depth];
	struct node *node = frame->node;

	frame->pairs.count = yaml_drop_duplicates(b->r, frame->pairs.items, frame->pairs.count);
	node->items = frame->items.items;
	node->pairs = frame->pairs.items;
	node->count = node->kind == NODE_LIST ? frame->items.count : frame->pairs.count;
	if (!node->flow && frame->end > node->span.begin)
		node->span.end = frame->end;
	return node;
}

/* ---- events */

static enum node_style style_of(yaml_scalar_style_t style)
{
	if (style == YAML_SINGLE_QUOTED_SCALAR_STYLE)
		return NODE_SINGLE;
	if (style == YAML_DOUBLE_QUOTED_SCALAR_STYLE)
		return NODE_DOUBLE;
	if (style == YAML_LITERAL_SCALAR_STYLE)
		return NODE_LITERAL;
	return style == YAML_FOLDED_SCALAR_STYLE ? NODE_FOLDED : NODE_PLAIN;
}

static bool on_scalar(struct tree_builder *b, const yaml_event_t *event)
{
	const char *anchor = (const char *)event->data.scalar.anchor;
	struct span whole = value_span(b, event, false);
	struct node *node = new_node(b, NODE_SCALAR, value_span(b, event, anchor != NULL));
	struct str text = str_n((const char *)event->data.scalar.value, event->data.scalar.length);

	if (event->data.scalar.tag)
		return stop(b, YAML_TAG, whole.begin, whole.end);
	node->style = style_of(event->data.scalar.style);
	node->fixed = yaml_has_fixit(b->r, whole.begin, whole.end);
	if (text.len > YAML_MAX_SCALAR) {
		diag_error(&b->r->pending, node->span, DIAG_E106,
			   "a text of %zu bytes is too long; the maximum is %u bytes", text.len,
			   YAML_MAX_SCALAR);
		node->reported = true;
		text = STR("");
	}
	node->text = arena_str(b->r->arena, text);
	b->problem->last_begin = node->span.begin;
	b->problem->last_end = node->span.end;
	b->problem->last_quoted = node->style == NODE_SINGLE || node->style == NODE_DOUBLE;
	if (anchor) {
		if (node_is_empty(node))
			return stop(b, YAML_ANCHOR_EMPTY, whole.begin, whole.end);
		if (!add_anchor(b, anchor, node, whole))
			return false;
	}
	return attach_node(b, node);
}

static bool on_start(struct tree_builder *b, const yaml_event_t *event, enum node_kind kind)
{
	bool list = kind == NODE_LIST;
	const char *anchor = (const char *)(list ? event->data.sequence_start.anchor
						 : event->data.mapping_start.anchor);
	const char *tag =
	    (const char *)(list ? event->data.sequence_start.tag : event->data.mapping_start.tag);
	bool flow = list ? event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE
			 : event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
	struct span whole = value_span(b, event, false);
	struct node *node = new_node(b, kind, value_span(b, event, anchor != NULL));

	if (tag)
		return stop(b, YAML_TAG, whole.begin, whole.end);
	if (b->depth == YAML_MAX_DEPTH) {
		diag_error(&b->r->pending, whole, DIAG_E106,
			   "nested more than %u levels deep; the rest of the file is ignored",
			   YAML_MAX_DEPTH);
		return stop(b, YAML_STOPPED, whole.begin, whole.end);
	}
	node->flow = flow;
	if (anchor && !add_anchor(b, anchor, node, whole))
		return false;
	b->frames[b->depth++] = (struct open_node){.node = node, .end = node->span.end};
	return true;
}

static bool on_end(struct tree_builder *b, const yaml_event_t *event)
{
	struct open_node *frame = &b->frames[b->depth - 1];

	if (frame->node->flow) {
		struct span span = value_span(b, event, false);

		frame->node->span.end = span.end;
		frame->end = span.end;
	}
	struct node *node = close_frame(b);
	return attach_node(b, node);
}

static bool is_open(const struct tree_builder *b, const struct node *node)
{
	for (unsigned i = 0; i < b->depth; i++)
		if (b->frames[i].node == node)
			return true;
	return false;
}

static bool on_alias(struct tree_builder *b, const yaml_event_t *event)
{
	struct str name = str_of((const char *)event->data.alias.anchor);
	struct span span = value_span(b, event, false);
	uint16_t slot = *anchor_slot(b, name);

	if (!slot)
		return stop(b, YAML_ALIAS_UNKNOWN, span.begin, span.end);
	struct anchor *anchor = &b->anchors[slot - 1];
	if (is_open(b, anchor->node)) {
		struct diag *diag = diag_error(
		    &b->r->pending, span, DIAG_E131,
		    "the alias '*%.*s' is inside the value that it repeats", STR_ARG(name));
		diag_note(&b->r->pending, diag, anchor->span, "the anchor");
		return stop(b, YAML_STOPPED, span.begin, span.end);
	}
	anchor->used = true;
	struct node *copy = ARENA_NEW(b->r->arena, struct node);
	*copy = *anchor->node;
	copy->alias = span;
	b->expanded += copy->expanded;
	return attach_node(b, copy);
}

static bool on_document(struct tree_builder *b, const yaml_event_t *event)
{
	struct span span = value_span(b, event, false);

	if (!b->root)
		return true;
	struct diag *diag =
	    diag_error(&b->r->pending, span, DIAG_E107,
		       "a second YAML document starts here; a file must have only one");
	diag_note(&b->r->pending, diag, SPAN_NONE,
		  "put several scenarios under `scenarios:` in one file, or run several files: "
		  "reprise run a.yaml b.yaml");
	return stop(b, YAML_STOPPED, span.begin, span.end);
}

static bool on_event(struct tree_builder *b, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return on_scalar(b, event);
	case YAML_SEQUENCE_START_EVENT:
		return on_start(b, event, NODE_LIST);
	case YAML_MAPPING_START_EVENT:
		return on_start(b, event, NODE_MAP);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return on_end(b, event);
	case YAML_ALIAS_EVENT:
		return on_alias(b, event);
	case YAML_DOCUMENT_START_EVENT:
		return on_document(b, event);
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
	case YAML_STREAM_END_EVENT:
		return true;
	}
	BUG("libyaml event %d", (int)event->type);
}

static void record_syntax_error(struct tree_builder *b)
{
	const yaml_parser_t *parser = &b->parser;
	struct yaml_problem *problem = b->problem;

	if (parser->error == YAML_MEMORY_ERROR)
		die_out_of_memory();
	problem->status = YAML_SYNTAX;
	problem->what = parser->problem ? parser->problem : "";
	problem->context = parser->context ? parser->context : "";
	problem->at = parser->error == YAML_READER_ERROR
			  ? yaml_source_offset(b->r, (uint32_t)parser->problem_offset)
			  : source_offset(b, &parser->problem_mark);
	problem->flow_at = problem->at;
	for (unsigned i = 0; i < b->depth; i++)
		if (b->frames[i].node->flow)
			problem->flow_at = b->frames[i].node->span.begin;
	problem->context_at =
	    parser->context ? source_offset(b, &parser->context_mark) : problem->at;
}

/* Closes the lists and maps that were open when the reading ended, with the content so far. */
static void close_truncated(struct tree_builder *b)
{
	while (b->depth > 0) {
		struct open_node *frame = &b->frames[b->depth - 1];

		frame->node->truncated = true;
		if (frame->key && !frame->drop && frame->key->kind == NODE_SCALAR) {
			struct node *missing = ARENA_NEW(b->r->arena, struct node);

			missing->truncated = true;
			missing->reported = true;
			missing->expanded = 1;
			missing->span = yaml_span(b->r, frame->key->span.end, frame->key->span.end);
			missing->text = STR("");
			struct node_pair pair = {frame->key, missing};
			VEC_PUSH(b->r->arena, &frame->pairs, pair);
		}
		struct node *node = close_frame(b);
		struct open_node *outer = b->depth ? &b->frames[b->depth - 1] : NULL;
		if (!outer) {
			b->root = node;
		} else if (outer->node->kind == NODE_LIST) {
			VEC_PUSH(b->r->arena, &outer->items, node);
		} else if (outer->key) {
			struct node_pair pair = {outer->key, node};

			if (!outer->drop)
				VEC_PUSH(b->r->arena, &outer->pairs, pair);
			outer->key = NULL;
		}
	}
}

const struct node *yaml_build(struct yaml_reader *r, struct yaml_problem *problem)
{
	struct tree_builder *b = ARENA_NEW(r->arena, struct tree_builder);
	yaml_event_t event;
	bool more = true;

	*problem = (struct yaml_problem){.what = "", .context = ""};
	b->r = r;
	b->problem = problem;
	index_characters(b);
	if (!yaml_parser_initialize(&b->parser))
		die_out_of_memory();
	yaml_parser_set_encoding(&b->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&b->parser, (const unsigned char *)r->text.ptr, r->text.len);
	while (more) {
		if (!yaml_parser_parse(&b->parser, &event)) {
			record_syntax_error(b);
			break;
		}
		more = on_event(b, &event) && event.type != YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	if (problem->status == YAML_OK)
		warn_unused_anchors(b);
	close_truncated(b);
	yaml_parser_delete(&b->parser);
	return b->root;
}

const char *yaml_library_version(void)
{
	return yaml_get_version_string();
}
