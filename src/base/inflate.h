/*
 * Decompresses zlib, gzip and raw deflate data that is in memory. inflate_read returns the result
 * piece by piece, so that it never has to be in memory as a whole; inflate_all and inflate_content
 * append it to a buffer. gzip data may have several members (concatenated files); data after the
 * last member is ignored. An inflate belongs to one thread.
 */
#ifndef BASE_INFLATE_H
#define BASE_INFLATE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

enum inflate_format { INFLATE_ZLIB, INFLATE_GZIP, INFLATE_RAW, INFLATE_ZLIB_OR_GZIP };

enum inflate_status {
	INFLATE_MORE, /* there is more to read */
	INFLATE_COMPLETE,
	INFLATE_TRUNCATED, /* the data ends too early */
	INFLATE_DAMAGED,   /* the data is not valid */
	INFLATE_TOO_LARGE, /* inflate_all: the result is larger than its maximum */
};

struct inflate;

/* PACKED must outlive the inflate. Free it with inflate_close. */
struct inflate *inflate_open(enum inflate_format format, struct str packed);
/* Fills OUT with up to SIZE bytes and returns their number, which is less than SIZE only at the
 * end. */
size_t inflate_read(struct inflate *in, char *out, size_t size);
enum inflate_status inflate_status(const struct inflate *in);
/* IN may be NULL. */
void inflate_close(struct inflate *in);

/* Appends the result to OUT, which must have no `max`. Stops after MAX bytes. */
enum inflate_status inflate_all(enum inflate_format format, struct str packed, size_t max,
				struct buf *out);
/* Decodes BODY, which may be truncated, by its Content-Encoding CODING (gzip, x-gzip, deflate) and
 * appends at most MAX bytes to OUT. False if the encoding is unknown or BODY is not valid. */
bool inflate_content(struct str body, struct str coding, size_t max, struct buf *out);

#endif
