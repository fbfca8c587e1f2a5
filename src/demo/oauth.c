/* The token endpoint of the JSON API (OAuth 2.0, RFC 6749): client credentials, password and
 * refresh token. Its tokens expire; the errors are those of section 5.2. */
#include <stdio.h>

#include "base/base64.h"
#include "base/json_writer.h"
#include "demo/shop_request.h"

static void token(struct shop_request *request);

const struct route oauth_routes[] = {
    ROUTE(HTTP_REQUEST_POST, "POST", "/oauth/token", token),
    {.handle = NULL},
};

static void refuse(struct shop_request *request, int status, const char *error, const char *why)
{
	struct json_writer j = json_writer_compact(&request->shop->page);

	buf_clear(&request->shop->page);
	json_writer_open(&j, NULL);
	json_writer_text(&j, "error", str_of(error));
	json_writer_text(&j, "error_description", str_of(why));
	json_writer_close(&j);
	if (status == 401)
		http_request_add_header(request->http, "WWW-Authenticate", STR("Basic"));
	shop_request_reply(request, status, "application/json", buf_str(&request->shop->page));
}

/* The client's name in OUT; false if its secret is not the shop's password. */
static bool read_client(struct shop_request *request, struct buf *out)
{
	struct str line = http_request_header(request->http, "Authorization");
	struct str password = request->shop->config.password;
	size_t colon;

	buf_clear(out);
	if (!str_starts(line, STR("Basic "))) {
		buf_add(out, shop_request_field(request, STR("client_id")));
		return str_eq(shop_request_field(request, STR("client_secret")), password);
	}
	if (!base64_decode(out, str_slice(line, 6, line.len)))
		return false;
	colon = str_find_char(buf_str(out), ':', 0);
	if (colon == NOT_FOUND || !str_eq(str_slice(buf_str(out), colon + 1, out->len), password))
		return false;
	out->len = colon;
	return true;
}

static void grant(struct shop_request *request, struct shop_session *session)
{
	struct shop *shop = request->shop;
	struct json_writer j = json_writer_compact(&shop->page);
	ns_t life = shop->config.token_lifetime;

	shop_state_session_issue_token(shop->state, session);
	session->token_until = server_now(shop->server) + life;
	shop->counts.tokens++;
	request->visitor = session->visitor;
	buf_clear(&shop->page);
	json_writer_open(&j, NULL);
	json_writer_text(&j, "access_token", str_of(session->token));
	json_writer_text(&j, "token_type", STR("Bearer"));
	json_writer_uint(&j, "expires_in", (uint64_t)(life / NS_PER_S));
	json_writer_text(&j, "refresh_token", str_of(session->id));
	json_writer_close(&j);
	http_request_add_header(request->http, "Cache-Control", STR("no-store"));
	shop_request_reply(request, 200, "application/json", buf_str(&shop->page));
}

static void grant_new(struct shop_request *request, struct str user)
{
	struct shop_session *session = shop_state_session_new(request->shop->state);

	snprintf(session->user, sizeof session->user, "%.*s", STR_ARG(user));
	grant(request, session);
}

static void grant_password(struct shop_request *request, struct buf *name)
{
	buf_clear(name);
	buf_add(name, shop_request_field(request, STR("username")));
	if (!name->len ||
	    !str_eq(shop_request_field(request, STR("password")), request->shop->config.password)) {
		refuse(request, 400, "invalid_grant", "wrong name or password");
		return;
	}
	request->shop->counts.logins++;
	grant_new(request, buf_str(name));
}

/* A refresh token can be used once. */
static void grant_refresh(struct shop_request *request)
{
	struct shop_session *session = shop_state_session_find(
	    request->shop->state, shop_request_field(request, STR("refresh_token")));

	if (!session || !session->user[0]) {
		refuse(request, 400, "invalid_grant", "the refresh token is not valid");
		return;
	}
	shop_state_session_renew(request->shop->state, session);
	grant(request, session);
}

static void choose(struct shop_request *request, struct buf *name)
{
	struct str type = shop_request_field(request, STR("grant_type"));
	bool client = str_eq(type, STR("client_credentials"));
	bool password = str_eq(type, STR("password")), refresh = str_eq(type, STR("refresh_token"));

	if (!type.len)
		refuse(request, 400, "invalid_request", "grant_type is missing");
	else if (!client && !password && !refresh)
		refuse(request, 400, "unsupported_grant_type",
		       "use client_credentials, password or refresh_token");
	else if (!read_client(request, name) || !name->len)
		refuse(request, 401, "invalid_client", "unknown client, or wrong client secret");
	else if (client)
		grant_new(request, buf_str(name));
	else if (password)
		grant_password(request, name);
	else
		grant_refresh(request);
}

static void token(struct shop_request *request)
{
	struct buf name;

	buf_init(&name, 256);
	choose(request, &name);
	buf_release(&name);
}
