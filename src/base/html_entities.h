/*
 * Decodes the character references of HTML by the rules of the standard: all named ones, decimal
 * and hexadecimal ones. What is not a reference stays unchanged. Pure, for any thread.
 */
#ifndef BASE_HTML_ENTITIES_H
#define BASE_HTML_ENTITIES_H

#include "base/buf.h"
#include "base/str.h"

/* RAW itself if there is nothing to decode, else the decoded text at the end of OUT; valid until
 * OUT moves. */
struct str html_entities_decode(struct str raw, struct buf *out);
/* Decodes one reference at the start of TEXT, which begins with `&`, and appends it. Returns its
 * length in bytes; 0, with nothing appended, if it is not a reference. In an attribute a name
 * without a semicolon is text if `=` or a letter or digit follows, as in ?a=1&copy=2. */
size_t html_entities_put(struct str text, bool in_attribute, struct buf *out);

#endif
