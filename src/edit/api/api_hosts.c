/* The hosts that the user allowed to be tested. They are kept until the end of the server. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "edit/api/api_private.h"

#define HOSTS_MAX      1000
#define HOST_BYTES_MAX 300

static bool is_allowed(const struct api *api, struct str host)
{
	for (size_t i = 0; i < api->hosts.count; i++)
		if (str_ieq(api->hosts.items[i], host))
			return true;
	return false;
}

struct str api_hosts_list(struct api_request *r)
{
	struct str list = STR("localhost");

	for (size_t i = 0; i < r->api->hosts.count; i++)
		list = arena_printf(&r->arena, "%.*s,%.*s", STR_ARG(list),
				    STR_ARG(r->api->hosts.items[i]));
	return list;
}

/* Finds what a run of SCENARIO needs; replies if that is not possible. */
static bool find_needs(struct api_request *r, const struct api_scenario *scenario,
		       struct api_needs *needs)
{
	struct buf error;
	bool fine;

	*needs = (struct api_needs){.has_errors = false};
	buf_init(&error, 0);
	fine = r->api->config.services->needs(&r->arena, scenario, needs, &error);
	if (!fine)
		api_fail(r, 422, "scenario", "%.*s", STR_ARG(str_trim(buf_str(&error))));
	buf_release(&error);
	return fine;
}

/* PATH as messages show it: the server works in its folder. */
static const char *inside_folder(const struct api *api, const char *path)
{
	size_t length = strlen(api->folder);
	const char *rest = strncmp(path, api->folder, length) == 0 ? path + length : path;

	/* "-" alone would be standard input. */
	return rest[0] == '/' && rest[1] != '\0' && rest[1] != '-' ? rest + 1 : path;
}

/* The scenario FILE as its run would be started; false after a refusal. */
static bool find_scenario(struct api_request *r, struct str file, struct api_scenario *out)
{
	*out = (struct api_scenario){.path = api_folder_path(r, file),
				     .environment = api_secrets_environment(r->api, &r->arena)};
	if (!out->path)
		return false;
	if (access(out->path, R_OK) == 0) {
		out->path = inside_folder(r->api, out->path);
		return true;
	}
	api_fail(r, 404, "no-file", "%.*s: %s", STR_ARG(file), strerror(errno));
	return false;
}

bool api_hosts_needs(struct api_request *r, struct api_needs *needs)
{
	struct str file = api_query(r, "file");
	struct api_scenario scenario;

	*needs = (struct api_needs){.has_errors = false};
	return !file.ptr || (find_scenario(r, file, &scenario) && find_needs(r, &scenario, needs));
}

static void put_needed(struct api_request *r, struct json_writer *j, const struct api_needs *needs)
{
	json_writer_open_array(j, "needed");
	for (size_t i = 0; i < needs->hosts.count; i++) {
		const struct api_host *host = &needs->hosts.items[i];

		json_writer_open(j, NULL);
		json_writer_text(j, "host", host->name);
		json_writer_bool(j, "local", host->local);
		json_writer_bool(j, "confirmed", host->local || is_allowed(r->api, host->name));
		json_writer_close(j);
	}
	json_writer_close_array(j);
}

static void put_hosts(struct api_request *r, const struct api_needs *needs)
{
	json_writer_open_array(&r->json, "confirmed");
	for (size_t i = 0; i < r->api->hosts.count; i++)
		json_writer_text(&r->json, NULL, r->api->hosts.items[i]);
	json_writer_close_array(&r->json);
	put_needed(r, &r->json, needs);
}

void api_hosts_get(struct api_request *r)
{
	struct api_needs needs;

	if (!api_hosts_needs(r, &needs))
		return;
	put_hosts(r, &needs);
	api_reply(r, 200);
}

static bool is_host(struct str host)
{
	for (size_t i = 0; i < host.len; i++)
		if ((unsigned char)host.ptr[i] <= ' ' || host.ptr[i] == 127)
			return false;
	return host.len > 0 && host.len <= HOST_BYTES_MAX;
}

void api_hosts_add(struct api_request *r)
{
	const struct node *body = api_body(r);
	struct str host = body ? api_member(body, "host") : STR_NULL;
	struct api *api = r->api;

	if (!body)
		return;
	if (!host.ptr || !is_host(host)) {
		api_fail(r, 400, "host",
			 "the member \"host\" must be a host as GET hosts lists it, such as "
			 "shop.example:8443");
		return;
	}
	if (!is_allowed(api, host)) {
		if (api->hosts.count == HOSTS_MAX) {
			api_fail(r, 422, "too-many", "at most %d hosts can be allowed", HOSTS_MAX);
			return;
		}
		VEC_PUSH(&api->arena, &api->hosts, arena_str(&api->arena, host));
	}
	put_hosts(r, &(struct api_needs){.has_errors = false});
	api_reply(r, 200);
}

static void refuse(struct api_request *r, const struct api_needs *needs, struct str names)
{
	struct buf more;
	struct json_writer j = json_writer_spaced(&more);

	buf_init(&more, 0);
	put_needed(r, &j, needs);
	api_fail_with(r, &(struct api_problem){
			     .status = 403,
			     .code = "hosts",
			     .message = arena_printf(&r->arena,
						     "the scenario contacts %.*s; confirm that you "
						     "may test it first",
						     STR_ARG(names)),
			     .more = buf_str(&more)});
	buf_release(&more);
}

bool api_hosts_allow(struct api_request *r, const struct api_scenario *scenario)
{
	struct str refused = STR("");
	struct api_needs needs;

	if (!find_needs(r, scenario, &needs))
		return false;
	for (size_t i = 0; i < needs.hosts.count; i++) {
		const struct api_host *host = &needs.hosts.items[i];

		if (!host->local && !is_allowed(r->api, host->name))
			refused = arena_printf(&r->arena, "%.*s%s%.*s", STR_ARG(refused),
					       refused.len ? ", " : "", STR_ARG(host->name));
	}
	if (refused.len)
		refuse(r, &needs, refused);
	return !refused.len;
}

void api_hosts_plan(struct api_request *r)
{
	struct api_scenario scenario;
	struct buf error;

	if (!find_scenario(r, r->path, &scenario))
		return;
	buf_init(&error, 0);
	buf_clear(&r->out);
	if (r->api->config.services->plan(&r->arena, &scenario, &r->out, &error))
		api_reply_json(r, 200);
	else
		api_fail(r, 422, "scenario", "%.*s", STR_ARG(str_trim(buf_str(&error))));
	buf_release(&error);
}
