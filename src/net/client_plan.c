#include "net/client_private.h"

#include <string.h>
#include <strings.h>

#include "base/log.h"

struct str client_header_value(const char *line, struct str name)
{
	if (strncasecmp(line, name.ptr, name.len) != 0 || line[name.len] != ':')
		return STR_NULL;
	return str_trim(str_of(line + name.len + 1));
}

void client_header_empty(char *line)
{
	char *colon = strchr(line, ':');

	if (colon && str_trim(str_of(colon + 1)).len == 0) {
		colon[0] = ';';
		colon[1] = '\0';
	}
}

static bool is_field(const char *line, struct str name)
{
	return client_header_value(line, name).ptr != NULL;
}

struct tail {
	struct arena *arena;
	struct curl_slist **end;
};

static void add_line(struct tail *tail, char *line)
{
	struct curl_slist *node = ARENA_NEW(tail->arena, struct curl_slist);

	node->data = line;
	*tail->end = node;
	tail->end = &node->next;
}

static void add_plan_line(struct http_plan *plan, struct tail *tail, const char *plan_line)
{
	struct str cookie = client_header_value(plan_line, STR("Cookie"));

	struct str host = client_header_value(plan_line, STR("Host"));

	if (cookie.ptr) {
		/* Only one Cookie line may be sent (RFC 6265): it is joined with the jar's. */
		if (plan->cookie.ptr)
			cookie = arena_printf(tail->arena, "%.*s; %.*s", STR_ARG(plan->cookie),
					      STR_ARG(cookie));
		plan->cookie = cookie;
		return;
	}
	if (host.ptr)
		plan->host = host;
	plan->is_framed_by_hand |= client_header_is_framing(plan_line);
	plan->has_content_type |= is_field(plan_line, STR("Content-Type"));
	plan->has_agent |= is_field(plan_line, STR("User-Agent"));
	plan->has_accept_encoding |= is_field(plan_line, STR("Accept-Encoding"));
	char *line = arena_cstr(tail->arena, str_of(plan_line));
	client_header_empty(line);
	add_line(tail, line);
}

static void add_channel_lines(const struct channel_spec *spec, struct tail *tail)
{
	add_line(tail, arena_cstr(tail->arena, STR("Connection: Upgrade")));
	add_line(tail, arena_cstr(tail->arena, STR("Upgrade: websocket")));
	add_line(tail, arena_cstr(tail->arena, STR("Sec-WebSocket-Version: 13")));
	if (spec->offer)
		add_line(tail, arena_cstr(tail->arena,
					  arena_printf(tail->arena, "Sec-WebSocket-Extensions: %s",
						       spec->offer)));
	if (spec->protocols.len)
		add_line(tail, arena_cstr(tail->arena,
					  arena_printf(tail->arena, "Sec-WebSocket-Protocol: %.*s",
						       STR_ARG(spec->protocols))));
}

/*
 * Our own lines, as part of the list: libcurl would format User-Agent and Accept-Encoding again for
 * each request. Accept-Encoding is sent whether the response is decoded or discarded.
 */
static void add_own_lines(struct client *c, struct http_plan *plan, struct tail *tail)
{
	if (c->config.user_agent && !plan->has_agent)
		add_line(tail, c->agent_line);
	if (plan->spec.channel)
		add_channel_lines(plan->spec.channel, tail);
	if (!plan->spec.no_compression && !plan->has_accept_encoding)
		add_line(tail, c->encoding_line);
	/* libcurl signs every line of the list, even a line that only removes a header. */
	if (plan->verb != VERB_BODY || plan->spec.auth == HTTP_AUTH_AWS)
		return;
	add_line(tail, arena_cstr(tail->arena, STR("Expect:")));
	if (!plan->has_content_type)
		add_line(tail, arena_cstr(tail->arena, STR("Content-Type:")));
}

enum verb client_verb(const char *method, bool has_body)
{
	if (has_body || strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 ||
	    strcmp(method, "PATCH") == 0)
		return VERB_BODY; /* an empty body has Content-Length: 0 */
	return strcmp(method, "HEAD") == 0 ? VERB_HEAD : VERB_GET;
}

struct http_plan *client_plan(struct http *http, const struct http_plan_spec *spec)
{
	struct client *c = (struct client *)http;
	struct http_plan *plan = ARENA_NEW(&c->arena, struct http_plan);
	struct tail tail = {&c->arena, &plan->headers};

	plan->spec = *spec;
	plan->verb = client_verb(spec->method.ptr, spec->has_body);
	plan->is_head = strcmp(spec->method.ptr, "HEAD") == 0;
	for (size_t i = 0; i < spec->header_count; i++)
		add_plan_line(plan, &tail, spec->header_lines[i]);
	add_own_lines(c, plan, &tail);
	if (spec->url.ptr)
		client_url_prepare(c, plan);
	if (plan->route)
		direct_plan(c, plan);
	if (c->config.transport != HTTP_TRANSPORT_CURL)
		direct_h2_plan(c, plan);
	plan->next = c->plans;
	c->plans = plan;
	return plan;
}

void client_plans_free(struct client *c)
{
	for (struct http_plan *plan = c->plans; plan; plan = plan->next)
		curl_url_cleanup(plan->parsed);
}

bool client_is_head(const struct client_exchange *x)
{
	if (!x->pub.override_method)
		return x->pub.plan->is_head;
	return x->pub.method && strcmp(x->pub.method, "HEAD") == 0;
}
