#include "stats/deflate.h"

#include <zlib.h>

#define LEVEL 3 /* of nine: the rest is hardly smaller and costs the run more */
#define STEP  (64 * 1024)

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

/* Until the end of the stream, an error or too much. */
static bool inflate_all(z_stream *z, size_t max, struct buf *out)
{
	size_t begin = out->len;
	int result = Z_OK;

	while (result == Z_OK && out->len - begin <= max) {
		if (!buf_reserve(out, STEP + 1))
			return false;
		z->next_out = (Bytef *)out->data + out->len;
		z->avail_out = STEP;
		result = inflate(z, Z_NO_FLUSH);
		out->len += STEP - z->avail_out;
	}
	out->data[out->len] = '\0';
	return result == Z_STREAM_END && out->len - begin <= max;
}

bool deflate_decompress(struct str packed, size_t max, struct buf *out)
{
	z_stream z = {.next_in = (z_const Bytef *)packed.ptr, .avail_in = (uInt)packed.len};
	bool good;

	if (inflateInit(&z) != Z_OK)
		return false;
	good = inflate_all(&z, max, out);
	inflateEnd(&z);
	return good;
}

uint32_t deflate_checksum(uint32_t first, struct str bytes)
{
	return (uint32_t)crc32(first, (const Bytef *)bytes.ptr, (uInt)bytes.len);
}
