/* JMESPaths that only select: names, indexes, slices, projections and filters of comparisons. */
#include "base/ascii.h"
#include "import/jmeter/jmeter.h"

struct jmes {
	struct str text;
	size_t pos;
	struct buf out;
	bool failed;
};

static char peek(struct jmes *p)
{
	while (p->pos < p->text.len && strchr(" \t\r\n", p->text.ptr[p->pos]))
		p->pos++;
	return p->pos < p->text.len ? p->text.ptr[p->pos] : '\0';
}

static bool accept(struct jmes *p, const char *sign)
{
	peek(p);
	if (!str_starts(str_slice(p->text, p->pos, p->text.len), str_of(sign)))
		return false;
	p->pos += strlen(sign);
	return true;
}

/* name or "name", as .name or ['name'] */
static void name(struct jmes *p)
{
	size_t begin = p->pos, end;

	if (peek(p) == '"') {
		begin = p->pos + 1;
		end = str_find_char(p->text, '"', begin);
		if (end == NOT_FOUND ||
		    str_find_char(str_slice(p->text, begin, end), '\\', 0) != NOT_FOUND ||
		    str_find_char(str_slice(p->text, begin, end), '\'', 0) != NOT_FOUND) {
			p->failed = true;
			return;
		}
		buf_printf(&p->out, "['%.*s']", STR_ARG(str_slice(p->text, begin, end)));
		p->pos = end + 1;
		return;
	}
	begin = p->pos;
	for (end = begin; end < p->text.len && ascii_is_name(p->text.ptr[end]); end++)
		;
	p->failed = p->failed || end == begin || ascii_is_digit(p->text.ptr[begin]);
	buf_printf(&p->out, ".%.*s", STR_ARG(str_slice(p->text, begin, end)));
	p->pos = end;
	p->failed = p->failed || peek(p) == '('; /* a function */
}

/* 'text' or `json` */
static void literal(struct jmes *p)
{
	char quote = peek(p);
	size_t end = str_find_char(p->text, quote, p->pos + 1);
	struct str inside;

	if ((quote != '\'' && quote != '`') || end == NOT_FOUND) {
		p->failed = true;
		return;
	}
	inside = str_slice(p->text, p->pos + 1, end);
	if (quote == '\'')
		buf_printf(&p->out, "'%.*s'", STR_ARG(inside));
	else
		buf_add(&p->out, inside);
	p->pos = end + 1;
}

static void operand(struct jmes *p)
{
	char c = peek(p);

	if (c == '\'' || c == '`') {
		literal(p);
		return;
	}
	buf_add_char(&p->out, '@');
	if (accept(p, "@"))
		return;
	do
		name(p);
	while (!p->failed && accept(p, "."));
}

static void filter(struct jmes *p)
{
	static const char *const signs[] = {"==", "!=", "<=", ">=", "<", ">", "&&", "||", NULL};

	buf_add(&p->out, STR("[?"));
	while (!p->failed) {
		bool any = false;

		operand(p);
		for (size_t i = 0; !any && signs[i]; i++)
			if (accept(p, signs[i])) {
				buf_printf(&p->out, " %s ", signs[i]);
				any = true;
			}
		if (!any)
			break;
	}
	p->failed = p->failed || !accept(p, "]");
	buf_add_char(&p->out, ']');
}

/* An index, a slice or a filter, after its `[`. */
static void bracket(struct jmes *p)
{
	size_t end;

	if (accept(p, "?")) {
		filter(p);
	} else if (accept(p, "]") || accept(p, "*]")) {
		buf_add(&p->out, STR("[*]"));
	} else {
		peek(p);
		for (end = p->pos; end < p->text.len && strchr("-0123456789:", p->text.ptr[end]);
		     end++)
			;
		buf_printf(&p->out, "[%.*s]", STR_ARG(str_slice(p->text, p->pos, end)));
		p->failed = p->failed || end == p->pos;
		p->pos = end;
		p->failed = p->failed || !accept(p, "]");
	}
}

struct str jmeter_jmespath(struct jmeter *j, struct str path)
{
	struct jmes p = {.text = str_trim(path)};
	struct str result = STR_NULL;
	bool first = true;

	buf_init(&p.out, 0);
	buf_add_char(&p.out, '$');
	if (accept(&p, "@"))
		first = false;
	while (!p.failed && peek(&p)) {
		if (accept(&p, "["))
			bracket(&p);
		else if (accept(&p, ".*") || (first && accept(&p, "*")))
			buf_add(&p.out, STR("[*]"));
		else if (accept(&p, ".") || first)
			name(&p);
		else
			p.failed = true;
		first = false;
	}
	if (!p.failed)
		result = jmeter_json_path(j, arena_str(j->arena, buf_str(&p.out)));
	buf_release(&p.out);
	return result;
}
