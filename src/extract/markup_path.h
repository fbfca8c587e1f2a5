/*
 * A path selects nodes of a page: an XPath 1.0 expression, or the translation of a CSS selector,
 * once for HTML and once for XML. It is checked when the scenario is loaded, const, and shared by
 * all threads. Each page compiles the expressions that it evaluates, because libxml2 writes into
 * them during evaluation.
 *
 * The cuts are the shorter paths at its beginning ("//form", "//form/input" of
 * "//form/input[@id='a']"), shortest first. They show which part of a path without matches exists.
 */
#ifndef EXTRACT_MARKUP_PATH_H
#define EXTRACT_MARKUP_PATH_H

#include "base/arena.h"
#include "base/str.h"

#define PATH_BYTES_MAX	     2048
#define PATH_DEPTH_MAX	     32 /* brackets in brackets */
#define MARKUP_PATH_CUTS_MAX 32

struct markup_path_cut {
	struct str written;
	const char *html, *xml;
};

struct markup_path {
	struct str written;
	const char *html, *xml; /* the expression for either kind of page */
	bool collapse;		/* collapse white space, as a browser shows text */
	const char *what;	/* "XPath", "selector" */
	struct markup_path_cut *cuts;
	size_t cut_count;
};

struct markup_path_error {
	size_t at; /* offset in the text */
	char text[160];
};

/* A path from an XPath 1.0 expression; memory from A. Returns NULL and fills ERROR if TEXT is
 * wrong. */
struct markup_path *markup_path_from_xpath(struct arena *a, struct str text,
					   struct markup_path_error *error);
/* A path from a list of CSS selectors. It selects the values of ATTRIBUTE (or of `::attr(NAME)` at
 * the end), or the text of the elements if ATTRIBUTE is empty. Errors as above. */
struct markup_path *markup_path_from_css(struct arena *a, struct str text, struct str attribute,
					 struct markup_path_error *error);

/* Fills ERROR; always false. */
bool markup_path_fail(struct markup_path_error *error, size_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Whether libxml2 can compile the expression. Fills ERROR if not. */
bool markup_path_compiles(const char *xpath, struct markup_path_error *error);

#endif
