/*
 * The interpreter: performs a fiber's instructions until the fiber parks or ends. One handler for
 * each row of ops.def; a row without a handler does not link. Nothing here runs on the HTTP
 * library's stack.
 */
#ifndef RUN_INTERPRETER_H
#define RUN_INTERPRETER_H

#include "run/worker.h"

enum control_flow {
	FLOW_NEXT,   /* continue at the fiber's pc */
	FLOW_PARKED, /* an event will resume the fiber */
	FLOW_GONE,   /* the fiber was freed; its user may have been too */
};

#define OP(name, a, b, c, properties, prose)                                                       \
	enum control_flow op_##name(struct worker *w, struct fiber *f, const struct instr *in);
#include "program/ops.def"
#undef OP

/* Continues F at its pc. F and its user may be freed by the time it returns. */
void interpreter_resume(struct worker *w, struct fiber *f);
/* The fiber's timer is due. */
void interpreter_timer_due(struct worker *w, struct fiber *f);
/* The pause of F has ended or is cut short: continues after it. F must not be in the timers any
 * more. F and its user may be freed by the time it returns. */
void interpreter_wake(struct worker *w, struct fiber *f);

/* ---- shared by the files of the interpreter */

/* Values for expressions of F: its user's slots, its random draws, the built-in names. */
struct eval *interpreter_eval(struct worker *w, struct fiber *f);
/* Stores VALUE in SLOT of F's user, or stages it if F is a branch of a fork. */
void interpreter_set_value(struct worker *w, struct fiber *f, uint32_t slot, struct value value);
/* True if the last evaluation needed a row that does not exist, and `at_end` does not make that a
 * failure. */
bool interpreter_rows_ended(const struct worker *w);
/* Applies `at_end` of that data set. */
enum control_flow interpreter_out_of_rows(struct worker *w, struct fiber *f);
/* An expression outside a request could not be evaluated: reports it and stops the iteration. */
enum control_flow interpreter_script_failed(struct worker *w, struct fiber *f,
					    const struct instr *in);
/* Counts a request that is about to begin. Returns false, and stops the run, if there were already
 * as many as --max-requests allows. */
bool interpreter_may_request(struct worker *w, struct fiber *f);
/* The current failure asks for STOP; returns the stop to apply. With --fail-fast that stops the
 * run, and the reason is reported. */
enum user_stop interpreter_fail_fast(struct worker *w, enum user_stop stop);
/* The step of IN, which is not a request, has failed; w->eval.error holds the message. */
enum control_flow interpreter_step_failed(struct worker *w, struct fiber *f, const struct instr *in,
					  enum failure_class class, enum on_failure on_failure);
/* Applies what a failure or a STOP asks for: ends the branch or the iteration if it must. */
enum control_flow interpreter_stop(struct worker *w, struct fiber *f, enum user_stop stop);
/* The iteration of F ends before its last step: skips to its `pace`, after a failure with the pause
 * that follows the failed step. */
enum control_flow interpreter_pause_at_end(struct worker *w, struct fiber *f);
/* True if only a pause is left between F's pc and the end of the iteration. */
bool interpreter_is_at_end(const struct worker *w, const struct fiber *f);
/* The stop that an `on_failure` asks for. */
enum user_stop interpreter_on_failure(enum on_failure asked);
/* F would park, but the run stops: ends the branch, or the iteration as cut off. */
enum control_flow interpreter_interrupt(struct worker *w, struct fiber *f);
/* Groups that are open when the iteration ends early are counted as OUTCOME. */
void interpreter_end_groups(struct worker *w, struct fiber *f, enum outcome outcome);
/* Resumes the fibers at a rendezvous whose round has ended. */
void interpreter_check_rendezvous(struct worker *w);
/* Takes F out of its rendezvous. */
void interpreter_leave_rendezvous(struct worker *w, struct fiber *f);

#endif
