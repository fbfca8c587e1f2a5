/*
 * A way into a page: an XPath 1.0 expression as written, or the one a CSS selector means, once for
 * HTML and once for XML. Checked at load, const, shared by all threads; each page compiles the
 * expressions it meets for itself, because libxml2 writes into them while they are worked out.
 *
 * The cuts are the shorter paths it begins with ("//form", "//form/input" of
 * "//form/input[@id='a']"), shortest first: they tell how far a path got that found nothing.
 */
#ifndef EXTRACT_PATH_H
#define EXTRACT_PATH_H

#include "base/arena.h"
#include "base/str.h"

#define PATH_BYTES_MAX 2048
#define PATH_DEPTH_MAX 32 /* brackets in brackets */
#define PATH_CUTS_MAX  32

struct path_cut {
	struct str written;
	const char *html, *xml;
};

struct path {
	struct str written;
	const char *html, *xml; /* the expression for either kind of page */
	bool collapse;		/* text as a person reads it: runs of blanks are one, none around */
	const char *what;	/* "XPath", "selector" */
	struct path_cut *file_offsets;
	size_t cut_count;
};

struct path_error {
	size_t at; /* offset into what was written */
	char text[160];
};

/* NULL and ERROR filled when TEXT is no XPath 1.0 expression. Lives in A. */
struct path *path_from_xpath(struct arena *a, struct str text, struct path_error *error);
/* A list of CSS selectors; with ATTRIBUTE (or `::attr(NAME)` at the end) the values of that
 * attribute, else the elements' texts. */
struct path *path_from_css(struct arena *a, struct str text, struct str attribute,
			   struct path_error *error);

/* Fills ERROR; always false. */
bool path_fail(struct path_error *error, size_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Whether libxml2 takes the expression; false with ERROR filled. */
bool path_compiles(const char *xpath, struct path_error *error);

#endif
