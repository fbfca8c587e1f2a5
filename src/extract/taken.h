/*
 * For extractors that take something of the answer as it is, without looking for it: `{body: yes}`.
 */
#ifndef EXTRACT_TAKEN_H
#define EXTRACT_TAKEN_H

#include "kind/extract.h"

/* Nothing but yes can stand behind the key; NULL after an error. */
const void *taken_prepare(struct arena *a, struct diag_list *diags, const struct extract *extract,
			  bool jit);
/* VALUE as the one thing found. */
enum find_outcome taken_found(struct value value, struct scratch *scratch, struct finds *finds);

#endif
