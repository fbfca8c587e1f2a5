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
#ifndef EXTRACT_MARKUP_H
#define EXTRACT_MARKUP_H

#include "extract/path.h"
#include "interface/response.h"
#include "interface/extract.h"
#include "interface/scratch.h"

#define MARKUP_BYTES_MAX       ((size_t)16 << 20)
#define MARKUP_TAG_MAX	       2000 /* attributes of one tag: libxml2 compares each with each */
#define MARKUP_XPATH_OPERATION 20000000UL
#define MARKUP_VALUES_MAX      10000

struct markup;

enum markup_outcome { MARKUP_OK, MARKUP_LIMIT };

struct markup_values {
	struct value *items; /* in the scratch */
	size_t count;
	size_t wanted; /* stop after so many; 0: all, up to MARKUP_VALUES_MAX */
};

/* What PATH finds in SUBJECT, the body of RESPONSE or another text. A text that is no XML holds
 * nothing. */
enum markup_outcome markup_find(const struct path *path, const struct response *response,
				struct str subject, struct scratch *scratch,
				struct markup_values *values);

/* The same as the `find` of an extractor whose plan is a path. */
enum find_outcome markup_extract(const void *path, const struct response *response,
				 struct str subject, struct scratch *scratch,
				 struct matches *matches);

/* For "nothing found": how far the path PLAN got and what was there, one line. It is the `explain`
 * of such an extractor. */
void markup_explain(const void *plan, const struct response *response, struct str subject,
		    struct buf *out);

/* ---- for markup_explain.c */

struct markup *markup_new(void);
void markup_free(struct markup *page);
/* Reads SUBJECT unless it was read already. */
void markup_read(struct markup *page, const struct response *response, struct str subject);
/* No tag of TEXT has more attributes than MARKUP_TAG_MAX. */
bool markup_tags_fit(struct str text);

#endif
