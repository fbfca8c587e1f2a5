/*
 * External text made safe for its destination. Each writer escapes at its own border; nothing is
 * escaped twice.
 */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

/* For a terminal: control bytes, DEL, C1 and invalid UTF-8 become \xNN or \n, \t, so the text
 * cannot move the cursor. The text also cannot contain a command to the build server that reads the
 * log: "::" at the start of a word and "##[" lose their meaning. */
void escape_terminal(struct buf *out, struct str s);
/* The same for the bytes of S between FROM and TO, for callers that write it in pieces. */
void escape_terminal_part(struct buf *out, struct str s, size_t from, size_t to);
/* A JSON string with its quotes (RFC 8259); invalid UTF-8 becomes U+FFFD. Characters that move a
 * cursor or reorder text are escaped, so that the document can be shown on a terminal unchanged. */
void escape_json(struct buf *out, struct str s);
/* "&amp;" for &, likewise < > " and '; ptr NULL for any other character. */
struct str escape_entity(char c);
/* Text of an HTML element or a double-quoted attribute. */
void escape_html(struct buf *out, struct str s);

/*
 * escape_formats.c: for files, metric lines and workflow commands that machines read. In all of
 * them invalid UTF-8 becomes U+FFFD, and a control character (C0, DEL, C1, a line or paragraph
 * separator) is never written unchanged.
 */

/* A CSV field with its quotes (RFC 4180). An apostrophe goes before text that a spreadsheet would
 * read as a formula (= + - @ at the start, also after spaces). Control characters become spaces. */
void escape_csv(struct buf *out, struct str s);
/* Text of an XML element or an attribute; characters that XML 1.0 does not allow become U+FFFD. */
void escape_xml(struct buf *out, struct str s);
/* Text for GitHub's Markdown, including table cells: punctuation loses its meaning, one line. */
void escape_markdown(struct buf *out, struct str s);
/* The message of a GitHub workflow command; PROPERTY: one of its properties. */
void escape_github_command(struct buf *out, struct str s, bool property);
/* The value of a Prometheus or OpenMetrics label, without its quotes. Different texts stay
 * different: a control character is written as its number, "<U+0009>". */
void escape_prometheus_label(struct buf *out, struct str s);
/* A tag's value in InfluxDB's line protocol; different texts stay different, as in labels; a
 * backslash is written as its number; "_" if empty. */
void escape_influx_tag(struct buf *out, struct str s);
/* A part of a statsd name: letters, digits, '-' and '_'; each other character becomes '_'. */
void escape_statsd_part(struct buf *out, struct str s);
/* The value of a DogStatsD tag; characters that end a tag or a line become '_'. */
void escape_statsd_tag(struct buf *out, struct str s);
/* One word for a POSIX shell, in single quotes if needed. NUL bytes are dropped and all other bytes
 * stay unchanged: text for a terminal must be escaped for it in addition. */
void escape_shell(struct buf *out, struct str s);

#endif
