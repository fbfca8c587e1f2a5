#include "demo/layout.h"

#include "base/escape.h"

static const char style[] =
    ":root{--ink:#22242a;--soft:#6a6f7a;--line:#e4e6ea;--back:#f7f7f9;--card:#fff;--accent:#b3261e}"
    "@media(prefers-color-scheme:dark){:root{--ink:#eceef2;--soft:#9aa0ac;--line:#33363d;"
    "--back:#191b1f;--card:#23262b;--accent:#ff8a7a}}"
    "*{box-sizing:border-box}body{margin:0;font:16px/1.5 system-ui,sans-serif;color:var(--ink);"
    "background:var(--back)}a{color:inherit}"
    "header{display:flex;gap:1rem;align-items:center;flex-wrap:wrap;padding:.8rem 1.5rem;"
    "background:var(--card);border-bottom:1px solid var(--line)}"
    "header .name{font-weight:700;font-size:1.2rem;text-decoration:none}"
    "header nav{display:flex;gap:1rem}header form{flex:1;display:flex;gap:.4rem;max-width:26rem}"
    "header .end{margin-left:auto;display:flex;gap:1rem}"
    "main{max-width:64rem;margin:0 auto;padding:1.5rem}"
    ".grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr));gap:1rem}"
    ".card{background:var(--card);border:1px solid var(--line);border-radius:.6rem;overflow:hidden;"
    "text-decoration:none;display:block}.card img{width:100%;height:auto;display:block}"
    ".card>div{padding:.6rem .8rem}.price{color:var(--soft)}"
    "input,button,select{font:inherit;padding:.45rem .7rem;border:1px solid var(--line);"
    "border-radius:.4rem;background:var(--card);color:inherit}header input{flex:1;min-width:6rem}"
    "button{background:var(--accent);border-color:var(--accent);color:#fff;cursor:pointer}"
    "@media(prefers-color-scheme:dark){button{color:#191b1f}}"
    "form.box{background:var(--card);border:1px solid "
    "var(--line);border-radius:.6rem;padding:1.2rem;"
    "max-width:22rem;display:grid;gap:.7rem}label{display:grid;gap:.2rem}"
    "table{border-collapse:collapse;width:100%}td,th{padding:.5rem;text-align:left;"
    "border-bottom:1px solid var(--line)}.sum{font-weight:700}.note{color:var(--soft)}"
    ".two{display:grid;grid-template-columns:minmax(0,20rem) 1fr;gap:2rem}"
    ".two "
    "img{width:100%;border-radius:.6rem}@media(max-width:40rem){.two{grid-template-columns:1fr}}"
    "footer{max-width:64rem;margin:2rem auto;padding:0 1.5rem;color:var(--soft);font-size:.9rem}";

struct str layout_style(void)
{
	return str_n(style, sizeof style - 1);
}

static void put_account(struct buf *page, const struct shop_session *session)
{
	if (session && session->user[0]) {
		buf_add(page, STR("<a href=/account>"));
		escape_html(page, str_of(session->user));
		buf_add(page, STR("</a> <a href=/logout>Log out</a>"));
	} else {
		buf_add(page, STR("<a href=/login>Log in</a>"));
	}
}

struct buf *layout_begin(struct shop_request *request, struct str title)
{
	struct buf *page = &request->shop->page;

	buf_clear(page);
	buf_add(page, STR("<!doctype html>\n<html lang=en><head><meta charset=utf-8>"
			  "<meta name=viewport content='width=device-width'><title>"));
	escape_html(page, title);
	buf_add(page, STR(" - Hat &amp; Coat</title><link rel=stylesheet href=/static/shop.css>"
			  "<link rel=icon href=/static/1001.svg></head>\n<body><header>"
			  "<a class=name href=/>Hat &amp; Coat</a><nav>"));
	for (unsigned i = 0; i < CATEGORY_COUNT; i++)
		buf_printf(page, "<a href=/category/%.*s>%.*s</a>",
			   STR_ARG(catalogue_category_name(i)),
			   STR_ARG(catalogue_category_name(i)));
	buf_add(page, STR("</nav><form action=/search><input name=q placeholder='Search the shop' "
			  "aria-label=Search><button>Search</button></form><div class=end>"));
	buf_printf(page, "<a href=/cart>Cart (%u)</a>",
		   request->session ? shop_state_cart_items(request->session) : 0);
	put_account(page, request->session);
	buf_add(page, STR("</div></header>\n<main>"));
	return page;
}

void layout_end(struct shop_request *request, int status)
{
	buf_add(&request->shop->page,
		STR("</main>\n<footer>The sample shop of reprise. Nothing here is for sale; "
		    "<a href=/stats>what it counted</a>.</footer></body></html>\n"));
	shop_request_reply(request, status, "text/html; charset=utf-8",
			   buf_str(&request->shop->page));
}

void layout_card(struct buf *page, const struct product *product)
{
	buf_printf(page,
		   "<a class=card href=/products/%u><img src=/static/%u.svg alt='' width=160 "
		   "height=120><div>",
		   product->id, product->id);
	escape_html(page, product->name);
	buf_add(page, STR("<div class=price>"));
	catalogue_put_price(page, product->cents);
	buf_add(page, STR("</div></div></a>\n"));
}

void layout_refuse(struct shop_request *request, int status, struct str title, struct str why)
{
	struct buf *page = layout_begin(request, title);

	buf_add(page, STR("<h1>"));
	escape_html(page, title);
	buf_add(page, STR("</h1><p>"));
	escape_html(page, why);
	layout_end(request, status);
}

void layout_csrf(struct buf *page, const struct shop_session *session)
{
	buf_printf(page, "<input type=\"hidden\" name=\"csrf_token\" value=\"%s\">\n",
		   session->csrf);
}
