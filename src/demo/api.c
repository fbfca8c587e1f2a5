/* The JSON API: products, a cart, orders that take a moment, tokens. */
#include <stdio.h>

#include "base/escape.h"
#include "base/url.h"
#include "demo/shop_request.h"

static void health(struct shop_request *request);
static void products(struct shop_request *request);
static void product(struct shop_request *request);
static void token(struct shop_request *request);
static void me(struct shop_request *request);
static void cart(struct shop_request *request);
static void cart_add(struct shop_request *request);
static void cart_set(struct shop_request *request);
static void cart_remove(struct shop_request *request);
static void order_create(struct shop_request *request);
static void order_state(struct shop_request *request);

#define ROUTE(method_, verb, path_, handler)                                                       \
	{                                                                                          \
		.method = (method_), .path = {path_, sizeof(path_) - 1},                           \
		.label = {verb " " path_, sizeof(verb " " path_) - 1}, .handle = (handler)         \
	}

const struct route api_routes[] = {
    ROUTE(HTTP_REQUEST_GET, "GET", "/health", health),
    ROUTE(HTTP_REQUEST_GET, "GET", "/api/products", products),
    ROUTE(HTTP_REQUEST_GET, "GET", "/api/products/{id}", product),
    ROUTE(HTTP_REQUEST_POST, "POST", "/api/token", token),
    ROUTE(HTTP_REQUEST_GET, "GET", "/api/me", me),
    ROUTE(HTTP_REQUEST_GET, "GET", "/api/cart", cart),
    ROUTE(HTTP_REQUEST_POST, "POST", "/api/cart", cart_add),
    ROUTE(HTTP_REQUEST_PUT, "PUT", "/api/cart/{id}", cart_set),
    ROUTE(HTTP_REQUEST_PATCH, "PATCH", "/api/cart/{id}", cart_set),
    ROUTE(HTTP_REQUEST_DELETE, "DELETE", "/api/cart/{id}", cart_remove),
    ROUTE(HTTP_REQUEST_POST, "POST", "/api/orders", order_create),
    ROUTE(HTTP_REQUEST_GET, "GET", "/api/orders/{id}", order_state),
    {.handle = NULL},
};

#define POLLS_UNTIL_SHIPPED 2

static struct buf *begin(struct shop_request *request)
{
	buf_clear(&request->shop->page);
	return &request->shop->page;
}

static void end(struct shop_request *request, int status)
{
	buf_add(&request->shop->page, STR("\n"));
	shop_request_reply(request, status, "application/json", buf_str(&request->shop->page));
}

static void reply_error(struct shop_request *request, int status, struct str why)
{
	struct buf *out = begin(request);

	buf_add(out, STR("{\"ok\":false,\"error\":"));
	escape_json(out, why);
	buf_add_char(out, '}');
	end(request, status);
}

/* Reads the body into the shop's tape; answers 400 itself when it is no JSON object. */
static const struct json_item *read_body(struct shop_request *request)
{
	struct json_tape *tape = &request->shop->tape;

	if (!json_read(tape, http_request_view(request->http)->body)) {
		char why[160];
		snprintf(why, sizeof why, "the body is not JSON: %s, at byte %zu", tape->error,
			 tape->error_at);
		reply_error(request, 400, str_of(why));
		return NULL;
	}
	if (json_type(&tape->items[0]) != JSON_OBJECT) {
		reply_error(request, 400, STR("the body should be a JSON object"));
		return NULL;
	}
	return &tape->items[0];
}

/* A member as a whole number, written as a number or as text; FALLBACK when there is none, -1 when
 * it is none. */
static int64_t whole_member(struct shop_request *request, const struct json_item *body,
			    struct str key, int64_t fallback)
{
	const struct json_item *item = json_member(&request->shop->tape, body, key);
	int64_t number;

	if (!item)
		return fallback;
	if (json_type(item) != JSON_NUMBER && json_type(item) != JSON_STRING)
		return -1;
	return str_to_int(json_raw(&request->shop->tape, item), &number) ? number : -1;
}

static struct shop_session *session_of(struct shop_request *request)
{
	struct str line = http_request_header(request->http, "Authorization");
	struct shop_session *session;

	if (!str_starts(line, STR("Bearer ")))
		return request->session;
	session = state_session_by_token(request->shop->state, str_slice(line, 7, line.len));
	if (session)
		request->visitor = session->visitor;
	return session;
}

static void health(struct shop_request *request)
{
	buf_add(begin(request), STR("{\"ok\":true}"));
	end(request, 200);
}

/* ---- products */

static void put_product(struct buf *out, const struct product *what)
{
	buf_printf(out, "{\"id\":%u,\"name\":", what->id);
	escape_json(out, what->name);
	buf_printf(out, ",\"category\":\"%.*s\",\"price\":", STR_ARG(what->category));
	catalogue_put_price(out, what->cents);
	buf_add_char(out, '}');
}

static void products(struct shop_request *request)
{
	struct str query = http_request_view(request->http)->query;
	struct buf *out = begin(request), name;
	struct buf *words = &request->shop->field;
	unsigned found = 0;

	buf_init(&name, 256);
	buf_clear(words);
	http_request_form_value(query, STR("q"), words);
	http_request_form_value(query, STR("category"), &name);
	buf_add(out, STR("{\"items\":["));
	for (unsigned i = 0; i < PRODUCT_COUNT; i++) {
		if (!catalogue_matches(catalogue_at(i), buf_str(words), buf_str(&name)))
			continue;
		if (found++)
			buf_add_char(out, ',');
		put_product(out, catalogue_at(i));
	}
	buf_printf(out, "],\"total\":%u}", found);
	buf_release(&name);
	end(request, 200);
}

static void product(struct shop_request *request)
{
	const struct product *what = catalogue_find(request->id);

	if (!what) {
		reply_error(request, 404, STR("no such product"));
		return;
	}
	put_product(begin(request), what);
	end(request, 200);
}

/* ---- who is there */

static void token(struct shop_request *request)
{
	const struct json_item *body = read_body(request), *user, *password;
	struct json_tape *tape = &request->shop->tape;
	struct shop_session *session;
	struct buf *text = &request->shop->field;

	if (!body)
		return;
	user = json_member(tape, body, STR("user"));
	password = json_member(tape, body, STR("password"));
	buf_clear(text);
	if (!user || !password || json_type(user) != JSON_STRING ||
	    json_type(password) != JSON_STRING ||
	    !str_eq(json_text(tape, password, text), request->shop->config.password)) {
		reply_error(request, 401, STR("that name and password do not go together"));
		return;
	}
	session = shop_request_session(request);
	buf_clear(text);
	snprintf(session->user, sizeof session->user, "%.*s", STR_ARG(json_text(tape, user, text)));
	state_session_issue_token(request->shop->state, session);
	request->shop->counts.logins++;
	buf_printf(begin(request), "{\"ok\":true,\"token\":\"%s\"}", session->token);
	end(request, 201);
}

static void me(struct shop_request *request)
{
	const struct shop_session *session = session_of(request);
	struct buf *out;

	if (!session || !session->user[0]) {
		http_request_add_header(request->http, "WWW-Authenticate", STR("Bearer"));
		reply_error(request, 401, STR("log in first"));
		return;
	}
	out = begin(request);
	buf_add(out, STR("{\"user\":"));
	escape_json(out, str_of(session->user));
	buf_add_char(out, '}');
	end(request, 200);
}

/* ---- the cart */

static void put_cart(struct buf *out, const struct shop_session *session)
{
	buf_printf(out, "{\"ok\":true,\"cart\":%u,\"items\":[", session->cart_id);
	for (unsigned i = 0; i < session->cart_lines; i++)
		buf_printf(out, "%s{\"product\":%u,\"quantity\":%u}", i ? "," : "",
			   session->cart[i].product, session->cart[i].quantity);
	buf_add(out, STR("],\"total\":"));
	catalogue_put_price(out, state_cart_cents(session));
	buf_add_char(out, '}');
}

static void cart(struct shop_request *request)
{
	const struct shop_session *session = session_of(request);
	static const struct shop_session nobody;

	put_cart(begin(request), session ? session : &nobody);
	end(request, 200);
}

/* Puts it in and answers; PRODUCT and QUANTITY as the client sent them. */
static void put_into_cart(struct shop_request *request, int64_t id, int64_t quantity, bool add)
{
	struct shop_session *session = session_of(request);

	if (id < 0 || id > UINT32_MAX || !catalogue_find((unsigned)id)) {
		reply_error(request, 404, STR("no such product"));
		return;
	}
	if (quantity < (add ? 1 : 0) || quantity > 99) {
		reply_error(request, 400, STR("quantity should be between 1 and 99"));
		return;
	}
	if (!session)
		session = shop_request_session(request);
	if (!state_cart_put(request->shop->state, session, (unsigned)id, (unsigned)quantity, add)) {
		reply_error(request, 409, STR("the cart is full"));
		return;
	}
	request->shop->counts.carts++;
	put_cart(begin(request), session);
	end(request, add ? 201 : 200);
}

static void cart_add(struct shop_request *request)
{
	const struct json_item *body = read_body(request);

	if (body)
		put_into_cart(request, whole_member(request, body, STR("product"), -1),
			      whole_member(request, body, STR("quantity"), 1), true);
}

static void cart_set(struct shop_request *request)
{
	const struct json_item *body = read_body(request);

	if (body)
		put_into_cart(request, request->id,
			      whole_member(request, body, STR("quantity"), -1), false);
}

static void cart_remove(struct shop_request *request)
{
	put_into_cart(request, request->id, 0, false);
}

/* ---- orders: accepted at once, shipped after being asked for twice */

static void put_order(struct buf *out, const struct order *made)
{
	bool shipped = made->polls > POLLS_UNTIL_SHIPPED;

	buf_printf(out,
		   "{\"ok\":true,\"id\":%u,\"status\":\"%s\",\"items\":%u,\"total\":", made->id,
		   shipped ? "shipped" : "processing", made->items);
	catalogue_put_price(out, made->cents);
	buf_add_char(out, '}');
}

static void order_create(struct shop_request *request)
{
	struct shop_session *session = session_of(request);
	struct order *made = session ? state_order_new(request->shop->state, session) : NULL;
	char where[64];

	if (!made) {
		reply_error(request, 409, STR("the cart is empty"));
		return;
	}
	request->shop->counts.orders++;
	snprintf(where, sizeof where, "/api/orders/%u", made->id);
	http_request_add_header(request->http, "Location", str_of(where));
	put_order(begin(request), made);
	end(request, 201);
}

static void order_state(struct shop_request *request)
{
	struct order *made = state_order_find(request->shop->state, request->id);
	const struct shop_session *session = session_of(request);
	const char *who = session ? session->user[0] ? session->user : session->id : "";

	if (!made || !str_eq(str_of(made->owner), str_of(who))) {
		reply_error(request, 404, STR("no such order of yours"));
		return;
	}
	made->polls++;
	put_order(begin(request), made);
	end(request, made->polls > POLLS_UNTIL_SHIPPED ? 200 : 202);
}
