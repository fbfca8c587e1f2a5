/*
 * Statements of scripts that can be converted: what they set, and what they check. Patterns of
 * the snippets that Postman itself inserts, and of what people write instead of them.
 */
#include "import/postman/postman.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "doc/yaml.h"

bool postman_match(struct postman *p, const char *pattern, struct str text, struct str *groups,
		   unsigned count)
{
	struct regex_error error;
	struct str whole = arena_printf(p->arena, "^(?:%s)$", pattern);
	struct regex *regex = regex_new(whole, false, &error);
	bool found = regex && regex_find(regex, p->scratch, text, 0) == REGEX_MATCH;

	for (unsigned i = 0; found && i < count; i++)
		groups[i] = regex_group(p->scratch, text, i);
	regex_free(regex);
	return found;
}

/* The text of a constant in quotes without its escapes; ptr NULL if it is not one. */
struct str postman_constant(struct postman *p, struct str expression)
{
	struct str groups[4], text;
	struct buf out;

	if (!postman_match(p, "(?s)" POSTMAN_QUOTED, str_trim(expression), groups, 4))
		return STR_NULL;
	text = groups[1].ptr ? groups[1] : groups[2].ptr ? groups[2] : groups[3];
	buf_init(&out, 0);
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\\' && i + 1 < text.len) {
			i++;
			buf_add_char(&out, text.ptr[i] == 'n'	? '\n'
					   : text.ptr[i] == 't' ? '\t'
								: text.ptr[i]);
		} else {
			buf_add_char(&out, text.ptr[i]);
		}
	}
	text = arena_str(p->arena, buf_str(&out));
	buf_release(&out);
	return text;
}

/* ---- values */

/* `.a.b[0]["c d"]` as the rest of a JSONPath; ptr NULL if it is something else. */
static struct str json_path_rest(struct postman *p, struct str rest)
{
	struct str groups[1];

	rest = str_trim(rest);
	if (!postman_match(p,
			   "(?:\\??\\.[A-Za-z_$][\\w$]*|(?:\\?\\.)?\\[\\s*(?:\\d+|\"[^\"]*\"|'[^']*"
			   "')\\s*\\])*",
			   rest, groups, 1))
		return STR_NULL;
	if (str_find_char(rest, '?', 0) == NOT_FOUND)
		return rest;
	struct buf out;

	buf_init(&out, 0);
	for (size_t i = 0; i < rest.len; i++)
		if (rest.ptr[i] != '?')
			buf_add_char(&out, rest.ptr[i]);
	rest = arena_str(p->arena, buf_str(&out));
	buf_release(&out);
	return rest;
}

static struct postman_value json_value(struct postman_script *s, struct str base, struct str rest)
{
	struct postman_value value = {.kind = POSTMAN_VALUE_UNKNOWN};
	struct str path = json_path_rest(s->p, rest);

	if (!path.ptr)
		return value;
	value.kind = POSTMAN_VALUE_JSON;
	value.text = arena_printf(s->p->arena, "%.*s%.*s", STR_ARG(base), STR_ARG(path));
	return value;
}

/* A part of the response that is named directly. */
static struct postman_value response_value(struct postman_script *s, struct str text)
{
	static const struct {
		const char *pattern;
		enum postman_value_kind kind;
	} known[] = {
	    {"pm\\.response\\.code|responseCode\\.code", POSTMAN_VALUE_STATUS},
	    {"pm\\.response\\.responseTime|responseTime", POSTMAN_VALUE_TIME},
	    {"pm\\.response\\.text\\(\\)|responseBody", POSTMAN_VALUE_BODY},
	    {"(?:pm\\.response\\.headers\\.get|postman\\.getResponseHeader)\\(\\s*[\"']([^\"']+)["
	     "\"']\\s*\\)",
	     POSTMAN_VALUE_HEADER},
	    {"pm\\.cookies\\.get\\(\\s*[\"']([^\"']+)[\"']\\s*\\)", POSTMAN_VALUE_COOKIE},
	};
	struct postman_value value = {.kind = POSTMAN_VALUE_UNKNOWN};
	struct str groups[2];

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (postman_match(s->p, known[i].pattern, text, groups, 2)) {
			value.kind = known[i].kind;
			value.text = groups[1].ptr ? groups[1] : STR("");
			break;
		}
	return value;
}

static struct postman_value local_value(struct postman_script *s, struct str text)
{
	struct postman_value unknown = {.kind = POSTMAN_VALUE_UNKNOWN};
	struct str groups[3];

	if (!postman_match(s->p, "(?s)([A-Za-z_$][\\w$]*)(.*)", text, groups, 3))
		return unknown;
	for (size_t i = s->locals.count; i-- > 0;) {
		const struct postman_local *local = &s->locals.items[i];

		if (!str_eq(local->name, groups[1]))
			continue;
		if (!str_trim(groups[2]).len)
			return local->value;
		return local->value.kind == POSTMAN_VALUE_JSON
			   ? json_value(s, local->value.text, groups[2])
			   : unknown;
	}
	return unknown;
}

struct postman_value postman_value_of(struct postman_script *s, struct str expression)
{
	struct postman_value value = {.kind = POSTMAN_VALUE_TEXT};
	struct str text = str_trim(expression), groups[3];
	double number;

	if (postman_match(s->p,
			  "(?s)(?:pm\\.response\\.json\\(\\)|JSON\\.parse\\(\\s*(?:responseBody|"
			  "pm\\.response\\.text\\(\\))\\s*\\))(.*)",
			  text, groups, 2))
		return json_value(s, STR("$"), groups[1]);
	value.text = postman_constant(s->p, text);
	if (value.text.ptr)
		return value;
	if (str_to_double(text, &number) || str_eq(text, STR("true")) ||
	    str_eq(text, STR("false")) || str_eq(text, STR("null"))) {
		value.text = text;
		return value;
	}
	if (postman_match(
		s->p,
		"pm\\.(?:environment|collectionVariables|globals|variables|iterationData)\\.get"
		"\\(\\s*[\"']([^\"']+)[\"']\\s*\\)",
		text, groups, 2)) {
		value.text = arena_printf(s->p->arena, "{{%.*s}}", STR_ARG(groups[1]));
		return value;
	}
	if (postman_match(s->p, "pm\\.variables\\.replaceIn\\((.*)\\)", text, groups, 2) &&
	    postman_constant(s->p, str_trim(groups[1])).ptr) {
		value.text = postman_constant(s->p, str_trim(groups[1]));
		return value;
	}
	value = response_value(s, text);
	return value.kind != POSTMAN_VALUE_UNKNOWN ? value : local_value(s, text);
}

/* ---- what is set */

/* `extract: {NAME: …}` for a value of the response. */
static bool put_extract(struct postman_script *s, struct str name,
			const struct postman_value *value)
{
	static const char *const words[] = {
	    [POSTMAN_VALUE_JSON] = "jsonpath", [POSTMAN_VALUE_HEADER] = "header",
	    [POSTMAN_VALUE_COOKIE] = "cookie", [POSTMAN_VALUE_BODY] = "body",
	    [POSTMAN_VALUE_STATUS] = "status", [POSTMAN_VALUE_TIME] = "time",
	};
	struct yaml_writer_node *all = s->result->extract;
	struct yaml_writer_node *one = yaml_writer_map(s->p->arena);

	one->flow = true;
	if (value->text.len)
		yaml_writer_put_text(s->p->arena, one, str_of(words[value->kind]), value->text);
	else
		yaml_writer_put(s->p->arena, one, str_of(words[value->kind]),
				yaml_writer_word(s->p->arena, STR("yes")));
	if (s->conditional) /* without it, the variable keeps its value */
		yaml_writer_put_text(s->p->arena, one, STR("default"),
				     arena_printf(s->p->arena, "${%.*s}", STR_ARG(name)));
	if (yaml_writer_find(all, name))
		yaml_writer_remove(all, name);
	yaml_writer_put(s->p->arena, all, name, one);
	return true;
}

static bool put_set(struct postman_script *s, struct str name, struct str value)
{
	struct yaml_writer_node *step = yaml_writer_map(s->p->arena);
	struct yaml_writer_node *set =
	    yaml_writer_put(s->p->arena, step, STR("set"), yaml_writer_map(s->p->arena));

	set->flow = true;
	yaml_writer_put(s->p->arena, set, name,
			yaml_writer_typed(s->p->arena, postman_convert(s->p, s->node, value)));
	yaml_writer_add(s->p->arena, s->is_test ? s->result->after : s->result->before, step);
	return true;
}

static bool set_variable(struct postman_script *s, struct str name, struct str expression)
{
	struct postman_value value = postman_value_of(s, expression);
	struct postman_variable *v = postman_find_variable(s->p, name);

	if (!v || value.kind == POSTMAN_VALUE_UNKNOWN)
		return false;
	if (value.kind == POSTMAN_VALUE_TEXT)
		return !s->conditional && put_set(s, v->expression, value.text);
	v->used |= s->conditional; /* it needs a value before */
	return s->is_test && put_extract(s, v->expression, &value);
}

static bool is_set(struct postman_script *s, struct str statement)
{
	struct str groups[3];

	return postman_match(
		   s->p,
		   "(?s)(?:pm\\.(?:environment|collectionVariables|globals|variables)\\.set|"
		   "postman\\.set(?:Environment|Global)Variable)\\s*\\(\\s*[\"'`]([^\"'`]+)"
		   "[\"'`]\\s*,(.*)\\)",
		   statement, groups, 3) &&
	       set_variable(s, groups[1], groups[2]);
}

/* ---- local variables and the rest */

static bool is_local(struct postman_script *s, struct str statement)
{
	struct postman_local local;
	struct str groups[3];

	if (postman_match(s->p, "(?:let|var)\\s+[\\w$,\\s]+", statement, groups, 1))
		return true; /* declared without a value */
	if (!postman_match(s->p,
			   "(?s)(?:(?:const|let|var)\\s+)?([A-Za-z_$][\\w$]*)\\s*=(?!=)\\s*(.*)",
			   statement, groups, 3))
		return false;
	local.name = arena_str(s->p->arena, groups[1]);
	local.value = postman_value_of(s, groups[2]);
	local.value.text = arena_str(s->p->arena, local.value.text);
	VEC_PUSH(s->p->arena, &s->locals, local);
	return local.value.kind != POSTMAN_VALUE_UNKNOWN;
}

/* Statements without an effect on requests. */
static bool is_ignored(struct postman_script *s, struct str statement)
{
	struct str groups[1];

	return postman_match(
	    s->p,
	    "(?s)(?:console\\.\\w+\\(.*\\)|[\"']use strict[\"']|"
	    "(?:pm\\.(?:environment|collectionVariables|globals|variables)\\.unset|"
	    "postman\\.clear\\w+Variable)\\(.*\\)|"
	    "pm\\.visualizer\\.\\w+\\(.*\\))",
	    statement, groups, 1);
}

/* if (VALUE op CONSTANT) { setNextRequest(this request) }: the request is repeated. */
static bool is_poll(struct postman_script *s, struct str statement)
{
	struct postman_value value;
	struct str groups[5], name = STR("poll");
	struct yaml_writer_node *constant;

	if (!postman_match(
		s->p,
		"(?s)if\\s*\\(\\s*(.*?)\\s*([!=]==?)\\s*([^)]+)\\)\\s*\\{?\\s*"
		"(?:pm\\.execution|postman)\\.setNextRequest\\(\\s*"
		"(?:pm\\.info\\.requestName|request\\.name|[\"'`][^\"'`]+[\"'`])\\s*\\);?\\s*\\}?",
		statement, groups, 4))
		return false;
	value = postman_value_of(s, groups[1]);
	constant = postman_scalar(s, groups[3]);
	if (!constant || (value.kind != POSTMAN_VALUE_JSON && value.kind != POSTMAN_VALUE_STATUS))
		return false;
	if (value.kind == POSTMAN_VALUE_STATUS)
		name = STR("response.status");
	else
		put_extract(s, name, &value);
	s->result->while_condition = arena_printf(
	    s->p->arena, constant->shape == YAML_WORD ? "${%.*s %s %.*s}" : "${%.*s %s \"%.*s\"}",
	    STR_ARG(name), groups[2].ptr[0] == '!' ? "!=" : "==", STR_ARG(constant->text));
	return true;
}

bool postman_statement(struct postman_script *s, struct str statement)
{
	if (is_ignored(s, statement) || is_local(s, statement) || is_set(s, statement) ||
	    (!s->conditional && postman_send(s, statement)))
		return true;
	return s->is_test && !s->conditional &&
	       (postman_expectation(s, statement) || postman_response_check(s, statement) ||
		is_poll(s, statement));
}
