/* The bodies of requests. */
#include "import/openapi/openapi.h"

enum body_kind { BODY_NONE, BODY_JSON, BODY_FORM, BODY_MULTIPART, BODY_TEXT, BODY_FILE, BODY_XML };

struct body {
	enum body_kind kind;
	struct str media;
	const struct node *schema, *example, *encoding;
	bool required;
};

/* ---- which body */

static enum body_kind kind_of(struct str media)
{
	if (!media.len || openapi_media_is_json(media))
		return BODY_JSON;
	if (str_icontains(media, STR("x-www-form-urlencoded")))
		return BODY_FORM;
	if (str_icontains(media, STR("multipart/")))
		return BODY_MULTIPART;
	if (str_icontains(media, STR("xml")))
		return BODY_XML;
	if (str_starts(media, STR("text/")))
		return BODY_TEXT;
	return BODY_FILE;
}

static const struct node *media_example(struct openapi *o, const struct node *media)
{
	const struct node *example = node_find(media, STR("example"));
	const struct node *examples = node_find(media, STR("examples"));

	if (example || !examples || examples->kind != NODE_MAP || !examples->count)
		return example;
	return node_find(openapi_resolve(o, examples->pairs[0].value), STR("value"));
}

/* The best of `consumes`. */
static struct str consumed(struct openapi *o, const struct openapi_operation *op)
{
	const struct node *list = node_find(op->node, STR("consumes"));
	struct node_pair *pairs;
	size_t count = 0;

	if (!list)
		list = node_find(o->top, STR("consumes"));
	if (!list || list->kind != NODE_LIST || !list->count)
		return STR("");
	pairs = ARENA_ARRAY(o->arena, list->count, struct node_pair);
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i]->kind == NODE_SCALAR)
			pairs[count++] = (struct node_pair){list->items[i], list->items[i]};
	if (!count)
		return STR("");
	return openapi_best_media(openapi_map_node(o, pairs, count))->key->text;
}

/* The fields of Swagger 2 as one schema; NULL if there are none. */
static const struct node *form_schema(struct openapi *o, const struct openapi_operation *op,
				      bool *has_file)
{
	const struct node *lists[] = {node_find(op->item, STR("parameters")),
				      node_find(op->node, STR("parameters"))};
	VEC(struct node_pair) fields = {.count = 0};
	VEC(const struct node *) required = {.count = 0};
	struct node_pair outer[2];

	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; lists[k] && lists[k]->kind == NODE_LIST && i < lists[k]->count;
		     i++) {
			const struct node *p = openapi_resolve(o, lists[k]->items[i]);
			const struct node *name = node_find(p, STR("name"));

			if (!name || !str_eq(openapi_text_at(p, "in"), STR("formData")))
				continue;
			VEC_PUSH(o->arena, &fields, ((struct node_pair){name, p}));
			if (openapi_is_true(p, "required"))
				VEC_PUSH(o->arena, &required, name);
			*has_file |= str_eq(openapi_text_at(p, "type"), STR("file"));
		}
	if (!fields.count)
		return NULL;
	outer[0].key = openapi_text_node(o, STR("properties"));
	outer[0].value = openapi_map_node(o, fields.items, fields.count);
	outer[1].key = openapi_text_node(o, STR("required"));
	outer[1].value = openapi_list_node(o, required.items, required.count);
	return openapi_map_node(o, outer, 2);
}

static struct body read_body_2(struct openapi *o, const struct openapi_operation *op)
{
	struct body b = {.kind = BODY_NONE};
	bool has_file = false;

	b.media = consumed(o, op);
	if (op->body) {
		b.schema = node_find(op->body, STR("schema"));
		b.required = openapi_is_true(op->body, "required");
		b.kind = kind_of(b.media);
		if (b.kind == BODY_FORM || b.kind == BODY_MULTIPART)
			b.kind = BODY_JSON;
		if (b.kind == BODY_FILE && str_eq(b.media, STR("*/*")))
			b.kind = BODY_JSON;
		if (b.kind == BODY_JSON && !openapi_media_is_json(b.media))
			b.media = STR("application/json");
		return b;
	}
	b.schema = form_schema(o, op, &has_file);
	if (b.schema)
		b.kind =
		    has_file || kind_of(b.media) == BODY_MULTIPART ? BODY_MULTIPART : BODY_FORM;
	b.required = b.schema;
	return b;
}

static struct body read_body(struct openapi *o, const struct openapi_operation *op)
{
	struct body b = {.kind = BODY_NONE};
	const struct node_pair *media;
	struct openapi_schema s;

	if (o->version == OPENAPI_2)
		return read_body_2(o, op);
	media = openapi_best_media(node_find(op->body, STR("content")));
	if (!media)
		return b;
	b.media = media->key->text;
	b.schema = node_find(media->value, STR("schema"));
	b.encoding = node_find(media->value, STR("encoding"));
	b.example = media_example(o, media->value);
	b.required = openapi_is_true(op->body, "required");
	b.kind = kind_of(b.media);
	if (str_eq(b.media, STR("*/*"))) {
		openapi_schema_read(o, b.schema, &s);
		b.kind = s.types & (OPENAPI_OBJECT | OPENAPI_ARRAY) ? BODY_JSON : BODY_FILE;
		b.media =
		    b.kind == BODY_JSON ? STR("application/json") : STR("application/octet-stream");
	}
	return b;
}

const struct node *openapi_body_schema(struct openapi *o, const struct openapi_operation *op)
{
	return read_body(o, op).schema;
}

static struct str xml_text(struct openapi *o, const struct body *b)
{
	const struct node *example = b->example;
	struct openapi_schema s;

	if (!example) {
		openapi_schema_read(o, b->schema, &s);
		example = s.example;
	}
	return example && example->kind == NODE_SCALAR &&
		       str_starts(str_trim(example->text), STR("<"))
		   ? example->text
		   : STR_NULL;
}

bool openapi_body_is_possible(struct openapi *o, struct openapi_operation *op)
{
	struct body b = read_body(o, op);

	if (b.kind != BODY_XML || !b.required || xml_text(o, &b).ptr)
		return true;
	op->reason = arena_printf(o->arena, "its body is %.*s, which needs an example that is text",
				  STR_ARG(b.media));
	return false;
}

/* ---- identities in bodies */

bool openapi_body_identity(struct openapi *o, const struct openapi_operation *op,
			   struct openapi_source *out)
{
	struct openapi_schema s;

	openapi_schema_read(o, openapi_body_schema(o, op), &s);
	for (size_t i = 0; i < o->operations.count; i++) {
		struct openapi_operation *a = o->operations.items[i];
		struct str property;
		size_t dot;

		if (!a->selected || !a->has_identity || a->identity.kind != OPENAPI_EXTRACT ||
		    !openapi_same_path(op, op->segments.count, a, a->segments.count))
			continue;
		*out = a->identity;
		dot = out->expression.len;
		while (dot > 0 && out->expression.ptr[dot - 1] != '.')
			dot--;
		property = str_slice(out->expression, dot, out->expression.len);
		out->text = property;
		if (openapi_schema_property(&s, property))
			return true;
	}
	return false;
}

void openapi_bind_same_property(struct openapi *o, const struct openapi_operation *op,
				const struct openapi_binding_list *bindings)
{
	struct openapi_schema s;

	openapi_schema_read(o, openapi_body_schema(o, op), &s);
	for (size_t i = 0; i < bindings->items.count; i++) {
		const struct openapi_binding *b = &bindings->items.items[i];

		if (b->parameter->place != OPENAPI_PATH || !b->text.ptr ||
		    openapi_segment_of(op, b->parameter->name) + 1 != op->segments.count)
			continue;
		o->chosen_text = b->text;
		if (openapi_schema_requires(&s, b->parameter->name))
			o->chosen_property = b->parameter->name;
		else if (openapi_schema_requires(&s, STR("id")))
			o->chosen_property = STR("id");
	}
}

struct str openapi_chosen_text(struct openapi *o, const struct node *schema, struct str noun)
{
	static const char sample[] = "abcdefghijk1"; /* as long as ${unique} */
	struct str start = str_slice(noun, 0, 20), forms[3], text;
	struct openapi_schema s;

	openapi_schema_read(o, schema, &s);
	if (str_eq(s.format, STR("uuid")))
		return openapi_variable_text(o, STR("uuid()"));
	if (str_eq(s.format, STR("email")))
		return openapi_generate_text(o, &s, noun, 0);
	forms[0] = arena_printf(o->arena, "%.*s-", STR_ARG(start));
	forms[1] = start;
	forms[2] = STR("");
	for (int i = 0; i < 3; i++) {
		bool good;

		text = arena_printf(o->arena, "%.*s%s", STR_ARG(forms[i]), sample);
		good = text.len >= s.min_length && text.len <= s.max_length;
		for (size_t k = 0; k < s.patterns.count && good; k++)
			good = openapi_matches(o, s.patterns.items[k], text);
		if (good)
			return arena_printf(o->arena, "%.*s%.*s", STR_ARG(forms[i]),
					    STR_ARG(openapi_variable_text(o, STR("unique"))));
	}
	return openapi_generate_text(o, &s, noun, 0);
}

/* ---- writing */

static const struct node *value_of(struct openapi *o, const struct openapi_operation *op,
				   const struct body *b)
{
	const struct node *value;
	bool used;

	value = openapi_generate_body(o, b->schema, b->example, &used);
	if (b->example && !used)
		openapi_unsupported(
		    o, b->example,
		    arena_printf(o->arena, "example of the body of %.*s", STR_ARG(op->label)),
		    "it does not match its schema; another value is sent");
	return value;
}

static struct str scalar_text(struct openapi *o, const struct node *value)
{
	struct str text = value->kind == NODE_SCALAR ? value->text : openapi_json_text(o, value);

	return openapi_template(o, text);
}

static void put_form_field(struct openapi *o, struct yaml_writer_node *form, struct str name,
			   const struct node *value, bool deep)
{
	for (size_t i = 0; value->kind == NODE_LIST && i < value->count; i++)
		put_form_field(o, form,
			       deep ? arena_printf(o->arena, "%.*s[%zu]", STR_ARG(name), i) : name,
			       value->items[i], deep);
	for (size_t i = 0; deep && value->kind == NODE_MAP && i < value->count; i++)
		put_form_field(o, form,
			       arena_printf(o->arena, "%.*s[%.*s]", STR_ARG(name),
					    STR_ARG(value->pairs[i].key->text)),
			       value->pairs[i].value, true);
	if (value->kind == NODE_SCALAR || (!deep && value->kind == NODE_MAP))
		yaml_writer_append(o->arena, form, name,
				   yaml_writer_text(o->arena, scalar_text(o, value)));
}

static void put_form(struct openapi *o, const struct body *b, const struct node *value,
		     struct yaml_writer_node *step)
{
	struct yaml_writer_node *form = yaml_writer_map(o->arena);

	for (size_t i = 0; value->kind == NODE_MAP && i < value->count; i++) {
		struct str name = value->pairs[i].key->text;
		bool deep = str_eq(openapi_text_at(node_find(b->encoding, name), "style"),
				   STR("deepObject"));

		put_form_field(o, form, name, value->pairs[i].value, deep);
	}
	if (form->members.count)
		yaml_writer_put(o->arena, step, STR("form"), form);
}

static struct str upload_name(struct openapi *o)
{
	if (!o->upload.len)
		o->upload =
		    job_add_file(o->job, STR("upload.txt"), STR("An example file.\n"), false);
	return o->upload;
}

static bool is_file(struct openapi *o, const struct node *schema)
{
	struct openapi_schema s;

	openapi_schema_read(o, schema, &s);
	return str_eq(s.format, STR("binary")) || str_eq(s.format, STR("base64")) ||
	       str_eq(openapi_text_at(schema, "type"), STR("file")) ||
	       openapi_text_at(schema, "contentMediaType").len;
}

static void put_part(struct openapi *o, const struct body *b, struct str name,
		     const struct node *schema, const struct node *value,
		     struct yaml_writer_node *parts)
{
	struct yaml_writer_node *part = yaml_writer_map(o->arena);
	struct str type = openapi_text_at(node_find(b->encoding, name), "contentType");

	part->flow = true;
	if (value->kind == NODE_LIST) {
		struct openapi_schema s;

		openapi_schema_read(o, schema, &s);
		for (size_t i = 0; i < value->count; i++)
			put_part(o, b, name, s.items, value->items[i], parts);
		return;
	}
	if (is_file(o, schema))
		yaml_writer_put_text(o->arena, part, STR("file"), upload_name(o));
	else
		yaml_writer_put_text(o->arena, part, STR("value"), scalar_text(o, value));
	if (!type.len && value->kind == NODE_MAP)
		type = STR("application/json");
	type = str_trim(str_slice(type, 0, str_find_char(type, ',', 0)));
	if (type.len && str_find_char(type, '*', 0) == NOT_FOUND)
		yaml_writer_put_text(o->arena, part, STR("type"), type);
	yaml_writer_append(o->arena, parts, name, part);
}

static void put_multipart(struct openapi *o, const struct body *b, const struct node *value,
			  struct yaml_writer_node *step)
{
	struct yaml_writer_node *parts = yaml_writer_map(o->arena);
	struct openapi_schema s;

	openapi_schema_read(o, b->schema, &s);
	for (size_t i = 0; value->kind == NODE_MAP && i < value->count; i++)
		put_part(o, b, value->pairs[i].key->text,
			 openapi_schema_property(&s, value->pairs[i].key->text),
			 value->pairs[i].value, parts);
	if (parts->members.count)
		yaml_writer_put(o->arena, step, STR("multipart"), parts);
}

static void put_type(struct openapi *o, const struct body *b, struct yaml_writer_node *step)
{
	struct str type = b->media;

	if (str_find_char(type, '*', 0) != NOT_FOUND)
		type = STR("application/octet-stream");
	yaml_writer_put_text(o->arena, openapi_headers(o, step), STR("Content-Type"), type);
}

static void put_xml(struct openapi *o, const struct openapi_operation *op, const struct body *b,
		    struct yaml_writer_node *step)
{
	struct str text = xml_text(o, b);

	if (!text.ptr) {
		openapi_unsupported(
		    o, op->body, b->media,
		    "a body of this type needs an example that is text; none is sent");
		return;
	}
	put_type(o, b, step);
	yaml_writer_put_text(o->arena, step, STR("body"), openapi_template(o, text));
}

/* A body that is not required is also sent with the methods that usually have one. */
static bool has_usual_body(const struct openapi_operation *op)
{
	return openapi_is_write(op) && !str_eq(op->method, STR("delete"));
}

void openapi_put_body(struct openapi *o, struct openapi_operation *op,
		      struct yaml_writer_node *step)
{
	struct body b = read_body(o, op);
	const struct node *value;

	if (b.kind == BODY_NONE || (!b.required && !has_usual_body(op)))
		return;
	if (b.kind == BODY_XML) {
		put_xml(o, op, &b, step);
		return;
	}
	if (b.kind == BODY_FILE) {
		put_type(o, &b, step);
		yaml_writer_put_text(o->arena, step, STR("body_file"), upload_name(o));
		return;
	}
	value = value_of(o, op, &b);
	if (b.kind == BODY_FORM) {
		put_form(o, &b, value, step);
	} else if (b.kind == BODY_MULTIPART) {
		put_multipart(o, &b, value, step);
	} else if (b.kind == BODY_TEXT) {
		put_type(o, &b, step);
		yaml_writer_put_text(o->arena, step, STR("body"), scalar_text(o, value));
	} else {
		if (!str_eq(b.media, STR("application/json")) && b.media.len)
			put_type(o, &b, step);
		yaml_writer_put(o->arena, step, STR("json"), openapi_value(o, value));
	}
}
