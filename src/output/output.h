/*
 * The table of outputs: one row of output/output.def each; const, can be read by all threads.
 */
#ifndef OUTPUT_OUTPUT_H
#define OUTPUT_OUTPUT_H

#include "base/str.h"
#include "interface/output.h"

#define OUTPUT(name) extern const struct output_kind output_##name;
#include "output/output.def"

/* All kinds; the last item is NULL. */
const struct output_kind *const *output_kinds(void);

#endif
