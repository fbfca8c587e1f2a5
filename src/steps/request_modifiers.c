#include "steps/request_modifiers.h"

#include "doc/node.h"
#include "program/build.h"

const struct field request_modifiers_text = {.type = FIELD_TEMPLATE, .bytes = sizeof(struct text)};

/* `websocket` does not have all of the keys. */
static bool is_given(const struct keys *keys, const struct field *fields, const char *key)
{
	return field_find(fields, str_of(key)) && keys_has(keys, fields, key);
}

void request_modifiers_plan(struct emitter *e, const struct keys *keys, const struct field *fields,
			    const struct request_modifiers *m, struct request_plan *plan)
{
	const struct defaults *d = &emit_model(e)->defaults;
#define GIVEN(key)  is_given(keys, fields, #key)
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
		plan->retry = request_modifiers_plan_retry(e, &m->retry);
	if (plan->retry.retry_after)
		plan->needs |= NEEDS_HEADERS;
	if (GIVEN(auth))
		plan->auth = build_auth(e, &m->auth);
	else if (keys_has(&d->keys, defaults_fields, "auth"))
		plan->auth = build_default_auth(e);
	if (GIVEN(cookies))
		plan->cookies = build_cookies(e, &m->cookies);
	if (GIVEN(tls))
		plan->tls_profile = emit_pool_tls(e, &m->tls);
#undef CHOSEN
#undef GIVEN
}

/* A Content-Type of a form decides how it is encoded. That of multipart is sent with our boundary.
 */
static void read_encoding(struct page_action *action, struct request_plan *plan)
{
	struct header_plan *headers = (struct header_plan *)plan->headers;

	for (size_t i = 0; i < plan->header_count; i++) {
		const struct tmpl *value = headers[i].value;
		struct str type = value->constant ? value->value.text : STR("");

		if (!str_ieq(headers[i].name, STR("Content-Type")))
			continue;
		action->own_type = true;
		type = str_trim(str_slice(type, 0, str_find_char(type, ';', 0)));
		action->has_enctype = str_ieq(type, STR("application/x-www-form-urlencoded")) ||
				      str_ieq(type, STR("multipart/form-data"));
		if (!str_ieq(type, STR("multipart/form-data")))
			continue;
		action->enctype = HTML_MULTIPART;
		action->own_type = false;
		memmove(headers + i, headers + i + 1,
			(plan->header_count - i - 1) * sizeof *headers);
		plan->header_count--;
		i--;
	}
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
		action->own_origin |= str_ieq(plan->headers[i].name, STR("Origin"));
	}
	read_encoding(action, plan);
	plan->page_action = action;
	plan->url = build_page_url(e);
	emit_request(e, plan, &m->expect, &m->extract);
}
