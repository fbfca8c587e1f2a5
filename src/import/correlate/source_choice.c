/* The response that is the source of a request's value. */
#include "import/correlate/source_choice.h"
#include "import/correlate/score.h"

#define SOURCE_CLOCK_US 50000 /* clocks of recorders are this inexact */

static bool is_parent(const struct correlation *c, uint32_t order, uint32_t step)
{
	struct str referer = transaction_header(
	    &c->conversion->steps.items[step].tx->request_headers, STR("Referer"), 0);

	return referer.len && str_eq(c->list->items.items[order]->url, referer);
}

/* Whether the client can have had the response when it sent the request. A page is used while it
 * is still being received. */
static bool received_before(const struct correlation *c, uint32_t order, uint32_t step)
{
	const struct transaction *response = c->list->items.items[order];
	const struct transaction *request = c->conversion->steps.items[step].tx;

	if (c->owner[order] == UINT32_MAX || c->owner[order] >= step ||
	    order >= c->step_order[step] || response->source != request->source)
		return false;
	/* If many start at the same time, the clock was not usable. */
	return c->wrong_clock || response->start_us == request->start_us ||
	       response->end_us == TX_TIME_UNKNOWN || request->start_us == TX_TIME_UNKNOWN ||
	       response->end_us <= request->start_us + SOURCE_CLOCK_US ||
	       c->conversion->job->no_times || is_parent(c, order, step);
}

bool source_choice_clock_is_wrong(const struct tx_list *list)
{
	for (size_t i = 0; i < list->items.count; i++) {
		const struct transaction *next = list->items.items[i];

		if (next->disposition != TX_MERGED || next->start_us == TX_TIME_UNKNOWN)
			continue;
		for (size_t k = i; k-- > 0;) {
			const struct transaction *tx = list->items.items[k];

			if (!str_eq(tx->redirect_url, next->url) || tx->source != next->source)
				continue;
			if (tx->end_us > next->start_us + SOURCE_CLOCK_US)
				return true;
			break;
		}
	}
	return false;
}

/* KNOWN: an earlier response had this short number with the same meaning. */
static enum source_rank rank_of(const struct correlation *c,
				const struct tracked_value *tracked_value,
				const struct occurrence *occurrence,
				const struct request_value *request_value, bool known)
{
	bool fits = score_names_fit(c, occurrence, request_value);

	/* Two numbers can be equal by chance. */
	if (!known &&
	    (fits || tracked_value->shape >= 4 ||
	     score_is_new_name(c, tracked_value, occurrence, request_value)) &&
	    score_is_created(c, tracked_value, occurrence, request_value))
		return SOURCE_CREATED;
	if (score_is_own_input(tracked_value, occurrence, request_value))
		return SOURCE_FORM;
	if (occurrence->found_in > VALUE_SOURCE_META)
		return SOURCE_TEXT;
	return fits ? SOURCE_NAMED : SOURCE_STRUCTURED;
}

/* Whether A is a better source than B, both of RANK; B is in the same response or an earlier one.
 */
static bool is_better(const struct correlation *c, enum source_rank rank, uint32_t step,
		      const struct occurrence *a, const struct occurrence *b)
{
	if (!b)
		return true;
	/* A form is on the page that the request came from, or on the last one that has it. */
	if (rank == SOURCE_FORM && a->order != b->order)
		return is_parent(c, a->order, step) || !is_parent(c, b->order, step);
	if (!*a->filter != !*b->filter)
		return !*a->filter;
	/* The kinds in one response are in order of robustness. */
	return a->order == b->order && a->found_in < b->found_in;
}

bool source_choice_find(const struct correlation *c, const struct tracked_value *tracked_value,
			const struct request_value *request_value,
			const struct occurrence *out[SOURCE_RANK_COUNT])
{
	bool client = tracked_value->first_sent <= tracked_value->first_seen, any = false;
	bool number = score_is_short_number(tracked_value), known = false;

	for (int rank = 0; rank < SOURCE_RANK_COUNT; rank++)
		out[rank] = NULL;
	for (size_t i = 0; i < tracked_value->occurrences.count; i++) {
		const struct occurrence *o = &tracked_value->occurrences.items[i];
		enum source_rank rank;

		if (o->unusable || !received_before(c, o->order, request_value->step))
			continue;
		rank = rank_of(c, tracked_value, o, request_value, known);
		known = known || (number && score_names_fit(c, o, request_value));
		/* A value that the client sent first is its own. A form can give back a random
		 * value that the client generated, and a number can have another meaning. */
		if (client && (rank != SOURCE_FORM || tracked_value->shape < 5) &&
		    (rank != SOURCE_CREATED || !number))
			continue;
		if (!is_better(c, rank, request_value->step, o, out[rank]))
			continue;
		out[rank] = o;
		any = true;
	}
	return any;
}

static const struct transaction *find_lost_creator(struct correlation *c, struct str value,
						   uint32_t order)
{
	for (uint32_t i = 0; i < order; i++) {
		const struct transaction *tx = c->list->items.items[i];

		if (tx->disposition != TX_SKIPPED || tx->reason != SKIP_REASON_BODY_LOST ||
		    tx->status >= 300 || !tx->body.raw.ptr)
			continue;
		buf_clear(&c->body);
		if (str_find(transaction_body_bytes(&tx->body, &c->body), value, 0) != NOT_FOUND)
			return tx;
	}
	return NULL;
}

bool source_choice_is_lost(struct correlation *c, const struct tracked_value *tracked_value,
			   const struct occurrence *source)
{
	struct import_job *job = c->conversion->job;
	const struct transaction *lost =
	    tracked_value->shape >= 3 ? find_lost_creator(c, tracked_value->value, source->order)
				      : NULL;
	struct str text;

	if (!lost)
		return false;
	text = arena_printf(&job->arena,
			    "entry %u, whose body is missing in the recording, creates what later "
			    "steps use; write it by hand, and extract the id from its response",
			    lost->number);
	for (size_t i = 0; i < job->notes.count; i++)
		if (str_eq(job->notes.items[i].text, text))
			return true;
	job_note(job, "look at", "%.*s", STR_ARG(text));
	return true;
}
