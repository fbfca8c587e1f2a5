/*
 * `ifTrue` and `whileTrue`: an expression in the syntax of filtrex (names, numbers, texts,
 * arithmetic, comparisons, and, or, not), or with JavaScript's operators for them. A single name
 * that has no value in the file is a function, which is not called.
 */
#include "base/ascii.h"
#include "import/artillery/artillery.h"

#define DEEPEST 20u
#define LONGEST 2000u

struct condition_parser {
	struct artillery *a;
	struct str text;
	size_t at;
	unsigned depth;
	struct buf out;
	bool failed;
};

static void any(struct condition_parser *r);

/* ---- tokens */

static bool is_letter(char c)
{
	return ascii_is_name_start(c) || c == '$';
}

static char peek(struct condition_parser *r)
{
	while (r->at < r->text.len && (r->text.ptr[r->at] == ' ' || r->text.ptr[r->at] == '\t' ||
				       r->text.ptr[r->at] == '\n'))
		r->at++;
	return r->at < r->text.len ? r->text.ptr[r->at] : '\0';
}

/* Consumes SIGN if it is next and is not the start of a longer sign or word. */
static bool accept(struct condition_parser *r, const char *sign)
{
	struct str rest;
	size_t len = strlen(sign);
	char next;

	peek(r);
	rest = str_slice(r->text, r->at, r->text.len);
	if (!str_starts(rest, str_of(sign)))
		return false;
	next = rest.len > len ? rest.ptr[len] : ' ';
	if (is_letter(sign[0]) ? is_letter(next) || ascii_is_digit(next)
			       : next == '=' && strchr("<>!=", sign[0]) && len < 3)
		return false;
	r->at += len;
	return true;
}

static void fail(struct condition_parser *r)
{
	r->failed = true;
	r->at = r->text.len;
}

/* ---- the grammar, from the innermost rule outwards */

static void put_text(struct condition_parser *r, char quote)
{
	size_t end = str_find_char(r->text, quote, r->at + 1);
	struct str inside, quoted;
	const struct artillery_name *known;

	if (end == NOT_FOUND) {
		fail(r);
		return;
	}
	inside = str_slice(r->text, r->at + 1, end);
	known =
	    quote == '\'' ? artillery_find_name(r->a, inside) : NULL; /* filtrex: a quoted name */
	quoted = known ? artillery_expression(r->a, inside) : artillery_quoted(r->a, inside);
	if (!quoted.ptr) {
		fail(r);
		return;
	}
	buf_add(&r->out, quoted);
	r->at = end + 1;
}

static void put_template(struct condition_parser *r)
{
	size_t end = str_find(r->text, STR("}}"), r->at);
	struct str said = STR_NULL;

	if (end != NOT_FOUND)
		said = artillery_expression(r->a, str_slice(r->text, r->at + 2, end));
	if (!said.ptr || str_find_char(said, '|', 0) != NOT_FOUND) {
		fail(r);
		return;
	}
	buf_add(&r->out, said);
	r->at = end + 2;
}

static void put_number(struct condition_parser *r)
{
	size_t from = r->at;
	double value;

	while (r->at < r->text.len &&
	       (ascii_is_digit(r->text.ptr[r->at]) || r->text.ptr[r->at] == '.'))
		r->at++;
	if (str_to_double(str_slice(r->text, from, r->at), &value))
		buf_add(&r->out, str_slice(r->text, from, r->at));
	else
		fail(r);
}

static void put_name(struct condition_parser *r)
{
	size_t from = r->at;
	struct str name, said;

	while (r->at < r->text.len &&
	       (is_letter(r->text.ptr[r->at]) || ascii_is_digit(r->text.ptr[r->at]) ||
		strchr(".[]", r->text.ptr[r->at])))
		r->at++;
	name = str_slice(r->text, from, r->at);
	if (str_starts(name, STR("vars.")) || str_starts(name, STR("context.vars.")))
		name = str_slice(name, str_find(name, STR("vars."), 0) + 5, name.len);
	if (str_eq(name, STR("true")) || str_eq(name, STR("false")))
		said = name;
	else
		said = peek(r) == '(' ? STR_NULL : artillery_expression(r->a, name);
	if (!said.ptr || str_find_char(said, '|', 0) != NOT_FOUND)
		fail(r);
	buf_add(&r->out, said.ptr ? said : STR(""));
}

static void primary(struct condition_parser *r)
{
	char c = peek(r);

	if (accept(r, "(")) {
		buf_add_char(&r->out, '(');
		any(r);
		if (!accept(r, ")"))
			fail(r);
		buf_add_char(&r->out, ')');
	} else if (accept(r, "-")) {
		buf_add(&r->out, STR("(0 - "));
		if (++r->depth > DEEPEST)
			fail(r);
		else
			primary(r);
		r->depth--;
		buf_add_char(&r->out, ')');
	} else if (c == '"' || c == '\'') {
		put_text(r, c);
	} else if (str_starts(str_slice(r->text, r->at, r->text.len), STR("{{"))) {
		put_template(r);
	} else if (ascii_is_digit(c)) {
		put_number(r);
	} else if (is_letter(c)) {
		put_name(r);
	} else {
		fail(r);
	}
}

/* PART, optionally repeated with one of SIGNS in between. */
static void chain(struct condition_parser *r, void (*part)(struct condition_parser *r),
		  const char *const (*signs)[2], size_t max)
{
	part(r);
	for (size_t i = 0; signs[i][0] && max && !r->failed; i++)
		if (accept(r, signs[i][0])) {
			buf_printf(&r->out, " %s ", signs[i][1]);
			part(r);
			max--;
			i = NOT_FOUND;
		}
}

static void product(struct condition_parser *r)
{
	static const char *const signs[][2] = {{"*", "*"}, {"/", "/"}, {"%", "%"}, {NULL, NULL}};

	chain(r, primary, signs, LONGEST);
}

static void sum(struct condition_parser *r)
{
	static const char *const signs[][2] = {{"+", "+"}, {"-", "-"}, {NULL, NULL}};

	chain(r, product, signs, LONGEST);
}

static void comparison(struct condition_parser *r)
{
	static const char *const signs[][2] = {{"===", "=="}, {"!==", "!="}, {"==", "=="},
					       {"!=", "!="},  {"<=", "<="},  {">=", ">="},
					       {"<", "<"},    {">", ">"},    {NULL, NULL}};

	chain(r, sum, signs, 1);
}

static void negation(struct condition_parser *r)
{
	if (!accept(r, "not") && !accept(r, "!")) {
		comparison(r);
		return;
	}
	buf_add(&r->out, STR("not "));
	if (++r->depth > DEEPEST)
		fail(r);
	else
		negation(r);
	r->depth--;
}

static void both(struct condition_parser *r)
{
	static const char *const signs[][2] = {{"and", "and"}, {"&&", "and"}, {NULL, NULL}};

	chain(r, negation, signs, LONGEST);
}

static void any(struct condition_parser *r)
{
	static const char *const signs[][2] = {{"or", "or"}, {"||", "or"}, {NULL, NULL}};

	if (++r->depth > DEEPEST)
		fail(r);
	else
		chain(r, both, signs, LONGEST);
	r->depth--;
}

/* ---- the whole condition */

struct str artillery_quoted(struct artillery *a, struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (strchr("\"\\{}", text.ptr[i]) || (unsigned char)text.ptr[i] < ' ')
			return STR_NULL;
	return arena_printf(a->arena, "\"%.*s\"", STR_ARG(text));
}

/* A word without a value: the name of a function. */
static bool is_function(const struct artillery *a, struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!is_letter(text.ptr[i]) && !(i && ascii_is_digit(text.ptr[i])))
			return false;
	return text.len && !artillery_find_name(a, text) && !str_eq(text, STR("true")) &&
	       !str_eq(text, STR("false"));
}

struct str artillery_condition(struct artillery *a, const struct node *key,
			       const struct node *value)
{
	struct artillery_mark mark = artillery_mark(a);
	struct condition_parser r = {.a = a};
	struct str result = STR_NULL;

	if (value->kind != NODE_SCALAR || value->text.len > LONGEST ||
	    is_function(a, str_trim(value->text))) {
		artillery_unsupported(a, key, value, "always performed: JavaScript is not run");
		return STR_NULL;
	}
	r.text = str_trim(value->text);
	buf_init(&r.out, 0);
	any(&r);
	if (!r.failed && peek(&r) == '\0' && r.at == r.text.len)
		result = arena_str(a->arena, buf_str(&r.out));
	buf_release(&r.out);
	if (!result.ptr) {
		artillery_rollback(a, mark);
		artillery_unsupported(a, key, value,
				      "always performed: the condition is not supported");
	}
	return result;
}
