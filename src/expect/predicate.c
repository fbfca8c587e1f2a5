#include "expect/predicate.h"

#include "base/regex.h"
#include "doc/node.h"
#include "expect/json_compare.h"

/* ---- preparation */

enum test {
	TEST_EQUALS,
	TEST_EXISTS,
	TEST_NOT,
	TEST_CONTAINS,
	TEST_MATCHES,
	TEST_MIN,
	TEST_MAX,
	TEST_COUNT,
	TEST_TYPE
};

/* One test of the value; a predicate passes if all of its tests pass. */
struct predicate_plan {
	enum test test;
	bool exists;
	int type;
	struct expected expected;
	const struct deep *deep; /* the expected list or object, or NULL */
	struct regex *regex;
	const struct predicate_plan *inner; /* of `not` */
	const struct predicate_plan *next;
};

struct predicate_builder {
	struct expect_prepare *p;
	struct predicate_plan *first, **last;
	bool json, fine;
};

static struct predicate_plan *add(struct predicate_builder *m, enum test test)
{
	struct predicate_plan *plan = ARENA_NEW(m->p->arena, struct predicate_plan);

	plan->test = test;
	*m->last = plan;
	m->last = (struct predicate_plan **)&plan->next;
	return plan;
}

static void add_text(struct predicate_builder *m, enum test test, const struct text *text,
		     bool typed)
{
	struct predicate_plan *plan = add(m, test);

	m->fine &= m->p->text(m->p, text, typed, &plan->expected);
}

/* Reports that the value is text, which never equals a list or object. */
static void reject_tree(struct predicate_builder *m, const struct node *tree)
{
	struct diag *diag = diag_error(m->p->diags, tree->span, DIAG_E346,
				       "%s can only be compared with JSON, but this value is text",
				       node_describe(tree));

	diag_note(m->p->diags, diag, SPAN_NONE, "to compare JSON: jsonpath: {$: {equals: %s}}",
		  tree->kind == NODE_MAP ? "{id: 7}" : "[1, 2]");
	m->fine = false;
}

static void add_written(struct predicate_builder *m, enum test test, const struct written *written,
			bool typed)
{
	if (!written->tree) {
		add_text(m, test, &written->text, typed);
	} else if (!m->json) {
		reject_tree(m, written->tree);
	} else {
		struct predicate_plan *plan = add(m, test);

		plan->deep = json_compare_prepare(m->p, written->tree);
		m->fine &= plan->deep != NULL;
	}
}

static void add_number(struct predicate_builder *m, enum test test, const struct text *text)
{
	struct predicate_plan *plan = add(m, test);
	const struct value *v = &plan->expected.value;
	double number;

	m->fine &= m->p->text(m->p, text, true, &plan->expected);
	if (!m->fine || !plan->expected.constant || v->type == VALUE_NUMBER ||
	    (v->type == VALUE_TEXT && str_to_double(v->text, &number)))
		return;
	diag_error(m->p->diags, text->node ? text->node->span : SPAN_NONE, DIAG_E346,
		   "expected a number");
	m->fine = false;
}

static void add_pattern(struct predicate_builder *m, const struct text *text)
{
	struct predicate_plan *plan = add(m, TEST_MATCHES);
	struct span span = text->node ? text->node->span : SPAN_NONE;
	struct regex_error error;

	if (!m->p->text(m->p, text, false, &plan->expected)) {
		m->fine = false;
		return;
	}
	if (!plan->expected.constant) {
		diag_error(m->p->diags, span, DIAG_E203,
			   "a pattern can only contain parameters; write $${ for the characters "
			   "${");
		m->fine = false;
		return;
	}
	plan->regex = regex_new(plan->expected.value.text, m->p->jit, &error);
	if (plan->regex)
		return;
	size_t at = text->at + error.offset;
	diag_error(m->p->diags, text->node ? node_text_span(text->node, at ? at - 1 : 0, at) : span,
		   DIAG_E207, "bad pattern: %s", error.text);
	m->fine = false;
}

static void add_not(struct predicate_builder *m, const struct predicate *one)
{
	struct predicate_plan *plan = add(m, TEST_NOT);

	plan->inner = predicate_prepare(m->p, one, m->json);
	m->fine &= plan->inner != NULL;
}

static bool has(const struct predicate *predicate, const char *key)
{
	return keys_has(&predicate->keys, predicate_fields, key);
}

static void add_all(struct predicate_builder *m, const struct predicate *predicate)
{
	const struct written *contains = predicate->contains.items;
	const struct text *matches = predicate->matches.items;
	const struct predicate *nots = predicate->not .items;

	if (has(predicate, "exists"))
		add(m, TEST_EXISTS)->exists = predicate->exists;
	if (has(predicate, "type"))
		add(m, TEST_TYPE)->type = predicate->type;
	if (has(predicate, "count"))
		add_number(m, TEST_COUNT, &predicate->count);
	if (has(predicate, "equals") || predicate->plain)
		add_written(m, TEST_EQUALS, &predicate->equals, true);
	for (size_t i = 0; i < predicate->contains.count; i++)
		add_written(m, TEST_CONTAINS, &contains[i], false);
	for (size_t i = 0; i < predicate->matches.count; i++)
		add_pattern(m, &matches[i]);
	if (has(predicate, "min"))
		add_number(m, TEST_MIN, &predicate->min);
	if (has(predicate, "max"))
		add_number(m, TEST_MAX, &predicate->max);
	for (size_t i = 0; i < predicate->not .count; i++)
		add_not(m, &nots[i]);
}

const struct predicate_plan *predicate_prepare(struct expect_prepare *p,
					       const struct predicate *predicate, bool json)
{
	struct predicate_builder m = {.p = p, .json = json, .fine = true};

	m.last = &m.first;
	add_all(&m, predicate);
	if (!m.first && m.fine) {
		diag_error(p->diags, predicate->keys.span, DIAG_E346,
			   "expected a value, or one of equals, exists, not, contains, matches, "
			   "min, max, count, type");
		return NULL;
	}
	if (m.fine)
		return m.first;
	predicate_release(m.first);
	return NULL;
}

void predicate_release(const struct predicate_plan *plan)
{
	for (; plan; plan = plan->next) {
		regex_free(plan->regex);
		predicate_release(plan->inner);
	}
}

/* ---- check */

static bool is_number(struct value v, double *out)
{
	*out = v.number;
	return v.type == VALUE_NUMBER || (v.type == VALUE_TEXT && str_to_double(v.text, out));
}

/* The text of a scalar; empty for lists and objects, which never equal a text. */
static struct str scalar_text(struct value v, struct scratch *scratch)
{
	size_t mark = scratch->text.len;

	if (v.type == VALUE_TEXT || (v.type == VALUE_NUMBER && v.text.ptr))
		return v.text;
	if (v.type == VALUE_BOOL)
		return v.yes ? STR("true") : STR("false");
	if (v.type == VALUE_NUMBER)
		buf_printf(&scratch->text, "%.17g", v.number);
	return str_n(scratch->text.data + mark, scratch->text.len - mark);
}

static bool is_tree(struct value v)
{
	return v.type == VALUE_LIST || v.type == VALUE_OBJECT;
}

static enum expect_outcome outcome(bool passed)
{
	return passed ? EXPECT_PASSED : EXPECT_FAILED;
}

/* Compares lists and objects as JSON. Scalars are compared as text, because variables often contain
 * numbers as text. */
static enum expect_outcome equal(struct value found, struct value expected, struct scratch *scratch)
{
	double x, y;

	if (is_tree(expected))
		return json_compare(found, expected, JSON_COMPARE_EQUAL);
	if (is_tree(found) || (found.type == VALUE_NULL) != (expected.type == VALUE_NULL))
		return EXPECT_FAILED;
	if (found.type == VALUE_NULL)
		return EXPECT_PASSED;
	if (is_number(found, &x) && is_number(expected, &y))
		return outcome(x == y);
	return outcome(str_eq(scalar_text(found, scratch), scalar_text(expected, scratch)));
}

/* Whether V contains PART: an element of a list, a value or members of an object, part of a text.
 */
static enum expect_outcome one_contains(struct value v, struct value part, struct scratch *scratch)
{
	size_t step = v.type == VALUE_OBJECT ? 2 : 1;
	enum expect_outcome one = EXPECT_FAILED;

	if (v.type == VALUE_OBJECT && is_tree(part))
		return json_compare(v, part, JSON_COMPARE_MEMBERS);
	if (is_tree(v)) {
		for (size_t k = 0; k < v.count && one == EXPECT_FAILED; k++)
			one = equal(v.items[k * step], part, scratch);
		return one;
	}
	if (is_tree(part))
		return EXPECT_FAILED;
	return outcome(str_find(scalar_text(v, scratch), scalar_text(part, scratch), 0) !=
		       NOT_FOUND);
}

static enum expect_outcome contains(struct found_values subject, struct value part,
				    struct scratch *scratch)
{
	enum expect_outcome one = EXPECT_FAILED;

	for (size_t i = 0; i < subject.count && one == EXPECT_FAILED; i++)
		one = one_contains(subject.items[i], part, scratch);
	return one;
}

static bool has_type(struct value v, int type)
{
	static const enum value_type types[] = {VALUE_TEXT, VALUE_NUMBER, VALUE_BOOL,
						VALUE_NULL, VALUE_LIST,	  VALUE_OBJECT};

	return v.type == types[type];
}

/* Sets OUT to the value that T expects. Returns false if the scratch is full. */
static bool value_expected(const struct predicate_plan *t, const struct value *rendered,
			   struct scratch *scratch, struct value *out)
{
	if (t->deep)
		return json_compare_value(t->deep, rendered, scratch, out);
	*out = expect_resolve(&t->expected, rendered);
	return true;
}

static enum expect_outcome check_one(const struct predicate_plan *t, struct found_values subject,
				     const struct value *rendered, struct scratch *scratch)
{
	struct value v = subject.count ? subject.items[0] : VALUE_NOTHING;
	struct value expected;
	enum expect_outcome inner;
	double x, y;

	if (!value_expected(t, rendered, scratch, &expected))
		return EXPECT_LIMIT;
	switch (t->test) {
	case TEST_EXISTS:
		return outcome((subject.count > 0 && !subject.empty) == t->exists);
	case TEST_NOT:
		inner = predicate_check(t->inner, subject, rendered, scratch);
		return inner == EXPECT_LIMIT ? inner : outcome(inner == EXPECT_FAILED);
	case TEST_COUNT:
		return outcome(is_number(expected, &x) &&
			       (subject.empty ? 0 : (double)subject.count) == x);
	case TEST_EQUALS:
		return subject.count ? equal(v, expected, scratch) : EXPECT_FAILED;
	case TEST_CONTAINS:
		return contains(subject, expected, scratch);
	case TEST_TYPE:
		return outcome(subject.count && has_type(v, t->type));
	case TEST_MIN:
	case TEST_MAX:
		if (!is_number(v, &x) || !is_number(expected, &y))
			return EXPECT_FAILED;
		return outcome(t->test == TEST_MIN ? x >= y : x <= y);
	case TEST_MATCHES:
		if (!subject.count)
			return EXPECT_FAILED;
		switch (regex_find(t->regex, scratch->regex, scalar_text(v, scratch), 0)) {
		case REGEX_MATCH:
			return EXPECT_PASSED;
		case REGEX_NO_MATCH:
			return EXPECT_FAILED;
		case REGEX_LIMIT:
			return EXPECT_LIMIT;
		}
	}
	return EXPECT_FAILED;
}

enum expect_outcome predicate_check(const struct predicate_plan *plan, struct found_values subject,
				    const struct value *rendered, struct scratch *scratch)
{
	for (; plan; plan = plan->next) {
		enum expect_outcome one = check_one(plan, subject, rendered, scratch);

		if (one != EXPECT_PASSED)
			return one;
	}
	return EXPECT_PASSED;
}

/* ---- messages */

void predicate_put_values(struct found_values subject, struct buf *out)
{
	if (!subject.count || subject.empty) {
		buf_add(out, STR("nothing"));
		return;
	}
	json_compare_put_value(subject.items[0], out);
	if (subject.count > 1)
		buf_printf(out, " and %zu more", subject.count - 1);
}

static const char *const test_words[] = {
    [TEST_EQUALS] = "to be ",	    [TEST_CONTAINS] = "to contain ", [TEST_MATCHES] = "to match ",
    [TEST_MIN] = "to be at least ", [TEST_MAX] = "to be at most ",
};

static void put_test(const struct predicate_plan *t, const struct value *rendered,
		     struct scratch *scratch, struct buf *out)
{
	struct value expected = VALUE_NOTHING;

	if (!value_expected(t, rendered, scratch, &expected))
		return;
	switch (t->test) {
	case TEST_EXISTS:
		buf_add(out, t->exists ? STR("to exist") : STR("not to exist"));
		return;
	case TEST_NOT:
		buf_add(out, STR("not "));
		predicate_put(t->inner, rendered, scratch, out);
		return;
	case TEST_TYPE:
		buf_printf(out, "to be of type %s", predicate_types[t->type]);
		return;
	case TEST_COUNT:
		buf_add(out, STR("to be found "));
		json_compare_put_value(expected, out);
		buf_add(out, STR(" times"));
		return;
	case TEST_EQUALS:
	case TEST_CONTAINS:
	case TEST_MATCHES:
	case TEST_MIN:
	case TEST_MAX:
		break;
	}
	buf_add(out, str_of(test_words[t->test]));
	json_compare_put_whole_value(expected, out);
}

void predicate_put(const struct predicate_plan *plan, const struct value *rendered,
		   struct scratch *scratch, struct buf *out)
{
	for (const struct predicate_plan *t = plan; t; t = t->next) {
		if (t != plan)
			buf_add(out, STR(" and "));
		put_test(t, rendered, scratch, out);
	}
}

void predicate_put_difference(const struct predicate_plan *plan, struct found_values subject,
			      const struct value *rendered, struct scratch *scratch,
			      struct buf *out)
{
	size_t mark = out->len;
	struct value expected;

	while (plan && check_one(plan, subject, rendered, scratch) == EXPECT_PASSED)
		plan = plan->next;
	if (!plan || !subject.count || !value_expected(plan, rendered, scratch, &expected) ||
	    !is_tree(expected))
		return;
	buf_add(out, STR(": "));
	if (plan->test == TEST_EQUALS)
		json_compare_put_difference(subject.items[0], expected, JSON_COMPARE_EQUAL, out);
	else if (plan->test == TEST_CONTAINS && subject.count == 1)
		json_compare_put_difference(subject.items[0], expected, JSON_COMPARE_MEMBERS, out);
	if (out->len == mark + 2)
		out->len = mark;
}
