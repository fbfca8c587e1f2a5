/*
 * The table of outputs: one row of output/output.def each, const, free for all threads.
 */
#ifndef OUTPUT_OUTPUT_H
#define OUTPUT_OUTPUT_H

#include "base/str.h"
#include "kind/output.h"

#define OUTPUT(name) extern const struct output_kind output_##name;
#include "output/output.def"
#undef OUTPUT

/* The file in a result folder that a result can be rebuilt from. */
#define RESULT_INTERVALS "intervals.bin"

/* All kinds; ends with NULL. */
const struct output_kind *const *outputs_all(void);

#endif
