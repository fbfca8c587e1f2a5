/* Compiles `auth:`, to an Authorization header or to the client's settings for challenges and
 * signatures. */
#include "base/log.h"
#include "interface/reader.h"
#include "program/emitter.h"
#include "program/known_secrets.h"
#include "program/template_builder.h"
#include "scenario/scenario_file.h"

/* Its own literal text is masked too: a token may be written into the file. */
static const struct tmpl *login_template(struct emitter *e, const struct text *text)
{
	struct template_builder m = {.e = e};

	template_builder_add_text(&m, text, ESCAPE_HEADER);
	for (size_t i = 0; i < m.parts.count; i++)
		m.parts.items[i].secret = true;
	return template_builder_finish(&m);
}

/* The same for a password or token, which is a secret wherever it appears. */
static const struct tmpl *secret_template(struct emitter *e, struct str name,
					  const struct text *text)
{
	const struct tmpl *t = login_template(e, text);

	known_secrets_add_whole(e, name, t);
	return t;
}

const struct tmpl *build_base64(struct emitter *e, const struct tmpl *t)
{
	uint32_t at = name_map_find(&e->function_map, STR("base64"));
	struct expr_builder b = emitter_expr_builder(e);
	struct template_builder m = {.e = e, .span = t->span};

	if (at == NAME_NONE)
		BUG("there is no filter `base64`");
	if (t->constant)
		expr_push_value(&b, t->value, t->span);
	else
		expr_push(&b, (struct expr_op){.code = EXPR_TEMPLATE, .tmpl = t, .span = t->span});
	expr_push(&b, (struct expr_op){.code = EXPR_CALL,
				       .count = 1,
				       .function = e->tables->functions[at],
				       .span = t->span});
	template_builder_add_expr(&m, expr_finish(&b, SPAN_NONE), ESCAPE_HEADER);
	return template_builder_finish(&m);
}

static const struct tmpl *basic(struct emitter *e, const struct auth_login *login)
{
	const struct tmpl *pair[] = {login_template(e, &login->user), build_literal(e, STR(":")),
				     secret_template(e, STR("PASSWORD"), &login->password)};
	const struct tmpl *value[] = {build_literal(e, STR("Basic ")),
				      build_base64(e, build_joined(e, pair, 3))};

	return build_joined(e, value, 2);
}

static const struct tmpl *bearer(struct emitter *e, const struct text *token)
{
	const struct tmpl *value[] = {build_literal(e, STR("Bearer ")),
				      secret_template(e, STR("TOKEN"), token)};

	return build_joined(e, value, 2);
}

static void plan_aws_signature(struct emitter *e, const struct auth_aws *aws,
			       struct auth_plan *plan)
{
	plan->kind = AUTH_AWS;
	plan->user = build_template(e, &aws->access_key, ESCAPE_NONE);
	plan->password = secret_template(e, STR("AWS_SECRET_ACCESS_KEY"), &aws->secret_key);
	plan->scope = arena_printf(e->arena, "aws:amz:%.*s:%.*s", STR_ARG(aws->region),
				   STR_ARG(aws->service));
	if (aws->session_token.raw.ptr)
		plan->token = secret_template(e, STR("TOKEN"), &aws->session_token);
}

static void plan_ntlm(struct emitter *e, const struct auth_ntlm *ntlm, struct auth_plan *plan)
{
	const struct tmpl *user = build_template(e, &ntlm->user, ESCAPE_NONE);

	plan->kind = AUTH_NTLM;
	plan->user = user;
	plan->password = secret_template(e, STR("PASSWORD"), &ntlm->password);
	if (ntlm->domain.raw.ptr) {
		const struct tmpl *parts[] = {build_template(e, &ntlm->domain, ESCAPE_NONE),
					      build_literal(e, STR("\\")), user};

		plan->user = build_joined(e, parts, 3);
	}
}

static const struct tmpl *optional(struct emitter *e, const struct text *text)
{
	return text->raw.ptr ? build_template(e, text, ESCAPE_NONE) : build_literal(e, STR(""));
}

static void plan_negotiate(struct emitter *e, const struct auth_negotiate *negotiate,
			   struct auth_plan *plan)
{
	plan->kind = AUTH_NEGOTIATE;
	plan->user = optional(e, &negotiate->user);
	plan->password = negotiate->password.raw.ptr
			     ? secret_template(e, STR("PASSWORD"), &negotiate->password)
			     : build_literal(e, STR(""));
	plan->cache = optional(e, &negotiate->cache);
}

struct auth_plan build_auth(struct emitter *e, const struct auth *auth)
{
	struct auth_plan plan = {.kind = AUTH_NONE};

	if (keys_has(&auth->keys, auth_fields, "basic")) {
		plan.header = basic(e, &auth->basic);
	} else if (keys_has(&auth->keys, auth_fields, "oauth2")) {
		plan.header = build_oauth2(e, &auth->oauth2);
	} else if (keys_has(&auth->keys, auth_fields, "bearer")) {
		plan.header = bearer(e, &auth->bearer);
	} else if (keys_has(&auth->keys, auth_fields, "none")) {
		return plan;
	} else if (keys_has(&auth->keys, auth_fields, "digest")) {
		plan.kind = AUTH_DIGEST;
		plan.user = build_template(e, &auth->digest.user, ESCAPE_NONE);
		plan.password = secret_template(e, STR("PASSWORD"), &auth->digest.password);
	} else if (keys_has(&auth->keys, auth_fields, "ntlm")) {
		plan_ntlm(e, &auth->ntlm, &plan);
	} else if (keys_has(&auth->keys, auth_fields, "negotiate")) {
		plan_negotiate(e, &auth->negotiate, &plan);
	} else {
		plan_aws_signature(e, &auth->aws_sigv4, &plan);
	}
	return plan;
}

struct auth_plan build_default_auth(struct emitter *e)
{
	struct auth_plan plan = build_auth(e, &e->model->defaults.auth);

	plan.target_only = true;
	return plan;
}
