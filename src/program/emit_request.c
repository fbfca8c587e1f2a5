/* Compiles a request step: URL, headers, form, expectations and extractions. */
#include <stdio.h>

#include "base/url.h"
#include "doc/node.h"
#include "program/emitter.h"
#include "program/lexer.h"
#include "program/other_tools_syntax.h"
#include "program/tmpl.h"
#include "program/unsupported.h"

/* ---- URLs */

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
			diag_error(e->diags, build_text_span(url, at, at + 1), DIAG_E341,
				   "a %s in a URL; write %%20, or put the value under `query`",
				   c == ' ' ? "blank" : "control character");
			return text;
		}
	}
	return text;
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
	struct diag *diag = diag_error(
	    e->diags, build_text_span(text, 0, text->raw.len), DIAG_E340,
	    "the host %.*s is neither the target's nor one of `allowed_hosts`", STR_ARG(url.host));
	diag_fix(e->diags, diag, "allowed_hosts: [%.*s]", STR_ARG(url.host));
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

struct value emitter_target(const struct emitter *e)
{
	struct value target = value_text(e->program->target);

	for (size_t i = 0; i < e->model->parameter_count; i++) {
		const struct parameter *p = &e->model->parameters[i];

		target.secret |=
		    p->secret && p->value.len && str_find(target.text, p->value, 0) != NOT_FOUND;
	}
	return target;
}

/* If the first part is an expression, the text can be a path or a full URL. */
static const struct tmpl *join_at_run(struct emitter *e, const struct tmpl *t)
{
	const struct expr *first = t->parts[0].expr;
	struct expr_builder b = emitter_expr_builder(e);
	struct tmpl_builder m = {.e = e, .span = t->span};
	struct value *target = ARENA_NEW(e->arena, struct value);

	*target = emitter_target(e);
	for (uint32_t i = 0; i < first->count; i++)
		expr_push(&b, first->ops[i]);
	expr_push(&b,
		  (struct expr_op){.code = EXPR_JOIN_URL, .constant = target, .span = first->span});
	tmpl_add_expr(&m, expr_finish(&b, first->span), ESCAPE_URL);
	for (size_t i = 1; i < t->count; i++)
		if (t->parts[i].expr)
			tmpl_add_expr(&m, t->parts[i].expr, ESCAPE_URL);
		else
			tmpl_add_literal(&m, t->parts[i].literal);
	return tmpl_finish(&m);
}

static const struct tmpl *join_target(struct emitter *e, const struct text *text,
				      const struct tmpl *t)
{
	struct str first = t->constant ? t->value.text : t->count ? t->parts[0].literal : STR("");

	if (!t->constant && t->count && t->parts[0].expr)
		return join_at_run(e, t);
	if (is_whole_url(first)) {
		check_host(e, text, first, t->constant);
		return t;
	}
	if (!first.len || first.ptr[0] != '/') {
		struct span span = build_text_span(text, 0, text->raw.len);

		if (unsupported_scheme(e, first, span))
			return t;
		struct diag *diag =
		    diag_error(e->diags, span, DIAG_E342,
			       "a URL begins with / (a path of the target), http:// or https://");

		if (str_find(first, STR("://"), 0) == NOT_FOUND)
			diag_fix_in_line(e->diags, diag, span,
					 arena_printf(e->arena, "/%.*s", STR_ARG(text->raw)));
		return t;
	}
	require_target(e, text);
	const struct tmpl *both[] = {tmpl_from_value(e, emitter_target(e), SPAN_NONE), t};
	return build_joined(e, both, 2);
}

/* The text of a URL in the file: percent-encodes bytes that are not allowed in a URL, as browsers
 * do. */
static const struct tmpl *url_template(struct emitter *e, const struct text *text)
{
	struct tmpl_builder raw = {.e = e}, m = {.e = e};

	tmpl_add_text(&raw, text, ESCAPE_URL);
	m.span = raw.span;
	for (size_t i = 0; i < raw.parts.count; i++) {
		const struct tmpl_part *part = &raw.parts.items[i];
		struct value literal = value_text(part->literal);

		if (part->expr) {
			tmpl_add_expr(&m, part->expr, ESCAPE_URL);
			continue;
		}
		struct expr_builder b = emitter_expr_builder(e);
		expr_push_value(&b, literal, m.span);
		tmpl_add_expr(&m, expr_finish(&b, m.span), ESCAPE_URL);
	}
	return tmpl_finish(&m);
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

const struct tmpl *build_pairs(struct emitter *e, const struct field_map *pairs,
			       enum tmpl_escape escape)
{
	struct tmpl_builder m = {.e = e};
	struct buf name;

	buf_init(&name, 0);
	for (size_t i = 0; i < pairs->count; i++) {
		const struct text *text = pairs->pairs[i].value;
		struct text key = {.raw = pairs->pairs[i].key};
		struct tmpl_builder value = {.e = e};

		if (i)
			tmpl_add_literal(&m, STR("&"));
		buf_clear(&name);
		url_encode(&name, key.raw, escape == ESCAPE_FORM);
		tmpl_add_literal(&m, arena_str(e->arena, buf_str(&name)));
		tmpl_add_literal(&m, STR("="));
		tmpl_add_text(&value, text, escape);
		for (size_t p = 0; p < value.parts.count; p++) {
			const struct tmpl_part *part = &value.parts.items[p];

			if (part->expr) {
				tmpl_add_expr(&m, part->expr, escape);
				continue;
			}
			buf_clear(&name);
			url_encode(&name, part->literal, escape == ESCAPE_FORM);
			tmpl_add_literal(&m, arena_str(e->arena, buf_str(&name)));
		}
		if (!m.span.source)
			m.span = value.span;
	}
	buf_release(&name);
	return tmpl_finish(&m);
}

/* ---- headers */

static void add_header(struct emitter *e, struct header_plan *headers, size_t *count,
		       struct str name, const struct tmpl *value)
{
	struct header_plan plan = {.name = arena_str(e->arena, name), .value = value};
	size_t at = 0;

	if (value->constant)
		plan.line =
		    arena_printf(e->arena, "%.*s: %.*s", STR_ARG(name), STR_ARG(value->value.text));
	while (at < *count && !str_ieq(headers[at].name, name))
		at++;
	headers[at] = plan;
	*count += at == *count;
}

/* As text: a header of 5 is "5". */
static const struct tmpl *header_value(struct emitter *e, const struct text *text)
{
	struct tmpl_builder m = {.e = e};

	tmpl_add_text(&m, text, ESCAPE_HEADER);
	const struct tmpl *t = tmpl_finish(&m);
	for (size_t i = 0; i < t->count; i++)
		if (!t->parts[i].expr && strpbrk(arena_cstr(e->arena, t->parts[i].literal), "\r\n"))
			diag_error(e->diags, t->span, DIAG_E345, "a line break in a header");
	return t;
}

static void add_headers(struct emitter *e, const struct field_map *map, struct header_plan *headers,
			size_t *count)
{
	for (size_t i = 0; i < map->count; i++) {
		const struct field_pair *pair = &map->pairs[i];

		if (!str_is_token(pair->key)) {
			diag_error(e->diags, pair->key_span, DIAG_E345,
				   "'%.*s' cannot be the name of a header", STR_ARG(pair->key));
			continue;
		}
		const struct tmpl *value = header_value(e, pair->value);

		if (value->constant)
			unsupported_header(e, pair->key, value->value.text, value->span);
		add_header(e, headers, count, pair->key, value);
	}
}

const struct tmpl *build_cookies(struct emitter *e, const struct field_map *cookies)
{
	struct tmpl_builder m = {.e = e};

	for (size_t i = 0; i < cookies->count; i++) {
		const struct field_pair *pair = &cookies->pairs[i];

		if (!str_is_token(pair->key))
			diag_error(e->diags, pair->key_span, DIAG_E345,
				   "'%.*s' cannot be the name of a cookie", STR_ARG(pair->key));
		if (i)
			tmpl_add_literal(&m, STR("; "));
		tmpl_add_literal(&m, pair->key);
		tmpl_add_literal(&m, STR("="));
		tmpl_add_tmpl(&m, header_value(e, pair->value));
	}
	return tmpl_finish(&m);
}

void build_headers(struct emitter *e, const struct field_map *headers, const char *content_type,
		   struct request_plan *plan)
{
	const struct field_map *defaults = &e->model->defaults.headers;
	size_t room = defaults->count + headers->count + 4, count = 0;
	struct header_plan *all = ARENA_ARRAY(e->arena, room, struct header_plan);

	if (content_type)
		add_header(e, all, &count, STR("Content-Type"),
			   build_literal(e, str_of(content_type)));
	add_headers(e, defaults, all, &count);
	if (plan->auth.header)
		add_header(e, all, &count, STR("Authorization"), plan->auth.header);
	if (plan->auth.token)
		add_header(e, all, &count, STR("X-Amz-Security-Token"), plan->auth.token);
	add_headers(e, headers, all, &count);
	if (plan->cookies)
		add_header(e, all, &count, STR("Cookie"), plan->cookies);
	plan->headers = all;
	plan->header_count = count;
}

/* ---- expectations */

struct expect_context {
	struct expect_prepare prepare; /* first */
	struct emitter *e;
	const struct tmpl *rendered[EXPECT_RENDERED_MAX];
	unsigned rendered_count;
};

static bool prepare_text(struct expect_prepare *prepare, const struct text *text, bool typed,
			 struct expected *out)
{
	struct expect_context *p = (struct expect_context *)prepare;
	size_t errors = p->e->diags->errors;
	const struct tmpl *t =
	    typed ? build_typed(p->e, text) : build_template(p->e, text, ESCAPE_NONE);

	if (p->e->diags->errors > errors)
		return false;
	*out = (struct expected){.constant = t->constant, .value = t->value};
	if (t->constant)
		return true;
	if (p->rendered_count == EXPECT_RENDERED_MAX) {
		diag_error(p->e->diags, t->span, DIAG_E346,
			   "more than %d values with ${…} in one expectation; split it",
			   EXPECT_RENDERED_MAX);
		return false;
	}
	out->index = p->rendered_count;
	p->rendered[p->rendered_count++] = t;
	return true;
}

static bool is_plain_http(const struct tmpl *url)
{
	return url->constant && url->value.text.len > 7 &&
	       str_ieq(str_slice(url->value.text, 0, 7), STR("http://"));
}

static void emit_expect(struct emitter *e, struct request_plan *request,
			const struct expect *expect)
{
	struct expect_context p = {.prepare = {.arena = e->arena,
					       .diags = e->diags,
					       .jit = e->jit,
					       .follows = request->follow,
					       .plain_http = is_plain_http(request->url),
					       .text = prepare_text},
				   .e = e};
	struct expect_plan plan = {.kind = expect->kind, .span = expect->span};

	plan.plan = expect->kind->prepare(&p.prepare, expect);
	const struct tmpl **rendered =
	    ARENA_ARRAY(e->arena, p.rendered_count + 1, const struct tmpl *);
	memcpy(rendered, p.rendered, p.rendered_count * sizeof *rendered);
	plan.rendered = rendered;
	plan.rendered_count = p.rendered_count;
	request->needs |= expect->kind->needs;
	request->checked = true;
	VEC_PUSH(e->arena, &e->expects, plan);
	emit_op(e, OP_EXPECT, (uint32_t)e->expects.count - 1, 0, 0, expect->span);
}

static bool has_kind(const struct expects *expects, const struct expect_kind *kind)
{
	for (size_t i = 0; i < expects->count; i++)
		if (expects->items[i].kind == kind)
			return true;
	return false;
}

static bool is_status(const struct expect *expect)
{
	return strcmp(expect->kind->name, "status") == 0;
}

/* The request's own expectations, then the defaults' that they do not replace; the status comes
 * first. */
static void emit_expects(struct emitter *e, struct request_plan *plan, const struct expects *own)
{
	const struct expects *defaults = &e->model->defaults.expect;

	plan->default_expect = true;
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < own->count; i++)
			if (is_status(&own->items[i]) == (round == 0))
				emit_expect(e, plan, &own->items[i]);
		for (size_t i = 0; i < defaults->count; i++)
			if (is_status(&defaults->items[i]) == (round == 0) &&
			    !has_kind(own, defaults->items[i].kind))
				emit_expect(e, plan, &defaults->items[i]);
	}
	for (size_t i = 0; i < own->count; i++)
		plan->default_expect &= !is_status(&own->items[i]);
	for (size_t i = 0; i < defaults->count; i++)
		plan->default_expect &= !is_status(&defaults->items[i]);
}

/* ---- extractions */

static unsigned extract_needs(struct emitter *e, const struct extract *x, uint32_t *slot)
{
	struct str from = x->from.raw;

	*slot = SLOT_NONE;
	if (!from.ptr)
		return x->kind->needs;
	if (str_eq(from, STR("body")))
		return NEEDS_BODY;
	if (str_eq(from, STR("headers")))
		return NEEDS_HEADERS;
	if (str_eq(from, STR("url")))
		return 0;
	*slot = emit_lookup(e, from, build_text_span(&x->from, 0, from.len));
	return 0;
}

static void emit_extract(struct emitter *e, struct request_plan *request, const struct extract *x)
{
	struct extract_plan plan = {.kind = x->kind, .span = x->span};
	struct extract *source = ARENA_NEW(e->arena, struct extract);
	const struct tmpl *value = build_template(e, &x->value, ESCAPE_NONE);

	*source = *x;
	if (!value->constant) {
		diag_error(e->diags, value->span, DIAG_E203,
			   "only parameters can be used in the pattern of an extractor; write $${ "
			   "for a literal ${");
		return;
	}
	if (tmpl_in_text(x->value.raw) || str_find(x->value.raw, STR("$${"), 0) != NOT_FOUND)
		source->value = (struct text){.raw = value->value.text};
	request->needs |= extract_needs(e, x, &plan.from_slot);
	request->checked = true;
	plan.plan = x->kind->prepare(e->arena, e->diags, source, e->jit);
	plan.source = source;
	if (x->has_fallback)
		plan.fallback = build_typed(e, &x->fallback);
	plan.slot = emit_declare(e, x->variable, x->variable_span, "extracted");
	VEC_PUSH(e->arena, &e->extracts, plan);
	emit_op(e, OP_EXTRACT, (uint32_t)e->extracts.count - 1, 0, 0, x->span);
}

/* ---- the whole request */

void emit_request(struct emitter *e, struct request_plan *plan, const struct expects *expects,
		  const struct extracts *extracts)
{
	uint32_t again = emit_label(e), settle = emit_label(e);
	uint32_t index = (uint32_t)e->requests.count;

	plan->index = index;
	plan->series = emit_pool_series(e, plan->name, plan->span, false);
	plan->unmeasured = e->fixture != FIXTURE_NONE;
	if (plan->on_failure == FAILURE_INHERIT && plan->unmeasured)
		plan->on_failure = FAILURE_STOP_ITERATION;
	else if (plan->on_failure == FAILURE_INHERIT && e->scenarios.count)
		plan->on_failure = e->scenarios.items[e->scenarios.count - 1].on_failure;
	VEC_PUSH(e->arena, &e->requests, *plan);
	emit_bind_label(e, again);
	emit_op(e, OP_REQUEST, index, settle, 0, plan->span);
	emit_expects(e, plan, expects);
	for (size_t i = 0; i < extracts->count; i++)
		emit_extract(e, plan, &extracts->items[i]);
	e->requests.items[index] = *plan;
	emit_bind_label(e, settle);
	emit_op(e, OP_REQUEST_END, index, again, 0, plan->span);
}
