/*
 * Decodes character references of HTML: the numeric ones and the names that pages use in forms and
 * links. Invalid ones stay unchanged.
 */
#ifndef BASE_HTML_ENTITIES_H
#define BASE_HTML_ENTITIES_H

#include "base/buf.h"
#include "base/str.h"

/* RAW itself if there is nothing to decode, else the decoded text at the end of OUT; valid until
 * OUT moves. */
struct str html_entities_decode(struct str raw, struct buf *out);

#endif
