/*
 * Character references of HTML decoded: the numeric ones and the names that pages use in forms and
 * links. What is none stays as it is.
 */
#ifndef BASE_ENTITIES_H
#define BASE_ENTITIES_H

#include "base/buf.h"
#include "base/str.h"

/* RAW itself when nothing is to decode, else its text at the end of OUT; good until OUT moves. */
struct str entities_decode(struct str raw, struct buf *out);

#endif
