/* Pages of the recorder itself: http://recorder.local/ with the marks and the certificate. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/base64.h"
#include "base/escape.h"
#include "base/log.h"
#include "net/ca.h"
#include "net/host_check.h"
#include "net/http_request.h"
#include "record/proxy_private.h"

#define NAME_MAX    100
#define TOKEN_BYTES 16

static const char style[] =
    "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>reprise record</title>"
    "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:40em;margin:3em auto;padding:0 1em}"
    "input,button{font:inherit;padding:.4em .6em}.done{color:#176b2c}</style></head><body>";

void proxy_put_response(struct buf *out, int status, const char *reason, const char *type,
			struct str body, bool keep_alive)
{
	buf_printf(out,
		   "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
		   "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
		   "X-Frame-Options: DENY\r\n"
		   "Connection: %s\r\n\r\n",
		   status, reason, type, body.len, keep_alive ? "keep-alive" : "close");
	buf_add(out, body);
}

/* A name that is safe for a terminal and a file: one line, limited length. */
static void tidy(struct str name, struct buf *out)
{
	struct str rest = str_trim(name);

	for (size_t at = 0, step; at < rest.len && out->len < NAME_MAX; at += step) {
		step = str_utf8_step(rest, at);
		if (step == 0)
			return;
		if (step > 1 || (unsigned char)rest.ptr[at] >= ' ')
			buf_add(out, str_slice(rest, at, at + step));
	}
}

static void put_page(struct buf *page, const struct proxy *p, struct str marked)
{
	buf_add(page, str_of(style));
	buf_add(page, STR("<h1>reprise record</h1>"));
	if (marked.len) {
		buf_add(page, STR("<p class=\"done\">Current step: <b>"));
		escape_html(page, marked);
		buf_add(page, STR("</b>. Go back, or close this tab, and continue.</p>"));
	} else {
		buf_add(page, STR("<p>Requests through this proxy are recorded.</p>"));
	}
	buf_printf(page,
		   "<form action=\"/mark\"><input type=\"hidden\" name=\"token\" value=\"%s\">"
		   "<label>Start a new step: <input name=\"name\" placeholder=\"Log in\" autofocus>"
		   "</label> <button>Mark</button></form>"
		   "<p>For other programs and devices, the proxy is ",
		   p->token);
	escape_html(page, str_of(p->config.host));
	buf_printf(page,
		   " port %u, and its certificate authority is <a href=\"/ca.pem\">ca.pem</a>.</p>"
		   "</body></html>",
		   p->port);
}

void proxy_new_token(struct proxy *p)
{
	unsigned char bytes[TOKEN_BYTES];
	struct buf text;

	if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
		BUG("no random bytes: %s", strerror(errno));
	buf_init(&text, 0);
	base64_encode_url(&text, str_n((const char *)bytes, sizeof bytes));
	snprintf(p->token, sizeof p->token, "%.*s", STR_ARG(buf_str(&text)));
	buf_release(&text);
}

const char *proxy_token(const struct proxy *p)
{
	return p->token;
}

/* A page that is being recorded does not know the token, so it cannot start steps. */
static bool has_token(const struct proxy *p, struct str query)
{
	struct buf token;
	bool good;

	buf_init(&token, 256);
	good = query.ptr && http_request_form_value(query, STR("token"), &token) &&
	       str_eq(buf_str(&token), str_of(p->token));
	buf_release(&token);
	return good;
}

static void mark(struct connection *c, struct str query, struct buf *page)
{
	struct buf raw, name;

	buf_init(&raw, 0);
	buf_init(&name, 0);
	if (query.ptr && http_request_form_value(query, STR("name"), &raw))
		tidy(buf_str(&raw), &name);
	if (!name.len)
		buf_add(&name, STR("Step"));
	c->proxy->callbacks->marked(c->proxy->owner, buf_str(&name));
	put_page(page, c->proxy, buf_str(&name));
	buf_release(&raw);
	buf_release(&name);
}

/* A web site whose name points to this machine must not read the token. */
static bool is_own_host(const struct http_head *request)
{
	static const char *const names[] = {PROXY_BUILTIN_HOST};

	return host_check_allows(http_head_get(request, "Host"), names, 1);
}

void proxy_builtin_page(struct connection *c, struct str target, struct buf *out)
{
	size_t question = str_find_char(target, '?', 0);
	struct str path = str_slice(target, 0, question);
	struct str query =
	    question == NOT_FOUND ? STR_NULL : str_slice(target, question + 1, target.len);
	bool get = str_eq(c->capture->request.method, STR("GET"));
	struct buf page;

	buf_init(&page, 0);
	if (!is_own_host(&c->capture->request)) {
		proxy_put_response(out, 403, "Forbidden", "text/plain; charset=utf-8",
				   STR("Use http://" PROXY_BUILTIN_HOST "/ or the address.\n"),
				   true);
	} else if (str_eq(path, STR("/ca.pem")) && get) {
		proxy_put_response(out, 200, "OK", "application/x-x509-ca-cert",
				   ca_facts(c->proxy->config.authority)->certificate, true);
	} else if (str_eq(path, STR("/token")) && get) {
		proxy_put_response(out, 200, "OK", "text/plain; charset=utf-8",
				   str_of(c->proxy->token), true);
	} else if (str_eq(path, STR("/mark")) && get && !has_token(c->proxy, query)) {
		proxy_put_response(out, 403, "Forbidden", "text/plain; charset=utf-8",
				   STR("A mark needs the token of this recording: open "
				       "http://" PROXY_BUILTIN_HOST "/.\n"),
				   true);
	} else if (str_eq(path, STR("/mark")) && get) {
		mark(c, query, &page);
		proxy_put_response(out, 200, "OK", "text/html; charset=utf-8", buf_str(&page),
				   true);
	} else if (str_eq(path, STR("/")) && get) {
		put_page(&page, c->proxy, STR(""));
		proxy_put_response(out, 200, "OK", "text/html; charset=utf-8", buf_str(&page),
				   true);
	} else {
		proxy_put_response(out, 404, "Not Found", "text/plain; charset=utf-8",
				   STR("There is no such page.\n"), true);
	}
	buf_release(&page);
}
