/*
 * The answer read as a tree of HTML or XML (libxml2), once however many paths look into it, and
 * what XPath 1.0 expressions find there. One page for each scratch, made when the first path asks
 * for it; the tree is gone with the answer. One thread.
 *
 * Nothing is loaded, from no file and no network; of the entities that a document declares only
 * short plain texts are taken; size, depth, attributes of one tag and the work of one expression
 * are limited, and a limit is never "not found". HTML or XML: by the Content-Type, else by how the
 * text begins.
 */
#ifndef EXTRACT_PAGE_H
#define EXTRACT_PAGE_H

#include "extract/path.h"
#include "kind/answer.h"
#include "kind/extract.h"

#define PAGE_BYTES_LIMIT     ((size_t)16 << 20)
#define PAGE_TAG_LIMIT	     2000 /* attributes of one tag: libxml2 compares each with each */
#define PAGE_XPATH_OPERATION 20000000UL
#define PAGE_VALUES_LIMIT    10000

struct page;

enum page_outcome { PAGE_OK, PAGE_LIMIT };

struct page_values {
	struct value *items; /* in the scratch */
	size_t count;
	size_t wanted; /* stop after so many; 0: all, up to PAGE_VALUES_LIMIT */
};

/* What PATH finds in SUBJECT, the body of ANSWER or another text. A text that is no XML holds
 * nothing. */
enum page_outcome page_find(const struct path *path, const struct answer *answer,
			    struct str subject, struct scratch *scratch,
			    struct page_values *values);

/* The same as the `find` of an extractor whose plan is a path. */
enum find_outcome page_extract(const void *path, const struct answer *answer, struct str subject,
			       struct scratch *scratch, struct finds *finds);

/* For "nothing found": how far the path PLAN got and what was there, one line. It is the `explain`
 * of such an extractor. */
void page_explain(const void *plan, const struct answer *answer, struct str subject,
		  struct buf *out);

/* ---- for page_explain.c */

struct page *page_new(void);
void page_free(struct page *page);
/* Reads SUBJECT unless it was read already. */
void page_read(struct page *page, const struct answer *answer, struct str subject);
/* No tag of TEXT has more attributes than PAGE_TAG_LIMIT. */
bool page_tags_fit(struct str text);

#endif
