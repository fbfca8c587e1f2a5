/*
 * The title and the visible text of an HTML page in one line, for messages. Pure.
 */
#ifndef HTML_SUMMARY_H
#define HTML_SUMMARY_H

#include "base/buf.h"

/* True if TYPE (a media type, or empty) or the beginning of TEXT says that it is HTML. */
bool html_summary_is_html(struct str type, struct str text);
/* Appends `"Title": text …` in UTF-8: entities decoded, white space collapsed, about MAX bytes of
 * text. CONTENT_TYPE: value of the header, or empty. Appends nothing if there is neither. */
void html_summary_put(struct str page, struct str content_type, size_t max, struct buf *out);

#endif
