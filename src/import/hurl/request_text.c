#include "import/hurl/request_text.h"

#include "base/ascii.h"
#include "doc/json_node.h"
#include "import/json_tree.h"
#include "import/naming.h"
#include "import/template_text.h"

void request_text_init(struct request_text *r, struct import_job *job, const char *kind)
{
	*r = (struct request_text){.job = job,
				   .arena = &job->arena,
				   .root = yaml_writer_map(&job->arena),
				   .steps = yaml_writer_list(&job->arena)};
	yaml_writer_comment(
	    r->arena, r->root,
	    arena_printf(r->arena, "Created by reprise import %s. Not supported:", kind));
}

/* ---- lines */

void request_text_open(struct request_text *r, struct str text)
{
	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_slice(text, 3, text.len);
	r->text = text;
	r->next = 0;
	r->number = 0;
	r->line = STR("");
}

static struct str line_at(struct str text, size_t at, size_t *next)
{
	size_t end = str_find_char(text, '\n', at);
	struct str line = str_slice(text, at, end == NOT_FOUND ? text.len : end);

	*next = end == NOT_FOUND ? text.len : end + 1;
	return str_ends(line, STR("\r")) ? str_slice(line, 0, line.len - 1) : line;
}

bool request_text_next(struct request_text *r)
{
	if (r->next >= r->text.len)
		return false;
	r->line = line_at(r->text, r->next, &r->next);
	r->number++;
	return true;
}

struct str request_text_peek(const struct request_text *r)
{
	size_t next;

	return r->next < r->text.len ? line_at(r->text, r->next, &next) : STR("");
}

void request_text_unsupported(struct request_text *r, const char *why)
{
	r->unsupported++;
	job_warn(r->job, r->root,
		 arena_printf(r->arena, "line %u: %.*s: %s", r->number,
			      STR_ARG(str_cut(str_trim(r->line), 80)), why));
}

/* ---- names */

static struct request_text_name *find_name(struct request_text *r, struct str name)
{
	for (size_t i = 0; i < r->names.count; i++)
		if (str_eq(r->names.items[i].name, name))
			return &r->names.items[i];
	return NULL;
}

static struct str variable_name(struct request_text *r, struct str name)
{
	struct buf scratch;
	struct str word;

	buf_init(&scratch, 0);
	word = naming_snake_case(r->arena, &scratch, name);
	buf_release(&scratch);
	return !word.len || naming_is_reserved(word)
		   ? arena_printf(r->arena, "%.*s_value", STR_ARG(word))
		   : word;
}

static struct request_text_name *add_name(struct request_text *r, struct str name, struct str value,
					  bool captured)
{
	struct request_text_name n = {
	    .name = name, .value = value, .captured = captured, .secret = naming_is_secret(name)};

	n.expression = captured ? variable_name(r, name) : naming_parameter(r->arena, name);
	VEC_PUSH(r->arena, &r->names, n);
	return &r->names.items[r->names.count - 1];
}

void request_text_define(struct request_text *r, struct str name, struct str value, bool captured)
{
	struct request_text_name *n = find_name(r, name);

	if (!n) {
		add_name(r, name, value, captured);
		return;
	}
	if (!n->value.ptr)
		n->value = value;
	if (captured && !n->captured) {
		n->captured = true;
		n->expression = variable_name(r, name);
	}
}

/* The expression of {{NAME}}; names without a value become parameters that a run must set. */
static struct str expression_of(struct request_text *r, struct str name)
{
	static const char *const functions[][2] = {{"newUuid", "uuid()"},
						   {"newDate", "now(\"iso_ms\")"},
						   {"$guid", "uuid()"},
						   {"$uuid", "uuid()"},
						   {"$random.uuid", "uuid()"},
						   {"$timestamp", "now(\"unix\")"},
						   {"$isoTimestamp", "now(\"iso_ms\")"},
						   {"$randomInt", "random_int(0, 1000)"}};
	struct request_text_name *n;

	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		if (str_eq(name, str_of(functions[i][0])))
			return str_of(functions[i][1]);
	if (str_starts(name, STR("$")) || str_find_char(name, ' ', 0) != NOT_FOUND)
		return STR_NULL;
	n = find_name(r, name);
	if (!n)
		n = add_name(r, name, STR_NULL, false);
	n->used = true;
	return n->expression;
}

struct str request_text_convert(struct request_text *r, struct str text)
{
	struct buf out;
	struct str result;

	buf_init(&out, 0);
	for (size_t from = 0; from < text.len;) {
		size_t open = str_find(text, STR("{{"), from);
		size_t end = open == NOT_FOUND ? open : str_find(text, STR("}}"), open);
		struct str found;

		template_text_add_literal(
		    &out, str_slice(text, from, end == NOT_FOUND ? text.len : open));
		if (end == NOT_FOUND)
			break;
		found = expression_of(r, str_trim(str_slice(text, open + 2, end)));
		if (found.ptr)
			template_text_add_expression(&out, found);
		else
			request_text_unsupported(r,
						 "a template that is not supported is left empty");
		from = end + 2;
	}
	result = arena_str(r->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

struct str request_text_secret(struct request_text *r, struct str name, struct str value)
{
	struct request_text_name *n;

	if (!value.len || str_find(value, STR("{{"), 0) != NOT_FOUND) {
		size_t end = str_find(value, STR("}}"), 0);

		/* A value that is a variable makes the variable secret. */
		n = str_starts(value, STR("{{")) && end + 2 == value.len
			? find_name(r, str_trim(str_slice(value, 2, end)))
			: NULL;
		if (n)
			n->secret = true;
		return request_text_convert(r, value);
	}
	n = find_name(r, name);
	if (!n)
		n = add_name(r, name, value, false);
	n->secret = n->used = true;
	return arena_printf(r->arena, "${%.*s}", STR_ARG(n->expression));
}

/* ---- requests */

bool request_text_is_request(struct str line, struct str *method, struct str *url)
{
	size_t end = 0;

	while (end < line.len && (ascii_is_upper(line.ptr[end]) || line.ptr[end] == '-'))
		end++;
	if (end < 3 || end >= line.len || !ascii_is_blank(line.ptr[end]))
		return false;
	*method = str_slice(line, 0, end);
	*url = str_trim(str_slice(line, end, line.len));
	return url->len && (str_starts(*url, STR("http")) || str_starts(*url, STR("{{")) ||
			    str_starts(*url, STR("/")));
}

static struct str origin_of(struct str url)
{
	size_t from = str_find(url, STR("://"), 0), end;

	if (from == NOT_FOUND || !str_starts(url, STR("http")))
		return STR("");
	for (end = from + 3; end < url.len && url.ptr[end] != '/' && url.ptr[end] != '?'; end++)
		if (url.ptr[end] == '{')
			return STR("");
	return str_slice(url, 0, end);
}

/* The address that URL starts with; a variable at its start is replaced by its value. */
static struct str resolved(struct request_text *r, struct str url)
{
	size_t end = str_find(url, STR("}}"), 0);
	struct request_text_name *n;

	if (!str_starts(url, STR("{{")) || end == NOT_FOUND)
		return url;
	n = find_name(r, str_trim(str_slice(url, 2, end)));
	if (!n || !n->value.ptr)
		return url;
	return arena_printf(r->arena, "%.*s%.*s", STR_ARG(n->value),
			    STR_ARG(str_slice(url, end + 2, url.len)));
}

void request_text_see_url(struct request_text *r, struct str url)
{
	if (!r->target.len)
		r->target = origin_of(resolved(r, url));
}

static struct str relative_url(struct request_text *r, struct str url)
{
	struct str whole = resolved(r, url), origin = origin_of(whole), rest;
	size_t end = str_find(url, STR("}}"), 0), from;

	if (origin.len && str_eq(origin, r->target)) {
		rest = str_slice(whole, origin.len, whole.len);
	} else if (!r->target.len && str_starts(url, STR("{{")) && end != NOT_FOUND) {
		rest = str_slice(url, end + 2, url.len); /* the variable is the server */
	} else {
		if (origin.len) {
			from = str_find(origin, STR("://"), 0) + 3;
			end = str_find_char(origin, ':', from);
			VEC_PUSH(r->arena, &r->hosts,
				 str_slice(origin, from, end == NOT_FOUND ? origin.len : end));
		}
		return url;
	}
	return rest.len && rest.ptr[0] == '/' ? rest
					      : arena_printf(r->arena, "/%.*s", STR_ARG(rest));
}

struct yaml_writer_node *request_text_step(struct request_text *r, struct str method,
					   struct str url)
{
	static const char *const simple[] = {"GET",    "POST", "PUT",	 "PATCH",
					     "DELETE", "HEAD", "OPTIONS"};
	struct yaml_writer_node *step =
	    yaml_writer_add(r->arena, r->steps, yaml_writer_map(r->arena));
	struct yaml_writer_node *keys;
	size_t fragment = str_find_char(url, '#', 0);

	r->requests++;
	url = template_text_url(
	    r->arena, request_text_convert(r, relative_url(r, str_slice(url, 0, fragment))));
	for (size_t i = 0; i < sizeof simple / sizeof *simple; i++) {
		char *lower;

		if (!str_eq(method, str_of(simple[i])))
			continue;
		lower = arena_cstr(r->arena, method);
		for (size_t k = 0; k < method.len; k++)
			lower[k] = (char)ascii_to_lower(lower[k]);
		yaml_writer_put_text(r->arena, step, str_n(lower, method.len), url);
		return step;
	}
	keys = yaml_writer_put(r->arena, step, STR("request"), yaml_writer_map(r->arena));
	keys->flow = true;
	yaml_writer_put_text(r->arena, keys, STR("method"), method);
	yaml_writer_put_text(r->arena, keys, STR("url"), url);
	return step;
}

struct yaml_writer_node *request_text_map(struct request_text *r, struct yaml_writer_node *step,
					  const char *key)
{
	struct yaml_writer_node *map = yaml_writer_find(step, str_of(key));

	return map ? map : yaml_writer_put(r->arena, step, str_of(key), yaml_writer_map(r->arena));
}

void request_text_header(struct request_text *r, struct yaml_writer_node *step, struct str name,
			 struct str value)
{
	size_t space = str_find_char(value, ' ', 0);

	if (!str_is_token(name)) {
		request_text_unsupported(r, "the name is not a valid header name");
		return;
	}
	if (str_ieq(name, STR("Host")) || str_ieq(name, STR("Content-Length")))
		return;
	if (str_ieq(name, STR("Authorization")) && space != NOT_FOUND)
		value = arena_printf(
		    r->arena, "%.*s %.*s", STR_ARG(str_slice(value, 0, space)),
		    STR_ARG(request_text_secret(r, STR("token"),
						str_trim(str_slice(value, space, value.len)))));
	else
		value = naming_is_secret(name) ? request_text_secret(r, name, value)
					       : request_text_convert(r, value);
	yaml_writer_append(r->arena, request_text_map(r, step, "headers"), name,
			   yaml_writer_text(r->arena, value));
}

/* ---- bodies */

static struct str json_text(void *owner, const struct node *node, struct str key)
{
	return naming_is_secret(key) ? request_text_secret(owner, key, node->text)
				     : request_text_convert(owner, node->text);
}

static bool has_type(const struct yaml_writer_node *step, const char *type)
{
	const struct yaml_writer_node *headers = yaml_writer_find(step, STR("headers"));

	for (size_t i = 0; headers && i < headers->members.count; i++)
		if (str_ieq(headers->members.items[i].key, STR("Content-Type")))
			return str_icontains(headers->members.items[i].value->text, str_of(type));
	return !*type;
}

struct yaml_writer_node *request_text_json(struct request_text *r, struct str text)
{
	const struct node *json;
	const char *why;
	size_t at;

	json =
	    json_node_read(r->arena, source_new(r->arena, STR("body"), str_trim(text)), &at, &why);
	return json && json->kind != NODE_SCALAR
		   ? json_tree(r->arena, json, STR(""),
			       &(struct json_tree_texts){.owner = r, .convert = json_text})
		   : NULL;
}

/* A text, number or Boolean of JSON; NULL if it is not one. */
static struct yaml_writer_node *json_scalar(struct request_text *r, struct str text)
{
	const struct node *json;
	const char *why;
	size_t at;

	json =
	    json_node_read(r->arena, source_new(r->arena, STR("body"), str_trim(text)), &at, &why);
	return json && json->kind == NODE_SCALAR
		   ? json_tree(r->arena, json, STR(""),
			       &(struct json_tree_texts){.owner = r, .convert = json_text})
		   : NULL;
}

void request_text_json_scalar(struct request_text *r, struct yaml_writer_node *step,
			      struct str text)
{
	struct yaml_writer_node *value = json_scalar(r, text);

	if (value)
		yaml_writer_put(r->arena, step, STR("json"), value);
	else
		request_text_unsupported(r, "it is not JSON");
}

void request_text_body(struct request_text *r, struct yaml_writer_node *step, struct str body)
{
	struct yaml_writer_node *json = NULL;

	if (!str_trim(body).len)
		return;
	if (has_type(step, "json") || has_type(step, ""))
		json = request_text_json(r, body);
	if (json)
		yaml_writer_put(r->arena, step, STR("json"), json);
	else
		yaml_writer_put_text(r->arena, step, STR("body"), request_text_convert(r, body));
}

/* ---- the document */

static void put_names(struct request_text *r)
{
	struct yaml_writer_node *parameters = yaml_writer_map(r->arena);
	struct yaml_writer_node *keys;

	for (size_t i = 0; i < r->names.count; i++) {
		const struct request_text_name *n = &r->names.items[i];

		if (!n->used || n->captured || yaml_writer_find(parameters, n->expression))
			continue;
		if (n->value.ptr && !n->secret && str_find(n->value, STR("{{"), 0) == NOT_FOUND) {
			yaml_writer_put(r->arena, parameters, n->expression,
					yaml_writer_typed(r->arena, n->value));
			continue;
		}
		keys =
		    yaml_writer_put(r->arena, parameters, n->expression, yaml_writer_map(r->arena));
		keys->flow = true;
		yaml_writer_put(r->arena, keys, STR("required"),
				yaml_writer_word(r->arena, STR("yes")));
		if (n->secret)
			yaml_writer_put(r->arena, keys, STR("secret"),
					yaml_writer_word(r->arena, STR("yes")));
	}
	if (parameters->members.count)
		yaml_writer_put(r->arena, r->root, STR("parameters"), parameters);
}

static void put_hosts(struct request_text *r)
{
	if (r->hosts.count)
		yaml_writer_put(r->arena, r->root, STR("allowed_hosts"),
				yaml_writer_set(r->arena, r->hosts.items, r->hosts.count));
}

bool request_text_finish(struct request_text *r, const char *kind,
			 struct yaml_writer_node *defaults)
{
	if (!r->requests)
		return job_error(r->job, "the file has no request");
	if (!r->unsupported)
		r->root->above = arena_printf(
		    r->arena, "Created by reprise import %s; everything was converted.", kind);
	if (r->target.len)
		yaml_writer_put_text(r->arena, r->root, STR("target"), r->target);
	else
		job_no_target(r->job, r->root, STR("the file has no address"));
	put_hosts(r);
	put_names(r);
	if (defaults)
		yaml_writer_put(r->arena, r->root, STR("defaults"), defaults);
	yaml_writer_put(r->arena, r->root, STR("steps"), r->steps);
	job_note(r->job, "converted", "%zu requests", r->requests);
	r->job->document = r->root;
	return true;
}
