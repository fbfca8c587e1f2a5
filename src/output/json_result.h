/* The result as one JSON document (`--json FILE`, summary.json). Its keys are documented in
 * reprise-results(5) and never change. */
#ifndef OUTPUT_JSON_RESULT_H
#define OUTPUT_JSON_RESULT_H

#include "base/json_writer.h"
#include "result/facts.h"
#include "stats/summary.h"

/* The whole document with a newline at the end. */
void json_result_put(struct buf *out, const struct run_facts *facts, const struct summary *s,
		     const struct verdict *verdict);
/* The members of one threshold; the object is open. */
void json_result_put_threshold(struct json_writer *j, const struct threshold *t,
			       const struct threshold_result *r);

#endif
