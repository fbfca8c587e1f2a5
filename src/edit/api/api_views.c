#include "edit/api/api_views.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/file.h"
#include "edit/api/api_private.h"
#include "net/host_check.h"
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
	struct server *server;
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

/* ---- the second server */

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

static void refuse(struct http_request *http, int status, const char *text)
{
	http_request_reply(http, status, "text/plain; charset=utf-8", str_of(text));
}

static void serve(struct api_views *v, struct http_request *http, struct str id)
{
	struct api_view **link = &v->oldest, *view;

	while (*link && !str_eq(str_of((*link)->id), id))
		link = &(*link)->next;
	if (!(view = *link)) {
		refuse(http, 404, "This address can be read only once. Open it from the editor.\n");
		return;
	}
	http_request_add_header(
	    http, "Content-Security-Policy",
	    view->scripts ? STR("sandbox allow-scripts; " SANDBOX "; script-src 'unsafe-inline'")
			  : STR("sandbox; " SANDBOX));
	http_request_reply(http, 200, view->type, buf_str(&view->body));
	remove_view(v, link);
}

static void handle(void *owner, struct http_request *http)
{
	const struct http_request_view *seen = http_request_view(http);
	struct api *api = owner;

	http_request_add_header(http, "Cache-Control", STR("no-store"));
	http_request_add_header(http, "X-Content-Type-Options", STR("nosniff"));
	http_request_add_header(http, "Referrer-Policy", STR("no-referrer"));
	if (!host_check_allows(http_request_header(http, "Host"), api->config.allowed_hosts,
			       api->config.allowed_host_count))
		refuse(http, 403, "This name is not a name of this server.\n");
	else if (seen->method != HTTP_REQUEST_GET)
		refuse(http, 405, "Only GET is possible.\n");
	else if (str_starts(seen->path, STR(PREFIX)))
		serve(api->views, http, str_slice(seen->path, strlen(PREFIX), seen->path.len));
	else
		refuse(http, 404, "There is nothing at this address.\n");
}

static struct api_views *open_server(struct api_request *r)
{
	struct api *api = r->api;
	struct server_config config = {
	    .name = "editor's views", .host = api->config.host, .loop = server_loop(api->server)};
	struct server *server;
	struct buf error;

	if (api->views)
		return api->views;
	buf_init(&error, 0);
	server = server_new(&config, handle, api, &error);
	if (server) {
		api->views = alloc_zeroed(1, sizeof *api->views);
		api->views->server = server;
		api->views->expiry = stream_loop_timer_new(config.loop, on_expiry, api->views);
	} else {
		api_fail(r, 500, "view", "%.*s", STR_ARG(buf_str(&error)));
	}
	buf_release(&error);
	return api->views;
}

/* ---- the API */

/* The name by which the page has reached the API, without the port. */
static struct str own_name(struct api_request *r)
{
	struct str host = http_request_header(r->http, "Host");
	size_t end = host.len;

	if (host.len && host.ptr[host.len - 1] != ']')
		for (size_t i = host.len; i-- && end == host.len;)
			if (host.ptr[i] == ':')
				end = i;
	return str_slice(host, 0, end);
}

void api_views_reply(struct api_request *r, const struct api_view_content *content)
{
	struct api_views *v = open_server(r);
	struct api_view **link, *view;

	if (!v)
		return;
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
	json_writer_format(&r->json, "url", "http://%.*s:%u" PREFIX "%s", STR_ARG(own_name(r)),
			   server_port(v->server), view->id);
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
	server_free(v->server);
	stream_loop_timer_free(v->expiry);
	while (v->oldest)
		remove_view(v, &v->oldest);
	free(v);
	api->views = NULL;
}
