/*
 * Paths into a document: JSON Pointers (RFC 6901) such as "/steps/2/form/user", with which
 * diagnostics, the patches of the editor and programs name a node.
 */
#ifndef DOC_NODE_PATH_H
#define DOC_NODE_PATH_H

#include "base/diag.h"
#include "doc/node.h"

/* The path of the deepest node of ROOT at the offset AT of its source, in A: "" is ROOT. A key has
 * the path of its value. ptr NULL if AT is not in ROOT. */
struct str node_path_at(struct arena *a, const struct node *root, uint32_t at);

/* Sets the path of all diagnostics of LIST whose place is in ROOT. */
void node_path_diags(struct diag_list *list, const struct node *root);

#endif
