/* Event streams that are open while the visit continues: `listen` instead of a request that waits
 * for their end. */
#include "base/url.h"
#include "import/conversion.h"

/* Whether the visit continued while the stream was open. */
static bool is_beside(const struct tx_list *list, const struct transaction *tx)
{
	for (size_t i = 0; i < list->items.count; i++) {
		const struct transaction *other = list->items.items[i];

		if (other->disposition == TX_KEPT && other->source == tx->source &&
		    !(other->socket && other->socket->listens) && other->start_us > tx->start_us &&
		    other->start_us < tx->end_us)
			return true;
	}
	return false;
}

/* Streams of other hosts stay skipped; those of the target are skipped if their events are not in
 * the response. */
static bool is_usable(const struct conversion *conversion, const struct transaction *tx)
{
	struct url url, target;

	if (tx->disposition == TX_KEPT)
		return true;
	return tx->disposition == TX_SKIPPED && tx->reason == SKIP_REASON_EVENT_STREAM &&
	       url_split(tx->url, &url) && url_split(conversion->target, &target) &&
	       url_same_origin(&url, &target);
}

/* A browser opens a stream again after it has ended. */
static bool is_again(const struct tx_list *list, const struct transaction *tx)
{
	for (size_t i = 0; i < list->items.count && list->items.items[i] != tx; i++) {
		const struct transaction *first = list->items.items[i];

		if (first->kind != TX_SOCKET || !first->socket->listens ||
		    first->disposition != TX_KEPT || !str_eq(first->url, tx->url) ||
		    first->page.len != tx->page.len)
			continue;
		first->socket->reconnects = true;
		return true;
	}
	return false;
}

void conversion_find_listeners(struct conversion *conversion)
{
	struct tx_list *list = &conversion->job->list;

	for (size_t i = 0; i < list->items.count && !conversion->job->no_times; i++) {
		struct transaction *tx = list->items.items[i];

		if (tx->kind != TX_REQUEST || !tx->socket || !is_usable(conversion, tx) ||
		    tx->start_us == TX_TIME_UNKNOWN || tx->end_us == TX_TIME_UNKNOWN ||
		    !is_beside(list, tx))
			continue;
		tx->disposition = TX_KEPT;
		if (is_again(list, tx))
			transaction_skip(tx, SKIP_REASON_COPY, STR_NULL);
		else
			transaction_open_socket(tx);
	}
}
