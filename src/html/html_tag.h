/*
 * The elements that parsing HTML depends on, as numbers. Names are compared without case.
 */
#ifndef HTML_TAG_H
#define HTML_TAG_H

#include "base/str.h"

enum html_tag {
	HTML_TAG_OTHER, /* every other element */
#define HTML_TAG(id, name, key) HTML_TAG_##id,
#include "html/html_tag.def"
#undef HTML_TAG
	HTML_TAG_COUNT,
};

enum html_tag html_tag_of(struct str name);
/* Whether the element cannot have content: br, img, input … */
bool html_tag_is_void(enum html_tag tag);

#endif
