/* Forms that come back: with a typed text, with choices, on large pages. */
#include <stdlib.h>
#include <string.h>

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
		enum html_again again =
		    html_submission_again(&rig.arena, buf_str(&rig.out), &response, &form);
		if (again != rows[i].again || (again && form != 0))
			fail_msg("row %zu: %d", i, again);
		assert_int_equal(html_submission_again(&rig.arena, STR(""), &response, &form),
				 HTML_AGAIN_NONE);
		assert_true(str_find(buf_str(&rig.out), STR("secret"), 0) == NOT_FOUND);
		end(&rig);
	}
}

/* Pages of an edit conflict: the typed text is a part of a value, or in a new control. */
static void test_again_contained(void **state)
{
#define LONG "0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789"
	static const struct {
		const char *method, *before; /* the text before it was typed */
		struct html_given text;
		const char *title, *response; /* what is in both fields of the response, and more */
		enum html_again again;
	} rows[] = {
	    {"post", "", TEXT("my words"), "", "See my words here</textarea>", HTML_AGAIN_KEPT},
	    {"post", "", TEXT("my word"), "", "See my word here</textarea>", HTML_AGAIN_THERE},
	    /* A short text must be a whole line. */
	    {"post", "", TEXT("sold"), "", "Theirs\n&lt;&lt; yours\nsold\n>></textarea>",
	     HTML_AGAIN_KEPT},
	    {"post", "", TEXT("sold"), "", "Theirs</textarea><textarea name=yours>sold</textarea>",
	     HTML_AGAIN_KEPT},
	    {"post", "", TEXT("sold"), "", "Theirs</textarea><textarea name=yours>resold</textarea>",
	     HTML_AGAIN_THERE},
	    {"post", "", TEXT("x"), "", "Theirs</textarea><textarea name=yours>x</textarea>",
	     HTML_AGAIN_THERE},
	    {"post", "", TEXT(" \r\nmy words\r\n"), "", "See my words</textarea>", HTML_AGAIN_KEPT},
	    {"post", "", TEXT("one\nmore\n\nline"), "", "See one\r\nmore\r\n\r\nline.</textarea>",
	     HTML_AGAIN_KEPT},
	    /* Characters, not bytes. */
	    {"post", "", TEXT("éééé"), "", "See éééé here</textarea>", HTML_AGAIN_THERE},
	    {"post", "", TEXT("éééééééé"), "", "See éééééééé here</textarea>", HTML_AGAIN_KEPT},
	    /* The whole text counts, also after the part that is kept. */
	    {"post", "", TEXT(LONG "!"), "", "See " LONG "? " LONG "!</textarea>", HTML_AGAIN_KEPT},
	    {"post", "", TEXT(LONG "!"), "", "See " LONG "?</textarea>", HTML_AGAIN_THERE},
	    /* In a field that the form did not have, not in any other, with or without a name. */
	    {"post", "", TEXT("my words"), "",
	     "Theirs</textarea><textarea name=text2 readonly>my words</textarea>", HTML_AGAIN_KEPT},
	    {"post", "", TEXT("my words"), "Re: my words", "Theirs</textarea>", HTML_AGAIN_THERE},
	    {"post", "", TEXT("my words"), "", "Theirs</textarea><input value='my words'>",
	     HTML_AGAIN_THERE},
	    {"post", "", TEXT("my words"), "",
	     "Theirs</textarea><input type=hidden name=new value='my words'>", HTML_AGAIN_THERE},
	    /* Accepted: the field is empty or as before, and a list shows what was saved. */
	    {"post", "", TEXT("my words"), "", "</textarea>", HTML_AGAIN_THERE},
	    {"post", "", TEXT("my words"), "", "</textarea><input name=item1 value='my words'>",
	     HTML_AGAIN_THERE},
	    {"post", "Say it", TEXT("my words"), "",
	     "Say it</textarea><input name=item1 value='my words'>", HTML_AGAIN_THERE},
	    {"post", "Say my words here", TEXT("my words"), "", "Say my words, please</textarea>",
	     HTML_AGAIN_THERE},
	    {"get", "", TEXT("my words"), "", "See my words here</textarea>", HTML_AGAIN_THERE},
	    {"post",
	     "",
	     {.kind = HTML_GIVEN_TEXT, .text = STR("my words"), .secret = true},
	     "",
	     "See my words here</textarea>",
	     HTML_AGAIN_THERE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct html_page_source source = {STR(""), STR(UTF8), URL};
		struct html_page response;
		enum html_again again;
		struct buf sent, page;
		struct rig rig;
		uint32_t form;

		buf_init(&sent, 0);
		buf_init(&page, 0);
		buf_printf(&sent,
			   "<form method=%s action=/save><input name=title><textarea name=text>%s"
			   "</textarea><input></form>",
			   rows[i].method, rows[i].before);
		buf_printf(&page,
			   "<form method=%s action=/save><input name=title value='%s'>"
			   "<textarea name=text>%s</form>",
			   rows[i].method, rows[i].title, rows[i].response);
		source.body = buf_str(&page);
		begin(&rig, buf_str(&sent), STR(UTF8));
		html_submission_set(&rig.submission, STR("text"), &rows[i].text);
		html_submission_put_receipt(&rig.submission, &rig.out);
		html_page_read(&response, &rig.arena, &source, HTML_PAGE_FORMS);
		again = html_submission_again(&rig.arena, buf_str(&rig.out), &response, &form);
		if (again != rows[i].again)
			fail_msg("row %zu: %d", i, again);
		if (rows[i].text.secret)
			assert_true(str_find(buf_str(&rig.out), STR("my words"), 0) == NOT_FOUND);
		buf_release(&sent);
		buf_release(&page);
		end(&rig);
	}
}

/* However many and long the typed texts are, the receipt is short; a cut one is refused. */
static void test_again_receipt(void **state)
{
	struct buf sent, text, value;
	struct rig rig;
	uint32_t form;

	(void)state;
	buf_init(&sent, 0);
	buf_init(&text, 0);
	buf_init(&value, 0);
	buf_add(&sent, STR("<form method=post action=/x>"));
	for (int i = 0; i < 100; i++)
		buf_printf(&sent, "<input name=f%d>", i);
	for (int i = 0; i < 1000; i++)
		buf_add(&text, STR("many words "));
	begin(&rig, buf_str(&sent), STR(UTF8));
	for (int i = 0; i < 100; i++) {
		struct html_given given = {.kind = HTML_GIVEN_TEXT, .text = buf_str(&text)};

		buf_clear(&value);
		buf_printf(&value, "f%d", i);
		html_submission_set(&rig.submission, buf_str(&value), &given);
	}
	html_submission_put_receipt(&rig.submission, &rig.out);
	assert_in_range(rig.out.len, 200 * 8 + 8 * 64, 200 * 8 + 8 * 96 + 64);
	for (size_t len = 0; len < rig.out.len; len++) {
		char *copy = malloc(len ? len : 1); /* reads past the end are seen */

		memcpy(copy, rig.out.data, len);
		html_submission_again(&rig.arena, str_n(copy, len), &rig.page, &form);
		free(copy);
	}
	assert_int_equal(html_submission_again(&rig.arena, buf_str(&rig.out), &rig.page, &form),
			 HTML_AGAIN_THERE);
	buf_release(&sent);
	buf_release(&text);
	buf_release(&value);
	end(&rig);
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
		again = html_submission_again(&rig.arena, buf_str(&rig.out), &response, &form);
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
	assert_int_equal(html_submission_again(&rig.arena, buf_str(&rig.out), &response, &form),
			 HTML_AGAIN_NONE);
	buf_clear(&page);
	for (int i = 0; i < 5000; i++)
		buf_printf(&page,
			   "<form method=post action=/x><input name=a value=%s><input name=b>"
			   "<input name=c><input name=d></form>",
			   i == 4999 ? "typed" : "old");
	source.body = buf_str(&page);
	html_page_read(&response, &rig.arena, &source, HTML_PAGE_FORMS);
	assert_int_equal(html_submission_again(&rig.arena, buf_str(&rig.out), &response, &form),
			 HTML_AGAIN_KEPT);
	assert_int_equal(form, 4999);
	buf_release(&page);
	end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_again),	  cmocka_unit_test(test_again_contained),
	    cmocka_unit_test(test_again_receipt), cmocka_unit_test(test_again_choices),
	    cmocka_unit_test(test_again_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
