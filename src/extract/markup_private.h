/* The inside of a page, for markup.c and markup_explain.c only: libxml2's types show here. */
#ifndef EXTRACT_MARKUP_PRIVATE_H
#define EXTRACT_MARKUP_PRIVATE_H

#include <libxml/tree.h>
#include <libxml/xpath.h>

#include "extract/markup.h"

/* MARKUP_XML_FIRST: HTML when it is no XML. */
enum markup_language { MARKUP_HTML, MARKUP_XML, MARKUP_XML_FIRST };

struct compiled_xpath;

struct markup {
	struct str text; /* what was read; ptr NULL: nothing yet */
	xmlDocPtr doc;	 /* NULL: it could not be read */
	xmlXPathContextPtr context;
	bool xml, limit;
	int error_line;
	char error[160];
	struct compiled_xpath *compiled; /* by text, a hash */
};

/* FOUND is NULL when there is nothing: to be freed with xmlXPathFreeObject. */
enum markup_outcome markup_evaluate(struct markup *page, const char *xpath,
				    xmlXPathObjectPtr *found);

#endif
