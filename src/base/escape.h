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

/*
 * escape_formats.c: for files, metric lines and workflow commands that machines read. In all of
 * them invalid UTF-8 becomes U+FFFD, and a control character (C0, DEL, C1, a line or paragraph
 * separator) is never written as it is.
 */

/* A CSV field with its quotes (RFC 4180); what a spreadsheet would take for a formula (= + - @ at
 * the start, after blanks too) gets an apostrophe in front. Control characters become blanks. */
void escape_csv(struct buf *out, struct str s);
/* Text of an XML element or an attribute; characters XML 1.0 does not allow become U+FFFD. */
void escape_xml(struct buf *out, struct str s);
/* GitHub's Markdown, in a cell of a table too: no punctuation keeps a meaning, one line. */
void escape_markdown(struct buf *out, struct str s);
/* The message of a GitHub workflow command; PROPERTY: one of its properties. */
void escape_github_command(struct buf *out, struct str s, bool property);
/* The value of a Prometheus or OpenMetrics label, without its quotes. Texts that differ stay so: a
 * control character is written as its number, "<U+0009>". */
void escape_prometheus_label(struct buf *out, struct str s);
/* A tag's value in InfluxDB's line protocol, differing as in labels, a backslash as its number; "_"
 * when empty. */
void escape_influx_tag(struct buf *out, struct str s);
/* A part of a statsd name: letters, digits, '-' and '_'; each other character is an '_'. */
void escape_statsd_part(struct buf *out, struct str s);
/* A DogStatsD tag's value; what ends a tag or a line becomes '_'. */
void escape_statsd_tag(struct buf *out, struct str s);
/* One word for a POSIX shell, in single quotes where it needs them; NUL bytes are left out and all
 * else is kept as it is: what is printed must be escaped for that place once more. */
void escape_shell(struct buf *out, struct str s);

#endif
