/* Extractors on pages and headers, hostile ones among them. */
#include <time.h>

#include "compiled.h"

#include "base/regex.h"
#include "interface/extract.h"

struct search {
	struct arena arena;
	struct diag_list diags;
	struct scratch scratch;
	struct matches matches;
	struct buf said;
};

static const struct extract_kind *kind_of(const char *name)
{
	for (size_t i = 0; i < all_tables.extract_count; i++)
		if (strcmp(all_tables.extracts[i]->name, name) == 0)
			return all_tables.extracts[i];
	fail_msg("no extractor %s", name);
	return NULL;
}

static void begin(struct search *s)
{
	*s = (struct search){0};
	arena_init(&s->arena, 0);
	diag_init(&s->diags, &s->arena);
	scratch_init(&s->scratch);
	buf_init(&s->said, 0);
}

static void end(struct search *s)
{
	buf_release(&s->said);
	scratch_release(&s->scratch);
	arena_release(&s->arena);
}

/* All values that KIND finds for VALUE in SUBJECT, joined by `|`. */
static const char *find(struct search *s, const char *kind, const char *value, struct str subject,
			size_t wanted)
{
	const struct extract_kind *k = kind_of(kind);
	struct extract extract = {.kind = k, .value = {.raw = str_of(value)}};
	struct response response = {.body = subject,
				    .headers = subject,
				    .status = 302,
				    .url = STR("http://h/x?a=1"),
				    .time = 1500 * NS_PER_US};
	const void *plan = k->prepare(&s->arena, &s->diags, &extract, false);

	assert_non_null(plan);
	scratch_clear(&s->scratch);
	buf_clear(&s->said);
	s->matches = (struct matches){.wanted = wanted};
	assert_int_equal(k->find(plan, &response, subject, &s->scratch, &s->matches), FIND_OK);
	for (size_t i = 0; i < s->matches.count; i++) {
		if (i)
			buf_add_char(&s->said, '|');
		value_put(&s->said, s->matches.items[i]);
	}
	if (k->release)
		k->release(plan);
	return s->said.len ? s->said.data : "";
}

struct row {
	const char *value, *subject, *found;
};

static void run_rows(const char *kind, const struct row *rows, size_t count)
{
	struct search s;

	begin(&s);
	for (size_t i = 0; i < count; i++) {
		const char *found = find(&s, kind, rows[i].value, str_of(rows[i].subject), 0);

		if (strcmp(found, rows[i].found) != 0)
			fail_msg("%s %s in %s: \"%s\", not \"%s\"", kind, rows[i].value,
				 rows[i].subject, found, rows[i].found);
	}
	end(&s);
}

#define ROWS(kind, rows) run_rows(kind, rows, sizeof(rows) / sizeof(rows)[0])

static void test_form_field(void **state)
{
	static const struct row rows[] = {
	    {"t", "<input name=\"t\" value=\"1\">", "1"},
	    {"t", "<INPUT type=hidden value='a b' NAME='t'/>", "a b"},
	    {"t", "<input value=x1 name=t>", "x1"},
	    {"t", "<input name=t value=a/b/>", "a/b/"},
	    {"t", "<input  name = \"t\"\n value\t=\n\"5\" >", "5"},
	    {"t", "<input name=t>", ""},
	    {"t", "<input name=tt value=1><input name=t value=2>", "2"},
	    {"t", "<input name=t value=1><p><input name=t value=2>", "1|2"},
	    {"t", "<input name=t value=\"a&amp;b &quot;c&#34; &#x41;&nope; &\">",
	     "a&b \"c\" A&nope; &"},
	    {"a&b", "<input name=\"a&amp;b\" value=1>", "1"},
	    {"user[name]", "<input name=\"user[name]\" value=1>", "1"},
	    {"t", "<!-- <input name=t value=no> --><input name=t value=yes>", "yes"},
	    {"t", "<script>'<input name=t value=no>'</script><input name=t value=yes>", "yes"},
	    {"t", "<style></style><input data-x=\"<input name=t value=no>\" name=t value=yes>",
	     "yes"},
	    {"t", "<input title=\"a > b\" name=t value=1>", "1"},
	    {"t", "<textarea name=t>\n one\n<b> &lt;</textarea>", " one\n<b> <"},
	    {"t", "<textarea name=x><input name=t value=no></textarea>", ""},
	    {"t", "<select name=t><option value=1>a<option value=2 selected>b</select>", "2"},
	    {"t", "<select name=t><option value=1>a</option><option>b</option></select>", "1"},
	    {"t", "<select name=t><option> first </option></select>", "first"},
	    {"t", "<select name=t multiple><option selected>a<option selected>b</select>", "a|b"},
	    {"t", "<select name=x><option value=no selected></select>", ""},
	    {"t", "<select name=t multiple><option>a</select>", ""},
	    {"t", "<select name=t><option value=1 disabled selected>a<option value=2>b</select>",
	     ""},
	    {"t", "<select name=t><option value=1 disabled>a<option value=2>b</select>", "2"},
	    {"t", "<select name=t><optgroup disabled><option>a</optgroup><option>b</select>", "b"},
	    {"t", "<select name=t size=4><option>a<option>b</select>", ""},
	    {"t", "<select name=t multiple><option disabled selected>a<option selected>b</select>",
	     "b"},
	    {"t", "<fieldset disabled><input name=t value=no></fieldset><input name=t value=yes>",
	     "yes"},
	    {"t", "<fieldset disabled><legend><input name=t value=yes></legend></fieldset>", "yes"},
	    {"t", "<template><input name=t value=no></template><input name=t value=yes>", "yes"},
	    {"t", "<input type=number name=t value=x><input type=email name=t value=' a@b '>",
	     "|a@b"},
	    {"t",
	     "<input type=radio name=t value=a checked><input type=radio name=t value=b checked>",
	     "b"},
	    {"t", "<input type=file name=t value=x>", ""},
	    {"t", "<select name=t><option value=1 selected>a<option value=2 selected>b</select>",
	     "2"},
	    {"t", "<select name=t disabled><option value=1></select><input name=t value=2>", "2"},
	    {"t", "<input name=t value=old disabled><input name=t value=new>", "new"},
	    {"t", "<textarea name=t disabled>old</textarea>", ""},
	    {"t", "<select name=t><option value=1>a", "1"},
	    {"t",
	     "<input type=checkbox name=t value=no><input type=checkbox checked name=t value=on>",
	     "on"},
	    {"t", "<input type=radio name=t value=a><input type=RADIO name=t value=b CHECKED>",
	     "b"},
	    {"t", "<button name=t value=go>x</button>", "go"},
	    {"t", "<input name=t value='unclosed", ""},
	    {"t", "<input name=t value=1", ""},
	    {"t", "< input name=t value=no>", ""},
	    {"t", "t", ""},
	    {"t", "<", ""},
	    {"t", "</", ""},
	    {"t", "<!--", ""},
	    {"t", "<a t=", ""},
	};

	(void)state;
	ROWS("form_field", rows);
}

static void test_regex(void **state)
{
	static const struct row rows[] = {
	    {"id=(\\d+)", "id=1 id=22 x", "1|22"},
	    {"\\d+", "a1b22", "1|22"},
	    {"(?:a|(b))c", "ac bc", "|b"},
	    {"x*", "ab", "||"},
	    {"^a$", "b\na", ""},
	    {"(?m)^a$", "b\na", "a"},
	};

	(void)state;
	ROWS("regex", rows);
}

static void test_header(void **state)
{
	static const char headers[] = "Location: /a \r\nX-One:1\r\nset-cookie: a=1\r\n"
				      "Set-Cookie: b=2\r\nX-Empty:\r\nno colon\r\n";
	static const struct row rows[] = {
	    {"location", headers, "/a"},
	    {"X-ONE", headers, "1"},
	    {"Set-Cookie", headers, "a=1|b=2"},
	    {"X-Empty", headers, ""},
	    {"X", headers, ""},
	};

	(void)state;
	ROWS("header", rows);
}

static void test_cookie(void **state)
{
	static const char headers[] = "Set-Cookie: sid=a b; Path=/; HttpOnly\r\n"
				      "set-cookie: lang = de\r\nSet-Cookie: sid=2\r\n"
				      "Set-Cookie: =x\r\nSet-Cookie: bare\r\nCookie: sid=no\r\n";
	static const struct row rows[] = {
	    {"sid", headers, "a b|2"}, {"lang", headers, "de"}, {"SID", headers, ""},
	    {"bare", headers, ""},     {"Path", headers, ""},
	};

	(void)state;
	ROWS("cookie", rows);
}

static void test_taken(void **state)
{
	static const struct row status[] = {{"yes", "x", "302"}};
	static const struct row url[] = {{"yes", "x", "http://h/x?a=1"}};
	static const struct row time[] = {{"yes", "x", "1.5"}};
	static const struct row body[] = {{"true", "the body", "the body"}};
	static const struct row size[] = {{"yes", "the body", "8"}};

	(void)state;
	ROWS("status", status);
	ROWS("url", url);
	ROWS("time", time);
	ROWS("body", body);
	ROWS("size", size);
}

static void test_values_to_find(void **state)
{
	struct search s;

	(void)state;
	begin(&s);
	assert_string_equal(find(&s, "regex", "\\d", STR("1 2 3 4"), 2), "1|2");
	assert_string_equal(
	    find(&s, "form_field", "t", STR("<input name=t value=1><input name=t value=2>"), 1),
	    "1");
	end(&s);
}

/* The time for pages that are designed to be slow is proportional to their length. */
static void test_linear(void **state)
{
	static const char *const pieces[] = {"<",
					     "<a ",
					     "<!--",
					     "</",
					     "<script>",
					     "<a b=\"",
					     "<textarea>",
					     "<select name=t>",
					     "<option>",
					     "&",
					     "<input name=t ",
					     "<a b='\"",
					     "<input name=&",
					     "=\"\" "};
	struct search s;

	(void)state;
	begin(&s);
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		struct buf page;

		buf_init(&page, 0);
		while (page.len < 400000)
			buf_add(&page, str_of(pieces[i]));
		buf_add(&page, STR("t"));
		clock_t start = clock();
		find(&s, "form_field", "t", buf_str(&page), 1);
		if (clock() - start > 10 * CLOCKS_PER_SEC)
			fail_msg("a page of \"%s\" takes too long", pieces[i]);
		buf_release(&page);
	}
	end(&s);
}

static void test_limit(void **state)
{
	const struct extract_kind *k = kind_of("regex");
	struct extract extract = {.kind = k, .value = {.raw = STR("(a+)+$")}};
	struct str subject = STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab");
	struct response response = {.body = subject};
	struct search s;

	(void)state;
	begin(&s);
	const void *plan = k->prepare(&s.arena, &s.diags, &extract, false);
	assert_int_equal(k->find(plan, &response, subject, &s.scratch, &s.matches), FIND_LIMIT);
	k->release(plan);
	end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_form_field), cmocka_unit_test(test_regex),
	    cmocka_unit_test(test_header),     cmocka_unit_test(test_values_to_find),
	    cmocka_unit_test(test_cookie),     cmocka_unit_test(test_taken),
	    cmocka_unit_test(test_linear),     cmocka_unit_test(test_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
