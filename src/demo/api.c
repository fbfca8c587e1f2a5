/* The JSON API: products, a cart, orders that take some time, tokens. */
#include <stdio.h>

#include "base/json_writer.h"
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

/* Opens the object that the response consists of. */
static struct json_writer begin(struct shop_request *request)
{
	struct json_writer j = json_writer_compact(&request->shop->page);

	buf_clear(&request->shop->page);
	json_writer_open(&j, NULL);
	return j;
}

static void end(struct shop_request *request, struct json_writer *j, int status)
{
	json_writer_close(j);
	buf_add_char(j->out, '\n');
	shop_request_reply(request, status, "application/json", buf_str(&request->shop->page));
}

static void reply_error(struct shop_request *request, int status, struct str why)
{
	struct json_writer j = begin(request);

	json_writer_bool(&j, "ok", false);
	json_writer_text(&j, "error", why);
	end(request, &j, status);
}

/* Reads the body into the shop's tape; responds with 400 if it is not a JSON object. */
static const struct json_item *read_body(struct shop_request *request)
{
	struct json_tape *tape = &request->shop->tape;

	if (!json_read(tape, http_request_view(request->http)->body)) {
		char why[160];
		snprintf(why, sizeof why, "the body is not valid JSON: %s, at byte %zu",
			 tape->error, tape->error_at);
		reply_error(request, 400, str_of(why));
		return NULL;
	}
	if (json_type(&tape->items[0]) != JSON_OBJECT) {
		reply_error(request, 400, STR("the body must be a JSON object"));
		return NULL;
	}
	return &tape->items[0];
}

/* A member as a whole number, written as a number or as text; FALLBACK if it is missing, -1 if it
 * is not a number. */
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
	session = shop_state_session_by_token(request->shop->state, str_slice(line, 7, line.len));
	if (session)
		request->visitor = session->visitor;
	if (session && session->token_until &&
	    server_now(request->shop->server) > session->token_until)
		return NULL;
	return session;
}

static void health(struct shop_request *request)
{
	struct json_writer j = begin(request);

	json_writer_bool(&j, "ok", true);
	end(request, &j, 200);
}

/* ---- products */

static void put_product(struct json_writer *j, const struct product *what)
{
	json_writer_uint(j, "id", what->id);
	json_writer_text(j, "name", what->name);
	json_writer_text(j, "category", what->category);
	catalogue_put_price(json_writer_value(j, "price"), what->cents);
}

static void products(struct shop_request *request)
{
	struct str query = http_request_view(request->http)->query;
	struct json_writer j = begin(request);
	struct buf name;
	struct buf *words = &request->shop->field;
	unsigned found = 0;

	buf_init(&name, 256);
	buf_clear(words);
	http_request_form_value(query, STR("q"), words);
	http_request_form_value(query, STR("category"), &name);
	json_writer_open_array(&j, "items");
	for (unsigned i = 0; i < PRODUCT_COUNT; i++) {
		if (!catalogue_matches(catalogue_at(i), buf_str(words), buf_str(&name)))
			continue;
		found++;
		json_writer_open(&j, NULL);
		put_product(&j, catalogue_at(i));
		json_writer_close(&j);
	}
	json_writer_close_array(&j);
	json_writer_uint(&j, "total", found);
	buf_release(&name);
	end(request, &j, 200);
}

static void product(struct shop_request *request)
{
	const struct product *what = catalogue_find(request->id);
	struct json_writer j;

	if (!what) {
		reply_error(request, 404, STR("no such product"));
		return;
	}
	j = begin(request);
	put_product(&j, what);
	end(request, &j, 200);
}

/* ---- login and account */

static void token(struct shop_request *request)
{
	const struct json_item *body = read_body(request), *user, *password;
	struct json_tape *tape = &request->shop->tape;
	struct shop_session *session;
	struct buf *text = &request->shop->field;
	struct json_writer j;

	if (!body)
		return;
	user = json_member(tape, body, STR("user"));
	password = json_member(tape, body, STR("password"));
	buf_clear(text);
	if (!user || !password || json_type(user) != JSON_STRING ||
	    json_type(password) != JSON_STRING ||
	    !str_eq(json_text(tape, password, text), request->shop->config.password)) {
		reply_error(request, 401, STR("wrong name or password"));
		return;
	}
	session = shop_request_session(request);
	buf_clear(text);
	snprintf(session->user, sizeof session->user, "%.*s", STR_ARG(json_text(tape, user, text)));
	shop_state_session_issue_token(request->shop->state, session);
	request->shop->counts.logins++;
	j = begin(request);
	json_writer_bool(&j, "ok", true);
	json_writer_text(&j, "token", str_of(session->token));
	end(request, &j, 201);
}

static void me(struct shop_request *request)
{
	const struct shop_session *session = session_of(request);
	struct json_writer j;

	if (!session || !session->user[0]) {
		http_request_add_header(request->http, "WWW-Authenticate", STR("Bearer"));
		reply_error(request, 401, STR("log in first"));
		return;
	}
	j = begin(request);
	json_writer_text(&j, "user", str_of(session->user));
	end(request, &j, 200);
}

/* ---- the cart */

static void reply_cart(struct shop_request *request, const struct shop_session *session, int status)
{
	struct json_writer j = begin(request);

	json_writer_bool(&j, "ok", true);
	json_writer_uint(&j, "cart", session->cart_id);
	json_writer_open_array(&j, "items");
	for (unsigned i = 0; i < session->cart_lines; i++) {
		json_writer_open(&j, NULL);
		json_writer_uint(&j, "product", session->cart[i].product);
		json_writer_uint(&j, "quantity", session->cart[i].quantity);
		json_writer_close(&j);
	}
	json_writer_close_array(&j);
	catalogue_put_price(json_writer_value(&j, "total"), shop_state_cart_cents(session));
	end(request, &j, status);
}

static void cart(struct shop_request *request)
{
	const struct shop_session *session = session_of(request);
	static const struct shop_session nobody;

	reply_cart(request, session ? session : &nobody, 200);
}

/* Adds the product to the cart and responds; PRODUCT and QUANTITY as the client sent them. */
static void put_into_cart(struct shop_request *request, int64_t id, int64_t quantity, bool add)
{
	struct shop_session *session = session_of(request);

	if (id < 0 || id > UINT32_MAX || !catalogue_find((unsigned)id)) {
		reply_error(request, 404, STR("no such product"));
		return;
	}
	if (quantity < (add ? 1 : 0) || quantity > 99) {
		reply_error(request, 400, STR("quantity must be between 1 and 99"));
		return;
	}
	if (!session)
		session = shop_request_session(request);
	if (!shop_state_cart_put(request->shop->state, session, (unsigned)id, (unsigned)quantity,
				 add)) {
		reply_error(request, 409, STR("the cart is full"));
		return;
	}
	request->shop->counts.carts++;
	reply_cart(request, session, add ? 201 : 200);
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

/* ---- orders: accepted immediately, shipped after their status was read twice */

static void reply_order(struct shop_request *request, const struct order *made, int status)
{
	bool shipped = made->polls > POLLS_UNTIL_SHIPPED;
	struct json_writer j = begin(request);

	json_writer_bool(&j, "ok", true);
	json_writer_uint(&j, "id", made->id);
	json_writer_text(&j, "status", shipped ? STR("shipped") : STR("processing"));
	json_writer_uint(&j, "items", made->items);
	catalogue_put_price(json_writer_value(&j, "total"), made->cents);
	end(request, &j, status);
}

static void order_create(struct shop_request *request)
{
	struct shop_session *session = session_of(request);
	struct order *made = session ? shop_state_order_new(request->shop->state, session) : NULL;
	char where[64];

	if (!made) {
		reply_error(request, 409, STR("the cart is empty"));
		return;
	}
	request->shop->counts.orders++;
	snprintf(where, sizeof where, "/api/orders/%u", made->id);
	http_request_add_header(request->http, "Location", str_of(where));
	reply_order(request, made, 201);
}

static void order_state(struct shop_request *request)
{
	struct order *made = shop_state_order_find(request->shop->state, request->id);
	const struct shop_session *session = session_of(request);
	const char *who = session ? session->user[0] ? session->user : session->id : "";

	if (!made || !str_eq(str_of(made->owner), str_of(who))) {
		reply_error(request, 404, STR("you have no such order"));
		return;
	}
	made->polls++;
	reply_order(request, made, made->polls > POLLS_UNTIL_SHIPPED ? 200 : 202);
}
