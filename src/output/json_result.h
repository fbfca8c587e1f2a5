/* The result as one JSON document (`--json FILE`, summary.json). Its keys are documented in
 * reprise-results(5) and never change. */
#ifndef OUTPUT_JSON_RESULT_H
#define OUTPUT_JSON_RESULT_H

#include "result/facts.h"
#include "stats/summary.h"

/* The whole document with a newline at the end. */
void json_result_put(struct buf *out, const struct run_facts *facts, const struct summary *s,
		     const struct verdict *verdict);

#endif
