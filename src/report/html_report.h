/*
 * The page: a run as one self-contained HTML document, for report.html and for the dashboard.
 * Sections in a fixed order (html_report.c), one function each; the same document with or
 * without scripts. Only its own style and script are allowed, by their hashes
 * (Content-Security-Policy). Texts from outside go through html_report_text: control and
 * direction characters are escaped, and nothing becomes markup. Pure: appends to a buffer. One
 * thread at a time.
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
	const struct verdict *verdict; /* NULL: during the run */
	struct str name;	       /* name of this result in a comparison; may be empty */
	/* Compared with an earlier result: all requests first, then the series in the order of
	 * the run's table (NULL: unknown in that result). NULL: no comparison. */
	const struct compare_row *const *changes;
};

struct html_report {
	struct report_run run;
	const struct report_run *baseline; /* an earlier result to compare with, or NULL */
	/* The dashboard. */
	bool live;			   /* updated by events while they arrive */
	struct str token;		   /* what the page must send to the server */
	bool draining;			   /* a stop was requested */
	const struct failure_note *latest; /* the latest failed exchanges, newest first */
	size_t latest_count;
};

/* The whole document. */
void html_report_put(struct buf *out, const struct html_report *page);
/* The changes since then, as one line of JSON for the script of a live page: all sections. */
void html_report_put_update(struct buf *out, const struct html_report *page);
/* The policy that the document needs, as a header in addition to the one in it. */
void html_report_put_policy(struct buf *out, bool live);

#endif
