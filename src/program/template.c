/* Templates: text with ${…}, split into parts once, and assembled for each use. */
#include "base/escape.h"
#include "base/url.h"
#include "doc/node.h"
#include "program/emitter.h"
#include "program/other_tools_syntax.h"
#include "program/template_builder.h"

struct span build_text_span(const struct text *text, size_t from, size_t to)
{
	return text->node ? node_text_span(text->node, text->at + from, text->at + to) : SPAN_NONE;
}

struct span emitter_text_span(struct emitter *e, const struct text *text, size_t from, size_t to)
{
	return text->node ? node_span_map_find(&e->spans, e->arena, text->node, text->at + from,
					       text->at + to)
			  : SPAN_NONE;
}

/* Offset of the next ${ or $${ at or after FROM. */
static size_t find_dollar(struct str text, size_t from)
{
	for (size_t at = str_find_char(text, '$', from); at != NOT_FOUND;
	     at = str_find_char(text, '$', at + 1)) {
		struct str rest = str_slice(text, at, at + 3);

		if (str_starts(rest, STR("${")) || str_eq(rest, STR("$${")))
			return at;
	}
	return NOT_FOUND;
}

bool template_builder_in_text(struct str text)
{
	size_t at = 0;

	while ((at = find_dollar(text, at)) != NOT_FOUND) {
		if (text.ptr[at + 1] == '{')
			return true;
		at += 3;
	}
	return false;
}

/* ---- inserting values into texts */

static bool url_safe(unsigned char c)
{
	return c > 0x20 && c < 0x7f && !strchr("\"<>\\^`{|}", c);
}

static void put_url(struct buf *out, struct str s)
{
	size_t from = 0;

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (url_safe(c))
			continue;
		buf_add(out, str_slice(s, from, i));
		buf_printf(out, "%%%02X", c);
		from = i + 1;
	}
	buf_add(out, str_slice(s, from, s.len));
}

/* escape_json without the quotes around its result. */
static void put_json_text(struct buf *out, struct str s)
{
	size_t mark = out->len;

	escape_json(out, s);
	if (out->len >= mark + 2) {
		memmove(out->data + mark, out->data + mark + 1, out->len - mark - 2);
		out->len -= 2;
		out->data[out->len] = '\0';
	}
}

static bool header_safe(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (((unsigned char)s.ptr[i] < 0x20 && s.ptr[i] != '\t') || s.ptr[i] == 0x7f)
			return false;
	return true;
}

static bool put_part(struct eval *eval, struct value v, enum tmpl_escape escape, struct buf *out)
{
	if (escape == ESCAPE_NONE) {
		value_put(out, v);
		return true;
	}
	if (escape == ESCAPE_JSON_VALUE) {
		value_put_json(out, v);
		return true;
	}
	struct str text = value_text_of(v, eval->scratch);
	switch (escape) {
	case ESCAPE_URL:
		put_url(out, text);
		break;
	case ESCAPE_COMPONENT:
		url_encode(out, text, false);
		break;
	case ESCAPE_FORM:
		url_encode(out, text, true);
		break;
	case ESCAPE_JSON_TEXT:
		put_json_text(out, text);
		break;
	case ESCAPE_HEADER:
		if (!header_safe(text))
			return eval_error(eval, "a line break or control byte in a header");
		buf_add(out, text);
		break;
	case ESCAPE_NONE:
	case ESCAPE_JSON_VALUE:
		break;
	}
	return true;
}

/* The text of OUT after its first MARK bytes is a secret. */
static void end_secret(struct eval *eval, struct buf *out, size_t mark)
{
	if (eval->hide_secrets) {
		out->len = mark;
		buf_add(out, STR("***"));
	} else if (eval->mark && !out->overflow) {
		eval->mark(eval->marked, str_slice(buf_str(out), 0, mark),
			   str_slice(buf_str(out), mark, out->len));
	}
}

static bool render_part(const struct tmpl_part *part, struct eval *eval, struct buf *out)
{
	size_t mark = out->len;
	struct value v = {.secret = part->secret};

	if (!part->expr) {
		buf_add(out, part->literal);
	} else if (!eval_expr(part->expr, eval, &v) || !put_part(eval, v, part->escape, out)) {
		eval->error_span = part->expr->span;
		return false;
	}
	if (v.secret)
		end_secret(eval, out, mark);
	return true;
}

bool eval_render(const struct tmpl *tmpl, struct eval *eval, struct buf *out)
{
	size_t mark = out->len;

	if (tmpl->constant && !(tmpl->value.secret && tmpl->count > 1)) {
		value_put(out, tmpl->value);
		if (tmpl->value.secret)
			end_secret(eval, out, mark);
	} else {
		for (size_t i = 0; i < tmpl->count; i++)
			if (!render_part(&tmpl->parts[i], eval, out))
				return false;
	}
	if (out->overflow) {
		eval->error_span = tmpl->span;
		return eval_error(eval, "the text is too large");
	}
	return true;
}

bool eval_template(const struct tmpl *tmpl, struct eval *eval, struct value *out)
{
	struct buf *buf = &eval->scratch->text;
	size_t mark = buf->len;

	if (tmpl->constant) {
		*out = tmpl->value;
		return true;
	}
	if (tmpl->whole)
		return eval_expr(tmpl->parts[0].expr, eval, out);
	/* Evaluation may write into the scratch too, so the text is assembled elsewhere first. */
	bool secret = false;
	size_t n = tmpl->count;
	struct value *values = scratch_items(eval->scratch, n);
	if (!values)
		return eval_error(eval, "the lists of this step are too long");
	for (size_t i = 0; i < n; i++) {
		secret |= tmpl->parts[i].secret;
		if (!tmpl->parts[i].expr)
			continue;
		if (!eval_expr(tmpl->parts[i].expr, eval, &values[i])) {
			eval->error_span = tmpl->parts[i].expr->span;
			return false;
		}
		secret |= values[i].secret;
	}
	for (size_t i = 0; i < n; i++)
		if (values[i].type != VALUE_TEXT && tmpl->parts[i].expr)
			values[i] = value_text(value_text_of(values[i], eval->scratch));
	mark = buf->len;
	for (size_t i = 0; i < n; i++)
		if (!tmpl->parts[i].expr)
			buf_add(buf, tmpl->parts[i].literal);
		else if (!put_part(eval, values[i], tmpl->parts[i].escape, buf))
			return false;
	if (buf->overflow)
		return eval_error(eval, "the text is larger than 16 MiB");
	*out = value_text(str_n(buf->data + mark, buf->len - mark));
	out->secret = secret;
	return true;
}

/* ---- building */

void template_builder_add_part(struct template_builder *m, struct str literal, bool secret)
{
	if (literal.len)
		VEC_PUSH(m->e->arena, &m->parts,
			 ((struct tmpl_part){.literal = literal, .secret = secret}));
}

void template_builder_add_literal(struct template_builder *m, struct str literal)
{
	template_builder_add_part(m, literal, false);
}

/* A constant becomes text immediately, unless it may be the whole template and keep its type. */
void template_builder_add_expr(struct template_builder *m, const struct expr *expr,
			       enum tmpl_escape escape)
{
	VEC_PUSH(m->e->arena, &m->parts, ((struct tmpl_part){.expr = expr, .escape = escape}));
}

void template_builder_add_text(struct template_builder *m, const struct text *text,
			       enum tmpl_escape escape)
{
	struct str raw = text->raw;
	size_t from = 0, at;

	if (m->span.source == NULL && text->node)
		m->span = text->node->span;
	if (escape != ESCAPE_URL && escape != ESCAPE_JSON_TEXT)
		other_tools_syntax_warn(m->e, text, escape != ESCAPE_NONE);
	while ((at = find_dollar(raw, from)) != NOT_FOUND) {
		struct str literal = str_slice(raw, from, at);

		if (raw.ptr[at + 1] == '$') {
			template_builder_add_literal(m, str_slice(raw, from, at + 1));
			template_builder_add_literal(m, STR("{"));
			from = at + 3;
			continue;
		}
		template_builder_add_literal(m, literal);
		template_builder_add_expr(m, emitter_parse_expression(m->e, text, at, false, &from),
					  escape);
	}
	template_builder_add_literal(m, str_slice(raw, from, raw.len));
}

void template_builder_add_template(struct template_builder *m, const struct tmpl *tmpl)
{
	struct buf text;

	if (m->span.source == NULL)
		m->span = tmpl->span;
	if (!tmpl->constant || tmpl->count > 1) {
		for (size_t i = 0; i < tmpl->count; i++)
			if (tmpl->parts[i].expr)
				template_builder_add_expr(m, tmpl->parts[i].expr,
							  tmpl->parts[i].escape);
			else
				template_builder_add_part(m, tmpl->parts[i].literal,
							  tmpl->parts[i].secret);
		return;
	}
	buf_init(&text, 0);
	value_put(&text, tmpl->value);
	template_builder_add_part(m, arena_str(m->e->arena, buf_str(&text)), tmpl->value.secret);
	buf_release(&text);
}

const struct tmpl *template_builder_from_value(struct emitter *e, struct value v, struct span span)
{
	struct tmpl *t = ARENA_NEW(e->arena, struct tmpl);

	if (v.type == VALUE_TEXT)
		v.text = arena_str(e->arena, v.text);
	*t = (struct tmpl){.constant = true, .value = v, .span = span};
	return t;
}

const struct tmpl *build_expr_template(struct emitter *e, const struct expr *expr)
{
	struct template_builder m = {.e = e, .span = expr->span};

	template_builder_add_expr(&m, expr, ESCAPE_NONE);
	return template_builder_finish(&m);
}

/* Neighbouring literals that become one part. The first is a view; more are copied. */
struct literal_run {
	struct str first;
	struct buf text; /* of all of them, if there is more than one */
};

static void add_literal(struct literal_run *run, struct str literal)
{
	if (!run->first.len) {
		run->first = literal;
		return;
	}
	if (!run->text.len)
		buf_add(&run->text, run->first);
	buf_add(&run->text, literal);
}

static void end_run(struct template_builder *m, struct literal_run *run)
{
	bool is_one = !run->text.len;

	template_builder_add_part(
	    m, is_one ? run->first : arena_str(m->e->arena, buf_str(&run->text)), false);
	buf_clear(&run->text);
	run->first = STR_NULL;
}

/* Evaluates a constant part. A secret stays separate, so that it alone is masked. */
static void fold_constant(struct template_builder *m, const struct tmpl_part *part,
			  struct literal_run *run)
{
	struct eval *eval = &m->e->eval;
	struct value value = *part->expr->ops[0].constant;
	struct str literal;
	struct buf text;

	buf_init(&text, 0);
	scratch_clear(eval->scratch);
	if (!put_part(eval, value, part->escape, &text))
		diag_error(m->e->diags, part->expr->span, DIAG_E206, "%s", eval->error);
	literal = arena_str(m->e->arena, buf_str(&text));
	buf_release(&text);
	if (!value.secret) {
		add_literal(run, literal);
		return;
	}
	end_run(m, run);
	template_builder_add_part(m, literal, true);
}

/* Constant parts become text, and neighbours are joined, except secrets. */
static void fold_parts(struct template_builder *m)
{
	struct template_builder folded = {.e = m->e, .span = m->span};
	struct literal_run run = {.first = STR_NULL};

	buf_init(&run.text, 0);
	for (size_t i = 0; i < m->parts.count; i++) {
		const struct tmpl_part *part = &m->parts.items[i];

		if (part->expr && expr_is_constant(part->expr)) {
			fold_constant(&folded, part, &run);
		} else if (part->expr || part->secret) {
			end_run(&folded, &run);
			VEC_PUSH(m->e->arena, &folded.parts, *part);
		} else {
			add_literal(&run, part->literal);
		}
	}
	end_run(&folded, &run);
	buf_release(&run.text);
	m->parts.items = folded.parts.items;
	m->parts.count = folded.parts.count;
	m->parts.cap = folded.parts.cap;
}

/* No part varies: the parts as one value, secret if one of them is. */
static bool join_literals(struct template_builder *m, struct tmpl *t)
{
	struct buf text;

	for (size_t i = 0; i < m->parts.count; i++)
		if (m->parts.items[i].expr)
			return false;
	buf_init(&text, 0);
	for (size_t i = 0; i < m->parts.count; i++)
		buf_add(&text, m->parts.items[i].literal);
	t->value = value_text(arena_str(m->e->arena, buf_str(&text)));
	for (size_t i = 0; i < m->parts.count; i++)
		t->value.secret |= m->parts.items[i].secret;
	buf_release(&text);
	return true;
}

const struct tmpl *template_builder_finish(struct template_builder *m)
{
	struct tmpl *t = ARENA_NEW(m->e->arena, struct tmpl);
	const struct tmpl_part *first = m->parts.items;
	bool alone = m->parts.count == 1 && first->expr && first->escape == ESCAPE_NONE;

	t->span = m->span;
	if (alone && expr_is_constant(first->expr)) {
		t->constant = true;
		t->value = *first->expr->ops[0].constant;
		if (t->value.type == VALUE_TEXT)
			t->value.text = arena_str(m->e->arena, t->value.text);
		return t;
	}
	if (!alone)
		fold_parts(m);
	t->constant = join_literals(m, t);
	t->whole = alone;
	t->parts = m->parts.items;
	t->count = m->parts.count;
	return t;
}

const struct tmpl *build_template(struct emitter *e, const struct text *text,
				  enum tmpl_escape escape)
{
	struct template_builder m = {.e = e};

	template_builder_add_text(&m, text, escape);
	return template_builder_finish(&m);
}

const struct tmpl *build_form_value(struct emitter *e, const struct text *text)
{
	const struct tmpl *tmpl;

	e->in_form = true;
	tmpl = build_template(e, text, ESCAPE_NONE);
	e->in_form = false;
	return tmpl;
}

const struct tmpl *build_literal(struct emitter *e, struct str text)
{
	return template_builder_from_value(e, value_text(text), SPAN_NONE);
}

const struct tmpl *build_joined(struct emitter *e, const struct tmpl *const *ones, size_t count)
{
	struct template_builder m = {.e = e};

	for (size_t i = 0; i < count; i++)
		if (ones[i])
			template_builder_add_template(&m, ones[i]);
	return template_builder_finish(&m);
}
