/*
 * The rows of a page (tr, li, article, dd) that have a text: where a link or a form belongs to the
 * record that a user means. A text fits a row at the boundaries of words only, so that "Order 1" is
 * not in the row "Order 12", and the row whose cell is exactly the text is found before others.
 * Pure functions on a page (html/html_page.h) that was read with HTML_PAGE_ROWS, for any thread.
 */
#ifndef HTML_ROW_H
#define HTML_ROW_H

#include "html/html_page.h"

/* How well a text fits, the best first. */
enum html_row_fit {
	HTML_ROW_EXACT, /* it is all of a row, or of consecutive cells or blocks in it */
	HTML_ROW_WHOLE, /* no word or number continues: not "Order 1" in "Order 1-2" */
	HTML_ROW_WORDS, /* at boundaries of words */
	HTML_ROW_FITS,
};

/* A place of the text in html_page.row_text. */
struct html_row_hit {
	uint32_t from, to;
	enum html_row_fit fit;
};

struct html_row_search {
	const struct html_page *page;
	VEC(struct html_row_hit) hits; /* in the order of the page */
	bool inside_words;	       /* the text is in rows, but never at boundaries of words */
	/* For the fit that is tried now: the hits that count, and flags of each row. */
	struct html_row_hit *used;
	size_t used_count;
	uint8_t *flags;
};

/* Finds TEXT in the rows; allocates in A. */
void html_row_search_init(struct html_row_search *s, struct arena *a, const struct html_page *page,
			  struct str text);
/* The innermost row with the text that is ROW or around it; HTML_PAGE_NONE if there is none, or if
 * a row inside that one has the text. ROW can be HTML_PAGE_NONE. */
uint32_t html_row_search_around(const struct html_row_search *s, uint32_t row);

enum html_row_outcome {
	HTML_ROW_FOUND,
	HTML_ROW_NOT_IN, /* rows have the text, but not what is searched */
	HTML_ROW_NONE,	 /* no row has the text */
};

/* Searches in the rows in which the text fits best: calls FIND with OWNER for one fit after the
 * other, until it returns true. If the text is a whole word of a row, rows in which a word
 * continues after it belong to other records. */
enum html_row_outcome html_row_search_find(struct html_row_search *s, bool (*find)(void *owner),
					   void *owner);

/* For messages: appends the texts of at most ten rows, as «Order 1 Anna», «Order 1 Bob». Those are
 * the innermost rows that have TEXT, best fit first, else those that contain it inside a word, else
 * the first rows of the page. Returns their number. */
unsigned html_row_put_rows(const struct html_page *page, struct arena *a, struct str text,
			   struct buf *out);

#endif
