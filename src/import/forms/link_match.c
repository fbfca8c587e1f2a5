#include "import/forms/link_match.h"

#include "base/ascii.h"
#include "base/url.h"
#include "import/correlate/value_shape.h"
#include "import/query_pairs.h"

#define ADDRESS_MAX 16384
#define TEXT_MAX    60u

/* ---- addresses that change */

/* The number of a page or the size of a list. */
static bool is_paging(struct str name)
{
	static const char *const names[] = {"page",	"p",	    "limit", "offset", "size",
					    "per_page", "pagesize", "start", "rows",   NULL};

	for (int i = 0; names[i]; i++)
		if (str_ieq(name, str_of(names[i])))
			return true;
	return false;
}

static bool is_token(struct str name)
{
	static const char *const words[] = {"token", "nonce", "key", "hash", "id", "sig", NULL};

	for (int i = 0; words[i]; i++)
		if (str_icontains(name, str_of(words[i])))
			return true;
	return false;
}

static bool is_year(struct str digits)
{
	return digits.len == 4 && (str_starts(digits, STR("19")) || str_starts(digits, STR("20")));
}

/* NAME: of a value in the query; empty for a part of the path. Numbers and what looks random; not
 * the name of a thing, such as iphone-15-pro. */
static bool changes(struct conversion *conversion, struct str name, struct str value)
{
	struct str decoded;

	buf_clear(&conversion->scratch);
	url_decode(&conversion->scratch, value, true);
	decoded = buf_str(&conversion->scratch);
	if (value_shape_is_all(decoded, ascii_is_digit))
		return !is_paging(name) && !is_year(decoded);
	return value_shape(decoded) >= 5 ||
	       (value_shape(decoded) == 4 && (!name.len || is_token(name)));
}

/* The offset after the origin, and the one of the query's `?` or the end. */
static size_t path_of(struct str url, size_t *query)
{
	size_t at = str_find(url, STR("://"), 0);

	*query = str_find_char(url, '?', 0);
	*query = *query == NOT_FOUND ? url.len : *query;
	at = at == NOT_FOUND ? 0 : str_find_char(str_slice(url, 0, *query), '/', at + 3);
	return at == NOT_FOUND ? *query : at;
}

/* Appends the address from its path on, with `*` for what changes; true if there is such a part. */
static bool put_pattern(struct conversion *conversion, struct str url, bool with_query,
			struct buf *out)
{
	size_t query, at = path_of(url, &query);
	struct query_pair pair;
	bool any = false;

	while (at < query) {
		size_t end = str_find_char(str_slice(url, 0, query), '/', at + 1);
		struct str segment;

		end = end == NOT_FOUND ? query : end;
		segment = str_slice(url, at + 1, end);
		buf_add_char(out, '/');
		if (changes(conversion, STR(""), segment)) {
			buf_add_char(out, '*');
			any = true;
		} else {
			buf_add(out, segment);
		}
		at = end;
	}
	for (at = query + 1; with_query && query_pairs_next(url, &at, &pair);) {
		buf_add_char(out, url.ptr[pair.from - 1]);
		if (pair.sign != NOT_FOUND &&
		    changes(conversion, str_slice(url, pair.from, pair.sign),
			    str_slice(url, pair.sign + 1, pair.to))) {
			buf_add(out, str_slice(url, pair.from, pair.sign + 1));
			buf_add_char(out, '*');
			any = true;
		} else {
			buf_add(out, str_slice(url, pair.from, pair.to));
		}
	}
	return any;
}

bool link_match_changes(struct conversion *conversion, struct str url)
{
	struct buf pattern;
	bool any;

	buf_init(&pattern, 0);
	any = put_pattern(conversion, url, true, &pattern);
	buf_release(&pattern);
	return any;
}

/* ---- the link */

static bool leads_to(const struct html_page *page, uint32_t link, struct str url)
{
	char bytes[ADDRESS_MAX];
	struct buf address = {.data = bytes, .cap = ADDRESS_MAX, .max = ADDRESS_MAX - 1};

	return html_page_resolve(page, page->links[link].address, &address) &&
	       str_eq(buf_str(&address), url);
}

bool link_match_has(const struct html_page *page, struct str url)
{
	for (uint32_t i = 0; i < page->link_count; i++)
		if (leads_to(page, i, url))
			return true;
	return false;
}

/* A text that is the same in the next visit. */
static bool is_readable(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (ascii_is_digit(text.ptr[i]) || (unsigned char)text.ptr[i] < ' ' ||
		    text.ptr[i] == '*')
			return false;
	return text.len && text.len <= TEXT_MAX && text.ptr[0] != '/' &&
	       !str_starts(text, STR("http")) && str_find(text, STR("${"), 0) == NOT_FOUND;
}

/* Whether the query finds a link to URL, and no other. In a row, only other links of that row
 * count: its text becomes unique. */
static bool finds(struct arena *a, const struct html_page *page, struct str url, struct str link,
		  struct str row)
{
	struct html_link_query query = {.link = link, .row = row.len ? row : STR_NULL};
	struct html_link_found found;
	uint32_t first = HTML_PAGE_NONE;

	query.nth = row.len ? 1 : 0;
	if (html_link_query_find(page, a, &query, &found) != HTML_LINK_FOUND)
		return false;
	if (!row.len)
		return leads_to(page, found.link, url) && found.different == 1;
	for (uint32_t i = 0; i < found.all_count && first == HTML_PAGE_NONE; i++)
		if (leads_to(page, found.all[i], url))
			first = found.all[i];
	for (uint32_t i = 0; i < found.all_count && first != HTML_PAGE_NONE; i++)
		if (page->links[found.all[i]].row == page->links[first].row &&
		    !leads_to(page, found.all[i], url))
			return false;
	return first != HTML_PAGE_NONE;
}

/* Finds the link by its text or its address, in the row (may be empty). */
static bool describe_in(struct conversion *conversion, const struct html_page *page, uint32_t link,
			struct str url, struct str row, struct page_use *use)
{
	struct str text = page->links[link].text, pattern;
	struct buf out;
	struct arena *a = &conversion->job->arena;
	bool found = is_readable(text) && finds(a, page, url, text, row);

	use->row = row;
	use->link = text;
	for (int query = 0; query < 2 && !found; query++) {
		buf_init(&out, 0);
		put_pattern(conversion, url, query, &out);
		pattern = arena_str(a, buf_str(&out));
		buf_release(&out);
		use->link = pattern;
		found = pattern.len > 1 && finds(a, page, url, pattern, row);
	}
	return found;
}

/* The texts of the rows around the link, the innermost first. */
static bool describe_in_row(struct typed_texts *texts, const struct html_page *page, uint32_t link,
			    struct str url, struct page_use *use)
{
	for (uint32_t row = page->links[link].row; row != HTML_PAGE_NONE;
	     row = page->rows[row].parent) {
		struct typed_text *typed = typed_texts_find(
		    texts, str_slice(page->row_text, page->rows[row].from, page->rows[row].to));

		if (!typed || !describe_in(texts->conversion, page, link, url, typed->text, use))
			continue;
		typed_texts_need(typed);
		return true;
	}
	return false;
}

static bool describe(struct typed_texts *texts, const struct html_page *page, uint32_t link,
		     struct str url, struct page_use *use)
{
	struct str text = page->links[link].text;
	struct typed_text *typed = typed_texts_find(texts, text);

	if (typed && text.len <= TEXT_MAX + typed->text.len && str_starts(text, typed->text) &&
	    finds(&texts->conversion->job->arena, page, url, text, STR(""))) {
		typed_texts_need(typed);
		use->link = text;
		use->row = STR("");
		return true;
	}
	return describe_in_row(texts, page, link, url, use) ||
	       describe_in(texts->conversion, page, link, url, STR(""), use);
}

enum link_match link_match_find(const struct html_page *page, struct str url,
				struct typed_texts *texts, struct page_use *use)
{
	enum link_match result = LINK_MATCH_NONE;

	for (uint32_t i = 0; i < page->link_count && result != LINK_MATCH_FOUND; i++)
		if (leads_to(page, i, url))
			result = describe(texts, page, i, url, use) ? LINK_MATCH_FOUND
								    : LINK_MATCH_SEVERAL;
	use->follows = true;
	return result;
}
