/*
 * A JSON text as a tree with positions (doc/node.h), for readers that work with trees. Unlike the
 * YAML reader, it has all escapes of JSON, and only the limits of the JSON reader.
 */
#ifndef DOC_JSON_NODE_H
#define DOC_JSON_NODE_H

#include "base/arena.h"
#include "doc/node.h"

/* The tree of SOURCE, in A; of a repeated key, only the last value. NULL if it is not JSON, with
 * the byte and the reason in *AT and *WHY. */
const struct node *json_node_read(struct arena *a, const struct source *source, size_t *at,
				  const char **why);

#endif
