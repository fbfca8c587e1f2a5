#include "import/postman/collection_build.h"

#include <string.h>

static struct node *new_node(struct arena *a, enum node_kind kind, struct span span)
{
	struct node *node = ARENA_NEW(a, struct node);

	node->kind = kind;
	node->span = span;
	node->alias = SPAN_NONE;
	node->expanded = 1;
	return node;
}

struct node *collection_build_map(struct arena *a, struct span span)
{
	return new_node(a, NODE_MAP, span);
}

struct node *collection_build_list(struct arena *a, struct span span)
{
	return new_node(a, NODE_LIST, span);
}

/* A text in quotes. */
static struct node *build_text(struct arena *a, struct span span, struct str text)
{
	struct node *node = new_node(a, NODE_SCALAR, span);

	node->style = NODE_DOUBLE;
	node->text = text;
	return node;
}

/* Whether an array with COUNT elements is full: its size starts at 4 and doubles. */
static size_t grown(size_t count)
{
	if (!count)
		return 4;
	return count >= 4 && !(count & (count - 1)) ? 2 * count : 0;
}

struct node *collection_build_put(struct arena *a, struct node *map, const char *key,
				  struct node *value)
{
	size_t size = grown(map->count);
	struct node_pair *pairs = (struct node_pair *)map->pairs;

	if (size) {
		pairs = ARENA_ARRAY(a, size, struct node_pair);
		for (size_t i = 0; i < map->count; i++)
			pairs[i] = map->pairs[i];
		map->pairs = pairs;
	}
	pairs[map->count++] = (struct node_pair){
	    .key = build_text(a, value->span, arena_str(a, str_of(key))), .value = value};
	map->expanded += value->expanded + 1;
	return value;
}

void collection_build_put_text(struct arena *a, struct node *map, const char *key, struct span span,
			       struct str text)
{
	if (text.ptr)
		collection_build_put(a, map, key, build_text(a, span, text));
}

struct node *collection_build_add(struct arena *a, struct node *list, struct node *value)
{
	size_t size = grown(list->count);
	const struct node **items = (const struct node **)list->items;

	if (size) {
		items = ARENA_ARRAY(a, size, const struct node *);
		for (size_t i = 0; i < list->count; i++)
			items[i] = list->items[i];
		list->items = items;
	}
	items[list->count++] = value;
	list->expanded += value->expanded;
	return value;
}

struct node *collection_build_row(struct arena *a, struct node *list, struct span span,
				  struct str key, struct str value, bool off)
{
	struct node *row = collection_build_add(a, list, collection_build_map(a, span));

	collection_build_put_text(a, row, "key", span, key);
	collection_build_put_text(a, row, "value", span, value.ptr ? value : STR(""));
	if (off)
		collection_build_put_text(a, row, "disabled", span, STR("true"));
	return row;
}

void collection_build_script(struct arena *a, struct node *item, const char *listen,
			     struct span span, struct str text)
{
	struct node *events = (struct node *)node_find(item, STR("event"));
	struct node *event, *script, *lines;

	if (!str_trim(text).len)
		return;
	if (!events)
		events =
		    collection_build_put(a, item, "event", collection_build_list(a, item->span));
	event = collection_build_add(a, events, collection_build_map(a, span));
	collection_build_put_text(a, event, "listen", span, str_of(listen));
	script = collection_build_put(a, event, "script", collection_build_map(a, span));
	lines = collection_build_put(a, script, "exec", collection_build_list(a, span));
	for (size_t at = 0; at < text.len;) {
		size_t end = str_find_char(text, '\n', at);

		end = end == NOT_FOUND ? text.len : end;
		collection_build_add(a, lines, build_text(a, span, str_slice(text, at, end)));
		at = end + 1;
	}
}

/* ---- addresses and bodies */

struct node *collection_build_url(struct arena *a, struct node *request, struct span span,
				  struct str raw)
{
	struct node *url = collection_build_put(a, request, "url", collection_build_map(a, span));
	size_t mark = str_find_char(raw, '?', 0), scheme, slash;
	struct str address = str_slice(raw, 0, mark), pairs;
	struct node *query;

	scheme = str_find(address, STR("://"), 0);
	slash = str_find_char(address, '/', scheme == NOT_FOUND ? 0 : scheme + 3);
	collection_build_put_text(a, url, "raw", span, raw);
	collection_build_put_text(a, url, "host", span, str_slice(address, 0, slash));
	if (slash != NOT_FOUND)
		collection_build_put_text(a, url, "path", span,
					  str_slice(address, slash, address.len));
	query = collection_build_put(a, url, "query", collection_build_list(a, span));
	pairs = mark == NOT_FOUND ? STR("") : str_slice(raw, mark + 1, raw.len);
	for (size_t at = 0; at < pairs.len;) {
		size_t end = str_find_char(pairs, '&', at), equals;
		struct str pair = str_slice(pairs, at, end == NOT_FOUND ? pairs.len : end);

		equals = str_find_char(pair, '=', 0);
		collection_build_row(
		    a, query, span, str_slice(pair, 0, equals),
		    equals == NOT_FOUND ? STR("") : str_slice(pair, equals + 1, pair.len), false);
		at = end == NOT_FOUND ? pairs.len : end + 1;
	}
	return query;
}

static struct node *body_of(struct arena *a, struct node *request, struct span span,
			    const char *mode)
{
	struct node *body = collection_build_put(a, request, "body", collection_build_map(a, span));

	collection_build_put_text(a, body, "mode", span, str_of(mode));
	return body;
}

struct node *collection_build_rows(struct arena *a, struct node *request, struct span span,
				   const char *mode)
{
	return collection_build_put(a, body_of(a, request, span, mode), mode,
				    collection_build_list(a, span));
}

void collection_build_raw(struct arena *a, struct node *request, struct span span, struct str text,
			  struct str language)
{
	struct node *body = body_of(a, request, span, "raw"), *options, *raw;

	collection_build_put_text(a, body, "raw", span, text);
	options = collection_build_put(a, body, "options", collection_build_map(a, span));
	raw = collection_build_put(a, options, "raw", collection_build_map(a, span));
	collection_build_put_text(a, raw, "language", span, language);
}

void collection_build_file(struct arena *a, struct node *request, struct span span, struct str path)
{
	struct node *file = collection_build_put(a, body_of(a, request, span, "file"), "file",
						 collection_build_map(a, span));

	collection_build_put_text(a, file, "src", span, path);
}

void collection_build_graphql(struct arena *a, struct node *request, struct span span,
			      struct str query, struct str operation, struct str variables)
{
	struct node *graphql = collection_build_put(a, body_of(a, request, span, "graphql"),
						    "graphql", collection_build_map(a, span));

	collection_build_put_text(a, graphql, "query", span, query);
	collection_build_put_text(a, graphql, "operationName", span, operation);
	collection_build_put_text(a, graphql, "variables", span, variables);
}

/* ---- authentication */

/* VALUE of the key OURS as Postman writes it. */
static struct str auth_value(const char *ours, struct str value)
{
	if (strcmp(ours, "in") == 0)
		return str_ieq(value, STR("queryParams")) ? STR("query") : STR("header");
	if (strcmp(ours, "client_authentication") == 0)
		return str_eq(value, STR("true")) || str_eq(value, STR("body")) ? STR("body")
										: STR("header");
	if (strcmp(ours, "grant_type") == 0 && str_eq(value, STR("password")))
		return STR("password_credentials");
	return value;
}

void collection_build_put_auth(struct arena *a, struct node *out, struct span span,
			       const struct collection_build_auth *table, size_t count,
			       struct str type, struct str (*value)(void *owner, const char *key),
			       void *owner)
{
	struct node *auth = collection_build_put(a, out, "auth", collection_build_map(a, span));
	struct node *rows;

	for (size_t i = 0; i < count; i++) {
		const struct collection_build_auth *kind = &table[i];

		if (!str_eq(type, str_of(kind->theirs)))
			continue;
		rows = collection_build_put(a, auth, kind->ours, collection_build_list(a, span));
		for (size_t k = 0; kind->keys[k].theirs; k++) {
			struct str found = value(owner, kind->keys[k].theirs);

			if (found.ptr)
				collection_build_row(a, rows, span, str_of(kind->keys[k].ours),
						     auth_value(kind->keys[k].ours, found), false);
		}
		type = str_of(kind->ours);
		break;
	}
	collection_build_put_text(a, auth, "type", span, type);
}
