/* Decides which request values are correlated: scores them, selects their source, writes the
 * extractor, binds the requests and reports the result. */
#include "import/correlate/correlate.h"
#include "base/ascii.h"
#include "import/correlate/correlation.h"
#include "import/correlate/request_values.h"
#include "import/correlate/extractor.h"
#include "import/correlate/score.h"
#include "import/correlate/response_values.h"
#include "import/correlate/value_index.h"

#include <stdlib.h>

#define ACCEPT	4
#define SUGGEST 2

/* A variable with one value, which it has from the response of a step to its last use. */
struct live_variable {
	struct str name;
	struct tracked_value *tracked_value;
	uint32_t step, last_use; /* step indexes */
	uint32_t extractor;	 /* index into the step's extractor_specs */
};

struct live_variables {
	VEC(struct live_variable) items;
};

/* ---- sources */

/* Before the request: started earlier, and finished when it was sent. */
static bool is_received_before(const struct correlation *c, uint32_t order, uint32_t step)
{
	const struct transaction *response = c->list->items.items[order];
	const struct transaction *request = c->conversion->steps.items[step].tx;

	if (c->owner[order] == UINT32_MAX || c->owner[order] >= step ||
	    order >= c->step_order[step])
		return false;
	if (response->source != request->source)
		return false;
	/* If many start at the same time, the clock was not usable. */
	return response->start_us == request->start_us || response->end_us == TX_TIME_UNKNOWN ||
	       request->start_us == TX_TIME_UNKNOWN ||
	       response->end_us <= request->start_us + 50000 || c->conversion->job->no_times;
}

static bool is_structured(const struct occurrence *occurrence)
{
	return occurrence->found_in <= VALUE_SOURCE_META;
}

static bool is_parent(const struct correlation *c, const struct occurrence *occurrence,
		      uint32_t step)
{
	struct str referer = transaction_header(
	    &c->conversion->steps.items[step].tx->request_headers, STR("Referer"), 0);

	return referer.len && str_eq(c->list->items.items[occurrence->order]->url, referer);
}

/* The latest structured one, preferring the page the request came from; else the latest of all. */
static const struct occurrence *
find_source(const struct correlation *c, const struct tracked_value *tracked_value, uint32_t step)
{
	const struct occurrence *best = NULL;

	for (size_t i = 0; i < tracked_value->occurrences.count; i++) {
		const struct occurrence *occurrence = &tracked_value->occurrences.items[i];
		bool plain = !*occurrence->filter;

		if (!is_received_before(c, occurrence->order, step))
			continue;
		if (!best || (is_structured(occurrence) && !is_structured(best))) {
			best = occurrence;
			continue;
		}
		if (is_structured(occurrence) != is_structured(best))
			continue;
		if (plain != !*best->filter) {
			best = plain ? occurrence : best;
			continue;
		}
		if (is_parent(c, best, step) && !is_parent(c, occurrence, step))
			continue;
		/* The kinds in one response are in order of robustness. */
		if (occurrence->order > best->order ||
		    (occurrence->order == best->order && occurrence->found_in < best->found_in))
			best = occurrence;
	}
	return best;
}

/* It was sent before any response had it: the client generated it, or a person typed it. */
static bool is_client_value(const struct tracked_value *tracked_value)
{
	return tracked_value->first_sent <= tracked_value->first_seen;
}

/* ---- binding */

/* The type that JSON needs: a number stays a number, a text becomes a text. */
static const char *type_filter(const struct conversion_step *step, const struct request_value *sent,
			       const struct occurrence *occurrence,
			       const struct extractor_spec *extractor_spec)
{
	bool number = occurrence->is_number && str_eq(extractor_spec->kind, STR("jsonpath")) &&
		      !*occurrence->filter;

	if (sent->location != LOCATION_JSON || sent->is_part)
		return "";
	if (json_type(&step->json->items[sent->index]) == JSON_NUMBER)
		return number ? "" : " | float";
	return number ? " | text" : "";
}

static bool add_binding(struct correlation *c, struct request_value *sent,
			const struct live_variable *h, const struct occurrence *occurrence,
			const struct extractor_spec *extractor_spec)
{
	struct arena *a = &c->conversion->job->arena;
	struct conversion_step *step = &c->conversion->steps.items[sent->step];
	struct binding b = {
	    .location = sent->location, .index = sent->index, .from = sent->from, .to = sent->to};

	if (sent->bound || request_values_is_bound(step, sent))
		return false;
	b.expression =
	    arena_printf(a, "%.*s%s%s%s", STR_ARG(h->name), *occurrence->filter ? " | " : "",
			 occurrence->filter, type_filter(step, sent, occurrence, extractor_spec));
	VEC_PUSH(a, &step->bindings, b);
	sent->bound = true;
	return true;
}

/* ---- names of variables */

/* A name is free if its other value is not needed in between. */
static bool name_is_free(const struct live_variables *all, struct str name, uint32_t from,
			 uint32_t to, const struct tracked_value *tracked_value)
{
	for (size_t i = 0; i < all->items.count; i++) {
		const struct live_variable *h = &all->items.items[i];

		if (!str_eq(h->name, name))
			continue;
		if (h->tracked_value == tracked_value && h->step == from)
			return true;
		if (from < h->last_use && h->step < to)
			return false;
	}
	return true;
}

static struct str free_name(struct correlation *c, const struct live_variables *all,
			    const struct tracked_value *tracked_value,
			    const struct occurrence *occurrence, uint32_t from, uint32_t to)
{
	struct str base = correlation_variable_name(c, tracked_value, occurrence), name = base;

	for (unsigned n = 2; !name_is_free(all, name, from, to, tracked_value); n++)
		name = arena_printf(&c->conversion->job->arena, "%.*s_%u", STR_ARG(base), n);
	return name;
}

/* ---- one value */

/* Extracts OCCURRENCE's value from the response of its step, unless that is already done. NULL:
 * no extractor finds it. */
static struct live_variable *add_live_variable(struct correlation *c, struct live_variables *all,
					       struct tracked_value *tracked_value,
					       const struct occurrence *occurrence,
					       uint32_t last_use)
{
	struct arena *a = &c->conversion->job->arena;
	uint32_t owner = c->owner[occurrence->order];
	struct conversion_step *step = &c->conversion->steps.items[owner];
	struct live_variable result = {
	    .tracked_value = tracked_value, .step = owner, .last_use = last_use};
	struct extractor_spec extractor_spec;

	for (size_t i = 0; i < all->items.count; i++) {
		struct live_variable *h = &all->items.items[i];

		if (h->tracked_value == tracked_value && h->step == owner) {
			h->last_use = last_use > h->last_use ? last_use : h->last_use;
			return h;
		}
	}
	if (!extractor_write(c, step, occurrence, &extractor_spec)) {
		struct transaction *tx = c->list->items.items[occurrence->order];
		struct transaction *head = tx->merged_into ? tx->merged_into : tx;

		/* The value is only in a redirect: then the scenario follows the chain step by
		 * step. */
		if (step->response != tx && !head->redirects_apart) {
			head->redirects_apart = true;
			c->conversion->needs_rerun = true;
		}
		return NULL;
	}
	result.name = free_name(c, all, tracked_value, occurrence, owner, last_use);
	extractor_spec.variable = result.name;
	result.extractor = (uint32_t)step->extractor_specs.count;
	VEC_PUSH(a, &step->extractor_specs, extractor_spec);
	VEC_PUSH(a, &all->items, result);
	return &all->items.items[all->items.count - 1];
}

static uint32_t last_use_of(const struct correlation *c, const struct tracked_value *tracked_value)
{
	uint32_t last = 0;

	for (size_t i = 0; i < tracked_value->request_values.count; i++) {
		uint32_t step =
		    c->request_values.items[tracked_value->request_values.items[i]].step;

		last = step > last ? step : last;
	}
	return last;
}

/* The best score of all its uses decides; the occurrence is the source of that use. */
static int best_score(struct correlation *c, struct tracked_value *tracked_value,
		      const struct occurrence **occurrence, struct request_value **request_value,
		      struct str *why)
{
	int best = INT32_MIN;
	struct buf reasons;

	buf_init(&reasons, 0);
	for (size_t i = 0; i < tracked_value->request_values.count; i++) {
		struct request_value *sent =
		    &c->request_values.items[tracked_value->request_values.items[i]];
		const struct occurrence *response = find_source(c, tracked_value, sent->step);
		int score;

		/* A word in a path is the name of a page; bound values stay. */
		if (!response ||
		    request_values_is_bound(&c->conversion->steps.items[sent->step], sent) ||
		    (sent->in_path && tracked_value->shape == -1 &&
		     !ascii_is_digit(sent->value.ptr[0]) &&
		     !score_is_created(c, tracked_value, response)))
			continue;
		buf_clear(&reasons);
		score = score_pair(c, tracked_value, response, sent, &reasons);
		if (score > best) {
			best = score;
			*occurrence = response;
			*request_value = sent;
			*why = arena_printf(&c->conversion->job->arena, "score %d: %.*s", score,
					    STR_ARG(buf_str(&reasons)));
		}
	}
	buf_release(&reasons);
	return best;
}

/* A verification received another value at the same location. */
static bool is_reissued(struct correlation *c, struct tracked_value *tracked_value,
			const struct occurrence *occurrence)
{
	uint32_t owner = c->owner[occurrence->order];
	struct extractor_spec extractor_spec;

	if (!c->conversion->job->replayed ||
	    !extractor_write(c, &c->conversion->steps.items[owner], occurrence, &extractor_spec))
		return false;
	tracked_value->differs = extractor_differs(c, owner, &extractor_spec, occurrence->value) ||
				 tracked_value->differs;
	return tracked_value->differs;
}

static void correlate_value(struct correlation *c, struct live_variables *all,
			    struct tracked_value *tracked_value)
{
	struct request_value *request_value = NULL;
	const struct occurrence *occurrence = NULL, *first = NULL;
	struct str why = STR_NULL;
	struct live_variable *h = NULL;
	size_t uses = 0;
	int score;

	if (!tracked_value->occurrences.count || is_client_value(tracked_value))
		return;
	score = best_score(c, tracked_value, &occurrence, &request_value, &why);
	score += c->conversion->job->file_count > 1 && tracked_value->differs ? 6 : 0;
	score -= tracked_value->constant ? 100 : 0;
	if (score < ACCEPT && occurrence && is_reissued(c, tracked_value, occurrence))
		score = ACCEPT;
	if (score < SUGGEST)
		return;
	if (score < ACCEPT) {
		correlation_suggest(c, occurrence, request_value);
		return;
	}
	for (size_t i = 0; i < tracked_value->request_values.count; i++) {
		struct request_value *sent =
		    &c->request_values.items[tracked_value->request_values.items[i]];

		if (request_values_is_bound(&c->conversion->steps.items[sent->step], sent))
			continue;
		if (tracked_value->shape < 3 &&
		    score_pair(c, tracked_value, occurrence, sent, NULL) < ACCEPT &&
		    !tracked_value->differs)
			continue;
		if (!first) {
			first = find_source(c, tracked_value, sent->step);
			h = first ? add_live_variable(c, all, tracked_value, first,
						      last_use_of(c, tracked_value))
				  : NULL;
		}
		if (!h) {
			first = NULL;
			continue;
		}
		uses += add_binding(
		    c, sent, h, first,
		    &c->conversion->steps.items[h->step].extractor_specs.items[h->extractor]);
	}
	if (h && uses)
		correlation_report(c, h->name, h->step, h->extractor, first, uses, score, why);
}

/* ---- the whole correlation */

/* Complete values before parts of longer ones, then in the order sent, the longer one first. */
static int by_length(const void *a, const void *b)
{
	const struct tracked_value *x = *(struct tracked_value *const *)a,
				   *y = *(struct tracked_value *const *)b;

	if (x->is_whole != y->is_whole)
		return x->is_whole ? -1 : 1;
	if (x->first_sent != y->first_sent)
		return x->first_sent < y->first_sent ? -1 : 1;
	return x->value.len > y->value.len ? -1 : x->value.len < y->value.len;
}

static void set_owners(struct correlation *c)
{
	struct arena *a = &c->conversion->job->arena;
	size_t count = c->list->items.count;

	c->owner = ARENA_ARRAY(a, count + 1, uint32_t);
	c->step_order = ARENA_ARRAY(a, c->conversion->steps.count + 1, uint32_t);
	for (uint32_t i = 0; i < count; i++) {
		const struct transaction *tx = c->list->items.items[i];
		const struct transaction *head =
		    tx->disposition == TX_MERGED ? tx->merged_into : tx;

		c->owner[i] = UINT32_MAX;
		for (uint32_t k = 0;
		     tx->disposition != TX_SKIPPED && k < c->conversion->steps.count; k++)
			if (c->conversion->steps.items[k].tx == head) {
				c->owner[i] = k;
				if (head == tx)
					c->step_order[k] = i;
				break;
			}
	}
}

/* Values known before the recording started: sent as a cookie that no response had set. */
static void note_sent_cookies(struct correlation *c)
{
	for (uint32_t k = 0; k < c->conversion->steps.count; k++) {
		struct str line = transaction_header(
		    &c->conversion->steps.items[k].tx->request_headers, STR("Cookie"), 0);

		for (size_t at = 0; at < line.len;) {
			size_t end = str_find_char(line, ';', at), sign;

			end = end == NOT_FOUND ? line.len : end;
			struct str pair = str_trim(str_slice(line, at, end));
			at = end + 1;
			sign = str_find_char(pair, '=', 0);
			if (sign == NOT_FOUND)
				continue;
			struct tracked_value *tracked_value =
			    value_index_find(c->value_index, str_slice(pair, sign + 1, pair.len));
			if (tracked_value && c->step_order[k] < tracked_value->first_sent)
				tracked_value->first_sent = c->step_order[k];
		}
	}
}

/* The Referer consists of earlier addresses: the values in it become the same variables. */
static void bind_referers(struct correlation *c, const struct live_variables *all)
{
	for (uint32_t k = 0; k < c->conversion->steps.count; k++) {
		struct conversion_step *step = &c->conversion->steps.items[k];
		const struct tx_headers *headers = &step->tx->request_headers;

		for (uint32_t i = 0; i < headers->list.count; i++) {
			const struct tx_header *h = &headers->list.items[i];

			for (size_t n = 0; str_ieq(h->name, STR("Referer")) && n < all->items.count;
			     n++) {
				const struct live_variable *held = &all->items.items[n];
				struct str value = held->tracked_value->value;
				size_t at = str_find(h->value, value, 0);

				if (held->step >= k || value.len < 4 || at == NOT_FOUND || !at ||
				    !strchr("/=", h->value.ptr[at - 1]))
					continue;
				struct request_value sent = {.step = k,
							     .location = LOCATION_HEADER,
							     .index = i,
							     .from = at,
							     .to = at + value.len};
				const struct occurrence plain = {.filter = ""};

				add_binding(c, &sent, held, &plain,
					    &c->conversion->steps.items[held->step]
						 .extractor_specs.items[held->extractor]);
			}
		}
	}
}

static void correlate_all(struct correlation *c)
{
	size_t count = value_index_count(c->value_index);
	struct tracked_value **order =
	    ARENA_ARRAY(&c->conversion->job->arena, count + 1, struct tracked_value *);
	struct live_variables all = {0};

	for (size_t i = 0; i < count; i++)
		order[i] = value_index_at(c->value_index, i);
	qsort(order, count, sizeof(struct tracked_value *), by_length);
	for (size_t i = 0; i < count; i++)
		correlate_value(c, &all, order[i]);
	bind_referers(c, &all);
}

void correlate_values(struct conversion *conversion)
{
	struct arena *a = &conversion->job->arena;
	struct correlation c = {.conversion = conversion, .list = &conversion->job->list};

	c.value_index = value_index_new(a);
	c.aliases = value_index_new(a);
	json_init(&c.tape);
	buf_init(&c.body, 0);
	buf_init(&c.text, 0);
	c.rig = extractor_rig_new();
	set_owners(&c);
	request_values_collect(&c);
	note_sent_cookies(&c);
	response_values_search(&c);
	correlation_compare_recordings(&c);
	correlate_all(&c);
	if (!conversion->needs_rerun)
		correlation_generate(&c);
	extractor_rig_free(c.rig);
	buf_release(&c.body);
	buf_release(&c.text);
	json_release(&c.tape);
}
