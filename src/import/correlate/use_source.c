#include "import/correlate/use_source.h"

#include "base/ascii.h"
#include "import/correlate/extractor.h"
#include "import/correlate/request_values.h"
#include "import/correlate/score.h"
#include "import/correlate/source_choice.h"
#include "import/correlate/value_index.h"

#define ATTEMPTS_MAX 8 /* responses in which an extractor may fail, for each use */

static struct extractor_spec no_extractor;

const struct extractor_spec *use_source_written(struct correlation *c,
						struct tracked_value *tracked_value,
						const struct occurrence *occurrence)
{
	struct arena *a = &c->conversion->job->arena;
	struct conversion_step *step = &c->conversion->steps.items[c->owner[occurrence->order]];
	struct extractor_spec **memo;

	if (!tracked_value->written)
		tracked_value->written =
		    ARENA_ARRAY(a, tracked_value->occurrences.count, struct extractor_spec *);
	memo = &tracked_value->written[occurrence - tracked_value->occurrences.items];
	if (!*memo) {
		*memo = ARENA_NEW(a, struct extractor_spec);
		if (!extractor_write(c, step, occurrence, *memo)) {
			*memo = &no_extractor;
			/* In a redirect it can be found when its chain is kept apart. */
			tracked_value->occurrences
			    .items[occurrence - tracked_value->occurrences.items]
			    .unusable = step->response == c->list->items.items[occurrence->order];
		}
	}
	return *memo == &no_extractor ? NULL : *memo;
}

/* The value is only in a redirect: then the scenario follows the chain step by step. */
static void split_redirect(struct correlation *c, const struct occurrence *occurrence)
{
	const struct conversion_step *step =
	    &c->conversion->steps.items[c->owner[occurrence->order]];
	struct transaction *tx = c->list->items.items[occurrence->order];
	struct transaction *head = tx->merged_into ? tx->merged_into : tx;

	if (step->response != tx && !head->redirects_apart) {
		head->redirects_apart = true;
		c->conversion->needs_rerun = true;
	}
}

static int points(struct correlation *c, const struct tracked_value *tracked_value,
		  const struct occurrence *occurrence, const struct request_value *sent,
		  struct buf *why)
{
	int score = score_pair(c, tracked_value, occurrence, sent, why);

	score += c->conversion->job->file_count > 1 && tracked_value->differs ? 6 : 0;
	return score - (tracked_value->constant ? 100 : 0);
}

/* A word in a path is the name of a page, unless the server has just created it. */
static bool is_page_name(const struct tracked_value *tracked_value,
			 const struct request_value *sent, const struct occurrence *created)
{
	return sent->in_path && tracked_value->shape == -1 && !ascii_is_digit(sent->value.ptr[0]) &&
	       !created;
}

/* Whether a value was inserted there, or will be for the whole text that it is in. */
static bool is_taken(const struct correlation *c, const struct request_value *sent)
{
	return request_values_is_bound(&c->conversion->steps.items[sent->step], sent) ||
	       (sent->whole != UINT32_MAX && c->uses[sent->whole].source);
}

/* Tries the source of each rank, the strongest first. True: an extractor failed, so there may be
 * other sources. */
static bool try_ranks(struct correlation *c, struct tracked_value *tracked_value,
		      struct value_use *use, struct buf *reasons)
{
	const struct occurrence *ranked[SOURCE_RANK_COUNT];
	const struct occurrence *redirect = NULL;
	bool failed = false;

	if (!source_choice_find(c, tracked_value, use->sent, ranked) ||
	    is_page_name(tracked_value, use->sent, ranked[SOURCE_CREATED]))
		return false;
	for (int rank = 0; rank < SOURCE_RANK_COUNT && !use->source; rank++) {
		int score;

		if (!ranked[rank])
			continue;
		buf_clear(reasons);
		score = points(c, tracked_value, ranked[rank], use->sent, reasons);
		if (score >= USE_SOURCE_ACCEPT &&
		    use_source_written(c, tracked_value, ranked[rank]))
			use->source = ranked[rank];
		else if (score >= USE_SOURCE_ACCEPT && ranked[rank]->unusable)
			failed = true;
		else if (score >= USE_SOURCE_ACCEPT && (!redirect || rank == SOURCE_CREATED))
			redirect = ranked[rank];
		if (score <= use->score && !use->source)
			continue;
		use->best = ranked[rank];
		use->score = score;
		use->why = arena_printf(&c->conversion->job->arena, "score %d: %.*s", score,
					STR_ARG(buf_str(reasons)));
	}
	if (redirect && (!use->source || redirect == ranked[SOURCE_CREATED]))
		split_redirect(c, redirect);
	return failed && !use->source && !redirect;
}

static void choose_source(struct correlation *c, struct tracked_value *tracked_value,
			  struct value_use *use)
{
	struct buf reasons;

	buf_init(&reasons, 0);
	for (int i = 0; i < ATTEMPTS_MAX && try_ranks(c, tracked_value, use, &reasons); i++)
		;
	buf_release(&reasons);
}

static void examine(struct correlation *c, struct tracked_value *tracked_value, uint32_t index)
{
	struct value_use *use = &c->uses[index];

	*use = (struct value_use){.sent = &c->request_values.items[index], .score = INT32_MIN};
	if (!is_taken(c, use->sent))
		choose_source(c, tracked_value, use);
}

void use_source_find_whole(struct correlation *c)
{
	c->uses =
	    ARENA_ARRAY(&c->conversion->job->arena, c->request_values.count + 1, struct value_use);
	for (size_t i = 0; i < value_index_count(c->value_index); i++) {
		struct tracked_value *tracked_value = value_index_at(c->value_index, i);

		for (size_t k = 0;
		     k < tracked_value->request_values.count && tracked_value->occurrences.count;
		     k++)
			if (!c->request_values.items[tracked_value->request_values.items[k]]
				 .is_part)
				examine(c, tracked_value, tracked_value->request_values.items[k]);
	}
}

struct value_use *use_source_find(struct correlation *c, struct tracked_value *tracked_value)
{
	size_t count = tracked_value->request_values.count;
	struct value_use *uses =
	    ARENA_ARRAY(&c->conversion->job->arena, count + 1, struct value_use);

	for (size_t i = 0; i < count; i++) {
		uint32_t index = tracked_value->request_values.items[i];

		/* A whole text can have got a part of another value since. */
		if (c->request_values.items[index].is_part ||
		    is_taken(c, &c->request_values.items[index]))
			examine(c, tracked_value, index);
		uses[i] = c->uses[index];
	}
	return uses;
}

void use_source_find_any(struct correlation *c, struct tracked_value *tracked_value,
			 struct value_use *use)
{
	const struct occurrence *ranked[SOURCE_RANK_COUNT];

	if (is_taken(c, use->sent) || !source_choice_find(c, tracked_value, use->sent, ranked))
		return;
	for (int rank = 0; rank < SOURCE_RANK_COUNT && !use->source; rank++)
		if (ranked[rank] && use_source_written(c, tracked_value, ranked[rank]))
			use->source = ranked[rank];
}
