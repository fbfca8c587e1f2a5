/* The URL of a request: its text, the target before it, the host and the query. */
#include "base/idn.h"
#include "base/url.h"
#include "doc/yaml_offer.h"
#include "program/emitter.h"
#include "program/lexer.h"
#include "program/other_tools_syntax.h"
#include "program/template_builder.h"
#include "program/unsupported.h"
#include "scenario/url_fixit.h"

/* The offset after the ${…} or $${ at AT. */
static size_t template_end(struct emitter *e, struct str raw, size_t at)
{
	struct lexer lexer = {.arena = e->arena, .text = raw, .at = at + 2};
	struct token token;

	if (raw.ptr[at + 1] == '$')
		return at + 3;
	do
		token = lexer_next(&lexer);
	while (token.kind != TOKEN_CLOSE && token.kind != TOKEN_END);
	return token.to;
}

static bool begins_template(struct str raw, size_t at)
{
	return str_starts(str_slice(raw, at, raw.len), STR("${")) ||
	       str_starts(str_slice(raw, at, raw.len), STR("$${"));
}

static void reject_space(struct emitter *e, const struct text *url, size_t at, unsigned char c)
{
	struct diag *diag = diag_error(e->diags, build_text_span(url, at, at + 1), DIAG_E341,
				       "a %s in a URL; write %%20, or put the value under `query`",
				       c == ' ' ? "space" : "control character");
	struct str fixed = STR("");

	if (c != ' ' || str_find(url->raw, STR("${"), 0) != NOT_FOUND)
		return;
	for (size_t from = 0; from < url->raw.len;) {
		size_t end = str_find_char(url->raw, ' ', from);

		fixed = arena_printf(e->arena, "%.*s%s%.*s", STR_ARG(fixed), from ? "%20" : "",
				     STR_ARG(str_slice(url->raw, from, end)));
		from = end == NOT_FOUND ? url->raw.len : end + 1;
	}
	diag_fix_in_line(e->diags, diag, build_text_span(url, 0, url->raw.len), fixed);
}

/* The text without its fragment, which is never sent; reports an error at the first space. */
static struct text checked_url(struct emitter *e, const struct text *url)
{
	struct text text = *url;

	for (size_t at = 0; at < text.raw.len; at++) {
		unsigned char c = (unsigned char)text.raw.ptr[at];

		if (begins_template(text.raw, at)) {
			at = template_end(e, text.raw, at) - 1;
		} else if (c == '#') {
			text.raw.len = at;
		} else if (c == '{' && at + 1 < text.raw.len && text.raw.ptr[at + 1] == '{') {
			other_tools_syntax_braces_error(e, url, at);
			return text;
		} else if (other_tools_syntax_in_url(e, &text, at)) {
			continue;
		} else if (c <= ' ' || c == 0x7f) {
			reject_space(e, url, at, c);
			return text;
		}
	}
	return text;
}

struct str build_ascii_url(struct emitter *e, struct str url)
{
	struct buf ascii;
	struct str result = url;

	if (!idn_is_needed(url))
		return url;
	buf_init(&ascii, 0);
	if (idn_url(url, &ascii))
		result = arena_str(e->arena, buf_str(&ascii));
	buf_release(&ascii);
	return result;
}

/* The same for T, if its constant start contains the whole host. */
static const struct tmpl *ascii_host(struct emitter *e, const struct tmpl *t)
{
	struct str first = t->constant ? t->value.text : t->parts[0].literal;

	if (!idn_is_needed(first) || (!t->constant && str_find_char(first, '/', 8) == NOT_FOUND))
		return t;
	struct tmpl *copy = ARENA_NEW(e->arena, struct tmpl);
	struct tmpl_part *parts = ARENA_ARRAY(e->arena, t->count + 1, struct tmpl_part);

	*copy = *t;
	if (t->constant) {
		copy->value.text = build_ascii_url(e, first);
		return copy;
	}
	memcpy(parts, t->parts, t->count * sizeof *parts);
	parts[0].literal = build_ascii_url(e, first);
	copy->parts = parts;
	return copy;
}

static void refuse_host(struct emitter *e, const struct url *url, struct span span)
{
	struct str host = url->host;
	struct url target;
	struct diag *diag;

	if (url_split(e->program->target, &target) && str_ieq(target.host, url->host)) {
		host = arena_printf(e->arena, "\"%.*s:%u\"", STR_ARG(url->host), url->port);
		diag = diag_error(e->diags, span, DIAG_E340,
				  "port %u of %.*s is neither the target's port (%u) nor in "
				  "`allowed_hosts`, a key at the top of the file",
				  url->port, STR_ARG(url->host), target.port);
	} else {
		diag = diag_error(e->diags, span, DIAG_E340,
				  "the host %.*s is neither the target's host nor in "
				  "`allowed_hosts`, a key at the top of the file",
				  STR_ARG(url->host));
	}
	/* The user decides which hosts may be tested. */
	diag->is_guess = true;
	if (e->model->allowed_host_count) {
		diag_note(e->diags, diag, SPAN_NONE, "add %.*s to allowed_hosts", STR_ARG(host));
		yaml_offer_item(e->diags, diag,
				node_find(e->model->keys.node, STR("allowed_hosts")), host);
		return;
	}
	struct str pair = arena_printf(e->arena, "allowed_hosts: [%.*s]", STR_ARG(host));

	yaml_offer_pair(e->diags, diag, e->model->keys.node, pair);
	if (!diag->add.len)
		diag_add(e->diags, diag, "%.*s", STR_ARG(pair));
}

static void check_host(struct emitter *e, const struct text *text, struct str literal, bool whole)
{
	struct url url;
	size_t slash = str_find_char(literal, '/', 8);

	/* The host is known only if literal text ends it. */
	if (!whole && slash == NOT_FOUND)
		return;
	if (!url_split(literal, &url)) {
		diag_error(e->diags, build_text_span(text, 0, text->raw.len), DIAG_E342,
			   "\"%.*s\" is not a URL", STR_ARG(literal));
		return;
	}
	if (program_host_allowed(e->program, &url))
		return;
	refuse_host(e, &url, build_text_span(text, 0, text->raw.len));
}

static bool is_whole_url(struct str literal)
{
	return (literal.len >= 7 && str_ieq(str_slice(literal, 0, 7), STR("http://"))) ||
	       (literal.len >= 8 && str_ieq(str_slice(literal, 0, 8), STR("https://")));
}

static void require_target(struct emitter *e, const struct text *text)
{
	if (e->program->target.len || e->target_error_reported)
		return;
	e->target_error_reported = true;
	diag_error(
	    e->diags, build_text_span(text, 0, text->raw.len), DIAG_E343,
	    "this path needs a target; write `target: http://…` at the top, or use --target");
}

/* The next value of a secret parameter in TEXT, from FROM; its end is in *END. */
static size_t next_secret(const struct emitter *e, struct str text, size_t from, size_t *end)
{
	size_t first = NOT_FOUND;

	for (size_t i = 0; i < e->model->parameter_count; i++) {
		const struct parameter *p = &e->model->parameters[i];
		size_t at = p->secret && p->value.len ? str_find(text, p->value, from) : NOT_FOUND;

		if (at >= first)
			continue;
		first = at;
		*end = at + p->value.len;
	}
	return first;
}

struct value emitter_target(const struct emitter *e)
{
	struct value target = value_text(e->program->target);
	size_t end;

	target.secret = next_secret(e, target.text, 0, &end) != NOT_FOUND;
	return target;
}

/* The target, with secret parameters in it as separate parts. */
static const struct tmpl *target_template(struct emitter *e)
{
	struct template_builder m = {.e = e};
	struct str text = e->program->target;
	size_t from = 0, at, end = 0;

	for (; (at = next_secret(e, text, from, &end)) != NOT_FOUND; from = end) {
		template_builder_add_literal(&m, str_slice(text, from, at));
		template_builder_add_part(&m, str_slice(text, at, end), true);
	}
	template_builder_add_literal(&m, str_slice(text, from, text.len));
	return template_builder_finish(&m);
}

/* If the first part is an expression, the text can be a path or a full URL. */
static const struct tmpl *join_at_run(struct emitter *e, const struct tmpl *t)
{
	const struct expr *first = t->parts[0].expr;
	struct expr_builder b = emitter_expr_builder(e);
	struct template_builder m = {.e = e, .span = t->span};
	struct value *target = ARENA_NEW(e->arena, struct value);

	*target = emitter_target(e);
	for (uint32_t i = 0; i < first->count; i++)
		expr_push(&b, first->ops[i]);
	expr_push(&b,
		  (struct expr_op){.code = EXPR_JOIN_URL, .constant = target, .span = first->span});
	template_builder_add_expr(&m, expr_finish(&b, first->span), ESCAPE_URL);
	for (size_t i = 1; i < t->count; i++)
		if (t->parts[i].expr)
			template_builder_add_expr(&m, t->parts[i].expr, ESCAPE_URL);
		else
			template_builder_add_part(&m, t->parts[i].literal, t->parts[i].secret);
	return template_builder_finish(&m);
}

/* RAW is a path without its slash, or a URL without its scheme. */
static void fix_url(struct emitter *e, struct diag *diag, struct str raw, struct span span)
{
	struct str whole = url_fixit(e->arena, raw, false);
	struct url url, target;

	if (!whole.len && !url_fixit_may_be_host(raw) && raw.len &&
	    str_find(raw, STR("://"), 0) == NOT_FOUND)
		diag_fix_in_line(e->diags, diag, span,
				 arena_printf(e->arena, "/%.*s", STR_ARG(raw)));
	if (!whole.len || !url_split(whole, &url))
		return;
	if (url_split(e->program->target, &target) && str_ieq(target.host, url.host)) {
		diag_fix_in_line(e->diags, diag, span, url.path.len ? url.path : STR("/"));
		return;
	}
	diag_fix_in_line(e->diags, diag, span, whole);
	if (!program_host_allowed(e->program, &url))
		diag_note(e->diags, diag, SPAN_NONE,
			  "to contact this host, make it the target or add it to allowed_hosts");
}

static const struct tmpl *join_target(struct emitter *e, const struct text *text,
				      const struct tmpl *t)
{
	struct str first = t->constant ? t->value.text : t->count ? t->parts[0].literal : STR("");

	if (!t->constant && t->count && t->parts[0].expr)
		return join_at_run(e, t);
	if (is_whole_url(first)) {
		t = ascii_host(e, t);
		check_host(e, text, t->constant ? t->value.text : t->parts[0].literal, t->constant);
		return t;
	}
	if (!first.len || first.ptr[0] != '/') {
		struct span span = build_text_span(text, 0, text->raw.len);

		if (unsupported_scheme(e, first, span))
			return t;
		fix_url(e,
			diag_error(e->diags, span, DIAG_E342,
				   "'%.*s' is not a valid URL; start it with / (a path of the "
				   "target), http:// or https://",
				   STR_ARG(text->raw)),
			text->raw, span);
		return t;
	}
	require_target(e, text);
	const struct tmpl *both[] = {target_template(e), t};
	return build_joined(e, both, 2);
}

/* The text of a URL in the file: percent-encodes bytes that are not allowed in a URL, as browsers
 * do. */
static const struct tmpl *url_template(struct emitter *e, const struct text *text)
{
	struct template_builder raw = {.e = e}, m = {.e = e};

	template_builder_add_text(&raw, text, ESCAPE_URL);
	m.span = raw.span;
	for (size_t i = 0; i < raw.parts.count; i++) {
		const struct tmpl_part *part = &raw.parts.items[i];
		struct value literal = value_text(part->literal);

		if (part->expr) {
			template_builder_add_expr(&m, part->expr, ESCAPE_URL);
			continue;
		}
		struct expr_builder b = emitter_expr_builder(e);
		expr_push_value(&b, literal, m.span);
		template_builder_add_expr(&m, expr_finish(&b, m.span), ESCAPE_URL);
	}
	return template_builder_finish(&m);
}

static bool has_query(const struct tmpl *t)
{
	if (t->constant)
		return str_find_char(t->value.text, '?', 0) != NOT_FOUND;
	for (size_t i = 0; i < t->count; i++)
		if (!t->parts[i].expr && str_find_char(t->parts[i].literal, '?', 0) != NOT_FOUND)
			return true;
	return false;
}

const struct tmpl *build_url(struct emitter *e, const struct text *url,
			     const struct field_map *query)
{
	struct text text = checked_url(e, url);
	const struct tmpl *t = join_target(e, url, url_template(e, &text));

	if (!query || !query->count)
		return t;
	const struct tmpl *all[] = {t, build_literal(e, has_query(t) ? STR("&") : STR("?")),
				    build_pairs(e, query, ESCAPE_COMPONENT)};
	return build_joined(e, all, 3);
}

const struct tmpl *build_component(struct emitter *e, const struct tmpl *tmpl)
{
	struct template_builder m = {.e = e, .span = tmpl->span};
	struct expr_builder b = emitter_expr_builder(e);
	struct buf text;

	if (!tmpl->constant) {
		expr_push(
		    &b, (struct expr_op){.code = EXPR_TEMPLATE, .tmpl = tmpl, .span = tmpl->span});
		template_builder_add_expr(&m, expr_finish(&b, tmpl->span), ESCAPE_COMPONENT);
		return template_builder_finish(&m);
	}
	buf_init(&text, 0);
	url_encode(&text, tmpl->value.text, false);
	template_builder_add_literal(&m, arena_str(e->arena, buf_str(&text)));
	buf_release(&text);
	return template_builder_finish(&m);
}

const struct tmpl *build_pairs(struct emitter *e, const struct field_map *pairs,
			       enum tmpl_escape escape)
{
	struct template_builder m = {.e = e};
	struct buf name;

	buf_init(&name, 0);
	for (size_t i = 0; i < pairs->count; i++) {
		const struct text *text = pairs->pairs[i].value;
		struct text key = {.raw = pairs->pairs[i].key};
		struct template_builder value = {.e = e};

		if (i)
			template_builder_add_literal(&m, STR("&"));
		buf_clear(&name);
		url_encode(&name, key.raw, escape == ESCAPE_FORM);
		template_builder_add_literal(&m, arena_str(e->arena, buf_str(&name)));
		template_builder_add_literal(&m, STR("="));
		template_builder_add_text(&value, text, escape);
		for (size_t p = 0; p < value.parts.count; p++) {
			const struct tmpl_part *part = &value.parts.items[p];

			if (part->expr) {
				template_builder_add_expr(&m, part->expr, escape);
				continue;
			}
			buf_clear(&name);
			url_encode(&name, part->literal, escape == ESCAPE_FORM);
			template_builder_add_literal(&m, arena_str(e->arena, buf_str(&name)));
		}
		if (!m.span.source)
			m.span = value.span;
	}
	buf_release(&name);
	return template_builder_finish(&m);
}

const struct tmpl *build_page_url(struct emitter *e)
{
	return ARENA_NEW(e->arena, struct tmpl);
}
