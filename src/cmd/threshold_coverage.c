#include "cmd/threshold_coverage.h"

#include "interface/reader.h"
#include "run/run_plan.h"

static const struct threshold *find_default(const struct threshold *list, size_t count,
					    enum threshold_stat stat)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].stat == stat)
			return &list[i];
	return NULL;
}

/* The first step that no threshold covers; sets *COUNT to their number. */
static const struct series_def *find_uncovered(const struct loaded_file *l,
					       const struct series_table *table, unsigned *count)
{
	const struct series_def *first = NULL;

	*count = 0;
	for (unsigned i = 0; i < table->defs.count; i++) {
		bool covered = table->defs.items[i].kind != SERIES_STEP;

		for (size_t k = 0; k < l->threshold_count && !covered; k++)
			covered = threshold_covers_step(&l->thresholds[k], table, i);
		if (covered)
			continue;
		first = first ? first : &table->defs.items[i];
		++*count;
	}
	return first;
}

static void warn_requests(struct loaded_file *l, const struct series_table *table,
			  const struct threshold *added)
{
	const char *limit =
	    added->stat == STAT_ERROR_RATE ? "more than 1 % of them fail" : "one of them fails";
	struct span span = keys_span(&l->model->keys, "thresholds");
	unsigned count;
	const struct series_def *first = find_uncovered(l, table, &count);
	unsigned steps = 0;

	for (size_t i = 0; i < table->defs.count; i++)
		steps += table->defs.items[i].kind == SERIES_STEP;
	if (count == steps)
		diag_warning(&l->diags, span, DIAG_W357,
			     "no threshold limits failed requests, so the run fails if %s; add "
			     "error_rate < 1%% or failures < 10",
			     limit);
	else
		diag_warning(&l->diags, span, DIAG_W357,
			     "no threshold limits the failed requests of '%.*s'%s, so the run "
			     "fails if %s; add error_rate < 1%%",
			     STR_ARG(first->name), count > 1 ? " and other steps" : "", limit);
}

/* Iterations can fail although their requests are ok. */
static bool has_fail_step(const struct program *p)
{
	for (uint32_t i = 0; i < p->code_count; i++)
		if (p->code[i].op == OP_FAIL)
			return true;
	return false;
}

static const struct request_plan *find_stream(const struct program *p)
{
	for (uint32_t i = 0; i < p->request_count; i++)
		if (p->requests[i].events && !p->requests[i].unmeasured)
			return &p->requests[i];
	return NULL;
}

/* The response time of a stream is its length: it hides all other steps. */
static void warn_streams(struct loaded_file *l)
{
	const struct request_plan *stream = find_stream(l->program);

	for (size_t i = 0; stream && i < l->threshold_count; i++) {
		const struct threshold *t = &l->thresholds[i];

		if (t->is_default || t->name.len || t->metric != METRIC_RESPONSE_TIME ||
		    !threshold_stat_is_time(t->stat))
			continue;
		diag_warning(
		    &l->diags, keys_span(&l->model->keys, "thresholds"), DIAG_W370,
		    "'%.*s' covers the step '%.*s' too, whose response time is the length "
		    "of its stream; add `of \"NAME\"` for another step, or use first_event, "
		    "first_output or event_gap",
		    STR_ARG(t->text), STR_ARG(stream->name));
		return;
	}
}

void threshold_coverage_add_defaults(struct loaded_file *l)
{
	struct threshold *added = &l->thresholds[l->threshold_count];
	const struct threshold *requests;
	struct run_plan plan;
	size_t count;

	warn_streams(l);
	run_plan_init_series(&plan, l->program);
	count = threshold_add_defaults(l->thresholds, l->threshold_count, &plan.table,
				       l->model->load.capacity.wanted, added);
	requests = find_default(added, count, STAT_FAILURES);
	if (!requests)
		requests = find_default(added, count, STAT_ERROR_RATE);
	if (l->threshold_count && requests)
		warn_requests(l, &plan.table, requests);
	if (l->threshold_count && find_default(added, count, STAT_FAILED_ITERATIONS) &&
	    has_fail_step(l->program))
		diag_warning(&l->diags, keys_span(&l->model->keys, "thresholds"), DIAG_W357,
			     "no threshold limits iterations that fail by 'fail' or 'while', so "
			     "the run fails if one does; add failed_iterations < 1%%");
	l->threshold_count += count;
	run_plan_release(&plan);
}
