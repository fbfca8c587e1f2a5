/*
 * Reports each step of `run --once` to the sink of the settings when it ends: its exchanges, the
 * values that it extracted, its failures and the variables after it. Secrets are masked. Without a
 * sink, nothing here has an effect. Worker's thread.
 */
#ifndef RUN_STEP_REPORT_H
#define RUN_STEP_REPORT_H

#include "run/worker.h"

/* NULL without a sink. */
struct step_report *step_report_new(const struct run_settings *settings);
void step_report_free(struct step_report *report);

/* The exchange X of F came back, and its secrets are known. */
void step_report_exchange(struct worker *w, const struct fiber *f, const struct exchange *x);
void step_report_extracted(struct worker *w, const struct fiber *f, const struct extract_plan *e,
			   struct value value);
/* The instruction IN, an EXPECT or EXTRACT of F's request, has failed. */
void step_report_failed_at(struct worker *w, const struct fiber *f, const struct instr *in);
/* The request of F is sent again: forgets what was extracted; its exchanges stay. */
void step_report_retry(struct worker *w, const struct fiber *f);
/* The step of F has failed, as w->failure and w->failure_text say: adds that failure, and those of
 * the expectations that it skipped. */
void step_report_failure(struct worker *w, const struct fiber *f);
/* The step of the instruction before F's pc has ended. */
void step_report_end(struct worker *w, const struct fiber *f);

#endif
