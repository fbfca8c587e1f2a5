/*
 * YAML 1.1 text to a tree with places, on libyaml's events. Hostile files are bounded (4 MiB, depth
 * 64, 1,000 anchors, 1,000,000 nodes with aliases followed, 1 MiB a scalar), duplicate keys, `<<`,
 * tags, keys that are not text and a second document are errors, and the usual traps of YAML each
 * have a message of their own with the corrected line (codes E100 to E139). A syntax error whose
 * correction is certain is fixed in memory and the reading goes on, so that one pass finds all.
 */
#ifndef DOC_YAML_H
#define DOC_YAML_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/source.h"
#include "doc/node.h"

#define YAML_MAX_BYTES	  (4u << 20)
#define YAML_MAX_DEPTH	  64u
#define YAML_MAX_ANCHORS  1000u
#define YAML_MAX_EXPANDED 1000000u
#define YAML_MAX_SCALAR	  (1u << 20)

/*
 * The tree of SOURCE in A; mistakes go to DIAGS. After a syntax error that could not be fixed the
 * tree holds what stands before it, with `truncated` on every node that was still open. NULL when
 * there is nothing to look at: an empty file, not text, too large.
 */
const struct node *yaml_read(struct arena *a, const struct source *source, struct diag_list *diags);

/*
 * For a reader that found text where it wanted a key and a value: when NODE is a word and a text
 * with the colon forgotten (`log "text"`) or no blank after it (`get:/login`), says so with the
 * corrected line and returns true.
 */
bool yaml_explain_missing_colon(const struct node *node, struct diag_list *diags);

#endif
