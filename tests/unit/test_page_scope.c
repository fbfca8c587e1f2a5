/* Which steps have a page for `submit` and `follow`, as the compiler finds out, and its messages.
 */
#include "compiled.h"

#include <string.h>

static void expect_message(const char *steps, const char *text)
{
	struct compiled c;
	char file[4000];

	snprintf(file, sizeof file, "target: http://shop\n%s", steps);
	compiled_init(&c, file);
	if (!strstr(c.text.data ? c.text.data : "", text))
		fail_msg("%s", c.text.data);
	compiled_release(&c);
}

static void steps_without_a_page_are_reported(void **state)
{
	(void)state;
	expect_message("steps:\n  - submit: {u: ann}\n",
		       "`submit` has no page: no request comes before it");
	expect_message("steps:\n  - if: ${iteration == 1}\n    then: [{get: /}]\n  - follow: A\n",
		       "`follow` has a page on some ways only");
	expect_message("steps:\n  - if: ${iteration == 1}\n    then: [{get: /, name: B}]\n"
		       "  - get: /\n  - follow: A\n    page: B\n",
		       "`follow` has the page 'B' on some ways only: no step of this name comes");
	expect_message("steps:\n  - get: /\n  - follow: A\n    page: B\n  - get: /b\n    name: B\n",
		       "`follow` has no page 'B': no step of this name comes before it");
	expect_message("steps:\n  - get: /\n    name: List\n  - follow: A\n    page: Lits\n",
		       "no step with a page is named 'Lits'; did you mean 'List'?");
	expect_message(
	    "steps:\n  - get: /a\n  - put: /b\n    name: B\n  - follow: A\n    page: B\n",
	    "no step with a page is named 'B'; write the `name` of a step, or its name "
	    "in results, such as 'GET /a'");
	expect_message(
	    "steps:\n  - repeat: ${0 + user.index}\n    steps: [{get: /}]\n  - follow: A\n",
	    "`follow` has a page on some ways only");
	expect_message("flows: {in: [{submit: {u: ann}}]}\nsteps:\n  - call: in\n  - get: /\n",
		       "`submit` has no page");
	expect_message("steps:\n  - get: /\n    expect: {form: again}\n",
		       "only `submit` can expect a form again");
	expect_message("steps:\n  - get: /\n  - submit: ''\n", "the text of the button is missing");
	expect_message("steps:\n  - get: /\n  - follow: {link: ''}\n",
		       "the text of the link is missing");
	expect_message("steps:\n  - get: /${form.a}\n", "`form.NAME` is a field of the form that");
	expect_message("steps:\n  - get: /\n  - submit: {a: x}\n    button: ${form.a}\n",
		       "use it only in the values of `submit` and in its `add`");
	expect_message("steps:\n  - get: /\n  - submit: {a: '${form}'}\n",
		       "expected the name of a field, such as in form.title or form[\"e-mail\"]");
	expect_message("steps:\n  - get: /\n  - submit: A\n    form: 'a b'\n",
		       "'a b' is not a valid form selector");
}

static void a_loop_with_rounds_has_its_page(void **state)
{
	struct compiled c;

	(void)state;
	compiled_init(&c, "target: http://shop\nsteps:\n"
			  "  - repeat: 2\n    steps: [{repeat: 3, steps: [{get: /login}]}]\n"
			  "  - submit: {u: ann}\n");
	assert_non_null(c.program);
	assert_int_equal(c.text.len, 0);
	compiled_release(&c);
}

static void a_flow_sees_the_page_of_its_caller(void **state)
{
	struct compiled c;

	(void)state;
	compiled_init(&c, "target: http://shop\nflows: {in: [{submit: {u: ann}}]}\n"
			  "steps:\n  - get: /login\n  - call: in\n  - follow: Edit\n");
	assert_non_null(c.program);
	assert_int_equal(c.text.len, 0);
	assert_int_not_equal(c.program->requests[0].page_parts, 0);
	assert_int_not_equal(c.program->requests[1].page_parts, 0);
	compiled_release(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(steps_without_a_page_are_reported),
	    cmocka_unit_test(a_loop_with_rounds_has_its_page),
	    cmocka_unit_test(a_flow_sees_the_page_of_its_caller),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
