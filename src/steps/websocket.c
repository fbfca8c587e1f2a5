/* websocket: opens a WebSocket beside the visit. */
#include "interface/reader.h"
#include "program/build.h"
#include "steps/message.h"
#include "steps/request_modifiers.h"

struct websocket_fields {
	struct keys keys;
	struct text url;
	struct request_modifiers modifiers;
	struct field_map query;	     /* of struct text */
	struct field_list protocols; /* of struct str */
	struct field_list rules;     /* of struct message_rule */
	struct str socket;
	int keep;
	ns_t idle_ping;
	int64_t message_limit;
};

static const char *const keep_names[] = {"iteration", "user", NULL};
static const char *const keep_meanings[] = {"the iteration", "the user", NULL};

static const struct field rule_fields[] = {
    MESSAGE_RULE_WHEN,
    FIELD(struct message_rule, send, "send", FIELD_OBJECT, .fields = message_fields,
	  .example = "{json: {type: pong}}",
	  .prose = "The reply, at most 100 per second on one socket. Without it the message is "
		   "only removed."),
    MESSAGE_RULE_PASS,
    FIELD_END,
};

static const struct field rule_element = {
    .type = FIELD_OBJECT, .bytes = sizeof(struct message_rule), .fields = rule_fields};
static const struct field protocol_element = {.type = FIELD_TEXT, .bytes = sizeof(struct str)};

#define OWNER	  struct websocket_fields
#define M(member) modifiers.member

static const struct field websocket_fields[] = {
    FIELD(OWNER, url, "websocket", FIELD_TEMPLATE, .flags = FIELD_ACTION, .example = "/ws",
	  .prose = "Opens a WebSocket: a path of the target, or a full URL of an allowed host. The "
		   "visit continues while it is open."),
    FIELD(OWNER, M(name), "name", FIELD_TEXT, .example = "Chat",
	  .prose = "Name of the handshake in results. Default: WEBSOCKET and the URL as written."),
    FIELD(OWNER, socket, "socket", FIELD_TEXT, .example = "chat",
	  .prose = "Name of the socket, for steps that use it. Needed only for several sockets."),
    FIELD(OWNER, protocols, "subprotocols", FIELD_LIST, .flags = FIELD_ONE_OK,
	  .element = &protocol_element, .example = "[graphql-transport-ws]",
	  .prose = "Subprotocols to offer (Sec-WebSocket-Protocol)."),
    FIELD(OWNER, rules, "on_message", FIELD_LIST, .flags = FIELD_ONE_OK, .element = &rule_element,
	  .example = "[{when: {jsonpath: {$.type: ping}}, send: {json: {type: pong}}}]",
	  .prose = "Messages that the script of a page replies to by itself. The first rule that "
		   "matches is used; it removes the message."),
    FIELD(OWNER, keep, "keep", FIELD_ENUM, .label = "Open until the end of",
	  .meanings = keep_meanings, .flags = FIELD_PARAMETER, .choices = keep_names,
	  .fallback = "iteration", .example = "user",
	  .prose = "When the socket is closed: at the end of the iteration, or of the user. A "
		   "socket of before_user always lasts as long as the user."),
    FIELD(OWNER, idle_ping, "idle_ping", FIELD_DURATION, .flags = FIELD_PARAMETER, .low = 0.1,
	  .high = 3600, .example = "30s",
	  .prose = "Sends a ping after this time without a message. Pings of the server are always "
		   "replied to."),
    FIELD(OWNER, message_limit, "message_limit", FIELD_SIZE, .flags = FIELD_PARAMETER, .low = 1,
	  .high = 1e9, .example = "1MiB",
	  .prose = "Maximum size of a received message, also after decompression; a larger one "
		   "closes the socket. Default: 16 MiB."),
    FIELD(OWNER, query, "query", FIELD_MAP, .flags = FIELD_REPEATS,
	  .element = &request_modifiers_text, .example = "{room: 7}",
	  .prose = "Query parameters, URL-encoded and appended to the URL."),
    FIELD(OWNER, M(headers), "headers", FIELD_MAP, .flags = FIELD_REPEATS,
	  .element = &request_modifiers_text, .example = "{Origin: \"http://shop.test\"}",
	  .prose = "Headers of the handshake."),
    FIELD(OWNER, M(auth), "auth", FIELD_OBJECT, .fields = auth_fields, .check = auth_check,
	  .prose = "Authentication: basic or bearer.", .example = "{bearer: \"${TOKEN}\"}"),
    FIELD(OWNER, M(cookies), "cookies", FIELD_MAP, .element = &request_modifiers_text,
	  .example = "{theme: dark}", .prose = "Cookies to send, besides those of the user."),
    FIELD(OWNER, M(compressed), "compressed", FIELD_BOOL, .flags = FIELD_PARAMETER,
	  .fallback = "yes", .example = "no",
	  .prose = "Whether to offer compressed messages (permessage-deflate), as browsers do."),
    FIELD(OWNER, M(tls), "tls", FIELD_OBJECT, .fields = tls_fields, .check = tls_settings_check,
	  .example = "{cert: client.pem, key: client.key}",
	  .prose = "TLS settings of its connection."),
    FIELD(OWNER, M(proxy), "proxy", FIELD_TEXT, .flags = FIELD_PARAMETER,
	  .check = addresses_check_proxy, .example = "none",
	  .prose = "The proxy for this socket, or none; replaces that of `defaults`. Only an HTTP "
		   "proxy (http://) can be used; it connects to the server with CONNECT."),
    FIELD(OWNER, M(timeout), "timeout", FIELD_DURATION, .flags = FIELD_PARAMETER, .low = 0.001,
	  .high = 3600, .prose = "Maximum time for the handshake.", .example = "10s"),
    FIELD(OWNER, M(connect_timeout), "connect_timeout", FIELD_DURATION, .flags = FIELD_PARAMETER,
	  .low = 0.001, .high = 3600, .prose = "Maximum time to make the connection.",
	  .example = "3s"),
    FIELD(OWNER, M(retry), "retry", FIELD_OBJECT, .fields = request_modifiers_retry_fields,
	  .prose = "Retries the handshake if it failed.", .example = "{times: 3, delay: 500ms}"),
    FIELD(OWNER, M(on_failure), "on_failure", FIELD_ENUM, .label = "After a failure",
	  .group = FIELD_GROUP_FAILURE, .meanings = on_failure_meanings, .flags = FIELD_PARAMETER,
	  .choices = on_failure_names, .example = "continue",
	  .prose = "Action after a failure of the handshake."),
    FIELD_END,
};

static bool has(const struct websocket_fields *q, const char *key)
{
	return keys_has(&q->keys, websocket_fields, key);
}

static void check(struct reader *r, const struct step *step)
{
	const struct websocket_fields *q = step->data;
	const struct message_rule *rules = q->rules.items;
	const struct str *protocols = q->protocols.items;

	for (size_t i = 0; i < q->rules.count; i++)
		if (keys_has(&rules[i].keys, rule_fields, "send"))
			message_check(r, &rules[i].send, keys_span(&rules[i].keys, "send"));
	for (size_t i = 0; i < q->protocols.count; i++)
		if (!str_is_token(protocols[i]))
			reader_error(r, keys_span(&q->keys, "subprotocols"), DIAG_E377,
				     "'%.*s' is not a subprotocol; use letters, digits, dots and "
				     "dashes",
				     STR_ARG(protocols[i]));
}

/* ws://HOST is http://HOST with an upgrade. */
static struct text http_url(struct emitter *e, const struct text *url)
{
	struct text http = *url;
	struct str raw = url->raw;

	if ((raw.len > 5 && str_ieq(str_slice(raw, 0, 5), STR("ws://"))) ||
	    (raw.len > 6 && str_ieq(str_slice(raw, 0, 6), STR("wss://"))))
		http.raw =
		    arena_printf(emit_arena(e), "http%.*s", STR_ARG(str_slice(raw, 2, raw.len)));
	return http;
}

static struct str join_protocols(struct emitter *e, const struct field_list *list)
{
	const struct str *protocols = list->items;
	struct str joined = STR("");

	for (size_t i = 0; i < list->count; i++)
		joined = arena_printf(emit_arena(e), "%.*s%s%.*s", STR_ARG(joined), i ? ", " : "",
				      STR_ARG(protocols[i]));
	return joined;
}

static void compile(struct emitter *e, const struct step *step)
{
	static const struct expects no_expects = {.count = 0};
	static const struct extracts no_extracts = {.count = 0};
	const struct websocket_fields *q = step->data;
	struct channel_step *channel = ARENA_NEW(emit_arena(e), struct channel_step);
	struct text url = http_url(e, &q->url);
	struct request_plan plan = {.method = STR("GET"),
				    .span = step->span,
				    .url = build_url(e, &url, &q->query),
				    .channel = channel};

	request_modifiers_plan(e, &q->keys, websocket_fields, &q->modifiers, &plan);
	plan.follow = false;
	plan.http = HTTP_1_1;
	if (!plan.name.len)
		plan.name = arena_printf(emit_arena(e), "WEBSOCKET %.*s", STR_ARG(q->url.raw));
	build_headers(e, &q->modifiers.headers, NULL, false, &plan);
	*channel = (struct channel_step){
	    .socket = emit_socket(e, q->socket, step->span, SOCKET_OPENED),
	    .keep_user = q->keep == 1,
	    .protocols = join_protocols(e, &q->protocols),
	    .message_max =
		(size_t)(has(q, "message_limit") ? q->message_limit : MESSAGE_MAX_DEFAULT),
	    .idle_ping = q->idle_ping,
	};
	message_rules_plan(e, &q->rules, rule_fields, channel);
	emit_request(e, &plan, &no_expects, &no_extracts);
}

const struct step_kind websocket_step = {
    .name = "websocket",
    .sentence = "Opens a WebSocket, which later steps use with send, wait_for and close.",
    .fields = websocket_fields,
    .bytes = sizeof(struct websocket_fields),
    .check = check,
    .compile = compile,
};
