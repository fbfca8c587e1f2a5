#include "demo/shop.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/log.h"
#include "demo/shop_request.h"

/* A request that waits for its turn or its latency. */
struct delayed_response {
	struct shop *shop;
	struct http_request *http;
};

struct shop *shop_new(const struct shop_config *config)
{
	struct shop *shop = alloc_zeroed(1, sizeof *shop);

	shop->config = *config;
	if (config->log && !(shop->log = request_log_open(config->log))) {
		free(shop);
		return NULL;
	}
	shop->state = shop_state_new(config->seed);
	buf_init(&shop->page, 0);
	buf_init(&shop->field, 0);
	json_init(&shop->tape);
	return shop;
}

void shop_free(struct shop *shop)
{
	if (!shop)
		return;
	shop_state_free(shop->state);
	buf_release(&shop->page);
	buf_release(&shop->field);
	json_release(&shop->tape);
	if (!request_log_close(shop->log))
		log_error("not all of %s could be written", shop->config.log);
	free(shop);
}

void shop_attach(struct shop *shop, struct server *server)
{
	shop->server = server;
}

/* ---- shared by the handlers */

void shop_request_set_cookie(struct shop_request *request)
{
	char cookie[96];

	snprintf(cookie, sizeof cookie, "session=%s; Path=/; HttpOnly; SameSite=Lax",
		 request->session->id);
	http_request_add_header(request->http, "Set-Cookie", str_of(cookie));
}

struct shop_session *shop_request_session(struct shop_request *request)
{
	if (!request->session) {
		request->session = shop_state_session_new(request->shop->state);
		shop_request_set_cookie(request);
		request->visitor = request->session->visitor;
	}
	return request->session;
}

void shop_request_count(struct shop_request *request, int status)
{
	const struct http_request_view *seen = http_request_view(request->http);

	route_counts_status(&request->shop->counts, status);
	if (request->shop->log)
		request_log_add(request->shop->log, seen, status, request->visitor,
				seen->method == HTTP_REQUEST_POST ? shop_request_token(request)
								  : STR(""));
}

void shop_request_reply(struct shop_request *request, int status, const char *content_type,
			struct str body)
{
	shop_request_count(request, status);
	http_request_reply(request->http, status, content_type, body);
}

void shop_request_redirect(struct shop_request *request, const char *format, ...)
{
	char where[128];
	va_list args;

	va_start(args, format);
	vsnprintf(where, sizeof where, format, args);
	va_end(args);
	http_request_add_header(request->http, "Location", str_of(where));
	shop_request_reply(request, 303, NULL, STR_NULL);
}

/* ---- routing */

/* Matches PATTERN with PATH; {id} matches digits. */
static bool path_matches(struct str pattern, struct str path, unsigned *id)
{
	size_t brace = str_find(pattern, STR("{id}"), 0);
	int64_t number;

	if (brace == NOT_FOUND)
		return str_eq(pattern, path);
	struct str head = str_slice(pattern, 0, brace);
	struct str tail = str_slice(pattern, brace + 4, pattern.len);
	if (path.len <= head.len + tail.len || !str_starts(path, head) || !str_ends(path, tail))
		return false;
	if (!str_to_int(str_slice(path, head.len, path.len - tail.len), &number) || number < 0 ||
	    number > UINT32_MAX)
		return false;
	*id = (unsigned)number;
	return true;
}

static bool method_matches(enum http_request_method route, enum http_request_method asked)
{
	return route == asked || (route == HTTP_REQUEST_GET && asked == HTTP_REQUEST_HEAD);
}

/* OTHER: a route has the path but another method. */
static const struct route *find_route(const struct route *routes,
				      const struct http_request_view *seen, unsigned *id,
				      bool *other)
{
	for (const struct route *route = routes; route->path.ptr; route++) {
		if (!path_matches(route->path, seen->path, id))
			continue;
		if (method_matches(route->method, seen->method))
			return route;
		*other = true;
	}
	return NULL;
}

static void response(struct shop *shop, struct http_request *http)
{
	const struct http_request_view *seen = http_request_view(http);
	struct shop_request request = {.shop = shop, .http = http};
	bool other = false;
	const struct route *route = find_route(page_routes, seen, &request.id, &other);

	if (!route)
		route = find_route(form_routes, seen, &request.id, &other);
	if (!route)
		route = find_route(api_routes, seen, &request.id, &other);
	if (!route)
		route = find_route(stream_routes, seen, &request.id, &other);
	if (!route)
		route = find_route(oauth_routes, seen, &request.id, &other);
	if (!route)
		route = find_route(support_routes, seen, &request.id, &other);
	route_counts_route(&shop->counts, route ? route->label : STR("(no such page)"));
	request.session =
	    shop_state_session_find(shop->state, http_request_cookie(http, STR("session")));
	request.visitor = request.session ? request.session->visitor : 0;
	if (route)
		route->handle(&request);
	else if (other)
		shop_request_reply(&request, 405, "text/plain; charset=utf-8",
				   STR("This method is not allowed.\n"));
	else
		shop_request_reply(&request, 404, "text/plain; charset=utf-8",
				   STR("There is no such page.\n"));
}

/* ---- configured latency, errors and capacity */

static void answer_waiting(void *arg)
{
	struct delayed_response waiting = *(struct delayed_response *)arg;

	free(arg);
	response(waiting.shop, waiting.http);
}

/* How long this request waits: for its turn in the queue, then its latency. Negative: the queue is
 * too long. */
static ns_t draw_wait(struct shop *shop)
{
	const struct shop_config *config = &shop->config;
	ns_t wait = config->latency_low;

	if (config->latency_high > config->latency_low)
		wait = random_int(shop_state_draws(shop->state), config->latency_low,
				  config->latency_high);
	if (config->capacity > 0) {
		ns_t now = server_now(shop->server);
		ns_t start = shop->free_at > now ? shop->free_at : now;
		if (start - now > config->patience)
			return -1;
		shop->free_at = start + (ns_t)((double)NS_PER_S / config->capacity);
		wait += shop->free_at - now;
	}
	return wait;
}

static void reject(struct shop *shop, struct http_request *http, int status, struct str why)
{
	route_counts_route(&shop->counts,
			   status == 503 ? STR("(turned away)") : STR("(failed on purpose)"));
	route_counts_status(&shop->counts, status);
	if (shop->log)
		request_log_add(shop->log, http_request_view(http), status, 0, STR(""));
	if (status == 503)
		http_request_add_header(http, "Retry-After", STR("1"));
	http_request_reply(http, status, "text/plain; charset=utf-8", why);
}

void shop_handle(void *owner, struct http_request *http)
{
	struct shop *shop = owner;
	struct delayed_response *waiting;
	ns_t wait;

	if (str_eq(http_request_view(http)->path, STR("/stats"))) {
		buf_clear(&shop->page);
		route_counts_put(&shop->counts, server_counts(shop->server)->connections,
				 &shop->page);
		http_request_reply(http, 200, "application/json", buf_str(&shop->page));
		return;
	}
	wait = draw_wait(shop);
	if (wait < 0) {
		shop->counts.turned_away++;
		reject(shop, http, 503, STR("The shop is overloaded; try again later.\n"));
		return;
	}
	if (shop->config.error_rate > 0 &&
	    random_unit(shop_state_draws(shop->state)) < shop->config.error_rate) {
		shop->counts.errors_on_purpose++;
		reject(shop, http, 500, STR("The shop failed, as configured.\n"));
		return;
	}
	if (wait == 0) {
		response(shop, http);
		return;
	}
	waiting = malloc(sizeof *waiting);
	if (!waiting)
		die_out_of_memory();
	*waiting = (struct delayed_response){shop, http};
	server_after(shop->server, wait, answer_waiting, waiting);
}
