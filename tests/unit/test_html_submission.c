/* Submissions: values, entries, encodings. */
#include "submission_rig.h"

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
	assert_int_equal(html_submission_set(&rig.submission, STR("h"),
					     &(struct html_given){.kind = HTML_GIVEN_NOTHING}),
			 HTML_SET_OK);
	assert_true(html_submission_value(&rig.submission, STR("h"), &entry));
	assert_true(str_eq(entry.value, STR("1")));
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_requests), cmocka_unit_test(test_no_request),
	    cmocka_unit_test(test_set),	     cmocka_unit_test(test_buttons_and_more),
	    cmocka_unit_test(test_boundary), cmocka_unit_test(test_sent),
	    cmocka_unit_test(test_boxes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
