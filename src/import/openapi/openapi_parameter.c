/* The values of parameters as text: the styles of OpenAPI 3 and the collection formats of Swagger 2
 * (RFC 6570 for most of them). */
#include "base/url.h"
#include "import/openapi/openapi.h"
#include "import/template_text.h"

/* A path needs a text: the first choice of the schema that is not empty. */
static const struct node *not_empty(struct openapi *o, const struct openapi_parameter *p,
				    const struct node *value)
{
	struct openapi_schema s;

	if (p->place != OPENAPI_PATH || value->kind != NODE_SCALAR || value->text.len)
		return value;
	openapi_schema_read(o, p->schema, &s);
	for (size_t i = 0; s.enumeration && i < s.enumeration->count; i++)
		if (s.enumeration->items[i]->kind == NODE_SCALAR &&
		    s.enumeration->items[i]->text.len)
			return s.enumeration->items[i];
	return openapi_text_node(o, openapi_generate_text(o, &s, p->name, 0));
}

const struct node *openapi_parameter_value(struct openapi *o, const struct openapi_parameter *p)
{
	const struct node *example = p->example ? openapi_resolve(o, p->example) : NULL;

	if (example && example->kind == NODE_SCALAR && !example->text.len &&
	    p->place == OPENAPI_PATH)
		example = NULL;
	if (example && openapi_accepts(o, p->schema, example, !p->media.len))
		return example;
	if (example)
		openapi_unsupported(o, p->node,
				    arena_printf(o->arena, "example of %.*s", STR_ARG(p->name)),
				    "it does not match its schema; another value is sent");
	return not_empty(o, p, openapi_generate(o, p->schema, p->name, !p->media.len));
}

/* Appends TEXT: its literal parts encoded unless RESERVED, its variables as ${…}. */
static void put_encoded(struct buf *out, struct str text, bool reserved)
{
	for (size_t at = 0; at < text.len;) {
		size_t mark = str_find(text, STR(TX_VARIABLE), at), from, to;

		from = mark + sizeof(TX_VARIABLE) - 1;
		to = mark == NOT_FOUND ? mark : str_find(text, STR(TX_VARIABLE_END), from);
		if (reserved)
			url_put_printable(out,
					  str_slice(text, at, to == NOT_FOUND ? text.len : mark));
		else
			url_encode(out, str_slice(text, at, to == NOT_FOUND ? text.len : mark),
				   false);
		if (to == NOT_FOUND)
			return;
		template_text_add_expression(out, str_slice(text, from, to));
		at = to + sizeof(TX_VARIABLE_END) - 1;
	}
}

/* A scalar as its text, anything else as JSON. */
static struct str text_of(struct openapi *o, const struct node *value)
{
	if (value->kind != NODE_SCALAR)
		return openapi_json_text(o, value);
	return openapi_type_of(value) == OPENAPI_NULL && !node_is_quoted(value) ? STR("null")
										: value->text;
}

/* How the parts of a value are joined. */
struct joining {
	const char *between;	  /* two items, or two members */
	const char *before_value; /* between a key and its value */
	bool encode, reserved;
};

static void put_part(struct openapi *o, const struct joining *j, const struct node *value,
		     struct buf *out)
{
	if (j->encode)
		put_encoded(out, text_of(o, value), j->reserved);
	else
		buf_add(out, text_of(o, value));
}

static void put_joined(struct openapi *o, const struct joining *j, const struct node *value,
		       struct buf *out)
{
	if (value->kind == NODE_SCALAR) {
		put_part(o, j, value, out);
		return;
	}
	for (size_t i = 0; i < value->count; i++) {
		if (i)
			buf_add(out, str_of(j->between));
		if (value->kind == NODE_LIST) {
			put_part(o, j, value->items[i], out);
			continue;
		}
		put_part(o, j, value->pairs[i].key, out);
		buf_add(out, str_of(j->before_value));
		put_part(o, j, value->pairs[i].value, out);
	}
}

/* ---- path, headers, cookies */

static void put_matrix(struct openapi *o, const struct openapi_parameter *p,
		       const struct node *value, struct buf *path)
{
	struct joining j = {",", ",", .encode = true};

	if (!p->explode || value->kind == NODE_SCALAR) {
		buf_printf(path, ";%.*s=", STR_ARG(p->name));
		put_joined(o, &j, value, path);
		return;
	}
	for (size_t i = 0; i < value->count; i++) {
		buf_printf(path, ";%.*s=",
			   STR_ARG(value->kind == NODE_LIST ? p->name : value->pairs[i].key->text));
		put_part(o, &j, value->kind == NODE_LIST ? value->items[i] : value->pairs[i].value,
			 path);
	}
}

void openapi_put_path_value(struct openapi *o, const struct openapi_parameter *p,
			    const struct node *value, struct buf *path)
{
	struct joining j = {",", p->explode ? "=" : ",", .encode = true};

	if (p->media.len) {
		put_encoded(path, openapi_json_text(o, value), false);
		return;
	}
	if (str_eq(p->style, STR("matrix"))) {
		put_matrix(o, p, value, path);
		return;
	}
	if (str_eq(p->style, STR("label"))) {
		buf_add_char(path, '.');
		j.between = p->explode ? "." : ",";
	}
	put_joined(o, &j, value, path);
}

struct str openapi_joined_value(struct openapi *o, const struct openapi_parameter *p,
				const struct node *value)
{
	struct joining j = {",", p->explode ? "=" : ",", .encode = false};
	struct str result;
	struct buf out;

	if (p->media.len)
		return openapi_json_text(o, value);
	buf_init(&out, 0);
	put_joined(o, &j, value, &out);
	result = arena_str(o->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

/* ---- query */

static void append(struct openapi *o, struct yaml_writer_node *query, struct str key,
		   const struct node *value)
{
	yaml_writer_append(o->arena, query, key,
			   yaml_writer_text(o->arena, openapi_template(o, text_of(o, value))));
}

static void put_raw(struct openapi *o, const struct openapi_parameter *p, const char *between,
		    const struct node *value, struct buf *url)
{
	struct joining j = {between, between, .encode = true, .reserved = p->reserved};

	buf_add_char(url, str_find_char(buf_str(url), '?', 0) == NOT_FOUND ? '?' : '&');
	url_encode(url, p->name, false);
	buf_add_char(url, '=');
	put_joined(o, &j, value, url);
}

static const char *separator(const struct openapi_parameter *p)
{
	if (str_eq(p->style, STR("spaceDelimited")))
		return "%20";
	if (str_eq(p->style, STR("pipeDelimited")))
		return "|";
	return str_eq(p->style, STR("tabDelimited")) ? "%09" : ",";
}

/* name[key]=value, also for objects within objects. */
static void put_deep(struct openapi *o, struct str name, const struct node *value,
		     struct yaml_writer_node *query)
{
	if (value->kind == NODE_SCALAR)
		append(o, query, name, value);
	for (size_t i = 0; value->kind == NODE_LIST && i < value->count; i++)
		put_deep(o, name, value->items[i], query);
	for (size_t i = 0; value->kind == NODE_MAP && i < value->count; i++)
		put_deep(o,
			 arena_printf(o->arena, "%.*s[%.*s]", STR_ARG(name),
				      STR_ARG(value->pairs[i].key->text)),
			 value->pairs[i].value, query);
}

void openapi_put_query_value(struct openapi *o, const struct openapi_parameter *p,
			     const struct node *value, struct buf *url,
			     struct yaml_writer_node *query)
{
	if (p->media.len)
		append(o, query, p->name, openapi_text_node(o, openapi_json_text(o, value)));
	else if (str_eq(p->style, STR("deepObject")))
		put_deep(o, p->name, value, query);
	else if (value->kind == NODE_SCALAR && p->reserved)
		put_raw(o, p, ",", value, url);
	else if (value->kind == NODE_SCALAR)
		append(o, query, p->name, value);
	else if (!p->explode && value->count)
		put_raw(o, p, separator(p), value, url);
	for (size_t i = 0; value->kind != NODE_SCALAR && p->explode && !p->media.len &&
			   !str_eq(p->style, STR("deepObject")) && i < value->count;
	     i++)
		append(o, query, value->kind == NODE_LIST ? p->name : value->pairs[i].key->text,
		       value->kind == NODE_LIST ? value->items[i] : value->pairs[i].value);
}
