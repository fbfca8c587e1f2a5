/*
 * Character references of HTML decoded: the numeric ones and the names that pages use in forms and
 * links. What is none stays as it is.
 */
#ifndef BASE_HTML_ENTITIES_H
#define BASE_HTML_ENTITIES_H

#include "base/buf.h"
#include "base/str.h"

/* RAW itself when nothing is to decode, else its text at the end of OUT; good until OUT moves. */
struct str html_entities_decode(struct str raw, struct buf *out);

#endif
