/*
 * The interface of a step's `compile`: it appends instructions, adds constants to the pools,
 * compiles texts, and resolves the names known at this place of the file. Jump targets are labels
 * until the end, so a target can be used before it is placed. Errors go to the diagnostics with
 * their exact position; the functions then return a harmless value, and the program is discarded at
 * the end. One emitter creates one program, on the thread that loads.
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

/* Appends an instruction. Operands as in ops.def; those of kind PC are labels. */
void emit_op(struct emitter *e, enum op op, uint32_t a, uint32_t b, uint32_t c, struct span span);
/* Creates a target that is not placed yet. */
uint32_t emit_label(struct emitter *e);
/* Places LABEL at the next instruction. */
void emit_bind_label(struct emitter *e, uint32_t label);
/* Performs steps in order, with `defaults.think` between them where it applies. */
void emit_steps(struct emitter *e, const struct steps *steps);
/* Performs one step, without think. */
void emit_step(struct emitter *e, const struct step *step);

/* Begins a loop around the following instructions: takes a counter, so that loop.index and
 * loop.count are known inside. */
struct emit_loop {
	uint32_t counter, top, out;
	struct span span;
};
struct emit_loop emit_loop_begin(struct emitter *e, const struct expr *rounds, struct span span);
void emit_loop_end(struct emitter *e, const struct emit_loop *loop);
/* After a loop that was left early: resets its counter; continues at LABEL. */
void emit_loop_reset(struct emitter *e, const struct emit_loop *loop, uint32_t label);

/* SERIES belongs to a group (emit_pool_series). */
void emit_group_begin(struct emitter *e, uint32_t series, struct span span);
void emit_group_end(struct emitter *e, uint32_t series, struct span span);

/* The step fails with this message; the scenario's on_failure decides what follows. */
void emit_failure(struct emitter *e, const struct tmpl *message, struct span span);

/* Inside `parallel` no think follows; WIDTH is the number of concurrent fibers. */
void emit_parallel_begin(struct emitter *e, uint32_t width);
void emit_parallel_end(struct emitter *e);
/* Performs the steps of the flow NAME. */
void emit_call(struct emitter *e, struct str name, struct span span);

/* ---- pools: each returns the index for an operand */

uint32_t emit_pool_template(struct emitter *e, const struct tmpl *tmpl);
uint32_t emit_pool_expr(struct emitter *e, const struct expr *expr);
uint32_t emit_pool_think(struct emitter *e, const struct think_time *think);
/* A rendezvous; steps with the same name share it. */
uint32_t emit_pool_rendezvous(struct emitter *e, const struct rendezvous_plan *plan);
/* TARGETS are labels. */
uint32_t emit_pool_choice(struct emitter *e, const double *upto, const uint32_t *targets,
			  size_t count);
uint32_t emit_pool_fork(struct emitter *e, const uint32_t *targets, size_t count, uint32_t limit);
/* The TLS profile of a request: TLS, completed from the defaults. */
unsigned emit_pool_tls(struct emitter *e, const struct tls_settings *tls);
/* The name of a series in results; the same name in the same scenario is the same series. */
uint32_t emit_pool_series(struct emitter *e, struct str name, struct span span, bool group);

/* ---- names */

/* Declares NAME, which has a value in what follows; HOW is for messages: "set", "extracted".
 * Returns its slot. */
uint32_t emit_declare(struct emitter *e, struct str name, struct span span, const char *how);
/* The slot of NAME, or SLOT_NONE after an error at SPAN. */
uint32_t emit_lookup(struct emitter *e, struct str name, struct span span);
/* A hidden slot, without a name. */
uint32_t emit_hidden_slot(struct emitter *e);

/* ---- requests */

/*
 * Emits REQUEST, the expectations (merged with the defaults'), the extractions and REQUEST_END.
 * PLAN has the values of the step (name, method, url, headers, body); this completes it.
 */
void emit_request(struct emitter *e, struct request_plan *plan, const struct expects *expects,
		  const struct extracts *extracts);

/* ---- sockets (emit_channel.c) */

/* The use of a socket by a step. The last two need another step that opens it. */
enum socket_use {
	SOCKET_OPENED,
	SOCKET_LISTENED, /* opened as a stream of events */
	SOCKET_SENT_ON,
	SOCKET_USED,
};

/* The number of the socket NAME; 0: it has none. */
uint32_t emit_socket(struct emitter *e, struct str name, struct span span, enum socket_use use);
/* Adds expectations that messages must meet to the pool, without an instruction; returns the index
 * of the first. */
uint32_t emit_matches(struct emitter *e, const struct expects *expects);
/* Emits WAIT, the extractions and REQUEST_END. PLAN has its name, method, timeout and wait. */
void emit_wait(struct emitter *e, struct request_plan *plan, const struct extracts *extracts);
void emit_send(struct emitter *e, const struct send_plan *plan, struct span span);
void emit_close(struct emitter *e, uint32_t socket, unsigned code, enum on_failure on_failure,
		struct span span);

#endif
