#include "import/forms/page_history.h"

#define EARLIER_MAX 20 /* documents that a step can refer to */

void page_history_init(struct page_history *history, struct conversion *conversion)
{
	*history = (struct page_history){.conversion = conversion};
}

bool page_history_is_script(const struct transaction *tx)
{
	static const char *const names[] = {"X-Requested-With", "HX-Request", "Turbo-Frame"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (transaction_header(&tx->request_headers, str_of(names[i]), 0).ptr)
			return true;
	return false;
}

static bool is_html(struct str type)
{
	return str_ieq(type, STR("text/html")) || str_ieq(type, STR("application/xhtml+xml"));
}

static bool may_have_fragment(struct str type)
{
	return is_html(type) || str_ieq(type, STR("application/json")) ||
	       str_ieq(type, STR("text/xml")) || str_ieq(type, STR("application/xml"));
}

static bool is_download(const struct transaction *response)
{
	struct str how = transaction_header(&response->headers, STR("Content-Disposition"), 0);

	return str_ieq(str_slice(how, 0, 10), STR("attachment"));
}

/* The body of a response; ptr NULL if the recording does not have it. */
static struct html_page_source source_of(struct conversion *conversion,
					 const struct transaction *response)
{
	struct html_page_source source = {.url = response->url};
	struct str type = transaction_header(&response->headers, STR("Content-Type"), 0);
	bool bytes = response->body.coding == TX_BASE64 || response->body.coding == TX_JSON_BASE64;

	source.body = response->body.raw;
	if (source.body.ptr && response->body.coding != TX_BYTES) {
		buf_clear(&conversion->scratch);
		source.body = transaction_body_bytes(&response->body, &conversion->scratch);
		if (source.body.ptr)
			source.body = arena_str(&conversion->job->arena, source.body);
	}
	/* A recording has texts as UTF-8, whatever the server sent. */
	source.content_type = bytes ? type : STR("text/html; charset=utf-8");
	return source;
}

static void add_document(struct page_history *history, const struct html_page *page, uint32_t step)
{
	history->last = (struct history_page){*page, step};
	history->has_last = true;
	VEC_PUSH(&history->conversion->job->arena, &history->documents, history->last);
}

/* The browser had the document in its cache: it was like the one before it. */
static void add_cached(struct page_history *history, struct str url, uint32_t step)
{
	for (size_t i = history->documents.count; i-- > 0;) {
		if (!str_eq(history->documents.items[i].page.url, url))
			continue;
		add_document(history, &history->documents.items[i].page, step);
		return;
	}
	history->has_last = false;
}

static void add_fragment(struct page_history *history, const struct transaction *response)
{
	struct arena *a = &history->conversion->job->arena;
	struct html_page_source source;
	struct html_page fragment;

	if (!history->has_last)
		return;
	source = source_of(history->conversion, response);
	if (!source.body.ptr)
		return;
	html_page_read_fragment(&fragment, a, &source);
	html_page_replace_forms(&history->last.page, a, &fragment);
}

static bool is_document_request(const struct transaction *tx)
{
	return str_ieq(tx->resource_type, STR("document")) ||
	       str_ieq(transaction_header(&tx->request_headers, STR("Sec-Fetch-Mode"), 0),
		       STR("navigate"));
}

/* Whether the response to the step can change the page. */
static bool may_change_page(const struct conversion_step *step)
{
	const struct transaction *response = step->response;

	return !step->disabled && response->status != 204 && response->status != 304 &&
	       (str_eq(step->tx->method, STR("GET")) || str_eq(step->tx->method, STR("POST"))) &&
	       !is_download(response);
}

bool page_history_read(const struct page_history *history, uint32_t index, struct html_page *page)
{
	const struct conversion_step *step = &history->conversion->steps.items[index];
	const struct transaction *response = step->response;
	struct html_page_source source;

	if (!may_change_page(step) || page_history_is_script(step->tx) ||
	    !is_html(transaction_media_type(&response->body, &response->headers)))
		return false;
	source = source_of(history->conversion, response);
	if (!source.body.ptr && response->body.lost)
		return false;
	if (!source.body.ptr)
		source.body = STR("");
	html_page_read(page, &history->conversion->job->arena, &source,
		       HTML_PAGE_FORMS | HTML_PAGE_LINKS | HTML_PAGE_ROWS | HTML_PAGE_ERRORS);
	return true;
}

void page_history_add(struct page_history *history, uint32_t index)
{
	const struct conversion_step *step = &history->conversion->steps.items[index];
	const struct transaction *response = step->response;
	struct str type = transaction_media_type(&response->body, &response->headers);
	struct html_page page;

	if (response->status == 304 && is_document_request(step->tx))
		add_cached(history, response->url, index);
	else if (page_history_read(history, index, &page))
		add_document(history, &page, index);
	else if (!may_change_page(step))
		return;
	else if (!page_history_is_script(step->tx) && is_html(type))
		add_cached(history, response->url, index);
	else if (may_have_fragment(type))
		add_fragment(history, response);
}

/* Whether the address says which page it was, and it was another one than PAGE. */
static bool is_other_page(struct str referer, const struct html_page *page)
{
	size_t host = str_find(referer, STR("://"), 0);
	size_t path = host == NOT_FOUND ? host : str_find_char(referer, '/', host + 3);

	return path != NOT_FOUND && path + 1 < referer.len &&
	       !str_eq(referer, str_slice(page->url, 0, str_find_char(page->url, '#', 0)));
}

const struct history_page *page_history_candidate(const struct page_history *history,
						  struct str referer, size_t n)
{
	size_t seen = 0;

	if (n == 0 && history->has_last)
		return &history->last;
	n -= history->has_last;
	for (size_t i = history->documents.count; i-- > 0 && seen <= n && seen < EARLIER_MAX;) {
		const struct history_page *one = &history->documents.items[i];

		if ((history->has_last && one->step == history->last.step) ||
		    is_other_page(referer, &one->page))
			continue;
		if (seen++ == n)
			return one;
	}
	return NULL;
}
