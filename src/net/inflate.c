#include "net/inflate.h"

#include <stdint.h>

#include <zlib.h>

#define ANY_HEADER (15 + 32)

bool inflate_body(struct str body, struct str encoding, size_t max, struct buf *out)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)body.ptr, .avail_in = (uInt)body.len};
	char piece[4096];
	int code = Z_OK;

	if (!str_ieq(encoding, STR("gzip")) && !str_ieq(encoding, STR("x-gzip")) &&
	    !str_ieq(encoding, STR("deflate")))
		return false;
	if (inflateInit2(&z, ANY_HEADER) != Z_OK)
		return false;
	while (code == Z_OK && out->len < max) {
		size_t room = max - out->len < sizeof piece ? max - out->len : sizeof piece;

		z.next_out = (Bytef *)piece;
		z.avail_out = (uInt)room;
		code = inflate(&z, Z_NO_FLUSH);
		buf_add(out, str_n(piece, room - z.avail_out));
		if (room == z.avail_out)
			break;
	}
	inflateEnd(&z);
	return out->len > 0;
}
