#include "demo/shop.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "demo/route.h"

/* A visit that waits for its turn or its latency. */
struct waiting {
	struct shop *shop;
	struct visit *visit;
};

struct shop *shop_new(const struct shop_config *config)
{
	struct shop *shop = calloc(1, sizeof *shop);

	if (!shop)
		die_out_of_memory();
	shop->config = *config;
	if (config->log && !(shop->log = request_log_open(config->log))) {
		free(shop);
		return NULL;
	}
	shop->state = state_new(config->seed);
	buf_init(&shop->page, 0);
	buf_init(&shop->field, 0);
	json_init(&shop->tape);
	return shop;
}

void shop_free(struct shop *shop)
{
	if (!shop)
		return;
	state_free(shop->state);
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

/* ---- what the handlers share */

void call_set_cookie(struct call *call)
{
	char cookie[96];

	snprintf(cookie, sizeof cookie, "session=%s; Path=/; HttpOnly; SameSite=Lax",
		 call->session->id);
	visit_add_header(call->visit, "Set-Cookie", str_of(cookie));
}

struct session *call_session(struct call *call)
{
	if (!call->session) {
		call->session = session_new(call->shop->state);
		call_set_cookie(call);
		call->visitor = call->session->visitor;
	}
	return call->session;
}

void call_note(struct call *call, int status)
{
	const struct request_seen *seen = visit_request(call->visit);

	counts_status(&call->shop->counts, status);
	if (call->shop->log)
		request_log_add(call->shop->log, seen, status, call->visitor,
				seen->method == VISIT_POST ? call_token(call) : STR(""));
}

void call_reply(struct call *call, int status, const char *content_type, struct str body)
{
	call_note(call, status);
	visit_reply(call->visit, status, content_type, body);
}

void call_redirect(struct call *call, const char *format, ...)
{
	char where[128];
	va_list args;

	va_start(args, format);
	vsnprintf(where, sizeof where, format, args);
	va_end(args);
	visit_add_header(call->visit, "Location", str_of(where));
	call_reply(call, 303, NULL, STR_NULL);
}

/* ---- routing */

/* PATTERN against PATH; {id} takes digits. */
static bool path_fits(struct str pattern, struct str path, unsigned *id)
{
	size_t brace = str_find(pattern, STR("{id}"), 0);
	int64_t number;

	if (brace == (size_t)-1)
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

static bool method_fits(enum visit_method route, enum visit_method asked)
{
	return route == asked || (route == VISIT_GET && asked == VISIT_HEAD);
}

/* OTHER: a route has the path but another method. */
static const struct route *find_route(const struct route *routes, const struct request_seen *seen,
				      unsigned *id, bool *other)
{
	for (const struct route *route = routes; route->path.ptr; route++) {
		if (!path_fits(route->path, seen->path, id))
			continue;
		if (method_fits(route->method, seen->method))
			return route;
		*other = true;
	}
	return NULL;
}

static void answer(struct shop *shop, struct visit *visit)
{
	const struct request_seen *seen = visit_request(visit);
	struct call call = {.shop = shop, .visit = visit};
	bool other = false;
	const struct route *route = find_route(page_routes, seen, &call.id, &other);

	if (!route)
		route = find_route(api_routes, seen, &call.id, &other);
	counts_route(&shop->counts, route ? route->label : STR("(no such page)"));
	call.session = session_find(shop->state, visit_cookie(visit, STR("session")));
	call.visitor = call.session ? call.session->visitor : 0;
	if (route)
		route->handle(&call);
	else if (other)
		call_reply(&call, 405, "text/plain; charset=utf-8", STR("Not with this method.\n"));
	else
		call_reply(&call, 404, "text/plain; charset=utf-8",
			   STR("The shop has no such page.\n"));
}

/* ---- latency, errors and capacity on purpose */

static void answer_waiting(void *arg)
{
	struct waiting waiting = *(struct waiting *)arg;

	free(arg);
	answer(waiting.shop, waiting.visit);
}

/* How long this visit waits: for the one counter, then its latency. Negative: the queue is too
 * long. */
static ns_t draw_wait(struct shop *shop)
{
	const struct shop_config *config = &shop->config;
	ns_t wait = config->latency_low;

	if (config->latency_high > config->latency_low)
		wait =
		    draw_int(state_draws(shop->state), config->latency_low, config->latency_high);
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

static void turn_away(struct shop *shop, struct visit *visit, int status, struct str why)
{
	counts_route(&shop->counts,
		     status == 503 ? STR("(turned away)") : STR("(failed on purpose)"));
	counts_status(&shop->counts, status);
	if (shop->log)
		request_log_add(shop->log, visit_request(visit), status, 0, STR(""));
	if (status == 503)
		visit_add_header(visit, "Retry-After", STR("1"));
	visit_reply(visit, status, "text/plain; charset=utf-8", why);
}

void shop_handle(void *owner, struct visit *visit)
{
	struct shop *shop = owner;
	struct waiting *waiting;
	ns_t wait;

	if (str_eq(visit_request(visit)->path, STR("/stats"))) {
		buf_clear(&shop->page);
		counts_put(&shop->counts, server_counts(shop->server)->connections, &shop->page);
		visit_reply(visit, 200, "application/json", buf_str(&shop->page));
		return;
	}
	wait = draw_wait(shop);
	if (wait < 0) {
		shop->counts.turned_away++;
		turn_away(shop, visit, 503, STR("The shop is full; come back later.\n"));
		return;
	}
	if (shop->config.error_rate > 0 &&
	    draw_unit(state_draws(shop->state)) < shop->config.error_rate) {
		shop->counts.errors_on_purpose++;
		turn_away(shop, visit, 500, STR("The shop failed, as it was told to.\n"));
		return;
	}
	if (wait == 0) {
		answer(shop, visit);
		return;
	}
	waiting = malloc(sizeof *waiting);
	if (!waiting)
		die_out_of_memory();
	*waiting = (struct waiting){shop, visit};
	server_after(shop->server, wait, answer_waiting, waiting);
}
