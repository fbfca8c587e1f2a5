#include "edit/api/api_views.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/file.h"
#include "edit/api/api_private.h"
#include "net/stream_loop.h"

#define VIEWS_MAX  32
#define BYTES_MAX  ((size_t)128 << 20)
#define REPORT_MAX ((size_t)64 << 20)
#define LIFETIME   (60 * NS_PER_S)
#define PREFIX	   "/view/"

#define SANDBOX "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

struct api_view {
	struct api_view *next; /* newer */
	char id[API_TOKEN_DIGITS + 1];
	ns_t until;
	struct buf body;
	char type[128];
	bool scripts;
};

struct api_views {
	struct stream_timer *expiry;
	struct api_view *oldest;
	size_t bytes;
	unsigned count;
};

/* ---- kept contents */

static void remove_view(struct api_views *v, struct api_view **link)
{
	struct api_view *view = *link;

	*link = view->next;
	v->bytes -= view->body.len;
	v->count--;
	buf_release(&view->body);
	free(view);
}

static void on_expiry(void *arg)
{
	struct api_views *v = arg;
	ns_t now = clock_monotonic_ns();

	while (v->oldest && v->oldest->until <= now)
		remove_view(v, &v->oldest);
	if (v->oldest)
		stream_loop_timer_set(v->expiry, v->oldest->until - now);
}

/* ---- the addresses of the contents */

/* Whether TYPE can be a header, and is shown by browsers. */
static bool is_shown(struct str type)
{
	for (size_t i = 0; i < type.len; i++)
		if ((unsigned char)type.ptr[i] < ' ' || (unsigned char)type.ptr[i] >= 127)
			return false;
	return type.len < sizeof((struct api_view *)NULL)->type - 32 &&
	       (str_icontains(str_slice(type, 0, 9), STR("text/html")) ||
		str_icontains(str_slice(type, 0, 21), STR("application/xhtml+xml")) ||
		str_icontains(str_slice(type, 0, 6), STR("image/")));
}

static void set_type(struct api_view *view, const struct api_view_content *content)
{
	struct str type = content->type;

	if (!is_shown(type))
		type = STR("text/plain");
	if (content->is_text)
		type = str_trim(str_slice(type, 0, str_find_char(type, ';', 0)));
	snprintf(view->type, sizeof view->type, "%.*s%s", STR_ARG(type),
		 content->is_text ? "; charset=utf-8" : "");
}

static void serve(struct api_request *r, struct str id)
{
	struct api_view **link = r->api->views ? &r->api->views->oldest : NULL, *view;

	while (link && *link && !str_eq(str_of((*link)->id), id))
		link = &(*link)->next;
	if (!link || !(view = *link)) {
		http_request_reply(
		    r->http, 404, "text/plain; charset=utf-8",
		    STR("This address can be read only once. Open it from the editor.\n"));
		return;
	}
	http_request_add_header(
	    r->http, "Content-Security-Policy",
	    view->scripts ? STR("sandbox allow-scripts; " SANDBOX "; script-src 'unsafe-inline'")
			  : STR("sandbox; " SANDBOX));
	http_request_reply(r->http, 200, view->type, buf_str(&view->body));
	remove_view(r->api->views, link);
}

bool api_views_get(struct api_request *r)
{
	struct str path = r->view->path;

	if (!str_starts(path, STR(PREFIX)))
		return false;
	if (!api_guard_origin(r))
		return true;
	if (r->view->method != HTTP_REQUEST_GET) {
		api_fail(r, 405, "method", "the address does not accept this method");
		return true;
	}
	http_request_add_header(r->http, "Cache-Control", STR("no-store"));
	http_request_add_header(r->http, "X-Content-Type-Options", STR("nosniff"));
	http_request_add_header(r->http, "Referrer-Policy", STR("no-referrer"));
	serve(r, str_slice(path, strlen(PREFIX), path.len));
	return true;
}

/* ---- the API */

static struct api_views *views_of(struct api *api)
{
	if (!api->views) {
		api->views = alloc_zeroed(1, sizeof *api->views);
		api->views->expiry =
		    stream_loop_timer_new(server_loop(api->server), on_expiry, api->views);
	}
	return api->views;
}

void api_views_reply(struct api_request *r, const struct api_view_content *content)
{
	struct api_views *v = views_of(r->api);
	struct api_view **link, *view;

	while (v->oldest && (v->count >= VIEWS_MAX || v->bytes + content->body.len > BYTES_MAX))
		remove_view(v, &v->oldest);
	view = alloc_zeroed(1, sizeof *view);
	api_guard_new_id(view->id, API_TOKEN_DIGITS);
	view->until = clock_monotonic_ns() + LIFETIME;
	view->scripts = content->scripts;
	buf_init(&view->body, 0);
	buf_add(&view->body, content->body);
	set_type(view, content);
	for (link = &v->oldest; *link; link = &(*link)->next)
		continue;
	*link = view;
	v->bytes += view->body.len;
	v->count++;
	stream_loop_timer_set(v->expiry, v->oldest == view ? LIFETIME : NS_PER_S);
	json_writer_format(&r->json, "url", "http://%.*s" PREFIX "%s",
			   STR_ARG(http_request_header(r->http, "Host")), view->id);
	api_reply(r, 200);
}

void api_views_report(struct api_request *r)
{
	struct str name = r->path, text;
	const char *path, *error;

	if (!str_ends(name, STR("/view"))) {
		api_fail(r, 404, "no-route", "'%.*s' is not an address of the API",
			 STR_ARG(r->view->path));
		return;
	}
	name = str_slice(name, 0, name.len - strlen("/view"));
	path = api_folder_path(r, arena_printf(&r->arena, "%.*s/report.html", STR_ARG(name)));
	if (!path)
		return;
	if (file_read_regular(&r->arena, path, REPORT_MAX, &text, &error))
		api_views_reply(r, &(struct api_view_content){.type = STR("text/html"),
							      .is_text = true,
							      .scripts = true,
							      .body = text});
	else
		api_fail(r, 404, "no-file", "%.*s has no report: %s", STR_ARG(name), error);
}

void api_views_free(struct api *api)
{
	struct api_views *v = api->views;

	if (!v)
		return;
	stream_loop_timer_free(v->expiry);
	while (v->oldest)
		remove_view(v, &v->oldest);
	free(v);
	api->views = NULL;
}
