/*
 * Translates CSS selectors to XPath 1.0: the expression finds the last compound, and the compounds
 * left of it become a condition.
 */
#include "extract/css_parse.h"

#include "base/ascii.h"
#include "base/buf.h"

#define LETTERS_UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LETTERS_LOWER "abcdefghijklmnopqrstuvwxyz"

struct writer {
	struct buf out;
	bool xml; /* names are case-sensitive; in HTML they are lower case */
};

static void put_list(struct writer *w, const struct css_list *list);

static bool is_plain_name(struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		bool letter = ascii_is_name_start(c);

		if (!letter && (!i || !(ascii_is_digit(c) || c == '-')))
			return false;
	}
	return name.len > 0;
}

/* Appends TEXT as an XPath string. XPath 1.0 has no escapes, so quotes need concat(). */
static void put_quoted(struct writer *w, struct str text)
{
	struct buf *out = &w->out;

	if (str_find_char(text, '\'', 0) == NOT_FOUND) {
		buf_printf(out, "'%.*s'", STR_ARG(text));
		return;
	}
	buf_add(out, STR("concat(''"));
	for (size_t at = 0; at <= text.len;) {
		size_t end = str_find_char(text, '\'', at);
		struct str part = str_slice(text, at, end == NOT_FOUND ? text.len : end);

		buf_printf(out, ",'%.*s'", STR_ARG(part));
		if (end == NOT_FOUND)
			break;
		buf_add(out, STR(",\"'\""));
		at = end + 1;
	}
	buf_add_char(out, ')');
}

static void put_lower_case(struct writer *w, struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		buf_add_char(&w->out, w->xml ? c : ascii_to_lower(c));
	}
}

/* Appends the node test for elements of TYPE. */
static void put_type(struct writer *w, struct str type)
{
	if (!type.ptr) {
		buf_add_char(&w->out, '*');
	} else if (!w->xml && is_plain_name(type)) {
		put_lower_case(w, type);
	} else {
		buf_add(&w->out, STR("*[local-name()="));
		put_quoted(w, type);
		buf_add_char(&w->out, ']');
	}
}

static void put_attribute(struct writer *w, struct str name)
{
	if (is_plain_name(name)) {
		buf_add_char(&w->out, '@');
		put_lower_case(w, name);
	} else {
		buf_add(&w->out, STR("@*[name()="));
		put_quoted(w, name);
		buf_add_char(&w->out, ']');
	}
}

/* ---- conditions */

/* Appends the attribute's value, in lower case if the selector ignores case. */
static void put_attribute_value(struct writer *w, const struct css_simple *s)
{
	if (s->any_case)
		buf_add(&w->out, STR("translate("));
	put_attribute(w, s->name);
	if (s->any_case)
		buf_add(&w->out, STR(",'" LETTERS_UPPER "','" LETTERS_LOWER "')"));
}

static void put_expected_value(struct writer *w, const struct css_simple *s)
{
	if (s->any_case)
		buf_add(&w->out, STR("translate("));
	put_quoted(w, s->value);
	if (s->any_case)
		buf_add(&w->out, STR(",'" LETTERS_UPPER "','" LETTERS_LOWER "')"));
}

static void put_call(struct writer *w, const char *function, const struct css_simple *s)
{
	buf_printf(&w->out, "%s(", function);
	put_attribute_value(w, s);
	buf_add_char(&w->out, ',');
	put_expected_value(w, s);
	buf_add_char(&w->out, ')');
}

/* Appends a test for one of the words of the attribute. */
static void put_word(struct writer *w, const struct css_simple *s)
{
	buf_add(&w->out, STR("contains(concat(' ',normalize-space("));
	put_attribute_value(w, s);
	buf_add(&w->out, STR("),' '),concat(' ',"));
	put_expected_value(w, s);
	buf_add(&w->out, STR(",' '))"));
}

static void put_ends(struct writer *w, const struct css_simple *s)
{
	buf_add(&w->out, STR("substring("));
	put_attribute_value(w, s);
	buf_add(&w->out, STR(",string-length("));
	put_attribute_value(w, s);
	buf_add(&w->out, STR(")-string-length("));
	put_expected_value(w, s);
	buf_add(&w->out, STR(")+1)="));
	put_expected_value(w, s);
}

static void put_test(struct writer *w, const struct css_simple *s)
{
	bool has_space = str_find_char(s->value, ' ', 0) != NOT_FOUND;

	/* By definition, an empty value and a word with a space never match. */
	if (s->operator>= CSS_BEGINS && !s->value.len) {
		buf_add(&w->out, STR("false()"));
		return;
	}
	switch (s->operator) {
	case CSS_EXISTS:
		put_attribute(w, s->name);
		return;
	case CSS_EQUALS:
		put_attribute_value(w, s);
		buf_add_char(&w->out, '=');
		put_expected_value(w, s);
		return;
	case CSS_WORD:
		if (!s->value.len || has_space)
			buf_add(&w->out, STR("false()"));
		else
			put_word(w, s);
		return;
	case CSS_DASH:
		put_attribute_value(w, s);
		buf_add_char(&w->out, '=');
		put_expected_value(w, s);
		buf_add(&w->out, STR(" or starts-with("));
		put_attribute_value(w, s);
		buf_add(&w->out, STR(",concat("));
		put_expected_value(w, s);
		buf_add(&w->out, STR(",'-'))"));
		return;
	case CSS_BEGINS:
		put_call(w, "starts-with", s);
		return;
	case CSS_ENDS:
		put_ends(w, s);
		return;
	case CSS_SUBSTRING:
		put_call(w, "contains", s);
		return;
	}
}

static void put_siblings(struct writer *w, bool following, struct str type)
{
	buf_printf(&w->out, "%s-sibling::", following ? "following" : "preceding");
	put_type(w, type);
}

/* Appends the test a n + b for the position among the siblings: the number of those before, plus 1.
 */
static void put_nth(struct writer *w, const struct css_simple *s, struct str type)
{
	struct buf *out = &w->out;
	long long a = s->a, b = s->b;

	if (!a && b == 1) {
		buf_add(out, STR("not("));
		put_siblings(w, s->from_end, type);
		buf_add_char(out, ')');
		return;
	}
	if (!a && b < 1) {
		buf_add(out, STR("false()"));
		return;
	}
	if (!a) {
		put_siblings(w, s->from_end, type);
		buf_printf(out, "[%lld] and not(", b - 1);
		put_siblings(w, s->from_end, type);
		buf_printf(out, "[%lld])", b);
		return;
	}
	buf_add(out, STR("count("));
	put_siblings(w, s->from_end, type);
	buf_printf(out, ")%s%lld", a > 0 ? ">=" : "<=", b - 1);
	if (a == 1 || a == -1)
		return;
	buf_add(out, STR(" and (count("));
	put_siblings(w, s->from_end, type);
	buf_printf(out, ")+1-(%lld)) mod %lld=0", b, a < 0 ? -a : a);
}

static void put_only(struct writer *w, struct str type)
{
	buf_add(&w->out, STR("not("));
	put_siblings(w, false, type);
	buf_add(&w->out, STR(") and not("));
	put_siblings(w, true, type);
	buf_add_char(&w->out, ')');
}

static void put_compound(struct writer *w, const struct css_compound *compound);

/* Appends relative selectors, which search forward from the element. */
static void put_has(struct writer *w, const struct css_list *list)
{
	for (; list; list = list->next) {
		for (const struct css_compound *c = list->first; c; c = c->next) {
			const char *axis = c->combinator == '>'	  ? "child::"
					   : c->combinator == ' ' ? "descendant::"
					   : c->combinator == '+' ? "following-sibling::*[1]/self::"
								  : "following-sibling::";

			buf_add(&w->out, str_of(axis));
			put_compound(w, c);
			if (c->next)
				buf_add_char(&w->out, '/');
		}
		if (list->next)
			buf_add(&w->out, STR(" or "));
	}
}

static void put_simple(struct writer *w, const struct css_simple *s, struct str type)
{
	struct css_simple class = {.name = STR("class"), .value = s->name};
	struct css_simple id = {.name = STR("id"), .value = s->name, .operator= CSS_EQUALS };

	switch (s->kind) {
	case CSS_CLASS:
		put_word(w, &class);
		return;
	case CSS_ID:
		put_test(w, &id);
		return;
	case CSS_ATTRIBUTE:
		put_test(w, s);
		return;
	case CSS_NTH:
		put_nth(w, s, s->of_type ? type : STR_NULL);
		return;
	case CSS_ONLY:
		put_only(w, s->of_type ? type : STR_NULL);
		return;
	case CSS_NOT:
		buf_add(&w->out, STR("not("));
		put_list(w, s->inner);
		buf_add_char(&w->out, ')');
		return;
	case CSS_IS:
		put_list(w, s->inner);
		return;
	case CSS_HAS:
		put_has(w, s->inner);
		return;
	case CSS_CONTAINS:
		buf_add(&w->out, STR("contains(normalize-space(),normalize-space("));
		put_quoted(w, s->value);
		buf_add(&w->out, STR("))"));
		return;
	case CSS_EMPTY:
		buf_add(&w->out, STR("not(*) and not(text())"));
		return;
	case CSS_ROOT:
		buf_add(&w->out, STR("not(parent::*)"));
		return;
	case CSS_CHECKED:
		buf_add(&w->out, STR("@checked or @selected"));
		return;
	case CSS_DISABLED:
		buf_add(&w->out, STR("@disabled"));
		return;
	case CSS_ENABLED:
		buf_add(&w->out, STR("(self::input or self::button or self::select or "
				     "self::textarea or self::option) and not(@disabled)"));
		return;
	}
}

static void put_compound(struct writer *w, const struct css_compound *compound)
{
	put_type(w, compound->type);
	for (const struct css_simple *s = compound->simples; s; s = s->next) {
		buf_add_char(&w->out, '[');
		put_simple(w, s, compound->type);
		buf_add_char(&w->out, ']');
	}
}

/* The first compound of the group that must be matched together with B: for a descendant
 * combinator all compounds up to the next one, for `~` those joined by `+`. */
static const struct css_compound *run_end(const struct css_compound *b, char combinator)
{
	while (b->before && (combinator == ' ' ? b->combinator != ' ' : b->combinator == '+'))
		b = b->before;
	return b;
}

/*
 * Appends the compounds left of C, up to STOP, as one path backwards. The nearest matching ancestor
 * (or sibling) is always a correct choice, because it leaves the other nodes for the rest. So each
 * step has at most one node, and the work per element is bounded by the depth of the page.
 */
static void put_left_side(struct writer *w, const struct css_compound *c,
			  const struct css_compound *stop)
{
	while (c != stop && c->before) {
		const struct css_compound *b = c->before, *end = b;

		if (c->combinator == '>') {
			buf_add(&w->out, STR("parent::"));
			put_compound(w, b);
		} else if (c->combinator == '+') {
			buf_add(&w->out, STR("preceding-sibling::*[1]/self::"));
			put_compound(w, b);
		} else {
			bool above = c->combinator == ' ';

			end = run_end(b, c->combinator);
			buf_add(&w->out, above ? STR("ancestor::") : STR("preceding-sibling::"));
			put_compound(w, b);
			if (end != b) {
				buf_add_char(&w->out, '[');
				put_left_side(w, b, end);
				buf_add_char(&w->out, ']');
			}
			buf_add(&w->out, STR("[1]"));
			for (const struct css_compound *move = b; move != end; move = move->before)
				if (!above || move->combinator == '>')
					buf_add(&w->out, above ? STR("/parent::*")
							       : STR("/preceding-sibling::*[1]"));
		}
		c = end;
		if (c != stop && c->before)
			buf_add_char(&w->out, '/');
	}
}

/* Appends the last compound, with the compounds left of it as a condition. */
static void put_backwards(struct writer *w, const struct css_compound *last)
{
	put_compound(w, last);
	if (!last->before)
		return;
	buf_add_char(&w->out, '[');
	put_left_side(w, last, NULL);
	buf_add_char(&w->out, ']');
}

static void put_list(struct writer *w, const struct css_list *list)
{
	for (; list; list = list->next) {
		buf_add(&w->out, STR("self::"));
		put_backwards(w, list->last);
		if (list->next)
			buf_add(&w->out, STR(" or "));
	}
}

static void put_whole(struct writer *w, const struct css_list *list, struct str attribute)
{
	for (; list; list = list->next) {
		buf_add(&w->out, STR("/descendant::"));
		put_backwards(w, list->last);
		if (attribute.len) {
			buf_add_char(&w->out, '/');
			put_attribute(w, attribute);
		}
		if (list->next)
			buf_add_char(&w->out, '|');
	}
}

/* ---- paths */

static const char *expression(struct arena *a, const struct css_list *list, struct str attribute,
			      bool xml)
{
	struct writer w = {.xml = xml};

	buf_init(&w.out, 0);
	put_whole(&w, list, attribute);
	const char *text = arena_str(a, buf_str(&w.out)).ptr;
	buf_release(&w.out);
	return text;
}

static void add_cut(struct arena *a, struct markup_path *path, struct css_compound last, size_t to)
{
	const struct css_list list = {.first = &last, .last = &last};
	struct markup_path_cut *cut = &path->cuts[path->cut_count];

	if (path->cut_count == MARKUP_PATH_CUTS_MAX)
		return;
	cut->written = str_trim(str_slice(path->written, 0, to));
	while (str_ends(cut->written, STR(">")) || str_ends(cut->written, STR("+")) ||
	       str_ends(cut->written, STR("~")))
		cut->written = str_trim(str_slice(cut->written, 0, cut->written.len - 1));
	if (!cut->written.len || str_ends(cut->written, STR(",")))
		return;
	cut->html = expression(a, &list, STR_NULL, false);
	cut->xml = expression(a, &list, STR_NULL, true);
	path->cut_count++;
}

/* Adds the shorter forms of the first selector: after each condition of each compound. */
static void add_cuts(struct arena *a, struct markup_path *path, const struct css_list *list)
{
	for (const struct css_compound *c = list->first; c; c = c->next) {
		struct css_compound partial = *c;
		struct css_simple *copy = NULL, **last = &copy;

		for (const struct css_simple *s = c->simples; s; s = s->next) {
			partial.simples = copy;
			if (copy || c->type.ptr)
				add_cut(a, path, partial, s->from);
			*last = ARENA_NEW(a, struct css_simple);
			**last = *s;
			(*last)->next = NULL;
			last = (struct css_simple **)&(*last)->next;
		}
		if (c->next)
			add_cut(a, path, *c, c->next->from);
	}
}

struct markup_path *markup_path_from_css(struct arena *a, struct str text, struct str attribute,
					 struct markup_path_error *error)
{
	const struct css_list *list = css_parse(a, text, &attribute, error);
	struct markup_path *path;

	if (!list)
		return NULL;
	path = ARENA_NEW(a, struct markup_path);
	path->written = arena_str(a, text);
	path->what = "selector";
	path->collapse = attribute.len == 0;
	path->html = expression(a, list, attribute, false);
	path->xml = expression(a, list, attribute, true);
	if (!markup_path_compiles(path->html, error) || !markup_path_compiles(path->xml, error)) {
		markup_path_fail(error, 0, "the selector is too complex");
		return NULL;
	}
	path->cuts = ARENA_ARRAY(a, MARKUP_PATH_CUTS_MAX + 1, struct markup_path_cut);
	add_cuts(a, path, list);
	return path;
}
