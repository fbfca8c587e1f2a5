/* The inside of a page, for page.c and page_explain.c only: libxml2's types show here. */
#ifndef EXTRACT_PAGE_TREE_H
#define EXTRACT_PAGE_TREE_H

#include <libxml/tree.h>
#include <libxml/xpath.h>

#include "extract/page.h"

/* PAGE_XML_FIRST: HTML when it is no XML. */
enum page_language { PAGE_HTML, PAGE_XML, PAGE_XML_FIRST };

struct compiled;

struct page {
	struct str text; /* what was read; ptr NULL: nothing yet */
	xmlDocPtr doc;	 /* NULL: it could not be read */
	xmlXPathContextPtr context;
	bool xml, limit;
	int error_line;
	char error[160];
	struct compiled *compiled; /* by text, a hash */
};

/* FOUND is NULL when there is nothing: to be freed with xmlXPathFreeObject. */
enum page_outcome page_evaluate(struct page *page, const char *xpath, xmlXPathObjectPtr *found);

#endif
