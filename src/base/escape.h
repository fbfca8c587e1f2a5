/*
 * Text from outside made safe for where it goes. Each writer escapes at its own border; nothing is
 * escaped twice.
 */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

/* For a terminal: control bytes, DEL, C1 and invalid UTF-8 become \xNN or \n, \t; nothing can move
 * the cursor. Nor is anything in it a command to the build server that reads the log: "::" at
 * the beginning of a word and "##[" lose their meaning. */
void escape_terminal(struct buf *out, struct str s);
/* The same of the characters of S from FROM to TO, for who writes it in pieces. */
void escape_terminal_part(struct buf *out, struct str s, size_t from, size_t to);
/* A JSON string with its quotes (RFC 8259); invalid UTF-8 becomes U+FFFD. What moves a cursor or
 * reorders text is escaped, so that the document may be shown on a terminal as it is. */
void escape_json(struct buf *out, struct str s);
/* "&amp;" for &, likewise < > " and '; ptr NULL for any other character. */
struct str escape_entity(char c);
/* Text of an HTML element or a double-quoted attribute. */
void escape_html(struct buf *out, struct str s);

#endif
