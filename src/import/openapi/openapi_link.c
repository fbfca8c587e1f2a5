/*
 * Where the value of a parameter comes from: a link that the specification has, or else the
 * operation that creates or lists the resource which the path names.
 */
#include "import/naming.h"
#include "import/openapi/openapi.h"

static void add(struct openapi *o, struct openapi_source_list *out, struct openapi_source source)
{
	for (size_t i = 0; i < out->items.count; i++)
		if (out->items.items[i].operation == source.operation &&
		    out->items.items[i].kind == source.kind &&
		    str_eq(out->items.items[i].expression, source.expression))
			return;
	VEC_PUSH(o->arena, &out->items, source);
}

/* ---- links */

/* Whether the link refers to OP: by its operationId, or by a pointer to it. */
static bool links_to(struct openapi *o, const struct node *link, const struct openapi_operation *op)
{
	struct str id = openapi_text_at(link, "operationId");
	struct str ref = openapi_text_at(link, "operationRef");

	if (id.len)
		return str_eq(id, op->id);
	if (!str_starts(ref, STR("#")))
		return false;
	return openapi_pointer(o, o->top, str_slice(ref, 1, ref.len)) == op->node;
}

/* "/data/id" as "$.data.id". */
static struct str as_jsonpath(struct openapi *o, struct str pointer)
{
	struct str path = STR("$");

	for (size_t at = 1; at <= pointer.len && path.ptr;) {
		size_t end = str_find_char(pointer, '/', at);
		struct str part = str_slice(pointer, at, end);
		int64_t index;

		path = str_to_int(part, &index)
			   ? arena_printf(o->arena, "%.*s[%.*s]", STR_ARG(path), STR_ARG(part))
			   : openapi_join_path(o, path, part);
		at = end == NOT_FOUND ? pointer.len + 1 : end + 1;
	}
	return path;
}

/* The runtime expression TEXT of a link of A as a source; false: it is not supported. */
static bool read_expression(struct openapi *o, struct openapi_operation *a,
			    const struct node *value, struct openapi_source *out)
{
	static const char body[] = "$response.body#", header[] = "$response.header.";
	struct str text = value->kind == NODE_SCALAR ? value->text : STR("");

	*out = (struct openapi_source){.kind = OPENAPI_EXTRACT, .operation = a};
	out->created = str_eq(a->method, STR("post")) || (a->has_identity && a->identity.created);
	if (str_starts(text, STR("$response.body#"))) {
		out->extractor = "jsonpath";
		out->expression = as_jsonpath(o, str_slice(text, sizeof body - 1, text.len));
		return out->expression.ptr;
	}
	if (str_starts(text, STR("$response.header."))) {
		out->extractor = "header";
		out->expression = str_slice(text, sizeof header - 1, text.len);
		return true;
	}
	if (str_starts(text, STR("$request.")) || str_starts(text, STR("{$request."))) {
		out->kind = OPENAPI_SAME;
		out->expression = text;
		return str_starts(text, STR("$request.path.")) ||
		       str_starts(text, STR("$request.query.")) ||
		       str_starts(text, STR("$request.header."));
	}
	out->kind = OPENAPI_FIXED;
	out->text = text;
	out->created = false;
	return value->kind == NODE_SCALAR && !str_starts(text, STR("$")) &&
	       str_find(text, STR("{$"), 0) == NOT_FOUND;
}

static const struct node *link_value(const struct node *link, const struct openapi_parameter *p)
{
	static const char *const places[] = {"path", "query", "header", "cookie"};
	const struct node *all = node_find(link, STR("parameters"));

	for (size_t i = 0; all && all->kind == NODE_MAP && i < all->count; i++) {
		struct str key = all->pairs[i].key->text;
		size_t dot = str_find_char(key, '.', 0);

		if (str_eq(key, p->name) ||
		    (dot != NOT_FOUND && str_eq(str_slice(key, 0, dot), str_of(places[p->place])) &&
		     str_eq(str_slice(key, dot + 1, key.len), p->name)))
			return all->pairs[i].value;
	}
	return NULL;
}

static void add_links_of(struct openapi *o, struct openapi_operation *a,
			 const struct openapi_operation *op, const struct openapi_parameter *p,
			 struct openapi_source_list *out)
{
	for (size_t r = 0; r < a->responses.count; r++) {
		const struct node *links = node_find(a->responses.items[r], STR("links"));

		for (size_t i = 0; links && links->kind == NODE_MAP && i < links->count; i++) {
			const struct node *link = openapi_resolve(o, links->pairs[i].value);
			const struct node *value =
			    link && links_to(o, link, op) ? link_value(link, p) : NULL;
			struct openapi_source source;

			if (value && read_expression(o, a, value, &source))
				add(o, out, source);
			else if (value)
				openapi_unsupported(o, value, value->text,
						    "this expression of a link is not supported");
		}
	}
}

/* ---- resources */

/* The noun in the name of a parameter: "customer" of customerId; empty: there is none. */
static struct str noun_of_name(struct openapi *o, struct str name)
{
	static const char *const ends[] = {"id", "uuid", "key", "name", "code", "slug", "number"};
	struct buf scratch;
	struct str snake;

	buf_init(&scratch, 0);
	snake = naming_snake_case(o->arena, &scratch, name);
	buf_release(&scratch);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		struct str end = arena_printf(o->arena, "_%s", ends[i]);

		if (str_ends(snake, end))
			return str_slice(snake, 0, snake.len - end.len);
	}
	return STR("");
}

/* Whether the last part of OP's path is the collection of NOUN: /orders or /order. */
static bool is_collection_of(struct openapi *o, const struct openapi_operation *op, struct str noun)
{
	size_t count = op->segments.count;
	struct str last;

	if (!count || !noun.len || op->segments.items[count - 1].has_variable)
		return false;
	last = openapi_noun_before(op, count);
	return str_ieq(openapi_singular(o, last), openapi_singular(o, noun)) || str_ieq(last, noun);
}

struct link_place {
	struct openapi_operation *op;
	const struct openapi_parameter *p;
	size_t at;	 /* its segment */
	struct str noun; /* singular */
};

static struct openapi_wanted wanted_of(const struct link_place *w, struct str noun)
{
	return (struct openapi_wanted){.name = w->p->name, .noun = noun, .schema = w->p->schema};
}

static void add_creators(struct openapi *o, const struct link_place *w,
			 struct openapi_source_list *out)
{
	for (size_t i = 0; i < o->operations.count; i++) {
		struct openapi_operation *a = o->operations.items[i];
		size_t end = str_eq(a->method, STR("put")) ? w->at + 1 : w->at;

		if (a->selected && a->has_identity && a != w->op &&
		    openapi_same_path(w->op, end, a, a->segments.count))
			add(o, out, a->identity);
	}
}

/* Creators of the resource that the path or the name of the parameter names, elsewhere. */
static void add_other_creators(struct openapi *o, const struct link_place *w,
			       struct openapi_source_list *out)
{
	struct str nouns[] = {w->noun, noun_of_name(o, w->p->name)};

	for (size_t n = 0; n < 2; n++)
		for (size_t i = 0; i < o->operations.count; i++) {
			struct openapi_operation *a = o->operations.items[i];
			struct openapi_wanted wanted = wanted_of(w, nouns[n]);
			struct openapi_source source;

			if (!a->selected || a == w->op || !str_eq(a->method, STR("post")) ||
			    !is_collection_of(o, a, nouns[n]) ||
			    (n == 0 && a->segments.count != w->at))
				continue;
			if (openapi_creates(o, a, &wanted, &source) &&
			    source.kind == OPENAPI_EXTRACT)
				add(o, out, source);
		}
}

static void add_list(struct openapi *o, const struct link_place *w, struct openapi_operation *a,
		     struct openapi_source_list *out)
{
	struct openapi_wanted wanted = wanted_of(w, w->noun);
	struct openapi_source source = {
	    .kind = OPENAPI_EXTRACT, .operation = a, .extractor = "jsonpath"};

	source.expression = openapi_find_value(o, a, &wanted, true);
	if (source.expression.ptr)
		add(o, out, source);
}

/* Lists of the collection, then lists below it, such as /pets/findByStatus, then lists elsewhere
 * that have the noun of the parameter's name. */
static void add_lists(struct openapi *o, const struct link_place *w,
		      struct openapi_source_list *out)
{
	struct str noun = noun_of_name(o, w->p->name);

	for (int round = 0; round < 3; round++)
		for (size_t i = 0; i < o->operations.count; i++) {
			struct openapi_operation *a = o->operations.items[i];
			size_t count = a->segments.count;

			if (!a->selected || a == w->op || !str_eq(a->method, STR("get")))
				continue;
			if (round == 0 ? openapi_same_path(w->op, w->at, a, count)
			    : round == 1
				? count == w->at + 1 && !a->segments.items[w->at].has_variable &&
				      openapi_same_path(w->op, w->at, a, w->at)
				: is_collection_of(o, a, noun))
				add_list(o, w, a, out);
		}
}

/* Reads without variables whose response has a value of exactly this name: GET /me for {username}.
 */
static void add_named(struct openapi *o, const struct link_place *w,
		      struct openapi_source_list *out)
{
	struct openapi_wanted wanted = wanted_of(w, STR(""));

	for (size_t i = 0; i < o->operations.count; i++) {
		struct openapi_operation *a = o->operations.items[i];
		struct openapi_source source = {
		    .kind = OPENAPI_EXTRACT, .operation = a, .extractor = "jsonpath"};

		if (!a->selected || a == w->op || !str_eq(a->method, STR("get")) ||
		    str_find_char(a->path, '{', 0) != NOT_FOUND)
			continue;
		source.expression = openapi_find_named(o, a, &wanted, false);
		if (!source.expression.ptr)
			source.expression = openapi_find_named(o, a, &wanted, true);
		if (source.expression.ptr)
			add(o, out, source);
	}
}

static const struct node *documented_value(struct openapi *o, const struct openapi_parameter *p)
{
	struct openapi_schema s;

	openapi_schema_read(o, p->schema, &s);
	if (p->example)
		return p->example;
	return s.example ? s.example : s.fallback;
}

static void add_path_sources(struct openapi *o, struct openapi_operation *op,
			     const struct openapi_parameter *p, struct openapi_source_list *out)
{
	struct link_place w = {.op = op, .p = p, .at = openapi_segment_of(op, p->name)};

	if (w.at == NOT_FOUND || !op->segments.items[w.at].has_variable)
		return;
	w.noun = openapi_singular(o, openapi_noun_before(op, w.at));
	if (op->has_identity && str_eq(op->method, STR("put")) && w.at + 1 == op->segments.count)
		add(o, out, op->identity);
	add_creators(o, &w, out);
	add_other_creators(o, &w, out);
	add_lists(o, &w, out);
	add_named(o, &w, out);
}

/* Whether the variable P of the path identifies something: it is not a choice. */
static bool names_something(const struct openapi_operation *op, const struct openapi_parameter *p)
{
	size_t at = openapi_segment_of(op, p->name);

	return at != NOT_FOUND && op->segments.items[at].has_variable;
}

const struct openapi_source_list *openapi_sources(struct openapi *o, struct openapi_operation *op,
						  struct openapi_parameter *p)
{
	const struct node *value;

	if (p->sources)
		return p->sources;
	p->sources = ARENA_NEW(o->arena, struct openapi_source_list);
	for (size_t i = 0; i < o->operations.count; i++) {
		struct openapi_operation *a = o->operations.items[i];

		if (a->selected && a != op)
			add_links_of(o, a, op, p, p->sources);
	}
	if (p->place != OPENAPI_PATH)
		return p->sources;
	add_path_sources(o, op, p, p->sources);
	value = names_something(op, p) ? documented_value(o, p) : NULL;
	if (value && value->kind == NODE_SCALAR && value->text.len)
		add(o, p->sources,
		    (struct openapi_source){.kind = OPENAPI_FIXED, .text = value->text});
	return p->sources;
}

/* ---- names of variables */

static bool is_taken(const struct openapi *o, struct str name)
{
	for (size_t i = 0; i < o->variables.count; i++)
		if (str_eq(o->variables.items[i].name, name))
			return true;
	return naming_is_reserved(name) || str_eq(name, STR("unique"));
}

struct str openapi_variable(struct openapi *o, const struct openapi_source *source,
			    struct str parameter, struct str noun)
{
	struct openapi_variable v = {.operation = source->operation,
				     .expression = source->expression};
	struct str word, name;
	struct buf scratch;

	for (size_t i = 0; i < o->variables.count; i++)
		if (o->variables.items[i].operation == v.operation &&
		    str_eq(o->variables.items[i].expression, v.expression))
			return o->variables.items[i].name;
	buf_init(&scratch, 0);
	word = naming_snake_case(o->arena, &scratch, parameter);
	noun = naming_snake_case(o->arena, &scratch, noun);
	buf_release(&scratch);
	if (word.len < 5 && noun.len && !str_starts(word, noun))
		word = arena_printf(o->arena, "%.*s_%.*s", STR_ARG(noun), STR_ARG(word));
	name = word = word.len ? word : STR("value");
	for (unsigned i = 2; is_taken(o, name); i++)
		name = arena_printf(o->arena, "%.*s_%u", STR_ARG(word), i);
	v.name = name;
	VEC_PUSH(o->arena, &o->variables, v);
	return name;
}
