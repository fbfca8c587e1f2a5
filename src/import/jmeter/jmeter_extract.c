/* Extractors (post-processors) as `extract` of a request. */
#include "base/ascii.h"
#include "base/regex.h"
#include "doc/jsonpath.h"
#include "extract/markup_path.h"
#include "import/jmeter/jmeter.h"

/* The names of the properties of each kind. */
static const struct kind {
	const char *tag, *variable, *expression, *match, *fallback, *source;
} kinds[] = {
    {"RegexExtractor", "RegexExtractor.refname", "RegexExtractor.regex",
     "RegexExtractor.match_number", "RegexExtractor.default", "RegexExtractor.useHeaders"},
    {"BoundaryExtractor", "BoundaryExtractor.refname", "BoundaryExtractor.lboundary",
     "BoundaryExtractor.match_number", "BoundaryExtractor.default", "BoundaryExtractor.useHeaders"},
    {"JSONPostProcessor", "JSONPostProcessor.referenceNames", "JSONPostProcessor.jsonPathExprs",
     "JSONPostProcessor.match_numbers", "JSONPostProcessor.defaultValues", ""},
    {"JMESPathExtractor", "JMESExtractor.referenceName", "JMESExtractor.jmesPathExpr",
     "JMESExtractor.matchNumber", "JMESExtractor.defaultValue", ""},
    {"JSONPathExtractor", "VAR", "JSONPATH", "", "DEFAULT", ""},
    {"HtmlExtractor", "HtmlExtractor.refname", "HtmlExtractor.expr", "HtmlExtractor.match_number",
     "HtmlExtractor.default", ""},
    {"XPathExtractor", "XPathExtractor.refname", "XPathExtractor.xpathQuery",
     "XPathExtractor.matchNumber", "XPathExtractor.default", ""},
    {"XPath2Extractor", "XPathExtractor2.refname", "XPathExtractor2.xpathQuery",
     "XPathExtractor2.matchNumber", "XPathExtractor2.default", ""},
};

/* One variable of an extractor; JSON extractors can have several. */
struct extraction {
	struct jmeter *j;
	struct jmeter_request *r;
	const struct jmx *element;
	const struct kind *kind;
	struct str name, expression, match, fallback;
	bool has_fallback, inherited;
};

static const struct kind *kind_of(const struct jmx *e)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (jmeter_is(e, kinds[i].tag))
			return &kinds[i];
	return NULL;
}

bool jmeter_is_extractor(const struct jmx *element)
{
	return kind_of(element) != NULL;
}

static unsigned group_count(struct str pattern)
{
	struct regex_error error;
	struct regex *regex = regex_new(pattern, false, &error);
	unsigned count = regex ? regex_groups(regex) : 0;

	regex_free(regex);
	return count;
}

bool jmeter_is_regex(struct str pattern)
{
	struct regex_error error;
	struct regex *regex = regex_new(pattern, false, &error);

	regex_free(regex);
	return regex;
}

struct str jmeter_json_path(struct jmeter *j, struct str path)
{
	struct jsonpath_error error;
	struct jsonpath *compiled;

	path = str_trim(path);
	if (!str_starts(path, STR("$")))
		path = arena_printf(j->arena, "%s%.*s", str_starts(path, STR("[")) ? "$" : "$.",
				    STR_ARG(path));
	if (str_find(path, STR("${"), 0) != NOT_FOUND)
		return STR_NULL;
	compiled = jsonpath_new(j->arena, path, &error);
	if (!compiled)
		return STR_NULL;
	jsonpath_release(compiled);
	return path;
}

/* Item I of TEXT, whose items are separated by `;`; all of it if there is only one. */
static struct str item_of(struct str text, size_t i, bool *exists)
{
	size_t at = 0, end;

	*exists = true;
	for (; i; i--) {
		end = str_find_char(text, ';', at);
		if (end == NOT_FOUND) {
			*exists = false;
			return STR("");
		}
		at = end + 1;
	}
	end = str_find_char(text, ';', at);
	return str_trim(str_slice(text, at, end == NOT_FOUND ? text.len : end));
}

static struct extraction extraction_at(struct jmeter *j, const struct jmx *e, size_t i,
				       bool *exists)
{
	struct extraction x = {.j = j, .element = e, .kind = kind_of(e)};
	bool there, several = jmeter_is(e, "JSONPostProcessor");

	*exists = i == 0;
	x.name = str_trim(jmx_text(e, x.kind->variable));
	x.expression = jmx_text(e, x.kind->expression);
	x.match = str_trim(jmx_text(e, x.kind->match));
	x.fallback = jmx_text(e, x.kind->fallback);
	if (several) {
		x.name = item_of(x.name, i, exists);
		x.expression = item_of(x.expression, i, &there);
		x.match = item_of(x.match, i, &there);
		x.fallback = item_of(x.fallback, i, &there);
	}
	x.has_fallback = x.fallback.len || jmx_is_true(e, "RegexExtractor.default_empty_value") ||
			 jmx_is_true(e, "BoundaryExtractor.default_empty_value") ||
			 jmx_is_true(e, "HtmlExtractor.default_empty_value");
	return x;
}

/* Whether the extractor sets NAME_1, NAME_2 …. */
static bool is_list(const struct extraction *x)
{
	double number = 1;
	bool all = jmeter_is_number(x->j, x->match, &number) && number < 0;

	if (str_starts(x->element->tag, STR("XPath")) && (all || !x->match.len))
		return jmeter_is_used(x->j, arena_printf(x->j->arena, "%.*s_", STR_ARG(x->name))) ||
		       jmeter_is_used(x->j, arena_printf(x->j->arena, "%.*s</", STR_ARG(x->name)));
	return all;
}

/* NAME_g1 of a regular expression, if the plan uses it. */
static struct str group_name(struct jmeter *j, struct str name, unsigned group)
{
	struct str word = arena_printf(j->arena, "%.*s_g%u", STR_ARG(name), group);

	return jmeter_is_used(j, word) ? word : STR_NULL;
}

void jmeter_scan_extractor(struct jmeter *j, const struct jmx *e, const struct jmeter_node *group)
{
	bool exists = true;

	for (size_t i = 0; exists && i < 100; i++) {
		struct extraction x = extraction_at(j, e, i, &exists);

		if (!exists || !x.name.len || str_find_char(x.name, '$', 0) != NOT_FOUND)
			continue;
		jmeter_define(j, is_list(&x) ? JMETER_LIST : JMETER_LOCAL, x.name, group);
		for (unsigned g = 0; g < 10 && jmeter_is(e, "RegexExtractor"); g++) {
			struct str word = group_name(j, x.name, g);

			if (word.ptr)
				jmeter_define(j, JMETER_LOCAL, word, group);
		}
	}
}

/* ---- the keys of one extractor */

/* Where it searches; false if that is not supported. */
static bool put_from(const struct extraction *x, struct yaml_writer_node *keys)
{
	struct str source = jmx_text(x->element, x->kind->source);
	struct str variable = str_trim(jmx_text(x->element, "Scope.variable"));

	if (str_eq(jmx_text(x->element, "Sample.scope"), STR("variable")) && variable.len) {
		struct jmeter_name *n = jmeter_find_name(x->j, variable);

		if (!n || n->kind == JMETER_COLUMN || n->kind == JMETER_PARAMETER)
			return false;
		yaml_writer_put_text(x->j->arena, keys, STR("from"),
				     jmeter_use(x->j, x->element, variable));
		return true;
	}
	if (str_eq(source, STR("true")) || str_eq(source, STR("headers")))
		yaml_writer_put_text(x->j->arena, keys, STR("from"), STR("headers"));
	else if (str_eq(source, STR("URL")))
		yaml_writer_put_text(x->j->arena, keys, STR("from"), STR("url"));
	else if (str_eq(source, STR("code")) || str_eq(source, STR("message")) ||
		 str_eq(source, STR("request_headers")))
		return false;
	return true;
}

/* 1 is the default, 0 a random one. */
static void put_match(const struct extraction *x, struct yaml_writer_node *keys)
{
	double number = 1;

	if (is_list(x)) {
		yaml_writer_put_text(x->j->arena, keys, STR("match"), STR("all"));
		return;
	}
	if (!x->match.len || !jmeter_is_number(x->j, x->match, &number))
		number = !x->match.len && !str_starts(x->element->tag, STR("XPath")) &&
				 !jmeter_is(x->element, "JSONPathExtractor")
			     ? 0
			     : 1;
	if (number == 0)
		yaml_writer_put_text(x->j->arena, keys, STR("match"), STR("random"));
	else if (number > 1 && number <= 1000000)
		yaml_writer_put(
		    x->j->arena, keys, STR("match"),
		    yaml_writer_word(x->j->arena, arena_printf(x->j->arena, "%.0f", number)));
}

static struct yaml_writer_node *keys_of(const struct extraction *x)
{
	struct yaml_writer_node *keys = yaml_writer_map(x->j->arena);

	keys->flow = true;
	return keys;
}

static bool put_boundary(const struct extraction *x, struct yaml_writer_node *keys)
{
	struct str left = jmeter_pattern(x->j, x->element, x->expression);
	struct str right =
	    jmeter_pattern(x->j, x->element, jmx_text(x->element, "BoundaryExtractor.rboundary"));
	struct yaml_writer_node *both;

	if (!left.len || !right.len)
		return false;
	both = yaml_writer_put(x->j->arena, keys, STR("boundary"), yaml_writer_map(x->j->arena));
	both->flow = true;
	yaml_writer_put_text(x->j->arena, both, STR("left"), left);
	yaml_writer_put_text(x->j->arena, both, STR("right"), right);
	return true;
}

static bool put_regex(const struct extraction *x, struct yaml_writer_node *keys, unsigned group)
{
	struct str pattern = jmeter_pattern(x->j, x->element, x->expression);

	if (!pattern.len || !jmeter_is_regex(x->expression) || group > group_count(x->expression))
		return false;
	yaml_writer_put_text(x->j->arena, keys, STR("regex"), pattern);
	if (group != 1)
		yaml_writer_put(
		    x->j->arena, keys, STR("group"),
		    yaml_writer_word(x->j->arena, arena_printf(x->j->arena, "%u", group)));
	return true;
}

/* The expression in the language of its kind; false if it cannot be converted. */
static bool put_expression(const struct extraction *x, struct yaml_writer_node *keys)
{
	struct jmeter *j = x->j;
	struct str text = jmeter_pattern(j, x->element, str_trim(x->expression));
	struct str attribute = str_trim(jmx_text(x->element, "HtmlExtractor.attribute"));
	struct markup_path_error error;

	if (jmeter_is(x->element, "BoundaryExtractor"))
		return put_boundary(x, keys);
	if (!text.len)
		return false;
	if (str_starts(x->element->tag, STR("JSON")) || str_starts(x->element->tag, STR("JMES"))) {
		text = str_starts(x->element->tag, STR("JSON")) ? jmeter_json_path(j, text)
								: jmeter_jmespath(j, text);
		if (text.ptr)
			yaml_writer_put_text(j->arena, keys, STR("jsonpath"), text);
		return text.ptr;
	}
	if (jmeter_is(x->element, "HtmlExtractor")) {
		yaml_writer_put_text(j->arena, keys, STR("css"), text);
		if (attribute.len)
			yaml_writer_put_text(j->arena, keys, STR("attribute"), attribute);
		return markup_path_from_css(j->arena, text, attribute, &error);
	}
	yaml_writer_put_text(j->arena, keys, STR("xpath"), text);
	return markup_path_from_xpath(j->arena, text, &error);
}

/* ---- one variable */

static void put_fallback(const struct extraction *x, struct str name, struct yaml_writer_node *keys)
{
	struct jmeter *j = x->j;
	struct jmeter_name *n = jmeter_find_name(j, x->name);

	if (x->has_fallback) {
		yaml_writer_put(
		    j->arena, keys, STR("default"),
		    yaml_writer_typed(j->arena, jmeter_text(j, x->element, x->fallback)));
	} else if (x->inherited && !j->around && n) {
		/* It sees the responses of several requests, and keeps its value. */
		n->lasting = true;
		yaml_writer_put_text(j->arena, keys, STR("default"),
				     arena_printf(j->arena, "${%.*s}", STR_ARG(name)));
	}
}

static void put_variable(const struct extraction *x, struct str name, struct yaml_writer_node *keys)
{
	struct yaml_writer_node *all = jmeter_map(x->j, x->r->step, STR("extract"));
	struct str word;

	put_fallback(x,
		     jmeter_find_name(x->j, name) ? jmeter_find_name(x->j, name)->expression : name,
		     keys);
	word = jmeter_set_name(x->j, name);
	if (yaml_writer_find(all, word)) {
		jmeter_note(x->j, x->element, "another extractor of this request sets the same");
		return;
	}
	yaml_writer_put(x->j->arena, all, word, keys);
}

/* The groups of a template such as $1$-$2$; 0 if it has other text only. */
static size_t groups_of(struct str template, unsigned *groups, size_t max)
{
	size_t count = 0;

	for (size_t i = 0; i + 2 < template.len && count < max; i++)
		if (template.ptr[i] == '$' && ascii_is_digit(template.ptr[i + 1]) &&
		    template.ptr[i + 2] == '$') {
			groups[count++] = (unsigned)(template.ptr[i + 1] - '0');
			i += 2;
		}
	return count;
}

static bool put_group(const struct extraction *x, struct str name, unsigned group)
{
	struct yaml_writer_node *keys = keys_of(x);

	if (!put_regex(x, keys, group) || !put_from(x, keys))
		return false;
	put_match(x, keys);
	put_variable(x, name, keys);
	return true;
}

/* A template of several groups: each is extracted, and a step after the request joins them. */
static bool put_template(const struct extraction *x, struct str template)
{
	struct jmeter *j = x->j;
	unsigned groups[10];
	size_t count = groups_of(template, groups, 10);
	struct yaml_writer_node *set, *value;
	struct buf out;

	buf_init(&out, 0);
	for (size_t i = 0, at = 0; i <= count; i++) {
		size_t end = i < count ? str_find_char(template, '$', at) : template.len;
		struct str part =
		    i < count ? arena_printf(j->arena, "%.*s_group%u", STR_ARG(x->name), groups[i])
			      : STR("");

		buf_add(&out, str_slice(template, at, end));
		if (i == count)
			break;
		at = end + 3;
		jmeter_define(j, JMETER_LOCAL, part, j->group);
		buf_printf(&out, "${%.*s}", STR_ARG(jmeter_find_name(j, part)->expression));
		if (!put_group(x, part, groups[i])) {
			buf_release(&out);
			return false;
		}
	}
	set = yaml_writer_add(j->arena, x->r->after, yaml_writer_map(j->arena));
	value = yaml_writer_put(j->arena, set, STR("set"), yaml_writer_map(j->arena));
	value->flow = true;
	yaml_writer_put(j->arena, value, jmeter_set_name(j, x->name),
			yaml_writer_typed(j->arena, arena_str(j->arena, buf_str(&out))));
	buf_release(&out);
	return true;
}

static bool put_regex_extractor(const struct extraction *x)
{
	struct str template = str_trim(jmx_text(x->element, "RegexExtractor.template"));
	unsigned groups[10] = {1};
	size_t count = groups_of(template, groups, 10);
	bool good = true;

	if (template.len && (!count || (count == 1 && template.len == 3)))
		good = count && put_group(x, x->name, groups[0]);
	else if (!template.len)
		good = put_group(x, x->name, 1);
	else
		good = !is_list(x) && put_template(x, template);
	for (unsigned g = 0; good && g < 10; g++) {
		struct str word = group_name(x->j, x->name, g);

		if (word.ptr && !is_list(x))
			good = put_group(x, word, g);
	}
	return good;
}

static bool put_one(const struct extraction *x)
{
	struct yaml_writer_node *keys = keys_of(x);

	if (jmeter_is(x->element, "RegexExtractor"))
		return put_regex_extractor(x);
	if (!put_expression(x, keys) || !put_from(x, keys))
		return false;
	put_match(x, keys);
	put_variable(x, x->name, keys);
	return true;
}

void jmeter_put_extractor(struct jmeter *j, struct jmeter_request *r, const struct jmx *e,
			  bool inherited)
{
	bool exists = true;

	for (size_t i = 0; exists && i < 100; i++) {
		struct extraction x = extraction_at(j, e, i, &exists);

		if (!exists || !x.name.len)
			continue;
		x.r = r;
		x.inherited = inherited;
		if (str_find_char(x.name, '$', 0) != NOT_FOUND || !put_one(&x))
			jmeter_unsupported(j, e,
					   arena_printf(j->arena, "'%.*s' cannot be extracted",
							STR_ARG(str_cut(x.expression, 80)))
					       .ptr);
	}
}
