/*
 * Finds a link on a page: by its visible text, by its address, in a row that has a text, by its
 * number. Pure functions on a page (html/html_page.h), for any thread.
 */
#ifndef HTML_LINK_QUERY_H
#define HTML_LINK_QUERY_H

#include "html/html_page.h"

struct html_link_query {
	/* The visible text. If it starts with `/` or contains a `*`, it is the address: `/notes/`
	 * is compared with the path, with `?` also with the query, with `http` with all of it; `*`
	 * is any text without `/`. ptr NULL: any link. */
	struct str link;
	struct str row; /* a text of the innermost tr, li, article or dd; ptr NULL: anywhere */
	unsigned nth;	/* from 1; 0: the first, which must be in the only row with the text */
	/* Whether links to ADDRESS, absolute, may be followed; NULL: all. A pattern of an address
	 * finds links of the page's own host first, then those that may be followed, then others;
	 * `nth` counts one of these kinds only. */
	bool (*is_allowed)(const void *data, struct str address);
	const void *data;
};

enum html_link_outcome {
	HTML_LINK_FOUND,
	HTML_LINK_NONE,		/* no such link on the page */
	HTML_LINK_NO_ROW,	/* no row has the text */
	HTML_LINK_NOT_IN_ROW,	/* the row has no such link */
	HTML_LINK_NTH,		/* fewer links than nth */
	HTML_LINK_SEVERAL_ROWS, /* rows that fit equally well have links to different addresses */
};

struct html_link_found {
	uint32_t link;	     /* index */
	uint32_t different;  /* 1 + the number of later links that fit and have another address */
	const uint32_t *all; /* all links that fit */
	uint32_t all_count;
};

/* FOUND is valid for HTML_LINK_FOUND; its array is in A. */
enum html_link_outcome html_link_query_find(const struct html_page *page, struct arena *a,
					    const struct html_link_query *query,
					    struct html_link_found *found);
/* Appends what OUTCOME, other than HTML_LINK_FOUND, says, with what the page has instead: "no row
 * with 'Bob' on http://…; the page has …". */
void html_link_query_explain(const struct html_page *page, struct arena *a,
			     const struct html_link_query *query, enum html_link_outcome outcome,
			     struct buf *out);

#endif
