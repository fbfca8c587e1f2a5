#include "edit/api/api_server.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/url.h"
#include "edit/api/api_job.h"
#include "edit/api/api_uploads.h"
#include "edit/api/api_views.h"

/* ---- routes */

static void about(struct api_request *r)
{
	json_writer_text(&r->json, "program", STR("reprise"));
	json_writer_text(&r->json, "version", str_of(r->api->config.services->version));
	json_writer_uint(&r->json, "api", 1);
	json_writer_text(&r->json, "folder", str_of(r->api->folder));
	api_reply(r, 200);
}

static void language(struct api_request *r)
{
	buf_clear(&r->out);
	r->api->config.services->language(&r->out);
	http_request_reply(r->http, 200, "application/json", buf_str(&r->out));
}

static const struct route {
	enum http_request_method method;
	const char *path; /* after /api/1/; with a / at its end, a file name follows */
	void (*handle)(struct api_request *r);
} routes[] = {
    {HTTP_REQUEST_GET, "about", about},
    {HTTP_REQUEST_GET, "language", language},
    {HTTP_REQUEST_GET, "folder", api_folder_list},
    {HTTP_REQUEST_GET, "events", api_events_get},
    {HTTP_REQUEST_GET, "files/", api_files_get},
    {HTTP_REQUEST_PUT, "files/", api_files_put},
    {HTTP_REQUEST_POST, "edits/", api_edits_post},
    {HTTP_REQUEST_POST, "check/", api_files_check},
    {HTTP_REQUEST_GET, "rows/", api_rows_get},
    {HTTP_REQUEST_POST, "extracts/propose", api_extracts_propose},
    {HTTP_REQUEST_POST, "extracts/try", api_extracts_try},
    {HTTP_REQUEST_GET, "plan/", api_hosts_plan},
    {HTTP_REQUEST_GET, "hosts", api_hosts_get},
    {HTTP_REQUEST_POST, "hosts", api_hosts_add},
    {HTTP_REQUEST_GET, "secrets", api_secrets_get},
    {HTTP_REQUEST_PUT, "secrets", api_secrets_put},
    {HTTP_REQUEST_GET, "results", api_results_list},
    {HTTP_REQUEST_GET, "results/", api_results_get},
    {HTTP_REQUEST_POST, "results/", api_views_report},
    {HTTP_REQUEST_POST, "uploads", api_uploads_begin},
    {HTTP_REQUEST_POST, "uploads/", api_uploads_add},
    {HTTP_REQUEST_DELETE, "uploads/", api_uploads_remove},
    {HTTP_REQUEST_POST, "jobs", api_job_routes_post},
    {HTTP_REQUEST_GET, "jobs", api_job_routes_list},
    {HTTP_REQUEST_GET, "jobs/", api_job_routes_get},
    {HTTP_REQUEST_POST, "jobs/", api_job_routes_act},
    {HTTP_REQUEST_DELETE, "jobs/", api_job_routes_cancel},
};

/* Whether PATH, without the prefix, is that of ROUTE; sets the file name that follows. */
static bool fits(const struct route *route, struct str path, struct str *rest)
{
	struct str own = str_of(route->path);
	bool file = own.ptr[own.len - 1] == '/';

	if (!str_starts(path, own) || (!file && path.len != own.len))
		return false;
	*rest = str_slice(path, own.len, path.len);
	return !file || rest->len > 0;
}

static void dispatch(struct api_request *r)
{
	struct str path = r->view->path, rest;
	struct buf decoded;
	bool known = false;

	if (!str_starts(path, STR(API_PREFIX))) {
		api_fail(r, 404, "no-route", "the API is at %s", API_PREFIX);
		return;
	}
	path = str_slice(path, strlen(API_PREFIX), path.len);
	for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
		if (!fits(&routes[i], path, &rest))
			continue;
		known = true;
		if (routes[i].method != r->view->method)
			continue;
		buf_init(&decoded, 0);
		url_decode(&decoded, rest, false);
		r->path = arena_str(&r->arena, buf_str(&decoded));
		buf_release(&decoded);
		routes[i].handle(r);
		return;
	}
	if (known)
		api_fail(r, 405, "method", "the address does not accept this method");
	else
		api_fail(r, 404, "no-route", "'%.*s' is not an address of the API",
			 STR_ARG(r->view->path));
}

static void handle(void *owner, struct http_request *http)
{
	struct api_request r = {.api = owner, .http = http, .view = http_request_view(http)};

	arena_init(&r.arena, 0);
	buf_init(&r.out, API_REPLY_MAX);
	api_reply_restart(&r);
	if (r.api->ending)
		api_fail(&r, 503, "ending", "the server ends");
	else if (!api_page_get(&r) && !api_views_get(&r) && api_guard(&r))
		dispatch(&r);
	buf_release(&r.out);
	arena_release(&r.arena);
}

/* ---- life */

static void on_child(void *api)
{
	api_job_collect(api);
}

static void on_hangup(void *arg)
{
	const struct api *api = arg;

	server_stop(api->server);
}

/* The terminal was closed: uploads and children must not be left. nohup ignores the signal. */
static void watch_hangup(struct api *api)
{
	struct sigaction current;

	if (sigaction(SIGHUP, NULL, &current) == 0 && current.sa_handler != SIG_IGN)
		api->hangup =
		    stream_loop_watch_signal(server_loop(api->server), SIGHUP, on_hangup, api);
}

struct api *api_server_new(const struct api_config *config, struct buf *error)
{
	struct server_config server = {.name = "editor",
				       .host = config->host,
				       .port = config->port,
				       .body_limit = API_BODY_MAX};
	struct api *api = alloc_zeroed(1, sizeof *api);
	struct stat state;

	arena_init(&api->arena, 0);
	api->config = *config;
	api->folder = realpath(config->folder, NULL);
	if (!api->folder || stat(api->folder, &state) != 0 || !S_ISDIR(state.st_mode) ||
	    chdir(api->folder) != 0) {
		buf_printf(error, "'%s' is not a folder", config->folder);
		api_server_free(api);
		return NULL;
	}
	api_guard_new_id(api->token, API_TOKEN_DIGITS);
	api->server = server_new(&server, handle, api, error);
	if (!api->server) {
		api_server_free(api);
		return NULL;
	}
	api->events = api_events_new(api->server);
	api->watch = api_watch_new(api);
	api->children = stream_loop_watch_signal(server_loop(api->server), SIGCHLD, on_child, api);
	watch_hangup(api);
	return api;
}

void api_server_free(struct api *api)
{
	if (!api)
		return;
	api->ending = true;
	api_watch_free(api->watch);
	api_job_free_all(api);
	stream_loop_watch_free(api->children);
	stream_loop_watch_free(api->hangup);
	api_views_free(api);
	api_events_free(api->events);
	if (api->server)
		server_free(api->server);
	api_uploads_free(api);
	temp_folder_remove(&api->temp);
	api_history_free_all(api);
	api_secrets_release(api);
	arena_release(&api->arena);
	free(api->folder);
	free(api);
}

unsigned api_server_port(const struct api *api)
{
	return server_port(api->server);
}

const char *api_server_token(const struct api *api)
{
	return api->token;
}

void api_server_run(struct api *api)
{
	server_run(api->server, true);
}
