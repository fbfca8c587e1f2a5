/* Requests that a recording has twice although they were sent once, and requests that the browser
 * made in advance for pages that were never opened. */
#include "import/conversion.h"

static bool is_same_request(const struct transaction *a, const struct transaction *b)
{
	return a != b && a->disposition == TX_KEPT && b->disposition == TX_KEPT &&
	       a->source == b->source && str_eq(a->method, b->method) && str_eq(a->url, b->url);
}

/* A page was opened from it: later requests come from its address. */
static bool is_opened(const struct tx_list *list, size_t from)
{
	const struct transaction *tx = list->items.items[from];

	for (size_t i = from + 1; i < list->items.count; i++) {
		const struct transaction *next = list->items.items[i];

		if (next->disposition == TX_KEPT && !next->prefetched &&
		    str_eq(transaction_header(&next->request_headers, STR("Referer"), 0), tx->url))
			return true;
	}
	return false;
}

/* Requested in advance: the request that needed it counts, if there is one. */
static void drop_prefetch(const struct tx_list *list, size_t at)
{
	struct transaction *tx = list->items.items[at];

	for (size_t i = at + 1; i < list->items.count; i++) {
		const struct transaction *next = list->items.items[i];

		if (is_same_request(tx, next) && !next->prefetched) {
			transaction_skip(tx, SKIP_REASON_PREFETCH, STR_NULL);
			return;
		}
	}
	if (!is_opened(list, at))
		transaction_skip(tx, SKIP_REASON_PREFETCH, STR_NULL);
}

static bool overlaps(const struct transaction *page, const struct transaction *worker)
{
	return page->start_us == TX_TIME_UNKNOWN || worker->start_us == TX_TIME_UNKNOWN ||
	       (worker->start_us >= page->start_us && worker->start_us <= page->end_us);
}

/* The browser lists what a page asked a service worker for, and what the worker sent for it. */
static void drop_worker_copy(const struct tx_list *list, size_t at)
{
	const struct transaction *tx = list->items.items[at];

	for (size_t i = 0; i < list->items.count; i++) {
		struct transaction *copy = list->items.items[i];

		if (is_same_request(tx, copy) && !copy->by_worker && overlaps(tx, copy)) {
			transaction_skip(copy, SKIP_REASON_COPY, STR_NULL);
			return;
		}
	}
}

/* Preloaded, then used by the page from memory. */
static void drop_memory_copy(const struct tx_list *list, size_t at)
{
	struct transaction *tx = list->items.items[at];

	for (size_t i = 0; i < at; i++)
		if (is_same_request(tx, list->items.items[i])) {
			transaction_skip(tx, SKIP_REASON_COPY, STR_NULL);
			return;
		}
}

void conversion_drop_copies(struct conversion *conversion)
{
	const struct tx_list *list = &conversion->job->list;

	for (size_t i = 0; i < list->items.count; i++) {
		const struct transaction *tx = list->items.items[i];

		if (tx->disposition != TX_KEPT)
			continue;
		if (tx->prefetched)
			drop_prefetch(list, i);
		else if (tx->by_worker)
			drop_worker_copy(list, i);
		else if (tx->from_memory)
			drop_memory_copy(list, i);
	}
}
