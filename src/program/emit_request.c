/* Compiles a request step: URL, headers, form, expectations and extractions. */
#include <stdio.h>

#include "base/url.h"
#include "doc/node.h"
#include "program/emitter.h"
#include "program/known_secrets.h"
#include "program/template_builder.h"
#include "program/unsupported.h"

/* ---- headers */

/* The headers of a request while they are collected: later ones replace earlier ones. */
struct header_list {
	struct header_plan *items;
	size_t count;
	struct str body_type; /* Content-Type of the body; empty: none */
	bool streams;	      /* the response is read as a stream */
	bool is_form;	      /* only `body_type` describes the body, whatever the defaults say */
};

/* Removes the headers NAME; returns the position of the first one, or the end. */
static size_t remove_header(struct header_list *list, struct str name)
{
	size_t kept = 0, first = NOT_FOUND;

	for (size_t i = 0; i < list->count; i++) {
		if (!str_ieq(list->items[i].name, name))
			list->items[kept++] = list->items[i];
		else if (first == NOT_FOUND)
			first = kept;
	}
	list->count = kept;
	return first == NOT_FOUND ? kept : first;
}

static void insert_header(struct emitter *e, struct header_list *list, size_t at, struct str name,
			  const struct tmpl *value)
{
	struct header_plan plan = {.name = arena_str(e->arena, name), .value = value};

	if (value->constant)
		plan.line =
		    arena_printf(e->arena, "%.*s: %.*s", STR_ARG(name), STR_ARG(value->value.text));
	for (size_t i = list->count; i > at; i--)
		list->items[i] = list->items[i - 1];
	list->items[at] = plan;
	list->count++;
}

/* Constant lines are sent after the others. Lines of one name are sent in their order, so all of
 * them are rendered if one has to be. */
static void keep_order(struct header_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		for (size_t k = 0; k < list->count && !list->items[i].line.ptr; k++)
			if (str_ieq(list->items[k].name, list->items[i].name))
				list->items[k].line = STR_NULL;
}

static void add_header(struct emitter *e, struct header_list *list, struct str name,
		       const struct tmpl *value)
{
	insert_header(e, list, remove_header(list, name), name, value);
}

/* As text: a header of 5 is "5". */
static const struct tmpl *header_value(struct emitter *e, const struct text *text)
{
	struct template_builder m = {.e = e};

	template_builder_add_text(&m, text, ESCAPE_HEADER);
	const struct tmpl *t = template_builder_finish(&m);
	for (size_t i = 0; i < t->count; i++)
		if (!t->parts[i].expr && strpbrk(arena_cstr(e->arena, t->parts[i].literal), "\r\n"))
			diag_error(e->diags, t->span, DIAG_E345, "a line break in a header");
	return t;
}

/* A multipart type by hand gets the boundary of the body. */
static const struct tmpl *with_boundary(struct emitter *e, const struct header_list *list,
					const struct tmpl *value)
{
	size_t semicolon = str_find_char(list->body_type, ';', 0);
	struct str text = value->value.text;

	if (!value->constant || !str_starts(list->body_type, STR("multipart/")) || text.len < 10 ||
	    !str_ieq(str_slice(text, 0, 10), STR("multipart/")))
		return value;
	return build_literal(
	    e, arena_printf(e->arena, "%.*s%.*s",
			    STR_ARG(str_trim(str_slice(text, 0, str_find_char(text, ';', 0)))),
			    STR_ARG(str_slice(list->body_type, semicolon, list->body_type.len))));
}

static void check_framing(struct emitter *e, const struct field_pair *pair)
{
	if (str_ieq(pair->key, STR("Content-Length")) ||
	    str_ieq(pair->key, STR("Transfer-Encoding")))
		diag_warning(e->diags, pair->key_span, DIAG_W358,
			     "%.*s is sent as written, and the connection is closed after the "
			     "request; without this header the correct one is added",
			     STR_ARG(pair->key));
}

static void reject_header_name(struct emitter *e, struct str name, struct span span)
{
	struct diag *diag =
	    diag_error(e->diags, span, DIAG_E345,
		       "'%.*s' is not a valid name of a header; use letters, digits and dashes",
		       STR_ARG(name));
	char *fixed = arena_cstr(e->arena, str_trim(name));

	for (char *c = fixed; *c; c++)
		if (*c == ' ')
			*c = '-';
	if (str_is_token(str_of(fixed)))
		diag_fix_in_line(e->diags, diag, span, str_of(fixed));
}

/* The key of a list is repeated in MAP: all its values are sent. */
static void add_headers(struct emitter *e, const struct field_map *map, struct header_list *list,
			bool are_defaults)
{
	for (size_t i = 0; i < map->count; i++) {
		const struct field_pair *pair = &map->pairs[i];
		bool repeated = i > 0 && str_eq(pair->key, map->pairs[i - 1].key);

		if (!str_is_token(pair->key)) {
			reject_header_name(e, pair->key, pair->key_span);
			continue;
		}
		const struct tmpl *value = header_value(e, pair->value);

		if (value->constant && !(list->streams && str_ieq(pair->key, STR("Accept"))))
			unsupported_header(e, pair->key, value->value.text, value->span);
		/* The defaults are part of every request: report them once. */
		if (!are_defaults || !e->requests.count)
			check_framing(e, pair);
		if (str_ieq(pair->key, STR("Content-Type"))) {
			if (are_defaults && list->is_form)
				continue;
			value = with_boundary(e, list, value);
		}
		if (repeated)
			insert_header(e, list, list->count, pair->key, value);
		else
			add_header(e, list, pair->key, value);
	}
}

const struct tmpl *build_cookies(struct emitter *e, const struct field_map *cookies)
{
	struct template_builder m = {.e = e};

	for (size_t i = 0; i < cookies->count; i++) {
		const struct field_pair *pair = &cookies->pairs[i];

		if (!str_is_token(pair->key))
			diag_error(e->diags, pair->key_span, DIAG_E345,
				   "'%.*s' cannot be the name of a cookie", STR_ARG(pair->key));
		if (i)
			template_builder_add_literal(&m, STR("; "));
		template_builder_add_literal(&m, pair->key);
		template_builder_add_literal(&m, STR("="));
		template_builder_add_template(&m, header_value(e, pair->value));
	}
	return template_builder_finish(&m);
}

void build_headers(struct emitter *e, const struct field_map *headers, const char *content_type,
		   bool is_form, struct request_plan *plan)
{
	const struct field_map *defaults = &e->model->defaults.headers;
	struct header_list list = {
	    .items =
		ARENA_ARRAY(e->arena, defaults->count + headers->count + 6, struct header_plan),
	    .body_type = str_of(content_type),
	    .streams = plan->events || program_listens(plan),
	    .is_form = is_form};

	if (content_type)
		add_header(e, &list, STR("Content-Type"), build_literal(e, list.body_type));
	/* As browsers do. */
	if (program_listens(plan) && !plan->channel->ndjson) {
		add_header(e, &list, STR("Accept"), build_literal(e, STR("text/event-stream")));
		add_header(e, &list, STR("Cache-Control"), build_literal(e, STR("no-cache")));
	}
	add_headers(e, defaults, &list, true);
	if (plan->auth.header)
		add_header(e, &list, STR("Authorization"), plan->auth.header);
	if (plan->auth.token)
		add_header(e, &list, STR("X-Amz-Security-Token"), plan->auth.token);
	for (size_t i = 0; i < list.count && plan->auth.target_only; i++)
		list.items[i].target_only = list.items[i].value == plan->auth.header ||
					    list.items[i].value == plan->auth.token;
	add_headers(e, headers, &list, false);
	if (plan->cookies)
		add_header(e, &list, STR("Cookie"), plan->cookies);
	keep_order(&list);
	plan->headers = list.items;
	plan->header_count = list.count;
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

/* A stream is not kept, and other responses have no events. */
static void check_events_use(struct emitter *e, const struct request_plan *request,
			     const char *kind, unsigned needs, struct span span)
{
	if (request->events && (needs & NEEDS_BODY))
		diag_error(
		    e->diags, span, DIAG_E370,
		    "'%s' needs the whole body, but this step reads it as a stream and does not "
		    "store it; use `events`",
		    kind);
	else if (!request->events && (needs & NEEDS_EVENTS))
		diag_error(
		    e->diags, span, DIAG_E370,
		    "'%s' needs a step that reads its response as a stream; add `events: {}` to "
		    "the step",
		    kind);
}

uint32_t emitter_pool_expect(struct emitter *e, struct request_plan *request,
			     const struct expect *expect)
{
	struct expect_context p = {
	    .prepare = {.arena = e->arena,
			.diags = e->diags,
			.jit = e->jit,
			.follows = request->follow,
			.graphql = request->graphql != NULL,
			.plain_http = is_plain_http(request->url),
			.submits = request->page_action && !request->page_action->follows,
			.text = prepare_text},
	    .e = e};
	struct expect_plan plan = {.kind = expect->kind, .span = expect->span};

	plan.plan = expect->kind->prepare(&p.prepare, expect);
	check_events_use(e, request, expect->kind->name, expect->kind->needs | p.prepare.needs,
			 expect->span);
	const struct tmpl **rendered =
	    ARENA_ARRAY(e->arena, p.rendered_count + 1, const struct tmpl *);
	memcpy(rendered, p.rendered, p.rendered_count * sizeof *rendered);
	plan.rendered = rendered;
	plan.rendered_count = p.rendered_count;
	plan.needs = expect->kind->needs | p.prepare.needs;
	request->needs |= plan.needs;
	request->checked = true;
	VEC_PUSH(e->arena, &e->expects, plan);
	return (uint32_t)e->expects.count - 1;
}

static void emit_expect(struct emitter *e, struct request_plan *request,
			const struct expect *expect)
{
	if (expect->kind->needs & NEEDS_EVENT_TYPE)
		diag_error(e->diags, expect->span, DIAG_E376,
			   "'%s' is about one event; use it in `wait_for`, or in `when` of "
			   "`on_message`",
			   expect->kind->name);
	emit_op(e, OP_EXPECT, emitter_pool_expect(e, request, expect), 0, 0, expect->span);
}

static bool has_kind(const struct expects *expects, const struct expect_kind *kind)
{
	for (size_t i = 0; i < expects->count; i++)
		if (expects->items[i].kind == kind)
			return true;
	return false;
}

/* The expectation NAME, without a value, unless `expect` has it. */
static void emit_implied_expect(struct emitter *e, struct request_plan *plan,
				const struct expects *own, const char *name)
{
	const struct kind_tables *tables = e->tables;

	for (size_t i = 0; i < tables->expect_count; i++) {
		const struct expect_kind *kind = tables->expects[i];
		struct expect implied = {.kind = kind, .span = plan->span};

		if (strcmp(kind->name, name) != 0)
			continue;
		implied.data = arena_alloc(e->arena, kind->bytes);
		if (!has_kind(own, kind) && !has_kind(&e->model->defaults.expect, kind))
			emit_expect(e, plan, &implied);
	}
}

static bool is_status(const struct expect *expect)
{
	return strcmp(expect->kind->name, "status") == 0;
}

/* Expectations of the defaults about streams are for streams only. */
static bool applies(const struct request_plan *plan, const struct expect_kind *kind)
{
	return plan->events || !(kind->needs & NEEDS_EVENTS);
}

/* The request's own expectations, then the defaults' that they do not replace; the status comes
 * first. */
static void emit_expects(struct emitter *e, struct request_plan *plan, const struct expects *own)
{
	const struct expects none = {NULL, 0};
	const struct expects *defaults = plan->requests_token ? &none : &e->model->defaults.expect;

	plan->default_expect = true;
	if (plan->page_action && !plan->page_action->follows)
		emit_implied_expect(e, plan, own, "form");
	if (plan->graphql)
		emit_implied_expect(e, plan, own, "graphql_errors");
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < own->count; i++)
			if (is_status(&own->items[i]) == (round == 0))
				emit_expect(e, plan, &own->items[i]);
		for (size_t i = 0; i < defaults->count; i++)
			if (is_status(&defaults->items[i]) == (round == 0) &&
			    applies(plan, defaults->items[i].kind) &&
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

void emitter_extract(struct emitter *e, struct request_plan *request, const struct extract *x)
{
	struct extract_plan plan = {.kind = x->kind, .span = x->span};
	struct extract *source = ARENA_NEW(e->arena, struct extract);
	const struct tmpl *value = build_template(e, &x->value, ESCAPE_NONE);
	unsigned plan_needs;

	*source = *x;
	if (!value->constant) {
		diag_error(e->diags, value->span, DIAG_E203,
			   "only parameters can be used in the pattern of an extractor; write $${ "
			   "for a literal ${");
		return;
	}
	if (template_builder_in_text(x->value.raw) ||
	    str_find(x->value.raw, STR("$${"), 0) != NOT_FOUND)
		source->value = (struct text){.raw = value->value.text};
	plan_needs = extract_needs(e, x, &plan.from_slot);
	check_events_use(e, request, x->kind->name, plan_needs, x->span);
	if (x->from.raw.ptr && (x->kind->needs & NEEDS_EVENTS))
		diag_error(e->diags, x->span, DIAG_E370,
			   "'events' reads the events of its step; remove `from`");
	request->needs |= plan_needs;
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

/* Headers with which scripts mark their requests, as jQuery, htmx and Turbo do. */
static bool is_script(const struct request_plan *plan)
{
	for (size_t i = 0; i < plan->header_count; i++)
		if (str_ieq(plan->headers[i].name, STR("X-Requested-With")) ||
		    str_ieq(plan->headers[i].name, STR("HX-Request")) ||
		    str_ieq(plan->headers[i].name, STR("Turbo-Frame")))
			return true;
	return false;
}

enum on_failure emitter_on_failure(const struct emitter *e, enum on_failure on_failure)
{
	if (on_failure == FAILURE_INHERIT && e->fixture != FIXTURE_NONE)
		return FAILURE_STOP_ITERATION;
	if (on_failure == FAILURE_INHERIT && e->scenarios.count)
		return e->scenarios.items[e->scenarios.count - 1].on_failure;
	return on_failure;
}

void emit_request(struct emitter *e, struct request_plan *plan, const struct expects *expects,
		  const struct extracts *extracts)
{
	uint32_t again = emit_label(e), settle = emit_label(e);
	uint32_t index = (uint32_t)e->requests.count;

	emitter_limit_auth(e, plan);
	plan->index = index;
	plan->series = emit_pool_series(e, plan->name, plan->span, false);
	plan->unmeasured = e->fixture != FIXTURE_NONE;
	plan->is_script = is_script(plan) || plan->channel;
	plan->page_from = plan->named_slot = SLOT_NONE;
	plan->on_failure = emitter_on_failure(e, plan->on_failure);
	VEC_PUSH(e->arena, &e->requests, *plan);
	emit_bind_label(e, again);
	emit_op(e, OP_REQUEST, index, settle, 0, plan->span);
	emit_expects(e, plan, expects);
	for (size_t i = 0; i < extracts->count; i++)
		emitter_extract(e, plan, &extracts->items[i]);
	plan->renewals = emitter_request_renewals(e, plan);
	e->requests.items[index] = *plan;
	known_secrets_add_request(e, plan);
	emit_bind_label(e, settle);
	emit_op(e, OP_REQUEST_END, index, again, 0, plan->span);
}
