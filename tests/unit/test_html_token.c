/* The tokenizer in pages: what start tags switch. Its states are compared with html5lib in
 * tests/html/tokenizer.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "html/html_token.h"

/* Writes the tokens of a page: <name attribute=value> </name> 'text' <!text> */
static void put_tokens(struct str page, struct buf *out)
{
	struct html_tokenizer t;
	struct html_token token;
	struct html_attribute a;
	size_t at;

	html_token_init(&t, page);
	while (html_token_next(&t, &token)) {
		at = 0;
		switch (token.type) {
		case HTML_TOKEN_TEXT:
			buf_add_char(out, '\'');
			html_token_put_text(&token, out);
			buf_add_char(out, '\'');
			break;
		case HTML_TOKEN_COMMENT:
		case HTML_TOKEN_DOCTYPE:
			buf_add(out, STR("<!"));
			html_token_put_text(&token, out);
			buf_add_char(out, '>');
			break;
		case HTML_TOKEN_START:
		case HTML_TOKEN_END:
			buf_add(out, token.type == HTML_TOKEN_END ? STR("</") : STR("<"));
			html_token_put_name(token.name, out);
			while (html_token_attribute(&token, &at, &a)) {
				buf_add_char(out, ' ');
				html_token_put_name(a.name, out);
				buf_add_char(out, '=');
				html_token_put_value(a.value, out);
			}
			buf_add(out, token.foreign ? STR(" foreign>") : STR(">"));
			break;
		}
	}
}

static void test_tokens(void **state)
{
	static const struct {
		const char *page, *tokens;
	} rows[] = {
	    {"", ""},
	    {"a<B C>d</B >", "'a'<b c=>'d'</b>"},
	    {"<a b=c'd>e'>", "<a b=c'd>'e'>'"},
	    {"<a ='x>'>", "<a ='x=>''>'"},
	    {"<a b = \"x>y\"c='&amp;&copy=1&copy;'/>", "<a b=x>y c=&&copy=1\xc2\xa9>"},
	    {"<!doctype html><!--a--!>b</>c<!x><?y>", "<! html><!a>'b''c'<!x><!?y>"},
	    {"<title><b>&lt;</title>", "<title>'<b><'</title>"},
	    {"<textarea></text></textarea x>", "<textarea>'</text>'</textarea x=>"},
	    {"<style>&lt;<b></style>", "<style>'&lt;<b>'</style>"},
	    {"<noscript><input></noscript>", "<noscript>'<input>'</noscript>"},
	    {"<script><!--<script></script>--></script>",
	     "<script>'<!--<script></script>-->'</script>"},
	    {"<script>'</scriptx>'</script>", "<script>''</scriptx>''</script>"},
	    {"<plaintext></plaintext>", "<plaintext>'</plaintext>'"},
	    {"<svg><title><b></title><style><c></style><![CDATA[<d>]]></svg><![CDATA[e]]>",
	     "<svg foreign><title foreign><b></title foreign><style foreign><c foreign>"
	     "</style foreign>'<d>'</svg foreign><![CDATA[e]]>"},
	    {"<svg><p><title><b></title>", "<svg foreign><p><title>'<b>'</title>"},
	    {"<button><svg></button><title><b></title>",
	     "<button><svg foreign></button><title>'<b>'</title>"},
	    {"a\r\nb\rc&#13;", "'a\nb\nc\r'"},
	    {"x < y <3 &lt", "'x < y <3 <'"},
	    {"a<b c", "'a'"},
	    {"a</", "'a</'"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf out;

		buf_init(&out, 0);
		put_tokens(str_of(rows[i].page), &out);
		if (!str_eq(buf_str(&out), str_of(rows[i].tokens)))
			fail_msg("%s: %.*s instead of %s", rows[i].page, STR_ARG(buf_str(&out)),
				 rows[i].tokens);
		buf_release(&out);
	}
}

/* The time for pages that are designed to be slow is proportional to their length. */
static void test_linear(void **state)
{
	static const char *const pieces[] = {
	    "<",	"<!--", "</",	  "<script>", "<script><!--", "<a b=\"",  "<textarea>",
	    "<svg><p>", "&",	"<a b=c", "<title>",  "<![CDATA[",    "<a a=1 b", "--!"};

	(void)state;
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		struct buf page, out;

		buf_init(&page, 0);
		buf_init(&out, 0);
		while (page.len < 400000)
			buf_add(&page, str_of(pieces[i]));
		clock_t start = clock();
		put_tokens(buf_str(&page), &out);
		if (clock() - start > 10 * CLOCKS_PER_SEC)
			fail_msg("a page of \"%s\" takes too long", pieces[i]);
		buf_release(&page);
		buf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_tokens),
	    cmocka_unit_test(test_linear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
