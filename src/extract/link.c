/* link: extracts the address of a link by its visible text, or by a pattern of its address; with
 * `row`, of links in a table row that has a text. */
#include "html/html_link_query.h"
#include "base/alloc.h"
#include "interface/extract.h"

#define ARENA_BLOCK ((size_t)512 << 10)

struct link_fields {
	struct keys keys;
	struct str row;
};

static const struct field fields[] = {
    FIELD(struct link_fields, row, "row", FIELD_TEXT, .flags = FIELD_PARAMETER,
	  .example = "Green hat",
	  .prose = "A text of the table row, list item or article that has the link; whole words "
		   "of it."),
    FIELD_END,
};

struct link_plan {
	struct str link, row; /* row.ptr NULL: anywhere */
};

static const void *prepare(struct arena *a, struct diag_list *diags, const struct extract *extract,
			   bool jit)
{
	const struct link_fields *own = extract->data;
	struct link_plan *plan = ARENA_NEW(a, struct link_plan);

	(void)jit;
	plan->link = extract->value.raw;
	plan->row = own ? own->row : STR_NULL;
	if (plan->link.len)
		return plan;
	diag_error(diags, extract->span, DIAG_E149,
		   "the text of the link is missing; write a text such as Edit, or an address such "
		   "as /notes/*");
	return NULL;
}

static void clear_links(void *data)
{
	arena_reset(data);
}

static void free_links(void *data)
{
	arena_release(data);
	free(data);
}

static void read_links(const struct link_plan *plan, struct html_page *page, struct arena *a,
		       const struct response *response, struct str subject)
{
	struct html_page_source source = {
	    .body = subject,
	    .url = response->url,
	    .content_type = subject.ptr == response->body.ptr
				? response_header(response, STR("Content-Type"), 0)
				: STR("")};

	html_page_read(page, a, &source, HTML_PAGE_LINKS | (plan->row.ptr ? HTML_PAGE_ROWS : 0u));
}

static enum find_outcome find(const void *data, const struct response *response, struct str subject,
			      struct scratch *scratch, struct matches *matches)
{
	const struct link_plan *plan = data;
	struct html_link_query query = {.link = plan->link, .row = plan->row};
	struct html_link_found found;
	struct html_page page;

	if (!scratch->links.data) {
		struct arena *a = alloc_zeroed(1, sizeof *a);

		arena_init(a, ARENA_BLOCK);
		scratch->links = (struct scratch_cache){a, clear_links, free_links};
	}
	read_links(plan, &page, scratch->links.data, response, subject);
	/* One value must belong to one row; a list has those of all rows. */
	if (matches->wanted != 1)
		query.nth = 1;
	if (html_link_query_find(&page, scratch->links.data, &query, &found) != HTML_LINK_FOUND)
		return FIND_OK;
	for (uint32_t i = 0; i < found.all_count && !extract_has_all(matches); i++) {
		size_t from = scratch->text.len;

		if (html_page_resolve(&page, page.links[found.all[i]].address, &scratch->text) &&
		    !extract_add_match(
			matches, scratch,
			value_text(str_slice(buf_str(&scratch->text), from, scratch->text.len))))
			return FIND_LIMIT;
	}
	return FIND_OK;
}

static void explain(const void *data, const struct response *response, struct str subject,
		    struct buf *out)
{
	const struct link_plan *plan = data;
	struct html_link_query query = {.link = plan->link, .row = plan->row};
	struct html_link_found found;
	struct html_page page;
	struct arena arena;

	arena_init(&arena, 0);
	read_links(plan, &page, &arena, response, subject);
	html_link_query_explain(&page, &arena, &query,
				html_link_query_find(&page, &arena, &query, &found), out);
	arena_release(&arena);
}

const struct extract_kind link_extract = {
    .name = "link",
    .sentence =
	"Address of the link with this visible text, complete with scheme and host. A value "
	"that starts with / or has a * is compared with the address. With `row`, only links in "
	"the row with that text.",
    .example = "Edit",
    .fields = fields,
    .bytes = sizeof(struct link_fields),
    .needs = NEEDS_BODY | NEEDS_HEADERS,
    .prepare = prepare,
    .find = find,
    .explain = explain,
};
