/*
 * A kind of step: an entry that users write under `steps:`. A kind is a const struct: its name, a
 * sentence, its field table (the FIELD_ACTION row is the key that names it) and the function that
 * compiles it to instructions. There is no second runtime: a step is executed by the ops it
 * compiles to.
 */
#ifndef INTERFACE_STEP_H
#define INTERFACE_STEP_H

#include <stddef.h>

#include "base/source.h"

struct field;
struct emitter; /* program/emit.h */
struct reader;
struct step;

enum step_flag {
	STEP_REQUEST = 1 << 0, /* sends one request: allowed in `parallel` */
	STEP_THINK = 1 << 1,   /* is a pause: `defaults.think` is not inserted before it */
	STEP_STOP = 1 << 2,    /* the steps after it in its list are not reached */
	STEP_CALL = 1 << 3,    /* its action key is a text, the name of the flow that it calls */
};

struct step_kind {
	const char *name;     /* the action key: "think" */
	unsigned flags;	      /* enum step_flag */
	const char *sentence; /* for explain and the reference */
	const struct field *fields;
	size_t bytes; /* of the struct the table fills */
	/* Checks what a table cannot express, such as conditions between keys. May be NULL. Reports
	 * errors through the reader. */
	void (*check)(struct reader *r, const struct step *step);
	void (*compile)(struct emitter *e, const struct step *step);
	/*
	 * How often list number LIST inside STEP (in the order of step_lists_visit) is executed
	 * each time STEP is, for estimates; ROUNDS_UNKNOWN if only a run can show it. NULL: once.
	 */
	double (*rounds)(const struct step *step, size_t list);
};

#define ROUNDS_UNKNOWN (-1.0)

/* A step as read. DATA is the kind's struct, starting with `struct keys`; all of it is in the
 * document's arena. */
struct step {
	const struct step_kind *kind;
	const struct field *action; /* the FIELD_ACTION row that was written */
	struct span span;	    /* of the action key */
	void *data;
};

struct steps {
	struct step *items;
	size_t count;
};

#endif
