/*
 * The expression language, by precedence climbing. From loose to tight: or, and, not, comparisons
 * with contains and matches, filters after |, + -, * / %, unary minus, paths. A filter applies to
 * the whole sum before it, and binds before a comparison: `a + b | round == c | lower`.
 */
#include "base/regex.h"
#include "program/build.h"
#include "program/parser.h"

enum binding_strength {
	BIND_OR = 1,
	BIND_AND,
	BIND_NOT,
	BIND_COMPARE,
	BIND_FILTER,
	BIND_ADD,
	BIND_MULTIPLY
};

#define NESTING_MAX 40

struct span parser_place(const struct parser *p, size_t from, size_t to)
{
	return emitter_text_span(p->e, p->text, from, to);
}

static struct span token_place(const struct parser *p)
{
	return parser_place(p, p->token.from, p->token.to);
}

void parser_advance(struct parser *p)
{
	p->token = lexer_next(&p->lexer);
}

void parser_fail(struct parser *p, const char *expected)
{
	const struct token *t = &p->token;

	if (p->b.failed)
		return;
	p->b.failed = true;
	if (t->kind == TOKEN_BAD)
		diag_error(p->e->diags, token_place(p), DIAG_E200, "`%.*s`: %s",
			   (int)(t->to - t->from), p->text->raw.ptr + t->from, t->problem);
	else if (t->kind == TOKEN_END)
		diag_error(p->e->diags, parser_place(p, t->from ? t->from - 1 : 0, t->from),
			   DIAG_E200, "the expression ends too early; expected %s", expected);
	else
		diag_error(p->e->diags, token_place(p), DIAG_E200, "unexpected `%.*s`; expected %s",
			   (int)(t->to - t->from), p->text->raw.ptr + t->from, expected);
}

bool parser_accept(struct parser *p, const char *word)
{
	if (!lexer_token_is(&p->token, word))
		return false;
	parser_advance(p);
	return true;
}

void parser_expect(struct parser *p, const char *word, const char *expected)
{
	if (!parser_accept(p, word))
		parser_fail(p, expected);
}

/* ---- operands */

static void list(struct parser *p, size_t from)
{
	unsigned count = 0;

	while (!p->b.failed && !lexer_token_is(&p->token, "]")) {
		parser_expression(p, 0);
		if (++count > 200) {
			parser_fail(p, "the end of this long list");
			return;
		}
		if (!parser_accept(p, ","))
			break;
	}
	size_t to = p->token.to;
	parser_expect(p, "]", "`]` or `,`");
	if (!p->b.failed)
		expr_push(&p->b, (struct expr_op){.code = EXPR_LIST,
						  .count = (uint16_t)count,
						  .span = parser_place(p, from, to)});
}

static void name_or_call(struct parser *p, struct token name)
{
	if (lexer_token_is(&p->token, "(")) {
		parser_call(p, name);
	} else if (str_eq(name.text, STR("true")) || str_eq(name.text, STR("false"))) {
		expr_push_value(&p->b, value_bool(name.text.len == 4),
				parser_place(p, name.from, name.to));
	} else if (str_eq(name.text, STR("null"))) {
		expr_push_value(&p->b, VALUE_NOTHING, parser_place(p, name.from, name.to));
	} else if (!parser_built_in(p, name.text, name.from)) {
		parser_variable(p, name);
	}
}

static bool is_reserved(struct str name)
{
	static const char *const words[] = {"and", "or", "contains", "matches", NULL};

	for (int i = 0; words[i]; i++)
		if (str_eq(name, str_of(words[i])))
			return true;
	return false;
}

static void operand(struct parser *p)
{
	struct token t = p->token;

	if (t.kind == TOKEN_NUMBER) {
		parser_advance(p);
		expr_push_value(&p->b, value_number(t.number), parser_place(p, t.from, t.to));
	} else if (t.kind == TOKEN_TEXT) {
		parser_advance(p);
		expr_push_value(&p->b, value_text(t.text), parser_place(p, t.from, t.to));
	} else if (t.kind == TOKEN_NAME && !is_reserved(t.text)) {
		parser_advance(p);
		name_or_call(p, t);
	} else if (parser_accept(p, "(")) {
		parser_expression(p, 0);
		parser_expect(p, ")", "`)`");
	} else if (parser_accept(p, "[")) {
		list(p, t.from);
	} else {
		parser_fail(p, "a value");
	}
}

static void path(struct parser *p)
{
	while (!p->b.failed) {
		size_t from = p->token.from;

		if (parser_accept(p, ".")) {
			struct token key = p->token;

			if (key.kind != TOKEN_NAME) {
				parser_fail(p, "a name after the dot");
				return;
			}
			parser_advance(p);
			expr_push_value(&p->b, value_text(key.text), parser_place(p, from, key.to));
			expr_push(&p->b, (struct expr_op){.code = EXPR_INDEX,
							  .span = parser_place(p, from, key.to)});
		} else if (parser_accept(p, "[")) {
			parser_expression(p, 0);
			size_t to = p->token.to;
			parser_expect(p, "]", "`]`");
			if (!p->b.failed)
				expr_push(&p->b,
					  (struct expr_op){.code = EXPR_INDEX,
							   .span = parser_place(p, from, to)});
		} else {
			return;
		}
	}
}

static void prefix(struct parser *p)
{
	struct token t = p->token;

	if (parser_accept(p, "not")) {
		parser_expression(p, BIND_NOT);
		if (!p->b.failed)
			expr_push(&p->b, (struct expr_op){.code = EXPR_NOT,
							  .span = parser_place(p, t.from, t.to)});
	} else if (parser_accept(p, "-")) {
		parser_expression(p, BIND_MULTIPLY + 1);
		if (!p->b.failed)
			expr_push(&p->b, (struct expr_op){.code = EXPR_NEGATE,
							  .span = parser_place(p, t.from, t.to)});
	} else {
		operand(p);
		path(p);
	}
}

/* ---- operators */

static const struct infix {
	const char *word;
	int binding;
	enum expr_code code;
} infixes[] = {
    {"or", BIND_OR, EXPR_OR},
    {"and", BIND_AND, EXPR_AND},
    {"==", BIND_COMPARE, EXPR_EQUAL},
    {"!=", BIND_COMPARE, EXPR_UNEQUAL},
    {"<", BIND_COMPARE, EXPR_LESS},
    {"<=", BIND_COMPARE, EXPR_LESS_EQUAL},
    {">", BIND_COMPARE, EXPR_MORE},
    {">=", BIND_COMPARE, EXPR_MORE_EQUAL},
    {"contains", BIND_COMPARE, EXPR_CONTAINS},
    {"matches", BIND_COMPARE, EXPR_MATCHES},
    {"|", BIND_FILTER, EXPR_CALL},
    {"+", BIND_ADD, EXPR_ADD},
    {"-", BIND_ADD, EXPR_SUBTRACT},
    {"*", BIND_MULTIPLY, EXPR_MULTIPLY},
    {"/", BIND_MULTIPLY, EXPR_DIVIDE},
    {"%", BIND_MULTIPLY, EXPR_MODULO},
    {NULL, 0, EXPR_CONST},
};

static const struct infix *infix_at(const struct parser *p)
{
	for (const struct infix *i = infixes; i->word; i++)
		if (lexer_token_is(&p->token, i->word))
			return i;
	return NULL;
}

/* The pattern is the constant on top of the stack; it is compiled now. */
static void push_matches(struct parser *p, struct span span)
{
	struct expr_op *last = &p->b.ops.items[p->b.ops.count - 1];
	struct regex_error error;

	if (last->code != EXPR_CONST || last->constant->type != VALUE_TEXT) {
		diag_error(p->e->diags, last->span, DIAG_E202,
			   "the pattern of `matches` must be plain text in quotes");
		p->b.failed = true;
		return;
	}
	struct regex *regex = regex_new(last->constant->text, p->e->jit, &error);
	if (!regex) {
		diag_error(p->e->diags, last->span, DIAG_E207, "invalid pattern: %s", error.text);
		p->b.failed = true;
		return;
	}
	VEC_PUSH(p->e->arena, &p->e->regexes, regex);
	p->b.ops.count--;
	p->b.depth--;
	expr_push(&p->b, (struct expr_op){.code = EXPR_MATCHES, .regex = regex, .span = span});
}

static void infix(struct parser *p, const struct infix *op, struct span span)
{
	if (op->code == EXPR_CALL) {
		parser_filter(p);
	} else if (op->code == EXPR_AND || op->code == EXPR_OR) {
		size_t jump = expr_push_jump(&p->b, op->code, span);

		parser_expression(p, op->binding + 1);
		expr_patch_jump(&p->b, jump);
	} else {
		parser_expression(p, op->binding + 1);
		if (p->b.failed)
			return;
		if (op->code == EXPR_MATCHES)
			push_matches(p, span);
		else
			expr_push(&p->b, (struct expr_op){.code = (uint8_t)op->code, .span = span});
	}
}

void parser_expression(struct parser *p, int binding)
{
	const struct infix *op;
	bool compared = false;

	if (++p->depth > NESTING_MAX)
		parser_fail(p, "fewer nested parts");
	else
		prefix(p);
	while (!p->b.failed && (op = infix_at(p)) && op->binding >= binding) {
		struct span span = token_place(p);

		if (op->binding == BIND_COMPARE && compared) {
			parser_fail(p, "`and` with a second comparison");
			break;
		}
		compared |= op->binding == BIND_COMPARE;
		parser_advance(p);
		infix(p, op, span);
	}
	p->depth--;
}

struct expr_builder emitter_expr_builder(struct emitter *e)
{
	return (struct expr_builder){.arena = e->arena, .diags = e->diags, .eval = &e->eval};
}

/* The offset after the `}` of the expression that begins at FROM, or a guess after an error. */
static size_t skip(struct str raw, size_t from)
{
	size_t close = str_find_char(raw, '}', from);

	return close == NOT_FOUND ? raw.len : close + 1;
}

const struct expr *emitter_parse_expression(struct emitter *e, const struct text *text, size_t from,
					    bool whole, size_t *end)
{
	struct parser p = {
	    .e = e,
	    .text = text,
	    .lexer = {.arena = e->arena, .text = text->raw, .at = whole ? from : from + 2},
	    .b = emitter_expr_builder(e),
	};

	size_t errors = e->diags->errors, unknowns = e->unknowns.count;

	parser_advance(&p);
	if (p.token.kind == TOKEN_CLOSE && !whole) {
		diag_error(e->diags, parser_place(&p, from, p.token.to), DIAG_E200,
			   "`${}` is empty; write a name, or $${ for a literal ${");
		p.b.failed = true;
	} else {
		parser_expression(&p, 0);
	}
	/* Names in an expression without its `}` may be parts of other text. */
	if (e->diags->errors == errors && !whole && p.token.kind == TOKEN_END) {
		struct diag *diag = diag_error(e->diags, parser_place(&p, from, from + 2),
					       DIAG_E200, "the closing `}` of this `${` is missing");

		if (e->unknowns.count == unknowns)
			diag_fix_in_line(e->diags, diag,
					 parser_place(&p, text->raw.len, text->raw.len), STR("}"));
		diag_note(e->diags, diag, SPAN_NONE,
			  "to send the characters ${ themselves, write $${");
		e->unknowns.count = unknowns;
		p.b.failed = true;
	}
	if (!p.b.failed && p.token.kind != (whole ? TOKEN_END : TOKEN_CLOSE))
		parser_fail(&p, whole ? "an operator" : "an operator or `}`");
	*end = p.b.failed ? skip(text->raw, p.token.from > from ? p.token.from : from) : p.token.to;
	return expr_finish(&p.b, parser_place(&p, from, *end));
}

const struct expr *build_expression(struct emitter *e, const struct text *text)
{
	size_t end;

	return emitter_parse_expression(e, text, 0, true, &end);
}
