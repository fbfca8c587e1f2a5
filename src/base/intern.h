/*
 * Repeated texts, each stored once and known by a number: a million lines of a log take only the
 * memory of their different texts. Number 0 is the empty text. The bytes never move. Not for
 * hostile keys where time counts: a table of hashes, one thread.
 */
#ifndef BASE_INTERN_H
#define BASE_INTERN_H

#include "base/arena.h"

struct intern {
	struct arena bytes;
	struct str *texts;
	uint32_t *hashes;
	uint32_t *table; /* number + 1, or 0 */
	uint32_t count, cap, slots;
};

void intern_init(struct intern *in);
void intern_release(struct intern *in);
/* The number of TEXT, which is copied when it is new. */
uint32_t intern_add(struct intern *in, struct str text);
/* UINT32_MAX if the text is not in the table. */
uint32_t intern_find(const struct intern *in, struct str text);

static inline struct str intern_text(const struct intern *in, uint32_t number)
{
	return in->texts[number];
}

#endif
