#include "stats/deflate.h"

#include <zlib.h>

#include "base/inflate.h"

#define LEVEL 3 /* of nine: higher levels are hardly smaller and cost more CPU */

bool deflate_compress(struct str plain, struct buf *out)
{
	uLongf room = compressBound((uLong)plain.len);

	if (!buf_reserve(out, room + 1) ||
	    compress2((Bytef *)out->data + out->len, &room, (const Bytef *)plain.ptr,
		      (uLong)plain.len, LEVEL) != Z_OK)
		return false;
	out->len += room;
	out->data[out->len] = '\0';
	return true;
}

bool deflate_decompress(struct str packed, size_t max, struct buf *out)
{
	return inflate_all(INFLATE_ZLIB, packed, max, out) == INFLATE_COMPLETE;
}

uint32_t deflate_checksum(uint32_t first, struct str bytes)
{
	return (uint32_t)crc32(first, (const Bytef *)bytes.ptr, (uInt)bytes.len);
}
