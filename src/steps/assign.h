/* Names and values, as in `set` and `with`. They are kept as written and set from top to bottom. */
#ifndef STEPS_ASSIGN_H
#define STEPS_ASSIGN_H

#include "interface/field.h"

struct emitter;
struct reader;

/* The element of a FIELD_MAP; its values are `const struct node *`. */
extern const struct field assign_element;
/* Reports keys that cannot be variables; KEY is the key of the mapping in KEYS. */
void assign_check(struct reader *r, const struct keys *keys, const char *key);
/* Declares the names and emits a SET for each. */
void assign_compile(struct emitter *e, const struct field_map *values);

#endif
