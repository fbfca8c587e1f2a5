/* What `auth:` becomes: an Authorization header, or what is told to whoever answers challenges and
 * signs; and the TLS of one request. */
#include "base/log.h"
#include "kind/reader.h"
#include "program/emitter.h"
#include "scenario/file.h"

/* Its own literal text is masked too: a token may be written into the file. */
static const struct tmpl *hidden(struct emitter *e, const struct text *text)
{
	struct tmpl_maker m = {.e = e};

	tmpl_add_text(&m, text, ESCAPE_HEADER);
	for (size_t i = 0; i < m.parts.count; i++)
		m.parts.items[i].secret = true;
	return tmpl_finish(&m);
}

static const struct tmpl *in_base64(struct emitter *e, const struct tmpl *t)
{
	uint32_t at = name_map_find(&e->function_map, STR("base64"));
	struct expr_builder b = emit_builder(e);
	struct tmpl_maker m = {.e = e, .span = t->span};

	if (at == NAME_NONE)
		BUG("no filter `base64`");
	if (t->constant)
		expr_push_value(&b, t->value, t->span);
	else
		expr_push(&b, (struct expr_op){.code = EXPR_TEMPLATE, .tmpl = t, .span = t->span});
	expr_push(&b, (struct expr_op){.code = EXPR_CALL,
				       .count = 1,
				       .function = e->tables->functions[at],
				       .span = t->span});
	tmpl_add_expr(&m, expr_finish(&b, SPAN_NONE), ESCAPE_HEADER);
	return tmpl_finish(&m);
}

static const struct tmpl *basic(struct emitter *e, const struct auth_login *login)
{
	const struct tmpl *pair[] = {hidden(e, &login->user), emit_literal(e, STR(":")),
				     hidden(e, &login->password)};
	const struct tmpl *value[] = {emit_literal(e, STR("Basic ")),
				      in_base64(e, emit_joined(e, pair, 3))};

	return emit_joined(e, value, 2);
}

static const struct tmpl *bearer(struct emitter *e, const struct text *token)
{
	const struct tmpl *value[] = {emit_literal(e, STR("Bearer ")), hidden(e, token)};

	return emit_joined(e, value, 2);
}

static void sign(struct emitter *e, const struct auth_aws *aws, struct auth_plan *plan)
{
	plan->kind = AUTH_AWS;
	plan->user = emit_template(e, &aws->access_key, ESCAPE_NONE);
	plan->password = hidden(e, &aws->secret_key);
	plan->scope = arena_printf(e->arena, "aws:amz:%.*s:%.*s", STR_ARG(aws->region),
				   STR_ARG(aws->service));
	if (aws->session_token.raw.ptr)
		plan->token = hidden(e, &aws->session_token);
}

struct auth_plan emit_auth(struct emitter *e, const struct auth *auth)
{
	struct auth_plan plan = {.kind = AUTH_NONE};

	if (given_has(&auth->given, auth_fields, "basic")) {
		plan.header = basic(e, &auth->basic);
	} else if (given_has(&auth->given, auth_fields, "bearer")) {
		plan.header = bearer(e, &auth->bearer);
	} else if (given_has(&auth->given, auth_fields, "digest")) {
		plan.kind = AUTH_DIGEST;
		plan.user = emit_template(e, &auth->digest.user, ESCAPE_NONE);
		plan.password = hidden(e, &auth->digest.password);
	} else {
		sign(e, &auth->aws_sigv4, &plan);
	}
	return plan;
}

unsigned emit_tls(struct emitter *e, const struct tls_settings *tls)
{
	struct tls_settings all = e->model->defaults.tls;

	if (given_has(&tls->given, tls_fields, "verify"))
		all.verify = tls->verify;
	if (given_has(&tls->given, tls_fields, "min_version"))
		all.min_version = tls->min_version;
	if (tls->ca.len)
		all.ca = tls->ca;
	if (tls->cert.len) {
		all.cert = tls->cert;
		all.key = tls->key;
	}
	VEC_PUSH(e->arena, &e->tls, all);
	return (unsigned)e->tls.count - 1;
}
