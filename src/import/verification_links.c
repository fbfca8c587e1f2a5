/* Whether a step asks for an address that a user could still click on: if the recorded address was
 * a link or an action of an earlier page, the address that was sent must be one of that page now.
 */
#include "import/verification_private.h"

/* ADDRESS without a session in its path, and without a fragment. */
static struct str plain_address(struct arena *a, struct str address)
{
	size_t session = str_find(address, STR(";jsessionid="), 0), end;

	address = str_slice(address, 0, str_find_char(address, '#', 0));
	if (session == NOT_FOUND || session > address.len)
		return address;
	end = str_find_char(address, '?', session);
	return arena_printf(
	    a, "%.*s%.*s", (int)session, address.ptr,
	    STR_ARG(end == NOT_FOUND ? STR("") : str_slice(address, end, address.len)));
}

/* Whether REFERENCE of PAGE is the address URL, which is plain. */
static bool leads_to(struct judgement *j, const struct html_page *page, struct str reference,
		     struct str url, struct buf *scratch)
{
	buf_clear(scratch);
	return html_page_resolve(page, reference, scratch) &&
	       str_eq(plain_address(&j->pages, buf_str(scratch)), url);
}

static bool has_address(struct judgement *j, const struct html_page *page, struct str url,
			bool posted)
{
	struct buf scratch;
	bool found = false;

	buf_init(&scratch, 0);
	for (uint32_t i = 0; !posted && i < page->link_count && !found; i++)
		found = leads_to(j, page, page->links[i].address, url, &scratch);
	for (uint32_t i = 0; posted && i < page->form_count && !found; i++)
		found = page->forms[i].method == HTML_POST &&
			leads_to(j, page, page->forms[i].action, url, &scratch);
	for (uint32_t i = 0; posted && i < page->control_count && !found; i++)
		found = page->controls[i].has_action &&
			leads_to(j, page, page->controls[i].action, url, &scratch);
	buf_release(&scratch);
	return found;
}

void verification_check_link(struct judgement *j, size_t n, const struct import_response *response)
{
	const struct transaction *tx = verification_step_at(j->job, n)->tx;
	bool posted = !str_eq(tx->method, STR("GET"));
	struct str recorded = plain_address(&j->pages, tx->url);
	struct str sent = plain_address(&j->pages, response->sent_url);
	const struct html_page *source = NULL;

	if (!sent.len || (posted && !str_eq(tx->method, STR("POST"))))
		return;
	for (size_t i = 0; i < n; i++) {
		if (!j->recorded[i].known || !j->received[i].known ||
		    !has_address(j, &j->recorded[i].page, recorded, posted))
			continue;
		if (has_address(j, &j->received[i].page, sent, posted))
			return;
		source = &j->recorded[i].page;
	}
	if (!source)
		return;
	verification_add(
	    j, tx, true, posted ? "form" : "link",
	    arena_printf(&j->pages, "%.*s on %.*s", STR_ARG(tx->url), STR_ARG(source->url)),
	    arena_printf(&j->pages, "asked for %.*s, which is not on this page now",
			 STR_ARG(response->sent_url)));
}
