/*
 * A kind of step: what people write under `steps:`. A kind is a const struct: its name, a sentence,
 * its field table (the FIELD_ACTION row is the key that names it) and how it lowers to
 * instructions. There is no second runtime: what a step does is the ops it compiles to.
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
	STEP_REQUEST = 1 << 0, /* sends one request: may stand in `parallel` */
	STEP_THINK = 1 << 1,   /* is a pause: `defaults.think` does not come before it */
	STEP_STOP = 1 << 2,    /* nothing behind it in its list is reached */
	STEP_CALL = 1 << 3,    /* its action key is a text, the name of a flow that is performed */
};

struct step_kind {
	const char *name;     /* the action key: "think" */
	unsigned flags;	      /* enum step_flag */
	const char *sentence; /* for explain and the reference */
	const struct field *fields;
	size_t bytes; /* of the struct the table fills */
	/* More than a table can say: ranges between keys, shapes. May be NULL. Errors through the
	 * reader. */
	void (*check)(struct reader *r, const struct step *step);
	void (*compile)(struct emitter *e, const struct step *step);
	/*
	 * How often list number LIST inside STEP (in the order of step_lists_visit) is performed
	 * each time that STEP is, for estimates; ROUNDS_UNKNOWN where only a run can tell. NULL:
	 * once.
	 */
	double (*rounds)(const struct step *step, size_t list);
};

#define ROUNDS_UNKNOWN (-1.0)

/* A step as read. DATA is the kind's struct, beginning with `struct keys`; all of it lives in the
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
