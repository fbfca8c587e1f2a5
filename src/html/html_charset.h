/*
 * Encodings of pages: which one a page has, its text as UTF-8, and the values of forms in the
 * encoding of a page, by the rules of the HTML and Encoding Standards. UTF-8 and Windows-1252 are
 * built in, the others are converted by iconv. Any thread.
 */
#ifndef HTML_CHARSET_H
#define HTML_CHARSET_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

/* The encoding with this label (`latin1`), as its name in the Encoding Standard (`windows-1252`); a
 * constant, ptr NULL if there is none. */
struct str html_charset_of_label(struct str label);
/* The media type of XHTML in the value of a header Content-Type. */
bool html_charset_is_xhtml(struct str content_type);
/* The encoding of a page: its byte order mark, the header Content-Type, a <meta> in the head or the
 * first 1024 bytes, its XML declaration, else UTF-8 if the bytes are UTF-8, else Windows-1252. In
 * XHTML no <meta>, and UTF-8 without a declaration. */
struct str html_charset_of_page(struct str body, struct str content_type);
/* BODY without its byte order mark as UTF-8: a view if it is UTF-8 already, else a copy in A, in
 * which each invalid byte is U+FFFD. */
struct str html_charset_decode(struct arena *a, struct str body, struct str charset);
/* Appends TEXT (UTF-8) in the encoding CHARSET. Characters that it lacks become `&#1234;`, as
 * browsers send them in forms; pages in UTF-16 send UTF-8. */
void html_charset_encode(struct buf *out, struct str text, struct str charset);
/* The same for the query of an address, where they become `%26%231234%3B`. */
void html_charset_encode_query(struct buf *out, struct str text, struct str charset);

#endif
