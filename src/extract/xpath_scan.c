#include "extract/xpath_scan.h"

#include <string.h>

#include "base/ascii.h"

struct xpath_function {
	const char *name;
	unsigned min, max; /* number of arguments */
};

/* XPath 1.0, section 4. */
static const struct xpath_function functions[] = {
    {"last", 0, 0},
    {"position", 0, 0},
    {"count", 1, 1},
    {"id", 1, 1},
    {"local-name", 0, 1},
    {"namespace-uri", 0, 1},
    {"name", 0, 1},
    {"string", 0, 1},
    {"concat", 2, PATH_BYTES_MAX},
    {"starts-with", 2, 2},
    {"contains", 2, 2},
    {"substring-before", 2, 2},
    {"substring-after", 2, 2},
    {"substring", 2, 3},
    {"string-length", 0, 1},
    {"normalize-space", 0, 1},
    {"translate", 3, 3},
    {"boolean", 1, 1},
    {"not", 1, 1},
    {"true", 0, 0},
    {"false", 0, 0},
    {"lang", 1, 1},
    {"number", 0, 1},
    {"sum", 1, 1},
    {"floor", 1, 1},
    {"ceiling", 1, 1},
    {"round", 1, 1},
};

static const char *const node_types[] = {"comment", "text", "processing-instruction", "node"};

static const char *const axes[] = {
    "ancestor",	 "ancestor-or-self",  "attribute", "child",  "descendant", "descendant-or-self",
    "following", "following-sibling", "namespace", "parent", "preceding",  "preceding-sibling",
    "self",
};

/* An open bracket. */
struct level {
	char open;
	size_t at;
	const struct xpath_function *function; /* NULL if it is not a function call */
	unsigned commas;
	bool any; /* it is not empty */
};

struct scan {
	struct str text;
	size_t at;
	struct level levels[PATH_DEPTH_MAX];
	unsigned depth;
	bool operand; /* the last token ends an operand, so the next name is an operator */
	struct xpath_cuts *cuts;
	struct markup_path_error *error;
};

static bool is_name_start(char c)
{
	return ascii_is_name_start(c) || (c & 0x80);
}

static bool is_name(char c)
{
	return is_name_start(c) || ascii_is_digit(c) || c == '-' || c == '.';
}

static char peek(const struct scan *s, size_t ahead)
{
	return s->at + ahead < s->text.len ? s->text.ptr[s->at + ahead] : '\0';
}

static size_t skip_spaces(const struct scan *s, size_t at)
{
	while (at < s->text.len && ascii_is_space(s->text.ptr[at]))
		at++;
	return at;
}

static void mark_content(struct scan *s)
{
	if (s->depth)
		s->levels[s->depth - 1].any = true;
}

static void add_cut(struct scan *s)
{
	struct xpath_cuts *cuts = s->cuts;

	if (s->depth || !cuts->plain || !s->operand || cuts->count == MARKUP_PATH_CUTS_MAX)
		return;
	cuts->at[cuts->count++] = s->at;
}

/* Notes a token that a single location path does not have outside brackets. */
static void not_plain(struct scan *s)
{
	if (!s->depth)
		s->cuts->plain = false;
}

static bool open_bracket(struct scan *s, char open, const struct xpath_function *function)
{
	mark_content(s);
	if (s->depth == PATH_DEPTH_MAX)
		return markup_path_fail(s->error, s->at, "brackets are nested more than %d deep",
					PATH_DEPTH_MAX);
	s->levels[s->depth++] = (struct level){.open = open, .at = s->at, .function = function};
	s->operand = false;
	s->at++;
	return true;
}

static bool check_arguments(struct scan *s, const struct level *level)
{
	const struct xpath_function *f = level->function;
	unsigned given = level->any ? level->commas + 1 : 0;

	if (!f || (given >= f->min && given <= f->max))
		return true;
	if (f->min == f->max)
		return markup_path_fail(s->error, level->at, "%s() needs %u argument%s, found %u",
					f->name, f->min, f->min == 1 ? "" : "s", given);
	if (f->max == PATH_BYTES_MAX)
		return markup_path_fail(s->error, level->at,
					"%s() needs %u arguments or more, found %u", f->name,
					f->min, given);
	return markup_path_fail(s->error, level->at, "%s() needs %u to %u arguments, found %u",
				f->name, f->min, f->max, given);
}

static bool close_bracket(struct scan *s, char close)
{
	char open = close == ')' ? '(' : '[';

	if (!s->depth || s->levels[s->depth - 1].open != open)
		return markup_path_fail(s->error, s->at, "this '%c' has no opening bracket", close);
	if (!check_arguments(s, &s->levels[s->depth - 1]))
		return false;
	s->depth--;
	s->at++;
	s->operand = true;
	return true;
}

static bool one_of(struct str name, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(name, str_of(words[i])))
			return true;
	return false;
}

static bool scan_function(struct scan *s, struct str name, size_t from)
{
	size_t count = sizeof functions / sizeof *functions;

	for (size_t i = 0; i < count; i++) {
		if (str_eq(name, str_of(functions[i].name))) {
			not_plain(s);
			return open_bracket(s, '(', &functions[i]);
		}
	}
	if (one_of(name, node_types, sizeof node_types / sizeof *node_types))
		return open_bracket(s, '(', NULL);
	return markup_path_fail(s->error, from, "XPath 1.0 has no function %.*s()", STR_ARG(name));
}

/* Scans the name of an element, a function or an axis, or an operator between two operands. */
static bool scan_name(struct scan *s)
{
	size_t from = s->at;

	mark_content(s);
	while (is_name(peek(s, 0)) ||
	       (peek(s, 0) == ':' && is_name_start(peek(s, 1)) && s->text.ptr[s->at - 1] != ':'))
		s->at++;
	struct str name = str_slice(s->text, from, s->at);
	if (s->operand) {
		static const char *const operators[] = {"and", "or", "div", "mod"};

		if (!one_of(name, operators, 4))
			return markup_path_fail(s->error, from,
						"expected an operator such as 'and' before '%.*s'",
						STR_ARG(name));
		s->operand = false;
		not_plain(s);
		return true;
	}
	size_t next = skip_spaces(s, s->at);
	if (str_starts(str_slice(s->text, next, s->text.len), STR("::"))) {
		if (!one_of(name, axes, sizeof axes / sizeof *axes))
			return markup_path_fail(s->error, from,
						"XPath 1.0 has no axis %.*s::", STR_ARG(name));
		s->at = next + 2;
		return true;
	}
	if (next < s->text.len && s->text.ptr[next] == '(') {
		s->at = next;
		return scan_function(s, name, from);
	}
	if (peek(s, 0) == ':' && peek(s, 1) == '*')
		s->at += 2;
	s->operand = true;
	return true;
}

static bool scan_quoted(struct scan *s)
{
	size_t end = str_find_char(s->text, peek(s, 0), s->at + 1);

	if (end == NOT_FOUND)
		return markup_path_fail(s->error, s->at, "this %c is not closed", peek(s, 0));
	mark_content(s);
	not_plain(s);
	s->at = end + 1;
	s->operand = true;
	return true;
}

static bool scan_operator(struct scan *s, char c)
{
	mark_content(s);
	if (c == '/') {
		add_cut(s);
		s->at += peek(s, 1) == '/' ? 2 : 1;
		s->operand = false;
		return true;
	}
	if (c == '*' && !s->operand) {
		s->at++;
		s->operand = true;
		return true;
	}
	if (c == '@' || c == ':') {
		s->at++;
		s->operand = false;
		return true;
	}
	if (!c || !strchr("|+-=!<>*", c) || (c == '!' && peek(s, 1) != '='))
		return markup_path_fail(s->error, s->at, "unexpected '%c'", c);
	not_plain(s);
	s->at++;
	s->operand = false;
	return true;
}

static bool scan_number_or_dot(struct scan *s)
{
	mark_content(s);
	if (peek(s, 0) == '.' && !ascii_is_digit(peek(s, 1))) {
		s->at += peek(s, 1) == '.' ? 2 : 1;
	} else {
		not_plain(s);
		while (ascii_is_digit(peek(s, 0)) || peek(s, 0) == '.')
			s->at++;
	}
	s->operand = true;
	return true;
}

static bool scan_token(struct scan *s)
{
	char c = peek(s, 0);

	if (c == '[') {
		add_cut(s);
		return open_bracket(s, '[', NULL);
	}
	if (c == '(') {
		not_plain(s);
		return open_bracket(s, '(', NULL);
	}
	if (c == ']' || c == ')')
		return close_bracket(s, c);
	if (c == ',') {
		if (!s->depth || !s->levels[s->depth - 1].function)
			return markup_path_fail(s->error, s->at,
						"a comma is only allowed between arguments");
		s->levels[s->depth - 1].commas++;
		s->at++;
		s->operand = false;
		return true;
	}
	if (c == '$')
		return markup_path_fail(
		    s->error, s->at,
		    "XPath variables are not supported; use a parameter ${NAME}, or "
		    "write $${ for the characters ${");
	if (c == '"' || c == '\'')
		return scan_quoted(s);
	if (c == '.' || ascii_is_digit(c))
		return scan_number_or_dot(s);
	if (is_name_start(c))
		return scan_name(s);
	return scan_operator(s, c);
}

bool xpath_scan(struct str text, struct xpath_cuts *cuts, struct markup_path_error *error)
{
	struct scan s = {.text = text, .cuts = cuts, .error = error};

	*cuts = (struct xpath_cuts){.plain = true};
	if (!str_trim(text).len)
		return markup_path_fail(error, 0,
					"the XPath is empty; write one such as "
					"//input[@name='id']/@value");
	if (text.len > PATH_BYTES_MAX)
		return markup_path_fail(error, PATH_BYTES_MAX, "the XPath is longer than %d bytes",
					PATH_BYTES_MAX);
	if (str_find_char(text, '\0', 0) != NOT_FOUND)
		return markup_path_fail(error, str_find_char(text, '\0', 0),
					"unexpected zero byte");
	while ((s.at = skip_spaces(&s, s.at)) < text.len)
		if (!scan_token(&s))
			return false;
	if (s.depth)
		return markup_path_fail(error, s.levels[s.depth - 1].at, "this %c is not closed",
					s.levels[s.depth - 1].open);
	if (!cuts->plain)
		cuts->count = 0;
	return true;
}
