/* Bytes made smaller and back, and their checksum, by zlib. Pure functions. */
#ifndef STATS_PACKED_H
#define STATS_PACKED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* Appends PLAIN, deflated; false when memory refuses. */
bool packed_deflate(struct str plain, struct buf *out);
/* Appends what PACKED was, which is at most MOST bytes; false when it is nothing of the kind. */
bool packed_inflate(struct str packed, size_t most, struct buf *out);
/* CRC-32 of BYTES after what had FIRST (0: nothing). */
uint32_t packed_checksum(uint32_t first, struct str bytes);

#endif
