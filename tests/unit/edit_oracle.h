/*
 * The intended result of an operation on a scenario, computed in the simplest way, to compare
 * src/edit with it: trees of values without places in the text, lists of comments, and the lines
 * that an operation may change. Everything is in the arena that is given.
 */
#ifndef TESTS_UNIT_EDIT_ORACLE_H
#define TESTS_UNIT_EDIT_ORACLE_H

#include "base/arena.h"
#include "base/buf.h"
#include "doc/node.h"
#include "doc/yaml_layout.h"

/* A value. Values that are repeated by aliases have the same origin. */
struct oracle_value {
	enum node_kind kind;
	struct str text;
	bool typed; /* a number, yes or null */
	uint32_t origin;
	VEC(struct oracle_pair) pairs;
};

struct oracle_pair {
	struct str key;
	struct oracle_value *value;
};

struct oracle_value *oracle_read(struct arena *a, const struct node *node);
/* Each value whose origin and kind are those of TARGET. */
typedef void oracle_change(struct arena *a, struct oracle_value *value, const void *how);
void oracle_change_all(struct arena *a, struct oracle_value *root, uint32_t origin,
		       enum node_kind kind, oracle_change *change, const void *how);
void oracle_insert(struct arena *a, struct oracle_value *owner, size_t index, struct str key,
		   struct oracle_value *value);
void oracle_remove(struct oracle_value *owner, size_t index);
struct oracle_value *oracle_copy(struct arena *a, const struct oracle_value *value);
void oracle_print(const struct oracle_value *value, struct buf *out);

/* How often NEEDLE is in TEXT. */
size_t oracle_count(struct str text, struct str needle);
/* The lines that belong to an entry of a block, with its comments, as byte offsets. */
void oracle_entry_lines(const struct yaml_layout *layout, const struct yaml_entry *entry,
			uint32_t *begin, uint32_t *end);
/* The same with all comments and empty lines around it. */
void oracle_lines_around(const struct yaml_layout *layout, uint32_t *begin, uint32_t *end);

#endif
