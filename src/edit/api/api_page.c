/*
 * Serves the page: its files have no secrets, so they need no token, which the page itself gets
 * from the fragment of its address. The policy lets the page load only its own scripts and styles,
 * and show responses, which have a stricter policy (api_views.h), in frames.
 */
#include "base/inflate.h"
#include "base/log.h"
#include "edit/api/api_private.h"
#include "edit/api/page_assets.h"

#define ASSET_MAX ((size_t)4 << 20)

bool page_assets_exist(void)
{
	return page_assets_find(STR("index.html")) != NULL;
}

const struct page_asset *page_assets_find(struct str path)
{
	if (!path.len)
		path = STR("index.html");
	for (const struct page_asset *asset = page_assets; asset->path; asset++)
		if (str_eq(path, str_of(asset->path)))
			return asset;
	return NULL;
}

static void add_headers(struct api_request *r)
{
	http_request_add_header(r->http, "Cache-Control", STR("no-store"));
	http_request_add_header(r->http, "X-Content-Type-Options", STR("nosniff"));
	http_request_add_header(r->http, "Referrer-Policy", STR("no-referrer"));
	http_request_add_header(r->http, "Cross-Origin-Opener-Policy", STR("same-origin"));
	http_request_add_header(
	    r->http, "Content-Security-Policy",
	    STR("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
		"img-src 'self' data:; frame-src 'self'; base-uri 'none'; form-action 'none'; "
		"frame-ancestors 'none'"));
}

bool api_page_get(struct api_request *r)
{
	struct str path = str_slice(r->view->path, 1, r->view->path.len);
	const struct page_asset *asset = page_assets_find(path);
	struct str packed;
	struct buf content;

	if (!asset || r->view->method != HTTP_REQUEST_GET || !r->api->config.has_page)
		return false;
	if (!api_guard_origin(r))
		return true;
	packed = str_n((const char *)asset->data, asset->size);
	add_headers(r);
	if (http_request_accept_gzip(r->http)) {
		http_request_reply(r->http, 200, asset->type, packed);
		return true;
	}
	buf_init(&content, 0);
	if (inflate_all(INFLATE_GZIP, packed, ASSET_MAX, &content) != INFLATE_COMPLETE)
		BUG("%s is damaged", asset->path);
	http_request_reply(r->http, 200, asset->type, buf_str(&content));
	buf_release(&content);
	return true;
}
