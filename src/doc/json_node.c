#include "doc/json_node.h"

#include "doc/json.h"

#define DEPTH_MAX 128

struct tree {
	struct arena *a;
	const struct source *source;
	const struct json_tape *tape;
	struct buf scratch;
};

static struct node *scalar(struct tree *t, const struct json_item *item, bool quoted)
{
	struct node *node = ARENA_ARRAY(t->a, 1, struct node);
	uint32_t quote = quoted ? 1 : 0;

	node->kind = NODE_SCALAR;
	node->style = quoted ? NODE_DOUBLE : NODE_PLAIN;
	node->alias = SPAN_NONE;
	node->span = (struct span){.source = t->source,
				   .begin = item->begin - quote,
				   .end = item->begin + item->bytes + quote};
	node->expanded = 1;
	if (!quoted) {
		node->text = arena_str(t->a, json_raw(t->tape, item));
		return node;
	}
	buf_clear(&t->scratch);
	node->text = arena_str(t->a, json_text(t->tape, item, &t->scratch));
	return node;
}

static const struct node *build(struct tree *t, uint32_t index, unsigned depth);

static void fill_list(struct tree *t, struct node *node, uint32_t index, unsigned depth)
{
	const struct json_item *item = &t->tape->items[index];
	const struct node **items = ARENA_ARRAY(t->a, json_count(item) + 1, const struct node *);

	for (uint32_t i = index + 1; i < item->next; i = t->tape->items[i].next)
		items[node->count++] = build(t, i, depth + 1);
	node->items = items;
}

/* The place of KEY among the pairs so far, or their number. */
static size_t place_of(const struct node *node, const struct node_pair *pairs, struct str key)
{
	size_t i = 0;

	while (i < node->count && !str_eq(pairs[i].key->text, key))
		i++;
	return i;
}

static void fill_map(struct tree *t, struct node *node, uint32_t index, unsigned depth)
{
	const struct json_item *item = &t->tape->items[index];
	struct node_pair *pairs = ARENA_ARRAY(t->a, json_count(item) + 1, struct node_pair);

	for (uint32_t i = index + 1; i < item->next;) {
		const struct node *key = scalar(t, &t->tape->items[i], true);
		size_t at = place_of(node, pairs, key->text);

		pairs[at].key = key;
		pairs[at].value = build(t, i + 1, depth + 1);
		node->count += at == node->count;
		i = t->tape->items[i + 1].next;
	}
	node->pairs = pairs;
}

static const struct node *build(struct tree *t, uint32_t index, unsigned depth)
{
	const struct json_item *item = &t->tape->items[index];
	enum json_type type = json_type(item);
	struct node *node;

	if (type != JSON_ARRAY && type != JSON_OBJECT)
		return scalar(t, item, type == JSON_STRING);
	node = ARENA_ARRAY(t->a, 1, struct node);
	node->kind = type == JSON_ARRAY ? NODE_LIST : NODE_MAP;
	node->flow = true;
	node->alias = SPAN_NONE;
	node->span = (struct span){
	    .source = t->source, .begin = item->begin, .end = item->begin + item->bytes};
	node->expanded = item->next - index;
	if (depth >= DEPTH_MAX)
		return node; /* what is deeper is empty */
	if (type == JSON_ARRAY)
		fill_list(t, node, index, depth);
	else
		fill_map(t, node, index, depth);
	return node;
}

const struct node *json_node_read(struct arena *a, const struct source *source, size_t *at,
				  const char **why)
{
	struct json_tape tape;
	struct tree t = {.a = a, .source = source, .tape = &tape};
	const struct node *root = NULL;

	json_init(&tape);
	buf_init(&t.scratch, 0);
	if (json_read(&tape, source->text)) {
		root = build(&t, 0, 0);
	} else {
		*at = tape.error_at;
		*why = tape.error;
	}
	buf_release(&t.scratch);
	json_release(&tape);
	return root;
}
