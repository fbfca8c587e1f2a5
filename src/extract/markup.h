/*
 * Parses a response as an HTML or XML tree (libxml2) and evaluates XPath 1.0 expressions on it. The
 * tree is created by the first path that needs it, used by all paths of the response, cached in the
 * scratch, and freed with the response. One thread.
 *
 * Nothing is loaded from files or the network. Only entities with a short plain text are expanded.
 * The size and depth of the page, the attributes of a tag and the work of an expression are
 * limited; reaching a limit is never reported as "no match". The language is detected from the
 * Content-Type, otherwise from the beginning of the text.
 */
#ifndef EXTRACT_MARKUP_H
#define EXTRACT_MARKUP_H

#include "extract/markup_path.h"
#include "interface/response.h"
#include "interface/extract.h"
#include "interface/scratch.h"

#define MARKUP_BYTES_MAX       ((size_t)16 << 20)
#define MARKUP_TAG_MAX	       2000 /* attributes of a tag; libxml2 compares each with all others */
#define MARKUP_XPATH_OPERATION 20000000UL
#define MARKUP_VALUES_MAX      10000

struct markup;

enum markup_outcome { MARKUP_OK, MARKUP_LIMIT };

struct markup_values {
	struct value *items; /* in the scratch */
	size_t count;
	size_t wanted; /* maximum number of values; 0: MARKUP_VALUES_MAX */
};

/* Evaluates PATH on SUBJECT, the body of RESPONSE or another text. There are no values if SUBJECT
 * cannot be parsed. */
enum markup_outcome markup_find(const struct markup_path *path, const struct response *response,
				struct str subject, struct scratch *scratch,
				struct markup_values *values);

/* The `find` of an extractor whose plan is a path. */
enum find_outcome markup_extract(const void *path, const struct response *response,
				 struct str subject, struct scratch *scratch,
				 struct matches *matches);

/* The `explain` of such an extractor: describes in one line why the path PLAN has no match. */
void markup_explain(const void *plan, const struct response *response, struct str subject,
		    struct buf *out);

/* ---- for markup_explain.c */

struct markup *markup_new(void);
void markup_free(struct markup *page);
/* Parses SUBJECT, unless it is the text that was parsed last. */
void markup_read(struct markup *page, const struct response *response, struct str subject);
/* Whether no tag of the XML document TEXT has more attributes than MARKUP_TAG_MAX. */
bool markup_tags_fit(struct str text);
/* Appends the HTML page PAGE as libxml2 reads it like a browser; PLAIN is memory for texts. False
 * if a tag has more attributes than MARKUP_TAG_MAX. */
bool markup_put_html(struct str page, struct buf *out, struct buf *plain);
/* Appends ", libxml2 2.9.14". */
void markup_put_library_version(struct buf *out);

#endif
