/* Packed pages, and the limits of large pages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "html/html_page.h"

static void read_page(struct html_page *page, struct arena *a, struct str body)
{
	struct html_page_source source = {body, STR("text/html; charset=utf-8"),
					  STR("http://shop.test/a/b?c=d#e")};

	html_page_read(page, a, &source,
		       HTML_PAGE_FORMS | HTML_PAGE_LINKS | HTML_PAGE_ROWS | HTML_PAGE_ERRORS);
}

/* A part of a packed page is refused, wherever it ends. */
static void test_packed_parts(void **state)
{
	struct html_page page;
	struct arena arena;
	struct buf packed;

	(void)state;
	arena_init(&arena, 0);
	buf_init(&packed, 0);
	read_page(&page, &arena,
		  STR("<title>t</title><h1>h</h1><form action=x><input name=a value=b>"
		      "<select name=c><option>d</select><button formaction=e>f</button></form>"
		      "<ul><li>g <a href=h>i</a></ul><p class=error>j"));
	html_page_pack(&page, &packed);
	for (size_t len = 0; len < packed.len; len++)
		assert_false(html_page_unpack(&page, &arena, str_n(packed.data, len)));
	buf_release(&packed);
	arena_release(&arena);
}

/* Packs PAGE into at most MAX bytes (0: no further limit), and unpacks it into the same. Then
 * PACKED has the page. */
static void repack(struct html_page *page, struct arena *a, struct buf *packed, size_t max)
{
	buf_clear(packed);
	packed->max = max;
	html_page_pack(page, packed);
	assert_false(packed->overflow);
	assert_in_range(packed->len, 1, max ? max : HTML_PAGE_PACKED_MAX);
	assert_true(html_page_unpack(page, a, buf_str(packed)));
}

/* A page that is too large keeps its first links and rows, as many as fit. */
static void test_too_many_links(void **state)
{
	struct html_page page;
	struct arena arena;
	struct buf body, packed, small, out;
	uint32_t last;

	(void)state;
	arena_init(&arena, 0);
	buf_init(&body, 0);
	buf_init(&packed, 0);
	buf_init(&small, 0);
	buf_init(&out, 0);
	buf_add(&body, STR("<form><input name=a value=b></form><table>"));
	for (int i = 0; i < 10000; i++)
		buf_printf(&body, "<tr><td>Item %d<td>%d pieces<td><a href='/item/%d'>Edit</a>", i,
			   7 * i, i);
	read_page(&page, &arena, buf_str(&body));
	assert_int_equal(page.cut, HTML_PAGE_WHOLE);
	html_page_put_cut(&page, &out);
	assert_int_equal(out.len, 0);
	repack(&page, &arena, &packed, 0);
	assert_true(packed.len > HTML_PAGE_PACKED_MAX / 100 * 99);
	assert_int_equal(page.cut, HTML_PAGE_CUT_PACKED);
	assert_int_equal(page.control_count, 1);
	assert_in_range(page.link_count, 4000, 9999);
	assert_in_range(page.row_count, 4000, page.link_count);
	last = page.row_count - 1;
	assert_int_equal(page.links[last].row, last);
	assert_true(str_eq(str_slice(page.row_text, page.rows[last].from, page.rows[last].from + 5),
			   STR("Item ")));
	html_page_put_cut(&page, &out);
	assert_string_equal(out.data, "; the page is too large to be kept whole: its first forms, "
				      "links and rows are kept, in at most 256 KiB");
	repack(&page, &arena, &small, 1000);
	assert_in_range(small.len, 900, 1000);
	assert_in_range(page.link_count, 10, 40);
	buf_clear(&packed);
	packed.max = 20;
	html_page_pack(&page, &packed);
	assert_int_equal(packed.len, 0);
	buf_release(&body);
	buf_release(&packed);
	buf_release(&small);
	buf_release(&out);
	arena_release(&arena);
}

/* Rows in rows. */
static void test_nested_rows(void **state)
{
	struct html_page page;
	struct arena arena;
	struct buf body, packed;

	(void)state;
	arena_init(&arena, 0);
	buf_init(&body, 0);
	buf_init(&packed, 0);
	read_page(&page, &arena,
		  STR("<ul><li>one<a href=w>two</a><li>a<ul><li><a href=x><img></a></ul>"
		      "<li>b<ul><li><a href=y></a><li><a href=z></a></ul></ul>"));
	assert_int_equal(page.row_count, 6);
	for (uint32_t i = 0; i < page.row_count; i++) {
		const struct html_row *row = &page.rows[i];

		if (row->parent == HTML_PAGE_NONE)
			continue;
		assert_in_range(row->from, page.rows[row->parent].from, row->to);
		assert_in_range(row->to, row->from, page.rows[row->parent].to);
	}
	repack(&page, &arena, &packed, 0);
	assert_int_equal(page.row_count, 6);
	assert_int_equal(page.links[3].row, 5);
	/* Content that a table row cannot have moves before the table; its text is in the row. */
	read_page(&page, &arena,
		  STR("<table><tr><td>some text<a href=x>one</a></td><dl><dd>moved before it"
		      "<a href=y>two</a><dd>this too<a href=z>three</a></dl></tr></table>"
		      "<ul><li>last<a href=w>four</a></ul>"));
	assert_int_equal(page.row_count, 4);
	repack(&page, &arena, &packed, 0);
	assert_int_equal(page.row_count, 4);
	assert_int_equal(page.links[1].row, 1);
	assert_true(str_starts(str_slice(page.row_text, page.rows[1].from, page.rows[1].to),
			       STR("moved before it")));
	assert_true(
	    str_starts(str_slice(page.row_text, page.rows[3].from, page.rows[3].to), STR("last")));
	buf_release(&body);
	buf_release(&packed);
	arena_release(&arena);
}

/* A form that is too large keeps its names, and the others keep their values. */
static void test_too_large_form(void **state)
{
	struct html_page page;
	struct arena arena;
	struct buf body, packed, again, out;

	(void)state;
	arena_init(&arena, 0);
	buf_init(&body, 0);
	buf_init(&packed, 0);
	buf_init(&again, 0);
	buf_init(&out, 0);
	buf_add(&body, STR("<form action=/one><input name=a value=1></form><form action=/two>"
			   "<select name=b><option>x</select><textarea name=c>"));
	for (int i = 0; i < 300000; i++)
		buf_add_char(&body, 'c');
	buf_add(&body, STR("</textarea></form><p><form action=/three><select name=d><option>3"
			   "</select></form><a href=x>Link</a>"));
	read_page(&page, &arena, buf_str(&body));
	repack(&page, &arena, &packed, 0);
	assert_int_equal(page.cut, HTML_PAGE_CUT_PACKED);
	assert_int_equal(page.control_count, 4);
	assert_true(str_eq(page.controls[0].value, STR("1")));
	assert_true(str_eq(page.controls[2].name, STR("c")));
	assert_int_equal(page.controls[2].value.len, 0);
	assert_int_equal(page.controls[3].option_count, 1);
	assert_false(page.forms[0].cut);
	assert_true(page.forms[1].cut);
	assert_false(page.forms[2].cut);
	assert_int_equal(page.link_count, 1);
	repack(&page, &arena, &again, 0);
	assert_true(page.forms[1].cut);
	html_page_put_forms(&page, &out);
	assert_string_equal(out.data, "the page has 3 forms: /one (a), /two (b, c; too large to be "
				      "kept), /three (d)");
	buf_release(&again);
	buf_release(&body);
	buf_release(&packed);
	buf_release(&out);
	arena_release(&arena);
}

/* The rest of a page is not read after the limits, and lists of addresses need no more memory than
 * the page. */
static void test_hostile(void **state)
{
	struct html_page page;
	struct arena arena;
	struct buf body;

	(void)state;
	arena_init(&arena, 0);
	buf_init(&body, 0);
	for (int i = 0; i < 100000; i++)
		buf_add(&body, STR("<form><input name=a><label>b</label></form>"));
	read_page(&page, &arena, buf_str(&body));
	assert_int_equal(page.cut, HTML_PAGE_CUT_COUNT);
	assert_int_equal(page.form_count, HTML_PAGE_FORMS_MAX);
	assert_in_range(page.control_count, 1, HTML_PAGE_FORMS_MAX);
	buf_clear(&body);
	buf_add(&body, STR("<form>"));
	for (int i = 0; i < 100000; i++)
		buf_add(&body, STR("<input name=a>"));
	read_page(&page, &arena, buf_str(&body));
	assert_int_equal(page.cut, HTML_PAGE_CUT_COUNT);
	assert_int_equal(page.control_count, HTML_PAGE_CONTROLS_MAX);
	buf_clear(&body);
	buf_add(&body, STR("<form><input type=email multiple name=a value=' b@c.de ,d@e.fg,"));
	for (int i = 0; i < 100000; i++)
		buf_add_char(&body, ',');
	buf_add(&body, STR("'>"));
	read_page(&page, &arena, buf_str(&body));
	assert_int_equal(page.controls[0].value.len, 14 + 100000);
	assert_memory_equal(page.controls[0].value.ptr, "b@c.de,d@e.fg,,", 15);
	buf_release(&body);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_packed_parts), cmocka_unit_test(test_too_many_links),
	    cmocka_unit_test(test_nested_rows),	 cmocka_unit_test(test_too_large_form),
	    cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
