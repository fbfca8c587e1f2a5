/*
 * What a step's `compile` works with: it appends instructions, takes constants into the pools,
 * compiles texts, and knows which names stand for what at this place of the file. Jump targets are
 * labels until the end, so a target may be named before it exists. Mistakes go to the diagnostics
 * with the very characters as their place; the functions then return something harmless, and the
 * program is thrown away at the end. One emitter makes one program, on the thread that loads.
 */
#ifndef PROGRAM_EMIT_H
#define PROGRAM_EMIT_H

#include "base/diag.h"
#include "interface/step.h"
#include "program/program.h"

struct emitter;
struct node;

struct arena *emit_arena(struct emitter *e); /* the program's */
const struct model *emit_model(struct emitter *e);

/* ---- instructions */

/* Appends one. Operands are as ops.def says; those of kind PC are labels. */
void emit_op(struct emitter *e, enum op op, uint32_t a, uint32_t b, uint32_t c, struct span span);
/* A target that is not placed yet. */
uint32_t emit_label(struct emitter *e);
/* The next instruction is where LABEL leads. */
void emit_bind_label(struct emitter *e, uint32_t label);
/* Steps in order, `defaults.think` between them where it belongs. */
void emit_steps(struct emitter *e, const struct steps *steps);
/* One step, without think. */
void emit_step(struct emitter *e, const struct step *step);

/* A loop around what follows: takes a counter, so that loop.index and loop.count are known inside.
 */
struct emit_loop {
	uint32_t counter, top, out;
	struct span span;
};
struct emit_loop emit_loop_begin(struct emitter *e, const struct expr *rounds, struct span span);
void emit_loop_end(struct emitter *e, const struct emit_loop *loop);
/* Behind a loop that was left before its rounds were over: its counter begins anew; on at LABEL. */
void emit_loop_reset(struct emitter *e, const struct emit_loop *loop, uint32_t label);

/* SERIES is of a group (emit_pool_series). */
void emit_group_begin(struct emitter *e, uint32_t series, struct span span);
void emit_group_end(struct emitter *e, uint32_t series, struct span span);

/* The step fails with this message; the scenario's on_failure says what follows. */
void emit_failure(struct emitter *e, const struct tmpl *message, struct span span);

/* Inside `parallel` no think follows; WIDTH is how many strands run at once. */
void emit_parallel_begin(struct emitter *e, uint32_t width);
void emit_parallel_end(struct emitter *e);
/* The steps of the flow called NAME are performed here. */
void emit_call(struct emitter *e, struct str name, struct span span);

/* ---- pools: the index an operand holds */

uint32_t emit_pool_template(struct emitter *e, const struct tmpl *tmpl);
uint32_t emit_pool_expr(struct emitter *e, const struct expr *expr);
uint32_t emit_pool_think(struct emitter *e, const struct think_time *think);
/* A meeting point; the same name is the same point. */
uint32_t emit_pool_rendezvous(struct emitter *e, const struct rendezvous_plan *plan);
/* TARGETS are labels. */
uint32_t emit_pool_choice(struct emitter *e, const double *upto, const uint32_t *targets,
			  size_t count);
uint32_t emit_pool_fork(struct emitter *e, const uint32_t *targets, size_t count, uint32_t limit);
/* The TLS profile of a request: TLS, and what it does not say of the defaults. */
unsigned emit_pool_tls(struct emitter *e, const struct tls_settings *tls);
/* What results are counted under; the same name in the same scenario is the same series. */
uint32_t emit_pool_series(struct emitter *e, struct str name, struct span span, bool group);

/* ---- names */

/* NAME holds a value from here on; HOW for messages: "set", "extracted". Its slot. */
uint32_t emit_declare(struct emitter *e, struct str name, struct span span, const char *how);
/* The slot of NAME, or SLOT_NONE after an error that points to SPAN. */
uint32_t emit_lookup(struct emitter *e, struct str name, struct span span);
/* A slot nobody can name. */
uint32_t emit_hidden_slot(struct emitter *e);

/* ---- requests */

/*
 * Emits REQUEST, the expectations (the defaults' merged in), the extractions and REQUEST_END. PLAN
 * holds what the step says (name, method, url, headers, body); this fills in the rest.
 */
void emit_request(struct emitter *e, struct request_plan *plan, const struct expects *expects,
		  const struct extracts *extracts);

#endif
