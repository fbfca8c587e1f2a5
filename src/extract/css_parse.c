#include "extract/css_parse.h"

#include <string.h>

#include "base/ascii.h"
#include "base/buf.h"

#define DEPTH_MAX 8 /* :not(:is(:has(…))) */
#define NTH_MAX	  1000000

struct parse {
	struct arena *arena;
	struct str text;
	size_t at;
	unsigned depth;
	struct str attribute;
	struct markup_path_error *error;
};

static const struct css_list *parse_list(struct parse *p, bool relative);

static char peek(const struct parse *p, size_t ahead)
{
	return p->at + ahead < p->text.len ? p->text.ptr[p->at + ahead] : '\0';
}

static bool is_name_start(char c)
{
	return ascii_is_name_start(c) || (c & 0x80);
}

static bool is_name(char c)
{
	return is_name_start(c) || ascii_is_digit(c) || c == '-';
}

static void skip_spaces(struct parse *p)
{
	while (ascii_is_html_space(peek(p, 0)))
		p->at++;
}

static bool accept(struct parse *p, char c)
{
	if (peek(p, 0) != c)
		return false;
	p->at++;
	return true;
}

/* ---- names and values */

/* Parses the escape "\26 " after its backslash. */
static void parse_escape(struct parse *p, struct buf *out)
{
	uint32_t code = 0;
	unsigned digits = 0;

	for (; digits < 6; digits++, p->at++) {
		char c = peek(p, 0);
		int value = ascii_hex_value(c);
		if (value < 0)
			break;
		code = code * 16 + (uint32_t)value;
	}
	if (!digits) {
		if (p->at < p->text.len)
			buf_add_char(out, p->text.ptr[p->at++]);
		return;
	}
	if (ascii_is_html_space(peek(p, 0)))
		p->at++;
	bool scalar = code && code <= 0x10FFFF && !(code >= 0xD800 && code <= 0xDFFF);
	buf_add_utf8(out, scalar ? code : 0xFFFD);
}

static struct str finish_text(struct parse *p, struct buf *out)
{
	struct str copy = arena_str(p->arena, buf_str(out));

	buf_release(out);
	return copy;
}

/* Parses a name. Returns ptr NULL and sets the error, with EXPECTED in the message, if there is
 * none. */
static struct str parse_name(struct parse *p, const char *expected)
{
	size_t ahead = peek(p, 0) == '-' ? 1 : 0;
	struct buf out;

	if (!is_name_start(peek(p, ahead)) && peek(p, ahead) != '\\' &&
	    !(ahead && peek(p, 1) == '-')) {
		markup_path_fail(p->error, p->at, "expected %s", expected);
		return STR_NULL;
	}
	buf_init(&out, 0);
	for (;;) {
		if (accept(p, '\\'))
			parse_escape(p, &out);
		else if (is_name(peek(p, 0)))
			buf_add_char(&out, p->text.ptr[p->at++]);
		else
			break;
	}
	return finish_text(p, &out);
}

static struct str parse_quoted(struct parse *p)
{
	size_t from = p->at;
	char quote = p->text.ptr[p->at++];
	struct buf out;

	buf_init(&out, 0);
	while (p->at < p->text.len && peek(p, 0) != quote) {
		if (!accept(p, '\\'))
			buf_add_char(&out, p->text.ptr[p->at++]);
		else if (!accept(p, '\n'))
			parse_escape(p, &out);
	}
	if (!accept(p, quote)) {
		buf_release(&out);
		markup_path_fail(p->error, from, "this %c is not closed", quote);
		return STR_NULL;
	}
	return finish_text(p, &out);
}

/* Parses a value, quoted or not. Accepts an unquoted value that starts with a digit, which CSS does
 * not allow but people write. */
static struct str parse_value(struct parse *p)
{
	size_t from = p->at;

	if (peek(p, 0) == '"' || peek(p, 0) == '\'')
		return parse_quoted(p);
	if (!ascii_is_digit(peek(p, 0)))
		return parse_name(p, "a value such as \"x\"");
	while (is_name(peek(p, 0)) || peek(p, 0) == '.')
		p->at++;
	return arena_str(p->arena, str_slice(p->text, from, p->at));
}

/* ---- conditions */

static bool parse_attribute_test(struct parse *p, struct css_simple *simple)
{
	static const char signs[] = "~|^$*";
	static const enum css_operator operators[] = {CSS_WORD, CSS_DASH, CSS_BEGINS, CSS_ENDS,
						      CSS_SUBSTRING};
	const char *sign = peek(p, 0) ? strchr(signs, peek(p, 0)) : NULL;

	simple->operator= CSS_EQUALS;
	if (sign) {
		simple->operator= operators[sign - signs];
		p->at++;
	}
	if (!accept(p, '='))
		return markup_path_fail(p->error, p->at, "expected ], or one of = ~= |= ^= $= *=");
	skip_spaces(p);
	simple->value = parse_value(p);
	if (!simple->value.ptr)
		return false;
	skip_spaces(p);
	char flag = peek(p, 0);
	if (flag == 'i' || flag == 'I' || flag == 's' || flag == 'S') {
		simple->any_case = flag == 'i' || flag == 'I';
		p->at++;
		skip_spaces(p);
	}
	return true;
}

static bool parse_attribute(struct parse *p, struct css_simple *simple)
{
	size_t from = p->at++;

	simple->kind = CSS_ATTRIBUTE;
	skip_spaces(p);
	simple->name = parse_name(p, "an attribute name");
	if (!simple->name.ptr)
		return false;
	skip_spaces(p);
	if (accept(p, ']'))
		return true;
	if (!parse_attribute_test(p, simple))
		return false;
	if (accept(p, ']'))
		return true;
	if (p->at < p->text.len)
		return markup_path_fail(p->error, p->at, "expected ]");
	return markup_path_fail(p->error, from, "this [ is not closed");
}

static bool parse_integer(struct parse *p, int64_t *out)
{
	size_t from = p->at;

	*out = 0;
	while (ascii_is_digit(peek(p, 0)) && *out <= NTH_MAX)
		*out = *out * 10 + (p->text.ptr[p->at++] - '0');
	if (p->at == from)
		return markup_path_fail(p->error, p->at, "expected a number");
	if (*out > NTH_MAX)
		return markup_path_fail(p->error, from, "expected a number up to %d", NTH_MAX);
	return true;
}

static bool parse_sign(struct parse *p, int64_t *sign)
{
	*sign = peek(p, 0) == '-' ? -1 : 1;
	return accept(p, '-') || accept(p, '+');
}

/* odd, even, 3, 2n, -n+3 */
static bool parse_nth(struct parse *p, struct css_simple *simple)
{
	struct str rest = str_slice(p->text, p->at, p->text.len);
	int64_t sign, number = 1;

	if (str_ieq(str_slice(rest, 0, 3), STR("odd")) ||
	    str_ieq(str_slice(rest, 0, 4), STR("even"))) {
		simple->a = 2;
		simple->b = rest.ptr[0] == 'o' || rest.ptr[0] == 'O';
		p->at += simple->b ? 3 : 4;
		return true;
	}
	parse_sign(p, &sign);
	bool n = peek(p, 0) == 'n' || peek(p, 0) == 'N';
	if (!n && !parse_integer(p, &number))
		return false;
	simple->b = sign * number;
	if (!accept(p, 'n') && !accept(p, 'N'))
		return true;
	simple->a = sign * number;
	simple->b = 0;
	skip_spaces(p);
	if (!parse_sign(p, &sign))
		return true;
	skip_spaces(p);
	if (!parse_integer(p, &number))
		return false;
	simple->b = sign * number;
	return true;
}

/* The supported pseudo-classes. */
struct pseudo {
	const char *name;
	enum css_kind kind;
	bool of_type, from_end;
	bool bare; /* without parentheses; CSS_NTH then means the first one */
};

static const struct pseudo pseudos[] = {
    {"first-child", CSS_NTH, false, false, true},  {"last-child", CSS_NTH, false, true, true},
    {"first-of-type", CSS_NTH, true, false, true}, {"last-of-type", CSS_NTH, true, true, true},
    {"nth-child", CSS_NTH, false, false, false},   {"nth-last-child", CSS_NTH, false, true, false},
    {"nth-of-type", CSS_NTH, true, false, false},  {"nth-last-of-type", CSS_NTH, true, true, false},
    {"only-child", CSS_ONLY, false, false, true},  {"only-of-type", CSS_ONLY, true, false, true},
    {"not", CSS_NOT, false, false, false},	   {"is", CSS_IS, false, false, false},
    {"where", CSS_IS, false, false, false},	   {"matches", CSS_IS, false, false, false},
    {"has", CSS_HAS, false, false, false},	   {"contains", CSS_CONTAINS, false, false, false},
    {"empty", CSS_EMPTY, false, false, true},	   {"root", CSS_ROOT, false, false, true},
    {"checked", CSS_CHECKED, false, false, true},  {"disabled", CSS_DISABLED, false, false, true},
    {"enabled", CSS_ENABLED, false, false, true},
};

static bool parse_inside(struct parse *p, struct css_simple *simple)
{
	bool fine;

	if (simple->kind == CSS_NTH)
		return parse_nth(p, simple);
	if (simple->kind == CSS_CONTAINS) {
		simple->value = parse_value(p);
		return simple->value.ptr != NULL;
	}
	if (p->depth == DEPTH_MAX)
		return markup_path_fail(p->error, p->at, "selectors are nested more than %d deep",
					DEPTH_MAX);
	p->depth++;
	simple->inner = parse_list(p, simple->kind == CSS_HAS);
	fine = simple->inner != NULL;
	p->depth--;
	return fine;
}

static bool parse_brackets(struct parse *p, struct css_simple *simple, const char *name)
{
	size_t from = p->at;

	if (!accept(p, '('))
		return markup_path_fail(p->error, p->at, ":%s needs a value in parentheses", name);
	skip_spaces(p);
	if (!parse_inside(p, simple))
		return false;
	skip_spaces(p);
	if (accept(p, ')'))
		return true;
	return p->at < p->text.len ? markup_path_fail(p->error, p->at, "expected )")
				   : markup_path_fail(p->error, from, "this ( is not closed");
}

static bool parse_pseudo(struct parse *p, struct css_simple *simple)
{
	size_t from = p->at++;
	struct str name = parse_name(p, "a pseudo-class such as first-child");

	if (!name.ptr)
		return false;
	for (size_t i = 0; i < sizeof pseudos / sizeof *pseudos; i++) {
		const struct pseudo *pseudo = &pseudos[i];

		if (!str_ieq(name, str_of(pseudo->name)))
			continue;
		simple->kind = pseudo->kind;
		simple->of_type = pseudo->of_type;
		simple->from_end = pseudo->from_end;
		simple->b = 1;
		return pseudo->bare || parse_brackets(p, simple, pseudo->name);
	}
	return markup_path_fail(p->error, from, "the pseudo-class :%.*s is not supported",
				STR_ARG(name));
}

static bool parse_simple(struct parse *p, struct css_simple *simple)
{
	char c = peek(p, 0);

	simple->from = p->at;
	if (c == '[')
		return parse_attribute(p, simple);
	if (c == ':')
		return parse_pseudo(p, simple);
	p->at++;
	simple->kind = c == '.' ? CSS_CLASS : CSS_ID;
	simple->name = parse_name(p, c == '.' ? "a class name" : "an id");
	return simple->name.ptr != NULL;
}

/* ---- selectors */

static bool at_simple(const struct parse *p)
{
	char c = peek(p, 0);

	return c == '.' || c == '#' || c == '[' || (c == ':' && peek(p, 1) != ':');
}

static struct css_compound *parse_compound(struct parse *p, char combinator)
{
	struct css_compound *compound = ARENA_NEW(p->arena, struct css_compound);
	const struct css_simple **last = &compound->simples;

	compound->combinator = combinator;
	compound->from = p->at;
	if (!accept(p, '*') && !at_simple(p)) {
		compound->type = parse_name(p, "a selector such as a.next");
		if (!compound->type.ptr)
			return NULL;
	}
	if (peek(p, 0) == '|') {
		markup_path_fail(p->error, p->at,
				 "namespaces are not supported; write the name without one");
		return NULL;
	}
	while (at_simple(p)) {
		struct css_simple *simple = ARENA_NEW(p->arena, struct css_simple);

		if (!parse_simple(p, simple))
			return NULL;
		if (simple->of_type && !compound->type.ptr) {
			markup_path_fail(p->error, simple->from,
					 "…-of-type needs an element name before it, such as li");
			return NULL;
		}
		*last = simple;
		last = &simple->next;
	}
	return compound;
}

/* Parses ' ', '>', '+' or '~' between two compounds. Returns '\0' at the end of the selector. */
static char parse_combinator(struct parse *p)
{
	bool spaced = ascii_is_html_space(peek(p, 0));

	skip_spaces(p);
	char c = peek(p, 0);
	if (c == '>' || c == '+' || c == '~') {
		p->at++;
		skip_spaces(p);
		return c;
	}
	return spaced && c && c != ',' && c != ')' && c != ':' ? ' '
	       : spaced && c == ':' && peek(p, 1) != ':'       ? ' '
							       : '\0';
}

static bool parse_selector(struct parse *p, struct css_list *list, bool relative)
{
	struct css_compound *last = NULL;
	char combinator = ' ';

	list->from = p->at;
	if (relative && strchr(">+~", peek(p, 0)) && peek(p, 0))
		combinator = parse_combinator(p);
	do {
		struct css_compound *one = parse_compound(p, combinator);

		if (!one)
			return false;
		one->before = last;
		if (last)
			last->next = one;
		else
			list->first = one;
		last = one;
		list->last = one;
		list->to = p->at;
	} while ((combinator = parse_combinator(p)));
	return true;
}

/* Parses "::attr(href)" or "::text". */
static bool parse_ending(struct parse *p)
{
	size_t from = p->at;

	p->at += 2;
	struct str name = parse_name(p, "attr(NAME)");
	if (!name.ptr)
		return false;
	if (str_eq(name, STR("text")))
		return true;
	if (!str_eq(name, STR("attr")) || !accept(p, '('))
		return markup_path_fail(p->error, from,
					"only ::attr(NAME) and ::text are supported");
	skip_spaces(p);
	p->attribute = parse_name(p, "an attribute name");
	if (!p->attribute.ptr)
		return false;
	skip_spaces(p);
	return accept(p, ')') || markup_path_fail(p->error, p->at, "expected )");
}

static const struct css_list *parse_list(struct parse *p, bool relative)
{
	const struct css_list *first = NULL, **last = &first;

	do {
		struct css_list *list = ARENA_NEW(p->arena, struct css_list);

		skip_spaces(p);
		if (!parse_selector(p, list, relative))
			return NULL;
		*last = list;
		last = &list->next;
	} while (accept(p, ','));
	return first;
}

const struct css_list *css_parse(struct arena *a, struct str text, struct str *attribute,
				 struct markup_path_error *error)
{
	struct parse p = {.arena = a, .text = text, .error = error};

	*error = (struct markup_path_error){0};
	if (text.len > PATH_BYTES_MAX) {
		markup_path_fail(error, PATH_BYTES_MAX, "the selector is longer than %d bytes",
				 PATH_BYTES_MAX);
		return NULL;
	}
	const struct css_list *list = parse_list(&p, false);
	if (!list)
		return NULL;
	if (peek(&p, 0) == ':' && peek(&p, 1) == ':' && !parse_ending(&p))
		return NULL;
	skip_spaces(&p);
	if (p.at < text.len) {
		markup_path_fail(error, p.at, "unexpected '%.*s'", (int)str_utf8_step(text, p.at),
				 text.ptr + p.at);
		return NULL;
	}
	if (p.attribute.ptr)
		*attribute = p.attribute;
	return list;
}
