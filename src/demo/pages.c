/* The pages a person clicks through. */
#include <stdio.h>

#include "base/escape.h"
#include "demo/look.h"

static void home(struct call *call);
static void category(struct call *call);
static void search(struct call *call);
static void product(struct call *call);
static void login_form(struct call *call);
static void login(struct call *call);
static void logout(struct call *call);
static void account(struct call *call);
static void cart(struct call *call);
static void cart_add(struct call *call);
static void checkout_form(struct call *call);
static void checkout(struct call *call);
static void order(struct call *call);
static void style_sheet(struct call *call);
static void picture(struct call *call);

#define ROUTE(method_, verb, path_, handler)                                                       \
	{                                                                                          \
		.method = (method_), .path = {path_, sizeof(path_) - 1},                           \
		.label = {verb " " path_, sizeof(verb " " path_) - 1}, .handle = (handler)         \
	}

const struct route page_routes[] = {
    ROUTE(VISIT_GET, "GET", "/", home),
    ROUTE(VISIT_GET, "GET", "/category/hats", category),
    ROUTE(VISIT_GET, "GET", "/category/shoes", category),
    ROUTE(VISIT_GET, "GET", "/category/coats", category),
    ROUTE(VISIT_GET, "GET", "/search", search),
    ROUTE(VISIT_GET, "GET", "/products/{id}", product),
    ROUTE(VISIT_GET, "GET", "/login", login_form),
    ROUTE(VISIT_POST, "POST", "/login", login),
    ROUTE(VISIT_GET, "GET", "/logout", logout),
    ROUTE(VISIT_GET, "GET", "/account", account),
    ROUTE(VISIT_GET, "GET", "/cart", cart),
    ROUTE(VISIT_POST, "POST", "/cart", cart_add),
    ROUTE(VISIT_GET, "GET", "/checkout", checkout_form),
    ROUTE(VISIT_POST, "POST", "/checkout", checkout),
    ROUTE(VISIT_GET, "GET", "/orders/{id}", order),
    ROUTE(VISIT_GET, "GET", "/static/shop.css", style_sheet),
    ROUTE(VISIT_GET, "GET", "/static/{id}.svg", picture),
    {.handle = NULL},
};

/* A field of the posted form, in the shop's field buffer until the next one. */
static struct str posted(struct call *call, struct str name)
{
	struct buf *field = &call->shop->field;

	buf_clear(field);
	form_value(visit_request(call->visit)->body, name, field);
	return buf_str(field);
}

struct str call_token(struct call *call)
{
	struct str sent = posted(call, STR("csrf_token"));

	return sent.len ? sent : posted(call, STR("csrf"));
}

static bool csrf_holds(struct call *call)
{
	struct str sent = call_token(call);

	return call->session && str_eq(sent, str_of(call->session->csrf));
}

static void refuse(struct call *call, int status, struct str title, struct str why)
{
	struct buf *page = look_begin(call, title);

	buf_add(page, STR("<h1>"));
	escape_html(page, title);
	buf_add(page, STR("</h1><p>"));
	escape_html(page, why);
	look_end(call, status);
}

static void put_csrf(struct buf *page, const struct session *session)
{
	buf_printf(page, "<input type=\"hidden\" name=\"csrf_token\" value=\"%s\">\n",
		   session->csrf);
}

/* ---- looking around */

static void put_grid(struct buf *page, struct str words, struct str name)
{
	buf_add(page, STR("<div class=grid>\n"));
	for (unsigned i = 0; i < PRODUCT_COUNT; i++)
		if (product_matches(catalogue_at(i), words, name))
			look_card(page, catalogue_at(i));
	buf_add(page, STR("</div>\n"));
}

static void home(struct call *call)
{
	struct buf *page = look_begin(call, STR("Welcome"));

	buf_add(page,
		STR("<h1>Something for your head, your feet and the rain</h1><div class=grid>\n"));
	for (unsigned i = 0; i < PRODUCT_COUNT; i += 5)
		look_card(page, catalogue_at(i));
	buf_add(page, STR("</div>\n"));
	look_end(call, 200);
}

static void category(struct call *call)
{
	struct str path = visit_request(call->visit)->path;
	struct str name = str_slice(path, sizeof "/category/" - 1, path.len);
	struct buf *page = look_begin(call, name);

	buf_printf(page, "<h1>All our %.*s</h1>", STR_ARG(name));
	put_grid(page, STR_NULL, name);
	look_end(call, 200);
}

/* Sent in pieces, as a shop that is still searching would. */
static void search(struct call *call)
{
	struct buf *page, *words = &call->shop->field;

	buf_clear(words);
	form_value(visit_request(call->visit)->query, STR("q"), words);
	page = look_begin(call, STR("Search"));
	buf_add(page, STR("<h1>Found for “"));
	escape_html(page, buf_str(words));
	buf_add(page, STR("”</h1>"));
	call_note(call, 200);
	visit_begin(call->visit, 200, "text/html; charset=utf-8");
	visit_piece(call->visit, buf_str(page));
	buf_clear(page);
	put_grid(page, buf_str(words), STR_NULL);
	visit_piece(call->visit, buf_str(page));
	visit_piece(call->visit, STR("</main></body></html>\n"));
	visit_end(call->visit);
}

static void product(struct call *call)
{
	const struct product *what = catalogue_find(call->id);
	struct buf *page;

	if (!what) {
		refuse(call, 404, STR("No such product"), STR("We do not have it, and never had."));
		return;
	}
	call_session(call);
	page = look_begin(call, what->name);
	buf_printf(page, "<div class=two><img src=/static/%u.svg alt=''><div><h1>", what->id);
	escape_html(page, what->name);
	buf_add(page, STR("</h1><p class=price>"));
	product_price(page, what->cents);
	buf_add(page, STR("</p><form class=box method=post action=/cart>\n"));
	put_csrf(page, call->session);
	buf_printf(page, "<input type=hidden name=product value=%u>\n", what->id);
	buf_add(page,
		STR("<label>Quantity<input type=number name=quantity value=1 min=1 max=9></label>"
		    "<button>Put into the cart</button></form></div></div>\n"));
	look_end(call, 200);
}

/* ---- the account */

static void put_login_form(struct call *call, struct buf *page, struct str message)
{
	buf_add(page, STR("<h1>Log in</h1>"));
	if (message.len)
		buf_printf(page, "<p><strong>%.*s</strong></p>", STR_ARG(message));
	buf_add(page, STR("<form class=box method=\"post\" action=\"/login\">\n"));
	put_csrf(page, call->session);
	buf_add(page,
		STR("<label>Name<input name=user autocomplete=username></label>\n<label>Password"
		    "<input type=password name=password autocomplete=current-password></label>\n"
		    "<button>Log in</button></form><p class=note>Any name will do; the password is "
		    "the one the shop was started with (demo).</p>"));
}

static void login_form(struct call *call)
{
	struct buf *page;

	call_session(call);
	session_issue_csrf(call->shop->state, call->session);
	page = look_begin(call, STR("Log in"));
	put_login_form(call, page, STR_NULL);
	look_end(call, 200);
}

static void login(struct call *call)
{
	char name[sizeof call->session->user];
	struct str user;

	if (!csrf_holds(call)) {
		refuse(call, 403, STR("Not from our form"),
		       STR("The form's token is missing or old. Load the login page and send its "
			   "csrf_token and the session cookie along."));
		return;
	}
	user = posted(call, STR("user"));
	snprintf(name, sizeof name, "%.*s", STR_ARG(user));
	if (!name[0] || !str_eq(posted(call, STR("password")), call->shop->config.password)) {
		struct buf *page = look_begin(call, STR("Log in"));
		put_login_form(call, page, STR("That name and password do not go together."));
		look_end(call, 401);
		return;
	}
	memcpy(call->session->user, name, sizeof name);
	call->shop->counts.logins++;
	session_renew(call->shop->state, call->session);
	call_set_cookie(call);
	call_redirect(call, "/account");
}

static void logout(struct call *call)
{
	if (call->session)
		session_end(call->shop->state, call->session);
	visit_add_header(call->visit, "Set-Cookie", STR("session=; Path=/; Max-Age=0"));
	call_redirect(call, "/");
}

static void account(struct call *call)
{
	struct buf *page;

	if (!call->session || !call->session->user[0]) {
		call_redirect(call, "/login");
		return;
	}
	page = look_begin(call, STR("Your account"));
	buf_add(page, STR("<h1>Welcome, "));
	escape_html(page, str_of(call->session->user));
	buf_add(
	    page,
	    STR("</h1><p>You are logged in. <a href=/category/hats>Have a look at the hats</a>, "
		"or go to <a href=/cart>your cart</a>.</p>"));
	look_end(call, 200);
}

/* ---- buying */

static void put_cart(struct buf *page, const struct session *session)
{
	buf_add(page, STR("<table><tr><th>Product<th>Quantity<th>Price</tr>\n"));
	for (unsigned i = 0; i < session->cart_lines; i++) {
		const struct product *what = catalogue_find(session->cart[i].product);
		buf_printf(page, "<tr><td><a href=/products/%u>", what->id);
		escape_html(page, what->name);
		buf_printf(page, "</a><td>%u<td>", session->cart[i].quantity);
		product_price(page, what->cents * session->cart[i].quantity);
		buf_add(page, STR("</tr>\n"));
	}
	buf_add(page, STR("<tr class=sum><td>Together<td><td>"));
	product_price(page, cart_cents(session));
	buf_add(page, STR("</tr></table>\n"));
}

static void cart(struct call *call)
{
	struct buf *page = look_begin(call, STR("Your cart"));

	buf_add(page, STR("<h1>Your cart</h1>"));
	if (!call->session || !call->session->cart_lines) {
		buf_add(page, STR("<p>There is nothing in it yet.</p>"));
	} else {
		put_cart(page, call->session);
		buf_add(page, STR("<p><a href=/checkout><button>To the checkout</button></a></p>"));
	}
	look_end(call, 200);
}

static void cart_add(struct call *call)
{
	int64_t id = 0, quantity = 1;

	if (!csrf_holds(call)) {
		refuse(call, 403, STR("Not from our form"),
		       STR("The form's token is missing or old."));
		return;
	}
	str_to_int(posted(call, STR("product")), &id);
	str_to_int(posted(call, STR("quantity")), &quantity);
	if (id < 0 || id > UINT32_MAX || !catalogue_find((unsigned)id) || quantity < 1 ||
	    quantity > 99) {
		refuse(call, 400, STR("That cannot be bought"),
		       STR("No such product or quantity."));
		return;
	}
	if (!cart_put(call->shop->state, call->session, (unsigned)id, (unsigned)quantity, true)) {
		refuse(call, 409, STR("The cart is full"),
		       STR("Twenty different things are enough."));
		return;
	}
	call->shop->counts.carts++;
	call_redirect(call, "/cart");
}

static void checkout_form(struct call *call)
{
	struct buf *page;

	if (!call->session || !call->session->user[0]) {
		call_redirect(call, "/login");
		return;
	}
	page = look_begin(call, STR("Checkout"));
	buf_add(page, STR("<h1>Checkout</h1>"));
	put_cart(page, call->session);
	buf_add(page, STR("<form class=box method=post action=/checkout>\n"));
	put_csrf(page, call->session);
	buf_add(page,
		STR("<label>Where to<input name=address></label>"
		    "<label>How<select name=delivery><option value=post selected>By post</option>"
		    "<option value=bicycle>By bicycle</option></select></label>"
		    "<button>Order</button></form>"));
	look_end(call, 200);
}

static void checkout(struct call *call)
{
	struct order *made;

	if (!csrf_holds(call)) {
		refuse(call, 403, STR("Not from our form"),
		       STR("The form's token is missing or old."));
		return;
	}
	made = order_new(call->shop->state, call->session);
	if (!made) {
		refuse(call, 409, STR("Nothing to order"), STR("The cart is empty."));
		return;
	}
	call->shop->counts.orders++;
	call_redirect(call, "/orders/%u", made->id);
}

static void order(struct call *call)
{
	const struct order *made = order_find(call->shop->state, call->id);
	struct buf *page;

	if (!made || !call->session || !str_eq(str_of(made->owner), str_of(call->session->user))) {
		refuse(call, 404, STR("No such order"), STR("Not one of yours, at least."));
		return;
	}
	page = look_begin(call, STR("Your order"));
	buf_printf(page,
		   "<h1>Thank you!</h1><p>Order <strong id=order>%u</strong> with %u things for ",
		   made->id, made->items);
	product_price(page, made->cents);
	buf_add(page, STR(" is on its way.</p>"));
	look_end(call, 200);
}

/* ---- what pages are made of */

/* True, and the visit answered with 304, when the client has it already. */
static bool is_unchanged(struct call *call, struct str tag)
{
	visit_add_header(call->visit, "ETag", tag);
	visit_add_header(call->visit, "Cache-Control", STR("public, max-age=3600"));
	if (!str_eq(visit_header(call->visit, "If-None-Match"), tag))
		return false;
	call_reply(call, 304, NULL, STR_NULL);
	return true;
}

static void style_sheet(struct call *call)
{
	if (!is_unchanged(call, STR("\"shop-1\"")))
		call_reply(call, 200, "text/css; charset=utf-8", look_style());
}

static void picture(struct call *call)
{
	const struct product *what = catalogue_find(call->id);
	char tag[32];

	if (!what) {
		call_reply(call, 404, "text/plain; charset=utf-8", STR("No such picture.\n"));
		return;
	}
	snprintf(tag, sizeof tag, "\"p-%u\"", what->id);
	if (is_unchanged(call, str_of(tag)))
		return;
	buf_clear(&call->shop->page);
	product_picture(&call->shop->page, what);
	call_reply(call, 200, "image/svg+xml", buf_str(&call->shop->page));
}
