/* The authentication of requests, which folders and the collection pass on to what is in them. */
#include "import/postman/postman.h"

struct postman_auth postman_auth_of(const struct node *node, struct postman_auth outer)
{
	const struct node *own = node_find(node, STR("auth"));

	if (!own || own->kind != NODE_MAP)
		return outer;
	if (str_eq(postman_text_at(own, "type"), STR("inherit")))
		return outer;
	return (struct postman_auth){.node = own};
}

/* The value of the row KEY in a list of {key, value} of version 2.1, or in a mapping of 2.0. */
static struct str auth_row(const struct node *rows, const char *key)
{
	if (!rows || rows->kind == NODE_MAP)
		return postman_text_at(rows, key);
	for (size_t i = 0; rows->kind == NODE_LIST && i < rows->count; i++)
		if (str_eq(postman_text_at(rows->items[i], "key"), str_of(key)))
			return postman_text_at(rows->items[i], "value");
	return STR_NULL;
}

static struct yaml_writer_node *auth_map(struct postman *p, struct yaml_writer_node *step,
					 const char *kind)
{
	struct yaml_writer_node *auth =
	    yaml_writer_put(p->arena, step, STR("auth"), yaml_writer_map(p->arena));
	struct yaml_writer_node *keys =
	    yaml_writer_put(p->arena, auth, str_of(kind), yaml_writer_map(p->arena));

	auth->flow = keys->flow = true;
	return keys;
}

static void put_login(struct postman *p, const struct node *rows, struct yaml_writer_node *step,
		      const char *kind)
{
	struct yaml_writer_node *keys = auth_map(p, step, kind);
	struct str user = auth_row(rows, "username");

	yaml_writer_put_text(p->arena, keys, STR("user"),
			     postman_convert(p, rows, user.ptr ? user : STR("")));
	yaml_writer_put_text(p->arena, keys, STR("password"),
			     postman_secret(p, rows, STR("password"), auth_row(rows, "password")));
	if (auth_row(rows, "domain").len)
		yaml_writer_put_text(p->arena, keys, STR("domain"),
				     postman_convert(p, rows, auth_row(rows, "domain")));
}

static void put_token(struct postman *p, const struct node *rows, struct yaml_writer_node *step,
		      const char *key)
{
	struct yaml_writer_node *auth =
	    yaml_writer_put(p->arena, step, STR("auth"), yaml_writer_map(p->arena));

	auth->flow = true;
	yaml_writer_put_text(p->arena, auth, STR("bearer"),
			     postman_secret(p, rows, STR("token"), auth_row(rows, key)));
}

static void put_query_field(struct postman *p, struct yaml_writer_node *step, struct str key,
			    struct str value)
{
	struct yaml_writer_node *query = yaml_writer_find(step, STR("query"));

	if (!query)
		query = yaml_writer_put(p->arena, step, STR("query"), yaml_writer_map(p->arena));
	query->flow = true;
	if (key.len && !yaml_writer_find(query, key))
		yaml_writer_put_text(p->arena, query, key, value);
}

/* The flow that requests a token; false: Postman asks a person in a browser, and stores the token.
 */
static bool put_token_request(struct postman *p, const struct node *rows,
			      struct yaml_writer_node *step)
{
	struct str grant = auth_row(rows, "grant_type"), url = auth_row(rows, "accessTokenUrl");
	struct str scope = auth_row(rows, "scope"), secret = auth_row(rows, "clientSecret");
	bool password = str_eq(grant, STR("password_credentials"));
	struct yaml_writer_node *keys;

	if (!url.len || (!password && !str_eq(grant, STR("client_credentials"))))
		return false;
	keys = auth_map(p, step, "oauth2");
	keys->flow = false;
	yaml_writer_find(step, STR("auth"))->flow = false;
	yaml_writer_put_text(p->arena, keys, STR("token_url"), postman_address(p, rows, url));
	if (password)
		yaml_writer_put_text(p->arena, keys, STR("grant"), STR("password"));
	yaml_writer_put_text(p->arena, keys, STR("client_id"),
			     postman_convert(p, rows, auth_row(rows, "clientId")));
	if (secret.len)
		yaml_writer_put_text(p->arena, keys, STR("client_secret"),
				     postman_secret(p, rows, STR("client_secret"), secret));
	if (str_eq(auth_row(rows, "client_authentication"), STR("body")))
		yaml_writer_put_text(p->arena, keys, STR("client_auth"), STR("form"));
	if (password) {
		yaml_writer_put_text(p->arena, keys, STR("user"),
				     postman_convert(p, rows, auth_row(rows, "username")));
		yaml_writer_put_text(
		    p->arena, keys, STR("password"),
		    postman_secret(p, rows, STR("password"), auth_row(rows, "password")));
	}
	if (scope.len)
		yaml_writer_put_text(p->arena, keys, STR("scope"), postman_convert(p, rows, scope));
	return true;
}

/* A token that was requested before, for the header or the query. */
static void put_stored_token(struct postman *p, const struct node *rows,
			     struct yaml_writer_node *step)
{
	struct str prefix = auth_row(rows, "headerPrefix"), token;

	prefix = prefix.ptr ? str_trim(prefix) : STR("Bearer");
	if (str_eq(auth_row(rows, "addTokenTo"), STR("queryParams"))) {
		put_query_field(
		    p, step, STR("access_token"),
		    postman_secret(p, rows, STR("token"), auth_row(rows, "accessToken")));
	} else if (str_eq(prefix, STR("Bearer"))) {
		put_token(p, rows, step, "accessToken");
	} else {
		token = postman_secret(p, rows, STR("token"), auth_row(rows, "accessToken"));
		yaml_writer_put_text(
		    p->arena, postman_headers(p, step), STR("Authorization"),
		    str_trim(arena_printf(p->arena, "%.*s %.*s", STR_ARG(prefix), STR_ARG(token))));
	}
}

static void put_api_key(struct postman *p, const struct node *rows, struct yaml_writer_node *step)
{
	struct str key = auth_row(rows, "key");
	struct str value = postman_secret(p, rows, key, auth_row(rows, "value"));

	if (str_eq(auth_row(rows, "in"), STR("query"))) {
		put_query_field(p, step, key, value);
	} else if (str_is_token(key)) {
		struct yaml_writer_node *headers = postman_headers(p, step);

		if (!yaml_writer_find(headers, key))
			yaml_writer_put_text(p->arena, headers, key, value);
	}
}

static void put_aws(struct postman *p, const struct node *rows, struct yaml_writer_node *step)
{
	static const char *const keys[][2] = {{"region", "region"}, {"service", "service"}};
	struct yaml_writer_node *aws = auth_map(p, step, "aws_sigv4");
	struct str token = auth_row(rows, "sessionToken");

	yaml_writer_put_text(
	    p->arena, aws, STR("access_key"),
	    postman_secret(p, rows, STR("access_key"), auth_row(rows, "accessKey")));
	yaml_writer_put_text(
	    p->arena, aws, STR("secret_key"),
	    postman_secret(p, rows, STR("secret_key"), auth_row(rows, "secretKey")));
	for (size_t i = 0; i < 2; i++) {
		struct str value = auth_row(rows, keys[i][0]);

		yaml_writer_put_text(
		    p->arena, aws, str_of(keys[i][1]),
		    postman_convert(p, rows, value.len ? value : STR("us-east-1")));
	}
	if (token.len)
		yaml_writer_put_text(p->arena, aws, STR("session_token"),
				     postman_secret(p, rows, STR("session_token"), token));
}

void postman_put_auth(struct postman *p, struct postman_auth auth, struct yaml_writer_node *step)
{
	struct str type = postman_text_at(auth.node, "type");
	const struct node *rows = type.len ? node_find(auth.node, type) : NULL;

	if (!auth.node || !type.len || str_eq(type, STR("noauth")))
		return;
	if (str_eq(type, STR("basic")))
		put_login(p, rows, step, "basic");
	else if (str_eq(type, STR("digest")))
		put_login(p, rows, step, "digest");
	else if (str_eq(type, STR("ntlm")))
		put_login(p, rows, step, "ntlm");
	else if (str_eq(type, STR("bearer")))
		put_token(p, rows, step, "token");
	else if (str_eq(type, STR("oauth2"))) {
		if (!put_token_request(p, rows, step))
			put_stored_token(p, rows, step);
	} else if (str_eq(type, STR("apikey")))
		put_api_key(p, rows, step);
	else if (str_eq(type, STR("awsv4")))
		put_aws(p, rows, step);
	else
		postman_unsupported(p, auth.node,
				    arena_printf(p->arena, "auth %.*s", STR_ARG(type)),
				    "not supported");
}

void postman_put_url_login(struct postman *p, const struct node *url, struct yaml_writer_node *step)
{
	const struct node *login = node_find(url, STR("auth"));
	struct str user = postman_text_at(login, "user");
	struct yaml_writer_node *keys;

	if (!user.len || yaml_writer_find(step, STR("auth")))
		return;
	keys = auth_map(p, step, "basic");
	yaml_writer_put_text(p->arena, keys, STR("user"), postman_convert(p, login, user));
	yaml_writer_put_text(
	    p->arena, keys, STR("password"),
	    postman_secret(p, login, STR("password"), postman_text_at(login, "password")));
}
