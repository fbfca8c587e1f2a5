/* The step of an operation: its URL, parameters, body and what its response must be. */
#include "base/ascii.h"
#include "base/url.h"
#include "import/naming.h"
#include "import/openapi/openapi.h"
#include "import/template_text.h"

struct yaml_writer_node *openapi_headers(struct openapi *o, struct yaml_writer_node *step)
{
	struct yaml_writer_node *headers = yaml_writer_find(step, STR("headers"));

	if (headers)
		return headers;
	headers = yaml_writer_put(o->arena, step, STR("headers"), yaml_writer_map(o->arena));
	headers->flow = true;
	return headers;
}

/* ---- parameters */

static const struct node *value_of(struct openapi *o, const struct openapi_binding *binding)
{
	if (binding->text.ptr)
		return openapi_text_node(o, binding->text);
	return openapi_parameter_value(o, binding->parameter);
}

static const struct openapi_binding *find_binding(const struct openapi_binding_list *bindings,
						  struct str name, enum openapi_place place)
{
	for (size_t i = 0; i < bindings->items.count; i++) {
		const struct openapi_binding *b = &bindings->items.items[i];

		if (b->parameter->place == place && str_eq(b->parameter->name, name))
			return b;
	}
	return NULL;
}

/* The path with the values of its variables. */
static void put_path(struct openapi *o, const struct openapi_operation *op,
		     const struct openapi_binding_list *bindings, struct buf *url)
{
	for (size_t at = 0; at < op->path.len; at++) {
		size_t end = str_find_char(op->path, '}', at);
		const struct openapi_binding *b;

		if (op->path.ptr[at] != '{' || end == NOT_FOUND) {
			url_put_printable(url, str_slice(op->path, at, at + 1));
			continue;
		}
		b = find_binding(bindings, str_slice(op->path, at + 1, end), OPENAPI_PATH);
		if (b)
			openapi_put_path_value(o, b->parameter, value_of(o, b), url);
		at = end;
	}
}

static struct yaml_writer_node *map_at(struct openapi *o, struct yaml_writer_node *step,
				       const char *key)
{
	struct yaml_writer_node *map = yaml_writer_find(step, str_of(key));

	if (!map)
		map = yaml_writer_put(o->arena, step, str_of(key), yaml_writer_map(o->arena));
	map->flow = true;
	return map;
}

/* A parameter that is a key of the API, not a value. */
static struct str secret_value(struct openapi *o, const struct openapi_binding *b)
{
	const struct openapi_parameter *p = b->parameter;
	struct openapi_schema s;

	openapi_schema_read(o, p->schema, &s);
	if (b->text.ptr || !naming_is_secret(p->name) || s.enumeration ||
	    (s.types && !(s.types & OPENAPI_STRING)))
		return STR_NULL;
	return openapi_secret(o, arena_printf(o->arena, "parameter %.*s", STR_ARG(p->name)),
			      p->name, STR(""));
}

/* Headers that OpenAPI derives from other keys. A specification that requires Authorization and
 * names no security scheme means the header itself. */
static bool is_set_elsewhere(struct openapi *o, const struct openapi_operation *op,
			     struct str header)
{
	return str_ieq(header, STR("Accept")) ||
	       (str_ieq(header, STR("Content-Type")) && op->body) ||
	       (str_ieq(header, STR("Authorization")) && openapi_has_auth(o, op));
}

static void put_header(struct openapi *o, const struct openapi_binding *b, struct str text,
		       struct yaml_writer_node *step)
{
	struct yaml_writer_node *headers;

	if (!str_is_token(b->parameter->name))
		return;
	headers = openapi_headers(o, step);
	if (!yaml_writer_find(headers, b->parameter->name))
		yaml_writer_put_text(o->arena, headers, b->parameter->name, text);
}

static void put_parameter(struct openapi *o, const struct openapi_operation *op,
			  const struct openapi_binding *b, struct buf *url,
			  struct yaml_writer_node *query, struct yaml_writer_node *step)
{
	const struct openapi_parameter *p = b->parameter;
	struct str text;

	if (p->place == OPENAPI_PATH ||
	    (p->place == OPENAPI_HEADER && is_set_elsewhere(o, op, p->name)))
		return;
	text = secret_value(o, b);
	if (p->place == OPENAPI_QUERY && text.ptr) {
		yaml_writer_append(o->arena, query, p->name, yaml_writer_text(o->arena, text));
		return;
	}
	if (p->place == OPENAPI_QUERY) {
		openapi_put_query_value(o, p, value_of(o, b), url, query);
		return;
	}
	if (!text.ptr)
		text = openapi_template(o, openapi_joined_value(o, p, value_of(o, b)));
	if (p->place == OPENAPI_HEADER)
		put_header(o, b, text, step);
	else if (!yaml_writer_find(map_at(o, step, "cookies"), p->name))
		yaml_writer_put_text(o->arena, map_at(o, step, "cookies"), p->name, text);
}

/* ---- the step */

static void put_accept(struct openapi *o, const struct openapi_operation *op,
		       struct yaml_writer_node *step)
{
	struct yaml_writer_node *events, *until;
	const struct node *example;
	struct str media = STR("");

	for (size_t i = 0; i < op->responses.count && !media.len; i++)
		openapi_response_schema(o, op, op->responses.items[i], &media, &example);
	if (media.len && !str_eq(media, STR("application/json")))
		yaml_writer_put_text(o->arena, openapi_headers(o, step), STR("Accept"), media);
	if (!str_starts(media, STR("text/event-stream")))
		return;
	/* It may never end. */
	events = yaml_writer_put(o->arena, step, STR("events"), yaml_writer_map(o->arena));
	until = yaml_writer_put(o->arena, events, STR("until"), yaml_writer_map(o->arena));
	events->flow = until->flow = true;
	yaml_writer_put_text(o->arena, until, STR("time"), STR("2s"));
}

struct yaml_writer_node *openapi_build_step(struct openapi *o, struct openapi_operation *op,
					    const struct openapi_binding_list *bindings)
{
	struct yaml_writer_node *step = yaml_writer_map(o->arena);
	struct yaml_writer_node *query = yaml_writer_map(o->arena), *action;
	struct str server = openapi_own_server(o, op);
	struct buf url;

	o->step_node = step;
	buf_init(&url, 0);
	buf_add(&url, server);
	action = yaml_writer_put_text(o->arena, step, op->method, STR("/"));
	if (op->id.len)
		yaml_writer_put_text(o->arena, step, STR("name"), openapi_plain(o, op->id));
	put_path(o, op, bindings, &url);
	for (size_t i = 0; i < bindings->items.count; i++)
		put_parameter(o, op, &bindings->items.items[i], &url, query, step);
	if (query->members.count) {
		query->flow = true;
		yaml_writer_put(o->arena, step, STR("query"), query);
	}
	action->text = template_text_url(o->arena, buf_str(&url));
	put_accept(o, op, step);
	openapi_put_security(o, op, step);
	openapi_put_body(o, op, step);
	o->step_node = NULL;
	buf_release(&url);
	return step;
}

/* ---- the response */

static void put_status(struct openapi *o, const struct openapi_operation *op,
		       struct yaml_writer_node *expect)
{
	struct yaml_writer_node *list = yaml_writer_list(o->arena);

	list->flow = true;
	for (size_t i = 0; i < op->statuses.count; i++) {
		char *bytes = arena_cstr(o->arena, op->statuses.items[i]);

		for (size_t k = 0; bytes[k]; k++)
			bytes[k] = ascii_to_lower(bytes[k]);
		yaml_writer_add(o->arena, list, yaml_writer_word(o->arena, str_of(bytes)));
	}
	if (list->members.count == 1)
		list = list->members.items[0].value;
	if (op->statuses.count)
		yaml_writer_put(o->arena, expect, STR("status"), list);
}

/* Redirects that are the documented success. */
static void put_redirect(struct openapi *o, const struct openapi_operation *op,
			 struct yaml_writer_node *expect, struct yaml_writer_node *step)
{
	const struct node *all = node_find(op->node, STR("responses"));

	for (size_t i = 0; all && all->kind == NODE_MAP && i < all->count; i++) {
		struct str status = all->pairs[i].key->text;

		if (status.len != 3 || status.ptr[0] != '3' || !ascii_is_digit(status.ptr[1]))
			continue;
		yaml_writer_put(o->arena, step, STR("follow_redirects"),
				yaml_writer_word(o->arena, STR("no")));
		yaml_writer_put(o->arena, expect, STR("status"),
				yaml_writer_word(o->arena, status));
		return;
	}
}

/* The media type, if all successful responses have the same. */
static void put_type(struct openapi *o, const struct openapi_operation *op,
		     struct yaml_writer_node *expect)
{
	struct yaml_writer_node *header, *value;
	struct str type = STR("");

	for (size_t i = 0; i < op->responses.count; i++) {
		const struct node *example;
		struct str media;

		openapi_response_schema(o, op, op->responses.items[i], &media, &example);
		media = str_trim(str_slice(media, 0, str_find_char(media, ';', 0)));
		if (!media.len || str_find_char(media, '*', 0) != NOT_FOUND ||
		    (type.len && !str_eq(type, media)))
			return;
		type = media;
	}
	if (!type.len || str_eq(op->method, STR("head")))
		return;
	header = yaml_writer_put(o->arena, expect, STR("header"), yaml_writer_map(o->arena));
	value = yaml_writer_put(o->arena, header, STR("Content-Type"), yaml_writer_map(o->arena));
	header->flow = value->flow = true;
	yaml_writer_put_text(o->arena, value, STR("contains"), type);
}

void openapi_put_expect(struct openapi *o, const struct openapi_operation *op,
			struct yaml_writer_node *step)
{
	struct yaml_writer_node *expect = yaml_writer_map(o->arena);

	expect->flow = true;
	put_status(o, op, expect);
	if (!op->statuses.count)
		put_redirect(o, op, expect, step);
	put_type(o, op, expect);
	if (expect->members.count)
		yaml_writer_put(o->arena, step, STR("expect"), expect);
}
