/* Captures and asserts of Hurl as `extract` and `expect`. */
#include "import/hurl/hurl_private.h"

#include "base/ascii.h"
#include "import/naming.h"

/* The text in quotes at the start of TEXT without its escapes; *REST is what follows. ptr NULL if
 * it is not in quotes. */
static struct str quoted_text(struct request_text *r, struct str text, struct str *rest)
{
	struct buf out;
	struct str result;
	size_t at = 1;

	if (!str_starts(text, STR("\"")))
		return STR_NULL;
	buf_init(&out, 0);
	for (; at < text.len && text.ptr[at] != '"'; at++) {
		if (text.ptr[at] == '\\' && at + 1 < text.len) {
			at++;
			buf_add_char(&out, text.ptr[at] == 'n'	 ? '\n'
					   : text.ptr[at] == 't' ? '\t'
								 : text.ptr[at]);
		} else {
			buf_add_char(&out, text.ptr[at]);
		}
	}
	*rest = str_trim(str_slice(text, at < text.len ? at + 1 : at, text.len));
	result = arena_str(r->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

static struct str word_at(struct str text)
{
	size_t end = 0;

	while (end < text.len && !ascii_is_blank(text.ptr[end]))
		end++;
	return str_slice(text, 0, end);
}

/* A regular expression between slashes. */
static struct str slashed(struct str text, struct str *rest)
{
	size_t at = 1;

	if (!str_starts(text, STR("/")))
		return STR_NULL;
	while (at < text.len && text.ptr[at] != '/')
		at += text.ptr[at] == '\\' ? 2 : 1;
	*rest = str_trim(str_slice(text, at + 1, text.len));
	return str_slice(text, 1, at);
}

/* Reads the query at the start of TEXT. */
static struct hurl_query read_query(struct request_text *r, struct str text)
{
	struct hurl_query q = {.kind = word_at(str_trim(text))};

	text = str_trim(text);
	q.rest = str_trim(str_slice(text, q.kind.len, text.len));
	if (str_starts(q.rest, STR("\"")))
		q.argument = quoted_text(r, q.rest, &q.rest);
	else if (str_starts(q.rest, STR("/")))
		q.argument = slashed(q.rest, &q.rest);
	return q;
}

/* ---- captures */

/* The extractor for a query; NULL if there is none. */
static struct yaml_writer_node *extractor(struct request_text *r, const struct hurl_query *q)
{
	static const char *const with[] = {"jsonpath", "xpath", "regex", "header", "cookie"};
	static const char *const without[][2] = {
	    {"status", "status"}, {"body", "body"}, {"url", "url"}, {"duration", "time"}};
	struct yaml_writer_node *map = yaml_writer_map(r->arena);

	map->flow = true;
	for (size_t i = 0; q->argument.ptr && i < sizeof with / sizeof *with; i++)
		if (str_eq(q->kind, str_of(with[i]))) {
			yaml_writer_put_text(r->arena, map, q->kind,
					     request_text_convert(r, q->argument));
			return map;
		}
	for (size_t i = 0; !q->argument.ptr && i < sizeof without / sizeof *without; i++)
		if (str_eq(q->kind, str_of(without[i][0]))) {
			yaml_writer_put(r->arena, map, str_of(without[i][1]),
					yaml_writer_word(r->arena, STR("yes")));
			return map;
		}
	return NULL;
}

/* Filters that select one of several values: `nth 2` and `regex`. */
static bool put_filters(struct request_text *r, struct yaml_writer_node *map, struct str filters)
{
	int64_t nth;

	if (!filters.len || str_eq(filters, STR("redact")))
		return true;
	if (str_starts(filters, STR("nth ")) &&
	    str_to_int(str_trim(str_slice(filters, 4, filters.len)), &nth) && nth >= 0) {
		yaml_writer_put(
		    r->arena, map, STR("match"),
		    yaml_writer_word(r->arena, arena_printf(r->arena, "%lld", (long long)nth + 1)));
		return true;
	}
	return false;
}

void hurl_capture(struct request_text *r, struct yaml_writer_node *step, struct str line)
{
	size_t colon = str_find_char(line, ':', 0);
	struct str name = str_trim(str_slice(line, 0, colon));
	struct hurl_query q;
	struct yaml_writer_node *map;

	if (colon == NOT_FOUND || !name.len) {
		request_text_unsupported(r, "it is not a capture");
		return;
	}
	q = read_query(r, str_slice(line, colon + 1, line.len));
	map = extractor(r, &q);
	if (!map || !put_filters(r, map, q.rest)) {
		request_text_unsupported(r, "this capture is not supported");
		return;
	}
	if (naming_is_secret(name) || str_ends(q.rest, STR("redact")))
		yaml_writer_put(r->arena, map, STR("secret"),
				yaml_writer_word(r->arena, STR("yes")));
	for (size_t i = 0; i < r->names.count; i++)
		if (str_eq(r->names.items[i].name, name))
			yaml_writer_append(r->arena, request_text_map(r, step, "extract"),
					   r->names.items[i].expression, map);
}

/* ---- asserts */

static struct yaml_writer_node *value_of(struct request_text *r, struct str text)
{
	struct str rest, quoted = quoted_text(r, str_trim(text), &rest);
	size_t comment = str_find(text, STR(" #"), 0);
	double number;

	if (quoted.ptr)
		return yaml_writer_typed(r->arena, request_text_convert(r, quoted));
	text = str_trim(str_slice(text, 0, comment));
	if (str_to_double(text, &number) || str_eq(text, STR("true")) ||
	    str_eq(text, STR("false")) || str_eq(text, STR("null")))
		return yaml_writer_word(r->arena, text);
	if (str_starts(text, STR("{{")) || str_starts(text, STR("`")))
		return yaml_writer_text(r->arena, request_text_convert(r, text));
	return NULL;
}

static struct yaml_writer_node *single(struct request_text *r, const char *key,
				       struct yaml_writer_node *value)
{
	struct yaml_writer_node *map = yaml_writer_map(r->arena);

	if (!value)
		return NULL;
	map->flow = true;
	yaml_writer_put(r->arena, map, str_of(key), value);
	return map;
}

static struct yaml_writer_node *negated(struct request_text *r, struct yaml_writer_node *value)
{
	return value ? single(r, "not", value) : NULL;
}

/* A pattern for a text that starts (FIRST) or ends with the text in quotes REST. */
static struct yaml_writer_node *affix(struct request_text *r, struct str rest, bool first)
{
	static const char special[] = "\\^$.|?*+()[]{}";
	struct str after, text = quoted_text(r, rest, &after);
	struct yaml_writer_node *result;
	struct buf out;

	if (!text.ptr || str_find(text, STR("{{"), 0) != NOT_FOUND)
		return NULL;
	buf_init(&out, 0);
	buf_add(&out, first ? STR("^") : STR(""));
	for (size_t i = 0; i < text.len; i++) {
		if (strchr(special, text.ptr[i]))
			buf_add_char(&out, '\\');
		buf_add_char(&out, text.ptr[i]);
	}
	buf_add(&out, first ? STR("") : STR("$"));
	result = yaml_writer_text(r->arena, arena_str(r->arena, buf_str(&out)));
	buf_release(&out);
	return single(r, "matches", result);
}

/* A number above (KEY "max") or below ("min") VALUE: it is a number, and not at most or at least
 * VALUE. */
static struct yaml_writer_node *beyond(struct request_text *r, const char *key,
				       struct yaml_writer_node *value)
{
	struct yaml_writer_node *result;

	if (!value || value->shape == YAML_TYPED)
		return NULL; /* texts are not compared by their order */
	result = single(r, "type", yaml_writer_text(r->arena, STR("number")));
	yaml_writer_put(r->arena, result, STR("not"), single(r, key, value));
	return result;
}

/* A number without (INTEGER) or with a decimal point. */
static struct yaml_writer_node *number_kind(struct request_text *r, bool integer)
{
	struct yaml_writer_node *result =
	    single(r, "type", yaml_writer_text(r->arena, STR("number")));

	yaml_writer_put_text(r->arena, result, STR("matches"),
			     integer ? STR("^-?[0-9]+$") : STR("[.eE]"));
	return result;
}

/* A predicate such as `== "x"`, `contains "y"` or `count > 2`; NULL if it is not supported. */
static struct yaml_writer_node *predicate(struct request_text *r, struct str text)
{
	static const char *const types[][2] = {{"isString", "text"},	 {"isNumber", "number"},
					       {"isBoolean", "boolean"}, {"isCollection", "list"},
					       {"isList", "list"},	 {"isObject", "object"}};
	struct str word = word_at(text);
	struct str rest = str_trim(str_slice(text, word.len, text.len)), pattern, after;
	struct yaml_writer_node *yes = yaml_writer_word(r->arena, STR("yes"));

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (str_eq(word, str_of(types[i][0])))
			return single(r, "type", yaml_writer_text(r->arena, str_of(types[i][1])));
	if (str_eq(word, STR("isInteger")) || str_eq(word, STR("isFloat")))
		return number_kind(r, word.ptr[2] == 'I');
	if (str_eq(word, STR("not")))
		return str_eq(rest, STR("exists"))
			   ? single(r, "exists", yaml_writer_word(r->arena, STR("no")))
			   : negated(r, predicate(r, rest));
	if (str_eq(word, STR("exists")))
		return single(r, "exists", yes);
	if (str_eq(word, STR("==")) || str_eq(word, STR("equals")))
		return value_of(r, rest);
	if (str_eq(word, STR("!=")) || str_eq(word, STR("notEquals")))
		return negated(r, value_of(r, rest));
	if (str_eq(word, STR("contains")) || str_eq(word, STR("includes")))
		return single(r, "contains", value_of(r, rest));
	if (str_eq(word, STR(">")))
		return beyond(r, "max", value_of(r, rest));
	if (str_eq(word, STR("<")))
		return beyond(r, "min", value_of(r, rest));
	if (str_eq(word, STR("startsWith")) || str_eq(word, STR("endsWith")))
		return affix(r, rest, word.ptr[0] == 's');
	if (str_eq(word, STR(">=")))
		return single(r, "min", value_of(r, rest));
	if (str_eq(word, STR("<=")))
		return single(r, "max", value_of(r, rest));
	if (str_eq(word, STR("count")) && str_starts(rest, STR("==")))
		return single(r, "count", value_of(r, str_slice(rest, 2, rest.len)));
	if (!str_eq(word, STR("matches")))
		return NULL;
	pattern = slashed(rest, &after);
	if (!pattern.ptr)
		pattern = quoted_text(r, rest, &after);
	return pattern.ptr ? single(r, "matches", yaml_writer_text(r->arena, pattern)) : NULL;
}

/* Adds the predicate KEY: VALUE to MAP; false if MAP has another value for it. */
static bool add_predicate(struct request_text *r, struct yaml_writer_node *map, struct str key,
			  struct yaml_writer_node *value)
{
	struct yaml_writer_node *known = yaml_writer_find(map, key);

	if (known && str_eq(key, STR("not"))) { /* all of a list must be false */
		yaml_writer_append(r->arena, map, key, value);
		return true;
	}
	if (known)
		return known->shape == value->shape && known->text.len &&
		       str_eq(known->text, value->text);
	yaml_writer_put(r->arena, map, key, value);
	return true;
}

/* Adds the predicates VALUE to those of MEMBER; false if it has another one of the same kind. */
static bool merge(struct request_text *r, struct yaml_writer_member *member,
		  struct yaml_writer_node *value)
{
	struct yaml_writer_node *map = member->value;
	bool good = true;

	if (value->shape != YAML_MAP)
		value = single(r, "equals", value);
	if (map->shape != YAML_MAP)
		map = single(r, "equals", map);
	for (size_t i = 0; i < value->members.count; i++)
		good = good && add_predicate(r, map, value->members.items[i].key,
					     value->members.items[i].value);
	member->value = map;
	return good;
}

/* Adds VALUE to the expectation KIND, at KEY if it has keys; false if it has it already. */
static bool put_expectation(struct request_text *r, struct yaml_writer_node *step, const char *kind,
			    struct str key, struct yaml_writer_node *value)
{
	struct yaml_writer_node *expect = request_text_map(r, step, "expect");

	if (key.ptr)
		expect = request_text_map(r, expect, kind);
	else
		key = str_of(kind);
	for (size_t i = 0; i < expect->members.count; i++)
		if (str_eq(expect->members.items[i].key, key))
			return !str_eq(key, STR("status")) && !str_eq(key, STR("max_time")) &&
			       merge(r, &expect->members.items[i], value);
	yaml_writer_put(r->arena, expect, key, value);
	return true;
}

bool hurl_expect_json(struct request_text *r, struct yaml_writer_node *step, struct str body)
{
	struct yaml_writer_node *value = request_text_json(r, body);

	return value && put_expectation(r, step, "jsonpath", STR("$"), single(r, "equals", value));
}

void hurl_expect_header(struct request_text *r, struct yaml_writer_node *step, struct str name,
			struct str value)
{
	put_expectation(r, step, "header", name,
			yaml_writer_typed(r->arena, request_text_convert(r, value)));
}

/* duration < 1000 */
static bool put_duration(struct request_text *r, struct yaml_writer_node *step, struct str text)
{
	double ms;
	struct str number = str_trim(str_slice(text, word_at(text).len, text.len));

	if (!str_starts(text, STR("<")) || !str_to_double(number, &ms) || ms <= 0)
		return false;
	return put_expectation(r, step, "max_time", STR_NULL,
			       yaml_writer_word(r->arena, arena_printf(r->arena, "%.10gms", ms)));
}

/* Whether A OP B. */
static bool compares(int64_t a, struct str op, int64_t b)
{
	if (str_eq(op, STR("==")))
		return a == b;
	if (str_eq(op, STR("!=")))
		return a != b;
	if (str_eq(op, STR(">")))
		return a > b;
	if (str_eq(op, STR(">=")))
		return a >= b;
	return str_eq(op, STR("<")) ? a < b : a <= b;
}

/* status == 200, or an assert that the status of the response line includes. */
static bool put_status(struct request_text *r, struct yaml_writer_node *step, struct str text)
{
	static const char *const ops[] = {"==", "!=", ">", ">=", "<", "<="};
	struct yaml_writer_node *expect = request_text_map(r, step, "expect");
	struct yaml_writer_node *known = yaml_writer_find(expect, STR("status"));
	struct str op = word_at(text), operand = str_trim(str_slice(text, op.len, text.len));
	int64_t number, status;
	bool is_op = false;

	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
		is_op = is_op || str_eq(op, str_of(ops[i]));
	if (!is_op || !str_to_int(operand, &number))
		return false;
	if (!known) {
		if (!str_eq(op, STR("==")))
			return false;
		yaml_writer_put(r->arena, expect, STR("status"),
				yaml_writer_word(r->arena, operand));
		return true;
	}
	if (known->shape != YAML_WORD || !str_to_int(known->text, &status))
		return false;
	return compares(status, op, number); /* what is expected already includes it */
}

/* Hurl counts the items of a list; the number of values that a path finds is the same for a path to
 * each of them. */
static struct str counted_path(struct request_text *r, const struct hurl_query *q)
{
	struct str path = q->argument;
	static const char *const several[] = {"*", "..", "?", ",", "[:", ":]"};

	if (!str_eq(q->kind, STR("jsonpath")) || !str_starts(q->rest, STR("count")))
		return path;
	for (size_t i = 0; i < sizeof several / sizeof *several; i++)
		if (str_find(path, str_of(several[i]), 0) != NOT_FOUND)
			return path;
	return arena_printf(r->arena, "%.*s[*]", STR_ARG(path));
}

void hurl_assert(struct request_text *r, struct yaml_writer_node *step, struct str line)
{
	static const char *const keyed[] = {"jsonpath", "xpath", "header", "cookie"};
	static const char *const plain[] = {"body", "url"};
	struct hurl_query q = read_query(r, line);
	struct yaml_writer_node *value;
	bool good = false;

	if (str_eq(q.kind, STR("duration"))) {
		if (!put_duration(r, step, q.rest))
			request_text_unsupported(r, "this assert is not supported");
		return;
	}
	if (str_eq(q.kind, STR("status"))) {
		if (!put_status(r, step, q.rest))
			request_text_unsupported(r, "this assert is not supported");
		return;
	}
	value = predicate(r, q.rest);
	for (size_t i = 0; value && q.argument.ptr && i < sizeof keyed / sizeof *keyed; i++)
		if (str_eq(q.kind, str_of(keyed[i])))
			good = put_expectation(r, step, keyed[i],
					       request_text_convert(r, counted_path(r, &q)), value);
	for (size_t i = 0; value && !q.argument.ptr && i < sizeof plain / sizeof *plain; i++)
		if (str_eq(q.kind, str_of(plain[i])))
			good = put_expectation(r, step, plain[i], STR_NULL, value);
	if (!good)
		request_text_unsupported(r, "this assert is not supported");
}
