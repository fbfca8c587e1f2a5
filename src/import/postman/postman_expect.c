/* The tests of scripts as `expect`: chains of Chai, and the checks of pm.response. */
#include "import/postman/postman.h"

#include "doc/yaml.h"

struct yaml_writer_node *postman_scalar(struct postman_script *s, struct str expression)
{
	struct str text = postman_constant(s->p, expression);
	double number;

	expression = str_trim(expression);
	if (text.ptr)
		return yaml_writer_typed(s->p->arena, postman_convert(s->p, s->node, text));
	if (str_to_double(expression, &number) || str_eq(expression, STR("true")) ||
	    str_eq(expression, STR("false")) || str_eq(expression, STR("null")))
		return yaml_writer_word(s->p->arena, expression);
	return NULL;
}

/* Adds KEY to MAP unless it has it: the first of two expectations of one kind stays. */
static bool put_once(struct postman_script *s, struct yaml_writer_node *map, struct str key,
		     struct yaml_writer_node *value)
{
	if (!value || yaml_writer_find(map, key))
		return false;
	yaml_writer_put(s->p->arena, map, key, value);
	return true;
}

static struct yaml_writer_node *kind_map(struct postman_script *s, const char *kind)
{
	struct yaml_writer_node *map = yaml_writer_find(s->result->expect, str_of(kind));

	return map ? map
		   : yaml_writer_put(s->p->arena, s->result->expect, str_of(kind),
				     yaml_writer_map(s->p->arena));
}

static struct yaml_writer_node *predicate(struct postman_script *s, const char *word,
					  struct yaml_writer_node *value)
{
	struct yaml_writer_node *map = yaml_writer_map(s->p->arena);

	if (!value)
		return NULL;
	map->flow = true;
	yaml_writer_put(s->p->arena, map, str_of(word), value);
	return map;
}

static bool expect_value(struct postman_script *s, const struct postman_value *subject,
			 struct yaml_writer_node *value)
{
	switch (subject->kind) {
	case POSTMAN_VALUE_STATUS:
		return put_once(s, s->result->expect, STR("status"), value);
	case POSTMAN_VALUE_JSON:
		return put_once(s, kind_map(s, "jsonpath"), subject->text, value);
	case POSTMAN_VALUE_HEADER:
		return put_once(s, kind_map(s, "header"), subject->text, value);
	case POSTMAN_VALUE_COOKIE:
		return put_once(s, kind_map(s, "cookie"), subject->text, value);
	case POSTMAN_VALUE_BODY:
		return put_once(s, s->result->expect, STR("body"), value);
	case POSTMAN_VALUE_TIME:
	case POSTMAN_VALUE_TEXT:
	case POSTMAN_VALUE_UNKNOWN:
		break;
	}
	return false;
}

static bool expect_time(struct postman_script *s, struct str argument)
{
	double ms;

	return str_to_double(str_trim(argument), &ms) && ms > 0 &&
	       put_once(s, s->result->expect, STR("max_time"),
			yaml_writer_word(s->p->arena, arena_printf(s->p->arena, "%.10gms", ms)));
}

/* [200, 201] as a list. */
static struct yaml_writer_node *list_of(struct postman_script *s, struct str argument)
{
	struct diag_list diags;
	struct yaml_writer_node *list = yaml_writer_list(s->p->arena);
	const struct node *top;

	diag_init(&diags, s->p->arena);
	top = yaml_read(s->p->arena, source_new(s->p->arena, STR("script"), argument), &diags);
	if (!top || diags.errors || top->kind != NODE_LIST)
		return NULL;
	list->flow = true;
	for (size_t i = 0; i < top->count; i++) {
		if (top->items[i]->kind != NODE_SCALAR)
			return NULL;
		yaml_writer_add(s->p->arena, list,
				yaml_writer_word(s->p->arena, top->items[i]->text));
	}
	return list;
}

static struct yaml_writer_node *type_word(struct postman_script *s, struct str argument)
{
	static const char *const types[][2] = {{"array", "list"},      {"object", "object"},
					       {"string", "text"},     {"number", "number"},
					       {"boolean", "boolean"}, {"null", "null"}};
	struct str text = postman_constant(s->p, argument);

	for (size_t i = 0; text.ptr && i < sizeof types / sizeof *types; i++)
		if (str_eq(text, str_of(types[i][0])))
			return yaml_writer_text(s->p->arena, str_of(types[i][1]));
	return NULL;
}

/* SUBJECT MATCHER(ARGUMENT), a chain of Chai without its words that do nothing. */
static bool expect_matcher(struct postman_script *s, const struct postman_value *subject,
			   struct str matcher, struct str argument)
{
	struct yaml_writer_node *yes = yaml_writer_word(s->p->arena, STR("yes"));

	if (subject->kind == POSTMAN_VALUE_TIME)
		return (str_eq(matcher, STR("below")) || str_eq(matcher, STR("lessThan"))) &&
		       expect_time(s, argument);
	if (str_eq(matcher, STR("eql")) || str_eq(matcher, STR("equal")) ||
	    str_eq(matcher, STR("equals")) || str_eq(matcher, STR("eq")))
		return expect_value(s, subject, postman_scalar(s, argument));
	if (str_eq(matcher, STR("true")) || str_eq(matcher, STR("false")) ||
	    str_eq(matcher, STR("null")))
		return expect_value(s, subject, yaml_writer_word(s->p->arena, matcher));
	if (str_eq(matcher, STR("include")) || str_eq(matcher, STR("contain")))
		return expect_value(s, subject,
				    predicate(s, "contains", postman_scalar(s, argument)));
	if (str_eq(matcher, STR("oneOf")) && subject->kind == POSTMAN_VALUE_STATUS)
		return expect_value(s, subject, list_of(s, argument));
	if (str_eq(matcher, STR("a")) || str_eq(matcher, STR("an")))
		return expect_value(s, subject, predicate(s, "type", type_word(s, argument)));
	if (str_eq(matcher, STR("exist")) || str_eq(matcher, STR("not.undefined")) ||
	    str_eq(matcher, STR("not.null")) || str_eq(matcher, STR("not.empty")))
		return expect_value(s, subject, predicate(s, "exists", yes));
	if (str_eq(matcher, STR("above")) || str_eq(matcher, STR("least")))
		return expect_value(s, subject, predicate(s, "min", postman_scalar(s, argument)));
	if (str_eq(matcher, STR("property")) && subject->kind == POSTMAN_VALUE_JSON) {
		struct str key = postman_constant(s->p, argument);
		struct postman_value inner = *subject;

		inner.text = arena_printf(s->p->arena, "%.*s[\"%.*s\"]", STR_ARG(subject->text),
					  STR_ARG(key));
		return key.len && expect_value(s, &inner, predicate(s, "exists", yes));
	}
	return false;
}

/* "to.be.eql" as "eql", "to.not.be.null" as "not.null". */
static struct str matcher_of(struct postman *p, struct str chain)
{
	static const char *const words[] = {"to",  "be",   "been", "is", "that", "which", "and",
					    "has", "have", "with", "at", "of",	 "same",  "deep"};
	struct buf out;
	struct str result;

	buf_init(&out, 0);
	for (size_t from = 0; from < chain.len;) {
		size_t end = str_find_char(chain, '.', from);
		struct str word =
		    str_trim(str_slice(chain, from, end == NOT_FOUND ? chain.len : end));
		bool skip = !word.len;

		for (size_t i = 0; i < sizeof words / sizeof *words; i++)
			skip |= str_eq(word, str_of(words[i]));
		if (!skip)
			buf_printf(&out, "%s%.*s", out.len ? "." : "", STR_ARG(word));
		if (end == NOT_FOUND)
			break;
		from = end + 1;
	}
	result = arena_str(p->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

/* pm.expect(SUBJECT).to.….MATCHER(ARGUMENT) */
bool postman_expectation(struct postman_script *s, struct str statement)
{
	struct postman_value subject;
	struct str all[7]; /* groups 2 to 4 are the message */

	if (!postman_match(s->p,
			   "(?s)pm\\.expect\\s*\\((.*?)(?:,\\s*" POSTMAN_QUOTED
			   "\\s*)?\\)\\s*((?:\\.\\s*\\w+\\s*)+)"
			   "(?:\\((.*)\\))?",
			   statement, all, 7))
		return false;
	subject = postman_value_of(s, all[1]);
	if (subject.kind == POSTMAN_VALUE_UNKNOWN)
		return false;
	return expect_matcher(s, &subject, matcher_of(s->p, all[5]), all[6].ptr ? all[6] : STR(""));
}

/* pm.response.to.…, and the old forms with tests[…]. */
bool postman_response_check(struct postman_script *s, struct str statement)
{
	struct postman_value status = {.kind = POSTMAN_VALUE_STATUS, .text = STR("")};
	struct postman_value value;
	struct str groups[4];

	if (postman_match(s->p, "pm\\.response\\.to\\.have\\.status\\(\\s*(\\d+)\\s*\\)", statement,
			  groups, 2))
		return expect_value(s, &status, yaml_writer_word(s->p->arena, groups[1]));
	if (postman_match(s->p, "pm\\.response\\.to\\.(?:be|have)\\.(?:ok|success)", statement,
			  groups, 1))
		return expect_value(s, &status, yaml_writer_text(s->p->arena, STR("2xx")));
	if (postman_match(s->p,
			  "pm\\.response\\.to\\.(?:be\\.withBody|be\\.json|not\\.be\\.error|"
			  "have\\.body)",
			  statement, groups, 1))
		return true; /* 4xx and 5xx fail anyway */
	if (postman_match(s->p,
			  "pm\\.response\\.to\\.have\\.header\\(\\s*[\"']([^\"']+)[\"']\\s*\\)",
			  statement, groups, 2)) {
		value = (struct postman_value){POSTMAN_VALUE_HEADER, groups[1]};
		return expect_matcher(s, &value, STR("exist"), STR(""));
	}
	if (postman_match(s->p,
			  "pm\\.response\\.to\\.have\\.jsonBody\\(\\s*[\"']([\\w.]+)[\"']\\s*\\)",
			  statement, groups, 2)) {
		value = (struct postman_value){.kind = POSTMAN_VALUE_JSON};
		value.text = arena_printf(s->p->arena, "$.%.*s", STR_ARG(groups[1]));
		return expect_matcher(s, &value, STR("exist"), STR(""));
	}
	if (!postman_match(s->p, "(?s)tests\\[[^\\]]*\\]\\s*=\\s*(.*?)\\s*(===?|<)\\s*([^=]+)",
			   statement, groups, 4))
		return false;
	value = postman_value_of(s, groups[1]);
	return expect_matcher(s, &value, str_eq(groups[2], STR("<")) ? STR("below") : STR("eql"),
			      groups[3]);
}
