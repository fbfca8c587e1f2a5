/* Functions and filters in expressions, and those that are evaluated while loading. */
#include "base/file.h"
#include "doc/node.h"
#include "program/other_tools_syntax.h"
#include "program/parser.h"

/* The place of the expression around a name: `${value | NAME}` or `${NAME(value)}`. */
struct use {
	size_t begin, end; /* of the whole ${…}; END is 0 if it has other parts */
	struct str value;  /* before the |, or between the brackets; may be empty */
};

static struct use find_use(const struct parser *p, struct token name, bool filter)
{
	struct str raw = p->text->raw;
	struct use use = {name.from, 0, STR("")};
	size_t end = name.to;

	while (use.begin && !str_starts(str_slice(raw, use.begin, raw.len), STR("${")))
		use.begin--;
	if (!str_starts(str_slice(raw, use.begin, raw.len), STR("${")))
		return use;
	struct str before = str_trim(str_slice(raw, use.begin + 2, name.from));
	if (filter) {
		use.value = str_trim(str_slice(before, 0, before.len ? before.len - 1 : 0));
	} else {
		while (end < raw.len && raw.ptr[end] != ')')
			end++;
		if (end == raw.len || before.len)
			return use;
		use.value = str_trim(str_slice(raw, name.to + 1, end));
		if (str_find(use.value, STR("("), 0) != NOT_FOUND)
			return (struct use){use.begin, 0, STR("")};
		end++;
	}
	while (end < raw.len && raw.ptr[end] == ' ')
		end++;
	use.end = end < raw.len && raw.ptr[end] == '}' ? end + 1 : 0;
	return use;
}

/* INSTEAD with the user's value or arguments instead of its example. */
static struct str with_value(struct arena *a, struct str instead, struct str value, bool filter)
{
	struct str start = STR("${value |"), random = STR("${random_int(");
	size_t commas = 0;

	for (size_t i = 0; i < value.len; i++)
		commas += value.ptr[i] == ',';
	if (value.len && str_starts(instead, start) && (filter || !commas))
		return arena_printf(a, "${%.*s |%.*s", STR_ARG(value),
				    STR_ARG(str_slice(instead, start.len, instead.len)));
	if (!filter && commas == 1 && str_starts(instead, random))
		return arena_printf(a, "%.*s%.*s)}", STR_ARG(random), STR_ARG(value));
	return instead;
}

/* Reports a name of another tool with its equivalent, INSTEAD. */
static void report_hint(struct parser *p, struct token name, bool filter, struct str instead)
{
	struct use use = find_use(p, name, filter);
	struct str text = with_value(p->e->arena, instead, use.value, filter);
	bool quoted = p->text->node && node_is_quoted(p->text->node);
	struct diag *diag =
	    diag_error(p->e->diags, parser_place(p, name.from, name.to), DIAG_E201,
		       "unknown %s '%.*s'; use %.*s", filter ? "filter" : "function",
		       STR_ARG(name.text), STR_ARG(text));

	/* A text without the user's values is an example. */
	if (use.end && !str_eq(text, instead) &&
	    !(quoted && (memchr(text.ptr, '"', text.len) || memchr(text.ptr, '\'', text.len))))
		diag_fix_in_line(p->e->diags, diag, parser_place(p, use.begin, use.end), text);
}

static const struct function_kind *find_function(struct parser *p, struct token name, bool filter)
{
	uint32_t at = name_map_find(&p->e->function_map, name.text);
	const struct kind_tables *tables = p->e->tables;
	struct span span = parser_place(p, name.from, name.to);
	const char *sort = filter ? "filter" : "function";

	p->b.failed |= at == NAME_NONE;
	if (at == NAME_NONE && other_tools_syntax_hint(name.text)) {
		report_hint(p, name, filter, str_of(other_tools_syntax_hint(name.text)));
		return NULL;
	}
	if (at == NAME_NONE) {
		struct str *words =
		    ARENA_ARRAY(p->e->arena, tables->function_count + 1, struct str);
		size_t n = 0;

		for (size_t i = 0; i < tables->function_count; i++)
			if (!(tables->functions[i]->flags & FUNCTION_FILTER) == !filter)
				words[n++] = str_of(tables->functions[i]->name);
		struct str near = diag_nearest(name.text, words, n);
		if (near.ptr)
			diag_edit_word(p->e->diags,
				       diag_error(p->e->diags, span, DIAG_E201,
						  "unknown %s '%.*s'; did you mean '%.*s'?", sort,
						  STR_ARG(name.text), STR_ARG(near)),
				       span, name.text, near);
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

/* The arguments after an open bracket; returns their number. */
static unsigned arguments(struct parser *p)
{
	unsigned count = 0;

	if (parser_accept(p, ")"))
		return 0;
	do {
		parser_expression(p, 0);
		count++;
	} while (!p->b.failed && count < 20 && parser_accept(p, ","));
	parser_expect(p, ")", "`)` or `,`");
	return count;
}

/* counter() and counter("name"): run-wide numbers; names are resolved while loading. */
static void push_counter(struct parser *p, unsigned given, struct span span)
{
	struct str name = STR("");
	struct expr_op *last = p->b.ops.count ? &p->b.ops.items[p->b.ops.count - 1] : NULL;
	uint32_t at = 0;

	if (given && (last->code != EXPR_CONST || last->constant->type != VALUE_TEXT)) {
		diag_error(
		    p->e->diags, span, DIAG_E202,
		    "the name of a counter must be plain text in quotes: counter(\"orders\")");
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

/* A path is relative to the file that contains it. */
static const char *path_beside(struct parser *p, struct str path)
{
	const struct source *source = p->text->node ? p->text->node->span.source : NULL;
	struct str name = source ? source->name : STR("");
	size_t cut = name.len;

	while (cut && name.ptr[cut - 1] != '/')
		cut--;
	if (str_starts(path, STR("/")) || !cut)
		return arena_cstr(p->e->arena, path);
	return arena_cstr(p->e->arena,
			  arena_printf(p->e->arena, "%.*s%.*s", (int)cut, name.ptr, STR_ARG(path)));
}

/* file("path"): inserts the content while loading. */
static void push_file(struct parser *p, struct span span)
{
	struct expr_op *last = &p->b.ops.items[p->b.ops.count - 1];
	const char *error;
	struct str content;
	int fd;

	if (last->code != EXPR_CONST || last->constant->type != VALUE_TEXT) {
		diag_error(p->e->diags, span, DIAG_E202,
			   "the path of file() must be plain text in quotes: file(\"order.xml\")");
		p->b.failed = true;
		return;
	}
	const char *path = path_beside(p, last->constant->text);
	p->b.ops.count--;
	p->b.depth--;
	if (!emitter_open(p->e, str_of(path), span, &fd)) {
		p->b.failed = true;
		return;
	}
	if (file_read_all(p->e->arena, fd, (size_t)1 << 20, &content, &error)) {
		expr_push_value(&p->b, value_text(content), span);
		return;
	}
	diag_error(p->e->diags, span, DIAG_E310, "%s: %s", path, error);
	p->b.failed = true;
}

/* GIVEN arguments are on the stack, including the subject of a filter. */
static void call(struct parser *p, const struct function_kind *kind, unsigned given,
		 struct span span)
{
	unsigned subject = kind->flags & FUNCTION_FILTER ? 1 : 0;

	if (p->b.failed)
		return;
	if (given < kind->min_args || given > kind->max_args) {
		diag_error(p->e->diags, span, DIAG_E202, "%s does not accept %u %s",
			   kind->signature, given - subject,
			   given - subject == 1 ? "argument" : "arguments");
		p->b.failed = true;
		return;
	}
	if (strcmp(kind->name, "counter") == 0) {
		push_counter(p, given, span);
		return;
	}
	if (strcmp(kind->name, "file") == 0) {
		push_file(p, span);
		return;
	}
	expr_push(&p->b,
		  (struct expr_op){
		      .code = EXPR_CALL, .count = (uint16_t)given, .function = kind, .span = span});
}

void parser_filter(struct parser *p)
{
	struct token name = p->token;
	unsigned given = 1;

	if (name.kind != TOKEN_NAME) {
		parser_fail(p, "the name of a filter");
		return;
	}
	parser_advance(p);
	const struct function_kind *kind = find_function(p, name, true);
	size_t to = name.to;
	if (lexer_token_is(&p->token, "(")) {
		parser_advance(p);
		given += arguments(p);
		to = p->token.from;
	}
	if (kind)
		call(p, kind, given, parser_place(p, name.from, name.to > to ? name.to : to));
}

void parser_call(struct parser *p, struct token name)
{
	const struct function_kind *kind = find_function(p, name, false);

	parser_advance(p);
	unsigned given = arguments(p);
	if (kind)
		call(p, kind, given, parser_place(p, name.from, name.to));
}
