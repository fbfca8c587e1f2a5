#include "run/interpreter.h"

#include "base/log.h"
#include "run/channels.h"
#include "run/event_reader.h"
#include "run/listener.h"
#include "run/live_secrets.h"
#include "run/renewal.h"
#include "run/step_report.h"
#include "run/user_lifecycle.h"

#define JUMPS_MAX 10000u /* backward jumps before other users get their turn */

typedef enum control_flow handler(struct worker *w, struct fiber *f, const struct instr *in);

#define OP(name, a, b, c, properties, prose) [OP_##name] = op_##name,
static handler *const handlers[OP_COUNT] = {
#include "program/ops.def"
};
#undef OP

void interpreter_resume(struct worker *w, struct fiber *f)
{
	const struct instr *code = w->program->code;
	enum control_flow flow;

	do {
		const struct instr *in = &code[f->pc++];

		flow = handlers[in->op](w, f, in);
	} while (flow == FLOW_NEXT);
}

void interpreter_timer_due(struct worker *w, struct fiber *f)
{
	if (f->state == FIBER_AT_RENDEZVOUS) {
		struct rendezvous *m = &w->shared->rendezvous[f->rendezvous];

		if (rendezvous_expire(m, f->round)) {
			recorder_run(&w->recorder)->meetings_given_up++;
			log_warning("rendezvous %.*s: not enough users arrived before the timeout; "
				    "the waiting users continue",
				    STR_ARG(w->program->rendezvous[f->rendezvous].name));
			w->shared->wake_all(w->shared->owner);
		}
		interpreter_check_rendezvous(w);
		return;
	}
	if (f->state == FIBER_IN_FLIGHT && f->request->wait)
		channels_wait_timed_out(w, f);
	else if (f->state == FIBER_IN_FLIGHT && f->listener)
		listener_timer_due(w, f);
	else if (f->state == FIBER_IN_FLIGHT)
		event_reader_timer_due(w, f);
	else
		interpreter_wake(w, f);
}

void interpreter_wake(struct worker *w, struct fiber *f)
{
	if (f->await_from)
		renewal_waited(w, f);
	if (f->state == FIBER_SLEEPING)
		fiber_enter(f, FIBER_RUNNING);
	if (f->user->state == USER_BACKING_OFF)
		user_lifecycle_continue(w, f->user);
	else
		interpreter_resume(w, f);
}

struct eval *interpreter_eval(struct worker *w, struct fiber *f)
{
	const struct user *u = f->user;
	struct builtins *b = &w->eval.builtins;

	w->eval.slots = u->slots;
	w->eval.ended_data = 0;
	w->eval.counters = f->counters;
	w->eval.draws = &f->draws;
	w->eval.wall = w->now + w->wall_offset;
	b->user_id = u->number + 1;
	b->user_index = u->number;
	b->iteration = u->iteration;
	w->current_user = u->number == UINT64_MAX ? NULL : u;
	b->scenario_name = user_iterates(u) ? w->program->scenarios[u->scenario].name : STR("");
	b->response_status = f->status;
	b->response_time = f->response_time;
	return &w->eval;
}

void interpreter_set_value(struct worker *w, struct fiber *f, uint32_t slot, struct value value)
{
	if (f->parent)
		user_stage_value(f->user, slot, f->branch, value);
	else
		user_set_value(f->user, slot, value, &w->spare);
}

enum control_flow interpreter_stop(struct worker *w, struct fiber *f, enum user_stop stop)
{
	struct user *u = f->user;

	if (stop > u->stop)
		u->stop = (uint8_t)stop;
	if (stop == STOP_NOTHING)
		return FLOW_NEXT;
	if (w->program->code[f->pc - 1].op != OP_STEP_END)
		step_report_end(w, f);
	if (f->parent)
		return op_JOIN(w, f, NULL);
	if (u->stop == STOP_RUN)
		run_shared_stop(w->shared, RUN_DRAINING, w->now + w->plan->loads.grace);
	if (u->stop == STOP_ITERATION && user_iterates(u)) {
		interpreter_end_groups(w, f, u->failures ? OUTCOME_FAILED : OUTCOME_OK);
		return interpreter_pause_at_end(w, f);
	}
	return worker_iteration_over(w, u, u->failures ? OUTCOME_FAILED : OUTCOME_OK) ? FLOW_NEXT
										      : FLOW_GONE;
}

enum control_flow interpreter_out_of_rows(struct worker *w, struct fiber *f)
{
	const struct data_set *set = &w->eval.data[w->eval.ended_data - 1];
	bool whole_run = set->at_end == END_STOP_RUN;

	scratch_clear(&w->scratch);
	if (!atomic_exchange(&w->shared->rows_ended, true))
		log_warning("data %.*s: all %zu rows have been used; %s", STR_ARG(set->name),
			    set->rows.count,
			    whole_run ? "the run stops" : "users without a row stop");
	if (f->user->stop < (whole_run ? STOP_RUN : STOP_USER))
		f->user->stop = whole_run ? STOP_RUN : STOP_USER;
	if (whole_run)
		run_shared_stop(w->shared, RUN_DRAINING, w->now + w->plan->loads.grace);
	return interpreter_interrupt(w, f);
}

/* True if the last evaluation needed a row that does not exist, and `at_end` does not make that a
 * failure. */
bool interpreter_rows_ended(const struct worker *w)
{
	uint32_t set = w->eval.ended_data;

	return set && w->eval.data[set - 1].at_end != END_FAIL;
}

bool interpreter_may_request(struct worker *w, struct fiber *f)
{
	uint64_t limit = w->plan->settings.max_requests;

	if (!limit || atomic_fetch_add(&w->shared->requests, 1) < limit)
		return true;
	if (!atomic_exchange(&w->shared->limit_reached, true))
		log_warning("--max-requests: %llu requests have been sent; the run stops",
			    (unsigned long long)limit);
	f->user->stop = STOP_RUN;
	run_shared_stop(w->shared, RUN_DRAINING, w->now + w->plan->loads.grace);
	return false;
}

enum user_stop interpreter_fail_fast(struct worker *w, enum user_stop stop)
{
	if (!w->plan->settings.fail_fast)
		return stop;
	if (!atomic_exchange(&w->shared->failed_fast, true))
		log_warning("--fail-fast: the first failure stops the run: %.*s: %.*s",
			    STR_ARG(w->failure.at), STR_ARG(buf_str(&w->failure_text)));
	return STOP_RUN;
}

/* A failure outside a request; w->eval.error holds the message. */
static void report_script_failure(struct worker *w, struct fiber *f, const struct instr *in,
				  enum failure_class class)
{
	struct user *u = f->user;
	struct str at = w->plan->code_at[in - w->program->code];

	w->failure = (struct failure_note){
	    .class = class,
	    .series = user_iterates(u) ? w->plan->scenario_series[u->scenario]
				       : w->plan->fixture_series[u->fixture],
	    .at = at,
	    .when = w->now - w->measured,
	    .user = u->number + 1,
	    .iteration = u->iteration,
	};
	scratch_clear(&w->scratch);
	buf_clear(&w->failure_text);
	buf_add(&w->failure_text, str_of(w->eval.error));
	live_secrets_mask(w, f, &w->failure_text);
	step_report_failure(w, f);
	if (!user_iterates(u) || worker_is_measured(w, u, f->clock))
		recorder_failure(&w->recorder, &w->failure, buf_str(&w->failure_text));
	if (log_get_level() >= LOG_VERBOSE || w->plan->settings.once)
		log_info("%.*s  user %llu, iteration %llu: %.*s", STR_ARG(at),
			 (unsigned long long)u->number + 1, (unsigned long long)u->iteration,
			 STR_ARG(buf_str(&w->failure_text)));
	user_note_failure(u, class);
}

enum control_flow interpreter_script_failed(struct worker *w, struct fiber *f,
					    const struct instr *in)
{
	if (interpreter_rows_ended(w))
		return interpreter_out_of_rows(w, f);
	report_script_failure(w, f, in, FAILURE_expression);
	return interpreter_stop(w, f, interpreter_fail_fast(w, STOP_ITERATION));
}

enum control_flow interpreter_step_failed(struct worker *w, struct fiber *f, const struct instr *in,
					  enum failure_class class, enum on_failure on_failure)
{
	report_script_failure(w, f, in, class);
	return interpreter_stop(w, f, interpreter_fail_fast(w, interpreter_on_failure(on_failure)));
}

enum control_flow interpreter_interrupt(struct worker *w, struct fiber *f)
{
	interpreter_end_groups(w, f, OUTCOME_CUT_OFF);
	if (f->parent) {
		f->parent->fork_interrupted = true;
		return op_JOIN(w, f, NULL);
	}
	return worker_iteration_over(w, f->user, OUTCOME_CUT_OFF) ? FLOW_NEXT : FLOW_GONE;
}

enum control_flow op_SET(struct worker *w, struct fiber *f, const struct instr *in)
{
	const struct tmpl *tmpl = w->program->templates[in->b];
	struct value value;

	if (!eval_template(tmpl, interpreter_eval(w, f), &value))
		return interpreter_script_failed(w, f, in);
	interpreter_set_value(w, f, in->a, value);
	scratch_clear(&w->scratch);
	return FLOW_NEXT;
}

enum control_flow op_KEEP(struct worker *w, struct fiber *f, const struct instr *in)
{
	(void)w;
	(void)in;
	f->user->keeps = true;
	return FLOW_NEXT;
}

enum control_flow op_JUMP(struct worker *w, struct fiber *f, const struct instr *in)
{
	f->pc = in->a;
	if (in->a > in - w->program->code || ++w->jumps < JUMPS_MAX)
		return FLOW_NEXT;
	/* A loop that sends nothing would keep all other users waiting. */
	w->jumps = 0;
	worker_sleep(w, f, w->now);
	return FLOW_PARKED;
}

enum control_flow op_JUMP_UNLESS(struct worker *w, struct fiber *f, const struct instr *in)
{
	struct value value;

	if (!eval_expr(w->program->exprs[in->a], interpreter_eval(w, f), &value))
		return interpreter_script_failed(w, f, in);
	if (!value_is_true(value))
		f->pc = in->b;
	scratch_clear(&w->scratch);
	return FLOW_NEXT;
}

/* The number of rounds: fractions are truncated, a text must be a number. */
static bool rounds_of(struct worker *w, struct fiber *f, const struct instr *in, uint32_t *rounds)
{
	struct value value;
	double number;

	if (!eval_expr(w->program->exprs[in->c], interpreter_eval(w, f), &value))
		return false;
	if (value.type == VALUE_NUMBER)
		number = value.number;
	else if (value.type == VALUE_LIST)
		number = (double)value.count;
	else if (value.type != VALUE_TEXT || !str_to_double(value.text, &number))
		return eval_error(&w->eval, "the number of rounds is not a number");
	*rounds = number <= 0 ? 0 : number >= UINT32_MAX - 1 ? UINT32_MAX - 1 : (uint32_t)number;
	return true;
}

enum control_flow op_LOOP(struct worker *w, struct fiber *f, const struct instr *in)
{
	uint32_t rounds = 0;

	f->counters[in->a]++;
	if (!rounds_of(w, f, in, &rounds))
		return interpreter_script_failed(w, f, in);
	scratch_clear(&w->scratch);
	if (f->counters[in->a] > rounds) {
		f->counters[in->a] = 0;
		f->pc = in->b;
	}
	return FLOW_NEXT;
}

enum control_flow op_CHOOSE(struct worker *w, struct fiber *f, const struct instr *in)
{
	const struct choice_plan *choice = &w->program->choices[in->a];
	double drawn = random_unit(&f->draws);
	size_t i = 0;

	while (i + 1 < choice->count && drawn >= choice->upto[i])
		i++;
	f->pc = choice->targets[i];
	return FLOW_NEXT;
}

enum control_flow op_GROUP_BEGIN(struct worker *w, struct fiber *f, const struct instr *in)
{
	struct group_clock *group = &f->groups[f->groups_used++];

	*group = (struct group_clock){.series = w->plan->series[in->a],
				      .failures = f->user->failures,
				      .begin = f->clock,
				      .pause_time = f->pause_time};
	if (worker_is_measured(w, f->user, group->begin))
		recorder_started(&w->recorder, group->series);
	return FLOW_NEXT;
}

static void end_group(struct worker *w, struct fiber *f, enum outcome outcome)
{
	const struct group_clock *group = &f->groups[--f->groups_used];
	ns_t elapsed = f->clock - group->begin;

	if (worker_is_measured(w, f->user, group->begin))
		recorder_span(&w->recorder, group->series, outcome, f->user->class,
			      elapsed - (f->pause_time - group->pause_time), elapsed);
}

enum control_flow op_GROUP_END(struct worker *w, struct fiber *f, const struct instr *in)
{
	bool failed = f->user->failures > f->groups[f->groups_used - 1].failures;

	(void)in;
	end_group(w, f, failed ? OUTCOME_FAILED : OUTCOME_OK);
	return FLOW_NEXT;
}

void interpreter_end_groups(struct worker *w, struct fiber *f, enum outcome outcome)
{
	while (f->groups_used)
		end_group(w, f, outcome);
}

enum control_flow op_CALL(struct worker *w, struct fiber *f, const struct instr *in)
{
	(void)w;
	f->calls[f->calls_used++] = f->pc;
	f->pc = in->a;
	return FLOW_NEXT;
}

enum control_flow op_RETURN(struct worker *w, struct fiber *f, const struct instr *in)
{
	(void)w;
	(void)in;
	f->pc = f->calls[--f->calls_used];
	return FLOW_NEXT;
}

/* Renders a template for the user, without secrets, into w->text. */
static bool render_message(struct worker *w, struct fiber *f, uint32_t template)
{
	struct eval *eval = interpreter_eval(w, f);
	bool ok;

	buf_clear(&w->text);
	eval->hide_secrets = true;
	ok = eval_render(w->program->templates[template], eval, &w->text);
	eval->hide_secrets = false;
	return ok;
}

enum control_flow op_LOG(struct worker *w, struct fiber *f, const struct instr *in)
{
	const struct user *u = f->user;

	if (log_get_level() < LOG_VERBOSE)
		return FLOW_NEXT;
	if (!render_message(w, f, in->a))
		return interpreter_script_failed(w, f, in);
	scratch_clear(&w->scratch);
	live_secrets_mask(w, f, &w->text);
	log_verbose("user %llu, iteration %llu: %.*s", (unsigned long long)u->number + 1,
		    (unsigned long long)u->iteration, STR_ARG(buf_str(&w->text)));
	return FLOW_NEXT;
}

enum control_flow op_FAIL(struct worker *w, struct fiber *f, const struct instr *in)
{
	if (!render_message(w, f, in->a))
		return interpreter_script_failed(w, f, in);
	/* Masked before the buffer of the error cuts it. */
	scratch_clear(&w->scratch);
	live_secrets_mask(w, f, &w->text);
	eval_error(&w->eval, "%.*s", STR_ARG(buf_str(&w->text)));
	return interpreter_step_failed(w, f, in, FAILURE_expect, (enum on_failure)in->b);
}

enum control_flow op_STOP(struct worker *w, struct fiber *f, const struct instr *in)
{
	return interpreter_stop(w, f, (enum user_stop)(STOP_ITERATION + in->a));
}

enum control_flow op_END(struct worker *w, struct fiber *f, const struct instr *in)
{
	struct user *u = f->user;

	(void)in;
	return worker_iteration_over(w, u, u->failures ? OUTCOME_FAILED : OUTCOME_OK) ? FLOW_NEXT
										      : FLOW_GONE;
}
