/*
 * The log of each request for `run --once -v`: its exchanges with redirects, the extracted values
 * and the results of its expectations, printed when it ends. Secrets are masked. Worker's thread.
 */
#ifndef RUN_STEP_LOG_H
#define RUN_STEP_LOG_H

#include "run/worker.h"

/* NULL if the settings or the log level do not ask for it; then nothing below has an effect. */
struct step_log *step_log_new(const struct run_settings *settings);
void step_log_free(struct step_log *log);

/* F follows a redirect of exchange X. */
void step_log_redirect(struct worker *w, const struct fiber *f, const struct exchange *x);
/* The instruction at PC, an EXPECT, passed. */
void step_log_passed(struct worker *w, const struct fiber *f, const struct expect_plan *e);
/* The instruction before F's pc, an EXPECT or EXTRACT, failed with w->failure_text. */
void step_log_failed(struct worker *w, const struct fiber *f, const struct instr *in);
/* A fact about the request, such as the page and the form that it uses. */
void step_log_note(struct worker *w, const struct fiber *f, const char *what, struct str text);
void step_log_extracted(struct worker *w, struct fiber *f, const struct extract_plan *e,
			struct value value);
/* Checks the expectations after FAILED, at which the current request has failed, except those with
 * values that would have to be evaluated. */
void step_log_check_skipped(struct worker *w, const struct instr *failed,
			    void (*each)(void *owner, struct worker *w, const struct expect_plan *e,
					 bool passed),
			    void *owner);
/* Appends what the expectation E, which failed, expected and found. */
void step_log_explain(struct worker *w, const struct expect_plan *e, struct buf *out);
/* The request has ended or will be retried: checks the expectations that a failure skipped, and
 * prints everything. */
void step_log_end(struct worker *w, const struct fiber *f);

#endif
