/* Which form of a page a query finds: by fields, button, selector, row and number. */
#include "submission_rig.h"

/* The forms of test_explained. */
#define FORMS                                                                                      \
	"the page has 2 forms: /in (user, password; button \"Log in\"; form '#in'), /del (id; "    \
	"button \"Delete\")"

/* ---- which form */

static void test_find(void **state)
{
	static const char page[] =
	    "<form action=/search id=s class='a small'><input name=q><button>Search</button></form>"
	    "<form action=/login name=in method=post><label>User<input name=u></label>"
	    "<input name=p type=password><button name=go>Log in</button></form>"
	    "<form action=/search><input name=q><input type=submit value=Search></form>"
	    "<form action=/news method=post><input name=u><button>Subscribe</button></form>";
	static const struct str q[] = {STR("q")}, up[] = {STR("u"), STR("p")}, u[] = {STR("u")},
				user[] = {STR("User")};
	static const struct {
		struct html_form_query query;
		enum html_form_outcome outcome;
		uint32_t form;
	} rows[] = {
	    {{q, 1, STR_NULL, STR_NULL, STR_NULL, 0}, HTML_FORM_FOUND, 0},
	    {{up, 2, STR_NULL, STR_NULL, STR_NULL, 0}, HTML_FORM_FOUND, 1},
	    {{u, 1, STR_NULL, STR_NULL, STR_NULL, 0}, HTML_FORM_SEVERAL, 1},
	    {{u, 1, STR("Subscribe"), STR_NULL, STR_NULL, 0}, HTML_FORM_FOUND, 3},
	    {{user, 1, STR_NULL, STR_NULL, STR_NULL, 0}, HTML_FORM_FOUND, 1},
	    {{NULL, 0, STR("Log in"), STR_NULL, STR_NULL, 0}, HTML_FORM_FOUND, 1},
	    {{NULL, 0, STR("go"), STR_NULL, STR_NULL, 0}, HTML_FORM_FOUND, 1},
	    {{NULL, 0, STR("Search"), STR_NULL, STR_NULL, 0}, HTML_FORM_FOUND, 0},
	    {{q, 1, STR("Log in"), STR_NULL, STR_NULL, 0}, HTML_FORM_NONE, 0},
	    {{NULL, 0, STR_NULL, STR("#s"), STR_NULL, 0}, HTML_FORM_FOUND, 0},
	    {{NULL, 0, STR_NULL, STR("form.small.a"), STR_NULL, 0}, HTML_FORM_FOUND, 0},
	    {{NULL, 0, STR_NULL, STR(".smal"), STR_NULL, 0}, HTML_FORM_NONE, 0},
	    {{NULL, 0, STR_NULL, STR("[name=in][method=\"post\"]"), STR_NULL, 0},
	     HTML_FORM_FOUND,
	     1},
	    {{u, 1, STR_NULL, STR("[action='/news']"), STR_NULL, 0}, HTML_FORM_FOUND, 3},
	};
	struct rig rig;

	(void)state;
	begin(&rig, str_of(page), STR(UTF8));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct html_form_choice choice;
		enum html_form_outcome outcome =
		    html_submission_find(&rig.page, &rig.arena, &rows[i].query, &choice);

		if (outcome != rows[i].outcome ||
		    (outcome == HTML_FORM_FOUND && choice.form != rows[i].form))
			fail_msg("row %zu: outcome %d, form %u", i, outcome, choice.form);
	}
	end(&rig);
}

/* A page with a form or a button in each row. */
struct row_case {
	const char *page;
	struct str field, button, row;
	unsigned nth;
	enum html_form_outcome outcome;
	const char *body; /* after the field, if it is given, was set to 9 */
	unsigned different;
};

static void check_row(const struct row_case *one)
{
	struct html_form_query query = {.fields = &one->field,
					.field_count = one->field.ptr != NULL,
					.button = one->button,
					.row = one->row,
					.nth = one->nth};
	struct html_given nine = TEXT("9");
	enum html_form_outcome outcome;
	struct html_form_choice choice;
	struct rig rig;

	begin(&rig, str_of(one->page), STR(UTF8));
	outcome = html_submission_find(&rig.page, &rig.arena, &query, &choice);
	if (outcome != one->outcome)
		fail_msg("%.*s: outcome %d", STR_ARG(one->row), outcome);
	if (outcome == HTML_FORM_FOUND) {
		html_submission_begin(&rig.submission, &rig.arena, &rig.page, &choice);
		if (one->field.ptr)
			html_submission_set(&rig.submission, one->field, &nine);
		build(&rig);
		assert_string_equal(rig.body.data, one->body);
		assert_int_equal(choice.different, one->different);
	}
	end(&rig);
}

#define DELETE "<input type=hidden name=id value="
#define BUTTON "><button>Delete</button></form>"

static void test_rows(void **state)
{
	/* Forms that differ in a hidden value; other addresses; buttons of one form; fields. */
	static const char
	    hidden[] = "<table><tr><td>Order 12<td><form method=post>" DELETE "12" BUTTON
		       "<tr><td>Order 1<td><form method=post>" DELETE "1" BUTTON
		       "<tr><td>Order 3<td>none</table>",
	    actions[] = "<ul><li>A<form method=post action=/a>" DELETE "1" BUTTON
			"<li>B<form method=post action=/b>" DELETE "2" BUTTON "</ul>",
	    buttons[] = "<form method=post><input name=csrf value=x><table>"
			"<tr><td>A<td><button name=del value=1>Delete</button>"
			"<tr><td>B<td><button name=del value=2>Delete</button></table></form>",
	    fields[] = "<form method=post><table><tr><td>A<td><input name=n value=1><button "
		       "name=save value=a>Save</button><tr><td>B<td><input name=n value=2>"
		       "<button name=save value=b>Save</button></table></form>",
	    owners[] = "<form id=f method=post></form><form id=g method=post></form><table>"
		       "<tr><td>A<td><input form=f name=n value=1><button form=f>Go</button>"
		       "<tr><td>B<td><input form=g name=n value=2><button form=g>Go</button>"
		       "</table>";
	static const struct row_case rows[] = {
	    {hidden, STR_NULL, STR("Delete"), STR_NULL, 0, HTML_FORM_FOUND, "id=12", 2},
	    {hidden, STR_NULL, STR("Delete"), STR("Order 1"), 0, HTML_FORM_FOUND, "id=1", 1},
	    {hidden, STR_NULL, STR("Delete"), STR("Order 12"), 0, HTML_FORM_FOUND, "id=12", 1},
	    {hidden, STR_NULL, STR("Delete"), STR("Order"), 0, HTML_FORM_SEVERAL_ROWS, "", 0},
	    {hidden, STR_NULL, STR("Delete"), STR("Order 3"), 0, HTML_FORM_NO_ROW, "", 0},
	    {hidden, STR_NULL, STR("Delete"), STR("Order 4"), 0, HTML_FORM_NO_ROW, "", 0},
	    {hidden, STR_NULL, STR("Delete"), STR_NULL, 2, HTML_FORM_FOUND, "id=1", 1},
	    {hidden, STR_NULL, STR("Delete"), STR_NULL, 3, HTML_FORM_NTH, "", 0},
	    {hidden, STR("id"), STR_NULL, STR("Order 1"), 0, HTML_FORM_FOUND, "id=9", 1},
	    {actions, STR_NULL, STR("Delete"), STR_NULL, 0, HTML_FORM_SEVERAL, "", 0},
	    {actions, STR_NULL, STR("Delete"), STR("B"), 0, HTML_FORM_FOUND, "id=2", 1},
	    {actions, STR_NULL, STR("Delete"), STR_NULL, 2, HTML_FORM_FOUND, "id=2", 1},
	    {buttons, STR_NULL, STR("Delete"), STR_NULL, 0, HTML_FORM_FOUND, "csrf=x&del=1", 2},
	    {buttons, STR_NULL, STR("Delete"), STR("B"), 0, HTML_FORM_FOUND, "csrf=x&del=2", 1},
	    {buttons, STR_NULL, STR("del"), STR("B"), 0, HTML_FORM_FOUND, "csrf=x&del=2", 1},
	    {buttons, STR_NULL, STR("Delete"), STR_NULL, 2, HTML_FORM_FOUND, "csrf=x&del=2", 1},
	    {fields, STR("n"), STR_NULL, STR("B"), 0, HTML_FORM_FOUND, "n=1&n=9&save=b", 1},
	    {fields, STR("n"), STR("Save"), STR("B"), 0, HTML_FORM_FOUND, "n=1&n=9&save=b", 1},
	    {fields, STR("n"), STR_NULL, STR_NULL, 0, HTML_FORM_FOUND, "n=9&save=a&n=2", 1},
	    {owners, STR("n"), STR_NULL, STR("B"), 0, HTML_FORM_FOUND, "n=9", 1},
	    {owners, STR("n"), STR("Go"), STR("B"), 0, HTML_FORM_FOUND, "n=9", 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check_row(&rows[i]);
}

/* ---- messages */

static void test_explained(void **state)
{
	static const char page[] =
	    "<form action=/in id=in><input name=user><input name=password><button>Log in</button>"
	    "</form><table><tr><td>Order 1<td><form action=/del><input name=id><button>Delete"
	    "</button></form></table>";
	static const struct str user[] = {STR("usr"), STR("Password")}, id[] = {STR("id")};
	static const struct {
		struct html_form_query query;
		const char *text;
	} rows[] = {
	    {{.fields = user, .field_count = 2, .button = STR("Login")},
	     "no form with 'usr', 'Password' with the button 'Login' on " URL_TEXT
	     "; did you mean 'user' instead of 'usr'? did you mean 'password' instead of "
	     "'Password'? did you mean 'Log in' instead of 'Login'? " FORMS},
	    {{.fields = id, .field_count = 1, .row = STR("Order 2")},
	     "no row with 'Order 2' on " URL_TEXT "; rows with a form: \xc2\xabOrder 1 "
	     "Delete\xc2\xbb"},
	    {{.button = STR("Log in"), .row = STR("Order 1")},
	     "no form with the button 'Log in' in the row with 'Order 1' on " URL_TEXT
	     "; the row: \xc2\xabOrder 1 Delete\xc2\xbb; " FORMS},
	    {{.button = STR("Log in"), .nth = 2},
	     "fewer forms than nth with the button 'Log in' on " URL_TEXT "; " FORMS},
	    {{.form = STR("[method=get]")},
	     "several forms that matches [method=get] on " URL_TEXT
	     "; choose one with form:, button:, row: or nth:; " FORMS},
	};
	struct rig rig;

	(void)state;
	begin(&rig, str_of(page), STR(UTF8));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct html_form_choice choice;
		enum html_form_outcome outcome =
		    html_submission_find(&rig.page, &rig.arena, &rows[i].query, &choice);

		buf_clear(&rig.out);
		html_submission_explain_form(&rig.page, &rig.arena, &rows[i].query, outcome,
					     &rig.out);
		assert_string_equal(rig.out.data, rows[i].text);
	}
	end(&rig);
}

/* A form that is too large to be kept is found, so that no other one is sent instead. */
static void test_find_cut(void **state)
{
	static const struct str a[] = {STR("a")};
	struct html_form_query query = {.fields = a, .field_count = 1};
	struct html_form_choice choice;
	struct html_page page;
	struct buf body, packed;
	struct rig rig;

	(void)state;
	buf_init(&body, 0);
	buf_init(&packed, 0);
	buf_add(&body, STR("<form><textarea name=a>"));
	for (int i = 0; i < 300000; i++)
		buf_add_char(&body, 'a');
	buf_add(&body, STR("</textarea></form><form action=/x><input name=b></form>"));
	begin(&rig, buf_str(&body), STR(UTF8));
	html_page_pack(&rig.page, &packed);
	assert_true(html_page_unpack(&page, &rig.arena, buf_str(&packed)));
	assert_int_equal(html_submission_find(&page, &rig.arena, &query, &choice), HTML_FORM_CUT);
	html_submission_explain_form(&page, &rig.arena, &query, HTML_FORM_CUT, &rig.out);
	assert_string_equal(
	    rig.out.data, "the form with 'a' on http://shop.test/a/b?c=d is too large to be kept; "
			  "the page is too large to be kept whole: its first forms, links and rows "
			  "are kept, in at most 256 KiB");
	buf_release(&body);
	buf_release(&packed);
	end(&rig);
}

static void test_selectors(void **state)
{
	static const char *const valid[] = {"form", "#a-b", " form#a.b.c ", "[id='x y']"};
	static const char *const broken[] = {"",      "#",    "div #a", "a b", "#a form", "[x=y]",
					     "[name", "#a,b", "[name]", "div", "#a>b"};

	(void)state;
	for (size_t i = 0; i < sizeof valid / sizeof *valid; i++)
		assert_null(html_submission_check_selector(str_of(valid[i])));
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
		if (!html_submission_check_selector(str_of(broken[i])))
			fail_msg("%s is accepted", broken[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_find),      cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_explained), cmocka_unit_test(test_find_cut),
	    cmocka_unit_test(test_selectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
