/* The HTML pages of the shop. */
#include <stdio.h>

#include "base/escape.h"
#include "demo/layout.h"

static void home(struct shop_request *request);
static void category(struct shop_request *request);
static void search(struct shop_request *request);
static void product(struct shop_request *request);
static void login_form(struct shop_request *request);
static void login(struct shop_request *request);
static void logout(struct shop_request *request);
static void account(struct shop_request *request);
static void cart(struct shop_request *request);
static void cart_add(struct shop_request *request);
static void cart_remove(struct shop_request *request);
static void checkout_form(struct shop_request *request);
static void checkout(struct shop_request *request);
static void order(struct shop_request *request);
static void style_sheet(struct shop_request *request);
static void picture(struct shop_request *request);

const struct route page_routes[] = {
    ROUTE(HTTP_REQUEST_GET, "GET", "/", home),
    ROUTE(HTTP_REQUEST_GET, "GET", "/category/hats", category),
    ROUTE(HTTP_REQUEST_GET, "GET", "/category/shoes", category),
    ROUTE(HTTP_REQUEST_GET, "GET", "/category/coats", category),
    ROUTE(HTTP_REQUEST_GET, "GET", "/search", search),
    ROUTE(HTTP_REQUEST_GET, "GET", "/products/{id}", product),
    ROUTE(HTTP_REQUEST_GET, "GET", "/login", login_form),
    ROUTE(HTTP_REQUEST_POST, "POST", "/login", login),
    ROUTE(HTTP_REQUEST_GET, "GET", "/logout", logout),
    ROUTE(HTTP_REQUEST_GET, "GET", "/account", account),
    ROUTE(HTTP_REQUEST_GET, "GET", "/cart", cart),
    ROUTE(HTTP_REQUEST_POST, "POST", "/cart", cart_add),
    ROUTE(HTTP_REQUEST_POST, "POST", "/cart/remove", cart_remove),
    ROUTE(HTTP_REQUEST_GET, "GET", "/checkout", checkout_form),
    ROUTE(HTTP_REQUEST_POST, "POST", "/checkout", checkout),
    ROUTE(HTTP_REQUEST_GET, "GET", "/orders/{id}", order),
    ROUTE(HTTP_REQUEST_GET, "GET", "/static/shop.css", style_sheet),
    ROUTE(HTTP_REQUEST_GET, "GET", "/static/{id}.svg", picture),
    {.handle = NULL},
};

struct str shop_request_field(struct shop_request *request, struct str name)
{
	struct buf *field = &request->shop->field;

	buf_clear(field);
	http_request_form_value(http_request_view(request->http)->body, name, field);
	return buf_str(field);
}

struct str shop_request_token(struct shop_request *request)
{
	struct str sent = shop_request_field(request, STR("csrf_token"));

	return sent.len ? sent : shop_request_field(request, STR("csrf"));
}

bool shop_request_csrf_is_valid(struct shop_request *request)
{
	struct str sent = shop_request_token(request);

	return request->session && str_eq(sent, str_of(request->session->csrf));
}

/* ---- catalogue */

static void put_grid(struct buf *page, struct str words, struct str name)
{
	buf_add(page, STR("<div class=grid>\n"));
	for (unsigned i = 0; i < PRODUCT_COUNT; i++)
		if (catalogue_matches(catalogue_at(i), words, name))
			layout_card(page, catalogue_at(i));
	buf_add(page, STR("</div>\n"));
}

static void home(struct shop_request *request)
{
	struct buf *page = layout_begin(request, STR("Welcome"));

	buf_add(page,
		STR("<h1>Something for your head, your feet and the rain</h1><div class=grid>\n"));
	for (unsigned i = 0; i < PRODUCT_COUNT; i += 5)
		layout_card(page, catalogue_at(i));
	buf_add(page, STR("</div>\n<p><a href=/support>Ask the shop</a></p>\n"));
	layout_end(request, 200);
}

static void category(struct shop_request *request)
{
	struct str path = http_request_view(request->http)->path;
	struct str name = str_slice(path, sizeof "/category/" - 1, path.len);
	struct buf *page = layout_begin(request, name);

	buf_printf(page, "<h1>All our %.*s</h1>", STR_ARG(name));
	put_grid(page, STR_NULL, name);
	layout_end(request, 200);
}

/* Sent in pieces, like a search that sends results while it runs. */
static void search(struct shop_request *request)
{
	struct buf *page, *words = &request->shop->field;

	buf_clear(words);
	http_request_form_value(http_request_view(request->http)->query, STR("q"), words);
	page = layout_begin(request, STR("Search"));
	buf_add(page, STR("<h1>Found for “"));
	escape_html(page, buf_str(words));
	buf_add(page, STR("”</h1>"));
	shop_request_count(request, 200);
	http_request_begin_reply(request->http, 200, "text/html; charset=utf-8");
	http_request_reply_chunk(request->http, buf_str(page));
	buf_clear(page);
	put_grid(page, buf_str(words), STR_NULL);
	http_request_reply_chunk(request->http, buf_str(page));
	http_request_reply_chunk(request->http, STR("</main></body></html>\n"));
	http_request_end_reply(request->http);
}

static void product(struct shop_request *request)
{
	const struct product *what = catalogue_find(request->id);
	struct buf *page;

	if (!what) {
		layout_refuse(request, 404, STR("No such product"),
			      STR("There is no such product."));
		return;
	}
	shop_request_session(request);
	page = layout_begin(request, what->name);
	buf_printf(page, "<div class=two><img src=/static/%u.svg alt=''><div><h1>", what->id);
	escape_html(page, what->name);
	buf_add(page, STR("</h1><p class=price>"));
	catalogue_put_price(page, what->cents);
	buf_add(page, STR("</p><form class=box method=post action=/cart>\n"));
	layout_csrf(page, request->session);
	buf_printf(page, "<input type=hidden name=product value=%u>\n", what->id);
	buf_add(page,
		STR("<label>Quantity<input type=number name=quantity value=1 min=1 max=9></label>"
		    "<button>Add to cart</button></form></div></div>\n"));
	layout_end(request, 200);
}

/* ---- the account */

static void put_login_form(struct shop_request *request, struct buf *page, struct str message)
{
	buf_add(page, STR("<h1>Log in</h1>"));
	if (message.len)
		buf_printf(page, "<p><strong>%.*s</strong></p>", STR_ARG(message));
	buf_add(page, STR("<form class=box method=\"post\" action=\"/login\">\n"));
	layout_csrf(page, request->session);
	buf_add(
	    page,
	    STR("<label>Name<input name=user autocomplete=username></label>\n<label>Password"
		"<input type=password name=password autocomplete=current-password></label>\n"
		"<button>Log in</button></form><p class=note>Any name is accepted; the password is "
		"the one the shop was started with (demo).</p>"));
}

static void login_form(struct shop_request *request)
{
	struct buf *page;

	shop_request_session(request);
	shop_state_session_issue_csrf(request->shop->state, request->session);
	page = layout_begin(request, STR("Log in"));
	put_login_form(request, page, STR_NULL);
	layout_end(request, 200);
}

static void login(struct shop_request *request)
{
	char name[sizeof request->session->user];
	struct str user;

	if (!shop_request_csrf_is_valid(request)) {
		layout_refuse(
		    request, 403, STR("Invalid form token"),
		    STR("The form's token is missing or has expired. Load the login page and "
			"send its "
			"csrf_token together with the session cookie."));
		return;
	}
	user = shop_request_field(request, STR("user"));
	snprintf(name, sizeof name, "%.*s", STR_ARG(user));
	if (!name[0] ||
	    !str_eq(shop_request_field(request, STR("password")), request->shop->config.password)) {
		struct buf *page = layout_begin(request, STR("Log in"));
		put_login_form(request, page, STR("Wrong name or password."));
		layout_end(request, 401);
		return;
	}
	memcpy(request->session->user, name, sizeof name);
	request->shop->counts.logins++;
	shop_state_session_renew(request->shop->state, request->session);
	shop_request_set_cookie(request);
	shop_request_redirect(request, "/account");
}

static void logout(struct shop_request *request)
{
	if (request->session)
		shop_state_session_end(request->shop->state, request->session);
	http_request_add_header(request->http, "Set-Cookie", STR("session=; Path=/; Max-Age=0"));
	shop_request_redirect(request, "/");
}

static void account(struct shop_request *request)
{
	struct buf *page;

	if (!request->session || !request->session->user[0]) {
		shop_request_redirect(request, "/login");
		return;
	}
	page = layout_begin(request, STR("Your account"));
	buf_add(page, STR("<h1>Welcome, "));
	escape_html(page, str_of(request->session->user));
	buf_add(page, STR("</h1><p>You are logged in. <a href=/category/hats>Browse the hats</a>, "
			  "or go to <a href=/cart>your cart</a>.</p>"));
	layout_end(request, 200);
}

/* ---- cart and checkout */

/* With CHANGES, each row has a form that removes its product. */
static void put_cart(struct buf *page, const struct shop_session *session, bool changes)
{
	buf_add(page, STR("<table><tr><th>Product<th>Quantity<th>Price</tr>\n"));
	for (unsigned i = 0; i < session->cart_lines; i++) {
		const struct product *what = catalogue_find(session->cart[i].product);
		buf_printf(page, "<tr><td><a href=/products/%u>", what->id);
		escape_html(page, what->name);
		buf_printf(page, "</a><td>%u<td>", session->cart[i].quantity);
		catalogue_put_price(page, what->cents * session->cart[i].quantity);
		if (changes) {
			buf_add(page, STR("<td><form method=post action=/cart/remove>"));
			layout_csrf(page, session);
			buf_printf(page,
				   "<input type=hidden name=product value=%u>"
				   "<button>Remove</button></form>",
				   what->id);
		}
		buf_add(page, STR("</tr>\n"));
	}
	buf_add(page, STR("<tr class=sum><td>Total<td><td>"));
	catalogue_put_price(page, shop_state_cart_cents(session));
	buf_add(page, STR("</tr></table>\n"));
}

static void cart(struct shop_request *request)
{
	struct buf *page = layout_begin(request, STR("Your cart"));

	buf_add(page, STR("<h1>Your cart</h1>"));
	if (!request->session || !request->session->cart_lines) {
		buf_add(page, STR("<p>Your cart is empty.</p>"));
	} else {
		put_cart(page, request->session, true);
		buf_add(page, STR("<p><a href=/checkout><button>Go to checkout</button></a></p>"));
	}
	layout_end(request, 200);
}

static void cart_add(struct shop_request *request)
{
	int64_t id = 0, quantity = 1;

	if (!shop_request_csrf_is_valid(request)) {
		layout_refuse(request, 403, STR("Invalid form token"),
			      STR("The form's token is missing or has expired."));
		return;
	}
	str_to_int(shop_request_field(request, STR("product")), &id);
	str_to_int(shop_request_field(request, STR("quantity")), &quantity);
	if (id < 0 || id > UINT32_MAX || !catalogue_find((unsigned)id) || quantity < 1 ||
	    quantity > 99) {
		layout_refuse(request, 400, STR("Cannot add to cart"),
			      STR("There is no such product, or the quantity is not valid."));
		return;
	}
	if (!shop_state_cart_put(request->shop->state, request->session, (unsigned)id,
				 (unsigned)quantity, true)) {
		layout_refuse(request, 409, STR("The cart is full"),
			      STR("A cart can contain twenty different products."));
		return;
	}
	request->shop->counts.carts++;
	shop_request_redirect(request, "/cart");
}

static void cart_remove(struct shop_request *request)
{
	int64_t id = 0;

	if (!shop_request_csrf_is_valid(request)) {
		layout_refuse(request, 403, STR("Invalid form token"),
			      STR("The form's token is missing or has expired."));
		return;
	}
	if (str_to_int(shop_request_field(request, STR("product")), &id) && id > 0 &&
	    id <= UINT32_MAX)
		shop_state_cart_put(request->shop->state, request->session, (unsigned)id, 0, false);
	shop_request_redirect(request, "/cart");
}

static void checkout_form(struct shop_request *request)
{
	struct buf *page;

	if (!request->session || !request->session->user[0]) {
		shop_request_redirect(request, "/login");
		return;
	}
	page = layout_begin(request, STR("Checkout"));
	buf_add(page, STR("<h1>Checkout</h1>"));
	put_cart(page, request->session, false);
	buf_add(page, STR("<form class=box method=post action=/checkout>\n"));
	layout_csrf(page, request->session);
	buf_add(
	    page,
	    STR("<label>Address<input name=address></label>"
		"<label>Delivery<select name=delivery><option value=post selected>By post</option>"
		"<option value=bicycle>By bicycle</option></select></label>"
		"<button>Order</button></form>"));
	layout_end(request, 200);
}

static void checkout(struct shop_request *request)
{
	struct order *made;

	if (!shop_request_csrf_is_valid(request)) {
		layout_refuse(request, 403, STR("Invalid form token"),
			      STR("The form's token is missing or has expired."));
		return;
	}
	made = shop_state_order_new(request->shop->state, request->session);
	if (!made) {
		layout_refuse(request, 409, STR("Nothing to order"), STR("The cart is empty."));
		return;
	}
	request->shop->counts.orders++;
	shop_request_redirect(request, "/orders/%u", made->id);
}

static void order(struct shop_request *request)
{
	const struct order *made = shop_state_order_find(request->shop->state, request->id);
	struct buf *page;

	if (!made || !request->session ||
	    !str_eq(str_of(made->owner), str_of(request->session->user))) {
		layout_refuse(request, 404, STR("No such order"), STR("You have no such order."));
		return;
	}
	page = layout_begin(request, STR("Your order"));
	buf_printf(page,
		   "<h1>Thank you!</h1><p>Order <strong id=order>%u</strong> with %u things for ",
		   made->id, made->items);
	catalogue_put_price(page, made->cents);
	buf_add(page, STR(" is on its way.</p>"));
	layout_end(request, 200);
}

/* ---- static files */

/* True, after responding with 304, if the client has it already. */
static bool is_unchanged(struct shop_request *request, struct str tag)
{
	http_request_add_header(request->http, "ETag", tag);
	http_request_add_header(request->http, "Cache-Control", STR("public, max-age=3600"));
	if (!str_eq(http_request_header(request->http, "If-None-Match"), tag))
		return false;
	shop_request_reply(request, 304, NULL, STR_NULL);
	return true;
}

static void style_sheet(struct shop_request *request)
{
	if (!is_unchanged(request, STR("\"shop-1\"")))
		shop_request_reply(request, 200, "text/css; charset=utf-8", layout_style());
}

static void picture(struct shop_request *request)
{
	const struct product *what = catalogue_find(request->id);
	char tag[32];

	if (!what) {
		shop_request_reply(request, 404, "text/plain; charset=utf-8",
				   STR("There is no such image.\n"));
		return;
	}
	snprintf(tag, sizeof tag, "\"p-%u\"", what->id);
	if (is_unchanged(request, str_of(tag)))
		return;
	buf_clear(&request->shop->page);
	catalogue_put_picture(&request->shop->page, what);
	shop_request_reply(request, 200, "image/svg+xml", buf_str(&request->shop->page));
}
