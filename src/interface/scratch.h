/*
 * The scratch: memory that one worker uses for the values of one step.
 */
#ifndef INTERFACE_SCRATCH_H
#define INTERFACE_SCRATCH_H

#include "base/buf.h"
#include "base/str.h"
#include "interface/value.h"

struct regex_scratch;
struct json_cache; /* doc/json_cache.h */

/* Something a kind keeps with the scratch from one answer to the next: the kind that finds DATA
 * NULL fills all three. */
struct scratch_cache {
	void *data;
	void (*clear)(void *data); /* the answer is gone */
	void (*free)(void *data);
};

/*
 * What belongs to one worker for the length of one step: the bytes and items of values that are
 * neither constants nor views of the answer. Both rooms are reserved once (TEXT_BYTES, ITEMS) and
 * never move, so what points into them stays good until scratch_clear; past their end things fail
 * with a message instead of growing.
 */
struct scratch {
	struct regex_scratch *regex;
	struct json_cache *json;   /* the answer read as JSON, once */
	struct scratch_cache page; /* the answer read as HTML or XML, once (extract/markup.h) */
	struct buf text;
	struct value *items;
	size_t items_used, items_cap;
};

#define SCRATCH_TEXT_BYTES ((size_t)16 << 20) /* address space; pages are taken on first use */
#define SCRATCH_ITEMS	   ((size_t)65536)

void scratch_init(struct scratch *s);
void scratch_release(struct scratch *s);
/* Everything made so far is gone: before a REQUEST, and after each instruction outside an answer.
 */
void scratch_clear(struct scratch *s);
/* Room for N further items, all null; NULL when there is none. */
struct value *scratch_items(struct scratch *s, size_t n);
/* A copy of S in the scratch; ptr NULL when there is no room. */
struct str scratch_copy(struct scratch *s, struct str text);

#endif
