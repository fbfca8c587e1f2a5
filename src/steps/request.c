/* get, post, put, patch, delete, head, options and request: one request and how its response is
 * used. */
#include "doc/json.h"
#include "doc/node.h"
#include "interface/reader.h"
#include "program/build.h"
#include "scenario/scenario_reader.h"
#include "program/emit.h"
#include "steps/request_modifiers.h"

struct request_target {
	struct keys keys;
	struct str method;
	struct text url;
};

struct request {
	struct keys keys;
	struct request_target target;
	struct request_modifiers modifiers;
	struct events events;
	struct field_map query, form; /* of struct text */
	const struct node *json;
	struct text body;
	struct str body_file;
	struct field_map multipart; /* of struct multipart_part */
};

static const struct field long_fields[] = {
    FIELD(struct request_target, url, "url", FIELD_TEMPLATE, .label = "URL",
	  .flags = FIELD_REQUIRED,
	  .prose = "A path that is appended to the target, or a full URL of an allowed host.",
	  .example = "/login"),
    FIELD_END,
};

static const struct field any_method_fields[] = {
    FIELD(struct request_target, method, "method", FIELD_TEXT, .flags = FIELD_REQUIRED,
	  .prose = "The method, in upper case.", .example = "PROPFIND"),
    FIELD(struct request_target, url, "url", FIELD_TEMPLATE, .label = "URL",
	  .flags = FIELD_REQUIRED,
	  .prose = "A path that is appended to the target, or a full URL of an allowed host.",
	  .example = "/files"),
    FIELD_END,
};

static bool is_modifier(struct str key);

/* Artillery has the keys of a request under its method; here they are in the same column. */
static const struct node *without_modifiers(struct reader *r, const struct node *node)
{
	struct node_pair *pairs = ARENA_ARRAY(r->arena, node->count, struct node_pair);
	struct node *own = ARENA_NEW(r->arena, struct node);

	*own = *node;
	own->pairs = pairs;
	own->count = 0;
	for (size_t i = 0; i < node->count; i++) {
		const struct node *key = node->pairs[i].key;

		if (field_find(long_fields, key->text) || !is_modifier(key->text)) {
			pairs[own->count++] = node->pairs[i];
			continue;
		}
		reader_error(r, key->span, DIAG_E142,
			     "'%.*s' must be in the same column as the method: write `get: /login` "
			     "and below it, in the column of `get`, `%.*s: …`",
			     STR_ARG(key->text), STR_ARG(key->text));
	}
	return own;
}

#define URL "a URL such as /login"

static void read_url(struct reader *r, const struct node *node, void *out)
{
	struct request_target *target = out;

	if (node->kind == NODE_MAP)
		reader_object(r, without_modifiers(r, node), long_fields, target);
	else
		reader_template_of(r, node, URL, &target->url);
}

static const struct field_special url_special = {
    .name = URL,
    .read = read_url,
    .widget = "url",
    .schema = "{\"type\": \"string\"}",
    .fields = long_fields,
    .definition = "request",
};

/* `json: '{"title": "x"}'` sends a JSON string, which a server expects rarely. */
static bool is_json_text(const struct node *node)
{
	struct str text = str_trim(node->text);
	struct json_tape tape;
	bool json;

	if (node->kind != NODE_SCALAR || !node_is_quoted(node) || text.len < 2 ||
	    (text.ptr[0] != '{' && text.ptr[0] != '['))
		return false;
	json_init(&tape);
	json = json_read(&tape, text);
	json_release(&tape);
	return json;
}

static void read_json(struct reader *r, const struct node *node, void *out)
{
	*(const struct node **)out = node;
	if (!is_json_text(node))
		return;
	struct diag *diag = reader_warning(
	    r, node->span, DIAG_W347,
	    "this text is sent as a JSON string, because it is in quotes; remove the quotes to "
	    "send the object or list");

	if (str_find(node->text, STR("${"), 0) == NOT_FOUND)
		reader_fix_value(r, diag, node, str_trim(node->text));
}

static const struct field_special json_special = {
    .name = "any value",
    .read = read_json,
    .widget = "json",
    .schema = "{}",
};

#define METHOD(key, label_, what)                                                                  \
	FIELD(struct request, target, key, FIELD_SPECIAL, .label = label_, .flags = FIELD_ACTION,  \
	      .special = &url_special, .prose = what, .example = "/login")

/* A web form or an API: the two that are confused most often. */
static const struct field_clash body_clashes[] = {
    {"form", "json",
     ", because a request has one body; remove one of them: keep json for an API, or form for a "
     "web form"},
    {NULL, NULL, NULL},
};

static const struct field_choice body_choice = {
    .name = "body",
    .label = "Body",
    .code = DIAG_E347,
    .why = ", because a request has one body; remove one of them",
    .clashes = body_clashes,
};

static const struct field request_fields[] = {
    METHOD("get", "GET", "Sends a GET request to a path of the target, or to a full URL."),
    METHOD("post", "POST", "Sends a POST request."),
    METHOD("put", "PUT", "Sends a PUT request."),
    METHOD("patch", "PATCH", "Sends a PATCH request."),
    METHOD("delete", "DELETE", "Sends a DELETE request."),
    METHOD("head", "HEAD", "Sends a HEAD request."),
    METHOD("options", "OPTIONS", "Sends an OPTIONS request."),
    FIELD(struct request, target, "request", FIELD_OBJECT, .label = "Other method",
	  .flags = FIELD_ACTION, .fields = any_method_fields,
	  .prose = "Sends a request of any method.", .example = "{method: PROPFIND, url: /files}"),
    REQUEST_MODIFIERS_FIRST(struct request, modifiers),
    FIELD(struct request, query, "query", FIELD_MAP, .label = "Query parameters",
	  .flags = FIELD_REPEATS, .element = &request_modifiers_text, .example = "{q: hat}",
	  .prose =
	      "Query parameters, URL-encoded and appended to the URL; a list repeats its key."),
    FIELD(struct request, form, "form", FIELD_MAP, .group = FIELD_GROUP_BODY,
	  .choice = &body_choice, .flags = FIELD_REPEATS, .element = &request_modifiers_text,
	  .example = "{user: anna}",
	  .prose = "The body as an HTML form (application/x-www-form-urlencoded); a list repeats "
		   "its key."),
    FIELD(struct request, json, "json", FIELD_SPECIAL, .label = "JSON", .group = FIELD_GROUP_BODY,
	  .choice = &body_choice, .special = &json_special,
	  .prose = "The body as JSON. Unquoted true, false, null and numbers keep their type.",
	  .example = "{product: 7}"),
    FIELD(struct request, body, "body", FIELD_TEMPLATE, .label = "Text", .group = FIELD_GROUP_BODY,
	  .choice = &body_choice, .prose = "The body as text.",
	  .expected = "the body as text (for names and values, use `json` for an API, or `form` "
		      "for a web form)",
	  .example = "<order/>"),
    FIELD(struct request, body_file, "body_file", FIELD_TEXT, .label = "File",
	  .group = FIELD_GROUP_BODY, .choice = &body_choice, .flags = FIELD_PARAMETER | FIELD_FILE,
	  .example = "order.xml",
	  .prose = "A file as the body; its Content-Type depends on its name. It is read once for "
		   "all users."),
    FIELD(
	struct request, multipart, "multipart", FIELD_MAP, .label = "Form with files",
	.group = FIELD_GROUP_BODY, .choice = &body_choice, .flags = FIELD_REPEATS,
	.element = &multipart_part_element, .example = "{title: A hat, image: {file: hat.png}}",
	.prose =
	    "The body as an HTML form with files (multipart/form-data); a list repeats its name."),
    FIELD(struct request, events, "events", FIELD_OBJECT, .label = "Stream of events",
	  .group = FIELD_GROUP_RESPONSE, .fields = request_modifiers_event_fields,
	  .prose =
	      "Reads the response as a stream of events, while it arrives. `timeout` then has no "
	      "default, and `body_limit` limits one event.",
	  .example = "{until: {data: \"[DONE]\"}}"),
    REQUEST_MODIFIERS(struct request, modifiers),
    FIELD_END,
};

static bool is_modifier(struct str key)
{
	const struct field *row = field_find(request_fields, key);

	return row && !(row->flags & FIELD_ACTION);
}

static bool has(const struct request *q, const char *key)
{
	return keys_has(&q->keys, request_fields, key);
}

static void check_method(struct reader *r, const struct request *q)
{
	struct str method = q->target.method;
	const struct node *node = keys_value(&q->target.keys, "method");

	for (size_t i = 0; i < method.len; i++)
		if ((method.ptr[i] < 'A' || method.ptr[i] > 'Z') && method.ptr[i] != '-') {
			reader_error(
			    r, node->span, DIAG_E345,
			    "'%.*s' is not a method; use upper-case letters, such as PROPFIND",
			    STR_ARG(method));
			return;
		}
}

static void check(struct reader *r, const struct step *step)
{
	const struct request *q = step->data;

	if (q->target.method.ptr)
		check_method(r, q);
	reader_check_choices(r, &q->keys, request_fields);
}

static struct str method_of(struct arena *a, const struct step *step)
{
	const struct request *q = step->data;

	if (strcmp(step->action->key, "request") == 0)
		return arena_str(a, q->target.method);
	char *method = arena_cstr(a, str_of(step->action->key));
	for (char *c = method; *c; c++)
		*c = (char)(*c - 'a' + 'A');
	return str_of(method);
}

static const char *compile_body(struct emitter *e, const struct request *q,
				struct request_plan *plan)
{
	if (has(q, "json")) {
		plan->body = build_json(e, q->json);
		return "application/json";
	}
	if (has(q, "form")) {
		plan->body = build_pairs(e, &q->form, ESCAPE_FORM);
		return "application/x-www-form-urlencoded";
	}
	if (has(q, "body_file"))
		return build_file_body(e, q->body_file, keys_value(&q->keys, "body_file")->span,
				       plan);
	if (has(q, "multipart"))
		return build_multipart(e, &q->multipart, plan);
	if (!has(q, "body"))
		return NULL;
	plan->body = build_template(e, &q->body, ESCAPE_NONE);
	return "text/plain; charset=utf-8";
}

static void compile(struct emitter *e, const struct step *step)
{
	const struct request *q = step->data;
	struct request_plan plan = {
	    .method = method_of(emit_arena(e), step),
	    .span = step->span,
	    .url = build_url(e, &q->target.url, &q->query),
	};

	request_modifiers_plan(e, &q->keys, request_fields, &q->modifiers, &plan);
	if (has(q, "events")) {
		plan.events = request_modifiers_plan_events(e, &q->events);
		if (!has(q, "timeout"))
			plan.timeout = 0;
	}
	if (!plan.name.len)
		plan.name = arena_printf(emit_arena(e), "%.*s %.*s", STR_ARG(plan.method),
					 STR_ARG(q->target.url.raw));
	build_headers(e, &q->modifiers.headers, compile_body(e, q, &plan),
		      has(q, "json") || has(q, "form") || has(q, "multipart"), &plan);
	emit_request(e, &plan, &q->modifiers.expect, &q->modifiers.extract);
}

const struct step_kind request_step = {
    .name = "request",
    .flags = STEP_REQUEST,
    .sentence = "Sends one request, checks the response and extracts values from it.",
    .fields = request_fields,
    .bytes = sizeof(struct request),
    .check = check,
    .compile = compile,
};
