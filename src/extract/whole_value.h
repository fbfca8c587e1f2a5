/*
 * For extractors that take something of the answer as it is, without looking for it: `{body: yes}`.
 */
#ifndef EXTRACT_WHOLE_VALUE_H
#define EXTRACT_WHOLE_VALUE_H

#include "interface/extract.h"

/* Nothing but yes can stand behind the key; NULL after an error. */
const void *whole_value_prepare(struct arena *a, struct diag_list *diags,
				const struct extract *extract, bool jit);
/* VALUE as the one thing found. */
enum find_outcome whole_value_found(struct value value, struct scratch *scratch,
				    struct matches *matches);

#endif
