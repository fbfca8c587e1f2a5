/*
 * Parses YAML 1.1 text to a tree with positions, using libyaml's events. The input is limited (4
 * MiB, depth 64, 1,000 anchors, 1,000,000 nodes with aliases followed, 1 MiB per scalar). Duplicate
 * keys, `<<`, tags, keys that are not text and a second document are errors, and each common trap
 * of YAML has its own message with the corrected line (codes E100 to E139). A syntax error with a
 * certain correction is fixed in memory and the reading continues, so one pass finds all errors.
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
 * The tree of SOURCE in A; errors go to DIAGS. After a syntax error that cannot be fixed, the tree
 * contains the text before it, with `truncated` on every node that was still open. NULL if there is
 * nothing to read: an empty file, not text, too large.
 */
const struct node *yaml_read(struct arena *a, const struct source *source, struct diag_list *diags);

/* TEXT as a scalar that can replace NODE: in quotes if NODE is in braces or brackets on its line,
 * or if YAML would read TEXT as something else. In A. */
struct str yaml_scalar_instead(struct arena *a, const struct node *node, struct str text);
/*
 * For a reader that found text where it expected a mapping: if NODE is a word and a text without
 * the colon (`log "text"`) or without the space after it (`get:/login`), reports that with the
 * corrected line and returns true.
 */
bool yaml_explain_missing_colon(const struct node *node, struct diag_list *diags);
/* The version of libyaml: "0.2.5". */
const char *yaml_library_version(void);

#endif
