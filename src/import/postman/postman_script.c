/*
 * The scripts of a request: JavaScript, which is split into statements. The body of a test, of a
 * try and of a callback is read like the script itself.
 */
#include "base/ascii.h"
#include "import/postman/postman.h"

#define DEPTH_MAX 6 /* of tests within tests */

/* ---- the text of a script */

/* The lines of an event's script, joined; NODE is then the node of its lines. */
static struct str script_text(struct postman *p, const struct node *event, const struct node **node)
{
	const struct node *exec = node_find(node_find(event, STR("script")), STR("exec"));
	struct buf out;
	struct str result;

	*node = exec;
	if (!exec || exec->kind == NODE_SCALAR)
		return exec ? exec->text : STR("");
	buf_init(&out, 0);
	for (size_t i = 0; exec->kind == NODE_LIST && i < exec->count; i++) {
		if (exec->items[i]->kind == NODE_SCALAR)
			buf_add(&out, exec->items[i]->text);
		buf_add_char(&out, '\n');
	}
	result = arena_str(p->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

/* The end of the string or template that starts at AT with a quote. */
static size_t skip_quoted(struct str text, size_t at)
{
	char quote = text.ptr[at++];

	while (at < text.len && text.ptr[at] != quote)
		at += text.ptr[at] == '\\' ? 2 : 1;
	return at < text.len ? at + 1 : text.len;
}

/* The end of the comment at AT, or AT if there is none. */
static size_t skip_comment(struct str text, size_t at)
{
	size_t end = at;

	if (str_starts(str_slice(text, at, text.len), STR("//")))
		end = str_find_char(text, '\n', at);
	else if (str_starts(str_slice(text, at, text.len), STR("/*"))) {
		end = str_find(text, STR("*/"), at + 2);
		end = end == NOT_FOUND ? end : end + 2;
	}
	return end == NOT_FOUND ? text.len : end;
}

/* TEXT without comments, and with one space for each run of white space except line breaks. */
static struct str without_comments(struct postman *p, struct str text)
{
	struct buf out;
	struct str result;

	buf_init(&out, 0);
	for (size_t at = 0; at < text.len;) {
		size_t end = skip_comment(text, at);
		char c = text.ptr[at];

		if (end > at) {
			at = end;
			continue;
		}
		if (c == '"' || c == '\'' || c == '`') {
			end = skip_quoted(text, at);
			buf_add(&out, str_slice(text, at, end));
			at = end;
			continue;
		}
		if (c == '\t' || c == '\r' || c == ' ') {
			if (out.len && out.data[out.len - 1] != ' ')
				buf_add_char(&out, ' ');
		} else {
			buf_add_char(&out, c);
		}
		at++;
	}
	result = arena_str(p->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

/* ---- statements */

/* Whether a line break after AT continues the statement: the next line starts with a dot, or this
 * one ends with an operator. */
static bool continues(struct str text, size_t begin, size_t at)
{
	struct str so_far = str_trim(str_slice(text, begin, at));
	size_t next = at;

	while (next < text.len && ascii_is_space(text.ptr[next]))
		next++;
	if (next < text.len && (text.ptr[next] == '.' || text.ptr[next] == '?'))
		return true;
	return so_far.len && strchr("=,+-&|([{.", so_far.ptr[so_far.len - 1]);
}

/* The end of the statement at BEGIN: after a semicolon or line break outside all brackets. */
static size_t statement_end(struct str text, size_t begin)
{
	int depth = 0;
	size_t at = begin;

	while (at < text.len) {
		char c = text.ptr[at];

		if (c == '"' || c == '\'' || c == '`') {
			at = skip_quoted(text, at);
			continue;
		}
		if (strchr("([{", c))
			depth++;
		else if (strchr(")]}", c))
			depth--;
		at++;
		if (depth > 0)
			continue;
		if (c == ';' || (c == '\n' && !continues(text, begin, at - 1)))
			return at;
	}
	return text.len;
}

static bool is_word_at(struct str text, const char *word)
{
	size_t len = strlen(word);

	return str_starts(text, str_of(word)) && (text.len == len || !ascii_is_name(text.ptr[len]));
}

/* An `else` after a block belongs to the same statement. */
static size_t with_else(struct str text, size_t end)
{
	for (;;) {
		size_t next = end;

		while (next < text.len && ascii_is_space(text.ptr[next]))
			next++;
		if (!is_word_at(str_slice(text, next, text.len), "else"))
			return end;
		end = statement_end(text, next);
	}
}

static void read_statements(struct postman_script *s, struct str text, unsigned depth);

/* The content of the block that starts at the first `{` at or after FROM; ptr NULL: none. */
static struct str block_of(struct str text, size_t from)
{
	size_t open = str_find_char(text, '{', from), at;
	int depth = 0;

	for (at = open; at < text.len; at++) {
		char c = text.ptr[at];

		if (c == '"' || c == '\'' || c == '`') {
			at = skip_quoted(text, at) - 1;
			continue;
		}
		depth += (c == '{') - (c == '}');
		if (!depth)
			return str_slice(text, open + 1, at);
	}
	return STR_NULL;
}

/* The body of a test, a try or a describe, which is read like the script around it. */
static struct str inner_block(struct postman_script *s, struct str statement)
{
	struct str groups[2];

	if (postman_match(
		s->p,
		"^(?s)(pm\\.test\\s*\\(\\s*(?:\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'|`[^`]*"
		"`|"
		"[^,]*)\\s*,\\s*(?:async\\s*)?(?:function\\s*\\w*\\s*\\([^)]*\\)|\\([^)]*\\)\\s*=>|"
		"\\w+\\s*=>)\\s*).*",
		statement, groups, 2))
		return str_starts(str_trim(str_slice(statement, groups[1].len, statement.len)),
				  STR("{"))
			   ? block_of(statement, groups[1].len)
			   /* An arrow function without a block is one expression. */
			   : str_slice(statement, groups[1].len,
				       statement.len - (str_ends(statement, STR(")")) ? 1 : 0));
	if (is_word_at(statement, "try"))
		return block_of(statement, 0);
	if (postman_match(s->p,
			  "(?s)pm\\.expect\\(\\s*\\(\\)\\s*=>\\s*\\{.*\\}\\s*\\)\\.to\\.not\\."
			  "(?:be\\.)?throw\\(.*\\)",
			  statement, groups, 1))
		return block_of(statement, 0);
	return STR_NULL;
}

/* The line of the script that has the start of STATEMENT; the script itself if it is not found. */
static const struct node *line_node(const struct node *lines, struct str statement)
{
	struct str start = str_trim(str_slice(statement, 0, str_find_char(statement, '\n', 0)));

	for (size_t i = 0; lines && lines->kind == NODE_LIST && i < lines->count; i++)
		if (lines->items[i]->kind == NODE_SCALAR &&
		    str_find(lines->items[i]->text, start, 0) != NOT_FOUND)
			return lines->items[i];
	return lines;
}

/* Whether a condition changes anything: it assigns, or calls more than the functions that read. */
static bool has_effect(struct str condition)
{
	static const char *const bad[] = {".set(", "++", "--", "setNextRequest", "sendRequest"};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (str_find(condition, str_of(bad[i]), 0) != NOT_FOUND)
			return true;
	return false;
}

/* The byte after the condition of `if (…)`; NOT_FOUND if it does not end. */
static size_t condition_end(struct str text)
{
	size_t at = str_find_char(text, '(', 0);
	int depth = 0;

	for (; at < text.len; at++) {
		char c = text.ptr[at];

		if (c == '"' || c == '\'' || c == '`') {
			at = skip_quoted(text, at) - 1;
			continue;
		}
		depth += (c == '(') - (c == ')');
		if (!depth)
			return at + 1;
	}
	return NOT_FOUND;
}

/* `if (…) { … }` in a test: what its block extracts is extracted if the response has it. False: it
 * is something else, or it has another branch. */
static bool read_if(struct postman_script *s, struct str statement, unsigned depth)
{
	bool outer = s->conditional;
	size_t end = condition_end(statement);
	struct str block, rest = STR("");

	if (!s->is_test || !is_word_at(statement, "if") || end == NOT_FOUND ||
	    has_effect(str_slice(statement, 0, end)))
		return false;
	block = str_trim(str_slice(statement, end, statement.len));
	if (str_starts(block, STR("{"))) {
		block = block_of(statement, end);
		if (!block.ptr)
			return false;
		rest = str_trim(str_slice(
		    statement, (size_t)(block.ptr + block.len - statement.ptr) + 1, statement.len));
	}
	s->conditional = true;
	read_statements(s, block, depth + 1);
	s->conditional = outer;
	if (rest.len)
		postman_unsupported(s->p, line_node(s->node, rest), str_slice(rest, 0, 80),
				    "JavaScript is not run");
	return true;
}

static void read_statement(struct postman_script *s, struct str statement, unsigned depth)
{
	struct str inner;

	while (str_ends(statement, STR(";")))
		statement = str_trim(str_slice(statement, 0, statement.len - 1));
	if (!statement.len)
		return;
	inner = inner_block(s, statement);
	if (inner.ptr && depth < DEPTH_MAX)
		read_statements(s, inner, depth + 1);
	else if (!postman_statement(s, statement) &&
		 !(depth < DEPTH_MAX && read_if(s, statement, depth)))
		postman_unsupported(s->p, line_node(s->node, statement),
				    str_slice(statement, 0, str_find_char(statement, '\n', 0)),
				    "JavaScript is not run");
}

static void read_statements(struct postman_script *s, struct str text, unsigned depth)
{
	for (size_t at = 0; at < text.len;) {
		size_t end = statement_end(text, at);
		struct str statement = str_trim(str_slice(text, at, end));

		if (is_word_at(statement, "if") || is_word_at(statement, "try"))
			end = with_else(text, end);
		read_statement(s, str_trim(str_slice(text, at, end)), depth);
		at = end;
	}
}

void postman_read_script(struct postman_script *s)
{
	read_statements(s, s->text, 0);
}

void postman_scripts(struct postman *p, const struct node *item,
		     struct postman_script_result *result)
{
	const struct node *events = node_find(item, STR("event"));

	for (size_t i = 0; events && events->kind == NODE_LIST && i < events->count; i++) {
		struct str listen = postman_text_at(events->items[i], "listen");
		struct postman_script s = {
		    .p = p, .result = result, .is_test = str_eq(listen, STR("test"))};

		if (postman_is_disabled(events->items[i]))
			continue;
		s.text = without_comments(p, script_text(p, events->items[i], &s.node));
		postman_read_script(&s);
	}
}

/* ---- before the conversion */

/* The constant in `, "x")`; ptr NULL: it is another value. */
static struct str constant_after(struct postman *p, struct str text)
{
	size_t end;

	text = str_trim(text);
	if (!str_starts(text, STR(",")))
		return STR_NULL;
	text = str_trim(str_slice(text, 1, text.len));
	if (!text.len || !strchr("\"'", text.ptr[0]))
		return STR_NULL;
	end = skip_quoted(text, 0);
	return str_starts(str_trim(str_slice(text, end, text.len)), STR(")"))
		   ? postman_constant(p, str_slice(text, 0, end))
		   : STR_NULL;
}

static void scan(struct postman *p, struct str text)
{
	struct str groups[4];

	while (postman_match(
	    p,
	    "(?s).*?(?:pm\\.(?:environment|collectionVariables|globals|variables)\\.set|"
	    "postman\\.set(?:Environment|Global)Variable)\\s*\\(\\s*([\"'`])([^\"'`]+)"
	    "\\1(.*)",
	    text, groups, 4)) {
		size_t end = (size_t)(groups[2].ptr + groups[2].len - text.ptr);

		postman_note_set(p, arena_str(p->arena, groups[2]), constant_after(p, groups[3]));
		text = str_slice(text, end, text.len);
	}
}

void postman_scan_scripts(struct postman *p, const struct node *item)
{
	const struct node *events = node_find(item, STR("event"));
	const struct node *items = node_find(item, STR("item"));
	const struct node *lines;

	for (size_t i = 0; events && events->kind == NODE_LIST && i < events->count; i++)
		scan(p, without_comments(p, script_text(p, events->items[i], &lines)));
	for (size_t i = 0; items && items->kind == NODE_LIST && i < items->count; i++)
		postman_scan_scripts(p, items->items[i]);
}
