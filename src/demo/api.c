/* The JSON API: products, a cart, orders that take a moment, tokens. */
#include <stdio.h>

#include "base/escape.h"
#include "base/url.h"
#include "demo/route.h"

static void health(struct call *call);
static void products(struct call *call);
static void product(struct call *call);
static void token(struct call *call);
static void me(struct call *call);
static void cart(struct call *call);
static void cart_add(struct call *call);
static void cart_set(struct call *call);
static void cart_remove(struct call *call);
static void order_make(struct call *call);
static void order_state(struct call *call);

#define ROUTE(method_, verb, path_, handler)                                                       \
	{                                                                                          \
		.method = (method_), .path = {path_, sizeof(path_) - 1},                           \
		.label = {verb " " path_, sizeof(verb " " path_) - 1}, .handle = (handler)         \
	}

const struct route api_routes[] = {
    ROUTE(VISIT_GET, "GET", "/health", health),
    ROUTE(VISIT_GET, "GET", "/api/products", products),
    ROUTE(VISIT_GET, "GET", "/api/products/{id}", product),
    ROUTE(VISIT_POST, "POST", "/api/token", token),
    ROUTE(VISIT_GET, "GET", "/api/me", me),
    ROUTE(VISIT_GET, "GET", "/api/cart", cart),
    ROUTE(VISIT_POST, "POST", "/api/cart", cart_add),
    ROUTE(VISIT_PUT, "PUT", "/api/cart/{id}", cart_set),
    ROUTE(VISIT_PATCH, "PATCH", "/api/cart/{id}", cart_set),
    ROUTE(VISIT_DELETE, "DELETE", "/api/cart/{id}", cart_remove),
    ROUTE(VISIT_POST, "POST", "/api/orders", order_make),
    ROUTE(VISIT_GET, "GET", "/api/orders/{id}", order_state),
    {.handle = NULL},
};

#define POLLS_UNTIL_SHIPPED 2

static struct buf *begin(struct call *call)
{
	buf_clear(&call->shop->page);
	return &call->shop->page;
}

static void end(struct call *call, int status)
{
	buf_add(&call->shop->page, STR("\n"));
	call_reply(call, status, "application/json", buf_str(&call->shop->page));
}

static void say_error(struct call *call, int status, struct str why)
{
	struct buf *out = begin(call);

	buf_add(out, STR("{\"ok\":false,\"error\":"));
	escape_json(out, why);
	buf_add_char(out, '}');
	end(call, status);
}

/* Reads the body into the shop's tape; answers 400 itself when it is no JSON object. */
static const struct json_item *read_body(struct call *call)
{
	struct json_tape *tape = &call->shop->tape;

	if (!json_read(tape, visit_request(call->visit)->body)) {
		char why[160];
		snprintf(why, sizeof why, "the body is not JSON: %s, at byte %zu", tape->error,
			 tape->error_at);
		say_error(call, 400, str_of(why));
		return NULL;
	}
	if (json_type(&tape->items[0]) != JSON_OBJECT) {
		say_error(call, 400, STR("the body should be a JSON object"));
		return NULL;
	}
	return &tape->items[0];
}

/* A member as a whole number, written as a number or as text; FALLBACK when there is none, -1 when
 * it is none. */
static int64_t whole_member(struct call *call, const struct json_item *body, struct str key,
			    int64_t fallback)
{
	const struct json_item *item = json_member(&call->shop->tape, body, key);
	int64_t number;

	if (!item)
		return fallback;
	if (json_type(item) != JSON_NUMBER && json_type(item) != JSON_STRING)
		return -1;
	return str_to_int(json_raw(&call->shop->tape, item), &number) ? number : -1;
}

static struct session *session_of(struct call *call)
{
	struct str line = visit_header(call->visit, "Authorization");
	struct session *session;

	if (!str_starts(line, STR("Bearer ")))
		return call->session;
	session = session_by_token(call->shop->state, str_slice(line, 7, line.len));
	if (session)
		call->visitor = session->visitor;
	return session;
}

static void health(struct call *call)
{
	buf_add(begin(call), STR("{\"ok\":true}"));
	end(call, 200);
}

/* ---- products */

static void put_product(struct buf *out, const struct product *what)
{
	buf_printf(out, "{\"id\":%u,\"name\":", what->id);
	escape_json(out, what->name);
	buf_printf(out, ",\"category\":\"%.*s\",\"price\":", STR_ARG(what->category));
	product_price(out, what->cents);
	buf_add_char(out, '}');
}

static void products(struct call *call)
{
	struct str query = visit_request(call->visit)->query;
	struct buf *out = begin(call), name;
	struct buf *words = &call->shop->field;
	unsigned found = 0;

	buf_init(&name, 256);
	buf_clear(words);
	form_value(query, STR("q"), words);
	form_value(query, STR("category"), &name);
	buf_add(out, STR("{\"items\":["));
	for (unsigned i = 0; i < PRODUCT_COUNT; i++) {
		if (!product_matches(catalogue_at(i), buf_str(words), buf_str(&name)))
			continue;
		if (found++)
			buf_add_char(out, ',');
		put_product(out, catalogue_at(i));
	}
	buf_printf(out, "],\"total\":%u}", found);
	buf_release(&name);
	end(call, 200);
}

static void product(struct call *call)
{
	const struct product *what = catalogue_find(call->id);

	if (!what) {
		say_error(call, 404, STR("no such product"));
		return;
	}
	put_product(begin(call), what);
	end(call, 200);
}

/* ---- who is there */

static void token(struct call *call)
{
	const struct json_item *body = read_body(call), *user, *password;
	struct json_tape *tape = &call->shop->tape;
	struct session *session;
	struct buf *text = &call->shop->field;

	if (!body)
		return;
	user = json_member(tape, body, STR("user"));
	password = json_member(tape, body, STR("password"));
	buf_clear(text);
	if (!user || !password || json_type(user) != JSON_STRING ||
	    json_type(password) != JSON_STRING ||
	    !str_eq(json_text(tape, password, text), call->shop->config.password)) {
		say_error(call, 401, STR("that name and password do not go together"));
		return;
	}
	session = call_session(call);
	buf_clear(text);
	snprintf(session->user, sizeof session->user, "%.*s", STR_ARG(json_text(tape, user, text)));
	session_issue_token(call->shop->state, session);
	call->shop->counts.logins++;
	buf_printf(begin(call), "{\"ok\":true,\"token\":\"%s\"}", session->token);
	end(call, 201);
}

static void me(struct call *call)
{
	const struct session *session = session_of(call);
	struct buf *out;

	if (!session || !session->user[0]) {
		visit_add_header(call->visit, "WWW-Authenticate", STR("Bearer"));
		say_error(call, 401, STR("log in first"));
		return;
	}
	out = begin(call);
	buf_add(out, STR("{\"user\":"));
	escape_json(out, str_of(session->user));
	buf_add_char(out, '}');
	end(call, 200);
}

/* ---- the cart */

static void put_cart(struct buf *out, const struct session *session)
{
	buf_printf(out, "{\"ok\":true,\"cart\":%u,\"items\":[", session->cart_id);
	for (unsigned i = 0; i < session->cart_lines; i++)
		buf_printf(out, "%s{\"product\":%u,\"quantity\":%u}", i ? "," : "",
			   session->cart[i].product, session->cart[i].quantity);
	buf_add(out, STR("],\"total\":"));
	product_price(out, cart_cents(session));
	buf_add_char(out, '}');
}

static void cart(struct call *call)
{
	const struct session *session = session_of(call);
	static const struct session nobody;

	put_cart(begin(call), session ? session : &nobody);
	end(call, 200);
}

/* Puts it in and answers; PRODUCT and QUANTITY as the client sent them. */
static void put_into_cart(struct call *call, int64_t id, int64_t quantity, bool add)
{
	struct session *session = session_of(call);

	if (id < 0 || id > UINT32_MAX || !catalogue_find((unsigned)id)) {
		say_error(call, 404, STR("no such product"));
		return;
	}
	if (quantity < (add ? 1 : 0) || quantity > 99) {
		say_error(call, 400, STR("quantity should be between 1 and 99"));
		return;
	}
	if (!session)
		session = call_session(call);
	if (!cart_put(call->shop->state, session, (unsigned)id, (unsigned)quantity, add)) {
		say_error(call, 409, STR("the cart is full"));
		return;
	}
	call->shop->counts.carts++;
	put_cart(begin(call), session);
	end(call, add ? 201 : 200);
}

static void cart_add(struct call *call)
{
	const struct json_item *body = read_body(call);

	if (body)
		put_into_cart(call, whole_member(call, body, STR("product"), -1),
			      whole_member(call, body, STR("quantity"), 1), true);
}

static void cart_set(struct call *call)
{
	const struct json_item *body = read_body(call);

	if (body)
		put_into_cart(call, call->id, whole_member(call, body, STR("quantity"), -1), false);
}

static void cart_remove(struct call *call)
{
	put_into_cart(call, call->id, 0, false);
}

/* ---- orders: accepted at once, shipped after being asked for twice */

static void put_order(struct buf *out, const struct order *made)
{
	bool shipped = made->polls > POLLS_UNTIL_SHIPPED;

	buf_printf(out,
		   "{\"ok\":true,\"id\":%u,\"status\":\"%s\",\"items\":%u,\"total\":", made->id,
		   shipped ? "shipped" : "processing", made->items);
	product_price(out, made->cents);
	buf_add_char(out, '}');
}

static void order_make(struct call *call)
{
	struct session *session = session_of(call);
	struct order *made = session ? order_new(call->shop->state, session) : NULL;
	char where[64];

	if (!made) {
		say_error(call, 409, STR("the cart is empty"));
		return;
	}
	call->shop->counts.orders++;
	snprintf(where, sizeof where, "/api/orders/%u", made->id);
	visit_add_header(call->visit, "Location", str_of(where));
	put_order(begin(call), made);
	end(call, 201);
}

static void order_state(struct call *call)
{
	struct order *made = order_find(call->shop->state, call->id);
	const struct session *session = session_of(call);
	const char *who = session ? session->user[0] ? session->user : session->id : "";

	if (!made || !str_eq(str_of(made->owner), str_of(who))) {
		say_error(call, 404, STR("no such order of yours"));
		return;
	}
	made->polls++;
	put_order(begin(call), made);
	end(call, made->polls > POLLS_UNTIL_SHIPPED ? 200 : 202);
}
