/* XPath and CSS on pages, including broken and hostile ones. */
#include "compiled.h"

#include "extract/markup.h"

struct row {
	const char *path, *page, *found;
};

static const char shop[] =
    "<!DOCTYPE html><html><head><title>Shop &amp; Co</title></head><body id=b class=\"x y\">"
    "<form id=login action=/login><input name=user><input name=csrf value=\"a&quot;1\" "
    "type=hidden></form><ul class='big list'><li>one<li class=sel>two<li lang=en-GB>three"
    "<li>four</ul><div><div><p>a</p><span>s</span><p>b</p><a class=next href='/n?p=2'>Next\n"
    " page</a></div></div><nav><a href=/x>X</a></nav></body></html>";

static const char feed[] =
    "<?xml version=\"1.0\"?><!DOCTYPE f [<!ENTITY a \"!\"><!ENTITY g \"&a;&a;\"><!ENTITY x SYSTEM "
    "\"/etc/passwd\">]>"
    "<feed xmlns=\"urn:a\" xmlns:d=\"urn:d\"><entry d:id=\"1\"><Title>One&a;&x;&g;</Title></entry>"
    "<entry d:id=\"2\"><Title><![CDATA[T<o]]></Title></entry></feed>";

/* All values found, joined by `|`; "LIMIT", or "BAD" and the position of the error. */
static void find(struct buf *said, const char *kind, const char *text, struct str page)
{
	struct response response = {.body = page, .headers = STR("")};
	struct markup_values values = {0};
	struct markup_path_error error;
	struct scratch scratch;
	struct arena arena;

	arena_init(&arena, 0);
	scratch_init(&scratch);
	buf_clear(said);
	const struct markup_path *path =
	    *kind == 'x' ? markup_path_from_xpath(&arena, str_of(text), &error)
			 : markup_path_from_css(&arena, str_of(text), STR(""), &error);
	if (!path)
		buf_printf(said, "BAD %zu", error.at);
	else if (markup_find(path, &response, page, &scratch, &values) == MARKUP_LIMIT)
		buf_add(said, STR("LIMIT"));
	for (size_t i = 0; i < values.count; i++) {
		if (i)
			buf_add_char(said, '|');
		value_put(said, values.items[i]);
	}
	/* The message for a missing value must be safe on any page. */
	if (path && !values.count) {
		struct buf why;

		buf_init(&why, 0);
		markup_explain(path, &response, page, &why);
		assert_true(why.len > 0);
		buf_release(&why);
	}
	scratch_release(&scratch);
	arena_release(&arena);
}

static void run_rows(const char *kind, const struct row *rows, size_t count)
{
	struct buf said;

	buf_init(&said, 0);
	for (size_t i = 0; i < count; i++) {
		find(&said, kind, rows[i].path, str_of(rows[i].page));
		if (!str_eq(buf_str(&said), str_of(rows[i].found)))
			fail_msg("%s %s: \"%.*s\", not \"%s\"", kind, rows[i].path,
				 STR_ARG(buf_str(&said)), rows[i].found);
	}
	buf_release(&said);
}

#define ROWS(kind, rows) run_rows(kind, rows, sizeof(rows) / sizeof(rows)[0])

static void test_css(void **state)
{
	static const struct row rows[] = {
	    {"a.next", shop, "Next page"},
	    {"A.next::attr(HREF)", shop, "/n?p=2"},
	    {"a.next::text", shop, "Next page"},
	    {"input[name=csrf]::attr(value)", shop, "a\"1"},
	    {"#login > [type=hidden]::attr(name)", shop, "csrf"},
	    {"ul > li:nth-child(2n+1), title", shop, "Shop & Co|one|three"},
	    {"li:nth-child(odd)", shop, "one|three"},
	    {"li:nth-child( even )", shop, "two|four"},
	    {"li:nth-child(2)", shop, "two"},
	    {"li:nth-child(-n+2)", shop, "one|two"},
	    {"li:nth-child(n+3)", shop, "three|four"},
	    {"li:nth-child(0)", shop, ""},
	    {"li:nth-last-child(2)", shop, "three"},
	    {"li:first-child", shop, "one"},
	    {"li:last-child", shop, "four"},
	    {"li:only-child", shop, ""},
	    {"p:nth-of-type(2)", shop, "b"},
	    {"p:last-of-type", shop, "b"},
	    {"span:only-of-type", shop, "s"},
	    {"li:not(.sel)", shop, "one|three|four"},
	    {"li:not(:first-child, :last-child)", shop, "two|three"},
	    {"p ~ p, p + span", shop, "s|b"},
	    {"body div > div p + span ~ a", shop, "Next page"},
	    {"div p ~ a", shop, "Next page"},
	    {"nav p ~ a", shop, ""},
	    {"span + p + a", shop, "Next page"},
	    {"ul:has(> .sel)::attr(class)", shop, "big list"},
	    {"form:has(input + input)::attr(id)", shop, "login"},
	    {"li:contains(\"thr\")", shop, "three"},
	    {"li:is(.sel, :last-child)", shop, "two|four"},
	    {"[class~=list]::attr(class)", shop, "big list"},
	    {"[class~='big list']", shop, ""},
	    {"[lang|=en]", shop, "three"},
	    {"[href^='/n']", shop, "Next page"},
	    {"[href$='=2']", shop, "Next page"},
	    {"[href*='?']", shop, "Next page"},
	    {"[href*='']", shop, ""},
	    {"[class=SEL i]", shop, "two"},
	    {"[class=SEL]", shop, ""},
	    {"BODY.y::attr(id)", shop, "b"},
	    {"#\\62 ::attr(class)", shop, "x y"},
	    {":root > body::attr(id)", shop, "b"},
	    {"[title=\"it's\"]", "<p title=\"it's\">q</p>", "q"},
	    {"entry Title", feed, "One!|T<o"},
	    {"entry title", feed, ""},
	    {"Title:contains('T<o')", feed, "T<o"},
	    {"a[href", shop, "BAD 6"},
	    {"a[href=", shop, "BAD 7"},
	    {"a:foo", shop, "BAD 1"},
	    {"a:not(", shop, "BAD 6"},
	    {"a:nth-child(x)", shop, "BAD 12"},
	    {"*:first-of-type", shop, "BAD 1"},
	    {"a,", shop, "BAD 2"},
	    {"> a", shop, "BAD 0"},
	    {"", shop, "BAD 0"},
	    {"a::before", shop, "BAD 1"},
	    {"svg|a", shop, "BAD 3"},
	    {"a € =", shop, "BAD 6"},
	};

	(void)state;
	ROWS("css", rows);
}

static void test_xpath(void **state)
{
	static const struct row rows[] = {
	    {"//a/@href", shop, "/n?p=2|/x"},
	    {"count(//li)", shop, "4"},
	    {"//li[2]", shop, "two"},
	    {"//li[last()]/preceding-sibling::li[1]", shop, "three"},
	    {"string(//title)", shop, "Shop & Co"},
	    {"contains(//title, 'Shop')", shop, "true"},
	    {"//a", shop, "Next\n page|X"},
	    {"//p | //span", shop, "a|s|b"},
	    {"number(//none)", shop, ""},
	    {"//input[@name='zz']/@value", shop, ""},
	    {"-count(//p) * 2 + 1", shop, "-3"},
	    {"//li[position() mod 2 = 1 and not(@class)]", shop, "one|three"},
	    {"//_:entry/_:Title", feed, "One!|T<o"},
	    {"//_:entry/@d:id", feed, "1|2"},
	    {"//entry", feed, ""},
	    {"//z:entry", feed, ""},
	    {"//b", "<a><b>1</b><b/></a>", "1|"},
	    {"//b", "<a><b>1</b><c></a>", "1"},
	    {"//b", "<?xml version='1.0'?><a><b>1</b><c></a>", ""},
	    {"//b", "", ""},
	    {"//b", "{\"b\": 1}", ""},
	    {"//p", "<p>caf\xE9", "café"},
	    {"foo(1)", shop, "BAD 0"},
	    {"//a[", shop, "BAD 3"},
	    {"//a[@b=]", shop, "BAD 7"},
	    {"count('x')", shop, "BAD 0"},
	    {"concat(1)", shop, "BAD 6"},
	    {"$x", shop, "BAD 0"},
	    {"//a/foo::b", shop, "BAD 4"},
	    {"//a b", shop, "BAD 4"},
	    {"'open", shop, "BAD 0"},
	    {"", shop, "BAD 0"},
	    {"//a]", shop, "BAD 3"},
	};

	(void)state;
	ROWS("xpath", rows);
}

static void repeated(struct buf *page, const char *head, const char *piece, size_t bytes)
{
	buf_clear(page);
	buf_add(page, str_of(head));
	while (page->len < bytes)
		buf_add(page, str_of(piece));
}

/* The work on pages and paths that are designed to be slow or large is limited. */
static void test_hostile(void **state)
{
	static const struct {
		const char *head, *piece;
		size_t bytes;
	} pages[] = {
	    {"<?xml version='1.0'?><!DOCTYPE l [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b "
	     "'&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>]><l>&c;</l>",
	     " ", 1000},
	    {"", "<div>", 200000},
	    {"<?xml version='1.0'?>", "<a>", 200000},
	    {"<p", " a='1'", 400000},
	    {"<p ", "a=\">\"b=", 400000},
	    {"", "<p x=", 100000},
	    {"", "<", 100000},
	    {"", "<!--", 100000},
	    {"", "&", 100000},
	    {"<table>", "<tr><td>x", 100000},
	    {"<ul>", "<li>x", 100000},
	};
	static const char *const paths[] = {"//*[count(//*) > 0]//*[count(//*) > 1]", "//td[5000]",
					    "//*/@a"};
	struct buf page, said;

	(void)state;
	buf_init(&page, 0);
	buf_init(&said, 0);
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		repeated(&page, pages[i].head, pages[i].piece, pages[i].bytes);
		for (size_t k = 0; k < sizeof paths / sizeof *paths; k++)
			find(&said, "xpath", paths[k], buf_str(&page));
		find(&said, "css", "div div > * + li:nth-child(3n+2)", buf_str(&page));
	}
	repeated(&page, "<p", " a='1'", 400000);
	buf_add_char(&page, '>');
	find(&said, "xpath", "//p", buf_str(&page));
	assert_string_equal(said.data, "LIMIT");
	repeated(&page, "<?xml version='1.0'?><p", " a='1'", 400000);
	find(&said, "xpath", "//p", buf_str(&page));
	assert_string_equal(said.data, "LIMIT");
	repeated(&page, "", "(", 2000);
	find(&said, "xpath", page.data, STR("<a>"));
	assert_string_equal(said.data, "BAD 32");
	repeated(&page, "", ":not(", 2000);
	find(&said, "css", page.data, STR("<a>"));
	assert_string_equal(said.data, "BAD 45");
	repeated(&page, "a", ".a", 2000);
	find(&said, "css", page.data, STR("<a>"));
	buf_release(&said);
	buf_release(&page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_css),
	    cmocka_unit_test(test_xpath),
	    cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
