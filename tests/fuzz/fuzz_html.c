/*
 * libFuzzer target for HTML pages: the first byte selects the encoding and the button, the rest is
 * a page. Tokens are in the page and in their order; a page that was packed is the same after it
 * was unpacked; every form can be submitted, and its request has a valid address.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/url.h"
#include "html/html_link_query.h"
#include "html/html_submission.h"
#include "html/html_summary.h"
#include "html/html_token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "not true: %s\n", what);
	abort();
}

/* ---- tokens */

static void check_tokens(struct str text)
{
	struct html_tokenizer t;
	struct html_token token;
	struct html_attribute attribute;
	struct buf out;
	size_t before = 0;

	buf_init(&out, 0);
	html_token_init(&t, text);
	while (html_token_next(&t, &token)) {
		size_t at = 0;

		must(t.at > before && t.at <= text.len, "each token moves the position");
		must(!token.text.len || (token.text.ptr >= text.ptr + before &&
					 token.text.ptr + token.text.len <= text.ptr + text.len),
		     "the text of a token is in the page");
		before = t.at;
		buf_clear(&out);
		html_token_put_text(&token, &out);
		while (html_token_attribute(&token, &at, &attribute)) {
			must(attribute.name.len > 0, "an attribute has a name");
			html_token_put_value(attribute.value, &out);
		}
	}
	html_summary_put(text, 100, &out);
	buf_release(&out);
}

/* ---- forms */

static void check_request(struct html_submission *s)
{
	struct buf url, type, body;
	struct html_request request = {.url = &url, .content_type = &type, .body = &body};
	struct url parts;

	buf_init(&url, 0);
	buf_init(&type, 0);
	buf_init(&body, 0);
	if (html_submission_build(s, STR("boundary"), &request) == HTML_BUILD_OK) {
		must(url_split(buf_str(&url), &parts), "the address of a request is valid");
		must(parts.port != 0, "it is an address of http or https");
		must((request.method == HTML_POST) == (type.len > 0), "POST has a content type");
	}
	buf_release(&url);
	buf_release(&type);
	buf_release(&body);
}

static void check_form(struct arena *a, const struct html_page *page, uint32_t form)
{
	struct html_given given = {.kind = HTML_GIVEN_TEXT, .text = STR("typed")};
	struct html_submission s;
	struct buf receipt, offer;
	uint32_t again;

	buf_init(&receipt, 0);
	buf_init(&offer, 0);
	html_submission_init(&s, a, page, form);
	check_request(&s);
	for (uint32_t i = 0; i < page->control_count && i < 50; i++) {
		html_submission_set(&s, page->controls[i].name, &given);
		html_submission_put_offer(&s, page->controls[i].name, STR("x"), &offer);
	}
	html_submission_press(&s, STR("Go"));
	check_request(&s);
	html_submission_put_receipt(&s, &receipt);
	html_submission_again(buf_str(&receipt), page, &again);
	buf_release(&receipt);
	buf_release(&offer);
}

static void check_page(struct str text, struct str type)
{
	struct html_page_source source = {text, type, STR("http://shop.test/a/b?c=d")};
	struct html_page page, unpacked, fragment;
	struct html_link_query link = {.link = STR("Edit"), .row = STR("Row")};
	struct html_form_query form = {.button = STR("Go"), .row = STR("Row")};
	struct html_link_found found;
	struct html_form_choice choice;
	struct buf packed, again;
	struct arena arena;

	arena_init(&arena, 0);
	buf_init(&packed, 0);
	buf_init(&again, 0);
	html_page_read(&page, &arena, &source,
		       HTML_PAGE_FORMS | HTML_PAGE_LINKS | HTML_PAGE_ROWS | HTML_PAGE_ERRORS);
	html_page_pack(&page, &packed);
	must(html_page_unpack(&unpacked, &arena, buf_str(&packed)), "a packed page is unpacked");
	html_page_pack(&unpacked, &again);
	must(str_eq(buf_str(&packed), buf_str(&again)), "an unpacked page is the same");
	html_link_query_explain(&unpacked, &arena, &link,
				html_link_query_find(&unpacked, &arena, &link, &found), &again);
	html_submission_explain_form(&unpacked, &arena, &form,
				     html_submission_find(&unpacked, &arena, &form, &choice),
				     &again);
	for (uint32_t i = 0; i < unpacked.form_count && i < 5; i++)
		check_form(&arena, &unpacked, i);
	html_page_put_forms(&unpacked, &again);
	html_page_put_links(&unpacked, &arena, STR("Edit"), &again);
	html_page_put_error(NULL, &unpacked, &again);
	html_page_read_fragment(&fragment, &arena, &source);
	html_page_replace_forms(&unpacked, &arena, &fragment);
	for (uint32_t i = 0; i < unpacked.form_count && i < 5; i++)
		check_form(&arena, &unpacked, i);
	/* Any bytes can be unpacked. */
	html_page_unpack(&unpacked, &arena, text);
	html_submission_again(text, &page, &found);
	buf_release(&packed);
	buf_release(&again);
	arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct str types[] = {
	    STR("text/html; charset=utf-8"),	 STR("text/html"),
	    STR("text/html; charset=shift_jis"), STR("text/html; charset=utf-16le"),
	    STR("text/html; charset=gbk"),
	};
	char *copy = malloc(size + 1);

	if (!copy)
		abort();
	if (size)
		memcpy(copy, data, size);
	if (size > 1) {
		check_tokens(str_n(copy + 1, size - 1));
		check_page(str_n(copy + 1, size - 1),
			   types[data[0] % (sizeof types / sizeof *types)]);
	}
	free(copy);
	return 0;
}
