/* The names of groups: the title of the page, the heading of a document, or the address. */
#include "base/ascii.h"
#include "base/url.h"
#include "html/html_page.h"
#include "import/conversion.h"
#include "import/message_frame.h"

#define NAME_MAX 60u

static bool is_number(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
	return s.len > 0;
}

/* An id: all digits, or long with digits in it. */
static bool is_varying(struct str s)
{
	bool digit = false;

	for (size_t i = 0; i < s.len; i++)
		digit = digit || ascii_is_digit(s.ptr[i]);
	return is_number(s) || (digit && s.len >= 12);
}

/* "POST /orders/{id}". */
static struct str template_name(struct conversion *conversion, const struct transaction *tx)
{
	struct buf *out = &conversion->scratch;
	struct url url;

	buf_clear(out);
	buf_add(out, tx->method);
	buf_add_char(out, ' ');
	if (!url_split(tx->url, &url) || !url.path.len) {
		buf_add_char(out, '/');
		return arena_str(&conversion->job->arena, buf_str(out));
	}
	for (size_t at = 0; at < url.path.len;) {
		size_t end = str_find_char(url.path, '/', at + 1);

		end = end == NOT_FOUND ? url.path.len : end;
		struct str segment = str_slice(url.path, at + 1, end);
		buf_add_char(out, '/');
		buf_add(out, is_varying(segment) ? STR("{id}") : str_slice(segment, 0, 40));
		at = end;
	}
	return arena_str(&conversion->job->arena, buf_str(out));
}

static bool is_url(struct str title)
{
	return str_starts(title, STR("http:")) || str_starts(title, STR("https:"));
}

/* "Ask", after the message that is sent; the socket has no better name. */
static struct str message_name(struct conversion *conversion, const struct transaction *tx)
{
	struct arena *a = &conversion->job->arena;
	struct message_keys keys;
	char *name;

	message_frame_keys(a, tx->kind == TX_SENT && !tx->binary ? tx->request_body.raw : STR(""),
			   &keys);
	if (!keys.word.len)
		return tx->kind == TX_CLOSED ? STR("Close") : STR("Message");
	name = arena_cstr(a, keys.word);
	name[0] = ascii_to_upper(name[0]);
	for (size_t i = 1; name[i]; i++)
		if (name[i] == '_' || name[i] == '-')
			name[i] = ' ';
	return str_of(name);
}

/* ---- documents */

/* The document that TX opens, after redirects. */
static const struct transaction *last_response(const struct tx_list *list,
					       const struct transaction *tx)
{
	const struct transaction *last = tx;

	for (size_t i = 0; i < list->items.count; i++)
		if (list->items.items[i]->disposition == TX_MERGED &&
		    list->items.items[i]->merged_into == tx)
			last = list->items.items[i];
	return last;
}

/* The heading of the document that TX opens; may be empty. */
static struct str heading_of(struct conversion *conversion, const struct transaction *tx)
{
	struct arena *a = &conversion->job->arena;
	const struct transaction *last = last_response(&conversion->job->list, tx);
	struct html_page_source source = {.url = last->url,
					  .content_type = STR("text/html; charset=utf-8")};
	struct html_page page;

	buf_clear(&conversion->scratch);
	source.body = transaction_body_bytes(&last->body, &conversion->scratch);
	if (!source.body.ptr ||
	    !str_icontains(transaction_media_type(&last->body, &last->headers), STR("html")))
		return STR("");
	source.body = arena_str(a, source.body);
	html_page_read(&page, a, &source, HTML_PAGE_ERRORS);
	return str_trim(page.h1);
}

static void read_documents(struct conversion *conversion)
{
	const struct tx_list *list = &conversion->job->list;

	for (size_t i = 0; i < list->items.count; i++) {
		const struct transaction *tx = list->items.items[i];

		if (tx->disposition == TX_KEPT && conversion_opens_document(tx))
			VEC_PUSH(&conversion->job->arena, &conversion->documents,
				 ((struct conversion_document){tx, heading_of(conversion, tx)}));
	}
}

/* A heading that the document at another address does not have too, without recorded numbers. */
static bool is_distinctive(const struct conversion *conversion,
			   const struct conversion_document *document)
{
	struct str heading = document->heading;

	if (!heading.len || heading.len > NAME_MAX)
		return false;
	for (size_t i = 0; i < heading.len; i++)
		if (ascii_is_digit(heading.ptr[i]) || (unsigned char)heading.ptr[i] < ' ')
			return false;
	for (size_t i = 0; i < conversion->documents.count; i++)
		if (str_eq(conversion->documents.items[i].heading, heading) &&
		    !str_eq(conversion->documents.items[i].tx->url, document->tx->url))
			return false;
	return true;
}

/* The name of a group in a page of the recording that is a tab with several documents: its title
 * is that of one of them. */
static struct str document_name(struct conversion *conversion, const struct transaction *tx)
{
	for (size_t i = 0; i < conversion->documents.count; i++)
		if (conversion->documents.items[i].tx == tx &&
		    is_distinctive(conversion, &conversion->documents.items[i]))
			return conversion->documents.items[i].heading;
	return template_name(conversion, tx);
}

/* Whether all documents are those of PAGE; Playwright has a page for each tab. */
static bool is_tab(struct conversion *conversion, const struct tx_page *page)
{
	size_t own = 0;

	if (page->mark)
		return false;
	if (!conversion->documents.count)
		read_documents(conversion);
	for (size_t i = 0; i < conversion->documents.count; i++)
		own += conversion_page(&conversion->job->list, conversion->documents.items[i].tx) ==
		       page;
	return own > 1 &&
	       (own == conversion->documents.count || str_starts(page->id, STR("page@")));
}

struct str conversion_group_name(struct conversion *conversion, const struct tx_page *page,
				 const struct transaction *tx)
{
	size_t end;

	if (tx->kind > TX_SOCKET)
		return message_name(conversion, tx);
	if (!page || !page->title.len || is_url(page->title))
		return template_name(conversion, tx);
	if (is_tab(conversion, page))
		return document_name(conversion, tx);
	end = page->title.len < NAME_MAX ? page->title.len : NAME_MAX;
	while (end < page->title.len && end > 0 && (page->title.ptr[end] & 0xc0) == 0x80)
		end--;
	return str_trim(str_slice(page->title, 0, end));
}
