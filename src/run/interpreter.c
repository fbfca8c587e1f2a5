#include "run/interpreter.h"

#include <math.h>

#include "base/log.h"
#include "run/secrets.h"

#define JUMPS_MAX 10000u /* backwards, before others have their turn */

typedef enum flow handler(struct worker *w, struct strand *s, const struct instr *in);

#define OP(name, a, b, c, properties, prose) [OP_##name] = op_##name,
static handler *const handlers[OP_COUNT] = {
#include "program/ops.def"
};
#undef OP

void strand_resume(struct worker *w, struct strand *s)
{
	const struct instr *code = w->program->code;
	enum flow flow;

	s->state = STRAND_RUNS;
	do {
		const struct instr *in = &code[s->pc++];

		flow = handlers[in->op](w, s, in);
	} while (flow == FLOW_NEXT);
}

void strand_due(struct worker *w, struct strand *s)
{
	if (s->state == STRAND_WAITS_USERS) {
		struct meeting *m = &w->shared->meetings[s->meeting];

		if (meeting_give_up(m, s->round)) {
			recorder_run(&w->recorder)->meetings_given_up++;
			log_warning("rendezvous %.*s: not enough users came in time; those "
				    "waiting go on",
				    STR_ARG(w->program->rendezvous[s->meeting].name));
			w->shared->wake_all(w->shared->owner);
		}
		meetings_look(w);
		return;
	}
	s->scheduled = true;
	strand_resume(w, s);
}

struct eval *strand_eval(struct worker *w, struct strand *s)
{
	const struct user *u = s->user;
	struct builtins *b = &w->eval.builtins;

	w->eval.slots = u->slots;
	w->eval.ended_data = 0;
	w->eval.counters = s->counters;
	w->eval.draws = &s->draws;
	w->eval.wall = w->now + w->wall_offset;
	b->user_id = u->number + 1;
	b->user_index = u->number;
	b->iteration = u->iteration;
	w->at_hand = u->number == UINT64_MAX ? NULL : u;
	b->scenario_name = user_iterates(u) ? w->program->scenarios[u->scenario].name : STR("");
	b->response_status = s->status;
	b->response_time = s->response_time;
	return &w->eval;
}

void strand_keep(struct worker *w, struct strand *s, uint32_t slot, struct value value)
{
	if (s->parent)
		user_stage(s->user, slot, s->branch, value);
	else
		user_keep(s->user, slot, value, &w->spare);
}

enum flow strand_stop(struct worker *w, struct strand *s, enum user_stop stop)
{
	struct user *u = s->user;

	if (stop > u->stop)
		u->stop = (uint8_t)stop;
	if (stop == STOP_NOTHING)
		return FLOW_NEXT;
	if (s->parent)
		return op_JOIN(w, s, NULL);
	if (u->stop == STOP_RUN)
		run_shared_stop(w->shared, RUN_STOPS, w->now + w->plan->loads.grace);
	if (u->stop == STOP_ITERATION && user_iterates(u) &&
	    w->program->scenarios[u->scenario].pace != PC_NONE) {
		groups_end(w, s, u->failures ? OUTCOME_FAILED : OUTCOME_OK);
		s->pc = w->program->scenarios[u->scenario].pace;
		return FLOW_NEXT;
	}
	return worker_iteration_over(w, u, u->failures ? OUTCOME_FAILED : OUTCOME_OK) ? FLOW_NEXT
										      : FLOW_GONE;
}

enum flow strand_out_of_rows(struct worker *w, struct strand *s)
{
	const struct data_set *set = &w->eval.data[w->eval.ended_data - 1];
	bool whole_run = set->at_end == END_STOP_RUN;

	scratch_clear(&w->scratch);
	if (!atomic_exchange(&w->shared->rows_ended, true))
		log_warning("data %.*s: its %zu rows have run out; %s", STR_ARG(set->name),
			    set->rows.count,
			    whole_run ? "the run stops" : "users who need one stop");
	if (s->user->stop < (whole_run ? STOP_RUN : STOP_USER))
		s->user->stop = whole_run ? STOP_RUN : STOP_USER;
	if (whole_run)
		run_shared_stop(w->shared, RUN_STOPS, w->now + w->plan->loads.grace);
	return strand_interrupt(w, s);
}

/* True when what was worked out last needed a row that is not there, and that is no failure. */
bool rows_ended_quietly(const struct worker *w)
{
	uint32_t set = w->eval.ended_data;

	return set && w->eval.data[set - 1].at_end != END_FAIL;
}

enum user_stop failure_end(struct worker *w, enum user_stop stop)
{
	if (!w->plan->settings.fail_fast)
		return stop;
	if (!atomic_exchange(&w->shared->failed_fast, true))
		log_warning("the first failure stops the run: %.*s: %.*s", STR_ARG(w->failure.at),
			    STR_ARG(buf_str(&w->failure_text)));
	return STOP_RUN;
}

/* A failure that is none of a request: w->eval.error says what happened. */
static void tell_script(struct worker *w, struct strand *s, const struct instr *in,
			enum failure_class class)
{
	struct user *u = s->user;
	struct str at = w->plan->code_at[in - w->program->code];

	w->failure = (struct failure_note){
	    .class = class,
	    .series = user_iterates(u) ? w->plan->scenario_series[u->scenario]
					  : w->plan->around_series[u->part],
	    .at = at,
	    .when = w->now - w->measured,
	    .user = u->number + 1,
	    .iteration = u->iteration,
	};
	scratch_clear(&w->scratch);
	buf_clear(&w->failure_text);
	buf_add(&w->failure_text, str_of(w->eval.error));
	secrets_mask(w, u, &w->failure_text);
	if (!user_iterates(u) || is_measured(w, u, s->clock))
		recorder_failure(&w->recorder, &w->failure, buf_str(&w->failure_text));
	if (log_get_level() >= LOG_VERBOSE || w->plan->settings.once)
		log_info("%.*s  user %llu, iteration %llu: %.*s", STR_ARG(at),
			 (unsigned long long)u->number + 1, (unsigned long long)u->iteration,
			 STR_ARG(buf_str(&w->failure_text)));
	user_failed(u, class);
}

enum flow script_failed(struct worker *w, struct strand *s, const struct instr *in)
{
	if (rows_ended_quietly(w))
		return strand_out_of_rows(w, s);
	tell_script(w, s, in, FAILURE_expression);
	return strand_stop(w, s, failure_end(w, STOP_ITERATION));
}

/* A strand that would park while the run stops goes no further. */
static bool is_interrupted(struct worker *w, const struct strand *s)
{
	return worker_stops(w, s) && w->program->code[s->pc].op != OP_END;
}

enum flow strand_interrupt(struct worker *w, struct strand *s)
{
	groups_end(w, s, OUTCOME_CUT_OFF);
	if (s->parent) {
		s->parent->fork_broken = true;
		return op_JOIN(w, s, NULL);
	}
	return worker_iteration_over(w, s->user, OUTCOME_CUT_OFF) ? FLOW_NEXT : FLOW_GONE;
}

static ns_t thinking_time(const struct think_time *t, struct draws *draws)
{
	double a = (double)t->a, b = (double)t->b, drawn = 0;

	switch (t->kind) {
	case THINK_NONE:
		break;
	case THINK_FIXED:
		return t->a;
	case THINK_RANGE:
		drawn = a + draw_unit(draws) * (b - a);
		break;
	case THINK_NORMAL:
		drawn = a + b * draw_normal(draws);
		break;
	case THINK_EXPONENTIAL:
		drawn = a > 0 ? draw_exponential(draws, a) : 0;
		break;
	case THINK_LOGNORMAL: {
		/* Mean A and deviation B are of the lengths, not of their logarithms. */
		double s2 = a > 0 ? log(1 + b * b / (a * a)) : 0;

		drawn = a > 0 ? exp(log(a) - s2 / 2 + sqrt(s2) * draw_normal(draws)) : 0;
		break;
	}
	}
	if (drawn >= (double)NS_LONGEST)
		return NS_LONGEST;
	return drawn > 0 ? (ns_t)drawn : 0;
}

enum flow op_THINK(struct worker *w, struct strand *s, const struct instr *in)
{
	ns_t length = thinking_time(&w->program->thinks[in->a], &s->draws);

	if (w->plan->settings.think_factor > 0)
		length = (ns_t)((double)length * w->plan->settings.think_factor);
	if (w->plan->settings.once || w->plan->settings.no_think || length == 0)
		return FLOW_NEXT;
	if (is_interrupted(w, s))
		return strand_interrupt(w, s);
	/* Nothing is left to be done after this pause: nobody waits for it at the end. */
	if (user_is_ending(w, s->user) && w->program->code[s->pc].op == OP_END)
		return FLOW_NEXT;
	s->thought += length;
	s->clock += length;
	worker_wait(w, s, s->clock);
	return FLOW_PARKED;
}

enum flow op_PACE(struct worker *w, struct strand *s, const struct instr *in)
{
	ns_t until = s->user->begun + (ns_t)in->a * NS_PER_S + (ns_t)in->b * NS_PER_US;

	if (w->plan->settings.once || s->clock >= until || user_is_ending(w, s->user))
		return FLOW_NEXT;
	s->thought += until - s->clock;
	s->clock = until;
	worker_wait(w, s, until);
	return FLOW_PARKED;
}

enum flow op_SET(struct worker *w, struct strand *s, const struct instr *in)
{
	const struct tmpl *tmpl = w->program->templates[in->b];
	struct value value;

	if (!tmpl_value(tmpl, strand_eval(w, s), &value))
		return script_failed(w, s, in);
	strand_keep(w, s, in->a, value);
	scratch_clear(&w->scratch);
	return FLOW_NEXT;
}

enum flow op_JUMP(struct worker *w, struct strand *s, const struct instr *in)
{
	s->pc = in->a;
	if (in->a > in - w->program->code || ++w->jumps < JUMPS_MAX)
		return FLOW_NEXT;
	/* A loop that sends nothing would keep everyone else waiting. */
	w->jumps = 0;
	worker_wait(w, s, w->now);
	return FLOW_PARKED;
}

enum flow op_JUMP_UNLESS(struct worker *w, struct strand *s, const struct instr *in)
{
	struct value value;

	if (!expr_eval(w->program->exprs[in->a], strand_eval(w, s), &value))
		return script_failed(w, s, in);
	if (!value_is_true(value))
		s->pc = in->b;
	scratch_clear(&w->scratch);
	return FLOW_NEXT;
}

/* How often; a fraction is cut off, a text must look like a number. */
static bool rounds_of(struct worker *w, struct strand *s, const struct instr *in, uint32_t *rounds)
{
	struct value value;
	double number;

	if (!expr_eval(w->program->exprs[in->c], strand_eval(w, s), &value))
		return false;
	if (value.type == VALUE_NUMBER)
		number = value.number;
	else if (value.type == VALUE_LIST)
		number = (double)value.count;
	else if (value.type != VALUE_TEXT || !str_to_double(value.text, &number))
		return eval_error(&w->eval, "the number of rounds is no number");
	*rounds = number <= 0 ? 0 : number >= UINT32_MAX - 1 ? UINT32_MAX - 1 : (uint32_t)number;
	return true;
}

enum flow op_LOOP(struct worker *w, struct strand *s, const struct instr *in)
{
	uint32_t rounds = 0;

	s->counters[in->a]++;
	if (!rounds_of(w, s, in, &rounds))
		return script_failed(w, s, in);
	scratch_clear(&w->scratch);
	if (s->counters[in->a] > rounds) {
		s->counters[in->a] = 0;
		s->pc = in->b;
	}
	return FLOW_NEXT;
}

enum flow op_CHOOSE(struct worker *w, struct strand *s, const struct instr *in)
{
	const struct choice_plan *choice = &w->program->choices[in->a];
	double drawn = draw_unit(&s->draws);
	size_t i = 0;

	while (i + 1 < choice->count && drawn >= choice->upto[i])
		i++;
	s->pc = choice->targets[i];
	return FLOW_NEXT;
}

enum flow op_GROUP_BEGIN(struct worker *w, struct strand *s, const struct instr *in)
{
	struct group_clock *group = &s->groups[s->groups_used++];

	*group = (struct group_clock){.series = w->plan->series[in->a],
				      .failures = s->user->failures,
				      .begin = s->clock,
				      .thought = s->thought};
	if (is_measured(w, s->user, group->begin))
		recorder_started(&w->recorder, group->series);
	return FLOW_NEXT;
}

static void end_group(struct worker *w, struct strand *s, enum outcome outcome)
{
	const struct group_clock *group = &s->groups[--s->groups_used];
	ns_t elapsed = s->clock - group->begin;

	if (is_measured(w, s->user, group->begin))
		recorder_span(&w->recorder, group->series, outcome, s->user->class,
			      elapsed - (s->thought - group->thought), elapsed);
}

enum flow op_GROUP_END(struct worker *w, struct strand *s, const struct instr *in)
{
	bool failed = s->user->failures > s->groups[s->groups_used - 1].failures;

	(void)in;
	end_group(w, s, failed ? OUTCOME_FAILED : OUTCOME_OK);
	return FLOW_NEXT;
}

void groups_end(struct worker *w, struct strand *s, enum outcome outcome)
{
	while (s->groups_used)
		end_group(w, s, outcome);
}

enum flow op_CALL(struct worker *w, struct strand *s, const struct instr *in)
{
	(void)w;
	s->calls[s->calls_used++] = s->pc;
	s->pc = in->a;
	return FLOW_NEXT;
}

enum flow op_RETURN(struct worker *w, struct strand *s, const struct instr *in)
{
	(void)w;
	(void)in;
	s->pc = s->calls[--s->calls_used];
	return FLOW_NEXT;
}

enum flow op_LOG(struct worker *w, struct strand *s, const struct instr *in)
{
	const struct user *u = s->user;

	if (log_get_level() < LOG_VERBOSE)
		return FLOW_NEXT;
	buf_clear(&w->text);
	if (!tmpl_render(w->program->templates[in->a], strand_eval(w, s), &w->text))
		return script_failed(w, s, in);
	scratch_clear(&w->scratch);
	secrets_mask(w, u, &w->text);
	log_verbose("user %llu, iteration %llu: %.*s", (unsigned long long)u->number + 1,
		    (unsigned long long)u->iteration, STR_ARG(buf_str(&w->text)));
	return FLOW_NEXT;
}

enum flow op_FAIL(struct worker *w, struct strand *s, const struct instr *in)
{
	buf_clear(&w->text);
	if (!tmpl_render(w->program->templates[in->a], strand_eval(w, s), &w->text))
		return script_failed(w, s, in);
	eval_error(&w->eval, "%.*s", STR_ARG(buf_str(&w->text)));
	tell_script(w, s, in, FAILURE_expect);
	return strand_stop(w, s, failure_end(w, failure_stop((enum on_failure)in->b)));
}

enum flow op_STOP(struct worker *w, struct strand *s, const struct instr *in)
{
	return strand_stop(w, s, (enum user_stop)(STOP_ITERATION + in->a));
}

enum flow op_END(struct worker *w, struct strand *s, const struct instr *in)
{
	struct user *u = s->user;

	(void)in;
	return worker_iteration_over(w, u, u->failures ? OUTCOME_FAILED : OUTCOME_OK) ? FLOW_NEXT
										      : FLOW_GONE;
}
