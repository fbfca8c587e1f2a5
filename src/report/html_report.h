/*
 * The page: a run as one self-contained HTML document, for report.html and for the dashboard.
 * Sections in a fixed order (page.c), each a function of the run; the same document with or without
 * scripts, the style and the script inside it allowed by their hashes and nothing else at all
 * (Content-Security-Policy). Texts from outside pass html_report_text alone: control and direction
 * signs come out escaped, and nothing becomes markup. Pure: appends to a buffer. One thread at a
 * time.
 */
#ifndef REPORT_HTML_REPORT_H
#define REPORT_HTML_REPORT_H

#include "result/facts.h"
#include "stats/compare.h"
#include "stats/timeline.h"
#include "stats/summary.h"

struct report_run {
	const struct run_facts *facts;
	const struct summary *summary;
	const struct generator_health *health; /* so far */
	const struct timeline *timeline;
	const struct verdict *verdict; /* NULL: the run goes on */
	struct str name;	       /* of this result where two are compared; may be empty */
	/* Of an earlier result: how the run differs from it, all requests first, then by the
	 * series of the run's table (NULL: of that one nothing is known). NULL: nothing at all. */
	const struct compare_row *const *changes;
};

struct html_report {
	struct report_run run;
	const struct report_run *baseline; /* an earlier result to compare with, or NULL */
	/* The dashboard. */
	bool live;			   /* fed by events, for as long as they come */
	struct str token;		   /* what the page has to show the server */
	bool draining;			   /* it was asked to */
	const struct failure_note *latest; /* the exchanges that failed last, the newest first */
	size_t latest_count;
};

/* The whole document. */
void html_report_put(struct buf *out, const struct html_report *page);
/* What has changed since, as one line of JSON for the script of a live page: every section anew. */
void html_report_put_update(struct buf *out, const struct html_report *page);
/* The policy the document needs, for a header beside the one in it. */
void html_report_put_policy(struct buf *out, bool live);

#endif
