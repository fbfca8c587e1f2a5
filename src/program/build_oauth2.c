/*
 * `auth: {oauth2: …}`: a token that is requested when a request needs it for the first time, and
 * renewed like the values of setup (for all users) or of before_user (if its texts have values of a
 * user). The steps of each login are compiled after all others.
 */
#include "base/log.h"
#include "base/url.h"
#include "interface/reader.h"
#include "program/emitter.h"
#include "program/known_secrets.h"
#include "program/scope.h"
#include "program/template_builder.h"

static const struct status_range refused[] = {{401, 401}};

/* ---- texts */

/* As in a form (RFC 6749, 2.3.1). */
static void add_encoded(struct template_builder *m, const struct text *text)
{
	struct template_builder value = {.e = m->e};
	struct buf encoded;

	buf_init(&encoded, 0);
	template_builder_add_text(&value, text, ESCAPE_FORM);
	for (size_t i = 0; i < value.parts.count; i++) {
		const struct tmpl_part *part = &value.parts.items[i];

		if (part->expr) {
			template_builder_add_expr(m, part->expr, ESCAPE_FORM);
			continue;
		}
		buf_clear(&encoded);
		url_encode(&encoded, part->literal, true);
		template_builder_add_part(m, arena_str(m->e->arena, buf_str(&encoded)),
					  part->secret);
	}
	buf_release(&encoded);
}

static void add_pair(struct template_builder *m, const char *name, const struct text *text)
{
	if (!text->raw.ptr)
		return;
	template_builder_add_literal(
	    m, arena_printf(m->e->arena, "%s%s=", m->parts.count ? "&" : "", name));
	add_encoded(m, text);
}

static const struct expr *slot_expr(struct emitter *e, uint32_t slot, struct span span)
{
	struct expr_builder b = emitter_expr_builder(e);

	expr_push(&b, (struct expr_op){.code = EXPR_SLOT, .index = slot, .span = span});
	return expr_finish(&b, SPAN_NONE);
}

/* ---- whose token it is */

static bool is_of_user(struct emitter *e, const struct tmpl *t);

static bool slot_is_of_user(struct emitter *e, const struct expr_op *op)
{
	for (size_t i = 0; i < e->kept_slots.count; i++)
		if (e->kept_slots.items[i] == op->index)
			return true;
	for (size_t i = 0; i < e->renewals.count; i++)
		for (uint32_t k = 0; k < e->renewals.items[i].slot_count; k++)
			if (e->renewals.items[i].slots[k] == op->index)
				return e->renewals.items[i].fixture == FIXTURE_BEFORE_USER;
	diag_error(e->diags, op->span, DIAG_E204,
		   "'%.*s' belongs to an iteration, and a token lasts longer; use a parameter, a "
		   "row of data, a variable with per: user, or a value of setup or before_user",
		   STR_ARG(e->slots.items[op->index]));
	return false;
}

static bool op_is_of_user(struct emitter *e, const struct expr_op *op)
{
	if (op->code == EXPR_DATA || op->code == EXPR_COUNTER || op->code == EXPR_FORM)
		return true;
	if (op->code == EXPR_BUILTIN)
		return op->index == BUILTIN_USER_ID || op->index == BUILTIN_USER_INDEX;
	if (op->code == EXPR_SLOT)
		return slot_is_of_user(e, op);
	return op->code == EXPR_TEMPLATE && is_of_user(e, op->tmpl);
}

static bool is_of_user(struct emitter *e, const struct tmpl *t)
{
	bool of_user = false;

	for (size_t i = 0; t && !t->constant && i < t->count; i++)
		for (uint32_t k = 0; t->parts[i].expr && k < t->parts[i].expr->count; k++)
			of_user |= op_is_of_user(e, &t->parts[i].expr->ops[k]);
	return of_user;
}

/* ---- the request for a token */

static void note_secret(struct emitter *e, const char *name, const struct text *text)
{
	if (text->raw.ptr)
		known_secrets_add_whole(e, str_of(name), build_template(e, text, ESCAPE_NONE));
}

static const struct tmpl *client_header(struct emitter *e, const struct auth_oauth2 *o)
{
	struct template_builder m = {.e = e};
	const struct tmpl *value[2];

	add_encoded(&m, &o->client_id);
	template_builder_add_literal(&m, STR(":"));
	add_encoded(&m, &o->client_secret);
	for (size_t i = 0; i < m.parts.count; i++)
		m.parts.items[i].secret = true;
	value[0] = build_literal(e, STR("Basic "));
	value[1] = build_base64(e, template_builder_finish(&m));
	return build_joined(e, value, 2);
}

static const struct tmpl *body_of(struct emitter *e, const struct oauth2_login *login)
{
	static const char *const grants[] = {"client_credentials", "password", "refresh_token"};
	const struct auth_oauth2 *o = login->oauth2;
	struct text grant = {.raw = str_of(grants[o->grant])};
	struct template_builder m = {.e = e, .span = o->keys.span};

	add_pair(&m, "grant_type", &grant);
	if (o->grant == OAUTH2_PASSWORD) {
		add_pair(&m, "username", &o->user);
		add_pair(&m, "password", &o->password);
	}
	if (o->grant == OAUTH2_REFRESH_TOKEN) {
		template_builder_add_literal(&m, STR("&refresh_token="));
		template_builder_add_expr(&m, slot_expr(e, login->refresh, o->keys.span),
					  ESCAPE_FORM);
	}
	add_pair(&m, "scope", &o->scope);
	if (o->client_auth == OAUTH2_IN_FORM || !o->client_secret.raw.ptr) {
		add_pair(&m, "client_id", &o->client_id);
		add_pair(&m, "client_secret", &o->client_secret);
	}
	for (size_t i = 0; i < o->form.count; i++)
		add_pair(&m, arena_cstr(e->arena, o->form.pairs[i].key), o->form.pairs[i].value);
	return template_builder_finish(&m);
}

static struct request_plan request_of(struct emitter *e, const struct oauth2_login *login)
{
	const struct auth_oauth2 *o = login->oauth2;
	const struct defaults *d = &e->model->defaults;
	struct request_plan plan = {
	    .name = arena_printf(e->arena, "POST %.*s", STR_ARG(o->token_url.raw)),
	    .method = STR("POST"),
	    .span = keys_span(&o->keys, "token_url"),
	    .url = build_url(e, &o->token_url, NULL),
	    .timeout = d->timeout,
	    .connect_timeout = d->connect_timeout,
	    .body_limit = d->body_limit,
	    .proxy = d->proxy,
	    .http = d->http,
	    .never_resend = d->resend == RESEND_NEVER,
	    .on_failure = FAILURE_INHERIT,
	    .requests_token = true,
	    .body = body_of(e, login),
	};
	struct text *accept = ARENA_NEW(e->arena, struct text);
	struct field_pair pair = {.key = STR("Accept"), .value = accept};
	struct field_map headers = {.pairs = &pair, .count = 1};

	*accept = (struct text){.raw = STR("application/json")};
	if (o->client_auth == OAUTH2_IN_HEADER && o->client_secret.raw.ptr)
		plan.auth.header = client_header(e, o);
	build_headers(e, &headers, "application/x-www-form-urlencoded", true, &plan);
	return plan;
}

/* ---- a login */

static uint32_t slot_for(struct emitter *e, const char *what)
{
	struct str name = arena_printf(e->arena, "%s %zu", what, e->logins.count + 1);

	name_map_put(&e->used_map, name, 1);
	return scope_slot(e, name);
}

static void add_renewal(struct emitter *e, struct oauth2_login *login)
{
	uint32_t *slots = ARENA_ARRAY(e->arena, 3, uint32_t);
	bool of_user;

	slots[0] = login->token;
	slots[1] = login->expires;
	slots[2] = login->refresh;
	login->renewal = (uint32_t)e->renewals.count;
	VEC_PUSH(e->arena, &e->renewals,
		 ((struct renewal_plan){.fixture = FIXTURE_SETUP,
					.slots = slots,
					.slot_count = 3,
					.renews = true,
					.lazy = true,
					.statuses = refused,
					.status_count = 1,
					.span = login->oauth2->keys.span}));
	/* Its own values are known now. Each text is checked, to report all errors. */
	of_user = is_of_user(e, login->request.url);
	of_user |= is_of_user(e, login->request.body);
	of_user |= is_of_user(e, login->request.auth.header);
	of_user |= is_of_user(e, login->first_refresh);
	if (of_user)
		e->renewals.items[login->renewal].fixture = FIXTURE_BEFORE_USER;
	if (e->renewals.count == RENEWALS_MAX + 1)
		diag_error(e->diags, login->oauth2->keys.span, DIAG_E306,
			   "more than %d different logins with oauth2 and renewed values in one "
			   "file; use the same login for several steps, or one with rows of data",
			   RENEWALS_MAX);
}

static bool is_same_form(const struct field_map *a, const struct field_map *b)
{
	bool same = a->count == b->count;

	for (size_t i = 0; same && i < a->count; i++) {
		const struct text *left = a->pairs[i].value, *right = b->pairs[i].value;

		same = str_eq(a->pairs[i].key, b->pairs[i].key) && str_eq(left->raw, right->raw);
	}
	return same;
}

/* A login that is written at several steps has one token. */
static bool is_same_login(const struct auth_oauth2 *a, const struct auth_oauth2 *b)
{
	return a->grant == b->grant && a->client_auth == b->client_auth &&
	       str_eq(a->token_url.raw, b->token_url.raw) &&
	       str_eq(a->client_id.raw, b->client_id.raw) &&
	       str_eq(a->client_secret.raw, b->client_secret.raw) &&
	       str_eq(a->user.raw, b->user.raw) && str_eq(a->password.raw, b->password.raw) &&
	       str_eq(a->refresh_token.raw, b->refresh_token.raw) &&
	       str_eq(a->scope.raw, b->scope.raw) && is_same_form(&a->form, &b->form);
}

/* A name of another scenario may be another variable. */
static const struct oauth2_login *known_login(const struct emitter *e, const struct auth_oauth2 *o)
{
	for (size_t i = 0; i < e->logins.count; i++) {
		const struct oauth2_login *login = &e->logins.items[i];

		if (login->oauth2->keys.node == o->keys.node ||
		    (login->scenario == e->scenario && is_same_login(login->oauth2, o)))
			return login;
	}
	return NULL;
}

static const struct oauth2_login *login_of(struct emitter *e, const struct auth_oauth2 *o)
{
	struct oauth2_login login = {.oauth2 = o, .scenario = e->scenario};
	const struct oauth2_login *known = known_login(e, o);

	if (known)
		return known;
	note_secret(e, "CLIENT_SECRET", &o->client_secret);
	note_secret(e, "PASSWORD", &o->password);
	note_secret(e, "REFRESH_TOKEN", &o->refresh_token);
	login.token = slot_for(e, "access token");
	login.expires = slot_for(e, "lifetime of token");
	login.refresh = slot_for(e, "refresh token");
	login.new_refresh = slot_for(e, "new refresh token");
	if (o->refresh_token.raw.ptr)
		login.first_refresh = build_template(e, &o->refresh_token, ESCAPE_NONE);
	login.request = request_of(e, &login);
	add_renewal(e, &login);
	VEC_PUSH(e->arena, &e->logins, login);
	return &e->logins.items[e->logins.count - 1];
}

const struct tmpl *build_oauth2(struct emitter *e, const struct auth_oauth2 *o)
{
	const struct oauth2_login *login = login_of(e, o);
	struct template_builder m = {.e = e, .span = o->keys.span};

	template_builder_add_literal(&m, STR("Bearer "));
	template_builder_add_expr(&m, slot_expr(e, login->token, o->keys.span), ESCAPE_HEADER);
	return template_builder_finish(&m);
}

/* ---- the steps */

static struct extract member(struct emitter *e, uint32_t slot, const char *path, bool needed,
			     struct span span)
{
	struct extract x = {.variable = e->slots.items[slot],
			    .variable_span = span,
			    .span = span,
			    .value = {.raw = str_of(path)},
			    .has_fallback = !needed,
			    .fallback = {.raw = STR("")},
			    .secret = true};

	for (size_t i = 0; i < e->tables->extract_count; i++)
		if (strcmp(e->tables->extracts[i]->name, "jsonpath") == 0)
			x.kind = e->tables->extracts[i];
	return x;
}

/* A server may keep the refresh token or replace it; the first one is that of the file. */
static void emit_first_refresh(struct emitter *e, const struct oauth2_login *login,
			       struct span span)
{
	struct expr_builder b = emitter_expr_builder(e);
	uint32_t known = emit_label(e);

	expr_push(&b, (struct expr_op){.code = EXPR_SLOT, .index = login->refresh, .span = span});
	expr_push(&b, (struct expr_op){.code = EXPR_NOT, .span = span});
	emit_op(e, OP_JUMP_UNLESS, emit_pool_expr(e, expr_finish(&b, span)), known, 0, span);
	emit_op(e, OP_SET, login->refresh, emit_pool_template(e, login->first_refresh), 0, span);
	emit_bind_label(e, known);
}

/* The refresh token that was sent stays valid if the server issues no new one. */
static void emit_next_refresh(struct emitter *e, const struct oauth2_login *login, struct span span)
{
	const struct expr *next = slot_expr(e, login->new_refresh, span);
	uint32_t none = emit_label(e);

	emit_op(e, OP_JUMP_UNLESS, emit_pool_expr(e, next), none, 0, span);
	emit_op(e, OP_SET, login->refresh, emit_pool_template(e, build_expr_template(e, next)), 0,
		span);
	emit_bind_label(e, none);
}

/* Pushes the result of CODE for the lifetime of the token and NUMBER. */
static void push_lifetime(struct expr_builder *b, const struct oauth2_login *login,
			  enum expr_code code, double number, struct span span)
{
	expr_push(b, (struct expr_op){.code = EXPR_SLOT, .index = login->expires, .span = span});
	expr_push_value(b, value_number(number), span);
	expr_push(b, (struct expr_op){.code = (uint8_t)code, .span = span});
}

static void push_call(struct emitter *e, struct expr_builder *b, struct str name, struct span span)
{
	uint32_t at = name_map_find(&e->function_map, name);

	if (at == NAME_NONE)
		BUG("unknown function %.*s", STR_ARG(name));
	expr_push(b, (struct expr_op){.code = EXPR_CALL,
				      .count = 2,
				      .function = e->tables->functions[at],
				      .span = span});
}

/* After nine tenths of the lifetime. A server rounds it to whole seconds, so a short one ends up to
 * a second earlier: two seconds before its end, but not before its half. Without expires_in, a
 * refusal renews the token. */
static void emit_lifetime(struct emitter *e, const struct oauth2_login *login, struct span span)
{
	struct expr_builder b = emitter_expr_builder(e);
	struct template_builder m = {.e = e, .span = span};
	uint32_t unknown = emit_label(e);

	emit_op(e, OP_JUMP_UNLESS, emit_pool_expr(e, slot_expr(e, login->expires, span)), unknown,
		0, span);
	push_lifetime(&b, login, EXPR_MULTIPLY, 0.9, span);
	push_lifetime(&b, login, EXPR_SUBTRACT, 2, span);
	push_lifetime(&b, login, EXPR_MULTIPLY, 0.5, span);
	push_call(e, &b, STR("max"), span);
	push_call(e, &b, STR("min"), span);
	template_builder_add_expr(&m, expr_finish(&b, SPAN_NONE), ESCAPE_NONE);
	template_builder_add_literal(&m, STR("s"));
	emit_op(e, OP_RENEW_AFTER, emit_pool_template(e, template_builder_finish(&m)), 0, 0, span);
	emit_bind_label(e, unknown);
}

static void emit_login(struct emitter *e, struct oauth2_login *login)
{
	struct renewal_plan *renewal = &e->renewals.items[login->renewal];
	struct span span = login->request.span;
	struct extract items[3] = {
	    member(e, login->token, "$.access_token", true, span),
	    member(e, login->expires, "$.expires_in", false, span),
	    member(e, login->new_refresh, "$.refresh_token", false, span),
	};
	struct extracts extracts = {items, login->first_refresh ? 3 : 2};
	struct expects none = {NULL, 0};

	items[1].secret = false;
	renewal->pc = (uint32_t)e->code.count;
	e->fixture = renewal->fixture;
	scope_enter_scenario(e, SCOPE_ALL);
	if (login->first_refresh)
		emit_first_refresh(e, login, span);
	emit_request(e, &login->request, &none, &extracts);
	/* It does not wait for itself. */
	if (login->renewal < RENEWALS_MAX)
		e->requests.items[e->requests.count - 1].renewals &= ~(1u << login->renewal);
	if (login->first_refresh)
		emit_next_refresh(e, login, span);
	emit_lifetime(e, login, span);
	emit_op(e, OP_END, 0, 0, 0, span);
	e->fixture = FIXTURE_NONE;
}

void emitter_emit_logins(struct emitter *e)
{
	for (size_t i = 0; i < e->logins.count; i++)
		emit_login(e, &e->logins.items[i]);
}
