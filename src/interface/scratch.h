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

/* Data that a kind keeps with the scratch across responses: the kind that finds DATA NULL fills all
 * three members. */
struct scratch_cache {
	void *data;
	void (*clear)(void *data); /* called when the response is freed */
	void (*free)(void *data);
};

/*
 * Memory of one worker for the duration of one step: the bytes and items of values that are neither
 * constants nor views of the response. Both areas are reserved once (TEXT_BYTES, ITEMS) and never
 * move, so pointers into them are valid until scratch_clear. When an area is full, an operation
 * fails with a message and the area does not grow.
 */
struct scratch {
	struct regex_scratch *regex;
	struct json_cache *json;   /* the response parsed as JSON, once */
	struct scratch_cache page; /* the response parsed as HTML or XML, once (extract/markup.h) */
	struct scratch_cache links; /* memory for the links of a response (extract/link.c) */
	struct scratch_cache forms; /* the forms of the response, once (extract/form_field.c) */
	struct buf text;
	struct value *items;
	size_t items_used, items_cap;
};

#define SCRATCH_TEXT_BYTES                                                                         \
	((size_t)16 << 20) /* address space; pages are allocated on first use                      \
			    */
#define SCRATCH_ITEMS ((size_t)65536)

void scratch_init(struct scratch *s);
void scratch_release(struct scratch *s);
/* Frees all values so far. Called before a REQUEST, and after each instruction that is not part of
 * a response. */
void scratch_clear(struct scratch *s);
/* Allocates N items, all null; returns NULL if there is no room. */
struct value *scratch_items(struct scratch *s, size_t n);
/* A copy of S in the scratch; ptr is NULL if there is no room. */
struct str scratch_copy(struct scratch *s, struct str text);

#endif
