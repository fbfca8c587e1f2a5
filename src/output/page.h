/*
 * The page: a run as one self-contained HTML document, for report.html and for the dashboard.
 * Sections in a fixed order (page.c), each a function of the run; the same document with or without
 * scripts, the style and the script inside it allowed by their hashes and nothing else at all
 * (Content-Security-Policy). Texts from outside pass page_text alone: control and direction signs
 * come out escaped, and nothing becomes markup. Pure: appends to a buffer. One thread at a time.
 */
#ifndef OUTPUT_PAGE_H
#define OUTPUT_PAGE_H

#include "output/facts.h"
#include "stats/compare.h"
#include "stats/course.h"
#include "stats/summary.h"

struct page_run {
	const struct run_facts *facts;
	const struct summary *summary;
	const struct generator_health *health; /* so far */
	const struct course *course;
	const struct verdict *verdict; /* NULL: the run goes on */
	struct str name;	       /* of this result where two are compared; may be empty */
	/* Of an earlier result: how the run differs from it, all requests first, then by the
	 * series of the run's table (NULL: of that one nothing is known). NULL: nothing at all. */
	const struct compare_row *const *changes;
};

struct page {
	struct page_run run;
	const struct page_run *against; /* an earlier result to compare with, or NULL */
	/* The dashboard. */
	bool live;			   /* fed by events, for as long as they come */
	struct str token;		   /* what the page has to show the server */
	bool stopping;			   /* it was asked to */
	const struct failure_note *latest; /* the exchanges that failed last, the newest first */
	size_t latest_count;
};

/* The whole document. */
void page_put(struct buf *out, const struct page *page);
/* What has changed since, as one line of JSON for the script of a live page: every section anew. */
void page_put_update(struct buf *out, const struct page *page);
/* The policy the document needs, for a header beside the one in it. */
void page_put_policy(struct buf *out, bool live);

#endif
