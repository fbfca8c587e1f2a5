/* graphql: one GraphQL operation, or several in a batch, sent over HTTP. */
#include "base/ascii.h"
#include "base/digest.h"
#include "doc/node.h"
#include "program/build.h"
#include "scenario/scenario_reader.h"
#include "steps/request_modifiers.h"

/* One operation: the keys of the step, and of an entry of `batch`. */
struct graphql_operation {
	struct keys keys;
	struct str query, query_file, operation;
	const struct node *variables;
};

struct graphql {
	struct keys keys;
	struct text url;
	struct request_modifiers modifiers;
	struct str query, query_file, operation;
	const struct node *variables;
	struct field_list batch; /* of struct graphql_operation */
	bool persisted;
	int method;
};

static const char *const methods[] = {"post", "get", NULL};
static const char *const method_meanings[] = {"the operation is in the body",
					      "the operation is in the URL", NULL};

static const struct field_choice text_choice = {
    .name = "text", .label = "Operation", .code = DIAG_E347, .why = "; remove one of them"};

static void read_variables(struct reader *r, const struct node *node, void *out)
{
	if (node->kind == NODE_MAP)
		*(const struct node **)out = node;
	else
		reader_error(r, node->span, DIAG_E142,
			     "`variables` must be a mapping, such as {id: 7}");
}

static const struct field_special variables_special = {
    .widget = "json",
    .name = "a mapping such as {id: 7}",
    .read = read_variables,
    .schema = "{\"type\": \"object\"}",
};

#define OPERATION_FIELDS(owner)                                                                    \
	FIELD(owner, query, "query", FIELD_TEXT, .choice = &text_choice,                           \
	      .example = "\"query Search($q: String) {…}\"",                                       \
	      .prose = "The text of the query or mutation, without ${…}; values belong in "      \
		       "`variables`."),                                                            \
	    FIELD(owner, query_file, "query_file", FIELD_TEXT, .choice = &text_choice,             \
		  .flags = FIELD_PARAMETER | FIELD_FILE, .example = "search.graphql",              \
		  .prose = "A file with the text of the query or mutation."),                      \
	    FIELD(owner, operation, "operation", FIELD_TEXT, .example = "Search",                  \
		  .prose = "The operation to perform, if the text has several. Default: the name " \
			   "of the first operation in the text."),                                 \
	    FIELD(owner, variables, "variables", FIELD_SPECIAL, .special = &variables_special,     \
		  .example = "{q: \"${term}\"}",                                                   \
		  .prose = "The values of the variables, as JSON. Unquoted true, false, null and " \
			   "numbers keep their type.")

static const struct field operation_fields[] = {OPERATION_FIELDS(struct graphql_operation),
						FIELD_END};

static const struct field batch_element = {
    .type = FIELD_OBJECT, .fields = operation_fields, .bytes = sizeof(struct graphql_operation)};

static const struct field graphql_fields[] = {
    FIELD(struct graphql, url, "graphql", FIELD_TEMPLATE, .flags = FIELD_ACTION,
	  .prose =
	      "Sends a GraphQL operation to a path of the target, or to a full URL. A response "
	      "with errors fails the step.",
	  .example = "/graphql"),
    REQUEST_MODIFIERS_FIRST(struct graphql, modifiers),
    OPERATION_FIELDS(struct graphql),
    FIELD(struct graphql, batch, "batch", FIELD_LIST, .choice = &text_choice,
	  .element = &batch_element,
	  .prose = "Several operations in one request, each with its own query and variables.",
	  .example = "[{query: \"{a}\"}, {query: \"{b}\"}]"),
    FIELD(struct graphql, persisted, "persisted", FIELD_BOOL, .flags = FIELD_PARAMETER,
	  .fallback = "no",
	  .prose = "Whether to send the hash of the query instead of its text. If the server does "
		   "not know "
		   "the hash, the request is repeated with the text, which is counted as a retry.",
	  .example = "yes"),
    FIELD(struct graphql, method, "method", FIELD_ENUM, .meanings = method_meanings,
	  .flags = FIELD_PARAMETER, .choices = methods, .fallback = "post",
	  .prose = "The method; with `get`, the operation is in the URL.", .example = "get"),
    REQUEST_MODIFIERS(struct graphql, modifiers),
    FIELD_END,
};

static bool has(const struct graphql *q, const char *key)
{
	return keys_has(&q->keys, graphql_fields, key);
}

/* ---- checks */

static void check_text(struct reader *r, const struct keys *keys, const struct field *fields,
		       struct span span)
{
	if (reader_check_choices(r, keys, fields) && !keys_has(keys, fields, "query") &&
	    !keys_has(keys, fields, "query_file"))
		reader_error(r, span, DIAG_E142,
			     "a GraphQL operation needs its text; add `query` or `query_file`");
}

static void check(struct reader *r, const struct step *step)
{
	static const char *const single[] = {"query",	  "query_file", "operation",
					     "variables", "persisted",	NULL};
	const struct graphql *q = step->data;
	const struct graphql_operation *operations = q->batch.items;

	if (!has(q, "batch")) {
		check_text(r, &q->keys, graphql_fields, step->span);
		return;
	}
	for (int i = 0; single[i]; i++)
		if (has(q, single[i]))
			reader_error(r, keys_span(&q->keys, single[i]), DIAG_E347,
				     "'%s' cannot be used with 'batch'%s", single[i],
				     i < 4 ? "; write it in an entry of the batch" : "");
	if (has(q, "method") && q->method)
		reader_error(r, keys_span(&q->keys, "method"), DIAG_E347,
			     "a batch is sent with POST; remove 'method'");
	for (size_t i = 0; i < q->batch.count; i++)
		check_text(r, &operations[i].keys, operation_fields, keys_span(&q->keys, "batch"));
}

/* ---- compile */

static bool is_name_char(char c)
{
	return ascii_is_alnum(c) || c == '_';
}

/* The name of the first operation in TEXT; empty if it has none. Comments and strings before it are
 * rare and can only give a worse name of the step. */
static struct str first_operation(struct str text)
{
	static const char *const words[] = {"query", "mutation", "subscription"};

	for (size_t at = 0; at < text.len && text.ptr[at] != '{'; at++) {
		struct str rest = str_slice(text, at, text.len);

		for (size_t i = 0; i < 3; i++) {
			struct str word = str_of(words[i]);
			size_t begin = word.len, end;

			if (!str_starts(rest, word) || (at && is_name_char(text.ptr[at - 1])))
				continue;
			while (begin < rest.len && ascii_is_space(rest.ptr[begin]))
				begin++;
			for (end = begin; end < rest.len && is_name_char(rest.ptr[end]); end++)
				;
			if (begin > word.len)
				return str_slice(rest, begin, end);
		}
	}
	return STR("");
}

struct operation {
	struct str text, name;
	const struct node *variables;
};

static struct operation operation_of(struct emitter *e, const struct graphql_operation *o)
{
	struct operation out = {.text = o->query, .name = o->operation, .variables = o->variables};

	if (o->query_file.ptr)
		out.text =
		    build_file_content(e, o->query_file, keys_value(&o->keys, "query_file")->span);
	if (!out.name.len)
		out.name = first_operation(out.text);
	return out;
}

static struct operation own_operation(struct emitter *e, const struct graphql *q)
{
	struct graphql_operation o = {.keys = q->keys,
				      .query = q->query,
				      .query_file = q->query_file,
				      .operation = q->operation,
				      .variables = q->variables};

	return operation_of(e, &o);
}

/* The parts of an operation, as members of a JSON object or as a query. */
struct parts {
	const struct tmpl *items[12];
	size_t count;
};

static void add(struct parts *p, const struct tmpl *part)
{
	p->items[p->count++] = part;
}

static struct str json_string(struct emitter *e, struct str text)
{
	struct buf json;
	struct str kept;

	buf_init(&json, 0);
	value_put_json(&json, value_text(text));
	kept = arena_str(emit_arena(e), buf_str(&json));
	buf_release(&json);
	return kept;
}

/* The hash of the text, as automatic persisted queries send it. */
static struct str extensions(struct emitter *e, struct str text)
{
	unsigned char hash[DIGEST_MAX];
	struct buf hex;
	struct str kept;

	buf_init(&hex, 0);
	buf_add_hex(&hex, str_n((const char *)hash, digest_hash(DIGEST_SHA256, text, hash)));
	kept = arena_printf(emit_arena(e),
			    "{\"persistedQuery\":{\"version\":1,\"sha256Hash\":\"%.*s\"}}",
			    STR_ARG(buf_str(&hex)));
	buf_release(&hex);
	return kept;
}

/* The members that O has: name, JSON value. */
static void add_members(struct emitter *e, const struct operation *o, bool persisted, bool text,
			void (*put)(struct emitter *, struct parts *, const char *,
				    const struct tmpl *, struct str),
			struct parts *p)
{
	if (o->name.len)
		put(e, p, "operationName", NULL, o->name);
	if (text)
		put(e, p, "query", NULL, o->text);
	if (o->variables)
		put(e, p, "variables", build_json(e, o->variables), STR(""));
	if (persisted)
		put(e, p, "extensions", build_literal(e, extensions(e, o->text)), STR(""));
}

static void put_member(struct emitter *e, struct parts *p, const char *name,
		       const struct tmpl *json, struct str text)
{
	if (!json)
		json = build_literal(e, json_string(e, text));
	add(p,
	    build_literal(e, arena_printf(emit_arena(e), "%s\"%s\":", p->count ? "," : "{", name)));
	add(p, json);
}

static void put_query(struct emitter *e, struct parts *p, const char *name, const struct tmpl *json,
		      struct str text)
{
	if (!json)
		json = build_literal(e, text);
	add(p, build_literal(e, arena_printf(emit_arena(e), "%s%s=", p->count ? "&" : "", name)));
	add(p, build_component(e, json));
}

static const struct tmpl *body_of(struct emitter *e, const struct operation *o, bool persisted,
				  bool text)
{
	struct parts p = {.count = 0};

	add_members(e, o, persisted, text, put_member, &p);
	add(&p, build_literal(e, STR("}")));
	return build_joined(e, p.items, p.count);
}

static const struct tmpl *url_of(struct emitter *e, const struct graphql *q,
				 const struct operation *o, bool persisted, bool text)
{
	struct parts p = {.count = 0};
	const struct tmpl *base = build_url(e, &q->url, NULL);
	bool has_query = str_find_char(q->url.raw, '?', 0) != NOT_FOUND;

	add_members(e, o, persisted, text, put_query, &p);
	const struct tmpl *all[] = {base, build_literal(e, has_query ? STR("&") : STR("?")),
				    build_joined(e, p.items, p.count)};
	return build_joined(e, all, 3);
}

static const struct tmpl *batch_body(struct emitter *e, const struct graphql *q)
{
	const struct graphql_operation *operations = q->batch.items;
	const struct tmpl **parts =
	    ARENA_ARRAY(emit_arena(e), 2 * q->batch.count + 1, const struct tmpl *);
	size_t count = 0;

	for (size_t i = 0; i < q->batch.count; i++) {
		struct operation o = operation_of(e, &operations[i]);

		parts[count++] = build_literal(e, i ? STR(",") : STR("["));
		parts[count++] = body_of(e, &o, false, true);
	}
	parts[count++] = build_literal(e, STR("]"));
	return build_joined(e, parts, count);
}

static void compile_operation(struct emitter *e, const struct graphql *q, struct request_plan *plan,
			      struct graphql_plan *graphql)
{
	struct operation o = own_operation(e, q);

	plan->name = o.name;
	if (q->method) {
		plan->url = url_of(e, q, &o, q->persisted, !q->persisted);
		if (q->persisted)
			graphql->full_url = url_of(e, q, &o, true, true);
		return;
	}
	plan->body = body_of(e, &o, q->persisted, !q->persisted);
	if (q->persisted)
		graphql->full_body = body_of(e, &o, true, true);
}

static void compile(struct emitter *e, const struct step *step)
{
	const struct graphql *q = step->data;
	struct graphql_plan *graphql = ARENA_NEW(emit_arena(e), struct graphql_plan);
	struct request_plan plan = {
	    .method = q->method ? STR("GET") : STR("POST"), .span = step->span, .graphql = graphql};
	struct str operation;

	if (has(q, "batch"))
		plan.body = batch_body(e, q);
	else
		compile_operation(e, q, &plan, graphql);
	if (!plan.url)
		plan.url = build_url(e, &q->url, NULL);
	operation = plan.name;
	request_modifiers_plan(e, &q->keys, graphql_fields, &q->modifiers, &plan);
	if (!plan.name.len)
		plan.name = operation;
	if (!plan.name.len)
		plan.name = arena_printf(emit_arena(e), "%.*s %.*s", STR_ARG(plan.method),
					 STR_ARG(q->url.raw));
	build_headers(e, &q->modifiers.headers, "application/json", true, &plan);
	emit_request(e, &plan, &q->modifiers.expect, &q->modifiers.extract);
}

const struct step_kind graphql_step = {
    .name = "graphql",
    .flags = STEP_REQUEST,
    .sentence = "Sends a GraphQL operation; it fails if the response has errors.",
    .fields = graphql_fields,
    .bytes = sizeof(struct graphql),
    .check = check,
    .compile = compile,
};
