#include "steps/request_modifiers.h"

#include "doc/node.h"
#include "program/build.h"

/* In the order of enum retry_when. */
static const char *const when_words[] = {"timeout", "connect", "5xx", "expect", "extract", NULL};

static const struct field when_element = {
    .type = FIELD_ENUM, .bytes = sizeof(int), .choices = when_words};

const struct field request_modifiers_retry_fields[] = {
    FIELD(struct retry, times, "times", FIELD_INT, .flags = FIELD_REQUIRED | FIELD_PARAMETER,
	  .low = 1, .high = 1000, .example = "3", .prose = "Maximum number of retries."),
    FIELD(struct retry, delay, "delay", FIELD_DURATION, .flags = FIELD_PARAMETER, .fallback = "0",
	  .high = 3600, .example = "500ms", .prose = "Delay before each retry."),
    FIELD(struct retry, when, "when", FIELD_LIST, .flags = FIELD_ONE_OK, .element = &when_element,
	  .example = "[timeout, 5xx]",
	  .prose = "Failures that are retried: timeout, connect (no connection, or connection "
		   "reset), 5xx, expect, extract. Default: the first three."),
    FIELD_END,
};

const struct field request_modifiers_text = {.type = FIELD_TEMPLATE, .bytes = sizeof(struct text)};

static struct retry_plan plan_retry(const struct retry *retry)
{
	struct retry_plan plan = {.times = (uint32_t)retry->times, .delay = retry->delay};

	for (size_t i = 0; i < retry->when.count; i++)
		plan.when |= 1u << ((const int *)retry->when.items)[i];
	if (!plan.when)
		plan.when = RETRY_TIMEOUT | RETRY_CONNECT | RETRY_5XX;
	return plan;
}

void request_modifiers_plan(struct emitter *e, const struct keys *keys, const struct field *fields,
			    const struct request_modifiers *m, struct request_plan *plan)
{
	const struct defaults *d = &emit_model(e)->defaults;
#define GIVEN(key)  keys_has(keys, fields, #key)
#define CHOSEN(key) (GIVEN(key) ? m->key : d->key)

	plan->name = m->name;
	plan->follow = CHOSEN(follow_redirects);
	plan->max_hops = 10;
	plan->timeout = CHOSEN(timeout);
	plan->connect_timeout = CHOSEN(connect_timeout);
	plan->body_limit = CHOSEN(body_limit);
	plan->no_compression = !m->compressed;
	plan->proxy = CHOSEN(proxy);
	plan->http = CHOSEN(http);
	plan->never_resend = CHOSEN(resend) == RESEND_NEVER;
	plan->on_failure = GIVEN(on_failure) ? (enum on_failure)m->on_failure : FAILURE_INHERIT;
	if (GIVEN(retry))
		plan->retry = plan_retry(&m->retry);
	if (GIVEN(auth))
		plan->auth = build_auth(e, &m->auth);
	if (GIVEN(cookies))
		plan->cookies = build_cookies(e, &m->cookies);
	if (GIVEN(tls))
		plan->tls_profile = emit_pool_tls(e, &m->tls);
#undef CHOSEN
#undef GIVEN
}

void request_modifiers_emit_page_action(struct emitter *e, const struct keys *keys,
					const struct request_modifiers *m,
					struct page_action *action, struct request_plan *plan)
{
	if (action->page.ptr)
		action->page_span = keys_value(keys, "page")->span;
	build_headers(e, &m->headers, NULL, !action->follows, plan);
	for (size_t i = 0; i < plan->header_count; i++) {
		action->own_referer |= str_ieq(plan->headers[i].name, STR("Referer"));
		action->own_type |= str_ieq(plan->headers[i].name, STR("Content-Type"));
	}
	plan->page_action = action;
	plan->url = build_page_url(e);
	emit_request(e, plan, &m->expect, &m->extract);
}
