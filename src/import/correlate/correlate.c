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

/* A variable that holds one value from the response of a step to its last use. */
struct holding {
	struct str name;
	struct want *tracked_value;
	uint32_t step, last_use; /* step indexes */
	uint32_t extractor_spec;
};

struct holdings {
	VEC(struct holding) all;
};

/* ---- suppliers */

/* Before the request: started earlier, and finished when it was sent. */
static bool is_answered_before(const struct correlation *c, uint32_t order, uint32_t step)
{
	const struct transaction *supplier = c->list->items.items[order];
	const struct transaction *user = c->conversion->steps.items[step].tx;

	if (c->owner[order] == UINT32_MAX || c->owner[order] >= step ||
	    order >= c->step_order[step])
		return false;
	if (supplier->source != user->source)
		return false;
	/* If many start at the same time, the clock was not usable. */
	return supplier->start_us == user->start_us || supplier->end_us == TX_TIME_UNKNOWN ||
	       user->start_us == TX_TIME_UNKNOWN || supplier->end_us <= user->start_us + 50000 ||
	       c->conversion->job->no_times;
}

static bool is_structured(const struct hit *occurrence)
{
	return occurrence->found_in <= VALUE_SOURCE_META;
}

static bool is_parent(const struct correlation *c, const struct hit *occurrence, uint32_t step)
{
	struct str referer = transaction_header(
	    &c->conversion->steps.items[step].tx->request_headers, STR("Referer"), 0);

	return referer.len && str_eq(c->list->items.items[occurrence->order]->url, referer);
}

/* The latest structured one, preferring the page the request came from; else the latest of all. */
static const struct hit *find_supplier(const struct correlation *c,
				       const struct want *tracked_value, uint32_t step)
{
	const struct hit *best = NULL;

	for (size_t i = 0; i < tracked_value->occurrences.count; i++) {
		const struct hit *occurrence = &tracked_value->occurrences.items[i];
		bool plain = !*occurrence->filter;

		if (!is_answered_before(c, occurrence->order, step))
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
static bool is_client_value(const struct want *tracked_value)
{
	return tracked_value->first_sent <= tracked_value->first_seen;
}

/* ---- binding */

static bool overlaps(const struct flow_step *step, const struct demand *d)
{
	for (size_t i = 0; i < step->bindings.count; i++) {
		const struct binding *b = &step->bindings.items[i];

		if (b->location == d->location && b->index == d->index && b->from < d->to &&
		    d->from < b->to)
			return true;
	}
	return false;
}

/* The type that JSON needs: a number stays a number, a text becomes a text. */
static const char *type_filter(const struct flow_step *step, const struct demand *d,
			       const struct hit *occurrence, const struct taking *extractor_spec)
{
	bool number = occurrence->is_number && str_eq(extractor_spec->kind, STR("jsonpath")) &&
		      !*occurrence->filter;

	if (d->location != LOCATION_JSON || d->is_part)
		return "";
	if (json_type(&step->json->items[d->index]) == JSON_NUMBER)
		return number ? "" : " | float";
	return number ? " | text" : "";
}

static bool add_binding(struct correlation *c, struct demand *d, const struct holding *h,
			const struct hit *occurrence, const struct taking *extractor_spec)
{
	struct arena *a = &c->conversion->job->arena;
	struct flow_step *step = &c->conversion->steps.items[d->step];
	struct binding b = {
	    .location = d->location, .index = d->index, .from = d->from, .to = d->to};

	if (d->bound || overlaps(step, d))
		return false;
	b.expression =
	    arena_printf(a, "%.*s%s%s%s", STR_ARG(h->name), *occurrence->filter ? " | " : "",
			 occurrence->filter, type_filter(step, d, occurrence, extractor_spec));
	VEC_PUSH(a, &step->bindings, b);
	d->bound = true;
	return true;
}

/* ---- names of variables */

/* A name is free if its other value is not needed in between. */
static bool name_is_free(const struct holdings *all, struct str name, uint32_t from, uint32_t to,
			 const struct want *tracked_value)
{
	for (size_t i = 0; i < all->all.count; i++) {
		const struct holding *h = &all->all.items[i];

		if (!str_eq(h->name, name))
			continue;
		if (h->tracked_value == tracked_value && h->step == from)
			return true;
		if (from < h->last_use && h->step < to)
			return false;
	}
	return true;
}

static struct str free_name(struct correlation *c, const struct holdings *all,
			    const struct want *tracked_value, const struct hit *occurrence,
			    uint32_t from, uint32_t to)
{
	struct str base = correlation_variable_name(c, tracked_value, occurrence), name = base;

	for (unsigned n = 2; !name_is_free(all, name, from, to, tracked_value); n++)
		name = arena_printf(&c->conversion->job->arena, "%.*s_%u", STR_ARG(base), n);
	return name;
}

/* ---- one value */

/* Extracts OCCURRENCE's value from the response of its step, unless that is already done. NULL:
 * no extractor finds it. */
static struct holding *add_live_variable(struct correlation *c, struct holdings *all,
					 struct want *tracked_value, const struct hit *occurrence,
					 uint32_t last_use)
{
	struct arena *a = &c->conversion->job->arena;
	uint32_t owner = c->owner[occurrence->order];
	struct flow_step *step = &c->conversion->steps.items[owner];
	struct holding result = {
	    .tracked_value = tracked_value, .step = owner, .last_use = last_use};
	struct taking extractor_spec;

	for (size_t i = 0; i < all->all.count; i++) {
		struct holding *h = &all->all.items[i];

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
	result.extractor_spec = (uint32_t)step->extractor_specs.count;
	VEC_PUSH(a, &step->extractor_specs, extractor_spec);
	VEC_PUSH(a, &all->all, result);
	return &all->all.items[all->all.count - 1];
}

static uint32_t last_use_of(const struct correlation *c, const struct want *tracked_value)
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
static int best_score(struct correlation *c, struct want *tracked_value,
		      const struct hit **occurrence, struct demand **request_value, struct str *why)
{
	int best = INT32_MIN;
	struct buf reasons;

	buf_init(&reasons, 0);
	for (size_t i = 0; i < tracked_value->request_values.count; i++) {
		struct demand *d = &c->request_values.items[tracked_value->request_values.items[i]];
		const struct hit *supplier = find_supplier(c, tracked_value, d->step);
		int score;

		/* A word in a path is the name of a page; bound values stay. */
		if (!supplier || overlaps(&c->conversion->steps.items[d->step], d) ||
		    (d->in_path && tracked_value->shape == -1 && !ascii_is_digit(d->value.ptr[0]) &&
		     !score_is_created(c, tracked_value, supplier)))
			continue;
		buf_clear(&reasons);
		score = score_pair(c, tracked_value, supplier, d, &reasons);
		if (score > best) {
			best = score;
			*occurrence = supplier;
			*request_value = d;
			*why = arena_printf(&c->conversion->job->arena, "score %d: %.*s", score,
					    STR_ARG(buf_str(&reasons)));
		}
	}
	buf_release(&reasons);
	return best;
}

/* A verification received another value at the same location. */
static bool is_reissued(struct correlation *c, struct want *tracked_value,
			const struct hit *occurrence)
{
	uint32_t owner = c->owner[occurrence->order];
	struct taking extractor_spec;

	if (!c->conversion->job->replayed ||
	    !extractor_write(c, &c->conversion->steps.items[owner], occurrence, &extractor_spec))
		return false;
	tracked_value->differs = extractor_differs(c, owner, &extractor_spec, occurrence->value) ||
				 tracked_value->differs;
	return tracked_value->differs;
}

static void correlate_value(struct correlation *c, struct holdings *all, struct want *tracked_value)
{
	struct demand *request_value = NULL;
	const struct hit *occurrence = NULL, *first = NULL;
	struct str why = STR_NULL;
	struct holding *h = NULL;
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
		struct demand *d = &c->request_values.items[tracked_value->request_values.items[i]];

		if (overlaps(&c->conversion->steps.items[d->step], d))
			continue;
		if (tracked_value->shape < 3 &&
		    score_pair(c, tracked_value, occurrence, d, NULL) < ACCEPT &&
		    !tracked_value->differs)
			continue;
		if (!first) {
			first = find_supplier(c, tracked_value, d->step);
			h = first ? add_live_variable(c, all, tracked_value, first,
						      last_use_of(c, tracked_value))
				  : NULL;
		}
		if (!h) {
			first = NULL;
			continue;
		}
		uses += add_binding(
		    c, d, h, first,
		    &c->conversion->steps.items[h->step].extractor_specs.items[h->extractor_spec]);
	}
	if (h && uses)
		correlation_report(c, h->name, h->step, h->extractor_spec, first, uses, score, why);
}

/* ---- the whole correlation */

/* Complete values before parts of longer ones, then in the order sent, the longer one first. */
static int by_length(const void *a, const void *b)
{
	const struct want *x = *(struct want *const *)a, *y = *(struct want *const *)b;

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
			struct want *tracked_value =
			    value_index_find(c->value_index, str_slice(pair, sign + 1, pair.len));
			if (tracked_value && c->step_order[k] < tracked_value->first_sent)
				tracked_value->first_sent = c->step_order[k];
		}
	}
}

/* The Referer consists of earlier addresses: the values in it become the same variables. */
static void bind_referers(struct correlation *c, const struct holdings *all)
{
	for (uint32_t k = 0; k < c->conversion->steps.count; k++) {
		struct flow_step *step = &c->conversion->steps.items[k];
		const struct tx_headers *headers = &step->tx->request_headers;

		for (uint32_t i = 0; i < headers->list.count; i++) {
			const struct tx_header *h = &headers->list.items[i];

			for (size_t n = 0; str_ieq(h->name, STR("Referer")) && n < all->all.count;
			     n++) {
				const struct holding *held = &all->all.items[n];
				struct str value = held->tracked_value->value;
				size_t at = str_find(h->value, value, 0);

				if (held->step >= k || value.len < 4 || at == NOT_FOUND || !at ||
				    !strchr("/=", h->value.ptr[at - 1]))
					continue;
				struct demand d = {.step = k,
						   .location = LOCATION_HEADER,
						   .index = i,
						   .from = at,
						   .to = at + value.len};
				const struct hit plain = {.filter = ""};

				add_binding(c, &d, held, &plain,
					    &c->conversion->steps.items[held->step]
						 .extractor_specs.items[held->extractor_spec]);
			}
		}
	}
}

static void correlate_all(struct correlation *c)
{
	size_t count = value_index_count(c->value_index);
	struct want **order = ARENA_ARRAY(&c->conversion->job->arena, count + 1, struct want *);
	struct holdings all = {0};

	for (size_t i = 0; i < count; i++)
		order[i] = value_index_at(c->value_index, i);
	qsort(order, count, sizeof(struct want *), by_length);
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
