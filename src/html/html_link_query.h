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
	unsigned nth;	/* from 1; 0 is 1 */
};

enum html_link_outcome {
	HTML_LINK_FOUND,
	HTML_LINK_NONE,	      /* no such link on the page */
	HTML_LINK_NO_ROW,     /* no row has the text */
	HTML_LINK_NOT_IN_ROW, /* the row has no such link */
	HTML_LINK_NTH,	      /* fewer links than nth */
};

/* Sets *LINK to the index, and *DIFFERENT to 1 + the number of later links that fit and have
 * another address; 1 means that the link is unambiguous. */
enum html_link_outcome html_link_query_find(const struct html_page *page,
					    const struct html_link_query *query, uint32_t *link,
					    uint32_t *different);
/* Appends what OUTCOME, other than HTML_LINK_FOUND, says: "no row with 'Bob'". */
void html_link_query_put_none(const struct html_link_query *query, enum html_link_outcome outcome,
			      struct buf *out);

#endif
