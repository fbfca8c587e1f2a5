/*
 * The tree that an operation means: a copy of the tree of the text that the operation changes, and
 * that is compared with the tree of the patched text. An alias is a reference to the anchored node,
 * so a change of the anchored node is a change of its aliases too. In the arena of the document.
 */
#ifndef EDIT_EDIT_INTENDED_H
#define EDIT_EDIT_INTENDED_H

#include <stdbool.h>

#include "base/arena.h"
#include "doc/node.h"
#include "doc/yaml_layout.h"

struct edit_intended_entry {
	struct str key; /* of a mapping */
	struct edit_intended *value;
};

struct edit_intended {
	enum node_kind kind;
	struct str text;
	bool quoted;
	struct edit_intended *target; /* of an alias, which has nothing else; else NULL */
	VEC(struct edit_intended_entry) entries;
	uint32_t found_at; /* where the comparison found it in the patched text */
	bool is_found;
};

/* The tree of LAYOUT. BY_NUMBER gets the node of each place, at its number. */
struct edit_intended *edit_intended_of_layout(struct arena *a, const struct yaml_layout *layout,
					      struct edit_intended **by_number);
/* A copy of the tree NODE, with aliases replaced by what they repeat. */
struct edit_intended *edit_intended_of_node(struct arena *a, const struct node *node);
/* A copy of a tree of nodes, without places, for the time after the text it was read from. */
const struct node *edit_intended_copy_node(struct arena *a, const struct node *node);
/* A copy of a tree. Aliases stay aliases of the same nodes. */
struct edit_intended *edit_intended_copy(struct arena *a, const struct edit_intended *node);

void edit_intended_insert(struct arena *a, struct edit_intended *owner, size_t index,
			  struct str key, struct edit_intended *value);
struct edit_intended_entry edit_intended_take(struct edit_intended *owner, size_t index);

/* Whether ROOT, which was read, is the tree INTENDED. */
bool edit_intended_equals(struct edit_intended *intended, const struct node *root);
/* Whether two read trees have the same values, with aliases followed; the order of keys does not
 * matter. */
bool edit_intended_same_values(const struct node *a, const struct node *b);
/* Whether the text would be read as another type if it had, or had no, quotes: 5, yes, null. */
bool edit_intended_is_typed(struct str text);

#endif
