/*
 * Handwritten programs for tests: requests with constant URLs, pauses, forks, and any other ops.
 * All memory belongs to the struct's arena.
 */
#ifndef TINY_PROGRAM_H
#define TINY_PROGRAM_H

#include "program/program.h"

#define TINY_MAX 256

struct tiny {
	struct program p;
	struct model model;
	struct arena arena;
	struct instr code[TINY_MAX];
	struct request_plan requests[TINY_MAX];
	struct extract_plan extracts[TINY_MAX];
	struct extract sources[TINY_MAX];
	struct expect_plan expects[TINY_MAX];
	struct series_plan series[TINY_MAX];
	struct scenario_plan scenarios[TINY_MAX];
	struct think_time thinks[TINY_MAX];
	struct fork_plan forks[TINY_MAX];
	struct choice_plan choices[TINY_MAX];
	struct rendezvous_plan rendezvous[TINY_MAX];
	const struct tmpl *templates[TINY_MAX];
	const struct expr *exprs[TINY_MAX];
	struct value slot_first[TINY_MAX];
};

/* An empty program for the target http://shop. */
void tiny_init(struct tiny *t);
void tiny_release(struct tiny *t);

/* Starts the scenario NAME. */
struct scenario_plan *tiny_scenario(struct tiny *t, const char *name, double weight);
/* Appends an instruction; returns its pc. */
uint32_t tiny_op(struct tiny *t, enum op op, uint32_t a, uint32_t b, uint32_t c);
/* A complete request: REQUEST and REQUEST_END. The status of the response decides its outcome. */
struct request_plan *tiny_request(struct tiny *t, const char *method, const char *url);
/* The same, and stores the body of the response in SLOT. */
struct request_plan *tiny_request_keeping(struct tiny *t, const char *method, const char *url,
					  uint32_t slot);
/* A pause. */
void tiny_think(struct tiny *t, enum think_kind kind, ns_t a, ns_t b);
/* COUNT parallel GETs, /0 to /COUNT-1; each stores its body in SLOT (SLOT_NONE: no). */
struct request_plan *tiny_parallel(struct tiny *t, uint32_t count, uint32_t limit, uint32_t slot);
/* A template without variables. */
const struct tmpl *tiny_text(struct tiny *t, const char *text);
/* A constant as an expression of the program; returns its index. */
uint32_t tiny_constant(struct tiny *t, struct value value);

#endif
