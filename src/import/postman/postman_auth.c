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

struct str postman_row(const struct node *rows, const char *key)
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
	struct str user = postman_row(rows, "username");

	yaml_writer_put_text(p->arena, keys, STR("user"),
			     postman_convert(p, rows, user.ptr ? user : STR("")));
	yaml_writer_put_text(
	    p->arena, keys, STR("password"),
	    postman_secret(p, rows, STR("password"), postman_row(rows, "password")));
	if (postman_row(rows, "domain").len)
		yaml_writer_put_text(p->arena, keys, STR("domain"),
				     postman_convert(p, rows, postman_row(rows, "domain")));
}

static void put_token(struct postman *p, const struct node *rows, struct yaml_writer_node *step,
		      const char *key)
{
	struct yaml_writer_node *auth =
	    yaml_writer_put(p->arena, step, STR("auth"), yaml_writer_map(p->arena));

	auth->flow = true;
	yaml_writer_put_text(p->arena, auth, STR("bearer"),
			     postman_secret(p, rows, STR("token"), postman_row(rows, key)));
}

static void put_api_key(struct postman *p, const struct node *rows, struct yaml_writer_node *step)
{
	struct str key = postman_row(rows, "key");
	struct str value = postman_secret(p, rows, key, postman_row(rows, "value"));
	struct yaml_writer_node *query;

	if (!str_eq(postman_row(rows, "in"), STR("query"))) {
		struct yaml_writer_node *headers = postman_headers(p, step);

		if (str_is_token(key) && !yaml_writer_find(headers, key))
			yaml_writer_put_text(p->arena, headers, key, value);
		return;
	}
	query = yaml_writer_find(step, STR("query"));
	if (!query)
		query = yaml_writer_put(p->arena, step, STR("query"), yaml_writer_map(p->arena));
	query->flow = true;
	if (key.len && !yaml_writer_find(query, key))
		yaml_writer_put_text(p->arena, query, key, value);
}

static void put_aws(struct postman *p, const struct node *rows, struct yaml_writer_node *step)
{
	static const char *const keys[][2] = {{"region", "region"}, {"service", "service"}};
	struct yaml_writer_node *aws = auth_map(p, step, "aws_sigv4");
	struct str token = postman_row(rows, "sessionToken");

	yaml_writer_put_text(
	    p->arena, aws, STR("access_key"),
	    postman_secret(p, rows, STR("access_key"), postman_row(rows, "accessKey")));
	yaml_writer_put_text(
	    p->arena, aws, STR("secret_key"),
	    postman_secret(p, rows, STR("secret_key"), postman_row(rows, "secretKey")));
	for (size_t i = 0; i < 2; i++) {
		struct str value = postman_row(rows, keys[i][0]);

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
	else if (str_eq(type, STR("oauth2")))
		put_token(p, rows, step, "accessToken");
	else if (str_eq(type, STR("apikey")))
		put_api_key(p, rows, step);
	else if (str_eq(type, STR("awsv4")))
		put_aws(p, rows, step);
	else
		postman_unsupported(p, auth.node,
				    arena_printf(p->arena, "auth %.*s", STR_ARG(type)),
				    "not supported");
}
