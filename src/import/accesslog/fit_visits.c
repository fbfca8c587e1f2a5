/* Visits: the number of their requests, and the length of their pauses. */
#include <math.h>
#include <stdlib.h>

#include "import/accesslog/fit.h"

#define NEARLY_ALL 0.99

struct fit_visit {
	int64_t begin_us, end_us;
	uint32_t length;
};

struct pauses {
	double sum, squares;
	size_t count;
};

static int by_begin(const void *a, const void *b)
{
	const struct fit_visit *x = a, *y = b;

	if (x->begin_us != y->begin_us)
		return x->begin_us < y->begin_us ? -1 : 1;
	return 0;
}

static int by_length(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The pause is the time between two requests after the response to the first one. */
static struct fit_visit *read_visits(struct fit *fit, struct pauses *pauses)
{
	const struct access_log *log = &fit->part;
	struct fit_visit *all =
	    ARENA_ARRAY(&fit->job->arena, (size_t)log->sessions + 1, struct fit_visit);

	for (size_t i = 0; i < log->count; i++) {
		const struct access_record *r = &log->records[i];
		struct fit_visit *v = &all[r->session];
		int64_t end = r->start_us + (r->duration_us > 0 ? r->duration_us : 0);

		if (v->length++) {
			double gap = fmax(0, (double)(r->start_us - v->end_us) / 1e6);

			pauses->sum += gap;
			pauses->squares += gap * gap;
			pauses->count++;
		} else {
			v->begin_us = r->start_us;
		}
		if (v->length == 1 || end > v->end_us)
			v->end_us = end;
	}
	return all;
}

static double nearly_longest(struct fit *fit, const struct fit_visit *all, size_t count)
{
	int64_t *lengths = ARENA_ARRAY(&fit->job->arena, count, int64_t);

	for (size_t i = 0; i < count; i++)
		lengths[i] = all[i].end_us - all[i].begin_us;
	qsort(lengths, count, sizeof *lengths, by_length);
	return (double)lengths[(size_t)((double)(count - 1) * NEARLY_ALL)] / 1e6;
}

void fit_visits(struct fit *fit)
{
	struct fit_visits *out = &fit->visits;
	struct pauses p = {.count = 0};
	struct fit_visit *all = read_visits(fit, &p);
	size_t n = 0;

	for (size_t i = 0; i <= fit->part.sessions; i++)
		if (all[i].length)
			all[n++] = all[i];
	qsort(all, n, sizeof *all, by_begin);
	*out = (struct fit_visits){.count = n, .mean = (double)fit->part.count / (double)n};
	out->begin_us = ARENA_ARRAY(&fit->job->arena, n, int64_t);
	out->lengths = ARENA_ARRAY(&fit->job->arena, n, uint32_t);
	for (size_t i = 0; i < n; i++) {
		out->begin_us[i] = all[i].begin_us;
		out->lengths[i] = all[i].length;
	}
	out->longest = nearly_longest(fit, all, n);
	out->pauses = p.count > 0;
	if (!p.count)
		return;
	out->think_mean = p.sum / (double)p.count;
	out->think_spread =
	    sqrt(fmax(0, p.squares / (double)p.count - out->think_mean * out->think_mean));
}
