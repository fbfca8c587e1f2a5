#include "import/postman/bruno_item.h"

#include "base/ascii.h"
#include "import/postman/bruno_script.h"
#include "import/postman/collection_build.h"

static const struct collection_build_auth auth_kinds[] = {
    {"basic", "basic", {{"username", "username"}, {"password", "password"}}},
    {"digest", "digest", {{"username", "username"}, {"password", "password"}}},
    {"ntlm", "ntlm", {{"username", "username"}, {"password", "password"}, {"domain", "domain"}}},
    {"bearer", "bearer", {{"token", "token"}}},
    {"apikey", "apikey", {{"key", "key"}, {"value", "value"}, {"placement", "in"}}},
    {"awsv4",
     "awsv4",
     {{"accessKeyId", "accessKey"},
      {"secretAccessKey", "secretKey"},
      {"sessionToken", "sessionToken"},
      {"region", "region"},
      {"service", "service"}}},
    {"oauth2",
     "oauth2",
     {{"grant_type", "grant_type"},
      {"access_token_url", "accessTokenUrl"},
      {"client_id", "clientId"},
      {"client_secret", "clientSecret"},
      {"scope", "scope"},
      {"username", "username"},
      {"password", "password"},
      {"credentials_placement", "client_authentication"}}},
    {"none", "noauth", {{NULL, NULL}}},
};

static struct str auth_value(void *owner, const char *key)
{
	struct str value = bru_file_value(owner, key);

	return value.len ? value : STR_NULL;
}

/* Adds the authentication MODE, whose values are in the block auth:MODE. */
static void put_auth(struct postman *p, const struct bru_file *file, struct str mode,
		     struct node *out, struct span span)
{
	const struct bru_block *block;

	if (!mode.len || str_eq(mode, STR("inherit")))
		return;
	block = bru_file_find(file, arena_printf(p->arena, "auth:%.*s", STR_ARG(mode)).ptr);
	collection_build_put_auth(p->arena, out, span, auth_kinds,
				  sizeof auth_kinds / sizeof *auth_kinds, mode, auth_value,
				  (void *)block);
}

static void add_rows(struct postman *p, struct node *list, const struct bru_block *block)
{
	for (size_t i = 0; block && i < block->pairs.count; i++) {
		const struct bru_pair *pair = &block->pairs.items[i];

		collection_build_row(p->arena, list, pair->span, pair->name, pair->value,
				     pair->off);
	}
}

/* ---- scripts */

static void put_scripts(struct postman *p, const struct bru_file *file, struct node *item)
{
	static const char *const blocks[][2] = {{"script:pre-request", "prerequest"},
						{"script:post-response", "test"},
						{"tests", "test"}};
	const struct bru_block *block = bru_file_find(file, "vars:pre-request");

	if (block)
		collection_build_script(p->arena, item, "prerequest", block->span,
					bruno_script_sets(p, block));
	for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
		block = bru_file_find(file, blocks[i][0]);
		if (block)
			collection_build_script(p->arena, item, blocks[i][1], block->span,
						bruno_script_convert(p, block->text));
	}
	block = bru_file_find(file, "vars:post-response");
	if (block)
		collection_build_script(p->arena, item, "test", block->span,
					bruno_script_sets(p, block));
	block = bru_file_find(file, "assert");
	if (block)
		collection_build_script(p->arena, item, "test", block->span,
					bruno_script_asserts(p, block));
}

/* ---- bodies */

/* "@file(/a/b.png) @contentType(image/png)": the file; *TYPE is its media type. */
static struct str file_of(struct str value, struct str *type)
{
	size_t from = str_find(value, STR("@file("), 0);
	size_t kind = str_find(value, STR("@contentType("), 0);

	if (kind != NOT_FOUND)
		*type = str_slice(value, kind + 13, str_find_char(value, ')', kind));
	if (from == NOT_FOUND)
		return STR_NULL;
	value = str_slice(value, from + 6, str_find_char(value, ')', from));
	return str_slice(value, 0, str_find_char(value, '|', 0));
}

static void put_parts(struct postman *p, const struct bru_block *block, struct node *list)
{
	for (size_t i = 0; i < block->pairs.count; i++) {
		const struct bru_pair *pair = &block->pairs.items[i];
		struct str type = STR_NULL, file = file_of(pair->value, &type), value = pair->value;
		struct node *row;

		if (!file.ptr && type.ptr)
			value =
			    str_trim(str_slice(value, 0, str_find(value, STR("@contentType("), 0)));
		row =
		    collection_build_row(p->arena, list, pair->span, pair->name, value, pair->off);
		collection_build_put_text(p->arena, row, "type", pair->span,
					  file.ptr ? STR("file") : STR("text"));
		collection_build_put_text(p->arena, row, "src", pair->span, file);
		collection_build_put_text(p->arena, row, "contentType", pair->span, type);
	}
}

static void put_body(struct postman *p, const struct bru_file *file, struct str mode,
		     struct node *request, struct span span)
{
	const struct bru_block *block;
	const struct bru_block *variables = bru_file_find(file, "body:graphql:vars");
	struct str type = STR_NULL;

	/* The names of the blocks differ from those of the modes. */
	if (str_eq(mode, STR("multipartForm")))
		mode = STR("multipart-form");
	else if (str_eq(mode, STR("formUrlEncoded")))
		mode = STR("form-urlencoded");
	block = bru_file_find(file, arena_printf(p->arena, "body:%.*s", STR_ARG(mode)).ptr);
	if (!block)
		return;
	span = block->span;
	if (str_eq(mode, STR("multipart-form")))
		put_parts(p, block, collection_build_rows(p->arena, request, span, "formdata"));
	else if (str_eq(mode, STR("form-urlencoded")))
		add_rows(p, collection_build_rows(p->arena, request, span, "urlencoded"), block);
	else if (str_eq(mode, STR("graphql")))
		collection_build_graphql(p->arena, request, span, block->text, STR_NULL,
					 variables ? variables->text : STR_NULL);
	else if (str_eq(mode, STR("file")) && block->pairs.count)
		collection_build_file(p->arena, request, span,
				      file_of(block->pairs.items[0].value, &type));
	else
		collection_build_raw(p->arena, request, span, block->text, mode);
}

/* ---- requests */

static const struct bru_block *method_of(const struct bru_file *file)
{
	static const char *const methods[] = {"get",	 "post", "put",	    "patch", "delete",
					      "options", "head", "connect", "trace", "http"};

	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
		const struct bru_block *found = bru_file_find(file, methods[i]);

		if (found)
			return found;
	}
	return NULL;
}

static struct str upper(struct postman *p, struct str text)
{
	char *copy = arena_cstr(p->arena, text);

	for (size_t i = 0; i < text.len; i++)
		copy[i] = (char)ascii_to_upper(copy[i]);
	return str_n(copy, text.len);
}

static void put_address(struct postman *p, const struct bru_file *file,
			const struct bru_block *method, struct node *request)
{
	struct str raw = bru_file_value(method, "url");
	struct node *query =
	    collection_build_url(p->arena, request, method->span, raw.ptr ? raw : STR(""));
	struct node *url = (struct node *)node_find(request, STR("url"));
	const struct bru_block *params = bru_file_find(file, "params:query");

	/* The address has the query already, if Bruno itself wrote it. */
	if (!query->count)
		add_rows(p, query, params ? params : bru_file_find(file, "query"));
	add_rows(p,
		 collection_build_put(p->arena, url, "variable",
				      collection_build_list(p->arena, method->span)),
		 bru_file_find(file, "params:path"));
}

static void put_name(struct postman *p, const struct bru_file *file, struct str name,
		     struct node *item)
{
	struct str own = bru_file_value(bru_file_find(file, "meta"), "name");

	if (str_ends(name, STR(".bru")))
		name.len -= 4;
	collection_build_put_text(p->arena, item, "name", item->span, own.len ? own : name);
}

void bruno_item_request(struct postman *p, const struct bru_file *file, struct str name,
			struct node *list)
{
	const struct bru_block *method = method_of(file);
	struct node *item, *request;
	struct str own;

	if (!method) {
		struct span span = file->blocks.count ? file->blocks.items[0].span : SPAN_NONE;

		postman_unsupported(p, collection_build_map(p->arena, span), name,
				    "only HTTP requests are supported");
		return;
	}
	item = collection_build_add(p->arena, list, collection_build_map(p->arena, method->span));
	put_name(p, file, name, item);
	put_scripts(p, file, item);
	request = collection_build_put(p->arena, item, "request",
				       collection_build_map(p->arena, method->span));
	own = bru_file_value(method, "method"); /* of the block `http` */
	collection_build_put_text(p->arena, request, "method", method->span,
				  upper(p, own.len ? own : method->name));
	put_address(p, file, method, request);
	add_rows(p,
		 collection_build_put(p->arena, request, "header",
				      collection_build_list(p->arena, method->span)),
		 bru_file_find(file, "headers"));
	put_auth(p, file, bru_file_value(method, "auth"), request, method->span);
	put_body(p, file, bru_file_value(method, "body"), request, method->span);
}

/* ---- folders, collections and environments */

static struct span first_span(const struct bru_file *file)
{
	return file->blocks.count ? file->blocks.items[0].span : SPAN_NONE;
}

static void put_common(struct postman *p, const struct bru_file *file, struct node *out)
{
	const struct bru_block *auth = bru_file_find(file, "auth");

	put_scripts(p, file, out);
	if (auth)
		put_auth(p, file, bru_file_value(auth, "mode"), out, auth->span);
}

struct node *bruno_item_folder(struct postman *p, const struct bru_file *file, struct str name,
			       struct node *list)
{
	struct span span = first_span(file);
	struct node *item =
	    collection_build_add(p->arena, list, collection_build_map(p->arena, span));

	put_name(p, file, name, item);
	put_common(p, file, item);
	if (bru_file_find(file, "headers"))
		postman_unsupported(
		    p, item, name,
		    "headers of a folder are not supported; copy them to its requests");
	return collection_build_put(p->arena, item, "item", collection_build_list(p->arena, span));
}

struct node *bruno_item_collection(struct postman *p, const struct bru_file *file, struct str name,
				   struct node **items)
{
	struct span span = first_span(file);
	struct node *collection = collection_build_map(p->arena, span);
	struct node *info = collection_build_put(p->arena, collection, "info",
						 collection_build_map(p->arena, span));
	struct node *headers = collection_build_list(p->arena, span);

	collection_build_put_text(p->arena, info, "name", span, name);
	put_common(p, file, collection);
	add_rows(p, headers, bru_file_find(file, "headers"));
	p->common_headers = headers;
	*items = collection_build_put(p->arena, collection, "item",
				      collection_build_list(p->arena, span));
	return collection;
}

struct node *bruno_item_environment(struct postman *p, const struct bru_file *file)
{
	struct span span = first_span(file);
	struct node *made = collection_build_map(p->arena, span);
	struct node *values =
	    collection_build_put(p->arena, made, "values", collection_build_list(p->arena, span));
	const struct bru_block *secret = bru_file_find(file, "vars:secret");

	add_rows(p, values, bru_file_find(file, "vars"));
	for (size_t i = 0; secret && i < secret->pairs.count; i++) {
		const struct bru_pair *pair = &secret->pairs.items[i];
		struct node *row = collection_build_row(p->arena, values, pair->span, pair->name,
							STR(""), pair->off);

		collection_build_put_text(p->arena, row, "type", pair->span, STR("secret"));
	}
	return made;
}
