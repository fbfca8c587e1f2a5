/* The operations of a specification: their paths, parameters, bodies and successful responses. */
#include "base/ascii.h"
#include "import/openapi/openapi.h"

static const char *const methods[] = {"get", "head",  "options", "post",
				      "put", "patch", "delete",	 "trace"};

bool openapi_is_write(const struct openapi_operation *op)
{
	return !str_eq(op->method, STR("get")) && !str_eq(op->method, STR("head")) &&
	       !str_eq(op->method, STR("options"));
}

const struct openapi_parameter *openapi_find_parameter(const struct openapi_operation *op,
						       struct str name, enum openapi_place place)
{
	for (size_t i = 0; i < op->parameters.count; i++)
		if (op->parameters.items[i].place == place &&
		    str_eq(op->parameters.items[i].name, name))
			return &op->parameters.items[i];
	return NULL;
}

/* ---- media types */

bool openapi_media_is_json(struct str media)
{
	return str_icontains(media, STR("json")) && !str_icontains(media, STR("seq")) &&
	       !str_icontains(media, STR("ndjson"));
}

static int rank_of(struct str media)
{
	static const char *const order[] = {"application/json",
					    "json",
					    "application/x-www-form-urlencoded",
					    "multipart/form-data",
					    "*/*",
					    "text/plain",
					    "text/",
					    "octet-stream",
					    "xml",
					    ""};

	for (int i = 0; order[i][0]; i++)
		if (str_icontains(media, str_of(order[i])) &&
		    (i != 1 || openapi_media_is_json(media)))
			return i;
	return 9;
}

const struct node_pair *openapi_best_media(const struct node *map)
{
	const struct node_pair *best = NULL;

	for (size_t i = 0; map && map->kind == NODE_MAP && i < map->count; i++)
		if (!best || rank_of(map->pairs[i].key->text) < rank_of(best->key->text))
			best = &map->pairs[i];
	return best;
}

/* ---- parameters */

static bool read_place(struct str in, enum openapi_place *out)
{
	static const char *const names[] = {"path", "query", "header", "cookie"};

	for (int i = 0; i < 4; i++)
		if (str_eq(in, str_of(names[i]))) {
			*out = (enum openapi_place)i;
			return true;
		}
	return false;
}

static const struct node *example_of(struct openapi *o, const struct node *node)
{
	const struct node *example = node_find(node, STR("example"));
	const struct node *examples = node_find(node, STR("examples"));

	if (example)
		return example;
	if (examples && examples->kind == NODE_MAP && examples->count) {
		const struct node *first = openapi_resolve(o, examples->pairs[0].value);

		return node_find(first, STR("value"));
	}
	return node_find(node, STR("x-example"));
}

/* The words of Swagger 2 as styles of 3.0. */
static void read_collection_format(const struct node *node, struct openapi_parameter *p)
{
	struct str format = openapi_text_at(node, "collectionFormat");

	p->explode = str_eq(format, STR("multi"));
	if (str_eq(format, STR("ssv")))
		p->style = STR("spaceDelimited");
	else if (str_eq(format, STR("pipes")))
		p->style = STR("pipeDelimited");
	else if (str_eq(format, STR("tsv")))
		p->style = STR("tabDelimited");
}

static void read_content(struct openapi *o, const struct node *node, struct openapi_parameter *p)
{
	const struct node_pair *media = openapi_best_media(node_find(node, STR("content")));

	if (!media)
		return;
	p->media = media->key->text;
	p->schema = node_find(media->value, STR("schema"));
	if (!p->example)
		p->example = example_of(o, media->value);
}

static void read_parameter(struct openapi *o, struct openapi_operation *op, const struct node *node)
{
	struct openapi_parameter p = {.node = node, .style = STR("form")};
	struct str style = openapi_text_at(node, "style");
	struct str explode = openapi_text_at(node, "explode");

	p.name = openapi_text_at(node, "name");
	if (!p.name.len || !read_place(openapi_text_at(node, "in"), &p.place))
		return;
	if (p.place == OPENAPI_PATH || p.place == OPENAPI_HEADER)
		p.style = STR("simple");
	p.required = openapi_is_true(node, "required") || p.place == OPENAPI_PATH;
	p.example = example_of(o, node);
	if (o->version == OPENAPI_2) {
		p.schema = node;
		read_collection_format(node, &p);
	} else {
		p.schema = node_find(node, STR("schema"));
		if (style.len)
			p.style = style;
		p.explode =
		    explode.ptr ? str_eq(explode, STR("true")) : str_eq(p.style, STR("form"));
		p.reserved = openapi_is_true(node, "allowReserved");
		read_content(o, node, &p);
	}
	for (size_t i = 0; i < op->parameters.count; i++)
		if (op->parameters.items[i].place == p.place &&
		    str_eq(op->parameters.items[i].name, p.name)) {
			op->parameters.items[i] = p;
			return;
		}
	VEC_PUSH(o->arena, &op->parameters, p);
}

/* The parameters of the path, then those of the operation, which replace them. */
static void read_parameters(struct openapi *o, struct openapi_operation *op)
{
	const struct node *lists[] = {node_find(op->item, STR("parameters")),
				      node_find(op->node, STR("parameters"))};

	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; lists[k] && lists[k]->kind == NODE_LIST && i < lists[k]->count;
		     i++) {
			const struct node *node = openapi_resolve(o, lists[k]->items[i]);

			if (str_eq(openapi_text_at(node, "in"), STR("body")))
				op->body = node;
			else if (node)
				read_parameter(o, op, node);
		}
}

/* ---- responses */

static bool is_success(struct str status)
{
	return status.len == 3 && status.ptr[0] == '2';
}

static void read_responses(struct openapi *o, struct openapi_operation *op)
{
	const struct node *all = node_find(op->node, STR("responses"));

	for (size_t i = 0; all && all->kind == NODE_MAP && i < all->count; i++) {
		const struct node *response = openapi_resolve(o, all->pairs[i].value);
		struct str status = all->pairs[i].key->text;
		size_t at = op->statuses.count;

		if (!is_success(status) || !response)
			continue;
		VEC_PUSH(o->arena, &op->responses, response);
		VEC_PUSH(o->arena, &op->statuses, status);
		for (; at > 0 && str_cmp(op->statuses.items[at - 1], status) > 0; at--) {
			op->responses.items[at] = op->responses.items[at - 1];
			op->statuses.items[at] = op->statuses.items[at - 1];
		}
		op->responses.items[at] = response;
		op->statuses.items[at] = status;
	}
}

/* The first of `produces` of OP or of the file, JSON if it is among them. */
static struct str produced(struct openapi *o, const struct openapi_operation *op)
{
	const struct node *list = node_find(op->node, STR("produces"));
	struct str best = STR("");

	if (!list)
		list = node_find(o->top, STR("produces"));
	for (size_t i = 0; list && list->kind == NODE_LIST && i < list->count; i++)
		if (list->items[i]->kind == NODE_SCALAR &&
		    (!best.len || rank_of(list->items[i]->text) < rank_of(best)))
			best = list->items[i]->text;
	return best;
}

const struct node *openapi_response_schema(struct openapi *o, const struct openapi_operation *op,
					   const struct node *response, struct str *media,
					   const struct node **example)
{
	const struct node_pair *pair;

	*media = STR("");
	*example = NULL;
	if (o->version == OPENAPI_2) {
		const struct node *schema = node_find(response, STR("schema"));

		if (schema)
			*media = produced(o, op);
		*example = node_find(node_find(response, STR("examples")), *media);
		return schema;
	}
	pair = openapi_best_media(node_find(response, STR("content")));
	if (!pair)
		return NULL;
	*media = pair->key->text;
	*example = example_of(o, pair->value);
	return node_find(pair->value, STR("schema"));
}

/* ---- paths */

/* Whether the variables in TEXT, a part of a path, are only choices of an enum. */
static bool is_choice(struct openapi *o, const struct openapi_operation *op, struct str text)
{
	for (size_t at = 0; (at = str_find_char(text, '{', at)) != NOT_FOUND; at++) {
		size_t end = str_find_char(text, '}', at);
		const struct openapi_parameter *p =
		    openapi_find_parameter(op, str_slice(text, at + 1, end), OPENAPI_PATH);
		struct openapi_schema s;

		openapi_schema_read(o, p ? p->schema : NULL, &s);
		if (!s.enumeration && !s.fallback && !s.constant && !(s.types & OPENAPI_BOOLEAN))
			return false;
	}
	return true;
}

static void read_segments(struct openapi *o, struct openapi_operation *op)
{
	struct str path = str_slice(op->path, 0, str_find_char(op->path, '?', 0));

	for (size_t at = 0; at < path.len;) {
		size_t end = str_find_char(path, '/', at);
		struct openapi_segment segment = {.text = str_slice(path, at, end)};

		at = end == NOT_FOUND ? path.len : end + 1;
		if (!segment.text.len)
			continue;
		segment.has_variable = str_find_char(segment.text, '{', 0) != NOT_FOUND &&
				       !is_choice(o, op, segment.text);
		VEC_PUSH(o->arena, &op->segments, segment);
	}
}

/* "orders.json" as "orders". */
static struct str without_extension(struct str text)
{
	static const char *const extensions[] = {".json", ".xml"};

	for (size_t i = 0; i < 2; i++)
		if (str_ends(text, str_of(extensions[i])) && text.len > 5)
			text.len -= strlen(extensions[i]);
	return text;
}

bool openapi_same_path(const struct openapi_operation *a, size_t a_count,
		       const struct openapi_operation *b, size_t b_count)
{
	if (a_count != b_count || a_count > a->segments.count || b_count > b->segments.count)
		return false;
	for (size_t i = 0; i < a_count; i++) {
		const struct openapi_segment *x = &a->segments.items[i], *y = &b->segments.items[i];

		if (x->has_variable != y->has_variable)
			return false;
		if (!x->has_variable &&
		    !str_eq(without_extension(x->text), without_extension(y->text)))
			return false;
	}
	return true;
}

size_t openapi_segment_of(const struct openapi_operation *op, struct str name)
{
	for (size_t i = 0; i < op->segments.count; i++) {
		struct str text = op->segments.items[i].text;
		size_t at = str_find(text, name, 0);

		while (at != NOT_FOUND) {
			if (at && text.ptr[at - 1] == '{' && at + name.len < text.len &&
			    text.ptr[at + name.len] == '}')
				return i;
			at = str_find(text, name, at + 1);
		}
	}
	return NOT_FOUND;
}

struct str openapi_noun_before(const struct openapi_operation *op, size_t at)
{
	while (at > 0) {
		struct str text = op->segments.items[--at].text;

		if (str_find_char(text, '{', 0) == NOT_FOUND)
			return without_extension(text);
	}
	return STR("");
}

/* ---- all operations */

/* Whether VALUE is in LIST, which is separated by commas. */
static bool is_listed(struct str list, struct str value)
{
	for (size_t at = 0; at <= list.len;) {
		size_t end = str_find_char(list, ',', at);

		if (str_ieq(str_trim(str_slice(list, at, end)), value))
			return true;
		at = end == NOT_FOUND ? list.len + 1 : end + 1;
	}
	return false;
}

static bool has_method(struct import_job *job, struct str method)
{
	struct str list = job_option_list(job, "methods");

	return (!list.ptr || is_listed(list, method)) && !str_eq(method, STR("trace"));
}

static bool has_tag(struct import_job *job, const struct node *operation)
{
	const struct node *tags = node_find(operation, STR("tags"));
	struct str list = job_option_list(job, "tag");

	for (size_t i = 0; tags && tags->kind == NODE_LIST && i < tags->count; i++)
		if (tags->items[i]->kind == NODE_SCALAR && is_listed(list, tags->items[i]->text))
			return true;
	return !list.ptr;
}

static void read_operation(struct openapi *o, struct str path, const struct node *item,
			   const struct node_pair *pair)
{
	struct openapi_operation *op = ARENA_NEW(o->arena, struct openapi_operation);
	char *upper = arena_cstr(o->arena, pair->key->text);

	for (size_t i = 0; upper[i]; i++)
		upper[i] = ascii_to_upper(upper[i]);
	op->method = pair->key->text;
	op->path = path;
	op->item = item;
	op->key = pair->key;
	op->node = pair->value;
	op->id = openapi_text_at(op->node, "operationId");
	op->label = arena_printf(o->arena, "%s %.*s", upper, STR_ARG(path));
	op->order = o->operations.count;
	read_parameters(o, op);
	if (o->version != OPENAPI_2)
		op->body = openapi_resolve(o, node_find(op->node, STR("requestBody")));
	read_responses(o, op);
	read_segments(o, op);
	op->selected = has_method(o->job, op->method);
	op->wanted = op->selected && has_tag(o->job, op->node);
	VEC_PUSH(o->arena, &o->operations, op);
}

void openapi_read_operations(struct openapi *o)
{
	const struct node *paths = node_find(o->top, STR("paths"));

	for (size_t i = 0; paths && paths->kind == NODE_MAP && i < paths->count; i++) {
		const struct node *item = openapi_resolve(o, paths->pairs[i].value);
		struct str path = paths->pairs[i].key->text;

		if (!item || item->kind != NODE_MAP || !str_starts(path, STR("/")))
			continue;
		for (size_t m = 0; m < sizeof methods / sizeof *methods; m++) {
			const struct node_pair *pair = node_find_pair(item, str_of(methods[m]));

			if (pair && pair->value->kind == NODE_MAP)
				read_operation(o, path, item, pair);
		}
	}
}
