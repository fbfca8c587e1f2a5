/*
 * Text from outside made safe for what machines read: files, metric lines, workflow commands. As in
 * base/escape.h each writer escapes at its own border. In all of them invalid UTF-8 becomes U+FFFD,
 * and a control character (C0, DEL, C1, a line or paragraph separator) never comes through as it
 * is.
 */
#ifndef BASE_ESCAPE_FORMATS_H
#define BASE_ESCAPE_FORMATS_H

#include "base/buf.h"
#include "base/str.h"

/* A CSV field with its quotes (RFC 4180); what a spreadsheet would take for a formula (= + - @ at
 * the start, after blanks too) gets an apostrophe in front. Control characters become blanks. */
void escape_csv(struct buf *out, struct str s);
/* Text of an XML element or an attribute; characters XML 1.0 does not allow become U+FFFD. */
void escape_xml(struct buf *out, struct str s);
/* GitHub's Markdown, in a cell of a table too: no punctuation keeps a meaning, one line. */
void escape_markdown(struct buf *out, struct str s);
/* The message of a GitHub workflow command; PROPERTY: one of its properties. */
void escape_workflow(struct buf *out, struct str s, bool property);
/* The value of a Prometheus or OpenMetrics label, without its quotes. Texts that differ stay so: a
 * control character is written as its number, "<U+0009>". */
void escape_label(struct buf *out, struct str s);
/* A tag's value in InfluxDB's line protocol, differing as in labels, a backslash as its number; "_"
 * when empty. */
void escape_line_tag(struct buf *out, struct str s);
/* A part of a statsd name: letters, digits, '-' and '_'; each other character is an '_'. */
void escape_statsd_part(struct buf *out, struct str s);
/* A DogStatsD tag's value; what ends a tag or a line becomes '_'. */
void escape_statsd_tag(struct buf *out, struct str s);
/* One word for a POSIX shell, in single quotes where it needs them; NUL bytes are left out and all
 * else is kept as it is: what is printed must be escaped for that place once more. */
void escape_shell(struct buf *out, struct str s);

#endif
