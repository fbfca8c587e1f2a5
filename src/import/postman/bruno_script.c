#include "import/postman/bruno_script.h"

#include "base/ascii.h"

/* Bruno's names and Postman's; the longer one of two with the same beginning comes first. */
static const char *const names[][2] = {
    {"res.getStatus()", "pm.response.code"},
    {"res.status", "pm.response.code"},
    {"res.getBody()", "pm.response.json()"},
    {"res.body", "pm.response.json()"},
    {"res.getHeader(", "pm.response.headers.get("},
    {"res.getResponseTime()", "pm.response.responseTime"},
    {"res.responseTime", "pm.response.responseTime"},
    {"bru.setEnvVar(", "pm.environment.set("},
    {"bru.setCollectionVar(", "pm.environment.set("},
    {"bru.setGlobalEnvVar(", "pm.environment.set("},
    {"bru.setVar(", "pm.environment.set("},
    {"bru.getEnvVar(", "pm.environment.get("},
    {"bru.getCollectionVar(", "pm.environment.get("},
    {"bru.getGlobalEnvVar(", "pm.environment.get("},
    {"bru.getRequestVar(", "pm.environment.get("},
    {"bru.getVar(", "pm.environment.get("},
    {"bru.setNextRequest(", "postman.setNextRequest("},
    {"test(", "pm.test("},
    {"expect(", "pm.expect("},
};

/* The row whose name is at AT of TEXT as a whole word; NULL: none. */
static const char *const *name_at(struct str text, size_t at)
{
	if (at && (ascii_is_name(text.ptr[at - 1]) || text.ptr[at - 1] == '.'))
		return NULL;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct str name = str_of(names[i][0]);
		size_t end = at + name.len;
		bool open = name.ptr[name.len - 1] == '(' || name.ptr[name.len - 1] == ')';

		if (str_starts(str_slice(text, at, text.len), name) &&
		    (open || end >= text.len || !ascii_is_name(text.ptr[end])))
			return names[i];
	}
	return NULL;
}

struct str bruno_script_convert(struct postman *p, struct str text)
{
	struct buf out;
	struct str result;

	buf_init(&out, 0);
	for (size_t at = 0; at < text.len;) {
		const char *const *name = name_at(text, at);

		if (!name) {
			buf_add_char(&out, text.ptr[at++]);
			continue;
		}
		buf_add(&out, str_of(name[1]));
		at += strlen(name[0]);
	}
	result = arena_str(p->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

/* TEXT as a constant of JavaScript, unless it reads the response or is a number or a Boolean.
 */
static void put_value(struct postman *p, struct buf *out, struct str text)
{
	double number;

	text = str_trim(text);
	if (str_starts(text, STR("res.")) || str_starts(text, STR("\"")) ||
	    str_starts(text, STR("'")) || str_to_double(text, &number) ||
	    str_eq(text, STR("true")) || str_eq(text, STR("false")) || str_eq(text, STR("null"))) {
		buf_add(out, bruno_script_convert(p, text));
		return;
	}
	buf_add_char(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '"' || text.ptr[i] == '\\')
			buf_add_char(out, '\\');
		buf_add_char(out, text.ptr[i]);
	}
	buf_add_char(out, '"');
}

static struct str finish(struct postman *p, struct buf *out)
{
	struct str result = arena_str(p->arena, buf_str(out));

	buf_release(out);
	return result;
}

struct str bruno_script_sets(struct postman *p, const struct bru_block *block)
{
	struct buf out;

	buf_init(&out, 0);
	for (size_t i = 0; i < block->pairs.count; i++) {
		const struct bru_pair *pair = &block->pairs.items[i];
		struct str name = pair->name;

		if (pair->off)
			continue;
		if (str_starts(name, STR("@"))) /* a variable of one request */
			name = str_slice(name, 1, name.len);
		buf_printf(&out, "pm.environment.set(\"%.*s\", ", STR_ARG(name));
		put_value(p, &out, pair->value);
		buf_add(&out, STR(");\n"));
	}
	return finish(p, &out);
}

/* Bruno's predicates and the end of an expectation; ( ) has the operand, if there is one. */
static const char *const predicates[][2] = {
    {"eq", ".to.eql("},
    {"neq", ".to.not.eql("},
    {"gt", ".to.be.above("},
    {"gte", ".to.be.at.least("},
    {"lt", ".to.be.below("},
    {"lte", ".to.be.at.most("},
    {"contains", ".to.include("},
    {"notContains", ".to.not.include("},
    {"in", ".to.be.oneOf(["},
    {"isString", ".to.be.a(\"string\")"},
    {"isNumber", ".to.be.a(\"number\")"},
    {"isBoolean", ".to.be.a(\"boolean\")"},
    {"isArray", ".to.be.an(\"array\")"},
    {"isJson", ".to.be.an(\"object\")"},
    {"isTruthy", ".to.be.ok"},
    {"isDefined", ".to.exist"},
    {"isEmpty", ".to.be.empty"},
    {"isNotEmpty", ".to.not.be.empty"},
    {"isNull", ".to.eql(null)"},
};

/* The statement for `SUBJECT: PREDICATE OPERAND`. */
static void put_assert(struct postman *p, struct buf *out, const struct bru_pair *pair)
{
	size_t space = str_find_char(pair->value, ' ', 0);
	struct str word = str_slice(pair->value, 0, space);
	struct str operand =
	    space == NOT_FOUND ? STR("") : str_slice(pair->value, space, pair->value.len);
	const char *end = NULL;

	for (size_t i = 0; i < sizeof predicates / sizeof *predicates; i++)
		if (str_eq(word, str_of(predicates[i][0])))
			end = predicates[i][1];
	buf_printf(out, "pm.expect(%.*s)", STR_ARG(bruno_script_convert(p, pair->name)));
	if (!end) { /* reported as a statement that is not supported */
		buf_printf(out, ".%.*s;\n", STR_ARG(pair->value));
		return;
	}
	buf_add(out, str_of(end));
	if (str_eq(word, STR("in"))) {
		buf_printf(out, "%.*s])", STR_ARG(str_trim(operand)));
	} else if (str_ends(str_of(end), STR("("))) {
		put_value(p, out, operand);
		buf_add_char(out, ')');
	}
	buf_add(out, STR(";\n"));
}

struct str bruno_script_asserts(struct postman *p, const struct bru_block *block)
{
	struct buf out;

	buf_init(&out, 0);
	for (size_t i = 0; i < block->pairs.count; i++)
		if (!block->pairs.items[i].off)
			put_assert(p, &out, &block->pairs.items[i]);
	return finish(p, &out);
}
