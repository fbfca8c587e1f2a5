/* Forms that come back: with a typed text, with choices, on large pages. */
#include "submission_rig.h"

/* ---- forms that come back */

static void test_again(void **state)
{
	static const char sent[] =
	    "<form method=post action=/save?x=1><input name=title>"
	    "<textarea name=text>old</textarea><input type=hidden name=token "
	    "value=1><input type=password name=pw><input name=e></form>";
	static const struct {
		struct str field, value;
		const char *response;
		enum html_again again;
	} rows[] = {
	    {STR("title"), STR("my title"),
	     "<form method=post action=/save?x=1><input name=title value='my title'><textarea "
	     "name=text>old</textarea><input name=token value=2><input name=e></form>",
	     HTML_AGAIN_KEPT},
	    {STR("title"), STR("my title"),
	     "<form method=post action=/save?x=1><input name=title><textarea name=text>my title"
	     "</textarea><input name=token value=2><input name=e></form>",
	     HTML_AGAIN_THERE},
	    {STR("title"), STR("my title"),
	     "<form method=post action=/save?x=2><input name=title value='my title'><textarea "
	     "name=text>old</textarea><input name=token value=2><input name=e></form>",
	     HTML_AGAIN_NONE},
	    {STR("title"), STR("my title"),
	     "<form action=/save?x=1><input name=title value='my title'><textarea "
	     "name=text>old</textarea><input name=token value=2><input name=e></form>",
	     HTML_AGAIN_NONE},
	    {STR("title"), STR("my title"),
	     "<form method=post action=/save?x=1><input name=title value='my title'><input "
	     "name=token value=2><input name=e></form>",
	     HTML_AGAIN_NONE},
	    {STR("text"), STR("one\ntwo\n"),
	     "<p><form method=post action=/save?x=1><input name=title><textarea "
	     "name=text>one\r\ntwo"
	     "</textarea><input name=token value=2><input name=pw></form>",
	     HTML_AGAIN_KEPT},
	    {STR("pw"), STR("secret"),
	     "<form method=post action=/save?x=1><input name=title><input name=token><input "
	     "type=password name=pw><input name=e></form>",
	     HTML_AGAIN_KEPT},
	    {STR("title"), STR("x"),
	     "<form method=post action=/save?x=1><input name=title><input name=token><input "
	     "type=password name=pw><input name=e></form>",
	     HTML_AGAIN_THERE},
	    {STR("title"), STR(""),
	     "<form method=post action=/save?x=1><input name=title><textarea "
	     "name=text>old</textarea><input name=token value=2><input name=e></form>",
	     HTML_AGAIN_THERE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct html_given given = {.kind = HTML_GIVEN_TEXT, .text = rows[i].value};
		struct html_page_source source = {str_of(rows[i].response), STR(UTF8), URL};
		struct html_page response;
		struct rig rig;
		uint32_t form = 9;

		begin(&rig, str_of(sent), STR(UTF8));
		html_submission_set(&rig.submission, rows[i].field, &given);
		html_submission_put_receipt(&rig.submission, &rig.out);
		html_page_read(&response, &rig.arena, &source, HTML_PAGE_FORMS);
		enum html_again again = html_submission_again(buf_str(&rig.out), &response, &form);
		if (again != rows[i].again || (again && form != 0))
			fail_msg("row %zu: %d", i, again);
		assert_int_equal(html_submission_again(STR(""), &response, &form), HTML_AGAIN_NONE);
		assert_true(str_find(buf_str(&rig.out), STR("secret"), 0) == NOT_FOUND);
		end(&rig);
	}
}

/* Without a typed text, changed choices are the typed values. */
static void test_again_choices(void **state)
{
	static const char sent[] =
	    "<form method=post action=/vote><select name=s><option value=1>One<option value=2>Two"
	    "</select><input type=checkbox name=b checked><input type=radio name=r value=x>"
	    "<input type=radio name=r value=y><input name=t></form>";
	static const struct {
		struct str field;
		struct html_given given;
		const char *response; /* its controls */
		enum html_again again;
	} rows[] = {
	    {STR("s"), TEXT("Two"), "<select name=s><option value=1><option value=2 selected>",
	     HTML_AGAIN_KEPT},
	    {STR("s"), TEXT("Two"), "<select name=s><option value=1><option value=2>",
	     HTML_AGAIN_THERE},
	    /* A choice that the page had before does not count. */
	    {STR("s"), TEXT("One"), "<select name=s><option value=1 selected><option value=2>",
	     HTML_AGAIN_THERE},
	    {STR("b"), {.kind = HTML_GIVEN_NO}, "<select name=s></select>", HTML_AGAIN_KEPT},
	    {STR("b"), {.kind = HTML_GIVEN_YES}, "<select name=s></select>", HTML_AGAIN_THERE},
	    {STR("r"), TEXT("y"),
	     "<select name=s></select><input type=radio name=r value=y checked>", HTML_AGAIN_KEPT},
	    {STR("r"), TEXT("y"), "<select name=s></select>", HTML_AGAIN_THERE},
	    {STR("r"), {.kind = HTML_GIVEN_NOTHING}, "<select name=s></select>", HTML_AGAIN_THERE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct html_page_source source = {STR(""), STR(UTF8), URL};
		struct html_page response;
		enum html_again again;
		struct buf page;
		struct rig rig;
		uint32_t form;

		buf_init(&page, 0);
		buf_printf(&page,
			   "<form method=post action=/vote>%s</select><input type=checkbox name=b>"
			   "<input type=radio name=r value=x><input name=t></form>",
			   rows[i].response);
		source.body = buf_str(&page);
		begin(&rig, str_of(sent), STR(UTF8));
		html_submission_set(&rig.submission, rows[i].field, &rows[i].given);
		html_submission_put_receipt(&rig.submission, &rig.out);
		html_page_read(&response, &rig.arena, &source, HTML_PAGE_FORMS);
		again = html_submission_again(buf_str(&rig.out), &response, &form);
		if (again != rows[i].again)
			fail_msg("row %zu: %d", i, again);
		buf_release(&page);
		end(&rig);
	}
}

/* Large pages: a repeated name counts once, however far apart, and the form is the last of 5,000.
 */
static void test_again_large(void **state)
{
	static const char sent[] = "<form method=post action=/x><input name=a><input name=b>"
				   "<input name=c><input name=d><input name=e></form>";
	struct html_given given = {.kind = HTML_GIVEN_TEXT, .text = STR("typed")};
	struct html_page_source source = {STR(""), STR(UTF8), URL};
	struct html_page response;
	struct buf page;
	struct rig rig;
	uint32_t form = 0;

	(void)state;
	buf_init(&page, 0);
	begin(&rig, str_of(sent), STR(UTF8));
	html_submission_set(&rig.submission, STR("a"), &given);
	html_submission_put_receipt(&rig.submission, &rig.out);
	buf_add(&page, STR("<form method=post action=/x>"));
	for (int i = 0; i < 5000; i++) {
		if (i % 1000 == 0)
			buf_add(&page, STR("<input name=a value=typed>"));
		buf_printf(&page, "<input name=f%d>", i);
	}
	source.body = buf_str(&page);
	html_page_read(&response, &rig.arena, &source, HTML_PAGE_FORMS);
	assert_int_equal(response.control_count, 5005);
	assert_int_equal(html_submission_again(buf_str(&rig.out), &response, &form),
			 HTML_AGAIN_NONE);
	buf_clear(&page);
	for (int i = 0; i < 5000; i++)
		buf_printf(&page,
			   "<form method=post action=/x><input name=a value=%s><input name=b>"
			   "<input name=c><input name=d></form>",
			   i == 4999 ? "typed" : "old");
	source.body = buf_str(&page);
	html_page_read(&response, &rig.arena, &source, HTML_PAGE_FORMS);
	assert_int_equal(html_submission_again(buf_str(&rig.out), &response, &form),
			 HTML_AGAIN_KEPT);
	assert_int_equal(form, 4999);
	buf_release(&page);
	end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_again),
	    cmocka_unit_test(test_again_choices),
	    cmocka_unit_test(test_again_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
