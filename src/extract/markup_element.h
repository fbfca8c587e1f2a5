/*
 * An element of a page with its attributes and the elements around it, for programs that write
 * selectors. One thread.
 */
#ifndef EXTRACT_MARKUP_ELEMENT_H
#define EXTRACT_MARKUP_ELEMENT_H

#include "extract/markup.h"

#define MARKUP_ELEMENT_DEPTH_MAX 256

struct markup_attribute {
	struct str name, value;
};

struct markup_element {
	struct str name; /* of a page in lower case */
	const struct markup_attribute *attributes;
	size_t attribute_count;
	unsigned nth, of_type; /* its number among the siblings with its name, and their number */
	const struct markup_element *parent; /* NULL: it is the root */
};

/* The element that PATH finds first in the body of RESPONSE, or the element of the attribute or
 * text that it finds, in A. *ATTRIBUTE is the name of the attribute; ptr NULL if PATH finds no
 * attribute. Returns NULL if there is none, or if it is too deep. */
const struct markup_element *markup_element_find(struct arena *a, const struct markup_path *path,
						 const struct response *response,
						 struct scratch *scratch, struct str *attribute);
/* The value of the attribute NAME; ptr NULL if there is none. */
struct str markup_element_attribute(const struct markup_element *element, const char *name);

#endif
