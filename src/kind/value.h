/*
 * What a variable holds and an expression yields. Plain data, passed by value; the bytes and items it
 * points at belong to whoever made it: a constant of the program, the user's slot, or the scratch of
 * the step at hand. A value keeps its type only where it is the whole of one `${…}`.
 */
#ifndef KIND_VALUE_H
#define KIND_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

enum value_type {
	VALUE_NULL,
	VALUE_TEXT,   /* `text` */
	VALUE_NUMBER, /* `number`; `text` is the lexeme as it came (JSON), or ptr NULL */
	VALUE_BOOL,   /* `yes` */
	VALUE_LIST,   /* `items`, `count` */
	VALUE_OBJECT, /* `items` holds key, value, key, value …; `count` is the number of pairs */
};

struct value {
	enum value_type type;
	bool yes;
	bool secret; /* masked wherever it is shown */
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

#endif
