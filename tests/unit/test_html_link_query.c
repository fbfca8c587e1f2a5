/* Links of a page: by text, by address, in a row, by number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "html/html_link_query.h"

struct link_case {
	struct str link, row;
	unsigned nth;
	enum html_link_outcome outcome;
	const char *address;
	unsigned different;
};

static bool is_named(const void *data, struct str address)
{
	return str_starts(address, str_of(data));
}

static void check_links(const char *html, const struct link_case *rows, size_t count)
{
	struct html_page_source source = {str_of(html), STR("text/html; charset=utf-8"),
					  STR("http://shop.test/a/b?c=d#e")};
	struct html_page page;
	struct arena arena;

	arena_init(&arena, 0);
	html_page_read(&page, &arena, &source, HTML_PAGE_LINKS | HTML_PAGE_ROWS);
	for (size_t i = 0; i < count; i++) {
		struct html_link_query query = {.link = rows[i].link,
						.row = rows[i].row,
						.nth = rows[i].nth,
						.is_allowed = is_named,
						.data = "http://named.test/"};
		struct html_link_found found = {0};
		enum html_link_outcome outcome =
		    html_link_query_find(&page, &arena, &query, &found);

		if (outcome != rows[i].outcome)
			fail_msg("row %zu: outcome %d instead of %d", i, outcome, rows[i].outcome);
		if (outcome != HTML_LINK_FOUND)
			continue;
		if (!str_eq(page.links[found.link].address, str_of(rows[i].address)) ||
		    found.different != rows[i].different)
			fail_msg("row %zu: %.*s, %u different", i,
				 STR_ARG(page.links[found.link].address), found.different);
	}
	arena_release(&arena);
}

static void test_links(void **state)
{
	static const char list[] =
	    "<a href=/new>Add\xc2\xa0 note</a> <table>"
	    "<tr><td>Note 1<td><ul><li><a href=/notes/1/change/>Edit</a><li><a href=x>Drop</a></ul>"
	    "<tr><td>Note 12<td><a href='/notes/12/change/?a=b'>Edit</a></table>"
	    "<article>Old Note 1 <a href=/old>Edit</a></article>";
	static const struct link_case rows[] = {
	    {STR("Add note"), STR_NULL, 0, HTML_LINK_FOUND, "/new", 1},
	    {STR(" Edit "), STR_NULL, 0, HTML_LINK_FOUND, "/notes/1/change/", 3},
	    {STR("edit"), STR_NULL, 0, HTML_LINK_NONE, "", 0},
	    {STR("Edit"), STR_NULL, 3, HTML_LINK_FOUND, "/old", 1},
	    {STR("Edit"), STR_NULL, 4, HTML_LINK_NTH, "", 0},
	    {STR("Edit"), STR("Note 12"), 0, HTML_LINK_FOUND, "/notes/12/change/?a=b", 1},
	    {STR("Edit"), STR("Note 1"), 0, HTML_LINK_FOUND, "/notes/1/change/", 1},
	    {STR("Edit"), STR("Old  Note"), 0, HTML_LINK_FOUND, "/old", 1},
	    {STR("Edit"), STR("Note"), 0, HTML_LINK_SEVERAL_ROWS, "", 0},
	    {STR("Edit"), STR("Note"), 2, HTML_LINK_FOUND, "/notes/12/change/?a=b", 2},
	    {STR("Drop"), STR("Note 12"), 0, HTML_LINK_NOT_IN_ROW, "", 0},
	    {STR("Edit"), STR("Note 3"), 0, HTML_LINK_NO_ROW, "", 0},
	    {STR("Edit"), STR("ote 1"), 0, HTML_LINK_NO_ROW, "", 0},
	    {STR("/notes/*/change/"), STR("Note 12"), 0, HTML_LINK_FOUND, "/notes/12/change/?a=b",
	     1},
	    {STR("/notes/*"), STR_NULL, 0, HTML_LINK_NONE, "", 0},
	    {STR("/notes/*/change/?a=*"), STR_NULL, 0, HTML_LINK_FOUND, "/notes/12/change/?a=b", 1},
	    {STR("http://shop.test/o*"), STR_NULL, 0, HTML_LINK_FOUND, "/old", 1},
	    {STR_NULL, STR_NULL, 2, HTML_LINK_FOUND, "/notes/1/change/", 4},
	};

	(void)state;
	check_links(list, rows, sizeof rows / sizeof *rows);
}

/* A pattern prefers the own host, then hosts that are allowed, then others. */
static void test_links_of_hosts(void **state)
{
	static const char list[] =
	    "<a href=http://ads.test/p/1>1</a><a href=http://named.test/p/2>2</a>"
	    "<a href=http://named.test/q/3>3</a><a href=http://ads.test/q/4>4</a>"
	    "<a href=/p/5>5</a><a href=//ads.test/r/6>6</a><a href=http://shop.test:81/p/7>7</a>";
	static const struct link_case rows[] = {
	    {STR("/p/*"), STR_NULL, 0, HTML_LINK_FOUND, "/p/5", 1},
	    {STR("/q/*"), STR_NULL, 0, HTML_LINK_FOUND, "http://named.test/q/3", 1},
	    {STR("/r/*"), STR_NULL, 0, HTML_LINK_FOUND, "//ads.test/r/6", 1},
	    {STR("/p/*"), STR_NULL, 2, HTML_LINK_NTH, "", 0},
	    {STR("http://ads.test/*/*"), STR_NULL, 2, HTML_LINK_FOUND, "http://ads.test/q/4", 2},
	    {STR("1"), STR_NULL, 0, HTML_LINK_FOUND, "http://ads.test/p/1", 1},
	};

	(void)state;
	check_links(list, rows, sizeof rows / sizeof *rows);
}

static void test_rows(void **state)
{
	static const char list[] =
	    "<table><tr><td>Order 12<td><a href=12>Edit</a><tr><td>Order 1-2<td><a "
	    "href=1-2>Edit</a>"
	    "<tr><td>Order 1 (new)<td><a href=new>Edit</a><tr><td>Order 1.5<td><a href=1.5>Edit</a>"
	    "<tr><td>#7<td><a href=7>Edit</a><tr><td>#70<td><a href=70>Edit</a>"
	    "<tr><td>anna@a.test<td><a href=anna>Edit</a><tr><td>M\xc3\xbcller<td><a "
	    "href=m>Edit</a><tr><td>M\xc3\xbcllers<td><a href=ms>Edit</a></table>"
	    "<ul><li>\xe6\xb3\xa8\xe6\x96\x87"
	    "1\xe7\x9a\x84 <a href=cn>Edit</a>"
	    "<li><b>Old</b> Twin <a href=t1>Edit</a><li>Twin<br><a href=t2>Edit</a></ul>"
	    "<ul><li>Both one <a href=b>Edit</a><li>Both two <a href=b>Edit</a>"
	    "<li>Sub 1 <a href=s1>Edit</a><ul><li>Sub 11 <a href=11>Edit</a></ul></ul>";
	static const struct link_case rows[] = {
	    {STR("Edit"), STR("Order 12"), 0, HTML_LINK_FOUND, "12", 1},
	    {STR("Edit"), STR("Order 1"), 0, HTML_LINK_FOUND, "new", 1},
	    {STR("Edit"), STR("Order"), 0, HTML_LINK_SEVERAL_ROWS, "", 0},
	    {STR("Edit"), STR("#7"), 0, HTML_LINK_FOUND, "7", 1},
	    {STR("Edit"), STR("7"), 0, HTML_LINK_FOUND, "7", 1},
	    {STR("Edit"), STR("anna"), 0, HTML_LINK_FOUND, "anna", 1},
	    {STR("Edit"), STR("ann"), 0, HTML_LINK_NO_ROW, "", 0},
	    {STR("Edit"), STR("M\xc3\xbcller"), 0, HTML_LINK_FOUND, "m", 1},
	    {STR("Edit"), STR("M"), 0, HTML_LINK_NO_ROW, "", 0},
	    {STR("Edit"),
	     STR("\xe6\x96\x87"
		 "1"),
	     0, HTML_LINK_FOUND, "cn", 1},
	    {STR("Edit"), STR("Twin"), 0, HTML_LINK_FOUND, "t2", 1},
	    {STR("Edit"), STR("Both"), 0, HTML_LINK_FOUND, "b", 1},
	    {STR("Edit"), STR("Sub 1"), 0, HTML_LINK_FOUND, "s1", 2},
	    {STR("Edit"), STR("Sub 11"), 0, HTML_LINK_FOUND, "11", 1},
	};

	(void)state;
	check_links(list, rows, sizeof rows / sizeof *rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_links),
	    cmocka_unit_test(test_links_of_hosts),
	    cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
