#include "base/secret_set.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/log.h"
#include "base/secret_forms.h"

#define DEPTH_MAX 256u /* bytes of a form in the automaton; the rest is compared */

/* Bytes of rests that are compared for each byte of a text, also if the parts of the text overlap.
 * So a text that repeats the start of a secret takes linear time. */
#define OVERLAPS_MAX 8u

/* A start of one or several forms. Nodes are numbers, because the array moves; 0: none. */
struct secret_node {
	uint32_t child, sibling;
	uint32_t fail;	  /* the longest start that is an end of this one */
	uint32_t longest; /* the node of the longest form that ends here, along the fail links */
	uint32_t secret;  /* of the first form with this start */
	uint32_t depth;	  /* bytes */
	uint32_t skip;	  /* bytes of context, which are not a part of the secret */
	uint32_t rest;	  /* of the long forms with this start, the last that was added, plus 1 */
	unsigned char byte;
	bool ends; /* a form ends here */
};

/* The bytes of a form after the first DEPTH_MAX; there may be none. */
struct secret_rest {
	uint32_t next; /* another one of the same node, plus 1; 0: none */
	uint32_t secret;
	size_t at, len; /* in `bytes` */
};

/* In forms a space is + too. */
static unsigned char canonical(char c)
{
	return (unsigned char)(c == '+' ? ' ' : c);
}

/* ---- memory */

void secret_set_init(struct secret_set *set)
{
	*set = (struct secret_set){.nodes = NULL};
	buf_init(&set->bytes, 0);
	buf_init(&set->starts, 0);
}

void secret_set_release(struct secret_set *set)
{
	free(set->nodes);
	free(set->secrets);
	free(set->rests);
	buf_release(&set->bytes);
	buf_release(&set->starts);
	secret_set_init(set);
}

void secret_set_clear(struct secret_set *set)
{
	set->node_count = set->secret_count = set->rest_count = 0;
	memset(set->first, 0, sizeof set->first);
	buf_clear(&set->bytes);
	buf_clear(&set->starts);
	set->prepared = false;
}

/* ITEMS with room for one more. */
static void *grown(void *items, size_t count, size_t *cap, size_t bytes)
{
	if (count < *cap)
		return items;
	*cap = *cap ? 2 * *cap : 64;
	items = realloc(items, *cap * bytes);
	if (!items)
		die_out_of_memory();
	return items;
}

/* ---- adding */

static uint32_t new_node(struct secret_set *set, struct secret_node node)
{
	set->nodes = grown(set->nodes, set->node_count, &set->node_cap, sizeof *set->nodes);
	set->nodes[set->node_count] = node;
	return (uint32_t)set->node_count++;
}

static uint32_t new_secret(struct secret_set *set, struct str name, struct str secret)
{
	if (set->prepared)
		BUG("a secret was added after the set was prepared");
	if (!set->node_count)
		new_node(set, (struct secret_node){.depth = 0});
	set->secrets =
	    grown(set->secrets, set->secret_count, &set->secret_cap, sizeof *set->secrets);
	set->secrets[set->secret_count] = (struct secret){name, set->bytes.len, secret.len};
	buf_add(&set->bytes, secret);
	return (uint32_t)set->secret_count++;
}

/* The child of AT for BYTE, or 0. */
static uint32_t child_of(const struct secret_set *set, uint32_t at, unsigned char byte)
{
	uint32_t child;

	if (!at)
		return set->first[byte];
	for (child = set->nodes[at].child; child; child = set->nodes[child].sibling)
		if (set->nodes[child].byte == byte)
			return child;
	return 0;
}

static uint32_t add_child(struct secret_set *set, uint32_t at, unsigned char byte, uint32_t secret)
{
	uint32_t child = new_node(set, (struct secret_node){.secret = secret,
							    .depth = set->nodes[at].depth + 1,
							    .sibling = set->nodes[at].child,
							    .byte = byte});

	set->nodes[at].child = child;
	if (!at)
		set->first[byte] = child;
	return child;
}

static uint32_t min_of(size_t a, size_t b)
{
	return (uint32_t)(a < b ? a : b);
}

/* The node of the start of FORM that the automaton knows; the form has SKIP bytes of context. */
static uint32_t add_path(struct secret_set *set, struct str form, size_t skip, uint32_t secret)
{
	uint32_t at = 0;

	for (size_t i = 0; i < form.len && i < DEPTH_MAX; i++) {
		unsigned char byte = canonical(form.ptr[i]);
		uint32_t child = child_of(set, at, byte);

		if (child) {
			set->nodes[child].skip = min_of(set->nodes[child].skip, skip);
		} else {
			child = add_child(set, at, byte, secret);
			set->nodes[child].skip = min_of(skip, i + 1);
		}
		at = child;
	}
	return at;
}

static struct str bytes_of_rest(const struct secret_set *set, const struct secret_rest *rest)
{
	return str_n(set->bytes.data + rest->at, rest->len);
}

/* Adds REST to the long forms that begin at node AT, unless it is known. */
static void add_rest(struct secret_set *set, uint32_t at, uint32_t secret, struct str rest)
{
	uint32_t first = set->nodes[at].rest;

	for (uint32_t i = first; i; i = set->rests[i - 1].next)
		if (str_eq(bytes_of_rest(set, &set->rests[i - 1]), rest))
			return;
	set->rests = grown(set->rests, set->rest_count, &set->rest_cap, sizeof *set->rests);
	set->rests[set->rest_count] = (struct secret_rest){first, secret, set->bytes.len, rest.len};
	set->nodes[at].rest = (uint32_t)++set->rest_count;
	buf_add(&set->bytes, rest);
}

static void add_form(struct secret_set *set, uint32_t secret, struct str form, size_t skip)
{
	uint32_t at = add_path(set, form, skip, secret);
	struct secret_node *node = &set->nodes[at];

	if (!node->ends)
		node->secret = secret;
	node->ends = true;
	if (node->depth == DEPTH_MAX)
		add_rest(set, at, secret, str_slice(form, DEPTH_MAX, form.len));
}

/* Whether SECRET was added before, so that all of its forms are known. */
static bool is_known(const struct secret_set *set, struct str secret)
{
	uint32_t at = 0;

	if (!set->node_count || secret.len > DEPTH_MAX)
		return false;
	for (size_t i = 0; i < secret.len; i++) {
		at = child_of(set, at, canonical(secret.ptr[i]));
		if (!at)
			return false;
	}
	const struct secret_node *node = &set->nodes[at];
	const struct secret *known = &set->secrets[node->secret];

	return node->ends && !node->skip &&
	       str_eq(str_n(set->bytes.data + known->at, known->len), secret);
}

static void add_forms(struct secret_set *set, uint32_t number, struct str secret)
{
	struct secret_forms forms;

	secret_forms_init(&forms, secret);
	for (size_t i = 0; i < forms.count; i++)
		add_form(set, number, forms.forms[i], 0);
	secret_forms_release(&forms);
}

void secret_set_add(struct secret_set *set, struct str name, struct str secret)
{
	struct secret_forms_text decoded;
	uint32_t number;

	if (secret.len < SECRET_FORMS_MIN || is_known(set, secret))
		return;
	number = new_secret(set, name, secret);
	add_forms(set, number, secret);
	/* A cookie may be percent-encoded, and a decoded text has the secret %41 decoded too. */
	secret_forms_text_init(&decoded);
	if (secret_forms_decode(secret, &decoded) && decoded.bytes.len >= SECRET_FORMS_MIN)
		add_forms(set, number, buf_str(&decoded.bytes));
	secret_forms_text_release(&decoded);
}

void secret_set_add_after(struct secret_set *set, struct str name, struct str context,
			  struct str secret)
{
	struct str near =
	    str_slice(context, context.len - min_of(context.len, SECRET_SET_CONTEXT), context.len);
	struct buf form;
	size_t number;

	if (!secret.len)
		return;
	number = new_secret(set, name, secret);
	if (!near.len) {
		buf_add(&set->starts, str_n((const char *)&number, sizeof number));
		return;
	}
	buf_init(&form, 0);
	buf_add(&form, near);
	buf_add(&form, secret);
	add_form(set, (uint32_t)number, buf_str(&form), near.len);
	buf_release(&form);
}

/* ---- preparing */

static uint32_t step_from(const struct secret_set *set, uint32_t at, unsigned char byte)
{
	uint32_t child;

	while (!(child = child_of(set, at, byte)) && at)
		at = set->nodes[at].fail;
	return child;
}

/* The bytes of a secret that the form that ends at node AT has. */
static uint32_t weight(const struct secret_set *set, uint32_t at)
{
	return at ? set->nodes[at].depth - set->nodes[at].skip : 0;
}

static void link_node(struct secret_set *set, uint32_t parent, uint32_t at)
{
	struct secret_node *node = &set->nodes[at];

	node->fail = parent ? step_from(set, set->nodes[parent].fail, node->byte) : 0;
	node->longest = set->nodes[node->fail].longest;
	if (node->ends && weight(set, at) >= weight(set, node->longest))
		node->longest = at;
}

void secret_set_prepare(struct secret_set *set)
{
	uint32_t *queue, head = 0, tail = 0;

	if (set->prepared)
		return;
	set->prepared = true;
	if (!set->node_count)
		return;
	queue = malloc(set->node_count * sizeof *queue);
	if (!queue)
		die_out_of_memory();
	queue[tail++] = 0;
	while (head < tail) {
		uint32_t parent = queue[head++];

		for (uint32_t at = set->nodes[parent].child; at; at = set->nodes[at].sibling) {
			link_node(set, parent, at);
			queue[tail++] = at;
		}
	}
	free(queue);
}

/* ---- searching */

static struct str bytes_of(const struct secret_set *set, const struct secret *secret)
{
	return str_n(set->bytes.data + secret->at, secret->len);
}

static void search_starts(const struct secret_set *set, struct str text,
			  void (*found)(void *owner, const struct secret_hit *hit), void *owner)
{
	size_t number;

	for (size_t i = 0; i < set->starts.len; i += sizeof number) {
		memcpy(&number, set->starts.data + i, sizeof number);
		const struct secret *secret = &set->secrets[number];

		if (str_starts(text, bytes_of(set, secret)))
			found(owner, &(struct secret_hit){0, secret->len, secret->name, true});
	}
}

/* NODE's form, or its start, ends at END. */
static struct secret_hit hit_of(const struct secret_set *set, const struct secret_node *node,
				size_t end)
{
	return (struct secret_hit){.from = end - node->depth + node->skip,
				   .to = end,
				   .name = set->secrets[node->secret].name};
}

/* The characters of tokens. A space may be a + in a form, but no token has one. */
static bool is_of_token(char c)
{
	return ascii_is_alnum(c) || (c && strchr("-_.~+/=", c));
}

/* The number of bytes that TEXT has from AT of REST. */
static size_t common(struct str rest, struct str text, size_t at)
{
	size_t i = 0;

	while (i < rest.len && at + i < text.len &&
	       canonical(rest.ptr[i]) == canonical(text.ptr[at + i]))
		i++;
	return i;
}

/* A search in a text. */
struct search {
	const struct secret_set *set;
	struct str text;
	size_t compared; /* rests were compared up to there */
	size_t budget;	 /* bytes that may be compared again */
};

/* Extends HIT by the longest rest of NODE that follows it. If the text has no rest as a whole, by
 * the longest part of one; several forms have the same start then, and it may be that of another
 * value of their kind, so it is extended to the end of the token. */
static void extend_hit(struct search *s, const struct secret_node *node, struct secret_hit *hit)
{
	const struct secret_set *set = s->set;
	size_t from = hit->to, whole = 0, part = 0;
	uint32_t whole_of = 0, part_of = node->rest;

	for (uint32_t i = node->rest; i; i = set->rests[i - 1].next) {
		struct str rest = bytes_of_rest(set, &set->rests[i - 1]);
		size_t length = common(rest, s->text, from);

		s->budget -= length < s->budget ? length : s->budget;
		if (length == rest.len && (!whole_of || length > whole)) {
			whole = length;
			whole_of = i;
		}
		if (length > part) {
			part = length;
			part_of = i;
		}
	}
	if (whole_of && (part <= whole || !secret_forms_is_cut(s->text, from + part))) {
		part = whole;
		part_of = whole_of;
	}
	hit->to = from + part;
	if (!whole_of && set->rests[node->rest - 1].next)
		while (hit->to < s->text.len && is_of_token(s->text.ptr[hit->to]))
			hit->to++;
	const struct secret *secret = &set->secrets[set->rests[part_of - 1].secret];

	hit->name = secret->name;
	hit->plain = str_eq(str_slice(s->text, hit->from, hit->to), bytes_of(set, secret));
	if (s->compared < hit->to)
		s->compared = hit->to;
}

/* The longest form that ends at NODE, which the first END bytes of the text end with. */
static struct secret_hit form_at(struct search *s, const struct secret_node *node, size_t end)
{
	struct secret_hit hit = hit_of(s->set, node, end);

	if (node->rest && (end >= s->compared || s->budget))
		extend_hit(s, node, &hit);
	else
		hit.plain = str_eq(str_slice(s->text, hit.from, hit.to),
				   bytes_of(s->set, &s->set->secrets[node->secret]));
	return hit;
}

void secret_set_search(const struct secret_set *set, struct str text,
		       void (*found)(void *owner, const struct secret_hit *hit), void *owner)
{
	struct search s = {.set = set, .text = text, .budget = OVERLAPS_MAX * text.len};
	uint32_t at = 0;

	if (!set->node_count)
		return;
	if (!set->prepared)
		BUG("a set of secrets is not prepared");
	search_starts(set, text, found, owner);
	for (size_t i = 0; i < text.len; i++) {
		at = step_from(set, at, canonical(text.ptr[i]));
		if (!at)
			continue;
		const struct secret_node *node = &set->nodes[set->nodes[at].longest];

		if (node->depth) {
			struct secret_hit hit = form_at(&s, node, i + 1);

			found(owner, &hit);
		}
		node = &set->nodes[at];
		if (node->depth >= SECRET_FORMS_MIN + node->skip &&
		    secret_forms_is_cut(text, i + 1)) {
			struct secret_hit hit = hit_of(set, node, i + 1);

			found(owner, &hit);
		}
	}
}
