#include "html/html_link_query.h"

#include "base/url.h"
#include "html/html_match.h"
#include "html/html_row.h"

/* Which links a query prefers, the best first. */
enum { KIND_OWN, KIND_ALLOWED, KIND_FOREIGN, KIND_NONE };

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

static bool is_own(const struct html_page *page, struct str address)
{
	struct url own, other;

	return url_split(page->url, &own) && url_split(address, &other) &&
	       str_ieq(own.host, other.host) && own.port == other.port;
}

static unsigned kind_by_address(const struct html_page *page, const struct html_link *link,
				const struct html_link_query *query)
{
	char bytes[HTML_PAGE_ADDRESS_MAX + 1];
	struct buf address = {.data = bytes, .cap = sizeof bytes, .max = HTML_PAGE_ADDRESS_MAX};

	if (!html_page_resolve(page, link->address, &address) ||
	    !html_match_address(comparable(buf_str(&address), query->link), query->link))
		return KIND_NONE;
	if (is_own(page, buf_str(&address)))
		return KIND_OWN;
	return query->is_allowed && query->is_allowed(query->data, buf_str(&address))
		   ? KIND_ALLOWED
		   : KIND_FOREIGN;
}

/* The kind of a link, KIND_NONE if it does not fit; rows are not considered. */
static unsigned kind_of(const struct html_page *page, const struct html_link *link,
			const struct html_link_query *query)
{
	if (query->link.ptr && html_match_is_address(query->link))
		return kind_by_address(page, link, query);
	return !query->link.ptr || html_match_text(link->text, query->link) ? KIND_OWN : KIND_NONE;
}

/* One pass over the links and its result. */
struct link_pass {
	const struct html_page *page;
	const struct html_link_query *query;
	const uint8_t *kinds;
	const struct html_row_search *rows; /* NULL: anywhere */
	uint32_t *all, seen;		    /* links that fit */
	uint32_t link, row, different;
	bool several_rows;
};

static void find_of_kind(struct link_pass *p, unsigned kind)
{
	unsigned nth = p->query->nth ? p->query->nth : 1;

	p->seen = p->different = 0;
	p->several_rows = false;
	for (uint32_t i = 0; i < p->page->link_count; i++) {
		const struct html_link *one = &p->page->links[i];
		uint32_t row = HTML_PAGE_NONE;

		if (p->kinds[i] != kind)
			continue;
		if (p->rows)
			row = html_row_search_around(p->rows, one->row);
		if (p->rows && row == HTML_PAGE_NONE)
			continue;
		p->all[p->seen] = i;
		if (++p->seen == nth) {
			p->link = i;
			p->row = row;
			p->different = 1;
		} else if (p->seen > nth &&
			   !str_eq(one->address, p->page->links[p->link].address)) {
			p->different++;
			p->several_rows |= row != p->row;
		}
	}
}

static bool find_any(struct link_pass *p)
{
	for (unsigned kind = KIND_OWN; kind < KIND_NONE; kind++) {
		find_of_kind(p, kind);
		if (p->seen)
			return true;
	}
	return false;
}

static bool find_in_fit(void *pass)
{
	return find_any(pass);
}

static enum html_link_outcome find_in_rows(struct link_pass *p, struct arena *a)
{
	struct html_row_search rows;
	enum html_row_outcome outcome;

	html_row_search_init(&rows, a, p->page, p->query->row);
	p->rows = &rows;
	outcome = html_row_search_find(&rows, find_in_fit, p);
	if (outcome == HTML_ROW_FOUND)
		return p->several_rows && !p->query->nth ? HTML_LINK_SEVERAL_ROWS : HTML_LINK_FOUND;
	return outcome == HTML_ROW_NOT_IN ? HTML_LINK_NOT_IN_ROW : HTML_LINK_NO_ROW;
}

enum html_link_outcome html_link_query_find(const struct html_page *page, struct arena *a,
					    const struct html_link_query *query,
					    struct html_link_found *found)
{
	uint8_t *kinds = ARENA_ARRAY(a, page->link_count + 1U, uint8_t);
	struct link_pass p = {.page = page, .query = query, .kinds = kinds};
	enum html_link_outcome outcome;
	bool fits = false;

	p.all = ARENA_ARRAY(a, page->link_count + 1U, uint32_t);
	for (uint32_t i = 0; i < page->link_count; i++) {
		kinds[i] = (uint8_t)kind_of(page, &page->links[i], query);
		fits |= kinds[i] != KIND_NONE;
	}
	if (query->row.ptr)
		outcome = find_in_rows(&p, a);
	else
		outcome = find_any(&p) ? HTML_LINK_FOUND : HTML_LINK_NONE;
	if (outcome == HTML_LINK_NOT_IN_ROW && !fits)
		return HTML_LINK_NONE;
	if (outcome == HTML_LINK_FOUND && p.seen < query->nth)
		return HTML_LINK_NTH;
	*found = (struct html_link_found){p.link, p.different, p.all, p.seen};
	return outcome;
}

static void put_rows(const struct html_page *page, struct arena *a,
		     const struct html_link_query *query, const char *what, struct buf *out)
{
	size_t mark;

	html_page_put_cut(page, out);
	buf_printf(out, "; %s ", what);
	mark = out->len;
	if (!html_row_put_rows(page, a, query->row, out)) {
		out->len = mark;
		buf_add(out, STR("none"));
	}
}

void html_link_query_explain(const struct html_page *page, struct arena *a,
			     const struct html_link_query *query, enum html_link_outcome outcome,
			     struct buf *out)
{
	switch (outcome) {
	case HTML_LINK_FOUND:
		return;
	case HTML_LINK_NO_ROW:
		buf_printf(out, "no row with '%.*s' on %.*s", STR_ARG(query->row),
			   STR_ARG(page->url));
		put_rows(page, a, query, "rows with links:", out);
		return;
	case HTML_LINK_SEVERAL_ROWS:
		buf_printf(out, "several rows with '%.*s' have a link '%.*s' on %.*s",
			   STR_ARG(query->row), STR_ARG(query->link), STR_ARG(page->url));
		put_rows(page, a, query, "write more of the row's text, or nth:", out);
		return;
	case HTML_LINK_NOT_IN_ROW:
		buf_printf(out, "no link '%.*s' in the row with '%.*s' on %.*s",
			   STR_ARG(query->link), STR_ARG(query->row), STR_ARG(page->url));
		put_rows(page, a, query, "the row:", out);
		break;
	case HTML_LINK_NTH:
		buf_printf(out, "fewer than %u links '%.*s' on %.*s", query->nth,
			   STR_ARG(query->link), STR_ARG(page->url));
		html_page_put_cut(page, out);
		break;
	case HTML_LINK_NONE:
		buf_printf(out, "no link '%.*s' on %.*s", STR_ARG(query->link), STR_ARG(page->url));
		html_page_put_cut(page, out);
		break;
	}
	buf_add(out, STR("; "));
	html_page_put_links(page, a, query->link, out);
}
