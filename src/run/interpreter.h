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
	enum control_flow op_##name(struct worker *w, struct fiber *s, const struct instr *in);
#include "program/ops.def"
#undef OP

/* Goes on with S at its pc. S and its user may be gone afterwards. */
void interpreter_resume(struct worker *w, struct fiber *s);
/* The fiber's time has come. */
void interpreter_timer_due(struct worker *w, struct fiber *s);

/* ---- between the files of the interpreter */

/* Values for expressions of S: its user's slots, its draws, the built-in names. */
struct eval *interpreter_eval(struct worker *w, struct fiber *s);
/* Keeps VALUE for S: in its user's slot, or staged when S is a branch of a fork. */
void interpreter_set_value(struct worker *w, struct fiber *s, uint32_t slot, struct value value);
/* True when what was worked out last needed a row that is not there, and that is no failure. */
bool interpreter_rows_ended(const struct worker *w);
/* Does what `at_end` of that data set says. */
enum control_flow interpreter_out_of_rows(struct worker *w, struct fiber *s);
/* An expression outside a request could not be worked out: tells it and stops the iteration. */
enum control_flow interpreter_script_failed(struct worker *w, struct fiber *s,
					    const struct instr *in);
/* The failure at hand, which asks for STOP: with --fail-fast the run stops, and it is said why. */
enum user_stop interpreter_fail_fast(struct worker *w, enum user_stop stop);
/* What a failure or a STOP asks for: ends the branch or the iteration where it must. */
enum control_flow interpreter_stop(struct worker *w, struct fiber *s, enum user_stop stop);
/* What an `on_failure` means. */
enum user_stop interpreter_on_failure(enum on_failure asked);
/* S would park but the run stops: ends the branch, or the iteration as cut off. */
enum control_flow interpreter_interrupt(struct worker *w, struct fiber *s);
/* Groups left open when the iteration ends early are counted as OUTCOME. */
void interpreter_end_groups(struct worker *w, struct fiber *s, enum outcome outcome);
/* Strands at rendezvous points whose round is over go on. */
void interpreter_check_rendezvous(struct worker *w);
/* S waits at its rendezvous no more. */
void interpreter_leave_rendezvous(struct worker *w, struct fiber *s);

#endif
