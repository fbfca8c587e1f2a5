/* Decides which request values are correlated, binds the requests to variables, and reports the
 * result. */
#include "import/correlate/correlate.h"
#include "import/correlate/correlation.h"
#include "import/correlate/extractor.h"
#include "import/correlate/live_variables.h"
#include "import/correlate/repaired_values.h"
#include "import/correlate/request_values.h"
#include "import/correlate/response_values.h"
#include "import/correlate/score.h"
#include "import/correlate/source_choice.h"
#include "import/correlate/use_source.h"
#include "import/correlate/value_index.h"

#include <stdlib.h>

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
		return number						 ? ""
		       : str_find_char(sent->value, '.', 0) == NOT_FOUND ? " | int"
									 : " | float";
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

/* ---- one value */

/* A value with its uses. */
struct examined {
	struct correlation *c;
	struct tracked_value *value;
	struct value_use *uses;
	size_t count;
};

/* Whether two uses can share a variable. */
static bool same_source(const struct correlation *c, const struct tracked_value *tracked_value,
			const struct occurrence *a, const struct occurrence *b)
{
	return c->owner[a->order] == c->owner[b->order] &&
	       (tracked_value->shape >= 4 ||
		(tracked_value->shape == 3 && a->hidden == b->hidden) ||
		(a->found_in == b->found_in && str_eq(a->name, b->name)));
}

static uint32_t last_use_of(const struct examined *e, const struct occurrence *source)
{
	uint32_t last = 0;

	for (size_t i = 0; i < e->count; i++)
		if (e->uses[i].source && e->uses[i].sent->step > last &&
		    same_source(e->c, e->value, e->uses[i].source, source))
			last = e->uses[i].sent->step;
	return last;
}

/* Extracts the value from the response of USE's source, unless that is already done. */
static const struct live_variable *add_live_variable(struct examined *e, struct live_variables *all,
						     size_t first, const struct value_use *use)
{
	struct arena *a = &e->c->conversion->job->arena;
	uint32_t owner = e->c->owner[use->source->order];
	struct conversion_step *step = &e->c->conversion->steps.items[owner];
	struct live_variable result = {
	    .tracked_value = e->value, .occurrence = use->source, .step = owner};
	struct extractor_spec spec;

	for (size_t i = first; i < all->items.count; i++)
		if (same_source(e->c, e->value, all->items.items[i].occurrence, use->source))
			return &all->items.items[i];
	spec = *use_source_written(e->c, e->value, use->source);
	result.last_use = last_use_of(e, use->source);
	result.sent_name = use->sent->name;
	result.name =
	    live_variables_name(a, all, correlation_variable_name(e->c, use->sent, use->source),
				owner, result.last_use);
	spec.variable = result.name;
	spec.recorded = arena_str(a, e->value->value);
	result.extractor = (uint32_t)step->extractor_specs.count;
	VEC_PUSH(a, &step->extractor_specs, spec);
	return live_variables_add(a, all, result);
}

/* The use with the highest score; NULL if no use has a source. */
static struct value_use *best_use(const struct examined *e)
{
	struct value_use *best = NULL;

	for (size_t i = 0; i < e->count; i++)
		if (e->uses[i].best && (!best || e->uses[i].score > best->score))
			best = &e->uses[i];
	return best;
}

/* Whether the value is correlated at all; the sources of all its uses are then set. */
static bool is_accepted(struct examined *e, struct value_use *best)
{
	bool any = false;

	for (size_t i = 0; i < e->count; i++)
		any = any || e->uses[i].source;
	if (!any && best->score < USE_SOURCE_ACCEPT &&
	    repaired_values_is_reissued(e->c, e->value, best->best, best->sent, best->score)) {
		best->score = USE_SOURCE_ACCEPT;
		any = true;
	}
	/* A short value is the same only where its name is. */
	if (any && !best->source && use_source_written(e->c, e->value, best->best))
		best->source = best->best;
	if (!any || e->value->shape < 3)
		return any;
	for (size_t i = 0; i < e->count; i++)
		if (!e->uses[i].source)
			use_source_find_any(e->c, e->value, &e->uses[i]);
	return true;
}

static void bind_uses(struct examined *e, struct live_variables *all, const struct value_use *best)
{
	struct correlation *c = e->c;
	size_t first = all->items.count, *bound = NULL;

	bound = ARENA_ARRAY(&c->conversion->job->arena, e->count + 1, size_t);
	for (size_t i = 0; i < e->count; i++) {
		const struct value_use *use = &e->uses[i];
		const struct live_variable *h;

		if (!use->source)
			continue;
		h = add_live_variable(e, all, first, use);
		bound[(size_t)(h - all->items.items) - first] += add_binding(
		    c, use->sent, h, use->source,
		    &c->conversion->steps.items[h->step].extractor_specs.items[h->extractor]);
	}
	for (size_t i = first; i < all->items.count; i++) {
		const struct live_variable *h = &all->items.items[i];

		if (bound[i - first])
			correlation_report(c, h->name, h->step, h->extractor, h->occurrence,
					   bound[i - first], best->score, best->why);
	}
}

static void correlate_value(struct correlation *c, struct live_variables *all,
			    struct tracked_value *tracked_value)
{
	struct examined e = {
	    .c = c, .value = tracked_value, .count = tracked_value->request_values.count};
	struct value_use *best;

	if (!tracked_value->occurrences.count)
		return;
	e.uses = use_source_find(c, tracked_value);
	best = best_use(&e);
	if (!best)
		return;
	if (is_accepted(&e, best) &&
	    !(best->source && source_choice_is_lost(c, tracked_value, best->source)))
		bind_uses(&e, all, best);
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

static uint32_t step_of(const struct conversion *conversion, const struct transaction *head)
{
	for (uint32_t k = 0; k < conversion->steps.count; k++)
		if (conversion->steps.items[k].tx == head)
			return k;
	return UINT32_MAX;
}

/* Steps are in the order of the list. */
static void set_owners(struct correlation *c)
{
	struct arena *a = &c->conversion->job->arena;
	size_t count = c->list->items.count;
	uint32_t next = 0;

	c->owner = ARENA_ARRAY(a, count + 1, uint32_t);
	c->step_order = ARENA_ARRAY(a, c->conversion->steps.count + 1, uint32_t);
	for (uint32_t i = 0; i < count; i++) {
		const struct transaction *tx = c->list->items.items[i];
		bool own =
		    next < c->conversion->steps.count && c->conversion->steps.items[next].tx == tx;

		c->owner[i] = UINT32_MAX;
		if (tx->disposition == TX_MERGED)
			c->owner[i] = step_of(c->conversion, tx->merged_into);
		else if (own && tx->disposition == TX_KEPT)
			c->owner[i] = next;
		if (c->owner[i] == next)
			c->step_order[next] = i;
		next += own;
	}
}

/* Whether VALUE of a Referer, at AT, is what HELD holds: a short one must have the same name. */
static bool is_in_referer(const struct correlation *c, struct str referer, size_t at,
			  const struct live_variable *held)
{
	size_t length = held->tracked_value->value.len, from;

	if (!at || !strchr("/=", referer.ptr[at - 1]))
		return false;
	if (length >= 5)
		return true;
	if (at + length < referer.len && !strchr("/?&#", referer.ptr[at + length]))
		return false;
	for (from = at - 1; from && !strchr("/?&", referer.ptr[from - 1]); from--)
		;
	struct request_value word = {.name = str_slice(referer, from, at - 1)};

	return score_same_name(word.name, held->sent_name) ||
	       score_names_fit(c, held->occurrence, &word);
}

static void bind_referer(struct correlation *c, const struct live_variable *held, uint32_t k,
			 uint32_t header)
{
	struct str referer =
	    c->conversion->steps.items[k].tx->request_headers.list.items[header].value;
	struct str value = held->tracked_value->value;
	const struct occurrence plain = {.filter = ""};

	for (size_t at = 0; (at = str_find(referer, value, at)) != NOT_FOUND; at += value.len) {
		struct request_value sent = {.step = k,
					     .location = LOCATION_HEADER,
					     .index = header,
					     .from = at,
					     .to = at + value.len};

		if (is_in_referer(c, referer, at, held))
			add_binding(c, &sent, held, &plain,
				    &c->conversion->steps.items[held->step]
					 .extractor_specs.items[held->extractor]);
	}
}

/* The Referer consists of earlier addresses: the values in it become the same variables. */
static void bind_referers(struct correlation *c, const struct live_variables *all)
{
	for (uint32_t k = 0; k < c->conversion->steps.count; k++) {
		const struct tx_headers *headers =
		    &c->conversion->steps.items[k].tx->request_headers;

		for (uint32_t i = 0; i < headers->list.count; i++)
			for (size_t n = 0; n < all->items.count; n++)
				if (str_ieq(headers->list.items[i].name, STR("Referer")) &&
				    all->items.items[n].step < k)
					bind_referer(c, &all->items.items[n], k, i);
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
	use_source_find_whole(c);
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
	c.rig = extractor_rig_new(conversion->job->tables, a);
	set_owners(&c);
	c.wrong_clock = source_choice_clock_is_wrong(c.list);
	request_values_collect(&c);
	response_values_search(&c);
	correlation_compare_recordings(&c);
	correlate_all(&c);
	if (!conversion->needs_rerun) {
		correlation_generate(&c);
		correlation_note_streams(&c);
		correlation_note_issued(&c);
		correlation_bind_origin(&c);
	}
	extractor_rig_free(c.rig);
	buf_release(&c.body);
	buf_release(&c.text);
	json_release(&c.tape);
}
