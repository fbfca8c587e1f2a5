/* The tracked values by their texts, in the order in which they were added. In the arena; one
 * thread. */
#ifndef IMPORT_CORRELATE_VALUE_INDEX_H
#define IMPORT_CORRELATE_VALUE_INDEX_H

#include "import/correlate/correlation.h"

struct value_index *value_index_new(struct arena *a);
/* The tracked value for VALUE; created if there is none yet. */
struct tracked_value *value_index_add(struct value_index *index, struct arena *a, struct str value);
struct tracked_value *value_index_find(const struct value_index *index, struct str value);
size_t value_index_count(const struct value_index *index);
struct tracked_value *value_index_at(const struct value_index *index, size_t i);

#endif
