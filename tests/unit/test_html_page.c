/* Pages: form owners, controls, labels, links, rows, error elements, encodings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "html/html_page.h"

#define ALL (HTML_PAGE_FORMS | HTML_PAGE_LINKS | HTML_PAGE_ROWS | HTML_PAGE_ERRORS)

static void read_page(struct html_page *page, struct arena *a, struct str body)
{
	struct html_page_source source = {body, STR("text/html; charset=utf-8"),
					  STR("http://shop.test/a/b?c=d#e")};

	html_page_read(page, a, &source, ALL);
}

/* ---- forms and controls */

/* Each control as "FORM name=value", options as "+value"; FORM is - without a form. */
static void put_controls(const struct html_page *page, struct buf *out)
{
	for (uint32_t i = 0; i < page->control_count; i++) {
		uint32_t at = page->in_order ? page->in_order[i] : i;
		const struct html_control *control = &page->controls[at];

		if (i)
			buf_add_char(out, ' ');
		if (control->form == HTML_PAGE_NONE)
			buf_add_char(out, '-');
		else
			buf_printf(out, "%u", control->form);
		buf_printf(out, "%.*s=%.*s", STR_ARG(control->name), STR_ARG(control->value));
		if (control->disabled)
			buf_add(out, STR("!"));
		if (control->label.len)
			buf_printf(out, "(%.*s)", STR_ARG(control->label));
		for (uint32_t k = 0; k < control->option_count; k++) {
			const struct html_option *option =
			    &page->options[control->first_option + k];

			if (option->selected)
				buf_printf(out, "+%.*s", STR_ARG(option->value));
		}
	}
}

static void test_controls(void **state)
{
	static const struct {
		const char *page, *controls;
	} rows[] = {
	    {"<form><input name=a></form><input name=b>", "0a= -b="},
	    {"<form><form><input name=a></form><input name=b>", "0a= -b="},
	    {"<form id=x></form><form><input name=a form=x><input name=b form=y>", "0a= -b="},
	    {"<form id=x></form><form id=x></form><input name=a form=x>", "0a="},
	    {"<div><form></div><input name=a>", "0a="},
	    {"<form><div></form><input name=a></div><input name=b>", "0a= -b="},
	    {"<table><form><tr><td><input name=a></form></table><input name=b>", "0a= -b="},
	    {"<table><tr><form><td><input name=a></td></form><td><input name=b></table>",
	     "0a= -b="},
	    {"<table><tr><td><form><input name=a></table><input name=b>", "0a= 0b="},
	    {"<form><table><tr><td><input name=a></td></tr><input name=b></table>", "0b= 0a="},
	    {"<form><table><tr><td><input name=a></td></tr><input type=hidden name=b></table>",
	     "0a= 0b="},
	    {"<table><tr><td><form><input name=a></form></td></tr><p><form><input name=b></form>"
	     "</table>",
	     "0b= 1a="},
	    {"<table><form><input name=b></form><tr><td><form><input name=a></form></table>",
	     "0b= 1a="},
	    {"<option><select name=a><option>1<option selected>2</select><input name=b>",
	     "-a=+2 -b="},
	    {"<form><p><form></form><input name=a></form><input name=b>", "-a= -b="},
	    {"<form><select><option></form><input name=a></select><input name=b>", "0a= 0b="},
	    {"<form><math><mi></form><input name=a></mi></math><input name=b>", "0a= 0b="},
	    {"<form><fieldset><b></fieldset>x</form><input name=a></b><input name=b>", "0a= -b="},
	    {"<form><table><tr><td><b></table>x</form><input name=a>", "-a="},
	    {"<form><svg><button></button><input name=a></svg><input name=b>", "0b="},
	    {"<template><form><input name=a></form></template><input name=b>", "-b="},
	    {"<noscript><form><input name=a></form></noscript><form><input name=b>", "0b="},
	    {"<form><svg><input name=a></svg><input name=b></form>", "0b="},
	    {"<datalist><input name=a></datalist><input name=b>", "-b="},
	    {"<fieldset disabled><legend><input name=a></legend><legend><input name=b></legend>"
	     "<input name=c></fieldset><input name=d disabled>",
	     "-a= -b=! -c=! -d=!"},
	    {"<fieldset disabled><fieldset><legend><input name=a></legend></fieldset></fieldset>",
	     "-a=!"},
	    {"<fieldset disabled><legend><fieldset disabled><legend><input name=a></legend>"
	     "</fieldset></legend></fieldset>",
	     "-a="},
	    {"<label for=i>Your name: *</label><input id=i name=a>", "-a=(Your name)"},
	    {"<label><b>*</b> Mail\n <input name=a> (work)</label>", "-a=(Mail (work))"},
	    {"<label>Land <select name=a><option>DE</select>:</label>", "-a=(Land)+DE"},
	    {"<label for=no>x<input name=a></label>", "-a="},
	    {"<label>Stadt\xef\xbc\x9a<input type=hidden name=h><input name=a></label>",
	     "-h= -a=(Stadt)"},
	    {"<select name=a><option>1<option disabled>2</select>", "-a=+1"},
	    {"<select name=a><option value=x>1<option>  2\n 3 </select>", "-a=+x"},
	    {"<select name=a><option>1<option selected>  2\n 3 </select>", "-a=+2 3"},
	    {"<select name=a><option>1<select><input name=b>", "-a=+1 -b="},
	    {"<select name=a><option>1<input name=b>", "-a=+1 -b="},
	    {"<select name=a size=2><option>1</select>", "-a="},
	    {"<select name=a><optgroup disabled><option>1</optgroup><option>2</select>", "-a=+2"},
	    {"<textarea name=a>\n\n&lt;<b>&copy=</textarea>", "-a=\n<<b>\xc2\xa9="},
	    {"<button name=a value=b>Save <b>all</b></button>", "-a=b(Save all)"},
	    {"<button type=button name=a></button><input type=reset name=b>", ""},
	    {"<button><button name=a>", "-= -a="},
	    {"<input type=submit><input type=image name=i alt=Go>", "-=Submit(Submit) -i=(Go)"},
	    {"<input type=range name=a><input type=range name=b min=10 value=1>", "-a=50 -b=10"},
	    {"<input type=range name=a step=7 value=10>", "-a=10"},
	    {"<input type=color name=a><input type=color name=b value='#ABCDEF'>",
	     "-a=#000000 -b=#abcdef"},
	    {"<input type=date name=a value=2023-02-29><input type=date name=b value=2024-02-29>",
	     "-a= -b=2024-02-29"},
	    {"<input type=time name=a value=24:00><input type=time name=b value=23:59:01.5>",
	     "-a= -b=23:59:01.5"},
	    {"<input type=datetime-local name=a value='2024-01-01 10:00'>", "-a=2024-01-01T10:00"},
	    {"<input type=month name=a value=2024-13><input type=week name=b value=2024-W07>",
	     "-a= -b=2024-W07"},
	    {"<input type=number name=a value=1e2><input type=number name=b value=+1>",
	     "-a=1e2 -b="},
	    {"<input type=number name=a value=-.5><input type=number name=b value=007>",
	     "-a=-.5 -b=007"},
	    {"<input type=email multiple name=a value=' x@y , z@w '>", "-a=x@y,z@w"},
	    {"<input name=a value='1\n2'><input type=hidden name=b value='1\n2'>", "-a=12 -b=1\n2"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct html_page page, unpacked;
		struct buf out, packed, again;
		struct arena arena;

		arena_init(&arena, 0);
		buf_init(&out, 0);
		buf_init(&packed, 0);
		buf_init(&again, 0);
		read_page(&page, &arena, str_of(rows[i].page));
		put_controls(&page, &out);
		if (!str_eq(buf_str(&out), str_of(rows[i].controls)))
			fail_msg("%s: '%.*s' instead of '%s'", rows[i].page, STR_ARG(buf_str(&out)),
				 rows[i].controls);
		html_page_pack(&page, &packed);
		assert_true(html_page_unpack(&unpacked, &arena, buf_str(&packed)));
		html_page_pack(&unpacked, &again);
		assert_true(str_eq(buf_str(&packed), buf_str(&again)));
		buf_release(&out);
		buf_release(&packed);
		buf_release(&again);
		arena_release(&arena);
	}
}

/* ---- texts */

static void test_texts(void **state)
{
	struct html_page page, before;
	struct arena arena;
	struct buf out;

	(void)state;
	arena_init(&arena, 0);
	buf_init(&out, 0);
	read_page(
	    &page, &arena,
	    STR("<title> A\n page </title><h1>Head <i>line</i></h1><svg><title>no</title></svg>"
		"<p class='x error'>Bad <b>name</b></p><div role=alert class=alert-success>"
		"saved</div><div role=alert>Wrong<div class=error>Wrong</div></div>"
		"<a href=1>one <img alt=no></a><a href=2><img alt=two></a><a>no</a>"
		"<a href=3 aria-label=three></a><map><area href=4 alt=four></map>"));
	assert_true(str_eq(page.title, STR("A page")));
	assert_true(str_eq(page.h1, STR("Head line")));
	assert_int_equal(page.error_count, 2);
	assert_true(str_eq(page.errors[0], STR("Bad name")));
	html_page_put_links(&page, &arena, STR("x"), &out);
	assert_string_equal(out.data,
			    "the page has the links \"one\", \"two\", \"three\", \"four\"");
	buf_clear(&out);
	html_page_put_links(&page, &arena, STR("Three"), &out);
	assert_string_equal(out.data, "did you mean 'three'? the page has the links \"one\", "
				      "\"two\", \"three\", \"four\"");
	buf_clear(&out);
	html_page_put_links(&page, &arena, STR("/x/*"), &out);
	assert_string_equal(out.data, "the page has the links \"1\", \"2\", \"3\", \"4\"");
	buf_clear(&out);
	read_page(&before, &arena, STR("<p class=error>Bad name"));
	html_page_put_error(&before, &page, &out);
	assert_string_equal(out.data, "Wrong Wrong");
	buf_clear(&out);
	html_page_put_error(&page, &page, &out);
	assert_string_equal(out.data, "A page: Head line");
	read_page(&page, &arena,
		  STR("<h1 class=logo><a href=/>My wiki</a></h1><h1>A newer version exists</h1>"
		      "<p><a href=1>one</a><h1>More</h1>"));
	assert_true(str_eq(page.h1, STR("A newer version exists")));
	read_page(&page, &arena, STR("<h1><a href=/>My wiki</a></h1><h1><a href=1>one</a></h1>"));
	assert_true(str_eq(page.h1, STR("My wiki")));
	buf_clear(&out);
	read_page(&page, &arena,
		  STR("<form action=/in id=in><input name=a><input name=a><input name=b>"
		      "<button>Go</button><button disabled>Stop</button></form>"
		      "<form id=f-4711 name=n></form>"));
	html_page_put_forms(&page, &out);
	assert_string_equal(
	    out.data,
	    "the page has 2 forms: /in (a, b; button \"Go\", \"Stop\" (disabled); form '#in'), "
	    " (no fields; form '[name=n]')");
	buf_clear(&out);
	read_page(
	    &page, &arena,
	    STR("<form action=/x><input "
		"name=1234567890123456789012345678901234567890123456789012345678901></form>"));
	html_page_put_forms(&page, &out);
	assert_string_equal(out.data,
			    "the page has 1 form: /x (1234567890123456789012345678901234567"
			    "89012345678901234567890\xe2\x80\xa6)");
	buf_release(&out);
	arena_release(&arena);
}

/* The texts in a select belong to its options, and what else is in it keeps its text. */
static void test_select_texts(void **state)
{
	struct html_page page, unpacked;
	struct arena arena;
	struct buf packed;

	(void)state;
	arena_init(&arena, 0);
	buf_init(&packed, 0);
	read_page(&page, &arena,
		  STR("<form><ul><li>one<select name=a><option>1<li><a href=/x>Link</a>"
		      "<label for=i>Label</label><button>Go</button><p class=error>Wrong</p>"
		      "<option>2</select> and text that is longer than the select"
		      "<li><a href=/y>two</a></ul><input id=i name=b></form>"));
	html_page_pack(&page, &packed);
	assert_true(html_page_unpack(&unpacked, &arena, buf_str(&packed)));
	assert_true(
	    str_starts(unpacked.row_text, STR("one\nand text that is longer than the select")));
	assert_int_equal(unpacked.link_count, 2);
	assert_true(str_eq(unpacked.links[0].text, STR("Link")));
	assert_true(str_eq(unpacked.links[1].text, STR("two")));
	assert_int_equal(unpacked.links[0].row, 0);
	assert_int_equal(unpacked.links[1].row, 1);
	assert_int_equal(unpacked.row_count, 2);
	assert_int_equal(unpacked.control_count, 3);
	assert_true(str_eq(unpacked.controls[1].label, STR("Go")));
	assert_true(str_eq(unpacked.controls[2].label, STR("Label")));
	assert_true(str_eq(unpacked.options[1].text, STR("2")));
	assert_true(str_eq(unpacked.errors[0], STR("Wrong")));
	buf_release(&packed);
	arena_release(&arena);
}

/* ---- encodings and fragments */

static void test_charsets(void **state)
{
	static const struct {
		const char *body, *type, *charset, *value;
	} rows[] = {
	    {"<input name=a value='\xe9'>", "text/html; charset=ISO-8859-1", "windows-1252",
	     "\xc3\xa9"},
	    {"<input name=a value='\x80'>", "text/html", "windows-1252", "\xe2\x82\xac"},
	    {"<input name=a value='\xc3\xa9'>", "text/html", "UTF-8", "\xc3\xa9"},
	    {"<meta charset=koi8-r><input name=a value='\xc1'>", "text/html", "KOI8-R", "\xd0\xb0"},
	    {"<meta http-equiv=Content-Type content='text/html; charset=shift_jis'>"
	     "<input name=a value='\x82\xa0'>",
	     "", "Shift_JIS", "\xe3\x81\x82"},
	    {"<meta charset=utf-16><input name=a value='\xc3\xa9'>", "", "UTF-8", "\xc3\xa9"},
	    {"\xef\xbb\xbf<input name=a value='\xff'>", "text/html; charset=latin1", "UTF-8",
	     "\xef\xbf\xbd"},
	    {"<input name=a value=b>", "text/html; charset=none", "windows-1252", "b"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct html_page_source source = {str_of(rows[i].body), str_of(rows[i].type),
						  STR("http://a.test/")};
		struct html_page page;
		struct arena arena;

		arena_init(&arena, 0);
		html_page_read(&page, &arena, &source, HTML_PAGE_FORMS);
		if (!str_eq(page.charset, str_of(rows[i].charset)) ||
		    !str_eq(page.controls[0].value, str_of(rows[i].value)))
			fail_msg("%s: %.*s %.*s", rows[i].body, STR_ARG(page.charset),
				 STR_ARG(page.controls[0].value));
		arena_release(&arena);
	}
}

/* In XHTML, elements that end with /> are empty, and CDATA sections are text. */
static void test_xhtml(void **state)
{
	static const char body[] =
	    "<?xml version='1.0' encoding='iso-8859-1'?><html><head><title/><script src='x'/>"
	    "<meta charset='utf-8'/></head><body><form id='f'/><form id='g' action='x'><div/>"
	    "<textarea name='a'/><select name='b'/><p/><label for='c'/><input id='c' name='c' "
	    "value='\xe9'/><button name='d'/><svg/></form><input name='e'/>"
	    "<a href='y'><![CDATA[a < &amp;]]></a><b/><iframe/><a href='z'/><a href='w'>w</a>"
	    "</body></html>";
	struct html_page_source source = {str_of(body), STR(" application/XHTML+xml ;q=1"),
					  STR("http://a.test/")};
	struct html_page page;
	struct arena arena;
	struct buf out;

	(void)state;
	arena_init(&arena, 0);
	buf_init(&out, 0);
	html_page_read(&page, &arena, &source, ALL);
	put_controls(&page, &out);
	assert_string_equal(out.data, "1a= 1b= 1c=\xc3\xa9 1d= -e=");
	buf_clear(&out);
	html_page_put_links(&page, &arena, STR("x"), &out);
	assert_string_equal(out.data, "the page has the links \"a < &amp;\", \"w\"");
	assert_int_equal(page.link_count, 3);
	source.body = STR("<html><meta charset='latin1'/><form><input name='a' value='\xc3\xa9'/>");
	buf_clear(&out);
	html_page_read(&page, &arena, &source, ALL);
	put_controls(&page, &out);
	assert_string_equal(out.data, "0a=\xc3\xa9");
	source.content_type = STR("text/html");
	source.body = STR("<?xml version='1.0' encoding='koi8-r'?><div/><textarea name='a'/>\xc1");
	buf_clear(&out);
	html_page_read(&page, &arena, &source, ALL);
	put_controls(&page, &out);
	assert_string_equal(out.data, "-a=\xd0\xb0");
	buf_release(&out);
	arena_release(&arena);
}

static void test_fragments(void **state)
{
	static const char *const fragments[] = {
	    "<form id=f action=/new><input name=a value=2></form>",
	    "{\"html\": \"<form id=\\\"f\\\" action=/new><input name=a value=\\u0032></form>\"}",
	    "<update><![CDATA[<form id=f action=/new><input name=a value=2>]]></update>",
	    "<form action=/old><input name=a value=2></form>"};

	(void)state;
	for (size_t i = 0; i < sizeof fragments / sizeof *fragments; i++) {
		struct html_page_source source = {str_of(fragments[i]), STR(""),
						  STR("http://a.test/")};
		struct html_page page, fragment;
		struct arena arena;
		struct buf out;

		arena_init(&arena, 0);
		buf_init(&out, 0);
		read_page(&page, &arena,
			  STR("<form id=f action=/old><input name=a value=1></form>"
			      "<form><select name=b><option>x</select>"));
		html_page_read_fragment(&fragment, &arena, &source);
		assert_true(html_page_replace_forms(&page, &arena, &fragment));
		put_controls(&page, &out);
		assert_string_equal(out.data, "0a=2 1b=+x");
		assert_false(html_page_replace_forms(&fragment, &arena, &(struct html_page){0}));
		buf_release(&out);
		arena_release(&arena);
	}
}

/* A response to a script has the new state of the view, which all forms send. */
static void test_view_state(void **state)
{
	static const char body[] =
	    "<partial-response><changes><update id=\"x\"><![CDATA[<p>]]></update>"
	    "<update id=\"j1:jakarta.faces.ViewState:0\"><![CDATA[-1:2&3]]></update></changes>";
	struct html_page page;
	struct arena arena;
	struct buf out;

	(void)state;
	arena_init(&arena, 0);
	buf_init(&out, 0);
	read_page(&page, &arena,
		  STR("<form><input type=hidden name=jakarta.faces.ViewState value=old></form>"
		      "<form><input type=hidden name=jakarta.faces.ViewState value=old>"
		      "<input name=a value=1></form>"));
	assert_true(html_page_update_state(&page, str_of(body)));
	put_controls(&page, &out);
	assert_string_equal(out.data, "0jakarta.faces.ViewState=-1:2&3 "
				      "1jakarta.faces.ViewState=-1:2&3 1a=1");
	assert_false(html_page_update_state(&page, str_of(body)));
	assert_false(html_page_update_state(&page, STR("<update id='y'>z</update><update id=")));
	buf_release(&out);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_controls),	 cmocka_unit_test(test_texts),
	    cmocka_unit_test(test_select_texts), cmocka_unit_test(test_charsets),
	    cmocka_unit_test(test_fragments),	 cmocka_unit_test(test_xhtml),
	    cmocka_unit_test(test_view_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
