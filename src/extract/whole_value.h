/*
 * For extractors without an expression, such as `{body: yes}`.
 */
#ifndef EXTRACT_WHOLE_VALUE_H
#define EXTRACT_WHOLE_VALUE_H

#include "interface/extract.h"

/* The `prepare` of such an extractor; the only valid value is yes. Returns NULL after an error. */
const void *whole_value_prepare(struct arena *a, struct diag_list *diags,
				const struct extract *extract, bool jit);
/* Stores VALUE as the only match. */
enum find_outcome whole_value_found(struct value value, struct scratch *scratch,
				    struct matches *matches);

#endif
