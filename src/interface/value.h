/*
 * The value of a variable or of an expression. Plain data, passed by value; the bytes and items it
 * points to belong to their creator: a constant of the program, the user's slot, or the scratch of
 * the current step. A value keeps its type only if it is the whole of one `${…}`.
 */
#ifndef INTERFACE_VALUE_H
#define INTERFACE_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct buf;
struct scratch;

enum value_type {
	VALUE_NULL,
	VALUE_TEXT,   /* `text` */
	VALUE_NUMBER, /* `number`; `text` is the lexeme as received (JSON), or ptr NULL */
	VALUE_BOOL,   /* `yes` */
	VALUE_LIST,   /* `items`, `count` */
	VALUE_OBJECT, /* `items` are key, value, key, value …; `count` is the number of pairs */
};

struct value {
	enum value_type type;
	bool yes;
	bool secret; /* masked in all output */
	double number;
	struct str text;
	const struct value *items;
	size_t count;
};

static inline struct value value_text(struct str text)
{
	return (struct value){.type = VALUE_TEXT, .text = text};
}

static inline struct value value_number(double number)
{
	return (struct value){.type = VALUE_NUMBER, .number = number};
}

static inline struct value value_bool(bool yes)
{
	return (struct value){.type = VALUE_BOOL, .yes = yes};
}

#define VALUE_NOTHING ((struct value){.type = VALUE_NULL})

/* ---- implemented in program/value.c */

/* Appends a value as text: numbers in their shortest exact form, lists and objects as JSON. */
void value_put(struct buf *out, struct value v);
/* These are not true: false, null, 0, "", empty lists and "false". */
bool value_is_true(struct value v);
/* The number of bytes and items that V needs, and a deep copy of V into STORE, which has at least
 * that size (aligned for a pointer). */
size_t value_bytes(struct value v);
struct value value_copy(struct value v, void *store);
/* Converts both sides to numbers; returns false unless both look like numbers. */
bool value_numbers(struct value a, struct value b, double *x, double *y);
/* Converts V to a number; returns false if it does not look like one. */
bool value_to_number(struct value v, double *out);
/* Returns <0, 0 or >0: compares as numbers if both look like numbers, else as text. */
int value_compare(struct value a, struct value b, struct scratch *scratch);
bool value_equal(struct value a, struct value b, struct scratch *scratch);
bool value_contains(struct value whole, struct value part, struct scratch *scratch);
/* V as text: its own bytes if it is text, else written into the scratch. */
struct str value_text_of(struct value v, struct scratch *scratch);
/* Appends V as a JSON value, with strings in quotes. */
void value_put_json(struct buf *out, struct value v);

#endif
