/* Proposals of extractors for a value that is selected in a response. Each line is a proposal:
 * source, entry of `extract:`, number of matches, values. */
#include "compiled.h"

#include "finder/proposal.h"

struct proposal_test {
	struct arena arena;
	struct finder finder;
	struct buf said, error;
	struct proposals all;
};

static void begin(struct proposal_test *t)
{
	arena_init(&t->arena, 0);
	finder_init(&t->finder, &all_tables, &t->arena);
	buf_init(&t->said, 0);
	buf_init(&t->error, 0);
}

static void end(struct proposal_test *t)
{
	finder_release(&t->finder);
	buf_release(&t->said);
	buf_release(&t->error);
	arena_release(&t->arena);
}

static void put(struct proposal_test *t, const struct proposal *one)
{
	struct json_writer j = json_writer_spaced(&t->said);

	buf_printf(&t->said, "%s ", proposal_source_name(one->source));
	proposal_put_extract(&j, NULL, &one->spec);
	buf_printf(&t->said, " %zu:", one->matches);
	for (size_t i = 0; i < one->value_count; i++)
		buf_printf(&t->said, " %.*s", STR_ARG(one->values[i]));
	buf_printf(&t->said, " (%.*s)\n", STR_ARG(one->label));
}

static const char *propose(struct proposal_test *t, const char *headers, const char *body,
			   struct proposal_place place)
{
	buf_clear(&t->said);
	buf_clear(&t->error);
	finder_read(&t->finder, &(struct response){.status = 200,
						   .headers = str_of(headers),
						   .body = str_of(body),
						   .url = STR("http://h/page")});
	if (!proposal_find(&t->finder, &place, &t->all, &t->error))
		return t->error.data;
	buf_printf(&t->said, "%.*s\n", STR_ARG(t->all.value));
	for (size_t i = 0; i < t->all.items.count; i++)
		put(t, &t->all.items.items[i]);
	return t->said.data;
}

/* Where WORD is in BODY. */
static struct proposal_place text_at(const char *body, const char *word)
{
	size_t at = str_find(str_of(body), str_of(word), 0);

	assert_int_not_equal(at, NOT_FOUND);
	return (struct proposal_place){
	    .kind = PROPOSAL_AT_TEXT, .begin = at, .end = at + strlen(word)};
}

#define HATS                                                                                       \
	"{\"total\": 3, \"items\": [{\"id\": \"h-104\", \"name\": \"Felt hat\", \"price\": "       \
	"39.9}, {\"id\": \"h-221\", \"name\": \"Straw hat\", \"price\": 24.50}, "                  \
	"{\"id\": \"h-377\", \"name\": \"Top hat\", \"price\": 89}], \"token\": \"a-b/c\"}"

static void test_json(void **state)
{
	struct proposal_test t;
	const struct proposal_place second = {.kind = PROPOSAL_AT_JSON,
					      .name = STR("$.items[1].id")};

	(void)state;
	begin(&t);
	assert_string_equal(propose(&t, "", HATS, second),
			    "h-221\n"
			    "json_name {\"jsonpath\": \"$.items[*].id\", \"match\": \"random\"} 3: "
			    "h-104 h-221 h-377 (Any of these 3)\n"
			    "json_name {\"jsonpath\": \"$.items[?(@.name == 'Straw hat')].id\"} 1: "
			    "h-221 (The one whose name is \"Straw hat\")\n"
			    "json_name {\"jsonpath\": \"$.items[*].id\", \"match\": \"all\"} 3: "
			    "h-104 h-221 h-377 (All of these 3, as a list)\n"
			    "json_place {\"jsonpath\": \"$.items[1].id\"} 1: h-221 (The second)\n"
			    "regex {\"regex\": \" \\\\{\\\"id\\\": \\\"([^\\\"\\\\s]+)\"} 2: h-221 "
			    "(The text that the pattern  \\{\"id\": \"([^\"\\s]+) finds)\n"
			    "boundary {\"boundary\": {\"left\": \" {\\\"id\\\": \\\"\", \"right\": "
			    "\"\\\"\"}} 2: h-221 (The text between ' {\"id\": \"' and '\"')\n");
	assert_string_equal(propose(&t, "", HATS, text_at(HATS, "raw")),
			    "raw\n"
			    "regex {\"regex\": \"name\\\": \\\"St([^ ]+)\"} 1: raw (The text that "
			    "the pattern name\": \"St([^ ]+) finds)\n"
			    "boundary {\"boundary\": {\"left\": \"name\\\": \\\"St\", \"right\": "
			    "\" \"}} 1: raw (The text between 'name\": \"St' and ' ')\n");
	assert_string_equal(
	    propose(&t, "", HATS, (struct proposal_place){.name = STR("$.token")}),
	    "a-b/c\n"
	    "json_name {\"jsonpath\": \"$.token\"} 1: a-b/c (The value at $.token)\n"
	    "regex {\"regex\": \"token\\\": \\\"([^\\\"\\\\s]+)\"} 1: a-b/c (The text that the "
	    "pattern token\": \"([^\"\\s]+) finds)\n"
	    "boundary {\"boundary\": {\"left\": \"token\\\": \\\"\", \"right\": \"\\\"\"}} 1: "
	    "a-b/c (The text between 'token\": \"' and '\"')\n");
	assert_string_equal(
	    propose(&t, "", HATS, (struct proposal_place){.name = STR("$.items[0]")}),
	    "{\"id\":\"h-104\",\"name\":\"Felt hat\",\"price\":39.9}\n"
	    "json_name {\"jsonpath\": \"$.items[*]\", \"match\": \"random\"} 3: "
	    "{\"id\":\"h-104\",\"name\":\"Felt hat\",\"price\":39.9} "
	    "{\"id\":\"h-221\",\"name\":\"Straw hat\",\"price\":24.50} "
	    "{\"id\":\"h-377\",\"name\":\"Top hat\",\"price\":89} (Any of these 3)\n"
	    "json_name {\"jsonpath\": \"$.items[*]\", \"match\": \"all\"} 3: "
	    "{\"id\":\"h-104\",\"name\":\"Felt hat\",\"price\":39.9} "
	    "{\"id\":\"h-221\",\"name\":\"Straw hat\",\"price\":24.50} "
	    "{\"id\":\"h-377\",\"name\":\"Top hat\",\"price\":89} (All of these 3, as a list)\n"
	    "json_place {\"jsonpath\": \"$.items[0]\"} 1: {\"id\":\"h-104\",\"name\":\"Felt "
	    "hat\",\"price\":39.9} (The first)\n");
	assert_string_equal(propose(&t, "", "[[{\"a\": 1}, {\"a\": 2}], [{\"a\": 3}]]",
				    (struct proposal_place){.name = STR("$[0][1].a")}),
			    "2\n"
			    "json_name {\"jsonpath\": \"$[0][*].a\", \"match\": \"random\"} 2: 1 2 "
			    "(Any of these 2)\n"
			    "json_name {\"jsonpath\": \"$[0][*].a\", \"match\": \"all\"} 2: 1 2 "
			    "(All of these 2, as a list)\n"
			    "json_name {\"jsonpath\": \"$[*][*].a\", \"match\": \"random\"} 3: 1 2 "
			    "3 (Any of all 3)\n"
			    "json_place {\"jsonpath\": \"$[0][1].a\"} 1: 2 (The second)\n");
	assert_string_equal(
	    propose(&t, "", HATS, (struct proposal_place){.name = STR("$.nothing")}),
	    "the body has no value at $.nothing");
	assert_string_equal(
	    propose(&t, "", HATS, (struct proposal_place){.name = STR("items[")}),
	    "'items[' is not a JSONPath: a JSONPath starts with $, such as $.items[0].id");
	assert_string_equal(propose(&t, "", "x", second), "the body is not JSON");
	end(&t);
}

#define PAGE                                                                                       \
	"<!doctype html><html><head><meta name=\"csrf\" content=\"meta-token\"></head><body>"      \
	"<form id=login action=/login><input type=hidden name=\"csrf_token\" value=\"tok&amp;1\">" \
	"<select name=size><option>S<option selected>M</select></form>"                            \
	"<p id=\"greeting\">Hello <b>Ann</b></p>"                                                  \
	"<div data-token=\"data-abc\" class=x></div>"                                              \
	"<ul class=hats><li class=hat><a href=\"/hat/104\">Felt hat</a> <i>39.90</i>"              \
	"<li class=hat><a href=\"/hat/221\">Straw hat</a> <i>24.50</i>"                            \
	"<li class=hat><a href=\"/hat/377\">Top hat</a> <i>89.00</i></ul>"                         \
	"<table><tr><td>one<td>two</table>"                                                        \
	"<script>var key = 'script-key';</script></body></html>"

static void test_page(void **state)
{
	struct proposal_test t;
	const char *html = "Content-Type: text/html\r\n";

	(void)state;
	begin(&t);
	assert_string_equal(
	    propose(
		&t, html, PAGE,
		(struct proposal_place){.kind = PROPOSAL_AT_FORM_FIELD, .name = STR("csrf_token")}),
	    "tok&1\n"
	    "form_field {\"form_field\": \"csrf_token\"} 1: tok&1 (The form field csrf_token)\n"
	    "css_name {\"css\": \"input[name=\\\"csrf_token\\\"]\", \"attribute\": \"value\"} 1: "
	    "tok&1 (The attribute value of the element input[name=\"csrf_token\"])\n"
	    "css_place {\"css\": \"#login > input\", \"attribute\": \"value\"} 1: tok&1 (The "
	    "attribute value at this place of the page)\n");
	assert_string_equal(
	    propose(&t, html, PAGE,
		    (struct proposal_place){.kind = PROPOSAL_AT_FORM_FIELD, .name = STR("size")}),
	    "M\n"
	    "form_field {\"form_field\": \"size\"} 1: M (The form field size)\n");
	assert_string_equal(
	    propose(&t, html, PAGE,
		    (struct proposal_place){.kind = PROPOSAL_AT_ELEMENT, .name = STR("meta")}),
	    "meta-token\n"
	    "css_name {\"css\": \"meta[name=\\\"csrf\\\"]\", \"attribute\": \"content\"} 1: "
	    "meta-token (The attribute content of the element meta[name=\"csrf\"])\n"
	    "css_place {\"css\": \"html > head > meta\", \"attribute\": \"content\"} 1: meta-token "
	    "(The attribute content at this place of the page)\n"
	    "regex {\"regex\": \"content=\\\"([^\\\"\\\\s]+)\"} 1: meta-token (The text that the "
	    "pattern content=\"([^\"\\s]+) finds)\n"
	    "boundary {\"boundary\": {\"left\": \"content=\\\"\", \"right\": \"\\\"\"}} 1: "
	    "meta-token (The text between 'content=\"' and '\"')\n");
	assert_string_equal(
	    propose(&t, html, PAGE,
		    (struct proposal_place){.kind = PROPOSAL_AT_ELEMENT, .name = STR("p")}),
	    "Hello Ann\n"
	    "css_name {\"css\": \"#greeting\"} 1: Hello Ann (The text of the element #greeting)\n"
	    "css_place {\"css\": \"html > body > p\"} 1: Hello Ann (The text at this place of the "
	    "page)\n");
	assert_string_equal(
	    propose(&t, html, PAGE,
		    (struct proposal_place){.kind = PROPOSAL_AT_ELEMENT,
					    .name = STR("li:nth-of-type(2) > a"),
					    .attribute = STR("href")}),
	    "/hat/221\n"
	    "css_name {\"link\": \"Straw hat\"} 1: http://h/hat/221 (The address of the link "
	    "\"Straw hat\")\n"
	    "css_name {\"css\": \"html > body > ul > li:has(a:contains(\\\"Straw hat\\\")) > a\", "
	    "\"attribute\": \"href\"} 1: /hat/221 (The one beside \"Straw hat\")\n"
	    "css_place {\"css\": \"html > body > ul > li > a\", \"attribute\": \"href\", "
	    "\"match\": \"random\"} 3: /hat/104 /hat/221 /hat/377 (Any of these 3)\n"
	    "css_place {\"css\": \"html > body > ul > li > a\", \"attribute\": \"href\", "
	    "\"match\": \"all\"} 3: /hat/104 /hat/221 /hat/377 (All of these 3, as a list)\n"
	    "css_place {\"css\": \"html > body > ul > li > a\", \"attribute\": \"href\", "
	    "\"match\": 2} 3: /hat/221 (The second)\n"
	    "css_place {\"css\": \"html > body > ul > li:nth-of-type(2) > a\", \"attribute\": "
	    "\"href\"} 1: /hat/221 (The attribute href at this place of the page)\n"
	    "regex {\"regex\": \"i><li class=hat><a href=\\\"([^\\\"\\\\s]+)\"} 2: /hat/221 (The "
	    "text that the pattern i><li class=hat><a href=\"([^\"\\s]+) finds)\n"
	    "boundary {\"boundary\": {\"left\": \"i><li class=hat><a href=\\\"\", \"right\": "
	    "\"\\\"\"}} 2: /hat/221 (The text between 'i><li class=hat><a href=\"' and '\"')\n");
	assert_string_equal(propose(&t, html, PAGE, text_at(PAGE, "24.50")),
			    "24.50\n"
			    "css_name {\"css\": \"html > body > ul > li:has(a:contains(\\\"Straw "
			    "hat\\\")) > i\"} 1: 24.50 (The one beside \"Straw hat\")\n"
			    "css_place {\"css\": \"html > body > ul > li > i\", \"match\": "
			    "\"random\"} 3: 39.90 24.50 89.00 (Any of these 3)\n"
			    "css_place {\"css\": \"html > body > ul > li > i\", \"match\": "
			    "\"all\"} 3: 39.90 24.50 89.00 (All of these 3, as a list)\n"
			    "css_place {\"css\": \"html > body > ul > li > i\", \"match\": 2} 3: "
			    "24.50 (The second)\n"
			    "css_place {\"css\": \"html > body > ul > li:nth-of-type(2) > i\"} 1: "
			    "24.50 (The text at this place of the page)\n"
			    "regex {\"regex\": \"Straw hat</a> <i>([^<\\\\s]+)\"} 1: 24.50 (The "
			    "text that the pattern Straw hat</a> <i>([^<\\s]+) finds)\n"
			    "boundary {\"boundary\": {\"left\": \"Straw hat</a> <i>\", \"right\": "
			    "\"<\"}} 1: 24.50 (The text between 'Straw hat</a> <i>' and '<')\n");
	assert_string_equal(
	    propose(&t, html, PAGE, text_at(PAGE, "data-abc")),
	    "data-abc\n"
	    "css_name {\"css\": \"[data-token]\", \"attribute\": \"data-token\"} 1: data-abc (The "
	    "attribute data-token of the element [data-token])\n"
	    "css_place {\"css\": \"div.x\", \"attribute\": \"data-token\"} 1: data-abc (The "
	    "attribute data-token of the element div.x)\n"
	    "css_place {\"css\": \"html > body > div\", \"attribute\": \"data-token\"} 1: data-abc "
	    "(The attribute data-token at this place of the page)\n"
	    "regex {\"regex\": \"data-token=\\\"([^\\\"\\\\s]+)\"} 1: data-abc (The text that the "
	    "pattern data-token=\"([^\"\\s]+) finds)\n"
	    "boundary {\"boundary\": {\"left\": \"data-token=\\\"\", \"right\": \"\\\"\"}} 1: "
	    "data-abc (The text between 'data-token=\"' and '\"')\n");
	assert_string_equal(
	    propose(&t, html, PAGE, text_at(PAGE, "221")),
	    "221\n"
	    "css_name {\"link\": \"Straw hat\"} 1: http://h/hat/221 (The address of the link "
	    "\"Straw hat\")\n"
	    "regex {\"regex\": \"i><li class=hat><a href=\\\"/hat/([^\\\"\\\\s]+)\"} 2: 221 (The "
	    "text that the pattern i><li class=hat><a href=\"/hat/([^\"\\s]+) finds)\n"
	    "boundary {\"boundary\": {\"left\": \"i><li class=hat><a href=\\\"/hat/\", \"right\": "
	    "\"\\\"\"}} 2: 221 (The text between 'i><li class=hat><a href=\"/hat/' and '\"')\n");
	assert_string_equal(propose(&t, html, PAGE, text_at(PAGE, "script-key")),
			    "script-key\n"
			    "regex {\"regex\": \"var key = '([^'\\\\s]+)\"} 1: script-key (The "
			    "text that the pattern var key = '([^'\\s]+) finds)\n"
			    "boundary {\"boundary\": {\"left\": \"var key = '\", \"right\": "
			    "\"'\"}} 1: script-key (The text between 'var key = '' and ''')\n");
	assert_string_equal(propose(&t, html, PAGE, text_at(PAGE, "two")),
			    "two\n"
			    "css_place {\"css\": \"html > body > table > tr > td\", \"match\": "
			    "\"random\"} 2: one two (Any of these 2)\n"
			    "css_place {\"css\": \"html > body > table > tr > td\", \"match\": "
			    "\"all\"} 2: one two (All of these 2, as a list)\n"
			    "css_place {\"css\": \"html > body > table > tr > td\", \"match\": 2} "
			    "2: two (The second)\n"
			    "css_place {\"css\": \"html > body > table > tr > td:nth-of-type(2)\"} "
			    "1: two (The text at this place of the page)\n"
			    "regex {\"regex\": \"td>one<td>([^<\\\\s]+)\"} 1: two (The text that "
			    "the pattern td>one<td>([^<\\s]+) finds)\n"
			    "boundary {\"boundary\": {\"left\": \"td>one<td>\", \"right\": \"<\"}} "
			    "1: two (The text between 'td>one<td>' and '<')\n");
	/* As a browser names it: it adds tbody. */
	propose(&t, html, PAGE,
		(struct proposal_place){.kind = PROPOSAL_AT_ELEMENT,
					.name = STR("html > body > table > tbody > tr > "
						    "td:nth-of-type(2)")});
	assert_string_equal(t.all.value.ptr, "two");
	assert_string_equal(
	    propose(&t, html, PAGE,
		    (struct proposal_place){.kind = PROPOSAL_AT_ELEMENT, .name = STR("h7")}),
	    "no element matches \"h7\"");
	assert_string_equal(
	    propose(&t, html, PAGE,
		    (struct proposal_place){.kind = PROPOSAL_AT_ELEMENT, .name = STR("li[")}),
	    "'li[' is not a CSS selector: expected an attribute name");
	end(&t);
}

#define HEADERS                                                                                    \
	"Location: /orders/4711/edit?tab=2\r\nX-Request: abc def-77\r\n"                           \
	"Set-Cookie: sid=s-1234; Path=/\r\nSet-Cookie: lang=en\r\n"

static void test_headers(void **state)
{
	struct proposal_test t;

	(void)state;
	begin(&t);
	assert_string_equal(
	    propose(&t, HEADERS, "",
		    (struct proposal_place){.kind = PROPOSAL_AT_HEADER, .name = STR("location")}),
	    "/orders/4711/edit?tab=2\n"
	    "header {\"header\": \"location\"} 1: /orders/4711/edit?tab=2 (The header location)\n");
	assert_string_equal(propose(&t, HEADERS, "",
				    (struct proposal_place){.kind = PROPOSAL_AT_HEADER,
							    .name = STR("Location"),
							    .has_part = true,
							    .begin = 8,
							    .end = 12}),
			    "4711\n"
			    "regex {\"regex\": \"(?im)^Location:.*/orders/([^/?&#;\\\\s]+)\", "
			    "\"from\": \"headers\"} 1: 4711 (A part of the header Location)\n");
	assert_string_equal(propose(&t, HEADERS, "",
				    (struct proposal_place){.kind = PROPOSAL_AT_HEADER,
							    .name = STR("X-Request"),
							    .has_part = true,
							    .begin = 4,
							    .end = 10}),
			    "def-77\n"
			    "regex {\"regex\": \"(?i)abc ([^\\\\s\\\"';,&:|<>]+)\", \"from\": "
			    "\"headers\"} 1: def-77 (A part of the header X-Request)\n");
	assert_string_equal(propose(&t, HEADERS, "",
				    (struct proposal_place){.kind = PROPOSAL_AT_HEADER,
							    .name = STR("X-Request"),
							    .has_part = true,
							    .begin = 4,
							    .end = 11}),
			    "the response has no header X-Request with this value");
	assert_string_equal(
	    propose(&t, HEADERS, "",
		    (struct proposal_place){.kind = PROPOSAL_AT_HEADER, .name = STR("Age")}),
	    "the response has no header Age with this value");
	assert_string_equal(
	    propose(&t, HEADERS, "",
		    (struct proposal_place){.kind = PROPOSAL_AT_COOKIE, .name = STR("sid")}),
	    "s-1234\n"
	    "cookie {\"cookie\": \"sid\"} 1: s-1234 (The cookie sid)\n"
	    "regex {\"regex\": \"(?i)sid=([^\\\\s\\\"';,&:|<>]+)\", \"from\": \"headers\"} 1: "
	    "s-1234 (A part of the header Set-Cookie)\n");
	assert_string_equal(
	    propose(&t, HEADERS, "",
		    (struct proposal_place){.kind = PROPOSAL_AT_COOKIE, .name = STR("gone")}),
	    "the response does not set the cookie gone");
	end(&t);
}

static void test_text(void **state)
{
	struct proposal_test t;
	const char *xml = "<?xml version=\"1.0\"?><a><B id=\"1\"/><B>two</B></a>",
		   *text = "key=abc;\nnext=12";

	(void)state;
	begin(&t);
	assert_string_equal(
	    propose(&t, "", xml, text_at(xml, "two")),
	    "two\n"
	    "css_place {\"css\": \"a > B\", \"match\": \"random\"} 2:  two (Any of these 2)\n"
	    "css_place {\"css\": \"a > B\", \"match\": \"all\"} 2:  two (All of these 2, as a "
	    "list)\n"
	    "css_place {\"css\": \"a > B\", \"match\": 2} 2: two (The second)\n"
	    "css_place {\"css\": \"a > B:nth-of-type(2)\"} 1: two (The text at this place of the "
	    "page)\n"
	    "regex {\"regex\": \"\\\"1\\\"/><B>([^<\\\\s]+)\"} 1: two (The text that the pattern "
	    "\"1\"/><B>([^<\\s]+) finds)\n"
	    "boundary {\"boundary\": {\"left\": \"\\\"1\\\"/><B>\", \"right\": \"<\"}} 1: two (The "
	    "text between '\"1\"/><B>' and '<')\n");
	assert_string_equal(propose(&t, "", text, text_at(text, "abc")),
			    "abc\n"
			    "regex {\"regex\": \"key=([^;\\\\s]+)\"} 1: abc (The text that the "
			    "pattern key=([^;\\s]+) finds)\n"
			    "boundary {\"boundary\": {\"left\": \"key=\", \"right\": \";\"}} 1: "
			    "abc (The text between 'key=' and ';')\n");
	assert_string_equal(
	    propose(&t, "", "a-token\n", text_at("a-token", "a-token")),
	    "a-token\n"
	    "regex {\"regex\": \"^\\\\s*(\\\\S+)\\\\s*$\"} 1: a-token (The whole body)\n");
	assert_string_equal(propose(&t, "", "key=${x}.", text_at("key=${x}.", "${x}")),
			    "${x}\n"
			    "regex {\"regex\": \"key=([^.\\\\s]+)\"} 1: ${x} (The text that the "
			    "pattern key=([^.\\s]+) finds)\n"
			    "boundary {\"boundary\": {\"left\": \"key=\", \"right\": \".\"}} 1: "
			    "${x} (The text between 'key=' and '.')\n");
	assert_string_equal(
	    propose(&t, "", text,
		    (struct proposal_place){.kind = PROPOSAL_AT_TEXT, .begin = 3, .end = 99}),
	    "the body has no text at this place");
	assert_string_equal(
	    propose(&t, "", text,
		    (struct proposal_place){.kind = PROPOSAL_AT_TEXT, .begin = 3, .end = 3}),
	    "the body has no text at this place");
	end(&t);
}

/* In a second response an extractor finds another value, or none. */
static void test_again(void **state)
{
	struct proposal_test t;

	(void)state;
	begin(&t);
	propose(&t, "", HATS, (struct proposal_place){.name = STR("$.items[1].id")});
	proposal_try_again(
	    &t.finder,
	    &(struct response){.status = 200,
			       .body = STR("{\"items\":[{\"id\":\"h-5\"},{\"id\":\"h-6\"}]}")},
	    &t.all);
	assert_int_equal(t.all.items.count, 6);
	for (size_t i = 0; i < t.all.items.count; i++) {
		const struct proposal *one = &t.all.items.items[i];

		assert_true(one->has_again);
		/* The second response has neither the name nor the texts around the value. */
		assert_int_equal(one->holds, i < 3);
	}
	assert_string_equal(t.all.items.items[0].spec.value.ptr, "$.items[*].id");
	assert_true(str_eq(t.all.items.items[0].again, STR("h-5")));
	assert_string_equal(t.all.items.items[2].spec.value.ptr, "$.items[1].id");
	assert_true(str_eq(t.all.items.items[2].again, STR("h-6")));
	assert_int_equal(t.all.items.items[3].source, PROPOSAL_JSON_NAME);
	end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_json),    cmocka_unit_test(test_page),
	    cmocka_unit_test(test_headers), cmocka_unit_test(test_text),
	    cmocka_unit_test(test_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
