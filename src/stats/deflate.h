/* Bytes made smaller and back, and their checksum, by zlib. Pure functions. */
#ifndef STATS_DEFLATE_H
#define STATS_DEFLATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* Appends PLAIN, deflated; false when memory refuses. */
bool deflate_compress(struct str plain, struct buf *out);
/* Appends what PACKED was, which is at most MAX bytes; false when it is nothing of the kind. */
bool deflate_decompress(struct str packed, size_t max, struct buf *out);
/* CRC-32 of BYTES after what had FIRST (0: nothing). */
uint32_t deflate_checksum(uint32_t first, struct str bytes);

#endif
