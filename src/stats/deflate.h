/* Compression, decompression and checksum of bytes, by zlib. Pure functions. */
#ifndef STATS_DEFLATE_H
#define STATS_DEFLATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* Appends PLAIN, compressed; false if memory runs out. */
bool deflate_compress(struct str plain, struct buf *out);
/* Appends the decompressed PACKED, at most MAX bytes; false if it is not valid. */
bool deflate_decompress(struct str packed, size_t max, struct buf *out);
/* CRC-32 of BYTES, continued from FIRST (0: none). */
uint32_t deflate_checksum(uint32_t first, struct str bytes);

#endif
