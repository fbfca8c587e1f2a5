/* The fields of a page, for markup.c, markup_element.c and markup_explain.c only, with types of libxml2. */
#ifndef EXTRACT_MARKUP_PRIVATE_H
#define EXTRACT_MARKUP_PRIVATE_H

#include <libxml/tree.h>
#include <libxml/xpath.h>

#include "extract/markup.h"

/* MARKUP_XML_FIRST: XML, or HTML if it cannot be parsed as XML. */
enum markup_language { MARKUP_HTML, MARKUP_XML, MARKUP_XML_FIRST };

struct compiled_xpath;

struct markup {
	struct str text; /* the parsed text; ptr NULL if there is none */
	xmlDocPtr doc;	 /* NULL if the text could not be parsed */
	xmlXPathContextPtr context;
	bool xml, limit;
	struct buf html, plain; /* the page as libxml2 reads it; a decoded text; used again */
	int error_line;
	char error[160];
	struct compiled_xpath *compiled; /* a hash by expression */
};

/* The page that SCRATCH keeps. */
struct markup *markup_of(struct scratch *scratch);
/* Sets FOUND to the result, or NULL; the caller frees it with xmlXPathFreeObject. */
enum markup_outcome markup_evaluate(struct markup *page, const char *xpath,
				    xmlXPathObjectPtr *found);

#endif
