#include "program/known_secrets.h"

#include "base/secret_forms.h"
#include "base/url.h"

/* The password in URL, if that is a URL with one. */
static void add_url(struct emitter *e, struct str text)
{
	struct buf password;
	struct url url;
	size_t colon;

	if (!url_split(text, &url) || !url.userinfo.len)
		return;
	colon = str_find_char(url.userinfo, ':', 0);
	if (colon == NOT_FOUND)
		return;
	buf_init(&password, 0);
	url_decode(&password, str_slice(url.userinfo, colon + 1, url.userinfo.len), false);
	secret_set_add(&e->program->secrets, STR("URL_PASSWORD"), buf_str(&password));
	buf_release(&password);
}

void known_secrets_add_model(struct emitter *e)
{
	for (size_t i = 0; i < e->model->parameter_count; i++) {
		const struct parameter *p = &e->model->parameters[i];

		if (p->secret)
			secret_set_add(&e->program->secrets, p->name, p->value);
	}
	add_url(e, e->program->target);
	add_url(e, e->model->defaults.proxy);
}

/* The quotes of a JSON string are not secret. Short ones are searched only where they are in the
 * request. */
static void add(struct emitter *e, struct str before, struct str secret)
{
	struct secret_set *set = &e->program->secrets;

	secret = secret_forms_unquoted(secret);
	if (secret.len < SECRET_FORMS_MIN)
		secret_set_add_after(set, STR(SECRET_SET_UNNAMED), before, secret);
	else
		secret_set_add(set, STR(SECRET_SET_UNNAMED), secret);
}

void known_secrets_add_template(struct emitter *e, struct str before, const struct tmpl *t)
{
	if (!t)
		return;
	if (!t->count && t->constant && t->value.secret && t->value.type == VALUE_TEXT)
		add(e, before, t->value.text);
	for (size_t i = 0; i < t->count; i++) {
		const struct tmpl_part *part = &t->parts[i];

		if (part->secret && !part->expr)
			add(e, before, part->literal);
		before = part->expr ? STR("") : part->literal;
	}
}

void known_secrets_add_request(struct emitter *e, const struct request_plan *plan)
{
	known_secrets_add_template(e, STR(""), plan->url);
	if (plan->url->constant)
		add_url(e, plan->url->value.text);
	add_url(e, plan->proxy);
	for (size_t i = 0; i < plan->header_count; i++)
		known_secrets_add_template(
		    e, arena_printf(e->arena, "%.*s: ", STR_ARG(plan->headers[i].name)),
		    plan->headers[i].value);
	known_secrets_add_template(e, STR(""), plan->body);
	for (size_t i = 0; i < plan->file_count; i++)
		known_secrets_add_template(e, STR(""), plan->files[i].before);
}

void known_secrets_add_whole(struct emitter *e, struct str name, const struct tmpl *t)
{
	if (t->constant && t->value.type == VALUE_TEXT)
		secret_set_add(&e->program->secrets, name, t->value.text);
}
