/* The table of wanted values. In the arena; one thread. */
#ifndef IMPORT_CORRELATE_VALUE_INDEX_H
#define IMPORT_CORRELATE_VALUE_INDEX_H

#include "import/correlate/correlation.h"

struct wants *value_index_new(struct arena *a);
/* The want for VALUE; created if there is none yet. */
struct want *value_index_add(struct wants *value_index, struct arena *a, struct str value);
struct want *value_index_find(const struct wants *value_index, struct str value);
size_t value_index_count(const struct wants *value_index);
struct want *value_index_at(const struct wants *value_index, size_t i);

#endif
