/*
 * The keys that all steps with one request have: get and the other methods, submit, follow. A step
 * has them in its field table with REQUEST_MODIFIERS_FIRST and REQUEST_MODIFIERS.
 */
#ifndef STEPS_REQUEST_MODIFIERS_H
#define STEPS_REQUEST_MODIFIERS_H

#include "interface/field.h"
#include "program/emit.h"
#include "scenario/addresses.h"
#include "scenario/auth.h"
#include "scenario/enum_names.h"
#include "scenario/scenario_file.h"
#include "scenario/tls_settings.h"

struct retry {
	struct keys keys;
	int64_t times;
	ns_t delay, max_delay;
	double factor, jitter;
	bool retry_after;
	struct field_list when; /* of struct retry_reason (retry_fields.c) */
};

/* `events:`. */
struct events_until {
	struct keys keys;
	struct str data, event;
	int64_t count;
	ns_t time;
};

struct events {
	struct keys keys;
	struct events_until until;
	struct field_list output; /* of struct str */
	ns_t idle;
	int as; /* 0: sse, 1: ndjson */
};

struct request_modifiers {
	struct str name;
	struct field_map headers; /* of struct text */
	struct auth auth;
	struct tls_settings tls;
	struct str proxy;
	struct field_map cookies; /* of struct text */
	bool compressed;
	int64_t body_limit;
	struct expects expect;
	struct extracts extract;
	ns_t timeout, connect_timeout;
	bool follow_redirects;
	int http, resend, on_failure;
	struct retry retry;
};

extern const struct field request_modifiers_text; /* of a map of struct text */
/* `retry:`, and what it means for a request (retry_fields.c). */
extern const struct field request_modifiers_retry_fields[];
struct retry_plan request_modifiers_plan_retry(struct emitter *e, const struct retry *retry);

/* `events:`, and what it means for a request (event_fields.c). */
extern const struct field request_modifiers_event_fields[];
const struct events_plan *request_modifiers_plan_events(struct emitter *e,
							const struct events *events);

/* Rows for the member MEMBER, a struct request_modifiers, of the struct OWNER. */
#define REQUEST_MODIFIERS_FIRST(owner, member)                                                     \
	FIELD(owner, member.name, "name", FIELD_TEXT, .example = "Login",                          \
	      .prose =                                                                             \
		  "Name of this request in results. Default: its method and URL as written."),     \
	    FIELD(owner, member.headers, "headers", FIELD_MAP, .group = FIELD_GROUP_SEND,          \
		  .flags = FIELD_REPEATS, .element = &request_modifiers_text,                      \
		  .prose = "Request headers; they replace headers of the same name in "            \
			   "`defaults`. A list sends "                                             \
			   "the header once per value.",                                           \
		  .example = "{Accept: application/json}")
#define REQUEST_MODIFIERS(owner, member)                                                           \
	FIELD(owner, member.auth, "auth", FIELD_OBJECT, .label = "Login",                          \
	      .group = FIELD_GROUP_SEND, .fields = auth_fields, .check = auth_check,               \
	      .prose = "Authentication: basic, bearer, digest, ntlm, negotiate, aws_sigv4 or "     \
		       "oauth2.",                                                                  \
	      .example = "{basic: {user: anna, password: \"${PASSWORD}\"}}"),                      \
	    FIELD(owner, member.cookies, "cookies", FIELD_MAP, .group = FIELD_GROUP_SEND,          \
		  .element = &request_modifiers_text, .example = "{theme: dark}",                  \
		  .prose = "Cookies to send with this request; they replace cookies of the same "  \
			   "name that the "                                                        \
			   "server has set."),                                                     \
	    FIELD(owner, member.compressed, "compressed", FIELD_BOOL,                              \
		  .label = "Compressed response", .group = FIELD_GROUP_CONNECTION,                 \
		  .flags = FIELD_PARAMETER, .fallback = "yes", .example = "no",                    \
		  .prose = "Whether to request a compressed response."),                           \
	    FIELD(owner, member.body_limit, "body_limit", FIELD_SIZE, .label = "Maximum size",     \
		  .group = FIELD_GROUP_RESPONSE, .flags = FIELD_PARAMETER, .low = 1, .high = 1e12, \
		  .example = "1MiB",                                                               \
		  .prose = "Maximum size of the response, both before and after decompression."),  \
	    FIELD(owner, member.tls, "tls", FIELD_OBJECT, .label = "TLS",                          \
		  .group = FIELD_GROUP_CONNECTION, .fields = tls_fields,                           \
		  .check = tls_settings_check, .example = "{cert: client.pem, key: client.key}",   \
		  .prose = "TLS settings of its connection; keys that are not given come from "    \
			   "`defaults`."),                                                         \
	    FIELD(owner, member.proxy, "proxy", FIELD_TEXT, .group = FIELD_GROUP_CONNECTION,       \
		  .flags = FIELD_PARAMETER, .check = addresses_check_proxy, .example = "none",     \
		  .prose = "The proxy for this request, or none; replaces that of `defaults`."),   \
	    FIELD(owner, member.expect, "expect", FIELD_EXPECTS, .label = "Expected response",     \
		  .group = FIELD_GROUP_RESPONSE,                                                   \
		  .prose = "Expectations for the response; without `status`, 4xx and 5xx fail.",   \
		  .example = "{status: 201}"),                                                     \
	    FIELD(owner, member.extract, "extract", FIELD_EXTRACTS, .label = "Keep",               \
		  .group = FIELD_GROUP_RESPONSE,                                                   \
		  .prose =                                                                         \
		      "Values to extract from the response; later steps use them as variables.",   \
		  .example = "{csrf: {form_field: csrf_token}}"),                                  \
	    FIELD(owner, member.timeout, "timeout", FIELD_DURATION, .label = "Time limit",         \
		  .group = FIELD_GROUP_FAILURE, .flags = FIELD_PARAMETER, .low = 0.001,            \
		  .high = 3600, .prose = "Maximum time for the whole request.", .example = "10s"), \
	    FIELD(owner, member.connect_timeout, "connect_timeout", FIELD_DURATION,                \
		  .label = "Time limit of the connection", .group = FIELD_GROUP_FAILURE,           \
		  .flags = FIELD_PARAMETER, .low = 0.001, .high = 3600,                            \
		  .prose = "Maximum time to make a connection.", .example = "3s"),                 \
	    FIELD(owner, member.follow_redirects, "follow_redirects", FIELD_BOOL,                  \
		  .group = FIELD_GROUP_RESPONSE, .flags = FIELD_PARAMETER, .example = "no",        \
		  .prose = "Whether to follow redirects, at most 10. Default: yes."),              \
	    FIELD(owner, member.http, "http", FIELD_ENUM, .label = "HTTP version",                 \
		  .group = FIELD_GROUP_CONNECTION, .meanings = http_version_meanings,              \
		  .flags = FIELD_PARAMETER, .choices = http_version_names,                         \
		  .prose = "The version of HTTP.", .example = "2"),                                \
	    FIELD(owner, member.resend, "resend", FIELD_ENUM, .label = "Send again",               \
		  .group = FIELD_GROUP_FAILURE, .meanings = resend_policy_meanings,                \
		  .flags = FIELD_PARAMETER, .choices = resend_policy_names, .example = "never",    \
		  .prose = "Whether to send the request again, once and on a new connection, if "  \
			   "the server "                                                           \
			   "closes a "                                                             \
			   "kept connection before the first byte of the response or refuses the " \
			   "request "                                                              \
			   "(HTTP/2). Use `never` for writes that must happen exactly once."),     \
	    FIELD(owner, member.retry, "retry", FIELD_OBJECT, .group = FIELD_GROUP_FAILURE,        \
		  .fields = request_modifiers_retry_fields,                                        \
		  .prose = "Retries the request if it failed. Results count it once, and its "     \
			   "retries separately.",                                                  \
		  .example = "{times: 3, delay: 500ms}"),                                          \
	    FIELD(owner, member.on_failure, "on_failure", FIELD_ENUM, .label = "After a failure",  \
		  .group = FIELD_GROUP_FAILURE, .meanings = on_failure_meanings,                   \
		  .flags = FIELD_PARAMETER, .choices = on_failure_names, .example = "continue",    \
		  .prose = "Action after a failure of this request.")

/* Fills what M and the defaults say into PLAN, except the headers. KEYS and FIELDS are those of the
 * step. */
void request_modifiers_plan(struct emitter *e, const struct keys *keys, const struct field *fields,
			    const struct request_modifiers *m, struct request_plan *plan);
/* Description of the key `page` of `submit` and `follow`. */
#define PAGE_PROSE                                                                                 \
	"Name of an earlier step: use the page that this step received last in this iteration, "   \
	"instead of the last page of all. The name is its `name`, or the one in results."

/* Emits the request, whose plan has everything but the headers. ACTION is its page_action;
 * this adds what the modifiers determine, and the span of `page` in KEYS, the keys of the step. */
void request_modifiers_emit_page_action(struct emitter *e, const struct keys *keys,
					const struct request_modifiers *m,
					struct page_action *action, struct request_plan *plan);

#endif
