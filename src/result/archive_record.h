/*
 * The records of an intervals.bin: a length, a checksum, a type and a compressed payload. A file
 * that ends anywhere, because the run was killed or the disk was full, is valid up to there.
 */
#ifndef RESULT_ARCHIVE_RECORD_H
#define RESULT_ARCHIVE_RECORD_H

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

#define ARCHIVE_RECORD_HEAD  'H'
#define ARCHIVE_RECORD_BLOCK 'B'
#define ARCHIVE_RECORD_END   'E'

#define ARCHIVE_RECORD_BYTES	 9u		     /* in front of the payload */
#define ARCHIVE_RECORD_PLAIN_MAX ((size_t)256 << 20) /* of a payload, decompressed */

/* Appends a record with the payload PLAIN, which it compresses. */
void archive_record_put(struct buf *out, char type, struct str plain);
/* Replaces OUT with the payload of the first record of FILE, removes the record from FILE and
 * returns its type. Returns 0 if FILE does not start with a complete record. */
char archive_record_get(struct str *file, struct buf *out);
/* True if FILE is empty or ends in its first record. */
bool archive_record_is_cut(struct str file);
/* The type of the last record of FILE; 0 if anything in FILE is not complete. Decompresses nothing.
 */
char archive_record_last(struct str file);

#endif
