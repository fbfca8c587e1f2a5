/*
 * The interpreter: performs a fiber's instructions until it parks or ends. One handler for each
 * row of ops.def; a row without a handler does not link. Nothing here runs on the HTTP library's
 * stack.
 */
#ifndef RUN_INTERPRETER_H
#define RUN_INTERPRETER_H

#include "run/worker.h"

enum control_flow {
	FLOW_NEXT,   /* go on at the fiber's pc */
	FLOW_PARKED, /* something will resume it */
	FLOW_GONE,   /* the fiber, perhaps its user, is no more */
};

#define OP(name, a, b, c, properties, prose)                                                       \
	enum control_flow op_##name(struct worker *w, struct fiber *f, const struct instr *in);
#include "program/ops.def"
#undef OP

/* Goes on with F at its pc. F and its user may be gone afterwards. */
void interpreter_resume(struct worker *w, struct fiber *f);
/* The fiber's timer is due. */
void interpreter_timer_due(struct worker *w, struct fiber *f);
/* The pause of F is over, or cut short: continues with what comes after it. F must not be in the
 * timers any more; F and its user may be gone afterwards. */
void interpreter_wake(struct worker *w, struct fiber *f);

/* ---- between the files of the interpreter */

/* Values for expressions of F: its user's slots, its draws, the built-in names. */
struct eval *interpreter_eval(struct worker *w, struct fiber *f);
/* Keeps VALUE for F: in its user's slot, or staged when F is a branch of a fork. */
void interpreter_set_value(struct worker *w, struct fiber *f, uint32_t slot, struct value value);
/* True when what was worked out last needed a row that is not there, and that is no failure. */
bool interpreter_rows_ended(const struct worker *w);
/* Does what `at_end` of that data set says. */
enum control_flow interpreter_out_of_rows(struct worker *w, struct fiber *f);
/* An expression outside a request could not be worked out: tells it and stops the iteration. */
enum control_flow interpreter_script_failed(struct worker *w, struct fiber *f,
					    const struct instr *in);
/* The failure at hand, which asks for STOP: with --fail-fast the run stops, and it is said why. */
enum user_stop interpreter_fail_fast(struct worker *w, enum user_stop stop);
/* What a failure or a STOP asks for: ends the branch or the iteration where it must. */
enum control_flow interpreter_stop(struct worker *w, struct fiber *f, enum user_stop stop);
/* What an `on_failure` means. */
enum user_stop interpreter_on_failure(enum on_failure asked);
/* F would park but the run stops: ends the branch, or the iteration as cut off. */
enum control_flow interpreter_interrupt(struct worker *w, struct fiber *f);
/* Groups left open when the iteration ends early are counted as OUTCOME. */
void interpreter_end_groups(struct worker *w, struct fiber *f, enum outcome outcome);
/* Strands at rendezvous points whose round is over go on. */
void interpreter_check_rendezvous(struct worker *w);
/* F waits at its rendezvous no more. */
void interpreter_leave_rendezvous(struct worker *w, struct fiber *f);

#endif
