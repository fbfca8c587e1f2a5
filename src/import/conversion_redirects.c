/* Redirect chains: the client follows them itself, so redirects are not steps. */
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
