/* A request of an Artillery file. */
#include "import/artillery/artillery.h"
#include "import/json_tree.h"
#include "import/template_text.h"

struct yaml_writer_node *artillery_texts(struct artillery *a, const struct node *from, bool headers)
{
	struct yaml_writer_node *map = yaml_writer_map(a->arena);

	for (size_t i = 0; from->kind == NODE_MAP && i < from->count; i++) {
		const struct node *k = from->pairs[i].key, *v = from->pairs[i].value;

		if (v->kind == NODE_SCALAR && (headers ? str_is_token(k->text) : k->text.len > 0))
			yaml_writer_put_text(a->arena, map, k->text, artillery_text(a, v));
		else
			artillery_unsupported(a, k, v,
					      "it is not a text, or its name is not valid");
	}
	return map;
}

/* ---- requests */

static struct str tree_text(void *owner, const struct node *node, struct str key)
{
	(void)key;
	return artillery_text(owner, node);
}

struct yaml_writer_node *artillery_tree(struct artillery *a, const struct node *node)
{
	return json_tree(
	    a->arena, node, STR(""),
	    &(struct json_tree_texts){.owner = a, .convert = tree_text, .takes_type = true});
}

static struct str last_name(struct str path)
{
	size_t slash = path.len;

	while (slash > 0 && path.ptr[slash - 1] != '/')
		slash--;
	return str_slice(path, slash, path.len);
}

/* One line without templates, neither Artillery's nor ours. */
static bool is_plain(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 127)
			return false;
	return text.len && str_find(text, STR("{{"), 0) == NOT_FOUND &&
	       str_find(text, STR("${"), 0) == NOT_FOUND;
}

static bool is_plain_node(const struct node *node)
{
	return node && node->kind == NODE_SCALAR && is_plain(node->text);
}

/* A copy of an existing file is written beside the scenario; for a missing one, an empty file. */
static void put_upload(struct artillery *a, const struct node *file, struct yaml_writer_node *part)
{
	struct str path = artillery_constant_text(a, file), bytes, name;
	const char *why = "its name differs from user to user";

	name = last_name(path.ptr ? path : file->text);
	if (path.ptr && is_plain(name) && artillery_file(a, path, &bytes, &why)) {
		yaml_writer_put_text(
		    a->arena, part, STR("file"),
		    job_add_file(a->job, arena_printf(a->arena, "upload-%.*s", STR_ARG(name)),
				 bytes, false));
	} else {
		artillery_unsupported(a, file, NULL,
				      arena_printf(a->arena, "%s; an empty file is sent", why).ptr);
		yaml_writer_put_text(a->arena, part, STR("value"), STR(""));
	}
	yaml_writer_put_text(a->arena, part, STR("filename"), is_plain(name) ? name : STR("file"));
}

/* {fromFile: …, contentType: …} or {value: …}. */
static bool put_part(struct artillery *a, const struct node *v, struct yaml_writer_node *part)
{
	const struct node *file = node_find(v, STR("fromFile"));
	const struct node *value = node_find(v, STR("value"));
	const struct node *type = node_find(v, STR("contentType"));
	const struct node *name = node_find(v, STR("filename"));

	if (file && file->kind == NODE_SCALAR && file->text.len)
		put_upload(a, file, part);
	else if (value && value->kind == NODE_SCALAR)
		yaml_writer_put_text(a->arena, part, STR("value"), artillery_text(a, value));
	else
		return false;
	if (is_plain_node(name)) {
		yaml_writer_remove(part, STR("filename"));
		yaml_writer_put_text(a->arena, part, STR("filename"), name->text);
	}
	if (is_plain_node(type) && transaction_is_header_text(type->text))
		yaml_writer_put_text(a->arena, part, STR("type"), type->text);
	for (size_t i = 0; i < v->count; i++) {
		const struct node *one = v->pairs[i].value;

		if (one != file && one != value &&
		    !((one == name || one == type) && is_plain_node(one)))
			artillery_unsupported(a, v->pairs[i].key, one, "not supported in a part");
	}
	return true;
}

static struct yaml_writer_node *convert_parts(struct artillery *a, const struct node *from)
{
	struct yaml_writer_node *map = yaml_writer_map(a->arena);

	for (size_t i = 0; from->kind == NODE_MAP && i < from->count; i++) {
		const struct node *k = from->pairs[i].key, *v = from->pairs[i].value;
		struct yaml_writer_node *part = yaml_writer_map(a->arena);
		bool ok = k->text.len > 0;

		part->flow = true;
		if (ok && v->kind == NODE_SCALAR)
			yaml_writer_put_text(a->arena, part, STR("value"), artillery_text(a, v));
		else
			ok = ok && v->kind == NODE_MAP && put_part(a, v, part);
		if (ok)
			yaml_writer_put(a->arena, map, k->text, part);
		else
			artillery_unsupported(a, k, v, "a part must be a text or a file");
	}
	return map;
}

/* Where the fragment starts, which is not sent. */
static size_t fragment_at(struct str url)
{
	for (size_t at = 0; at < url.len; at++) {
		size_t end = str_starts(str_slice(url, at, url.len), STR("{{"))
				 ? str_find(url, STR("}}"), at)
				 : NOT_FOUND;

		if (end != NOT_FOUND)
			at = end + 1;
		else if (url.ptr[at] == '#')
			return at;
	}
	return url.len;
}

static struct str url_of(struct artillery *a, const struct node *node)
{
	struct node sent = *node;
	struct str url, host;
	bool whole;

	sent.text = str_slice(node->text, 0, fragment_at(node->text));
	url = template_text_url(a->arena, str_trim(artillery_text(a, &sent)));
	whole = str_starts(url, STR("http://")) || str_starts(url, STR("https://"));
	if (whole) {
		size_t from = str_find(url, STR("://"), 0) + 3, end = from;

		while (end < url.len && url.ptr[end] != '/' && url.ptr[end] != '?' &&
		       url.ptr[end] != '#' && url.ptr[end] != ':')
			end++;
		host = str_slice(url, from, end);
		if (host.len && str_find_char(host, '$', 0) == NOT_FOUND &&
		    str_find_char(host, '@', 0) == NOT_FOUND)
			VEC_PUSH(a->arena, &a->hosts, host);
	} else if (!str_starts(url, STR("/")) && (!str_starts(url, STR("${")) || a->around)) {
		url = arena_printf(a->arena, "/%.*s", STR_ARG(url));
	}
	return url;
}

/* A key of a request whose value is a map of texts. */
static const char *map_key(struct str key)
{
	static const char *const keys[][2] = {
	    {"headers", "headers"}, {"cookie", "cookies"}, {"qs", "query"}, {"form", "form"}};

	for (size_t i = 0; i < 4; i++)
		if (str_eq(key, str_of(keys[i][0])))
			return keys[i][1];
	return NULL;
}

static void put_auth(struct artillery *a, const struct node *k, const struct node *v,
		     struct yaml_writer_node *step)
{
	const struct node *user = node_find(v, STR("user")), *pass = node_find(v, STR("pass"));
	struct yaml_writer_node *basic;

	if (!user || !pass || user->kind != NODE_SCALAR || pass->kind != NODE_SCALAR) {
		artillery_unsupported(a, k, v, "only a user and a password are supported");
		return;
	}
	basic = yaml_writer_put(
	    a->arena, yaml_writer_put(a->arena, step, STR("auth"), yaml_writer_map(a->arena)),
	    STR("basic"), yaml_writer_map(a->arena));
	basic->flow = true;
	yaml_writer_put_text(a->arena, basic, STR("user"), artillery_text(a, user));
	yaml_writer_put_text(a->arena, basic, STR("password"), artillery_text(a, pass));
}

static bool is_body(const struct yaml_writer_node *step)
{
	return yaml_writer_find(step, STR("json")) || yaml_writer_find(step, STR("form")) ||
	       yaml_writer_find(step, STR("body")) || yaml_writer_find(step, STR("multipart"));
}

static bool is_body_key(struct str key)
{
	return str_eq(key, STR("json")) || str_eq(key, STR("body")) || str_eq(key, STR("form")) ||
	       str_eq(key, STR("formData"));
}

/* The body in one of its forms; false if it is not valid or is a second body. */
static bool put_body(struct artillery *a, const struct node *k, const struct node *v,
		     struct yaml_writer_node *step)
{
	struct arena *arena = a->arena;
	struct yaml_writer_node *result;

	if (is_body(step))
		return false;
	if (str_eq(k->text, STR("json"))) {
		yaml_writer_put(arena, step, STR("json"), artillery_tree(a, v));
	} else if (str_eq(k->text, STR("body")) && v->kind == NODE_SCALAR) {
		yaml_writer_put_text(arena, step, STR("body"), artillery_text(a, v));
	} else if (str_eq(k->text, STR("formData")) && v->kind == NODE_MAP) {
		result = convert_parts(a, v);
		if (result->members.count)
			yaml_writer_put(arena, step, STR("multipart"), result);
	} else {
		return false;
	}
	return true;
}

static void put_key(struct artillery *a, const struct node *k, const struct node *v,
		    struct yaml_writer_node *step)
{
	const char *map = map_key(k->text);
	bool truth = artillery_is_word(v, "true") || artillery_is_word(v, "false");
	struct yaml_writer_node *result;

	if (map && v->kind == NODE_MAP && !(str_eq(k->text, STR("form")) && is_body(step))) {
		result = artillery_texts(a, v, str_eq(k->text, STR("headers")));
		if (result->members.count)
			yaml_writer_put(a->arena, step, str_of(map), result);
	} else if (str_eq(k->text, STR("auth"))) {
		put_auth(a, k, v, step);
	} else if (str_eq(k->text, STR("followRedirect")) && truth) {
		yaml_writer_remove(step, STR("follow_redirects"));
		yaml_writer_put(a->arena, step, STR("follow_redirects"),
				yaml_writer_word(a->arena, v->text));
	} else if (str_eq(k->text, STR("gzip")) && truth) {
		if (artillery_is_word(v, "true"))
			yaml_writer_put(a->arena, step, STR("compressed"),
					yaml_writer_word(a->arena, v->text));
	} else if (str_eq(k->text, STR("capture"))) {
		artillery_capture(a, k, v, step);
	} else if (str_eq(k->text, STR("match"))) {
		artillery_match(a, k, v, step);
	} else if (str_eq(k->text, STR("expect"))) {
		artillery_expect(a, v, step);
	} else if (str_eq(k->text, STR("beforeRequest")) || str_eq(k->text, STR("afterResponse"))) {
		artillery_unsupported(a, k, v, "JavaScript is not run");
	} else if (!put_body(a, k, v, step)) {
		artillery_unsupported(a, k, v,
				      is_body_key(k->text) ? "a request has one body: text or keys"
							   : "not supported");
	}
}

/* First the request, then what is extracted from its response, then the assertions: these can
 * use extracted values. */
static void put_keys(struct artillery *a, const struct node *value, struct yaml_writer_node *step)
{
	static const char *const apart[] = {
	    "url", "uri", "name", "ifTrue", "followRedirect", "capture", "match", "expect", NULL};
	const struct node_pair *pair;

	if ((pair = node_find_pair(value, STR("followRedirect"))))
		put_key(a, pair->key, pair->value, step);
	for (size_t i = 0; i < value->count; i++) {
		bool is = false;

		for (size_t n = 0; apart[n]; n++)
			is = is || str_eq(value->pairs[i].key->text, str_of(apart[n]));
		if (!is)
			put_key(a, value->pairs[i].key, value->pairs[i].value, step);
	}
	for (size_t n = 5; apart[n]; n++)
		if ((pair = node_find_pair(value, str_of(apart[n]))))
			put_key(a, pair->key, pair->value, step);
}

struct yaml_writer_node *artillery_request(struct artillery *a, const struct node *key,
					   const struct node *value)
{
	const struct node *url = node_find(value, STR("url"));
	const struct node *name = node_find(value, STR("name"));
	struct yaml_writer_node *step = yaml_writer_map(a->arena);

	url = url ? url : node_find(value, STR("uri"));
	if (!url || url->kind != NODE_SCALAR || !url->text.len) {
		artillery_unsupported(a, key, value, "it has no url");
		return NULL;
	}
	yaml_writer_put_text(a->arena, step, key->text, url_of(a, url));
	if (name && name->kind == NODE_SCALAR && name->text.len && !artillery_is_template(name))
		yaml_writer_put_text(a->arena, step, STR("name"), artillery_text(a, name));
	else if (name)
		artillery_unsupported(a, node_find_pair(value, STR("name"))->key, NULL,
				      "a name must be a text without templates");
	put_keys(a, value, step);
	return step;
}
