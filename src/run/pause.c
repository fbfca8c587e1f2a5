/* Pauses: think, pace, and the pause after a failed step. */
#include <math.h>

#include "base/units.h"
#include "run/interpreter.h"
#include "run/live_secrets.h"
#include "run/user_lifecycle.h"

#define TEXT_MAX	  60u	/* bytes of a wrong think time in a message */
#define STEPS_SKIPPED_MAX 1000u /* instructions between a failed step and its pause */

static ns_t draw_think_time(const struct think_time *t, struct random_stream *draws)
{
	double a = (double)t->a, b = (double)t->b, drawn = 0;

	switch (t->kind) {
	case THINK_NONE:
		break;
	case THINK_FIXED:
		return t->a;
	case THINK_RANGE:
		drawn = a + random_unit(draws) * (b - a);
		break;
	case THINK_NORMAL:
		drawn = a + b * random_normal(draws);
		break;
	case THINK_EXPONENTIAL:
		drawn = a > 0 ? random_exponential(draws, a) : 0;
		break;
	case THINK_LOGNORMAL: {
		/* Mean A and deviation B describe the durations, not their logarithms. */
		double s2 = a > 0 ? log(1 + b * b / (a * a)) : 0;

		drawn = a > 0 ? exp(log(a) - s2 / 2 + sqrt(s2) * random_normal(draws)) : 0;
		break;
	}
	}
	if (drawn >= (double)NS_LONGEST)
		return NS_LONGEST;
	return drawn > 0 ? (ns_t)drawn : 0;
}

bool interpreter_is_at_end(const struct worker *w, const struct fiber *f)
{
	unsigned op = w->program->code[f->pc].op;

	return op == OP_END || op == OP_PACE;
}

/* The think time of IN, a THINK or THINK_TEXT; false after eval_error. */
static bool think_time_of(struct worker *w, struct fiber *f, const struct instr *in, ns_t *out)
{
	bool good;

	if (in->op == OP_THINK) {
		*out = draw_think_time(&w->program->thinks[in->a], &f->draws);
		return true;
	}
	buf_clear(&w->text);
	good = eval_render(w->program->templates[in->a], interpreter_eval(w, f), &w->text);
	if (good && units_duration(str_trim(buf_str(&w->text)), out) != UNIT_OK) {
		live_secrets_mask(w, f, &w->text);
		good = eval_error(&w->eval,
				  "'%.*s' is not a duration; a think time needs a number with a "
				  "unit, such as ${seconds}s",
				  (int)(w->text.len < TEXT_MAX ? w->text.len : TEXT_MAX),
				  w->text.data);
	}
	return good;
}

static enum control_flow pause_for(struct worker *w, struct fiber *f, ns_t length)
{
	if (w->plan->settings.think_factor > 0)
		length = (ns_t)((double)length * w->plan->settings.think_factor);
	if (w->plan->settings.once || w->plan->settings.no_think || length == 0)
		return FLOW_NEXT;
	if (worker_stops_fiber(w, f) && !interpreter_is_at_end(w, f))
		return interpreter_interrupt(w, f);
	/* Nothing is left to do after this pause: the run does not wait for it at its end. */
	if (worker_drains_user(w, f->user) && interpreter_is_at_end(w, f))
		return FLOW_NEXT;
	f->pause_time += length;
	f->clock += length;
	f->scheduled = true;
	worker_sleep(w, f, f->clock);
	return FLOW_PARKED;
}

enum control_flow op_THINK(struct worker *w, struct fiber *f, const struct instr *in)
{
	return pause_for(w, f, draw_think_time(&w->program->thinks[in->a], &f->draws));
}

enum control_flow op_THINK_TEXT(struct worker *w, struct fiber *f, const struct instr *in)
{
	ns_t length;

	if (!think_time_of(w, f, in, &length))
		return interpreter_script_failed(w, f, in);
	scratch_clear(&w->scratch);
	return pause_for(w, f, length);
}

enum control_flow op_PACE(struct worker *w, struct fiber *f, const struct instr *in)
{
	ns_t until = f->user->begun + (ns_t)in->a * NS_PER_S + (ns_t)in->b * NS_PER_US;

	if (w->plan->settings.once || f->clock >= until || worker_drains_user(w, f->user))
		return FLOW_NEXT;
	f->user->paced_at = f->clock;
	f->pause_time += until - f->clock;
	f->clock = until;
	f->scheduled = true;
	worker_sleep(w, f, until);
	return FLOW_PARKED;
}

/*
 * The think time that follows the step before F's pc, or NULL if another request or the end comes
 * first. Steps that take no time are skipped, and so are loops and conditions, as if they had
 * ended.
 */
static const struct instr *find_pause(const struct worker *w, const struct fiber *f)
{
	const struct instr *code = w->program->code;
	uint32_t pc = f->pc, calls = f->calls_used;

	for (unsigned i = 0; i < STEPS_SKIPPED_MAX; i++) {
		const struct instr *in = &code[pc++];

		switch (in->op) {
		case OP_THINK:
		case OP_THINK_TEXT:
			return in;
		case OP_SET:
		case OP_LOG:
		case OP_STEP_END:
		case OP_GROUP_BEGIN:
		case OP_GROUP_END:
			break;
		case OP_JUMP:
			pc = in->a;
			break;
		case OP_JUMP_UNLESS:
		case OP_LOOP:
			pc = in->b;
			break;
		case OP_RETURN:
			if (!calls)
				return NULL;
			pc = f->calls[--calls];
			break;
		default:
			return NULL;
		}
	}
	return NULL;
}

enum control_flow interpreter_pause_at_end(struct worker *w, struct fiber *f)
{
	struct user *u = f->user;
	const struct scenario_plan *scenario = &w->program->scenarios[u->scenario];
	const struct instr *think = NULL;
	ns_t length;

	if (u->failures && user_lifecycle_repeats(w, u))
		think = find_pause(w, f);
	f->pc = scenario->pace != PC_NONE ? scenario->pace : scenario->end;
	/* The failed step may be the one that extracts the think time. */
	if (!think || !think_time_of(w, f, think, &length))
		return FLOW_NEXT;
	scratch_clear(&w->scratch);
	return pause_for(w, f, length);
}
