/*
 * libFuzzer target for HTML pages: the first byte selects the encoding and the button, the rest is
 * a page. Tokens are in the page and in their order; a page that was packed is the same after it
 * was unpacked, or has its first forms and links; every form can be submitted, its request has a
 * valid address, and its boundary is not in its parts.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/url.h"
#include "html/html_link_query.h"
#include "html/html_submission.h"
#include "html/html_summary.h"
#include "html/html_token.h"

#include "must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
	html_summary_put(text, STR(""), 100, &out);
	buf_release(&out);
}

/* ---- forms */

static size_t count_of(struct str text, struct str part)
{
	size_t count = 0;

	for (size_t at = 0; (at = str_find(text, part, at)) != NOT_FOUND; at += part.len)
		count++;
	return count;
}

static void check_request(struct html_submission *s)
{
	struct buf url, type, body;
	struct html_request request = {.url = &url, .content_type = &type, .body = &body};
	struct str start = STR("multipart/form-data; boundary=");
	struct url parts;

	buf_init(&url, 0);
	buf_init(&type, 0);
	buf_init(&body, 0);
	switch (html_submission_build(s, STR("b"), &request)) {
	case HTML_BUILD_OK:
		must(url_split(buf_str(&url), &parts), "the address of a request is valid");
		must(parts.port != 0, "it is an address of http or https");
		must((request.method == HTML_POST) == (type.len > 0), "POST has a content type");
		if (str_starts(buf_str(&type), start))
			must(count_of(buf_str(&body),
				      str_slice(buf_str(&type), start.len, type.len)) ==
				 html_submission_entries(s).count + 1,
			     "the boundary is not in the parts");
		break;
	case HTML_BUILD_ADDRESS:
		html_submission_put_no_address(s, &url);
		break;
	case HTML_BUILD_DISABLED:
		must(s->page->controls[s->disabled_button].disabled, "the button is disabled");
		break;
	case HTML_BUILD_DIALOG:
	case HTML_BUILD_LIMIT:
		break;
	}
	buf_release(&url);
	buf_release(&type);
	buf_release(&body);
}

/* Gives each field of the form another kind of value. */
static void set_fields(struct html_submission *s, struct buf *offer)
{
	static const struct str items[] = {STR("typed\r\n--b"), STR("1")};
	static const struct html_file file = {STR("a"), STR(""), STR("b")};
	static const struct html_given kinds[] = {
	    {.kind = HTML_GIVEN_TEXT, .text = STR("typed")},
	    {.kind = HTML_GIVEN_LIST, .items = items, .item_count = 2},
	    {.kind = HTML_GIVEN_LIST},
	    {.kind = HTML_GIVEN_YES},
	    {.kind = HTML_GIVEN_FILE, .files = &file, .file_count = 1},
	    {.kind = HTML_GIVEN_NOTHING},
	};

	for (uint32_t i = s->first; i < s->last && i < s->first + 50; i++) {
		const struct html_control *control = &s->page->controls[i];
		struct str field = control->name.len ? control->name : control->label;
		struct html_entry entry;

		for (size_t k = i % 6; k < 6; k += 3)
			html_submission_set(s, field, &kinds[k]);
		if (control->option_count) {
			struct html_given option = {
			    .kind = HTML_GIVEN_TEXT,
			    .text = s->page->options[control->first_option].text};

			html_submission_set(s, field, &option);
		}
		html_submission_put_offer(s, field, STR("x"), offer);
		if (html_submission_value(s, field, &entry))
			html_submission_sent(s, &entry);
	}
}

static void check_form(struct arena *a, const struct html_page *page, uint32_t form)
{
	struct html_submission s;
	struct buf receipt, offer;
	uint32_t again;

	buf_init(&receipt, 0);
	buf_init(&offer, 0);
	html_submission_init(&s, a, page, form);
	check_request(&s);
	set_fields(&s, &offer);
	html_submission_press(&s, STR("Go"));
	html_submission_add(&s, STR("added"), STR("--b"), NULL);
	check_request(&s);
	html_submission_put_receipt(&s, &receipt);
	html_submission_again(a, buf_str(&receipt), page, &again);
	buf_release(&receipt);
	buf_release(&offer);
}

/* ---- queries */

static void check_links(struct arena *a, const struct html_page *page, struct str text,
			struct str row)
{
	struct html_link_query query = {.link = text, .row = row};
	struct html_link_found found;
	enum html_link_outcome outcome = html_link_query_find(page, a, &query, &found);
	struct buf out;

	buf_init(&out, 0);
	if (outcome == HTML_LINK_FOUND) {
		must(found.link < page->link_count && found.all_count > 0,
		     "a link belongs to the page");
		html_page_resolve(page, page->links[found.link].address, &out);
	} else {
		html_link_query_explain(page, a, &query, outcome, &out);
	}
	html_page_put_links(page, a, text, &out);
	buf_release(&out);
}

static void check_query(struct arena *a, const struct html_page *page, struct str field,
			struct str button, struct str row)
{
	struct html_form_query query = {
	    .fields = &field, .field_count = field.len > 0, .button = button, .row = row};
	struct html_form_choice choice;
	enum html_form_outcome outcome = html_submission_find(page, a, &query, &choice);
	struct html_submission s;
	struct buf out;

	buf_init(&out, 0);
	if (outcome == HTML_FORM_FOUND) {
		must(choice.form < page->form_count, "a form belongs to the page");
		html_submission_begin(&s, a, page, &choice);
		set_fields(&s, &out);
		check_request(&s);
	} else {
		html_submission_explain_form(page, a, &query, outcome, &out);
	}
	html_page_put_forms(page, &out);
	buf_release(&out);
}

/* Uses a page, whole or not, as steps do. */
static void use_page(struct arena *a, const struct html_page *page)
{
	struct str row = STR("Row"), link = STR("Edit"), field = STR("a"), button = STR("Go");

	if (page->row_count)
		row = str_slice(page->row_text, page->rows[page->row_count - 1].from,
				page->rows[page->row_count - 1].to);
	if (page->link_count)
		link = page->links[page->link_count / 2].text;
	if (page->control_count)
		field = page->controls[page->control_count / 2].name;
	if (page->control_count)
		button = page->controls[page->control_count - 1].label;
	check_links(a, page, link, STR_NULL);
	check_links(a, page, STR("/*"), row);
	check_query(a, page, field, STR_NULL, STR_NULL);
	check_query(a, page, field, STR_NULL, row);
	check_query(a, page, STR(""), button, row);
	for (uint32_t i = 0; i < page->form_count && i < 5; i++)
		check_form(a, page, i);
}

/* ---- pages */

/* A packed page with less room than it needs has the first forms and links of PAGE. */
static void check_cut(struct arena *a, const struct html_page *page, size_t max)
{
	struct html_page cut;
	struct buf packed;

	buf_init(&packed, max);
	html_page_pack(page, &packed);
	must(!packed.overflow, "a packed page has the room that it is given");
	if (packed.len) {
		must(html_page_unpack(&cut, a, buf_str(&packed)), "a part of a page is unpacked");
		must(cut.form_count <= page->form_count && cut.link_count <= page->link_count &&
			 cut.row_count <= page->row_count,
		     "it is a part of the page");
		must(cut.cut == HTML_PAGE_CUT_PACKED || cut.form_count == page->form_count,
		     "a page that is not whole says so");
		use_page(a, &cut);
	}
	buf_release(&packed);
}

static void check_page(struct str text, struct str type)
{
	struct html_page_source source = {text, type, STR("http://shop.test/a/b?c=d")};
	struct html_page page, unpacked, fragment;
	struct buf packed, again;
	struct arena arena;
	uint32_t form;

	arena_init(&arena, 0);
	buf_init(&packed, 0);
	buf_init(&again, 0);
	html_page_read(&page, &arena, &source,
		       HTML_PAGE_FORMS | HTML_PAGE_LINKS | HTML_PAGE_ROWS | HTML_PAGE_ERRORS);
	html_page_pack(&page, &packed);
	must(html_page_unpack(&unpacked, &arena, buf_str(&packed)), "a packed page is unpacked");
	html_page_pack(&unpacked, &again);
	must(str_eq(buf_str(&packed), buf_str(&again)), "an unpacked page is the same");
	use_page(&arena, &unpacked);
	check_cut(&arena, &page, 40 + text.len % 200);
	check_cut(&arena, &page, packed.len / 2 + 1);
	html_page_put_error(NULL, &unpacked, &again);
	html_page_read_fragment(&fragment, &arena, &source);
	if (html_page_replace_forms(&unpacked, &arena, &fragment))
		use_page(&arena, &unpacked);
	/* Any bytes can be unpacked. */
	if (html_page_unpack(&unpacked, &arena, text))
		use_page(&arena, &unpacked);
	html_submission_again(&arena, text, &page, &form);
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
