/* Submissions: which form, values, entries, encodings, and forms that come back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "html/html_submission.h"

#define URL_TEXT "http://shop.test/a/b?c=d"
#define URL	 STR(URL_TEXT)
/* The forms of test_explained. */
#define FORMS                                                                                      \
	"the page has 2 forms: /in (user, password; button \"Log in\"; form '#in'), /del (id; "    \
	"button \"Delete\")"

struct rig {
	struct arena arena;
	struct html_page page;
	struct html_submission submission;
	struct buf url, type, body, out;
	enum html_method method;
};

static void begin(struct rig *rig, struct str body, struct str type)
{
	struct html_page_source source = {body, type, URL};

	arena_init(&rig->arena, 0);
	buf_init(&rig->url, 0);
	buf_init(&rig->type, 0);
	buf_init(&rig->body, 0);
	buf_init(&rig->out, 0);
	html_page_read(&rig->page, &rig->arena, &source, HTML_PAGE_FORMS | HTML_PAGE_ROWS);
	if (rig->page.form_count)
		html_submission_init(&rig->submission, &rig->arena, &rig->page, 0);
}

static void end(struct rig *rig)
{
	buf_release(&rig->url);
	buf_release(&rig->type);
	buf_release(&rig->body);
	buf_release(&rig->out);
	arena_release(&rig->arena);
}

static enum html_build_outcome build(struct rig *rig)
{
	struct html_request request = {
	    .url = &rig->url, .content_type = &rig->type, .body = &rig->body};
	enum html_build_outcome outcome =
	    html_submission_build(&rig->submission, STR("BOUNDARY"), &request);

	rig->method = request.method;
	return outcome;
}

/* Builds the request of the first form of PAGE and compares it with "METHOD url\ntype\nbody". */
static void check(const char *page, const char *type, const char *expected)
{
	struct rig rig;

	begin(&rig, str_of(page), str_of(type));
	assert_int_equal(build(&rig), HTML_BUILD_OK);
	buf_printf(&rig.out, "%s %.*s\n%.*s\n%.*s", rig.method == HTML_POST ? "POST" : "GET",
		   STR_ARG(buf_str(&rig.url)), STR_ARG(buf_str(&rig.type)),
		   STR_ARG(buf_str(&rig.body)));
	if (!str_eq(buf_str(&rig.out), str_of(expected)))
		fail_msg("%s: '%s' instead of '%s'", page, rig.out.data, expected);
	end(&rig);
}

#define UTF8	  "text/html; charset=utf-8"
#define ENCODED	  "application/x-www-form-urlencoded"
#define GET(q)	  "GET http://shop.test/a/b?" q "\n\n"
#define POST(b)	  "POST http://shop.test/a/b?c=d\n" ENCODED "\n" b
#define TYPED(in) "<form method=post>" in "</form>"

static void test_requests(void **state)
{
	static const struct {
		const char *page, *type, *request;
	} rows[] = {
	    {"<form></form>", UTF8, GET("")},
	    {"<form action='?x=1#y'><input name=a value=b></form>", UTF8, GET("a=b")},
	    {TYPED("<input name=a value='b c'><input name=d value='~*-._%&='>"), UTF8,
	     POST("a=b+c&d=%7E*-._%25%26%3D")},
	    {TYPED("<input value=x><input name=''><input name=a>"), UTF8, POST("a=")},
	    {TYPED("<textarea name=a>\n1\n2\r3\r\n4</textarea>"), UTF8,
	     POST("a=1%0D%0A2%0D%0A3%0D%0A4")},
	    {TYPED("<input type=checkbox name=a><input type=checkbox name=b checked>"
		   "<input type=radio name=c value=1 checked><input type=radio name=c value=2>"),
	     UTF8, POST("b=on&c=1")},
	    {TYPED("<select name=a multiple><option selected>1<option>2<option selected>3"
		   "<option selected disabled>4</select>"),
	     UTF8, POST("a=1&a=3")},
	    {TYPED("<input name=a disabled value=1><button name=b value=2></button>"
		   "<button name=b value=3></button>"),
	     UTF8, POST("b=2")},
	    {TYPED("<input type=image name=a><button name=b></button>"), UTF8, POST("a.x=0&a.y=0")},
	    {TYPED("<input type=image>"), UTF8, POST("x=0&y=0")},
	    {TYPED("<input type=file name=a>"), UTF8, POST("a=")},
	    {TYPED("<input name=a dirname=d><textarea dir=rtl name=b dirname=e></textarea>"
		   "<input name=f dirname=g dir=auto value='\xd7\x90'>"),
	     UTF8, POST("a=&d=ltr&b=&e=rtl&f=%D7%90&g=rtl")},
	    {TYPED("<input type=hidden name=_charset_ value=x><input name=_charset_ value=y>"),
	     UTF8, POST("_charset_=UTF-8&_charset_=y")},
	    {TYPED("<input name=a value='\xe9&euro;&#1234;'><input type=hidden name=_charset_>"),
	     "text/html; charset=iso-8859-1", POST("a=%E9%80%26%231234%3B&_charset_=windows-1252")},
	    {"<form method=post accept-charset='none utf-8 latin1'><input name=a value='\xe9'>",
	     "text/html; charset=iso-8859-1", POST("a=%C3%A9")},
	    {"<meta charset=gbk><form method=post><input name=a value='\xd6\xd0&#233;&#128512;'>",
	     "text/html", POST("a=%D6%D0%A8%A6%26%23128512%3B")},
	    {"<base href=/base/><form method=post action=x><button formaction=y formmethod=get "
	     "name=a value=1>",
	     UTF8, "GET http://shop.test/base/y?a=1\n\n"},
	    {"<base href=/base/><form method=post><button formaction=''>", UTF8, POST("")},
	    {"<form method=post enctype=text/plain><input name=a value=' b=c'>"
	     "<textarea name=d>1\n2</textarea>",
	     UTF8, "POST http://shop.test/a/b?c=d\ntext/plain\na= b=c\r\nd=1\r\n2\r\n"},
	    {"<form method=post><input name=a value=b><button formenctype=multipart/form-data>",
	     UTF8,
	     "POST http://shop.test/a/b?c=d\nmultipart/form-data; boundary=BOUNDARY\n"
	     "--BOUNDARY\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n"
	     "--BOUNDARY--\r\n"},
	    {"<form method=post enctype=multipart/form-data><input name='a&quot;&#10;' type=file>",
	     UTF8,
	     "POST http://shop.test/a/b?c=d\nmultipart/form-data; boundary=BOUNDARY\n"
	     "--BOUNDARY\r\nContent-Disposition: form-data; name=\"a%22%0D%0A\"; filename=\"\"\r\n"
	     "Content-Type: application/octet-stream\r\n\r\n\r\n--BOUNDARY--\r\n"},
	    {"<form method=POST enctype=none><input name=a value=b form=x><input name=c>", UTF8,
	     POST("c=")},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check(rows[i].page, rows[i].type, rows[i].request);
}

static void test_no_request(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, STR("<form action='javascript:x()'>"), STR(UTF8));
	assert_int_equal(build(&rig), HTML_BUILD_ADDRESS);
	assert_int_equal(rig.url.len, 0);
	html_submission_put_no_address(&rig.submission, &rig.out);
	assert_string_equal(rig.out.data, "'javascript:x()', which is not an http address");
	end(&rig);
	begin(&rig,
	      STR("<form method=post><button disabled name=a>Save</button><input type=submit>"),
	      STR(UTF8));
	assert_int_equal(build(&rig), HTML_BUILD_DISABLED);
	assert_int_equal(rig.submission.disabled_button, 0);
	assert_false(html_submission_press(&rig.submission, STR("Save")));
	assert_int_equal(build(&rig), HTML_BUILD_DISABLED);
	assert_true(html_submission_press(&rig.submission, STR("Submit")));
	assert_int_equal(build(&rig), HTML_BUILD_OK);
	assert_true(html_submission_press(&rig.submission, STR_NULL));
	assert_int_equal(build(&rig), HTML_BUILD_OK);
	end(&rig);
	begin(&rig, STR("<form method=dialog>"), STR(UTF8));
	assert_int_equal(build(&rig), HTML_BUILD_DIALOG);
	end(&rig);
	begin(&rig, STR("<form method=post><input name=a value=123456>"), STR(UTF8));
	rig.body.max = 4;
	assert_int_equal(build(&rig), HTML_BUILD_LIMIT);
	end(&rig);
}

/* ---- values */

#define TEXT(t)                                                                                    \
	{                                                                                          \
		.kind = HTML_GIVEN_TEXT, .text = STR(t)                                            \
	}

static const char all_controls[] =
    "<form method=post><label>Your name:<input name=n value=old></label><input name=n2 value=x>"
    "<input name=n2 value=y><input type=hidden name=h value=1><input name=dis disabled value=d>"
    "<input type=hidden name=b value=0><label><input type=checkbox name=b value=1>Box</label>"
    "<input type=checkbox name=m value=a checked><input type=checkbox name=m value=b>"
    "<label><input type=radio name=r value=1 checked>One</label>"
    "<label><input type=radio name=r value=2>Two</label>"
    "<select name=s><option value=de>German<option value=fr>French<option disabled>no</select>"
    "<select name=sm multiple><option>a<option>b<option>c</select><textarea name=t></textarea>"
    "<input type=file name=f><button name=go value=1>Go</button><button name=stop>Stop</button>";

/* The same, without a change. */
#define UNCHANGED "n=old&n2=x&n2=y&h=1&b=0&m=a&r=1&s=de&t=&f=&go=1"

static void test_set(void **state)
{
	static const struct str ab[] = {STR("b"), STR("a")},
				three[] = {STR("1"), STR("2"), STR("3")};
	static const struct html_file files[] = {{STR("a.txt"), STR(""), STR("")},
						 {STR("b.txt"), STR(""), STR("")}};
	static const struct {
		struct str field;
		struct html_given given;
		enum html_set_outcome outcome;
		const char *body;
	} rows[] = {
	    {STR("n"), TEXT("new"), HTML_SET_OK, "n=new&n2=x&n2=y&h=1&b=0&m=a&r=1&s=de&t=&f=&go=1"},
	    {STR("Your name"), TEXT("new"), HTML_SET_OK,
	     "n=new&n2=x&n2=y&h=1&b=0&m=a&r=1&s=de&t=&f=&go=1"},
	    {STR("n"), TEXT("a\nb"), HTML_SET_OK, "n=ab&n2=x&n2=y&h=1&b=0&m=a&r=1&s=de&t=&f=&go=1"},
	    {STR("n"),
	     {.kind = HTML_GIVEN_NOTHING},
	     HTML_SET_OK,
	     "n2=x&n2=y&h=1&b=0&m=a&r=1&s=de&t=&f=&go=1"},
	    {STR("n"), {.kind = HTML_GIVEN_YES}, HTML_SET_NOT_A_BOX, UNCHANGED},
	    {STR("r"), {.kind = HTML_GIVEN_YES}, HTML_SET_NOT_A_BOX, UNCHANGED},
	    {STR("r"), {.kind = HTML_GIVEN_NO}, HTML_SET_NOT_A_BOX, UNCHANGED},
	    {STR("n"), {.kind = HTML_GIVEN_FILE}, HTML_SET_NOT_A_FILE, UNCHANGED},
	    {STR("none"), TEXT("x"), HTML_SET_NO_FIELD, UNCHANGED},
	    {STR(""), TEXT("x"), HTML_SET_NO_FIELD, UNCHANGED},
	    {STR("go"), TEXT("x"), HTML_SET_BUTTON, UNCHANGED},
	    {STR("n2"),
	     {.kind = HTML_GIVEN_LIST, .items = ab, .item_count = 2},
	     HTML_SET_OK,
	     "n=old&n2=b&n2=a&h=1&b=0&m=a&r=1&s=de&t=&f=&go=1"},
	    {STR("n2"),
	     {.kind = HTML_GIVEN_NOTHING},
	     HTML_SET_OK,
	     "n=old&h=1&b=0&m=a&r=1&s=de&t=&f=&go=1"},
	    {STR("h"), TEXT("2"), HTML_SET_OK, "n=old&n2=x&n2=y&h=2&b=0&m=a&r=1&s=de&t=&f=&go=1"},
	    {STR("dis"), TEXT("e"), HTML_SET_OK,
	     "n=old&n2=x&n2=y&h=1&dis=e&b=0&m=a&r=1&s=de&t=&f=&go=1"},
	    {STR("b"),
	     {.kind = HTML_GIVEN_YES},
	     HTML_SET_OK,
	     "n=old&n2=x&n2=y&h=1&b=0&b=1&m=a&r=1&s=de&t=&f=&go=1"},
	    {STR("Box"), TEXT("1"), HTML_SET_OK,
	     "n=old&n2=x&n2=y&h=1&b=0&b=1&m=a&r=1&s=de&t=&f=&go=1"},
	    {STR("b"), TEXT("0"), HTML_SET_OK, UNCHANGED},
	    {STR("b"), TEXT("2"), HTML_SET_NOT_OFFERED, UNCHANGED},
	    {STR("m"),
	     {.kind = HTML_GIVEN_LIST, .items = ab, .item_count = 2},
	     HTML_SET_OK,
	     "n=old&n2=x&n2=y&h=1&b=0&m=a&m=b&r=1&s=de&t=&f=&go=1"},
	    {STR("m"),
	     {.kind = HTML_GIVEN_NO},
	     HTML_SET_OK,
	     "n=old&n2=x&n2=y&h=1&b=0&r=1&s=de&t=&f=&go=1"},
	    {STR("m"), TEXT("b"), HTML_SET_OK, "n=old&n2=x&n2=y&h=1&b=0&m=b&r=1&s=de&t=&f=&go=1"},
	    {STR("n2"),
	     {.kind = HTML_GIVEN_LIST},
	     HTML_SET_OK,
	     "n=old&h=1&b=0&m=a&r=1&s=de&t=&f=&go=1"},
	    {STR("m"),
	     {.kind = HTML_GIVEN_LIST},
	     HTML_SET_OK,
	     "n=old&n2=x&n2=y&h=1&b=0&r=1&s=de&t=&f=&go=1"},
	    {STR("b"), {.kind = HTML_GIVEN_LIST}, HTML_SET_OK, UNCHANGED},
	    {STR("r"),
	     {.kind = HTML_GIVEN_LIST},
	     HTML_SET_OK,
	     "n=old&n2=x&n2=y&h=1&b=0&m=a&s=de&t=&f=&go=1"},
	    {STR("s"),
	     {.kind = HTML_GIVEN_LIST},
	     HTML_SET_OK,
	     "n=old&n2=x&n2=y&h=1&b=0&m=a&r=1&t=&f=&go=1"},
	    {STR("f"),
	     {.kind = HTML_GIVEN_LIST},
	     HTML_SET_OK,
	     "n=old&n2=x&n2=y&h=1&b=0&m=a&r=1&s=de&t=&go=1"},
	    {STR("r"), TEXT("2"), HTML_SET_OK, "n=old&n2=x&n2=y&h=1&b=0&m=a&r=2&s=de&t=&f=&go=1"},
	    {STR("r"), TEXT("Two"), HTML_SET_OK, "n=old&n2=x&n2=y&h=1&b=0&m=a&r=2&s=de&t=&f=&go=1"},
	    {STR("Two"),
	     {.kind = HTML_GIVEN_YES},
	     HTML_SET_OK,
	     "n=old&n2=x&n2=y&h=1&b=0&m=a&r=2&s=de&t=&f=&go=1"},
	    {STR("r"),
	     {.kind = HTML_GIVEN_LIST, .items = ab, .item_count = 2},
	     HTML_SET_TOO_MANY,
	     UNCHANGED},
	    {STR("s"), TEXT("French"), HTML_SET_OK,
	     "n=old&n2=x&n2=y&h=1&b=0&m=a&r=1&s=fr&t=&f=&go=1"},
	    {STR("s"), TEXT("no"), HTML_SET_NOT_OFFERED, UNCHANGED},
	    {STR("s"),
	     {.kind = HTML_GIVEN_LIST, .items = ab, .item_count = 2},
	     HTML_SET_TOO_MANY,
	     UNCHANGED},
	    {STR("sm"),
	     {.kind = HTML_GIVEN_LIST, .items = ab, .item_count = 2},
	     HTML_SET_OK,
	     "n=old&n2=x&n2=y&h=1&b=0&m=a&r=1&s=de&sm=a&sm=b&t=&f=&go=1"},
	    {STR("t"), TEXT("a\nb"), HTML_SET_OK,
	     "n=old&n2=x&n2=y&h=1&b=0&m=a&r=1&s=de&t=a%0D%0Ab&f=&go=1"},
	    {STR("f"), TEXT("x"), HTML_SET_NOT_A_FILE, UNCHANGED},
	    {STR("f"),
	     {.kind = HTML_GIVEN_FILE, .files = files, .file_count = 1},
	     HTML_SET_OK,
	     "n=old&n2=x&n2=y&h=1&b=0&m=a&r=1&s=de&t=&f=a.txt&go=1"},
	    {STR("f"),
	     {.kind = HTML_GIVEN_FILE, .files = files, .file_count = 2},
	     HTML_SET_ONE_FILE,
	     "n=old&n2=x&n2=y&h=1&b=0&m=a&r=1&s=de&t=&f=a.txt&go=1"},
	    {STR("f"), {.kind = HTML_GIVEN_FILE}, HTML_SET_OK, UNCHANGED},
	};
	static const struct html_given too_many = {
	    .kind = HTML_GIVEN_LIST, .items = three, .item_count = 3};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct rig rig;

		begin(&rig, str_of(all_controls), STR(UTF8));
		enum html_set_outcome outcome =
		    html_submission_set(&rig.submission, rows[i].field, &rows[i].given);
		if (outcome != rows[i].outcome)
			fail_msg("row %zu: outcome %d instead of %d", i, outcome, rows[i].outcome);
		build(&rig);
		if (!str_eq(buf_str(&rig.body), str_of(rows[i].body)))
			fail_msg("row %zu: %s instead of %s", i, rig.body.data, rows[i].body);
		assert_int_equal(html_submission_set(&rig.submission, STR("n2"), &too_many),
				 HTML_SET_TOO_MANY);
		end(&rig);
	}
}

static void test_buttons_and_more(void **state)
{
	struct html_file file = {STR("a.txt"), STR("text/x"), STR("bytes")};
	struct html_entry entry;
	struct rig rig;

	(void)state;
	begin(&rig, str_of(all_controls), STR(UTF8));
	assert_false(html_submission_press(&rig.submission, STR("Missing")));
	assert_true(html_submission_press(&rig.submission, STR("Stop")));
	html_submission_add(&rig.submission, STR("x"), STR("y"), NULL);
	html_submission_add(&rig.submission, STR("z"), STR(""), &file);
	build(&rig);
	assert_string_equal(rig.body.data,
			    "n=old&n2=x&n2=y&h=1&b=0&m=a&r=1&s=de&t=&f=&stop=&x=y&z=a.txt");
	assert_true(html_submission_press(&rig.submission, STR("go")));
	assert_int_equal(rig.submission.submitter, rig.page.control_count - 2);
	assert_true(html_submission_press(&rig.submission, STR_NULL));
	buf_clear(&rig.body);
	build(&rig);
	assert_true(str_ends(buf_str(&rig.body), STR("f=&x=y&z=a.txt")));
	assert_true(html_submission_value(&rig.submission, STR("s"), &entry));
	assert_true(str_eq(entry.value, STR("de")));
	assert_true(html_submission_value(&rig.submission, STR("b"), &entry));
	assert_true(str_eq(entry.value, STR("0")));
	assert_false(html_submission_value(&rig.submission, STR("dis"), &entry));
	assert_false(html_submission_value(&rig.submission, STR("none"), &entry));
	html_submission_put_offer(&rig.submission, STR("s"), STR("german"), &rig.out);
	assert_string_equal(rig.out.data,
			    "did you mean 'German'? it offers \"de\" (German), \"fr\" (French)");
	buf_clear(&rig.out);
	html_submission_put_offer(&rig.submission, STR("r"), STR("x"), &rig.out);
	assert_string_equal(rig.out.data, "it offers \"1\" (One), \"2\" (Two)");
	assert_true(html_submission_offers(&rig.submission, STR("r"), STR("Two")));
	assert_false(html_submission_offers(&rig.submission, STR("r"), STR("3")));
	end(&rig);
}

/* The boundary of the parts is not in them. */
static void test_boundary(void **state)
{
	struct html_file file = {STR("a.txt"), STR(""), STR("x\r\n--BOUNDARY--\r\n")};
	struct str boundary, type;
	size_t places = 0;
	struct rig rig;

	(void)state;
	begin(&rig,
	      STR("<form method=post enctype=multipart/form-data><input name=a value=BOUNDARY>"),
	      STR(UTF8));
	html_submission_add(&rig.submission, STR("b"), STR(""), &file);
	assert_int_equal(build(&rig), HTML_BUILD_OK);
	type = buf_str(&rig.type);
	assert_true(str_starts(type, STR("multipart/form-data; boundary=BOUNDARY")));
	boundary = str_slice(type, 30, type.len);
	assert_int_equal(boundary.len, 8 + 16);
	for (size_t at = 0; (at = str_find(buf_str(&rig.body), boundary, at)) != NOT_FOUND; at++)
		places++;
	assert_int_equal(places, 3);
	assert_true(str_find(buf_str(&rig.body), file.content, 0) != NOT_FOUND);
	end(&rig);
}

/* A secret in the request: in its encoding, with its line ends, after the name. */
static void test_sent(void **state)
{
	static const struct {
		const char *form, *before, *bytes, *text;
	} rows[] = {
	    {"<form method=post>", "a+b=", "\xe4\r\n&#9731;", "%E4%0D%0A%26%239731%3B"},
	    {"<form>", "a+b=", "\xe4\r\n&#9731;", "%E4%0D%0A%26%239731%3B"},
	    {"<form method=post enctype=multipart/form-data>", "\"a b\"\r\n\r\n", "\xe4\r\n&#9731;",
	     "\xe4\r\n&#9731;"},
	    {"<form method=post enctype=text/plain accept-charset=utf-8>",
	     "a b=", "\xc3\xa4\r\n\xe2\x98\x83", "\xc3\xa4\r\n\xe2\x98\x83"},
	};
	struct html_given secret = {
	    .kind = HTML_GIVEN_TEXT, .text = STR("\xc3\xa4\n\xe2\x98\x83"), .secret = true};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct html_entries entries;
		struct html_sent sent;
		char page[200];
		struct rig rig;

		snprintf(page, sizeof page, "%s<textarea name='a b'></textarea><input name=c>",
			 rows[i].form);
		begin(&rig, str_of(page), STR("text/html; charset=windows-1252"));
		html_submission_set(&rig.submission, STR("a b"), &secret);
		entries = html_submission_entries(&rig.submission);
		assert_int_equal(entries.count, 2);
		assert_true(entries.items[0].secret);
		assert_false(entries.items[1].secret);
		sent = html_submission_sent(&rig.submission, &entries.items[0]);
		assert_true(str_eq(sent.before, str_of(rows[i].before)));
		assert_true(str_eq(sent.bytes, str_of(rows[i].bytes)));
		assert_true(str_eq(sent.text, str_of(rows[i].text)));
		end(&rig);
	}
}

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

static void test_boxes(void **state)
{
	static const char page[] =
	    "<form method=post><input type=checkbox name=a value=yes>"
	    "<input type=checkbox name=b value=no checked><input type=checkbox name=c>"
	    "<input type=checkbox name=g value=yes><input type=checkbox name=g value=no></form>";
	static const struct {
		struct str field;
		struct html_given given;
		enum html_set_outcome outcome;
		const char *body;
	} rows[] = {
	    {STR("a"), {.kind = HTML_GIVEN_YES, .text = STR("yes")}, HTML_SET_OK, "a=yes&b=no"},
	    {STR("a"), {.kind = HTML_GIVEN_NO, .text = STR("no")}, HTML_SET_OK, "b=no"},
	    {STR("a"), TEXT("yes"), HTML_SET_OK, "a=yes&b=no"},
	    {STR("a"), TEXT("no"), HTML_SET_OK, "b=no"},
	    {STR("b"), {.kind = HTML_GIVEN_NO, .text = STR("no")}, HTML_SET_OK, ""},
	    {STR("b"), TEXT("no"), HTML_SET_OK, "b=no"},
	    {STR("c"), TEXT("yes"), HTML_SET_OK, "b=no&c=on"},
	    {STR("c"), TEXT("true"), HTML_SET_OK, "b=no&c=on"},
	    {STR("c"), TEXT("maybe"), HTML_SET_NOT_OFFERED, "b=no"},
	    {STR("g"), {.kind = HTML_GIVEN_NO, .text = STR("no")}, HTML_SET_OK, "b=no&g=no"},
	    {STR("g"), {.kind = HTML_GIVEN_YES, .text = STR("yes")}, HTML_SET_OK, "b=no&g=yes"},
	    {STR("g"), {.kind = HTML_GIVEN_NOTHING}, HTML_SET_OK, "b=no"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct rig rig;
		enum html_set_outcome outcome;

		begin(&rig, str_of(page), STR(UTF8));
		outcome = html_submission_set(&rig.submission, rows[i].field, &rows[i].given);
		build(&rig);
		if (outcome != rows[i].outcome || !str_eq(buf_str(&rig.body), str_of(rows[i].body)))
			fail_msg("row %zu: %d, %.*s", i, outcome, STR_ARG(buf_str(&rig.body)));
		end(&rig);
	}
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
	    cmocka_unit_test(test_requests),	  cmocka_unit_test(test_no_request),
	    cmocka_unit_test(test_set),		  cmocka_unit_test(test_buttons_and_more),
	    cmocka_unit_test(test_find),	  cmocka_unit_test(test_boundary),
	    cmocka_unit_test(test_rows),	  cmocka_unit_test(test_boxes),
	    cmocka_unit_test(test_explained),	  cmocka_unit_test(test_selectors),
	    cmocka_unit_test(test_find_cut),	  cmocka_unit_test(test_again),
	    cmocka_unit_test(test_sent),	  cmocka_unit_test(test_again_large),
	    cmocka_unit_test(test_again_choices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
