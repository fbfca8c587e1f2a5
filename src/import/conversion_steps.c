/* The kept requests as steps: groups by pages or pauses, think times from the end of one to the
 * start of the next. */
#include "base/ascii.h"
#include "base/url.h"
#include "import/conversion.h"

#define GAP_US	   1000000  /* a pause of at least this length starts a new group */
#define SHORT_US   100000   /* shorter pauses are not think time */
#define LONGEST_US 60000000 /* maximum; a longer pause was not think time */

/* ---- pages */

const struct tx_page *conversion_page(const struct tx_list *list, const struct transaction *tx)
{
	for (size_t i = 0; i < list->pages.count; i++)
		if (list->pages.items[i].source == tx->source &&
		    str_eq(list->pages.items[i].id, tx->page))
			return &list->pages.items[i];
	return NULL;
}

static const struct transaction *first_of_page(const struct tx_list *list,
					       const struct tx_page *page)
{
	for (size_t i = 0; i < list->items.count; i++) {
		const struct transaction *tx = list->items.items[i];

		if (tx->disposition == TX_KEPT && conversion_page(list, tx) == page)
			return tx;
	}
	return NULL;
}

/* Measuring tools record the same page again and again: repeated runs are not steps. */
static void drop_reruns(struct conversion *conversion)
{
	struct tx_list *list = &conversion->job->list;
	const struct transaction *first = NULL;
	const struct tx_page *kept = NULL;
	size_t pages = 0, dropped = 0;

	for (size_t i = 0; i < list->pages.count; i++) {
		const struct transaction *tx = first_of_page(list, &list->pages.items[i]);

		if (list->pages.items[i].mark)
			return;
		if (!tx)
			continue;
		if (!str_eq(tx->method, STR("GET")) || (first && !str_eq(first->url, tx->url)))
			return;
		first = first ? first : tx;
		kept = kept ? kept : &list->pages.items[i];
		pages++;
	}
	for (size_t i = 0; i < list->items.count; i++)
		if (list->items.items[i]->disposition == TX_KEPT &&
		    !str_eq(list->items.items[i]->method, STR("GET")))
			return;
	if (pages < 2)
		return;
	for (size_t i = 0; i < list->items.count; i++) {
		struct transaction *tx = list->items.items[i];
		const struct tx_page *page = conversion_page(list, tx);

		if (tx->disposition != TX_SKIPPED && page && page != kept) {
			tx->disposition = TX_KEPT;
			transaction_skip(tx, SKIP_REASON_RERUN, STR_NULL);
			dropped++;
		}
	}
	if (dropped)
		job_note(conversion->job, "runs",
			 "the recording has the same page %zu times; the first run is imported",
			 pages);
}

/* Pages are groups if there are several. */
static bool pages_are_groups(const struct tx_list *list)
{
	const struct tx_page *seen = NULL;

	for (size_t i = 0; i < list->items.count; i++) {
		const struct transaction *tx = list->items.items[i];
		const struct tx_page *page =
		    tx->disposition == TX_KEPT ? conversion_page(list, tx) : NULL;

		if (!page)
			continue;
		if (page->mark || (seen && seen != page))
			return true;
		seen = page;
	}
	return false;
}

/* ---- steps */

bool conversion_opens_document(const struct transaction *tx)
{
	struct str mode = transaction_header(&tx->request_headers, STR("Sec-Fetch-Mode"), 0);

	if (tx->resource_type.len)
		return str_ieq(tx->resource_type, STR("document"));
	return str_ieq(mode, STR("navigate"));
}

static bool begins_group(const struct conversion *conversion, const struct transaction *tx,
			 const struct tx_page *page, const struct tx_page *last_page, bool by_pages,
			 int64_t busy_until)
{
	if (!conversion->groups.count)
		return true;
	/* The server decides when it sends a message. */
	if (tx->kind == TX_RECEIVED)
		return false;
	if (by_pages && page && page != last_page)
		return true;
	/* A person who marked a step knows where the next one starts. */
	if (conversion->job->no_times || (page && page->mark))
		return false;
	if (tx->start_us != TX_TIME_UNKNOWN && busy_until != TX_TIME_UNKNOWN &&
	    tx->start_us - busy_until >= GAP_US)
		return true;
	return (!by_pages || (!page && !last_page)) && conversion_opens_document(tx);
}

static ns_t think_time(int64_t pause_us, bool *capped)
{
	*capped = pause_us > LONGEST_US;
	if (*capped)
		pause_us = LONGEST_US;
	if (pause_us < SHORT_US)
		return 0;
	return (pause_us + 50000) / 100000 * 100 * NS_PER_MS;
}

static void add_step(struct conversion *conversion, struct transaction *tx)
{
	struct conversion_step step = {.tx = tx, .response = tx};

	step.group = (uint32_t)conversion->groups.count - 1;
	conversion->groups.items[step.group].steps++;
	VEC_PUSH(&conversion->job->arena, &conversion->steps, step);
}

static void add_disabled(struct conversion *conversion, struct transaction *tx)
{
	add_step(conversion, tx);
	conversion->steps.items[conversion->steps.count - 1].disabled = true;
}

static bool is_message(const struct transaction *tx)
{
	return tx->kind > TX_SOCKET;
}

static void set_responses(struct conversion *conversion)
{
	const struct tx_list *list = &conversion->job->list;

	for (size_t i = 0; i < list->items.count; i++) {
		struct transaction *tx = list->items.items[i];

		if (tx->disposition != TX_MERGED)
			continue;
		for (size_t k = 0; k < conversion->steps.count; k++)
			if (conversion->steps.items[k].tx == tx->merged_into)
				conversion->steps.items[k].response = tx;
	}
}

/* The person's pause before TX, after the last step. */
static void add_pause(struct conversion *conversion, const struct transaction *tx,
		      int64_t busy_until)
{
	struct conversion_step *last;
	bool capped = false;

	if (!conversion->steps.count || conversion->job->no_times ||
	    tx->start_us == TX_TIME_UNKNOWN || busy_until == TX_TIME_UNKNOWN)
		return;
	last = &conversion->steps.items[conversion->steps.count - 1];
	last->think = think_time(tx->start_us - busy_until, &capped);
	if (capped)
		VEC_PUSH(&conversion->job->arena, &last->comments,
			 STR("the pause after it was longer; cut to 1m"));
}

/* Messages are a part of the page's script: a person's pause before one is kept, also if no group
 * begins. */
static bool pauses_before(const struct transaction *tx, const struct tx_page *page,
			  int64_t busy_until)
{
	return (tx->kind == TX_SENT || tx->kind == TX_CLOSED || (page && page->mark)) &&
	       tx->kind != TX_RECEIVED && tx->start_us - busy_until >= GAP_US;
}

static void begin_group(struct conversion *conversion, const struct tx_page *page,
			const struct transaction *tx, int64_t busy_until)
{
	struct conversion_group group = {.name = conversion_group_name(conversion, page, tx),
					 .marked = page && page->mark};

	add_pause(conversion, tx, busy_until);
	VEC_PUSH(&conversion->job->arena, &conversion->groups, group);
}

void conversion_build_steps(struct conversion *conversion)
{
	struct tx_list *list = &conversion->job->list;
	const struct tx_page *page, *last_page = NULL;
	int64_t busy_until = TX_TIME_UNKNOWN;
	bool by_pages;

	drop_reruns(conversion);
	by_pages = pages_are_groups(list);
	for (size_t i = 0; i < list->items.count; i++) {
		struct transaction *tx = list->items.items[i];
		bool lost = tx->disposition == TX_SKIPPED && tx->reason == SKIP_REASON_BODY_LOST;

		if (tx->disposition == TX_KEPT || lost) {
			page = is_message(tx) ? last_page : conversion_page(list, tx);
			if (begins_group(conversion, tx, page, last_page, by_pages, busy_until))
				begin_group(conversion, page, tx, busy_until);
			else if (pauses_before(tx, page, busy_until))
				add_pause(conversion, tx, busy_until);
			last_page = page ? page : last_page;
			lost ? add_disabled(conversion, tx) : add_step(conversion, tx);
		}
		/* Assets that a page loads also delay its reader. */
		if (tx->end_us != TX_TIME_UNKNOWN && tx->end_us > busy_until &&
		    (tx->disposition != TX_SKIPPED || tx->reason == SKIP_REASON_ASSET))
			busy_until = tx->end_us;
	}
	set_responses(conversion);
}
