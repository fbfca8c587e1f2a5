/*
 * The interpreter: performs a strand's instructions until it parks or ends. One handler for each
 * row of ops.def; a row without a handler does not link. Nothing here runs on the HTTP library's
 * stack.
 */
#ifndef RUN_INTERPRETER_H
#define RUN_INTERPRETER_H

#include "run/worker.h"

enum flow {
	FLOW_NEXT,   /* go on at the strand's pc */
	FLOW_PARKED, /* something will resume it */
	FLOW_GONE,   /* the strand, perhaps its user, is no more */
};

#define OP(name, a, b, c, properties, prose)                                                       \
	enum flow op_##name(struct worker *w, struct strand *s, const struct instr *in);
#include "program/ops.def"
#undef OP

/* Goes on with S at its pc. S and its user may be gone afterwards. */
void strand_resume(struct worker *w, struct strand *s);
/* The strand's time has come. */
void strand_due(struct worker *w, struct strand *s);

/* ---- between the files of the interpreter */

/* Values for expressions of S: its user's slots, its draws, the built-in names. */
struct eval *strand_eval(struct worker *w, struct strand *s);
/* Keeps VALUE for S: in its user's slot, or staged when S is a branch of a fork. */
void strand_keep(struct worker *w, struct strand *s, uint32_t slot, struct value value);
/*
 * The request at hand has failed, at a place of the scenario. The caller appends what happened to
 * the buffer it gets.
 */
struct buf *request_fail(struct worker *w, struct strand *s, enum failure_class class,
			 struct str at);
/* True when what was worked out last needed a row that is not there, and that is no failure. */
bool rows_ended_quietly(const struct worker *w);
/* Does what `at_end` of that data set says. */
enum flow strand_out_of_rows(struct worker *w, struct strand *s);
/* An expression outside a request could not be worked out: tells it and stops the iteration. */
enum flow script_failed(struct worker *w, struct strand *s, const struct instr *in);
/* The failure at hand, which asks for STOP: with --fail-fast the run stops, and it is said why. */
enum user_stop failure_end(struct worker *w, enum user_stop stop);
/* What a failure or a STOP asks for: ends the branch or the iteration where it must. */
enum flow strand_stop(struct worker *w, struct strand *s, enum user_stop stop);
/* What an `on_failure` means. */
enum user_stop failure_stop(enum on_failure asked);
/* S would park but the run stops: ends the branch, or the iteration as cut off. */
enum flow strand_interrupt(struct worker *w, struct strand *s);
/* Groups left open when the iteration ends early are counted as OUTCOME. */
void groups_end(struct worker *w, struct strand *s, enum outcome outcome);
/* An exchange of S came back; from the http's `done`. */
void request_done(struct worker *w, struct exchange *exchange);
/* Strands at meeting points whose round is over go on. */
void meetings_look(struct worker *w);
/* S waits at its meeting point no more. */
void meeting_forget(struct worker *w, struct strand *s);
/* Ends USER's iteration as cut off, as soon as nothing of it is in flight; the user then goes. */
void user_cut(struct worker *w, struct user *user);
/* An exchange of S, which was broken off, came back. */
void user_cut_done(struct worker *w, struct strand *s);
/* S leaves its user's queue for a connection. */
void request_leave_queue(struct strand *s);
/* S, of a fork, waits there while the run stops: it goes no further, and joins. */
void request_abandon(struct worker *w, struct strand *s);
/* A request between two sends is given up: counted as cut off. Nothing when there is none. */
void request_give_up(struct worker *w, struct strand *s);

#endif
