/* One request of a collection. */
#include "import/naming.h"
#include "import/postman/postman.h"

struct yaml_writer_node *postman_headers(struct postman *p, struct yaml_writer_node *step)
{
	struct yaml_writer_node *headers = yaml_writer_find(step, STR("headers"));

	return headers ? headers
		       : yaml_writer_put(p->arena, step, STR("headers"), yaml_writer_map(p->arena));
}

/* Headers that the program sends by itself. */
static bool is_own(struct str name)
{
	static const char *const own[] = {"Host",	"Content-Length",  "Connection",
					  "User-Agent", "Accept-Encoding", "Postman-Token"};

	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (str_ieq(name, str_of(own[i])))
			return true;
	return false;
}

static struct str header_value(struct postman *p, const struct node *row, struct str name,
			       struct str value)
{
	size_t space = str_find_char(value, ' ', 0);

	if (!value.ptr)
		return STR("");
	if (str_ieq(name, STR("Authorization")) && space != NOT_FOUND) {
		struct str scheme = str_slice(value, 0, space + 1);

		return arena_printf(
		    p->arena, "%.*s%.*s", STR_ARG(scheme),
		    STR_ARG(postman_secret(p, row, STR("token"),
					   str_trim(str_slice(value, space, value.len)))));
	}
	return naming_is_secret(name) ? postman_secret(p, row, name, value)
				      : postman_convert(p, row, value);
}

static void put_named_header(struct postman *p, const struct node *at, struct str name,
			     struct str value, struct yaml_writer_node *step)
{
	struct yaml_writer_node *headers;

	if (!name.len || is_own(name))
		return;
	if (!str_is_token(name)) {
		postman_unsupported(p, at, name, "it is not a valid header name");
		return;
	}
	headers = postman_headers(p, step);
	yaml_writer_append(p->arena, headers, name,
			   yaml_writer_text(p->arena, header_value(p, at, name, value)));
}

/* Version 2.0 allows the headers as one text: lines with colons. */
static void put_headers(struct postman *p, const struct node *headers,
			struct yaml_writer_node *step)
{
	/* In pm.sendRequest, headers are a mapping, or one text such as "Accept:text/html". */
	for (size_t i = 0; headers && headers->kind == NODE_MAP && i < headers->count; i++)
		put_named_header(p, headers, headers->pairs[i].key->text,
				 headers->pairs[i].value->text, step);
	if (headers && headers->kind == NODE_SCALAR && headers->text.len)
		postman_unsupported(p, headers, STR("header"),
				    "headers as one text are not supported; export the collection "
				    "as version 2.1");
	for (size_t i = 0; headers && headers->kind == NODE_LIST && i < headers->count; i++)
		if (!postman_is_disabled(headers->items[i]))
			put_named_header(p, headers->items[i],
					 postman_text_at(headers->items[i], "key"),
					 postman_text_at(headers->items[i], "value"), step);
}

/* The headers of the collection, without those that the request has itself. */
static void put_common_headers(struct postman *p, struct yaml_writer_node *step)
{
	const struct node *all = p->common_headers;
	const struct yaml_writer_node *own = yaml_writer_find(step, STR("headers"));
	size_t count = own ? own->members.count : 0;

	for (size_t i = 0; all && i < all->count; i++) {
		struct str name = postman_text_at(all->items[i], "key");
		bool known = postman_is_disabled(all->items[i]);

		for (size_t k = 0; k < count; k++)
			known = known || str_ieq(own->members.items[k].key, name);
		if (!known)
			put_named_header(p, all->items[i], name,
					 postman_text_at(all->items[i], "value"), step);
	}
}

static bool is_simple_method(struct str method)
{
	static const char *const simple[] = {"GET",    "POST", "PUT",	 "PATCH",
					     "DELETE", "HEAD", "OPTIONS"};

	for (size_t i = 0; i < sizeof simple / sizeof *simple; i++)
		if (str_eq(method, str_of(simple[i])))
			return true;
	return false;
}

static void put_action(struct postman *p, struct yaml_writer_node *step, struct str method,
		       struct str url)
{
	char *lower;

	if (!is_simple_method(method)) {
		struct yaml_writer_node *keys =
		    yaml_writer_put(p->arena, step, STR("request"), yaml_writer_map(p->arena));

		keys->flow = true;
		yaml_writer_put_text(p->arena, keys, STR("method"), method);
		yaml_writer_put_text(p->arena, keys, STR("url"), url);
		return;
	}
	lower = arena_cstr(p->arena, method);
	for (size_t i = 0; i < method.len; i++)
		lower[i] = (char)(lower[i] | 0x20);
	yaml_writer_put_text(p->arena, step, str_n(lower, method.len), url);
}

/* Postman does not send a body with these methods unless the request asks for it. */
static bool has_body(const struct node *item, struct str method)
{
	static const char *const without[] = {"GET", "COPY", "HEAD", "PURGE", "UNLOCK"};
	const struct node *settings = node_find(item, STR("protocolProfileBehavior"));

	if (str_eq(postman_text_at(settings, "disableBodyPruning"), STR("true")))
		return true;
	for (size_t i = 0; i < sizeof without / sizeof *without; i++)
		if (str_eq(method, str_of(without[i])))
			return false;
	return true;
}

/* A redirect that a test expects is not followed. */
static bool expects_redirect(const struct yaml_writer_node *expect)
{
	const struct yaml_writer_node *status = yaml_writer_find(expect, STR("status"));

	return status && status->shape == YAML_WORD && status->text.len == 3 &&
	       status->text.ptr[0] == '3';
}

static void put_settings(struct postman *p, const struct node *item,
			 const struct yaml_writer_node *expect, struct yaml_writer_node *step)
{
	const struct node *settings = node_find(item, STR("protocolProfileBehavior"));

	if (str_eq(postman_text_at(settings, "followRedirects"), STR("false")) ||
	    expects_redirect(expect))
		yaml_writer_put(p->arena, step, STR("follow_redirects"),
				yaml_writer_word(p->arena, STR("no")));
}

struct yaml_writer_node *postman_request(struct postman *p, const struct node *item,
					 struct postman_auth auth,
					 struct postman_script_result *script)
{
	const struct node *request = node_find(item, STR("request"));
	const struct node *url =
	    request->kind == NODE_SCALAR ? request : node_find(request, STR("url"));
	struct str method = postman_text_at(request, "method");
	struct str name = postman_text_at(item, "name"), text;
	struct yaml_writer_node *step = yaml_writer_map(p->arena);

	if (!method.len)
		method = STR("GET");
	text = url ? postman_url(p, url) : STR("");
	if (!text.len) {
		postman_unsupported(p, item, name.len ? name : STR("request"), "it has no URL");
		return NULL;
	}
	if (!postman_url_is_valid(p, url)) {
		postman_unsupported(p, item, name.len ? name : STR("request"),
				    "its URL is not valid");
		return NULL;
	}
	put_action(p, step, method, text);
	if (name.len)
		yaml_writer_put_text(p->arena, step, STR("name"), postman_plain(p, name));
	put_headers(p, node_find(request, STR("header")), step);
	put_common_headers(p, step);
	postman_put_auth(p, auth, step);
	postman_put_url_login(p, url, step);
	if (has_body(item, method))
		postman_body(p, node_find(request, STR("body")), step);
	put_settings(p, item, script->expect, step);
	if (script->extract->members.count)
		yaml_writer_put(p->arena, step, STR("extract"), script->extract);
	if (script->expect->members.count)
		yaml_writer_put(p->arena, step, STR("expect"), script->expect);
	return step;
}
