/* The body of a request. */
#include "doc/json_node.h"
#include "import/json_tree.h"
#include "import/naming.h"
#include "import/postman/postman.h"

/* ---- JSON */

static struct str json_text(void *owner, const struct node *node, struct str key)
{
	return naming_is_secret(key) ? postman_secret(owner, node, key, node->text)
				     : postman_convert(owner, node, node->text);
}

static struct yaml_writer_node *tree_of(struct postman *p, const struct node *json)
{
	return json_tree(p->arena, json, STR(""),
			 &(struct json_tree_texts){.owner = p, .convert = json_text});
}

/* TEXT as JSON whose values can be written as `json:`; NULL if it is not JSON, or has a template
 * outside a text, such as {"id": {{id}}}. */
static const struct node *read_json(struct postman *p, struct str text)
{
	const struct node *top;
	const char *why;
	size_t byte;

	text = str_trim(text);
	if (!str_starts(text, STR("{")) && !str_starts(text, STR("[")))
		return NULL;
	for (size_t at = 0; (at = str_find(text, STR("{{"), at)) != NOT_FOUND; at += 2) {
		size_t quotes = 0;

		for (size_t i = 0; i < at; i++)
			quotes += text.ptr[i] == '"' && (!i || text.ptr[i - 1] != '\\');
		if (quotes % 2 == 0)
			return NULL;
	}
	top = json_node_read(p->arena, source_new(p->arena, STR("body"), text), &byte, &why);
	return top && top->kind != NODE_SCALAR ? top : NULL;
}

/* The media type that Postman sends for the language of a raw body, unless a header names one. */
static const char *language_type(struct str language)
{
	static const char *const types[][2] = {{"json", "application/json"},
					       {"xml", "application/xml"},
					       {"html", "text/html"},
					       {"javascript", "application/javascript"},
					       {"text", "text/plain"}};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (str_eq(language, str_of(types[i][0])))
			return types[i][1];
	return "text/plain";
}

/* TEXT without the comments that Postman allows in JSON and does not send. */
static struct str without_comments(struct postman *p, struct str text)
{
	struct buf out;
	struct str result;
	bool quoted = false;

	if (str_find(text, STR("//"), 0) == NOT_FOUND && str_find(text, STR("/*"), 0) == NOT_FOUND)
		return text;
	buf_init(&out, 0);
	for (size_t i = 0; i < text.len; i++) {
		struct str rest = str_slice(text, i, text.len);

		if (!quoted && (str_starts(rest, STR("//")) || str_starts(rest, STR("/*")))) {
			bool line = rest.ptr[1] == '/';
			size_t end =
			    line ? str_find_char(rest, '\n', 0) : str_find(rest, STR("*/"), 2);

			i += end == NOT_FOUND ? rest.len : line ? end - 1 : end + 1;
			continue;
		}
		if (quoted && text.ptr[i] == '\\' && i + 1 < text.len)
			buf_add_char(&out, text.ptr[i++]);
		else if (text.ptr[i] == '"')
			quoted = !quoted;
		buf_add_char(&out, text.ptr[i]);
	}
	result = arena_str(p->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

static struct str find_type(const struct yaml_writer_node *step)
{
	const struct yaml_writer_node *headers = yaml_writer_find(step, STR("headers"));

	for (size_t i = 0; headers && i < headers->members.count; i++)
		if (str_ieq(headers->members.items[i].key, STR("Content-Type")))
			return headers->members.items[i].value->text;
	return STR("");
}

static void put_raw(struct postman *p, const struct node *body, struct yaml_writer_node *step)
{
	struct str text = postman_text_at(body, "raw");
	const struct node *raw = node_find(node_find(body, STR("options")), STR("raw"));
	struct str type = find_type(step);
	const struct node *json;

	if (!text.len)
		return;
	if (!type.len)
		type = str_of(language_type(postman_text_at(raw, "language")));
	if (str_eq(postman_text_at(raw, "language"), STR("json")))
		text = without_comments(p, text);
	json = str_icontains(type, STR("json")) ? read_json(p, text) : NULL;
	if (json && str_eq(type, STR("application/json"))) {
		yaml_writer_put(p->arena, step, STR("json"), tree_of(p, json));
		return;
	}
	if (!find_type(step).len)
		yaml_writer_put_text(p->arena, postman_headers(p, step), STR("Content-Type"), type);
	if (json)
		yaml_writer_put(p->arena, step, STR("json"), tree_of(p, json));
	else
		yaml_writer_put_text(p->arena, step, STR("body"), postman_convert(p, body, text));
}

/* ---- forms */

static struct str field_value(struct postman *p, const struct node *row, struct str key)
{
	struct str value = postman_text_at(row, "value");

	if (!value.ptr)
		return STR("");
	return naming_is_secret(key) ? postman_secret(p, row, key, value)
				     : postman_convert(p, row, value);
}

static void put_form(struct postman *p, const struct node *rows, struct yaml_writer_node *step)
{
	struct yaml_writer_node *form = yaml_writer_map(p->arena);

	for (size_t i = 0; rows && rows->kind == NODE_LIST && i < rows->count; i++) {
		const struct node *row = rows->items[i];
		struct str key = postman_resolve(p, postman_text_at(row, "key"));

		if (key.len && !postman_is_disabled(row))
			yaml_writer_append(p->arena, form, key,
					   yaml_writer_text(p->arena, field_value(p, row, key)));
	}
	if (form->members.count)
		yaml_writer_put(p->arena, step, STR("form"), form);
}

/* The name of the file PATH, which may be one of Windows. */
static struct str file_name(struct str path)
{
	size_t slash = path.len;

	while (slash > 0 && path.ptr[slash - 1] != '/' && path.ptr[slash - 1] != '\\')
		slash--;
	return str_slice(path, slash, path.len);
}

static struct str source_of(const struct node *row)
{
	const struct node *src = node_find(row, STR("src"));

	if (src && src->kind == NODE_LIST)
		src = src->count ? src->items[0] : NULL;
	return src && src->kind == NODE_SCALAR && !node_is_empty(src) ? src->text : STR("");
}

static void put_multipart(struct postman *p, const struct node *rows, struct yaml_writer_node *step)
{
	struct yaml_writer_node *parts = yaml_writer_map(p->arena);
	struct yaml_writer_node *headers = yaml_writer_find(step, STR("headers"));

	/* Postman sends the type of the body instead. */
	for (size_t i = 0; headers && i < headers->members.count; i++)
		if (str_ieq(headers->members.items[i].key, STR("Content-Type"))) {
			yaml_writer_remove(headers, headers->members.items[i].key);
			break;
		}
	if (headers && !headers->members.count)
		yaml_writer_remove(step, STR("headers"));
	for (size_t i = 0; rows && rows->kind == NODE_LIST && i < rows->count; i++) {
		const struct node *row = rows->items[i];
		struct str key = postman_resolve(p, postman_text_at(row, "key"));
		struct yaml_writer_node *part = yaml_writer_map(p->arena);
		struct str type = postman_text_at(row, "contentType");

		if (!key.len || postman_is_disabled(row))
			continue;
		part->flow = true;
		if (str_eq(postman_text_at(row, "type"), STR("file")))
			yaml_writer_put_text(p->arena, part, STR("file"),
					     postman_file(p, key, file_name(source_of(row))));
		else
			yaml_writer_put_text(p->arena, part, STR("value"),
					     field_value(p, row, key));
		if (type.len)
			yaml_writer_put_text(p->arena, part, STR("type"), type);
		yaml_writer_append(p->arena, parts, key, part);
	}
	if (parts->members.count)
		yaml_writer_put(p->arena, step, STR("multipart"), parts);
}

/* ---- GraphQL */

/* The action of STEP becomes `graphql`. */
static void put_graphql(struct postman *p, const struct node *body, struct yaml_writer_node *step)
{
	const struct node *graphql = node_find(body, STR("graphql")), *variables;
	struct str text = postman_text_at(graphql, "variables");
	struct str operation = postman_text_at(graphql, "operationName");

	if (!str_eq(step->members.items[0].key, STR("post"))) {
		postman_unsupported(p, body, STR("graphql"), "only POST requests are supported");
		return;
	}
	step->members.items[0].key = STR("graphql");
	yaml_writer_put_text(p->arena, step, STR("query"),
			     postman_convert(p, graphql, postman_text_at(graphql, "query")));
	if (operation.len)
		yaml_writer_put_text(p->arena, step, STR("operation"), operation);
	variables = text.len ? read_json(p, text) : NULL;
	if (variables)
		yaml_writer_put(p->arena, step, STR("variables"), tree_of(p, variables));
	else if (text.len)
		postman_unsupported(p, graphql, STR("variables"), "they are not JSON");
}

void postman_body(struct postman *p, const struct node *body, struct yaml_writer_node *step)
{
	struct str mode = postman_text_at(body, "mode");

	if (!body || body->kind != NODE_MAP || postman_is_disabled(body))
		return;
	if (str_eq(mode, STR("raw")))
		put_raw(p, body, step);
	else if (str_eq(mode, STR("urlencoded")))
		put_form(p, node_find(body, STR("urlencoded")), step);
	else if (str_eq(mode, STR("formdata")))
		put_multipart(p, node_find(body, STR("formdata")), step);
	else if (str_eq(mode, STR("graphql")))
		put_graphql(p, body, step);
	else if (str_eq(mode, STR("file")))
		yaml_writer_put_text(
		    p->arena, step, STR("body_file"),
		    postman_file(p, STR("body"),
				 file_name(source_of(node_find(body, STR("file"))))));
	else if (mode.len && !str_eq(mode, STR("none")))
		postman_unsupported(p, body, mode, "this kind of body is not supported");
}
