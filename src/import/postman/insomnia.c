/*
 * insomnia: an export of Insomnia, version 4 (JSON) or 5 (YAML), with its environments. It becomes
 * a collection of Postman, whose import converts it: both tools have the same model. Scripts have
 * the same functions under another name.
 */
#include "base/diag.h"
#include "doc/json_node.h"
#include "doc/yaml.h"
#include "import/import.h"
#include "import/postman/collection_build.h"
#include "import/postman/insomnia_private.h"
#include "import/postman/postman.h"

static bool read_all(struct import_job *job);
static bool is_insomnia(struct str text);

const struct import_kind insomnia_import = {
    .name = "insomnia",
    .sentence = "an export of Insomnia, version 4 or 5, with its environments",
    .example = "shop.insomnia.yaml",
    .read = read_all,
    .recognizes = is_insomnia,
};

static bool is_insomnia(struct str text)
{
	return str_find(text, STR("collection.insomnia.rest/"), 0) != NOT_FOUND ||
	       (str_find(text, STR("\"__export_format\""), 0) != NOT_FOUND &&
		str_find(text, STR("\"resources\""), 0) != NOT_FOUND);
}

/* ---- parts of a request */

static bool is_off(const struct node *row)
{
	return str_eq(postman_text_at(row, "disabled"), STR("true"));
}

/* Adds the rows {name, value} of FROM to LIST. */
static void add_rows(struct insomnia *in, struct node *list, const struct node *from)
{
	for (size_t i = 0; from && from->kind == NODE_LIST && i < from->count; i++) {
		const struct node *row = from->items[i];
		struct str name = insomnia_text(in, row, postman_text_at(row, "name"));

		if (name.len)
			collection_build_row(in->arena, list, row->span, name,
					     insomnia_text(in, row, postman_text_at(row, "value")),
					     is_off(row));
	}
}

static void put_url(struct insomnia *in, const struct node *request, struct node *out)
{
	struct node *query =
	    collection_build_url(in->arena, out, request->span,
				 insomnia_text(in, request, postman_text_at(request, "url")));
	struct node *url = (struct node *)node_find(out, STR("url"));

	add_rows(in, query, node_find(request, STR("parameters")));
	add_rows(in,
		 collection_build_put(in->arena, url, "variable",
				      collection_build_list(in->arena, request->span)),
		 node_find(request, STR("pathParameters")));
}

static void put_files(struct insomnia *in, const struct node *params, struct node *list)
{
	for (size_t i = 0; params && params->kind == NODE_LIST && i < params->count; i++) {
		const struct node *row = params->items[i];
		bool file = str_eq(postman_text_at(row, "type"), STR("file"));
		struct node *made = collection_build_row(
		    in->arena, list, row->span,
		    insomnia_text(in, row, postman_text_at(row, "name")),
		    insomnia_text(in, row, postman_text_at(row, "value")), is_off(row));

		collection_build_put_text(in->arena, made, "type", row->span,
					  file ? STR("file") : STR("text"));
		if (file)
			collection_build_put_text(in->arena, made, "src", row->span,
						  postman_text_at(row, "fileName"));
	}
}

/* The text of a GraphQL body is JSON: {"query": …, "variables": …}. */
static void put_graphql(struct insomnia *in, struct node *out, const struct node *body)
{
	struct str text = insomnia_text(in, body, postman_text_at(body, "text"));
	const struct node *top, *variables;
	const char *why;
	size_t at;

	top = json_node_read(in->arena, source_new(in->arena, STR("body"), text), &at, &why);
	variables = node_find(top, STR("variables"));
	collection_build_graphql(in->arena, out, body->span,
				 top ? postman_text_at(top, "query") : text,
				 postman_text_at(top, "operationName"),
				 variables && variables->kind == NODE_MAP
				     ? str_slice(text, variables->span.begin, variables->span.end)
				     : STR_NULL);
}

/* The language of a media type. */
static struct str language_of(struct str type)
{
	if (str_icontains(type, STR("json")))
		return STR("json");
	return str_icontains(type, STR("xml")) ? STR("xml") : STR("text");
}

static void put_body(struct insomnia *in, const struct node *request, struct node *out)
{
	const struct node *body = node_find(request, STR("body"));
	struct str type = postman_text_at(body, "mimeType");

	if (!body || body->kind != NODE_MAP || !body->count)
		return;
	if (str_eq(type, STR("multipart/form-data")))
		put_files(in, node_find(body, STR("params")),
			  collection_build_rows(in->arena, out, body->span, "formdata"));
	else if (str_eq(type, STR("application/x-www-form-urlencoded")))
		add_rows(in, collection_build_rows(in->arena, out, body->span, "urlencoded"),
			 node_find(body, STR("params")));
	else if (str_eq(type, STR("application/graphql")))
		put_graphql(in, out, body);
	else if (postman_text_at(body, "fileName").len)
		collection_build_file(in->arena, out, body->span,
				      postman_text_at(body, "fileName"));
	else if (postman_text_at(body, "text").len)
		collection_build_raw(in->arena, out, body->span,
				     insomnia_text(in, body, postman_text_at(body, "text")),
				     language_of(type));
}

/* ---- authentication */

static const struct collection_build_auth auth_kinds[] = {
    {"basic", "basic", {{"username", "username"}, {"password", "password"}}},
    {"digest", "digest", {{"username", "username"}, {"password", "password"}}},
    {"ntlm", "ntlm", {{"username", "username"}, {"password", "password"}}},
    {"bearer", "bearer", {{"token", "token"}}},
    {"apikey", "apikey", {{"key", "key"}, {"value", "value"}, {"addTo", "in"}}},
    {"iam",
     "awsv4",
     {{"accessKeyId", "accessKey"},
      {"secretAccessKey", "secretKey"},
      {"sessionToken", "sessionToken"},
      {"region", "region"},
      {"service", "service"}}},
    {"oauth2",
     "oauth2",
     {{"grantType", "grant_type"},
      {"accessTokenUrl", "accessTokenUrl"},
      {"clientId", "clientId"},
      {"clientSecret", "clientSecret"},
      {"scope", "scope"},
      {"username", "username"},
      {"password", "password"},
      {"credentialsInBody", "client_authentication"}}},
    {"none", "noauth", {{NULL, NULL}}},
};

struct auth_reader {
	struct insomnia *in;
	const struct node *auth;
};

static struct str auth_value(void *owner, const char *key)
{
	const struct auth_reader *r = owner;

	return insomnia_text(r->in, r->auth, postman_text_at(r->auth, key));
}

static void put_auth(struct insomnia *in, const struct node *from, struct node *out)
{
	struct auth_reader reader = {in, node_find(from, STR("authentication"))};
	struct str type = postman_text_at(reader.auth, "type");

	if (type.len && !is_off(reader.auth))
		collection_build_put_auth(in->arena, out, reader.auth->span, auth_kinds,
					  sizeof auth_kinds / sizeof *auth_kinds, type, auth_value,
					  &reader);
}

/* ---- requests and folders */

static void put_script(struct insomnia *in, const struct node *from, const char *key,
		       const char *inner, const char *listen, struct node *item)
{
	const struct node *scripts = node_find(from, STR("scripts"));
	struct str text = postman_text_at(from, key);

	if (!text.ptr)
		text = postman_text_at(scripts, inner);
	if (text.len)
		collection_build_script(in->arena, item, listen, from->span,
					insomnia_script(in, text));
}

static void put_settings(struct insomnia *in, const struct node *from, struct node *item)
{
	struct str redirects = postman_text_at(from, "settingFollowRedirects");
	struct node *made;

	if (!redirects.ptr)
		redirects = postman_text_at(node_find(from, STR("settings")), "followRedirects");
	if (!str_eq(redirects, STR("off")))
		return;
	made = collection_build_put(in->arena, item, "protocolProfileBehavior",
				    collection_build_map(in->arena, from->span));
	collection_build_put_text(in->arena, made, "followRedirects", from->span, STR("false"));
}

static struct node *item_of(struct insomnia *in, const struct node *from, struct node *list)
{
	struct node *item =
	    collection_build_add(in->arena, list, collection_build_map(in->arena, from->span));

	collection_build_put_text(in->arena, item, "name", from->span,
				  postman_text_at(from, "name"));
	put_script(in, from, "preRequestScript", "preRequest", "prerequest", item);
	put_script(in, from, "afterResponseScript", "afterResponse", "test", item);
	return item;
}

static void put_request(struct insomnia *in, const struct node *from, struct node *list)
{
	struct node *item = item_of(in, from, list);
	struct node *request = collection_build_put(in->arena, item, "request",
						    collection_build_map(in->arena, from->span));

	insomnia_note_request(in, insomnia_id(from), item);
	put_settings(in, from, item);
	collection_build_put_text(in->arena, request, "method", from->span,
				  postman_text_at(from, "method"));
	put_url(in, from, request);
	add_rows(in,
		 collection_build_put(in->arena, request, "header",
				      collection_build_list(in->arena, from->span)),
		 node_find(from, STR("headers")));
	put_auth(in, from, request);
	put_body(in, from, request);
}

/* The children of PARENT in version 4 (by its id) or 5 (a list), in the order of the sidebar. */
static size_t children_of(struct insomnia *in, const struct node *parent, const struct node **out)
{
	const struct node *all = in->resources;
	struct str id = insomnia_id(parent);
	size_t count = 0;

	if (!all) {
		all = node_find(parent, STR("children"));
		if (!all)
			all = node_find(parent, STR("collection"));
	}
	for (size_t i = 0; all && all->kind == NODE_LIST && i < all->count; i++)
		if (!in->resources || str_eq(postman_text_at(all->items[i], "parentId"), id))
			out[count++] = all->items[i];
	for (size_t i = 1; i < count; i++)
		for (size_t k = i;
		     k > 0 && insomnia_sort_key(out[k - 1]) > insomnia_sort_key(out[k]); k--) {
			const struct node *swapped = out[k];

			out[k] = out[k - 1];
			out[k - 1] = swapped;
		}
	return count;
}

static void put_children(struct insomnia *in, const struct node *parent, struct node *list,
			 unsigned depth);

static void put_folder(struct insomnia *in, const struct node *from, struct node *list,
		       unsigned depth)
{
	struct node *item = item_of(in, from, list);

	put_auth(in, from, item);
	insomnia_add_values(in, node_find(from, STR("environment")), in->variables, STR(""));
	put_children(in, from,
		     collection_build_put(in->arena, item, "item",
					  collection_build_list(in->arena, from->span)),
		     depth + 1);
}

static bool is_folder(const struct node *from)
{
	return str_eq(postman_text_at(from, "_type"), STR("request_group")) ||
	       node_find(from, STR("children"));
}

static void put_children(struct insomnia *in, const struct node *parent, struct node *list,
			 unsigned depth)
{
	size_t size = in->resources ? in->resources->count : INSOMNIA_CHILDREN_MAX;
	const struct node **children = ARENA_ARRAY(in->arena, size + 1, const struct node *);
	size_t count = children_of(in, parent, children);

	for (size_t i = 0; depth < INSOMNIA_DEPTH_MAX && i < count; i++) {
		struct str type = postman_text_at(children[i], "_type");

		if (is_folder(children[i]))
			put_folder(in, children[i], list, depth);
		else if (str_eq(type, STR("request")) ||
			 (!type.ptr && node_find(children[i], STR("method"))))
			put_request(in, children[i], list);
		else if (str_ends(type, STR("_request")) || !type.ptr)
			postman_unsupported(in->postman, children[i],
					    postman_text_at(children[i], "name"),
					    "only HTTP requests are supported");
	}
}

/* ---- a file */

static const struct node *read_tree(struct postman *p, const char *path)
{
	const struct node *top;
	struct diag_list diags;
	const char *why = "it is not a mapping";
	struct str text;
	size_t at = 0;

	if (!job_read(p->job, path, &text))
		return NULL;
	if (str_starts(str_trim(text), STR("{"))) {
		top = json_node_read(p->arena, source_new(p->arena, str_of(path), text), &at, &why);
		if (!top)
			job_error(p->job, "%s is not JSON: byte %zu: %s", path, at, why);
		return top;
	}
	diag_init(&diags, p->arena);
	top = yaml_read(p->arena, source_new(p->arena, str_of(path), text), &diags);
	if (!top || diags.errors)
		job_error(p->job, "%s is not YAML that can be read; check it in Insomnia", path);
	return diags.errors ? NULL : top;
}

/* The workspaces of version 4, or the file itself. */
static void put_workspaces(struct insomnia *in, const struct node *top, struct node *collection)
{
	struct node *info = collection_build_put(in->arena, collection, "info",
						 collection_build_map(in->arena, top->span));
	struct node *items = collection_build_put(in->arena, collection, "item",
						  collection_build_list(in->arena, top->span));
	struct str name = postman_text_at(top, "name");

	if (!in->resources)
		put_children(in, top, items, 0);
	for (size_t i = 0; in->resources && i < in->resources->count; i++) {
		const struct node *one = in->resources->items[i];

		if (!str_eq(postman_text_at(one, "_type"), STR("workspace")))
			continue;
		name = name.ptr ? name : postman_text_at(one, "name");
		put_children(in, one, items, 0);
	}
	collection_build_put_text(in->arena, info, "name", top->span, name);
}

static bool read_file(struct postman *p, const char *path)
{
	struct insomnia in = {.postman = p, .arena = p->arena};
	const struct node *top = read_tree(p, path);
	struct node *collection;

	if (!top)
		return false;
	in.resources = node_find(top, STR("resources"));
	if (in.resources && in.resources->kind != NODE_LIST)
		return job_error(p->job, "%s has no list of resources", path);
	collection = collection_build_map(p->arena, top->span);
	in.variables = collection_build_list(p->arena, top->span);
	insomnia_add_environments(&in, top);
	put_workspaces(&in, top, collection);
	insomnia_put_responses(&in);
	collection_build_put(p->arena, collection, "variable", in.variables);
	postman_add_file(p, collection);
	return true;
}

static bool read_all(struct import_job *job)
{
	return postman_import_files(job, "Insomnia", "insomnia", read_file);
}
