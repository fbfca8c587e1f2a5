/* The element of a page that is at a place of its text. */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "finder/proposal_private.h"
#include "html/html_token.h"
#include "html/html_tree.h"

#define TAGS_MAX 20000 /* they are counted in quadratic time */

/* A start tag: its name, and its number among the tags with that name. */
struct start_tag {
	struct str name;
	unsigned number;
};

struct place_reader {
	struct proposal_search *s;
	struct html_tokenizer tokenizer;
	struct html_tree *tree;
	VEC(struct start_tag) tags;
	struct arena arena;
	size_t begin, end; /* of the place */
};

static void closed(void *data, struct html_element *element)
{
	(void)data;
	(void)element;
}

static bool covers(const struct place_reader *p, struct str part)
{
	const char *body = p->s->f->response.body.ptr;

	return part.ptr && part.ptr <= body + p->begin && body + p->end <= part.ptr + part.len;
}

static void add_tag(struct place_reader *p, const struct html_token *token)
{
	struct start_tag tag = {.name = token->name, .number = 1};

	for (size_t i = p->tags.count; i-- > 0;)
		if (str_ieq(p->tags.items[i].name, tag.name)) {
			tag.number = p->tags.items[i].number + 1;
			break;
		}
	VEC_PUSH(&p->arena, &p->tags, tag);
}

/* The attribute of TOKEN that covers the place. */
static struct str attribute_at(const struct place_reader *p, const struct html_token *token)
{
	struct html_attribute attribute;
	size_t at = 0;

	while (html_token_attribute(token, &at, &attribute))
		if (covers(p, attribute.value))
			return attribute.name;
	return STR_NULL;
}

/* The number of the tag around the place, from 0; NOT_FOUND if there is none. */
static size_t find_tag(struct place_reader *p, struct str *attribute)
{
	struct html_element context;
	struct html_token token;

	while (p->tags.count < TAGS_MAX && html_token_next(&p->tokenizer, &token)) {
		if (token.type == HTML_TOKEN_TEXT && covers(p, token.text))
			return html_tree_top(p->tree)->item;
		if (token.type == HTML_TOKEN_END && !token.foreign)
			html_tree_end(p->tree, token.tag);
		if (token.type != HTML_TOKEN_START)
			continue;
		add_tag(p, &token);
		if (covers(p, token.attributes)) {
			*attribute = attribute_at(p, &token);
			return attribute->ptr ? p->tags.count - 1 : NOT_FOUND;
		}
		if (token.foreign)
			continue;
		if (html_tree_start(p->tree, token.tag, &context) == HTML_START_PUSHED)
			html_tree_top(p->tree)->item = (uint32_t)p->tags.count - 1;
		if (p->tokenizer.xml && token.self_closing)
			html_tree_end(p->tree, token.tag);
	}
	return NOT_FOUND;
}

static struct str lower_case(struct arena *a, struct str name)
{
	char *copy = arena_cstr(a, name);

	for (char *c = copy; *c; c++)
		*c = ascii_to_lower(*c);
	return str_of(copy);
}

static const struct markup_element *element_number(struct proposal_search *s, struct str name,
						   unsigned number)
{
	struct finder *f = s->f;
	struct markup_path_error error;
	struct str ignored;
	const struct markup_path *path = markup_path_from_xpath(
	    f->out, arena_printf(f->out, "(//%.*s)[%u]", STR_ARG(name), number), &error);

	return path ? markup_element_find(f->out, path, &f->response, &f->scratch, &ignored) : NULL;
}

const struct markup_element *proposal_element_at(struct proposal_search *s, size_t begin,
						 size_t end, struct str *attribute)
{
	struct finder *f = s->f;
	struct place_reader p = {.s = s, .begin = begin, .end = end};
	const struct markup_element *element = NULL;
	size_t tag;

	*attribute = STR("");
	arena_init(&p.arena, 0);
	p.tree = alloc_zeroed(1, sizeof *p.tree);
	html_tree_init(p.tree);
	p.tree->closed = closed;
	html_tree_top(p.tree)->item = UINT32_MAX;
	html_token_init(&p.tokenizer, f->response.body);
	p.tokenizer.open = p.tree->open;
	p.tokenizer.xml = str_starts(str_trim(f->response.body), STR("<?xml"));
	tag = find_tag(&p, attribute);
	if (tag < p.tags.count) {
		const struct start_tag *found = &p.tags.items[tag];
		struct str lower = lower_case(f->out, found->name);

		element = element_number(s, found->name, found->number);
		if (!element && !str_eq(lower, found->name))
			element = element_number(s, lower, found->number);
	}
	free(p.tree);
	arena_release(&p.arena);
	return element;
}
