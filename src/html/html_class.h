/*
 * Classes of elements in the HTML standard. Pure.
 */
#ifndef HTML_CLASS_H
#define HTML_CLASS_H

#include "html/html_token.h"

/* The kinds of scope in which an element is looked for. */
enum html_scope { HTML_SCOPE_GENERAL, HTML_SCOPE_BUTTON, HTML_SCOPE_LIST, HTML_SCOPE_TABLE };

/* Whether nothing around the element is in the scope. */
bool html_class_bounds_scope(enum html_tag tag, enum html_scope scope);
/* Elements around which the rules for tables apply. */
bool html_class_is_table_part(enum html_tag tag);
/* Parts of a table that can contain only other parts. */
bool html_class_is_table_frame(enum html_tag tag);
/* tbody, thead, tfoot */
bool html_class_is_table_body(enum html_tag tag);
bool html_class_is_heading(enum html_tag tag);
/* b, i, a …: an end tag does not end the blocks in them. */
bool html_class_is_formatting(enum html_tag tag);
/* Elements that end an open paragraph, and whose end tags end what is open in them. */
bool html_class_is_block(enum html_tag tag);
/* The category "special" of the standard: an unknown end tag does not end them. */
bool html_class_is_special(enum html_tag tag);
/* Elements that do not separate words. */
bool html_class_is_inline(enum html_tag tag);
/* Elements in which formatting starts again, such as cells. */
bool html_class_has_own_formatting(enum html_tag tag);
/* Elements that are part of a line of text, and unknown ones. */
bool html_class_continues_formatting(enum html_tag tag);
/* Elements whose end tags can be missing. */
bool html_class_ends_itself(enum html_tag tag);
/* Whether the start tag of an HTML element ends SVG or MathML. */
bool html_class_breaks_out(const struct html_token *token);
/* End tags that end SVG or MathML: </p> and </br>, and those of elements that are usually around
 * it. */
bool html_class_closes_outside(enum html_tag tag);

#endif
