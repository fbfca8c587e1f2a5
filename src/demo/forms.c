/* Pages with the forms that applications have: one that comes back with an error, settings that are
 * saved on their own page, several steps on one address, an upload, and every kind of control. */
#include <stdio.h>

#include "base/escape.h"
#include "demo/layout.h"

static void register_form(struct shop_request *request);
static void register_user(struct shop_request *request);
static void settings(struct shop_request *request);
static void save_settings(struct shop_request *request);
static void wizard(struct shop_request *request);
static void wizard_next(struct shop_request *request);
static void wizard_done(struct shop_request *request);
static void upload_form(struct shop_request *request);
static void upload(struct shop_request *request);
static void controls(struct shop_request *request);
static void controls_sent(struct shop_request *request);

const struct route form_routes[] = {
    ROUTE(HTTP_REQUEST_GET, "GET", "/register", register_form),
    ROUTE(HTTP_REQUEST_POST, "POST", "/register", register_user),
    ROUTE(HTTP_REQUEST_GET, "GET", "/settings", settings),
    ROUTE(HTTP_REQUEST_POST, "POST", "/settings", save_settings),
    ROUTE(HTTP_REQUEST_GET, "GET", "/wizard", wizard),
    ROUTE(HTTP_REQUEST_POST, "POST", "/wizard", wizard_next),
    ROUTE(HTTP_REQUEST_GET, "GET", "/wizard/done", wizard_done),
    ROUTE(HTTP_REQUEST_GET, "GET", "/upload", upload_form),
    ROUTE(HTTP_REQUEST_POST, "POST", "/upload", upload),
    ROUTE(HTTP_REQUEST_GET, "GET", "/controls", controls),
    ROUTE(HTTP_REQUEST_POST, "POST", "/controls", controls_sent),
    ROUTE(HTTP_REQUEST_POST, "POST", "/controls/preview", controls_sent),
    {.handle = NULL},
};

/* An input with its label. */
static void put_input(struct buf *page, const char *label, const char *type, const char *name,
		      struct str value)
{
	buf_printf(page, "<label for=f-%s>%s:</label><input id=f-%s type=%s name=%s value=\"", name,
		   label, name, type, name);
	escape_html(page, value);
	buf_add(page, STR("\">\n"));
}

/* False, after responding with 403, if the token of the form is not the session's. */
static bool is_genuine(struct shop_request *request)
{
	if (shop_request_csrf_is_valid(request))
		return true;
	layout_refuse(request, 403, STR("Invalid form token"),
		      STR("The form's token is missing or has expired."));
	return false;
}

/* ---- a form that comes back */

static void put_register(struct shop_request *request, const char *error)
{
	const struct str body = http_request_view(request->http)->body;
	struct buf *page, *field = &request->shop->field;

	shop_request_session(request);
	page = layout_begin(request, STR("Register"));
	buf_add(page, STR("<h1>Register</h1><form class=box method=post action=/register>\n"));
	layout_csrf(page, request->session);
	if (error)
		buf_printf(page, "<ul class=errorlist><li>%s</li></ul>\n", error);
	buf_clear(field);
	http_request_form_value(body, STR("user"), field);
	put_input(page, "Name", "text", "user", buf_str(field));
	buf_clear(field);
	http_request_form_value(body, STR("email"), field);
	put_input(page, "E-mail", "email", "email", buf_str(field));
	put_input(page, "Password", "password", "password", STR(""));
	buf_add(page, STR("<button>Register</button></form>"));
	layout_end(request, 200);
}

static void register_form(struct shop_request *request)
{
	put_register(request, NULL);
}

static void register_user(struct shop_request *request)
{
	struct shop_session *session = request->session;
	struct str user;

	if (!is_genuine(request))
		return;
	if (str_find_char(shop_request_field(request, STR("email")), '@', 0) == NOT_FOUND) {
		put_register(request, "Enter a valid e-mail address.");
		return;
	}
	user = shop_request_field(request, STR("user"));
	if (user.len < 3 || user.len >= sizeof session->user) {
		put_register(request, "A name has 3 to 63 characters.");
		return;
	}
	snprintf(session->user, sizeof session->user, "%.*s", STR_ARG(user));
	shop_request_redirect(request, "/account");
}

/* ---- settings, saved on the page itself */

static void put_option(struct buf *page, const char *value, const char *text, const char *current)
{
	buf_printf(page, "<option value=%s%s>%s</option>", value,
		   strcmp(value, current) == 0 ? " selected" : "", text);
}

static void put_settings(struct shop_request *request, const char *message)
{
	const struct shop_session *session = shop_request_session(request);
	struct buf *page = layout_begin(request, STR("Settings"));

	buf_printf(page, "<h1>Settings</h1>%s<form class=box method=post>\n", message);
	layout_csrf(page, session);
	put_input(page, "Nickname", "text", "nickname", str_of(session->nickname));
	buf_add(page, STR("<label>Language<select name=language>"));
	put_option(page, "en", "English", session->language);
	put_option(page, "de", "German", session->language);
	put_option(page, "fr", "French", session->language);
	buf_printf(page,
		   "</select></label><label><input type=checkbox name=newsletter value=1%s> "
		   "Newsletter</label><button>Save</button></form>",
		   session->newsletter ? " checked" : "");
	layout_end(request, 200);
}

static void settings(struct shop_request *request)
{
	put_settings(request, "");
}

static void save_settings(struct shop_request *request)
{
	struct shop_session *session = request->session;

	if (!is_genuine(request))
		return;
	snprintf(session->nickname, sizeof session->nickname, "%.*s",
		 STR_ARG(shop_request_field(request, STR("nickname"))));
	snprintf(session->language, sizeof session->language, "%.*s",
		 STR_ARG(shop_request_field(request, STR("language"))));
	session->newsletter = shop_request_field(request, STR("newsletter")).len > 0;
	put_settings(request, "<p class=alert-success role=status>Saved.</p>");
}

/* ---- several steps on one address */

static void put_step(struct shop_request *request, int step, const char *error)
{
	struct buf *page;

	shop_request_session(request);
	page = layout_begin(request, STR("Order a catalogue"));
	buf_printf(page, "<h1>Order a catalogue: step %d of 3</h1>%s", step, error);
	buf_add(page, STR("<form class=box method=post action=/wizard>\n"));
	layout_csrf(page, request->session);
	buf_printf(page, "<input type=hidden name=step value=%d>\n", step);
	if (step == 1) {
		put_input(page, "Your name", "text", "who", STR(""));
	} else if (step == 2) {
		put_input(page, "Street", "text", "street", STR(""));
		put_input(page, "City", "text", "city", STR(""));
	} else {
		buf_add(page, STR("<label><input type=checkbox name=agree> I agree</label>\n"));
	}
	buf_printf(page, "<button>%s</button></form>", step == 3 ? "Finish" : "Next");
	layout_end(request, 200);
}

static void wizard(struct shop_request *request)
{
	put_step(request, 1, "");
}

static void wizard_next(struct shop_request *request)
{
	static const char *const needed[] = {"who", "city", "agree"};
	int64_t step = 0;

	if (!is_genuine(request))
		return;
	str_to_int(shop_request_field(request, STR("step")), &step);
	if (step < 1 || step > 3)
		step = 1;
	if (!shop_request_field(request, str_of(needed[step - 1])).len)
		put_step(request, (int)step, "<p class=error>Something is missing.</p>");
	else if (step == 3)
		shop_request_redirect(request, "/wizard/done");
	else
		put_step(request, (int)step + 1, "");
}

static void wizard_done(struct shop_request *request)
{
	struct buf *page = layout_begin(request, STR("Thank you"));

	buf_add(page, STR("<h1>Your catalogue is on its way</h1>"));
	layout_end(request, 200);
}

/* ---- an upload */

/* A part of a multipart body. */
struct part {
	struct str head, content;
};

/* The part NAME of the request's body (RFC 7578); false if there is none. */
static bool find_part(const struct shop_request *request, struct str name, struct part *out)
{
	struct str type = http_request_header(request->http, "Content-Type");
	struct str body = http_request_view(request->http)->body;
	size_t at = str_find(type, STR("boundary="), 0);
	char mark[128], wanted[128];

	if (at == NOT_FOUND)
		return false;
	snprintf(mark, sizeof mark, "--%.*s", STR_ARG(str_slice(type, at + 9, type.len)));
	snprintf(wanted, sizeof wanted, "; name=\"%.*s\"", STR_ARG(name));
	for (at = str_find(body, str_of(mark), 0); at != NOT_FOUND;) {
		size_t next = str_find(body, str_of(mark), at + 1);
		struct str part = str_slice(body, at, next == NOT_FOUND ? body.len : next);
		size_t blank = str_find(part, STR("\r\n\r\n"), 0);

		at = next;
		if (blank == NOT_FOUND)
			continue;
		out->head = str_slice(part, 0, blank);
		out->content = str_slice(part, blank + 4, part.len);
		if (str_ends(out->content, STR("\r\n")))
			out->content.len -= 2;
		if (str_find(out->head, str_of(wanted), 0) != NOT_FOUND)
			return true;
	}
	return false;
}

static void put_upload(struct shop_request *request, const char *error)
{
	struct buf *page;

	shop_request_session(request);
	page = layout_begin(request, STR("Send us an image"));
	buf_printf(page, "<h1>Send us an image</h1>%s", error);
	buf_add(page, STR("<form class=box method=post action=/upload "
			  "enctype=multipart/form-data>\n"));
	layout_csrf(page, request->session);
	put_input(page, "Title", "text", "title", STR(""));
	buf_add(page, STR("<label>Image<input type=file name=image></label>\n"
			  "<button>Upload</button></form>"));
	layout_end(request, 200);
}

static void upload_form(struct shop_request *request)
{
	put_upload(request, "");
}

static struct str file_name(struct str head)
{
	size_t from = str_find(head, STR("filename=\""), 0);

	if (from == NOT_FOUND)
		return STR("");
	return str_slice(head, from + 10, str_find_char(head, '"', from + 10));
}

static void upload(struct shop_request *request)
{
	struct part token, title, image;
	struct buf *page;

	if (!request->session || !find_part(request, STR("csrf_token"), &token) ||
	    !str_eq(token.content, str_of(request->session->csrf)) ||
	    !find_part(request, STR("title"), &title) ||
	    !find_part(request, STR("image"), &image)) {
		layout_refuse(request, 403, STR("Invalid form"),
			      STR("The form's token or one of its fields is missing."));
		return;
	}
	if (!file_name(image.head).len) {
		put_upload(request, "<p class=error>No file was chosen.</p>");
		return;
	}
	page = layout_begin(request, STR("Thank you"));
	buf_add(page, STR("<h1>Thank you for “"));
	escape_html(page, title.content);
	buf_add(page, STR("”</h1><p id=received>"));
	escape_html(page, file_name(image.head));
	buf_printf(page, ", %zu bytes</p>", image.content.len);
	layout_end(request, 200);
}

/* ---- every kind of control */

static void controls(struct shop_request *request)
{
	struct buf *page = layout_begin(request, STR("Controls"));

	buf_add(
	    page,
	    STR("<h1>Controls</h1><form class=box id=all method=post action=/controls>\n"
		"<input type=hidden name=_charset_><input name=text value='as it is'>\n"
		"<input name=off value=never disabled>\n"
		"<fieldset disabled><input name=inside value=never></fieldset>\n"
		"<label>Size<select name=size><option disabled>Choose a size</option>"
		"<option value=s>Small</option><option value=m>Medium</option></select></label>\n"
		"<label>Colours<select name=colour multiple><option value=red selected>Red"
		"</option><option value=blue>Blue</option><option value=green selected>Green"
		"</option></select></label>\n"
		"<label><input type=checkbox name=extra value=bag checked> Bag</label>"
		"<label><input type=checkbox name=extra value=box> Box</label>\n"
		"<label><input type=radio name=post value=slow checked> Slow</label>"
		"<label><input type=radio name=post value=fast> Fast</label>\n"
		"<textarea name=note>\nTwo\nlines</textarea>\n"
		"<button name=do value=save>Save</button>"
		"<button name=do value=preview formaction=/controls/preview>Preview</button>"
		"<input type=reset value=Reset><button type=button name=never>Nothing</button>\n"
		"</form><input name=outside value=elsewhere form=all>"));
	layout_end(request, 200);
}

/* Shows what the browser sent. */
static void controls_sent(struct shop_request *request)
{
	struct buf *page = layout_begin(request, STR("Values sent"));

	buf_add(page, STR("<h1>Values sent</h1><pre id=sent>"));
	escape_html(page, http_request_view(request->http)->body);
	buf_add(page, STR("</pre>"));
	layout_end(request, 200);
}
