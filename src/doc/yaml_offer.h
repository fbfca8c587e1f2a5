/*
 * Edits that offer the user a pair or an item that is missing: they add it to a mapping or a list of
 * the file, in the layout that the mapping or list has. Where the layout leaves no simple place, the
 * line is shown without an edit.
 */
#ifndef DOC_YAML_OFFER_H
#define DOC_YAML_OFFER_H

#include "base/diag.h"
#include "doc/node.h"

/* Offers PAIR ("key: value") as one more pair of MAP: in its braces, or on a new line, shown
 * as "add   | …". Does nothing if MAP is not a mapping of the file with at least one pair. */
void yaml_offer_pair(struct diag_list *list, struct diag *diag, const struct node *map,
		     struct str pair);
/* Adds the edit for ITEM as one more item of LIST, which may be a single text. */
void yaml_offer_item(struct diag_list *diags, struct diag *diag, const struct node *list,
		     struct str item);

#endif
