/* Which form of a page a recorded request is a submission of, and what differs from the page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "import/forms/form_match.h"

#define URL "http://shop.test/new"

struct rig {
	struct arena arena;
	struct html_page page;
	struct transaction tx;
	struct form_values values;
	struct buf out;
};

/* BODY: name=value&… without encodings; a name that starts with @ is a file. */
static void add_pairs(struct rig *rig, struct str body)
{
	struct page_use *use = &rig->values.use;

	use->pairs = ARENA_ARRAY(&rig->arena, body.len + 1, struct page_pair);
	rig->tx.parts = ARENA_ARRAY(&rig->arena, body.len + 1, struct tx_part);
	for (size_t at = 0; at < body.len;) {
		size_t end = str_find_char(body, '&', at), sign;
		struct tx_part *part = &rig->tx.parts[rig->tx.part_count++];
		bool file = body.ptr[at] == '@';

		end = end == NOT_FOUND ? body.len : end;
		sign = str_find_char(body, '=', at);
		part->name = str_slice(body, at + file, sign);
		part->value = str_slice(body, sign + 1, end);
		if (file)
			part->file = part->value;
		use->pairs[use->pair_count++] = (struct page_pair){.name = part->name,
								   .value = part->value,
								   .part = part,
								   .location = LOCATION_PART};
		at = end + 1;
	}
}

static void put_values(struct buf *out, const struct page_value *values, size_t count)
{
	static const char *const words[] = {
	    [PAGE_VALUE_TEXT] = "", [PAGE_VALUE_NOTHING] = "null", [PAGE_VALUE_YES] = "yes",
	    [PAGE_VALUE_NO] = "no", [PAGE_VALUE_LIST] = "",	   [PAGE_VALUE_FILE] = "file ",
	};

	for (size_t i = 0; i < count; i++) {
		const struct page_value *v = &values[i];

		buf_printf(out, "%s%.*s: %s", i ? ", " : "", STR_ARG(v->name), words[v->kind]);
		for (size_t k = 0;
		     k < v->item_count && v->kind != PAGE_VALUE_YES && v->kind != PAGE_VALUE_NO;
		     k++)
			buf_printf(out, "%s%s%.*s", k ? " | " : "",
				   v->items[k].control.ptr ? "=" : "",
				   STR_ARG(v->items[k].control.ptr ? v->items[k].control
								   : v->items[k].pair->value));
	}
}

static void describe(struct rig *rig, enum form_match match)
{
	static const char *const reasons[] = {
	    [FORM_MATCH_NO_PAGE] = "no page", [FORM_MATCH_NO_ADDRESS] = "no address",
	    [FORM_MATCH_NAMES] = "names",     [FORM_MATCH_UNEQUAL] = "unequal",
	    [FORM_MATCH_SEVERAL] = "several", [FORM_MATCH_FOUND] = "",
	};
	const struct page_use *use = &rig->values.use;

	buf_add(&rig->out, str_of(reasons[match]));
	if (match != FORM_MATCH_FOUND)
		return;
	buf_printf(&rig->out, "form %u {", rig->values.form);
	put_values(&rig->out, use->values.items, use->values.count);
	buf_add_char(&rig->out, '}');
	if (use->button.len)
		buf_printf(&rig->out, " button %.*s", STR_ARG(use->button));
	if (use->no_button)
		buf_add(&rig->out, STR(" no button"));
	if (use->enctype.len)
		buf_printf(&rig->out, " as %.*s", STR_ARG(use->enctype));
	if (use->form.len)
		buf_printf(&rig->out, " form %.*s", STR_ARG(use->form));
	if (use->added.count) {
		buf_add(&rig->out, STR(" add {"));
		put_values(&rig->out, use->added.items, use->added.count);
		buf_add_char(&rig->out, '}');
	}
}

static void check(const char *html, const char *url, const char *body, const char *expected)
{
	struct html_page_source source = {str_of(html), STR("text/html; charset=utf-8"), STR(URL)};
	struct rig rig = {.tx = {.method = STR("POST"), .url = str_of(url)}};

	arena_init(&rig.arena, 0);
	buf_init(&rig.out, 0);
	html_page_read(&rig.page, &rig.arena, &source, HTML_PAGE_FORMS);
	add_pairs(&rig, str_of(body));
	describe(&rig, form_match_find(&rig.arena, &rig.page, &rig.tx, &rig.values));
	if (!str_eq(buf_str(&rig.out), str_of(expected)))
		fail_msg("%s: '%s' instead of '%s'", html, rig.out.data, expected);
	buf_release(&rig.out);
	arena_release(&rig.arena);
}

#define FORM(in) "<form method=post>" in "</form>"

static void test_values(void **state)
{
	static const char *const rows[][3] = {
	    /* page, request, what differs */
	    {FORM("<input name=a value=1>"), "a=1", "form 0 {}"},
	    {FORM("<input name=a value=1>"), "a=2", "form 0 {a: 2}"},
	    {FORM("<input name=a><input name=a>"), "a=1&a=2", "form 0 {a: 1 | 2}"},
	    {FORM("<input name=a value=1>"), "a=1&a=2", "form 0 {} add {a: 2}"},
	    {FORM("<input type=hidden name=a value=1>"), "a=1&a=1", "form 0 {} add {a: =a}"},
	    {FORM("<input type=hidden name=a value=1234567890><input name=b>"),
	     "a=1234567890&b=x&c=1234567890", "form 0 {b: x} add {c: =a}"},
	    {FORM("<input type=hidden name=a value=1><input name=b>"), "a=1&b=&c=1",
	     "form 0 {} add {c: 1}"},
	    {FORM("<input type=checkbox name=a value=x><input name=b>"),
	     "a=x&b=", "form 0 {a: yes}"},
	    {FORM("<input type=checkbox name=a checked><input name=b>"), "b=", "form 0 {a: no}"},
	    {FORM("<input type=checkbox name=a value=x><input name=b>"),
	     "a=y&b=", "form 0 {a: null} add {a: y}"},
	    {FORM("<input type=hidden name=a value=0><input type=checkbox name=a value=1>"),
	     "a=0&a=1", "form 0 {a: yes}"},
	    {FORM("<input type=hidden name=a value=0><input type=checkbox name=a value=1 checked>"),
	     "a=0", "form 0 {a: no}"},
	    {FORM("<input type=radio name=a value=1><input type=radio name=a value=2>"), "a=2",
	     "form 0 {a: 2}"},
	    {FORM("<input type=radio name=a value=1 checked><input name=b>"),
	     "b=", "form 0 {a: null}"},
	    {FORM("<select name=a><option>x<option>y</select>"), "a=y", "form 0 {a: y}"},
	    {FORM("<select name=a><option>x</select><input name=b>"),
	     "a=z&b=", "form 0 {a: null} add {a: z}"},
	    {FORM("<select multiple name=a><option selected>x<option>y</select>"), "a=x&a=y",
	     "form 0 {a: x | y}"},
	    {FORM("<textarea name=a>\none\ntwo</textarea>"), "a=one\r\ntwo", "form 0 {}"},
	    {FORM("<input name=a disabled><input name=b>"), "a=1&b=", "form 0 {a: 1}"},
	    {FORM("<input name=a><input type=hidden name=b><input name=c>"), "a=1&b=2&c=3",
	     "form 0 {a: 1, c: 3, b: 2}"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check(rows[i][0], URL, rows[i][1], rows[i][2]);
}

static void test_buttons(void **state)
{
	static const char *const rows[][3] = {
	    {FORM("<input name=a><button>Go</button>"), "a=1", "form 0 {a: 1}"},
	    {FORM("<input name=a><button name=b value=1>Go</button>"), "a=1&b=1", "form 0 {a: 1}"},
	    {FORM("<input name=a><button name=b>Go</button>"), "a=1", "form 0 {a: 1} no button"},
	    {FORM("<input name=a><button>Go</button><button name=b>Stop</button>"),
	     "a=1&b=", "form 0 {a: 1} button Stop"},
	    {FORM("<input name=a><button>Go</button><button name=b>Stop 3</button>"),
	     "a=1&b=", "form 0 {a: 1} button b"},
	    {FORM("<input name=a value=1><button name=b value=1>Go</button>"
		  "<button name=b value=2>Stop</button>"),
	     "a=1&b=2", "form 0 {} button Stop"},
	    {FORM("<input name=a value=1><button>Go</button>"), "a=1", "form 0 {} button Go"},
	    {FORM("<input name=a><input type=image name=i>"), "a=1&i.x=4&i.y=5", "form 0 {a: 1}"},
	    {FORM("<input type=image>"), "x=4&y=5", "form 0 {}"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check(rows[i][0], URL, rows[i][1], rows[i][2]);
}

static void test_choice(void **state)
{
	static const char *const rows[][3] = {
	    {"<form method=post action=/other><input name=a></form>", "a=1", "no address"},
	    {"<form action=/new><input name=a></form>", "a=1", "no address"},
	    {"<form method=dialog><input name=a></form>", "a=1", "no address"},
	    {"<form method=post action=/new#top><input name=a></form>", "a=1", "form 0 {a: 1}"},
	    {FORM("<input name=a><input name=b><input name=c>"), "a=1", "names"},
	    {"<form method=post enctype=multipart/form-data><input name=a></form>", "a=1",
	     "form 0 {a: 1} as application/x-www-form-urlencoded"},
	    {FORM("<input name=a dirname=d>"), "a=1", "unequal"},
	    {FORM("<input name=a><input name=b>") FORM("<input name=a>"), "a=1&c=2", "several"},
	    {FORM("<input name=a><input name=b>") FORM("<input name=a><input name=c>"), "a=1&c=2",
	     "form 1 {a: 1, c: 2}"},
	    {FORM("<input name=a><button>Go</button>")
		 FORM("<input name=a><input type=hidden name=b>"
		      "<button>Stop</button>"),
	     "a=1&b=", "form 1 {a: 1} button Stop"},
	    /* Equal forms are one; the hidden value that distinguishes them is sent. */
	    {FORM("<input type=hidden name=i value=1><button>Drop</button>")
		 FORM("<input type=hidden name=i value=2><button>Drop</button>"),
	     "i=2", "form 0 {i: 2} button Drop"},
	    {"<form method=post id=f1><input name=a></form>"
	     "<form method=post id=second><input name=a><input type=hidden name=b></form>",
	     "a=1&b=", "form 1 {a: 1} form #second"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check(rows[i][0], URL, rows[i][1], rows[i][2]);
	check("<form method=post action='/new?v=2'><input name=a></form>", URL "?v=2", "a=1",
	      "form 0 {a: 1}");
	check("<form method=post action='/new?v=2'><input name=a></form>", URL, "a=1",
	      "no address");
}

/* A list with boxes for many things and a button in each row: memory must not grow with their
 * product. */
static void test_large_form(void **state)
{
	enum { THINGS = 400 };
	struct html_page_source source = {.content_type = STR("text/html; charset=utf-8"),
					  .url = STR(URL)};
	struct rig rig = {.tx = {.method = STR("POST"), .url = STR(URL)}};
	const struct page_use *use = &rig.values.use;
	struct buf page, body;
	size_t before;

	(void)state;
	arena_init(&rig.arena, 0);
	buf_init(&page, 0);
	buf_init(&body, 0);
	buf_add(&page, STR("<form method=post>"));
	for (int i = 0; i < THINGS; i++) {
		buf_printf(&page, "<input name=t%d><input type=checkbox name=ids value=%d>", i, i);
		buf_printf(&page, "<button>Edit</button>");
		buf_printf(&body, "%st%d=x&ids=%d", i ? "&" : "", i, i);
	}
	buf_add(&page, STR("</form>"));
	source.body = buf_str(&page);
	html_page_read(&rig.page, &rig.arena, &source, HTML_PAGE_FORMS);
	add_pairs(&rig, buf_str(&body));
	before = rig.arena.total - rig.arena.left;
	assert_true(form_values_derive(&rig.arena, &rig.page, 0, HTML_PAGE_NONE, &rig.values));
	assert_in_range(rig.arena.total - rig.arena.left - before, 0, 1 << 20);
	assert_int_equal(use->values.count, THINGS + 1);
	for (size_t i = 0; i < use->values.count; i++) {
		const struct page_value *value = &use->values.items[i];

		if (!str_eq(value->name, STR("ids")))
			continue;
		assert_int_equal(value->item_count, THINGS);
		for (size_t k = 0; k < THINGS; k++)
			assert_ptr_equal(value->items[k].pair, &use->pairs[2 * k + 1]);
	}
	buf_release(&page);
	buf_release(&body);
	arena_release(&rig.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_values),
	    cmocka_unit_test(test_buttons),
	    cmocka_unit_test(test_choice),
	    cmocka_unit_test(test_large_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
