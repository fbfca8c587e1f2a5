#include "import/correlate/repaired_values.h"

#include "import/correlate/extractor.h"
#include "import/correlate/score.h"
#include "import/verification.h"

#define PLAUSIBLE 2 /* a score: the names or the place fit */

static struct import_repair *find_repair(struct import_job *job, struct str value)
{
	for (size_t i = 0; i < job->repairs.count; i++)
		if (!job->repairs.items[i].unique && !job->repairs.items[i].skipped &&
		    str_eq(job->repairs.items[i].value, value))
			return &job->repairs.items[i];
	return NULL;
}

/* Whether a step that sends the value failed in a performance. */
static bool is_sent_in_vain(const struct correlation *c, const struct tracked_value *tracked_value)
{
	const struct import_job *job = c->conversion->job;

	for (size_t i = 0; i < tracked_value->request_values.count; i++) {
		const struct request_value *sent =
		    &c->request_values.items[tracked_value->request_values.items[i]];
		const struct transaction *tx = c->conversion->steps.items[sent->step].tx;

		for (size_t p = 0; p < job->performance_count; p++) {
			const struct import_response *r =
			    verification_response(&job->performances[p], tx);

			if (r && r->performed && r->failed)
				return true;
		}
	}
	return false;
}

/* Whether a step that sends the value changed something that another visit had changed already. */
static bool is_suspect(const struct correlation *c, const struct tracked_value *tracked_value)
{
	const struct import_job *job = c->conversion->job;

	for (size_t i = 0; i < tracked_value->request_values.count; i++) {
		const struct request_value *sent =
		    &c->request_values.items[tracked_value->request_values.items[i]];

		for (size_t k = 0; k < job->suspects.count; k++)
			if (job->suspects.items[k] == c->conversion->steps.items[sent->step].tx)
				return true;
	}
	return false;
}

static void note_stale(struct correlation *c, const struct request_value *sent, uint32_t owner,
		       struct str now, unsigned performances)
{
	const struct conversion_step *steps = c->conversion->steps.items;
	struct stale_value stale = {.tx = steps[sent->step].tx,
				    .source = steps[owner].tx,
				    .name = sent->name,
				    .value = sent->value,
				    .now = now,
				    .performances = performances};

	VEC_PUSH(&c->conversion->job->arena, &c->conversion->stale, stale);
}

static void add_repair(struct correlation *c, const struct tracked_value *tracked_value,
		       const struct request_value *sent, uint32_t owner)
{
	struct arena *a = &c->conversion->job->arena;
	const struct transaction *to = c->conversion->steps.items[sent->step].tx;
	const struct transaction *from = c->conversion->steps.items[owner].tx;
	struct import_repair repair = {.value = tracked_value->value};

	repair.text = arena_printf(
	    a, "%.*s %.*s: %.*s is extracted from the response to %.*s %.*s", STR_ARG(to->method),
	    STR_ARG(str_slice(to->url, 0, str_find_char(to->url, '?', 0))),
	    STR_ARG(sent->name.len ? sent->name : STR("a value")), STR_ARG(from->method),
	    STR_ARG(str_slice(from->url, 0, str_find_char(from->url, '?', 0))));
	VEC_PUSH(a, &c->conversion->job->repairs, repair);
}

bool repaired_values_is_reissued(struct correlation *c, struct tracked_value *tracked_value,
				 const struct occurrence *occurrence,
				 const struct request_value *request_value, int score)
{
	struct import_job *job = c->conversion->job;
	const struct import_repair *repair = find_repair(job, tracked_value->value);
	uint32_t owner = c->owner[occurrence->order];
	struct extractor_spec spec;
	unsigned performances;
	struct str now;
	bool likely, in_vain;

	if (repair && repair->state != IMPORT_REPAIR_REFUTED) {
		tracked_value->differs = true;
		return true;
	}
	if (!job->performances ||
	    !extractor_write(c, &c->conversion->steps.items[owner], occurrence, &spec))
		return false;
	performances = extractor_differs(c, owner, &spec, occurrence->value, &now);
	likely = score >= PLAUSIBLE || score_same_name(occurrence->name, request_value->name) ||
		 is_suspect(c, tracked_value);
	in_vain = is_sent_in_vain(c, tracked_value);
	if (!performances || (!likely && !in_vain))
		return false;
	/* The failure is a difference already, and the repair is proven only if it ends. */
	if (!in_vain)
		note_stale(c, request_value, owner, now, performances);
	if (repair)
		return false;
	tracked_value->differs = true;
	add_repair(c, tracked_value, request_value, owner);
	return true;
}
