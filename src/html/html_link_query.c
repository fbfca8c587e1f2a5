#include "html/html_link_query.h"

#include "base/url.h"
#include "html/html_match.h"

static bool is_address(struct str link)
{
	return str_starts(link, STR("/")) || str_find_char(link, '*', 0) != NOT_FOUND;
}

/* The part of an absolute address that PATTERN is compared with. */
static struct str comparable(struct str address, struct str pattern)
{
	bool query = str_find_char(pattern, '?', 0) != NOT_FOUND;
	struct url url;

	if (!query)
		address = str_slice(address, 0, str_find_char(address, '?', 0));
	if (str_starts(pattern, STR("http")) || !url_split(address, &url))
		return address;
	return str_slice(address, (size_t)(url.path.ptr - address.ptr), address.len);
}

static bool fits_address(const struct html_page *page, const struct html_link *link,
			 struct str pattern)
{
	char bytes[HTML_PAGE_ADDRESS_MAX + 1];
	struct buf address = {.data = bytes, .cap = sizeof bytes, .max = HTML_PAGE_ADDRESS_MAX};

	return html_page_resolve(page, link->address, &address) &&
	       html_match_address(comparable(buf_str(&address), pattern), pattern);
}

static bool fits(const struct html_page *page, const struct html_link *link, struct str wanted)
{
	if (!wanted.ptr)
		return true;
	return is_address(wanted) ? fits_address(page, link, wanted)
				  : html_match_text(link->text, wanted);
}

static bool row_has(const struct html_page *page, uint32_t row, struct str text)
{
	return html_match_part(str_slice(page->row_text, page->rows[row].from, page->rows[row].to),
			       text);
}

/* Whether ROW has the text and no row in it has it. */
static bool is_innermost(const struct html_page *page, uint32_t row, struct str text)
{
	if (!row_has(page, row, text))
		return false;
	for (uint32_t i = row + 1; i < page->row_count && page->rows[i].from < page->rows[row].to;
	     i++)
		if (page->rows[i].parent == row && row_has(page, i, text))
			return false;
	return true;
}

/* Whether a row around the link is an innermost one with the text. */
static bool in_row(const struct html_page *page, const struct html_link *link, struct str text)
{
	for (uint32_t row = link->row; row != HTML_PAGE_NONE; row = page->rows[row].parent)
		if (row_has(page, row, text))
			return is_innermost(page, row, text);
	return false;
}

static bool any_row(const struct html_page *page, struct str text)
{
	for (uint32_t row = 0; row < page->row_count; row++)
		if (row_has(page, row, text))
			return true;
	return false;
}

enum html_link_outcome html_link_query_find(const struct html_page *page,
					    const struct html_link_query *query, uint32_t *link,
					    uint32_t *different)
{
	unsigned seen = 0, nth = query->nth ? query->nth : 1;
	bool elsewhere = false;

	*different = 0;
	for (uint32_t i = 0; i < page->link_count; i++) {
		const struct html_link *one = &page->links[i];

		if (!fits(page, one, query->link))
			continue;
		if (query->row.ptr && !in_row(page, one, query->row)) {
			elsewhere = true;
			continue;
		}
		if (++seen == nth) {
			*link = i;
			*different = 1;
		} else if (seen > nth && !str_eq(one->address, page->links[*link].address)) {
			++*different;
		}
	}
	if (seen >= nth)
		return HTML_LINK_FOUND;
	if (seen)
		return HTML_LINK_NTH;
	if (query->row.ptr && !any_row(page, query->row))
		return HTML_LINK_NO_ROW;
	return query->row.ptr && elsewhere ? HTML_LINK_NOT_IN_ROW : HTML_LINK_NONE;
}

void html_link_query_put_none(const struct html_link_query *query, enum html_link_outcome outcome,
			      struct buf *out)
{
	if (outcome == HTML_LINK_NO_ROW)
		buf_printf(out, "no row with '%.*s'", STR_ARG(query->row));
	else if (outcome == HTML_LINK_NOT_IN_ROW)
		buf_printf(out, "no link '%.*s' in the row with '%.*s'", STR_ARG(query->link),
			   STR_ARG(query->row));
	else if (outcome == HTML_LINK_NTH)
		buf_printf(out, "fewer than %u links '%.*s'", query->nth, STR_ARG(query->link));
	else
		buf_printf(out, "no link '%.*s'", STR_ARG(query->link));
}
