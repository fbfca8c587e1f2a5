#include "run/trace_context.h"

#include <inttypes.h>

#include "run/user.h"

#define TRACE_DRAWS (UINT64_MAX - 3) /* in place of a fiber's number in other keys */

void trace_context_init(struct worker *w, ns_t wall)
{
	w->trace_draws =
	    random_stream(w->plan->settings.seed, (uint64_t)wall,
			  (uint64_t)w->plan->shard * WORKERS_MAX + w->index, TRACE_DRAWS);
}

/* Zero is not a valid identifier. */
static uint64_t draw_identifier(struct worker *w)
{
	uint64_t drawn = random_u64(&w->trace_draws);

	return drawn ? drawn : 1;
}

/* The trace of the innermost group around F, else of the iteration. */
static struct fiber_trace *trace_of(struct fiber *f)
{
	for (struct fiber *outer = f; outer; outer = outer->parent)
		if (outer->groups_used)
			return &outer->groups[outer->groups_used - 1].trace;
	return &f->user->trace;
}

static void put_w3c(const struct fiber *f, const struct fiber_trace *t, uint64_t span,
		    struct buf *out)
{
	buf_add(out, STR("traceparent: 00-"));
	exemplar_put_trace(out, t->id);
	buf_add_char(out, '-');
	exemplar_put_span(out, span);
	buf_add(out, t->sampled ? STR("-01") : STR("-00"));
	buf_add_char(out, '\0');
	buf_printf(out, "tracestate: reprise=u%" PRIu64 "i%" PRIu64, f->user->number + 1,
		   f->user->iteration);
	buf_add_char(out, '\0');
}

static void put_b3(const struct fiber_trace *t, uint64_t span, struct buf *out)
{
	buf_add(out, STR("b3: "));
	exemplar_put_trace(out, t->id);
	buf_add_char(out, '-');
	exemplar_put_span(out, span);
	buf_add(out, t->sampled ? STR("-1") : STR("-0"));
	buf_add_char(out, '\0');
}

static void put_b3_multi(const struct fiber_trace *t, uint64_t span, struct buf *out)
{
	buf_add(out, STR("X-B3-TraceId: "));
	exemplar_put_trace(out, t->id);
	buf_add_char(out, '\0');
	buf_add(out, STR("X-B3-SpanId: "));
	exemplar_put_span(out, span);
	buf_add_char(out, '\0');
	buf_printf(out, "X-B3-Sampled: %d", t->sampled);
	buf_add_char(out, '\0');
}

void trace_context_put(struct worker *w, struct fiber *f, struct buf *out)
{
	const struct defaults *d = &w->program->model->defaults;
	struct fiber_trace *t = trace_of(f);
	uint64_t span = draw_identifier(w);

	if (!exemplar_has_trace(t->id)) {
		t->id.high = draw_identifier(w);
		t->id.low = draw_identifier(w);
		t->sampled = d->sampled >= 1 || random_unit(&w->trace_draws) < d->sampled;
	}
	/* A trace that is not sampled cannot be looked up. */
	f->sample.trace = t->sampled ? t->id : (struct exemplar_trace){0};
	f->sample.span = span;
	if (d->trace_context == TRACE_CONTEXT_W3C)
		put_w3c(f, t, span, out);
	else if (d->trace_context == TRACE_CONTEXT_B3)
		put_b3(t, span, out);
	else
		put_b3_multi(t, span, out);
}
