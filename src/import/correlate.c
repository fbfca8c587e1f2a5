/* Which of the wanted values are correlated: judged, supplied, extracted, bound, told. */
#include "import/correlate.h"

#include <ctype.h>
#include <stdlib.h>

#define ACCEPT	4
#define SUGGEST 2

/* A variable that holds one value from the answer of a step to its last use. */
struct holding {
	struct str name;
	struct want *want;
	uint32_t step, last_use; /* steps */
	uint32_t taking;
};

struct holdings {
	VEC(struct holding) all;
};

/* ---- suppliers */

/* In front of the request: begun earlier, and over when it was sent. */
static bool precedes(const struct correlation *c, uint32_t order, uint32_t step)
{
	const struct transaction *supplier = c->list->items.items[order];
	const struct transaction *user = c->flow->steps.items[step].tx;

	if (c->owner[order] == UINT32_MAX || c->owner[order] >= step ||
	    order >= c->step_order[step])
		return false;
	if (supplier->source != user->source)
		return false;
	/* Where many begin at the same moment, the clock was none. */
	return supplier->start_us == user->start_us || supplier->end_us == TX_TIME_UNKNOWN ||
	       user->start_us == TX_TIME_UNKNOWN || supplier->end_us <= user->start_us + 50000 ||
	       c->flow->job->no_times;
}

static bool is_structured(const struct hit *hit)
{
	return hit->where <= SUPPLY_META;
}

static bool is_parent(const struct correlation *c, const struct hit *hit, uint32_t step)
{
	struct str referer =
	    tx_header(&c->flow->steps.items[step].tx->request_headers, STR("Referer"), 0);

	return referer.len && str_eq(c->list->items.items[hit->order]->url, referer);
}

/* The latest that is structured, the page the request came from first; else the latest at all. */
static const struct hit *supplier_of(const struct correlation *c, const struct want *want,
				     uint32_t step)
{
	const struct hit *best = NULL;

	for (size_t i = 0; i < want->hits.count; i++) {
		const struct hit *hit = &want->hits.items[i];
		bool plain = !*hit->filter;

		if (!precedes(c, hit->order, step))
			continue;
		if (!best || (is_structured(hit) && !is_structured(best))) {
			best = hit;
			continue;
		}
		if (is_structured(hit) != is_structured(best))
			continue;
		if (plain != !*best->filter) {
			best = plain ? hit : best;
			continue;
		}
		if (is_parent(c, best, step) && !is_parent(c, hit, step))
			continue;
		/* Of one answer the kinds stand in order of robustness. */
		if (hit->order > best->order ||
		    (hit->order == best->order && hit->where < best->where))
			best = hit;
	}
	return best;
}

/* It was sent before any answer had it: the client made it, or a person typed it. */
static bool is_of_client(const struct want *want)
{
	return want->first_sent <= want->first_seen;
}

/* ---- binding */

static bool overlaps(const struct flow_step *step, const struct demand *d)
{
	for (size_t i = 0; i < step->bindings.count; i++) {
		const struct binding *b = &step->bindings.items[i];

		if (b->place == d->place && b->index == d->index && b->from < d->to &&
		    d->from < b->to)
			return true;
	}
	return false;
}

/* The type JSON wants: a number stays one, a text is made one of. */
static const char *type_filter(const struct flow_step *step, const struct demand *d,
			       const struct hit *hit, const struct taking *taking)
{
	bool number = hit->is_number && str_eq(taking->kind, STR("jsonpath")) && !*hit->filter;

	if (d->place != PLACE_JSON || d->is_part)
		return "";
	if (json_type(&step->json->items[d->index]) == JSON_NUMBER)
		return number ? "" : " | float";
	return number ? " | text" : "";
}

static bool bind(struct correlation *c, struct demand *d, const struct holding *h,
		 const struct hit *hit, const struct taking *taking)
{
	struct arena *a = &c->flow->job->arena;
	struct flow_step *step = &c->flow->steps.items[d->step];
	struct binding b = {.place = d->place, .index = d->index, .from = d->from, .to = d->to};

	if (d->bound || overlaps(step, d))
		return false;
	b.expression = arena_printf(a, "%.*s%s%s%s", STR_ARG(h->name), *hit->filter ? " | " : "",
				    hit->filter, type_filter(step, d, hit, taking));
	VEC_PUSH(a, &step->bindings, b);
	d->bound = true;
	return true;
}

/* ---- names of variables */

/* A name is free when what it holds elsewhere is not needed in between. */
static bool name_is_free(const struct holdings *all, struct str name, uint32_t from, uint32_t to,
			 const struct want *want)
{
	for (size_t i = 0; i < all->all.count; i++) {
		const struct holding *h = &all->all.items[i];

		if (!str_eq(h->name, name))
			continue;
		if (h->want == want && h->step == from)
			return true;
		if (from < h->last_use && h->step < to)
			return false;
	}
	return true;
}

static struct str free_name(struct correlation *c, const struct holdings *all,
			    const struct want *want, const struct hit *hit, uint32_t from,
			    uint32_t to)
{
	struct str base = variable_name(c, want, hit), name = base;

	for (unsigned n = 2; !name_is_free(all, name, from, to, want); n++)
		name = arena_printf(&c->flow->job->arena, "%.*s_%u", STR_ARG(base), n);
	return name;
}

/* ---- one value */

/* Takes HIT's value out of its step's answer, unless that is done already. NULL: no extractor gives
 * it. */
static struct holding *hold(struct correlation *c, struct holdings *all, struct want *want,
			    const struct hit *hit, uint32_t last_use)
{
	struct arena *a = &c->flow->job->arena;
	uint32_t owner = c->owner[hit->order];
	struct flow_step *step = &c->flow->steps.items[owner];
	struct holding made = {.want = want, .step = owner, .last_use = last_use};
	struct taking taking;

	for (size_t i = 0; i < all->all.count; i++) {
		struct holding *h = &all->all.items[i];

		if (h->want == want && h->step == owner) {
			h->last_use = last_use > h->last_use ? last_use : h->last_use;
			return h;
		}
	}
	if (!extractor_write(c, step, hit, &taking)) {
		struct transaction *tx = c->list->items.items[hit->order];
		struct transaction *head = tx->into ? tx->into : tx;

		/* It is in a hop only: then the chain is walked by hand. */
		if (step->answer != tx && !head->hops_apart) {
			head->hops_apart = true;
			c->flow->again = true;
		}
		return NULL;
	}
	made.name = free_name(c, all, want, hit, owner, last_use);
	taking.variable = made.name;
	made.taking = (uint32_t)step->takings.count;
	VEC_PUSH(a, &step->takings, taking);
	VEC_PUSH(a, &all->all, made);
	return &all->all.items[all->all.count - 1];
}

static uint32_t last_use_of(const struct correlation *c, const struct want *want)
{
	uint32_t last = 0;

	for (size_t i = 0; i < want->demands.count; i++) {
		uint32_t step = c->demands.items[want->demands.items[i]].step;

		last = step > last ? step : last;
	}
	return last;
}

/* The best score of all its uses decides; HIT is the supplier of that use. */
static int judge(struct correlation *c, struct want *want, const struct hit **hit,
		 struct demand **demand, struct str *why)
{
	int best = INT32_MIN;
	struct buf reasons;

	buf_init(&reasons, 0);
	for (size_t i = 0; i < want->demands.count; i++) {
		struct demand *d = &c->demands.items[want->demands.items[i]];
		const struct hit *supplier = supplier_of(c, want, d->step);
		int score;

		/* A word in a path is a page's name; what is bound is settled. */
		if (!supplier || overlaps(&c->flow->steps.items[d->step], d) ||
		    (d->in_path && want->shape == -1 && !isdigit((unsigned char)d->value.ptr[0]) &&
		     !score_is_made(c, want, supplier)))
			continue;
		buf_clear(&reasons);
		score = score_pair(c, want, supplier, d, &reasons);
		if (score > best) {
			best = score;
			*hit = supplier;
			*demand = d;
			*why = arena_printf(&c->flow->job->arena, "score %d: %.*s", score,
					    STR_ARG(buf_str(&reasons)));
		}
	}
	buf_release(&reasons);
	return best;
}

/* A verification has got another value at the same place. */
static bool is_issued_anew(struct correlation *c, struct want *want, const struct hit *hit)
{
	uint32_t owner = c->owner[hit->order];
	struct taking taking;

	if (!c->flow->job->replayed ||
	    !extractor_write(c, &c->flow->steps.items[owner], hit, &taking))
		return false;
	want->differs = extractor_differs(c, owner, &taking, hit->value) || want->differs;
	return want->differs;
}

static void take(struct correlation *c, struct holdings *all, struct want *want)
{
	struct demand *demand = NULL;
	const struct hit *hit = NULL, *first = NULL;
	struct str why = STR_NULL;
	struct holding *h = NULL;
	size_t uses = 0;
	int score;

	if (!want->hits.count || is_of_client(want))
		return;
	score = judge(c, want, &hit, &demand, &why);
	score += c->flow->job->file_count > 1 && want->differs ? 6 : 0;
	score -= want->constant ? 100 : 0;
	if (score < ACCEPT && hit && is_issued_anew(c, want, hit))
		score = ACCEPT;
	if (score < SUGGEST)
		return;
	if (score < ACCEPT) {
		correlation_suggest(c, hit, demand);
		return;
	}
	for (size_t i = 0; i < want->demands.count; i++) {
		struct demand *d = &c->demands.items[want->demands.items[i]];

		if (overlaps(&c->flow->steps.items[d->step], d))
			continue;
		if (want->shape < 3 && score_pair(c, want, hit, d, NULL) < ACCEPT && !want->differs)
			continue;
		if (!first) {
			first = supplier_of(c, want, d->step);
			h = first ? hold(c, all, want, first, last_use_of(c, want)) : NULL;
		}
		if (!h) {
			first = NULL;
			continue;
		}
		uses +=
		    bind(c, d, h, first, &c->flow->steps.items[h->step].takings.items[h->taking]);
	}
	if (h && uses)
		correlation_tell(c, h->name, h->step, h->taking, first, uses, score, why);
}

/* ---- the whole */

/* Whole values before pieces of longer ones, then as they were sent, the longer first. */
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
	struct arena *a = &c->flow->job->arena;
	size_t count = c->list->items.count;

	c->owner = ARENA_ARRAY(a, count + 1, uint32_t);
	c->step_order = ARENA_ARRAY(a, c->flow->steps.count + 1, uint32_t);
	for (uint32_t i = 0; i < count; i++) {
		const struct transaction *tx = c->list->items.items[i];
		const struct transaction *head = tx->fate == TX_MERGED ? tx->into : tx;

		c->owner[i] = UINT32_MAX;
		for (uint32_t k = 0; tx->fate != TX_LEFT_OUT && k < c->flow->steps.count; k++)
			if (c->flow->steps.items[k].tx == head) {
				c->owner[i] = k;
				if (head == tx)
					c->step_order[k] = i;
				break;
			}
	}
}

/* Values that were known before the recording began: sent as a cookie that no answer had set. */
static void see_cookies(struct correlation *c)
{
	for (uint32_t k = 0; k < c->flow->steps.count; k++) {
		struct str line =
		    tx_header(&c->flow->steps.items[k].tx->request_headers, STR("Cookie"), 0);

		for (size_t at = 0; at < line.len;) {
			size_t end = str_find_char(line, ';', at), sign;

			end = end == (size_t)-1 ? line.len : end;
			struct str pair = str_trim(str_slice(line, at, end));
			at = end + 1;
			sign = str_find_char(pair, '=', 0);
			if (sign == (size_t)-1)
				continue;
			struct want *want =
			    wants_find(c->wants, str_slice(pair, sign + 1, pair.len));
			if (want && c->step_order[k] < want->first_sent)
				want->first_sent = c->step_order[k];
		}
	}
}

/* Referer is made of what happened: the values in it become the same variables. */
static void bind_referers(struct correlation *c, const struct holdings *all)
{
	for (uint32_t k = 0; k < c->flow->steps.count; k++) {
		struct flow_step *step = &c->flow->steps.items[k];
		const struct tx_headers *headers = &step->tx->request_headers;

		for (uint32_t i = 0; i < headers->list.count; i++) {
			const struct tx_header *h = &headers->list.items[i];

			for (size_t n = 0; str_ieq(h->name, STR("Referer")) && n < all->all.count;
			     n++) {
				const struct holding *held = &all->all.items[n];
				struct str value = held->want->value;
				size_t at = str_find(h->value, value, 0);

				if (held->step >= k || value.len < 4 || at == (size_t)-1 || !at ||
				    !strchr("/=", h->value.ptr[at - 1]))
					continue;
				struct demand d = {.step = k,
						   .place = PLACE_HEADER,
						   .index = i,
						   .from = at,
						   .to = at + value.len};
				const struct hit plain = {.filter = ""};

				bind(c, &d, held, &plain,
				     &c->flow->steps.items[held->step].takings.items[held->taking]);
			}
		}
	}
}

static void take_all(struct correlation *c)
{
	size_t count = wants_count(c->wants);
	struct want **order = ARENA_ARRAY(&c->flow->job->arena, count + 1, struct want *);
	struct holdings all = {0};

	for (size_t i = 0; i < count; i++)
		order[i] = wants_at(c->wants, i);
	qsort(order, count, sizeof(struct want *), by_length);
	for (size_t i = 0; i < count; i++)
		take(c, &all, order[i]);
	bind_referers(c, &all);
}

void flow_correlate(struct flow *flow)
{
	struct arena *a = &flow->job->arena;
	struct correlation c = {.flow = flow, .list = &flow->job->list};

	c.wants = wants_new(a);
	c.aliases = wants_new(a);
	json_init(&c.tape);
	buf_init(&c.body, 0);
	buf_init(&c.text, 0);
	c.rig = extractor_rig_new();
	set_owners(&c);
	correlation_demands(&c);
	see_cookies(&c);
	correlation_supplies(&c);
	correlation_compare(&c);
	take_all(&c);
	if (!flow->again)
		correlation_generate(&c);
	extractor_rig_free(c.rig);
	buf_release(&c.body);
	buf_release(&c.text);
	json_release(&c.tape);
}
