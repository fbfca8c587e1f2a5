/*
 * The expression language, by precedence climbing. From loose to tight: or, and, not, comparisons
 * with contains and matches, filters after |, + -, * / %, unary minus, paths. A filter takes the
 * whole sum before it, and binds before a comparison: `a + b | round == c | lower`.
 */
#include <stdlib.h>

#include "base/regex.h"
#include "program/emitter.h"
#include "program/lexer.h"

enum binding {
	BIND_OR = 1,
	BIND_AND,
	BIND_NOT,
	BIND_COMPARE,
	BIND_FILTER,
	BIND_ADD,
	BIND_MULTIPLY
};

struct parser {
	struct emitter *e;
	const struct text *text;
	struct lexer lexer;
	struct token token; /* the one to look at */
	struct expr_builder b;
	unsigned depth;
};

#define NESTING_MAX 40

static void expression(struct parser *p, int binding);

static struct span place(const struct parser *p, size_t from, size_t to)
{
	return text_span(p->text, from, to);
}

static struct span token_place(const struct parser *p)
{
	return place(p, p->token.from, p->token.to);
}

static void advance(struct parser *p)
{
	p->token = lexer_next(&p->lexer);
}

static void fail_expected(struct parser *p, const char *expected)
{
	const struct token *t = &p->token;

	if (p->b.failed)
		return;
	p->b.failed = true;
	if (t->kind == TOKEN_BAD)
		diag_error(p->e->diags, token_place(p), DIAG_E200, "%s: `%.*s`", t->problem,
			   (int)(t->to - t->from), p->text->raw.ptr + t->from);
	else if (t->kind == TOKEN_END)
		diag_error(p->e->diags, place(p, t->from ? t->from - 1 : 0, t->from), DIAG_E200,
			   "the expression ends where %s is expected", expected);
	else
		diag_error(p->e->diags, token_place(p), DIAG_E200,
			   "`%.*s` stands where %s is expected", (int)(t->to - t->from),
			   p->text->raw.ptr + t->from, expected);
}

static bool accept(struct parser *p, const char *word)
{
	if (!token_is(&p->token, word))
		return false;
	advance(p);
	return true;
}

static void expect(struct parser *p, const char *word, const char *expected)
{
	if (!accept(p, word))
		fail_expected(p, expected);
}

/* ---- names */

static const char *const builtin_names[BUILTIN_COUNT] = {
    [BUILTIN_USER_ID] = "user.id",
    [BUILTIN_USER_INDEX] = "user.index",
    [BUILTIN_ITERATION] = "iteration",
    [BUILTIN_SCENARIO_NAME] = "scenario.name",
    [BUILTIN_SHARD_INDEX] = "shard.index",
    [BUILTIN_SHARD_COUNT] = "shard.count",
    [BUILTIN_RUN_ID] = "run.id",
    [BUILTIN_RESPONSE_STATUS] = "response.status",
    [BUILTIN_RESPONSE_TIME] = "response.time",
};

const char *builtin_name(enum builtin builtin)
{
	return builtin_names[builtin];
}

static void loop_builtin(struct parser *p, struct str member, struct span span)
{
	const struct open_loop *loop =
	    p->e->loops.count ? &p->e->loops.items[p->e->loops.count - 1] : NULL;

	if (!loop) {
		diag_error(p->e->diags, span, DIAG_E204,
			   "`loop.%.*s` is known only inside repeat, for_each and while",
			   STR_ARG(member));
		p->b.failed = true;
	} else if (str_eq(member, STR("index"))) {
		expr_push(&p->b, (struct expr_op){
				     .code = EXPR_COUNTER, .index = loop->counter, .span = span});
	} else {
		const struct tmpl *rounds = emit_expr_template(p->e, loop->rounds);

		if (rounds->constant)
			expr_push_value(&p->b, rounds->value, span);
		else
			expr_push(&p->b, (struct expr_op){
					     .code = EXPR_TEMPLATE, .tmpl = rounds, .span = span});
	}
}

/* `env.NAME`, read at load. Unset is an error unless a default follows. */
static void environment(struct parser *p, struct str name, struct span span)
{
	const char *value = getenv(arena_cstr(p->e->arena, name));
	struct lexer ahead = p->lexer;
	struct token next = lexer_next(&ahead);

	if (value) {
		expr_push_value(&p->b, value_text(arena_str(p->e->arena, str_of(value))), span);
		return;
	}
	if (!token_is(&p->token, "|") || !token_is(&next, "default")) {
		diag_error(p->e->diags, span, DIAG_E205,
			   "the environment variable %.*s is not set and has no default; write "
			   "${env.%.*s | default(\"…\")}",
			   STR_ARG(name), STR_ARG(name));
		p->b.failed = true;
	}
	expr_push_value(&p->b, VALUE_NOTHING, span);
}

/* A built-in whose first word was read; true when it is one. */
static bool built_in(struct parser *p, struct str first, size_t from)
{
	static const char *const words[] = {"user", "scenario", "loop", "shard",
					    "run",  "response", "env",	NULL};
	bool known = false;

	for (int i = 0; words[i]; i++)
		known |= str_eq(first, str_of(words[i]));
	if (str_eq(first, STR("iteration"))) {
		expr_push(&p->b, (struct expr_op){.code = EXPR_BUILTIN,
						  .index = BUILTIN_ITERATION,
						  .span = place(p, from, p->lexer.at)});
		return true;
	}
	if (!known)
		return false;
	if (!accept(p, ".") || p->token.kind != TOKEN_NAME) {
		fail_expected(p, "a dot and a name, such as user.id,");
		return true;
	}
	struct str member = p->token.text;
	struct str whole = str_slice(p->text->raw, from, p->token.to);
	struct span span = place(p, from, p->token.to);
	advance(p);
	if (str_eq(first, STR("env"))) {
		environment(p, member, span);
		return true;
	}
	if (str_eq(whole, STR("loop.index")) || str_eq(whole, STR("loop.count"))) {
		loop_builtin(p, member, span);
		return true;
	}
	for (uint32_t i = 0; i < BUILTIN_COUNT; i++)
		if (str_eq(whole, str_of(builtin_names[i]))) {
			expr_push(&p->b,
				  (struct expr_op){.code = EXPR_BUILTIN, .index = i, .span = span});
			return true;
		}
	names_unknown(p->e, whole, span);
	p->b.failed = true;
	return true;
}

static void variable(struct parser *p, struct token name)
{
	struct span span = place(p, name.from, name.to);
	uint32_t parameter = name_map_find(&p->e->parameter_map, name.text);
	uint32_t slot = names_find(p->e, name.text);

	if (slot != SLOT_NONE) {
		expr_push(&p->b, (struct expr_op){.code = EXPR_SLOT, .index = slot, .span = span});
	} else if (parameter != NAME_NONE) {
		const struct parameter *known = &p->e->model->parameters[parameter];
		struct value v = value_text(known->value);

		v.secret = known->secret;
		if (known->type == PARAMETER_NUMBER && str_to_double(known->value, &v.number))
			v.type = VALUE_NUMBER;
		if (known->type == PARAMETER_YES_NO)
			v = value_bool(str_eq(known->value, STR("yes")) ||
				       str_eq(known->value, STR("true")));
		expr_push_value(&p->b, v, span);
	} else {
		names_unknown(p->e, name.text, span);
		p->b.failed = true;
	}
}

/* ---- functions and filters */

static const struct function_kind *find_function(struct parser *p, struct token name, bool filter)
{
	uint32_t at = name_map_find(&p->e->function_map, name.text);
	const struct tables *tables = p->e->tables;
	struct span span = place(p, name.from, name.to);
	const char *sort = filter ? "filter" : "function";

	p->b.failed |= at == NAME_NONE;
	if (at == NAME_NONE) {
		struct str *words =
		    ARENA_ARRAY(p->e->arena, tables->function_count + 1, struct str);
		size_t n = 0;

		for (size_t i = 0; i < tables->function_count; i++)
			if (!(tables->functions[i]->flags & FUNCTION_FILTER) == !filter)
				words[n++] = str_of(tables->functions[i]->name);
		struct str near = diag_nearest(name.text, words, n);
		if (near.ptr)
			diag_error(p->e->diags, span, DIAG_E201,
				   "unknown %s '%.*s'; did you mean '%.*s'?", sort,
				   STR_ARG(name.text), STR_ARG(near));
		else
			diag_error(p->e->diags, span, DIAG_E201, "unknown %s '%.*s'", sort,
				   STR_ARG(name.text));
		return NULL;
	}
	const struct function_kind *kind = tables->functions[at];
	if (!(kind->flags & FUNCTION_FILTER) == !filter)
		return kind;
	p->b.failed = true;
	if (filter)
		diag_error(p->e->diags, span, DIAG_E201, "`%s` is a function: write %s", kind->name,
			   kind->signature);
	else
		diag_error(p->e->diags, span, DIAG_E201,
			   "`%s` is a filter: write the value first, as in ${x | %s}", kind->name,
			   kind->signature);
	return NULL;
}

/* The arguments behind an open bracket; how many. */
static unsigned arguments(struct parser *p)
{
	unsigned count = 0;

	if (accept(p, ")"))
		return 0;
	do {
		expression(p, 0);
		count++;
	} while (!p->b.failed && count < 20 && accept(p, ","));
	expect(p, ")", "`)` or `,`");
	return count;
}

/* counter() and counter("name"): numbers of the run, known by name at load. */
static void push_counter(struct parser *p, unsigned given, struct span span)
{
	struct str name = STR("");
	struct expr_op *last = p->b.ops.count ? &p->b.ops.items[p->b.ops.count - 1] : NULL;
	uint32_t at = 0;

	if (given && (last->code != EXPR_CONST || last->constant->type != VALUE_TEXT)) {
		diag_error(p->e->diags, span, DIAG_E202,
			   "the name of a counter is plain text in quotes: counter(\"orders\")");
		p->b.failed = true;
		return;
	}
	if (given) {
		name = last->constant->text;
		p->b.ops.count--;
		p->b.depth--;
	}
	while (at < p->e->numbers.count && !str_eq(p->e->numbers.items[at], name))
		at++;
	if (at == p->e->numbers.count)
		VEC_PUSH(p->e->arena, &p->e->numbers, name);
	expr_push(&p->b, (struct expr_op){.code = EXPR_NEXT, .index = at, .span = span});
}

/* GIVEN arguments stand on the stack, a filter's subject among them. */
static void call(struct parser *p, const struct function_kind *kind, unsigned given,
		 struct span span)
{
	unsigned subject = kind->flags & FUNCTION_FILTER ? 1 : 0;

	if (p->b.failed)
		return;
	if (given < kind->min_args || given > kind->max_args) {
		diag_error(p->e->diags, span, DIAG_E202, "%s stands with %u %s here",
			   kind->signature, given - subject,
			   given - subject == 1 ? "argument" : "arguments");
		p->b.failed = true;
		return;
	}
	if (strcmp(kind->name, "counter") == 0) {
		push_counter(p, given, span);
		return;
	}
	expr_push(&p->b,
		  (struct expr_op){
		      .code = EXPR_CALL, .count = (uint8_t)given, .function = kind, .span = span});
}

static void filter(struct parser *p)
{
	struct token name = p->token;
	unsigned given = 1;

	if (name.kind != TOKEN_NAME) {
		fail_expected(p, "the name of a filter");
		return;
	}
	advance(p);
	const struct function_kind *kind = find_function(p, name, true);
	size_t to = name.to;
	if (token_is(&p->token, "(")) {
		advance(p);
		given += arguments(p);
		to = p->token.from;
	}
	if (kind)
		call(p, kind, given, place(p, name.from, name.to > to ? name.to : to));
}

/* ---- operands */

static void list(struct parser *p, size_t from)
{
	unsigned count = 0;

	while (!p->b.failed && !token_is(&p->token, "]")) {
		expression(p, 0);
		if (++count > 200) {
			fail_expected(p, "the end of this long list");
			return;
		}
		if (!accept(p, ","))
			break;
	}
	size_t to = p->token.to;
	expect(p, "]", "`]` or `,`");
	if (!p->b.failed)
		expr_push(&p->b, (struct expr_op){.code = EXPR_LIST,
						  .count = (uint8_t)count,
						  .span = place(p, from, to)});
}

static void name_or_call(struct parser *p, struct token name)
{
	if (token_is(&p->token, "(")) {
		const struct function_kind *kind = find_function(p, name, false);

		advance(p);
		unsigned given = arguments(p);
		if (kind)
			call(p, kind, given, place(p, name.from, name.to));
	} else if (str_eq(name.text, STR("true")) || str_eq(name.text, STR("false"))) {
		expr_push_value(&p->b, value_bool(name.text.len == 4),
				place(p, name.from, name.to));
	} else if (str_eq(name.text, STR("null"))) {
		expr_push_value(&p->b, VALUE_NOTHING, place(p, name.from, name.to));
	} else if (!built_in(p, name.text, name.from)) {
		variable(p, name);
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
		advance(p);
		expr_push_value(&p->b, value_number(t.number), place(p, t.from, t.to));
	} else if (t.kind == TOKEN_TEXT) {
		advance(p);
		expr_push_value(&p->b, value_text(t.text), place(p, t.from, t.to));
	} else if (t.kind == TOKEN_NAME && !is_reserved(t.text)) {
		advance(p);
		name_or_call(p, t);
	} else if (accept(p, "(")) {
		expression(p, 0);
		expect(p, ")", "`)`");
	} else if (accept(p, "[")) {
		list(p, t.from);
	} else {
		fail_expected(p, "a value");
	}
}

static void path(struct parser *p)
{
	while (!p->b.failed) {
		size_t from = p->token.from;

		if (accept(p, ".")) {
			struct token key = p->token;

			if (key.kind != TOKEN_NAME) {
				fail_expected(p, "a name after the dot");
				return;
			}
			advance(p);
			expr_push_value(&p->b, value_text(key.text), place(p, from, key.to));
			expr_push(&p->b, (struct expr_op){.code = EXPR_INDEX,
							  .span = place(p, from, key.to)});
		} else if (accept(p, "[")) {
			expression(p, 0);
			size_t to = p->token.to;
			expect(p, "]", "`]`");
			if (!p->b.failed)
				expr_push(&p->b, (struct expr_op){.code = EXPR_INDEX,
								  .span = place(p, from, to)});
		} else {
			return;
		}
	}
}

static void prefix(struct parser *p)
{
	struct token t = p->token;

	if (accept(p, "not")) {
		expression(p, BIND_NOT);
		if (!p->b.failed)
			expr_push(&p->b, (struct expr_op){.code = EXPR_NOT,
							  .span = place(p, t.from, t.to)});
	} else if (accept(p, "-")) {
		expression(p, BIND_MULTIPLY + 1);
		if (!p->b.failed)
			expr_push(&p->b, (struct expr_op){.code = EXPR_NEGATE,
							  .span = place(p, t.from, t.to)});
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
		if (token_is(&p->token, i->word))
			return i;
	return NULL;
}

/* The pattern is the constant on top; it is compiled now. */
static void push_matches(struct parser *p, struct span span)
{
	struct expr_op *last = &p->b.ops.items[p->b.ops.count - 1];
	struct regex_error error;

	if (last->code != EXPR_CONST || last->constant->type != VALUE_TEXT) {
		diag_error(p->e->diags, last->span, DIAG_E202,
			   "the pattern after `matches` is plain text in quotes");
		p->b.failed = true;
		return;
	}
	struct regex *regex = regex_new(last->constant->text, p->e->jit, &error);
	if (!regex) {
		diag_error(p->e->diags, last->span, DIAG_E207, "bad pattern: %s", error.text);
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
		filter(p);
	} else if (op->code == EXPR_AND || op->code == EXPR_OR) {
		size_t jump = expr_push_jump(&p->b, op->code, span);

		expression(p, op->binding + 1);
		expr_land(&p->b, jump);
	} else {
		expression(p, op->binding + 1);
		if (p->b.failed)
			return;
		if (op->code == EXPR_MATCHES)
			push_matches(p, span);
		else
			expr_push(&p->b, (struct expr_op){.code = (uint8_t)op->code, .span = span});
	}
}

static void expression(struct parser *p, int binding)
{
	const struct infix *op;
	bool compared = false;

	if (++p->depth > NESTING_MAX)
		fail_expected(p, "something less deeply nested");
	else
		prefix(p);
	while (!p->b.failed && (op = infix_at(p)) && op->binding >= binding) {
		struct span span = token_place(p);

		if (op->binding == BIND_COMPARE && compared) {
			fail_expected(p, "`and` with a second comparison");
			break;
		}
		compared |= op->binding == BIND_COMPARE;
		advance(p);
		infix(p, op, span);
	}
	p->depth--;
}

struct expr_builder emit_builder(struct emitter *e)
{
	return (struct expr_builder){.arena = e->arena, .diags = e->diags, .eval = &e->eval};
}

/* Behind the `}` that closes what begins at FROM, as well as can be told after a mistake. */
static size_t skip(struct str raw, size_t from)
{
	size_t close = str_find_char(raw, '}', from);

	return close == (size_t)-1 ? raw.len : close + 1;
}

const struct expr *parse_expression(struct emitter *e, const struct text *text, size_t from,
				    bool whole, size_t *end)
{
	struct parser p = {
	    .e = e,
	    .text = text,
	    .lexer = {.arena = e->arena, .text = text->raw, .at = whole ? from : from + 2},
	    .b = emit_builder(e),
	};

	advance(&p);
	if (p.token.kind == TOKEN_CLOSE && !whole) {
		diag_error(
		    e->diags, place(&p, from, p.token.to), DIAG_E200,
		    "`${}` is empty; write a name, or $${ for the two characters themselves");
		p.b.failed = true;
	} else {
		expression(&p, 0);
	}
	if (!p.b.failed && !whole && p.token.kind == TOKEN_END) {
		diag_error(e->diags, place(&p, from, from + 2), DIAG_E200,
			   "the `}` of this `${` is missing; write $${ for the two characters "
			   "themselves");
		p.b.failed = true;
	}
	if (!p.b.failed && p.token.kind != (whole ? TOKEN_END : TOKEN_CLOSE))
		fail_expected(&p, whole ? "an operator" : "an operator or `}`");
	*end = p.b.failed ? skip(text->raw, p.token.from > from ? p.token.from : from) : p.token.to;
	return expr_finish(&p.b, place(&p, from, *end));
}

const struct expr *emit_expression(struct emitter *e, const struct text *text)
{
	size_t end;

	return parse_expression(e, text, 0, true, &end);
}
