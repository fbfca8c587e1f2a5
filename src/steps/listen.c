/* listen: opens a stream of events in the background of the visit. */
#include "doc/node.h"
#include "interface/reader.h"
#include "program/build.h"
#include "steps/message.h"
#include "steps/request_modifiers.h"

/* The value of `listen`: a URL, or a mapping. */
struct listen_target {
	struct keys keys;
	struct text url;
	bool reconnect;
};

struct listen_fields {
	struct keys keys;
	struct listen_target target;
	struct request_modifiers modifiers;
	struct field_map query; /* of struct text */
	int as;			/* 0: sse, 1: ndjson */
	bool reconnect;
	struct field_list rules; /* of struct message_rule */
	struct str socket;
	int keep;
	int64_t message_limit;
};

static const char *const format_names[] = {"sse", "ndjson", NULL};
static const char *const format_meanings[] = {"server-sent events", "a JSON value in each line",
					      NULL};
static const char *const keep_names[] = {"iteration", "user", NULL};
static const char *const keep_meanings[] = {"the iteration", "the user", NULL};

static const struct field rule_fields[] = {
    MESSAGE_RULE_WHEN,
    MESSAGE_RULE_PASS,
    FIELD_END,
};

static const struct field rule_element = {
    .type = FIELD_OBJECT, .bytes = sizeof(struct message_rule), .fields = rule_fields};

#define RECONNECT_PROSE                                                                            \
	"Whether to open the stream again when it ends, as browsers do: after the time in its "    \
	"last `retry` line, or 3 s, with Last-Event-ID. Each attempt counts as a request of this " \
	"step."

static const struct field target_fields[] = {
    FIELD(struct listen_target, url, "url", FIELD_TEMPLATE, .flags = FIELD_REQUIRED,
	  .example = "/events", .prose = "A path of the target, or a full URL."),
    FIELD(struct listen_target, reconnect, "reconnect", FIELD_BOOL, .flags = FIELD_PARAMETER,
	  .fallback = "no", .example = "yes", .prose = RECONNECT_PROSE),
    FIELD_END,
};

static void read_target(struct reader *r, const struct node *node, void *out)
{
	struct listen_target *target = out;

	if (node->kind == NODE_MAP)
		reader_object(r, node, target_fields, target);
	else
		reader_template_of(r, node, "a URL such as /events", &target->url);
}

static const struct field_special target_special = {
    .widget = "url",
    .name = "a URL such as /events, or a mapping with url and reconnect",
    .read = read_target,
    .schema = "{\"type\": \"string\"}",
    .fields = target_fields,
    .definition = "listen",
};

#define OWNER	  struct listen_fields
#define M(member) modifiers.member

static const struct field listen_fields[] = {
    FIELD(OWNER, target, "listen", FIELD_SPECIAL, .special = &target_special, .flags = FIELD_ACTION,
	  .example = "/events",
	  .prose = "Opens a stream of events with a GET request: a path of the target, or a full "
		   "URL of an allowed host. The visit continues while the stream is open."),
    FIELD(OWNER, M(name), "name", FIELD_TEXT, .example = "News",
	  .prose = "Name of this request in results. Default: LISTEN and the URL as written."),
    FIELD(OWNER, as, "as", FIELD_ENUM, .flags = FIELD_PARAMETER, .choices = format_names,
	  .label = "Format", .meanings = format_meanings, .fallback = "sse",
	  .prose = "The format: server-sent events (sse), or one line of JSON per event (ndjson).",
	  .example = "ndjson"),
    FIELD(OWNER, reconnect, "reconnect", FIELD_BOOL, .flags = FIELD_PARAMETER, .fallback = "no",
	  .example = "yes", .prose = RECONNECT_PROSE),
    FIELD(OWNER, socket, "socket", FIELD_TEXT, .example = "news",
	  .prose = "Name of the stream, for steps that use it. Needed only for several streams or "
		   "sockets."),
    FIELD(OWNER, rules, "on_message", FIELD_LIST, .flags = FIELD_ONE_OK, .element = &rule_element,
	  .example = "[{when: {event: ping}}]",
	  .prose = "Events to ignore. The first rule that matches is used."),
    FIELD(OWNER, keep, "keep", FIELD_ENUM, .flags = FIELD_PARAMETER, .choices = keep_names,
	  .label = "Open until the end of", .meanings = keep_meanings, .fallback = "iteration",
	  .example = "user",
	  .prose = "When the stream is closed: at the end of the iteration, or of the user. A "
		   "stream of before_user always lasts as long as the user."),
    FIELD(OWNER, message_limit, "message_limit", FIELD_SIZE, .flags = FIELD_PARAMETER, .low = 1,
	  .high = 1e9, .example = "1MiB",
	  .prose = "Maximum size of an event; a larger one closes the stream. Default: 16 MiB."),
    FIELD(OWNER, query, "query", FIELD_MAP, .flags = FIELD_REPEATS,
	  .element = &request_modifiers_text, .example = "{topic: news}",
	  .prose = "Query parameters, URL-encoded and appended to the URL."),
    FIELD(OWNER, M(headers), "headers", FIELD_MAP, .flags = FIELD_REPEATS,
	  .element = &request_modifiers_text, .example = "{X-Client: web}",
	  .prose = "Request headers."),
    FIELD(OWNER, M(auth), "auth", FIELD_OBJECT, .fields = auth_fields, .check = auth_check,
	  .prose = "Authentication: basic, bearer, digest, ntlm, negotiate, aws_sigv4 or oauth2.",
	  .example = "{bearer: \"${TOKEN}\"}"),
    FIELD(OWNER, M(cookies), "cookies", FIELD_MAP, .element = &request_modifiers_text,
	  .example = "{theme: dark}", .prose = "Cookies to send, besides those of the user."),
    FIELD(OWNER, M(compressed), "compressed", FIELD_BOOL, .flags = FIELD_PARAMETER,
	  .fallback = "yes", .example = "no", .prose = "Whether to request a compressed response."),
    FIELD(OWNER, M(tls), "tls", FIELD_OBJECT, .fields = tls_fields, .check = tls_settings_check,
	  .example = "{cert: client.pem, key: client.key}",
	  .prose = "TLS settings of its connection."),
    FIELD(OWNER, M(proxy), "proxy", FIELD_TEXT, .flags = FIELD_PARAMETER,
	  .check = addresses_check_proxy, .example = "none",
	  .prose = "The proxy for this stream, or none; replaces that of `defaults`."),
    FIELD(OWNER, M(timeout), "timeout", FIELD_DURATION, .flags = FIELD_PARAMETER, .low = 0.001,
	  .high = 3600, .prose = "Maximum time until the response begins.", .example = "10s"),
    FIELD(OWNER, M(connect_timeout), "connect_timeout", FIELD_DURATION, .flags = FIELD_PARAMETER,
	  .low = 0.001, .high = 3600, .prose = "Maximum time to make the connection.",
	  .example = "3s"),
    FIELD(OWNER, M(follow_redirects), "follow_redirects", FIELD_BOOL, .flags = FIELD_PARAMETER,
	  .example = "no", .prose = "Whether to follow redirects, at most 10. Default: yes."),
    FIELD(OWNER, M(http), "http", FIELD_ENUM, .flags = FIELD_PARAMETER,
	  .choices = http_version_names, .meanings = http_version_meanings,
	  .prose = "The version of HTTP.", .example = "2"),
    FIELD(OWNER, M(retry), "retry", FIELD_OBJECT, .fields = request_modifiers_retry_fields,
	  .prose = "Retries if the stream cannot be opened. For a stream that ends later, use "
		   "`reconnect`.",
	  .example = "{times: 3, delay: 500ms}"),
    FIELD(OWNER, M(on_failure), "on_failure", FIELD_ENUM, .flags = FIELD_PARAMETER,
	  .choices = on_failure_names, .label = "After a failure", .meanings = on_failure_meanings,
	  .example = "continue", .prose = "Action if the stream cannot be opened."),
    FIELD_END,
};

static void compile(struct emitter *e, const struct step *step)
{
	static const struct expects no_expects = {.count = 0};
	static const struct extracts no_extracts = {.count = 0};
	const struct listen_fields *q = step->data;
	struct channel_step *channel = ARENA_NEW(emit_arena(e), struct channel_step);
	struct request_plan plan = {.method = STR("GET"),
				    .span = step->span,
				    .url = build_url(e, &q->target.url, &q->query),
				    .channel = channel};

	*channel = (struct channel_step){
	    .socket = emit_socket(e, q->socket, step->span, SOCKET_LISTENED),
	    .keep_user = q->keep == 1,
	    .listens = true,
	    .ndjson = q->as == 1,
	    .reconnects = q->reconnect || q->target.reconnect,
	    .message_max =
		(size_t)(keys_has(&q->keys, listen_fields, "message_limit") ? q->message_limit
									    : MESSAGE_MAX_DEFAULT),
	};
	request_modifiers_plan(e, &q->keys, listen_fields, &q->modifiers, &plan);
	if (!plan.name.len)
		plan.name = arena_printf(emit_arena(e), "LISTEN %.*s", STR_ARG(q->target.url.raw));
	build_headers(e, &q->modifiers.headers, NULL, false, &plan);
	message_rules_plan(e, &q->rules, rule_fields, channel);
	emit_request(e, &plan, &no_expects, &no_extracts);
}

const struct step_kind listen_step = {
    .name = "listen",
    .sentence = "Opens a stream of events in the background; later steps wait for its events.",
    .fields = listen_fields,
    .bytes = sizeof(struct listen_fields),
    .compile = compile,
};
