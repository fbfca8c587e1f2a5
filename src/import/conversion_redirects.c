/* Chains of requests that are one step: the client follows redirects itself, and sends credentials
 * without waiting for a 401. */
#include "import/conversion.h"

#define NEAR                                                                                       \
	60 /* entries to search; a browser follows immediately, but other requests come in between \
	    */

static bool continues(const struct transaction *tx, const struct transaction *next)
{
	bool same = tx->status == 307 || tx->status == 308;

	if (next->disposition != TX_KEPT || next->source != tx->source || !next->method.len)
		return false;
	if (same ? !str_eq(next->method, tx->method)
		 : !str_eq(next->method, STR("GET")) && !str_eq(next->method, STR("HEAD")))
		return false;
	if (str_eq(next->url, tx->redirect_url))
		return true;
	/* An empty path is the root; recorders write it differently. */
	return next->url.len == tx->redirect_url.len + 1 && str_ends(next->url, STR("/")) &&
	       str_starts(next->url, tx->redirect_url);
}

void conversion_merge_redirects(struct conversion *conversion)
{
	struct tx_list *list = &conversion->job->list;

	for (size_t i = 0; i < list->items.count; i++) {
		struct transaction *tx = list->items.items[i];
		struct transaction *head = tx->disposition == TX_MERGED ? tx->merged_into : tx;

		if (tx->disposition == TX_SKIPPED || !tx->redirect_url.len || head->redirects_apart)
			continue;
		for (size_t k = i + 1; k < list->items.count && k < i + NEAR; k++) {
			struct transaction *next = list->items.items[k];

			if (!continues(tx, next))
				continue;
			next->disposition = TX_MERGED;
			next->merged_into = head;
			break;
		}
	}
}

/* ---- log-in by the browser */

/* A scheme whose credentials the browser sends after a 401, without a script. */
static bool has_browser_login(const struct transaction *tx)
{
	static const char *const schemes[] = {"Basic ", "Digest ", "NTLM ", "Negotiate ", NULL};
	struct str value = transaction_header(&tx->request_headers, STR("Authorization"), 0);

	for (int i = 0; schemes[i]; i++)
		if (str_ieq(str_slice(value, 0, strlen(schemes[i])), str_of(schemes[i])))
			return true;
	return false;
}

/* The same request, sent again with credentials. */
static const struct transaction *find_answer(const struct tx_list *list, size_t at)
{
	const struct transaction *tx = list->items.items[at];

	for (size_t k = at + 1; k < list->items.count && k < at + NEAR; k++) {
		const struct transaction *next = list->items.items[k];

		if (next->disposition == TX_SKIPPED || next->source != tx->source ||
		    !str_eq(next->url, tx->url))
			continue;
		return str_eq(next->method, tx->method) && has_browser_login(next) ? next : NULL;
	}
	return NULL;
}

void conversion_skip_challenges(struct conversion *conversion)
{
	struct tx_list *list = &conversion->job->list;

	for (size_t i = 0; i < list->items.count; i++) {
		struct transaction *tx = list->items.items[i];
		const struct transaction *answer;

		if (tx->disposition != TX_KEPT || tx->status != 401)
			continue;
		answer = find_answer(list, i);
		if (answer)
			transaction_skip(
			    tx, SKIP_REASON_CHALLENGE,
			    arena_printf(&conversion->job->arena, "entry %u", answer->number));
	}
}
