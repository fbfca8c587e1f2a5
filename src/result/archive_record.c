#include "result/archive_record.h"

#include "base/varint.h"
#include "stats/deflate.h"

void archive_record_put(struct buf *out, char type, struct str plain)
{
	struct buf packed;
	struct str kind = str_n(&type, 1);

	buf_init(&packed, 0);
	if (deflate_compress(plain, &packed)) {
		varint_put_u32(out, (uint32_t)packed.len);
		varint_put_u32(out, deflate_checksum(deflate_checksum(0, kind), buf_str(&packed)));
		buf_add_char(out, type);
		buf_add(out, buf_str(&packed));
	}
	buf_release(&packed);
}

/* The payload, still compressed, of the first record of FILE, which is removed. Returns 0 if the
 * record is not complete. */
static char take_record(struct str *file, struct str *payload)
{
	struct varint_reader u = varint_reader_of(*file);
	uint32_t length = varint_get_u32(&u), checksum = varint_get_u32(&u);
	struct str type;

	if (u.bad || file->len < ARCHIVE_RECORD_BYTES || length > file->len - ARCHIVE_RECORD_BYTES)
		return 0;
	type = str_slice(*file, ARCHIVE_RECORD_BYTES - 1, ARCHIVE_RECORD_BYTES);
	*payload = str_slice(*file, ARCHIVE_RECORD_BYTES, ARCHIVE_RECORD_BYTES + length);
	if (deflate_checksum(deflate_checksum(0, type), *payload) != checksum)
		return 0;
	*file = str_slice(*file, ARCHIVE_RECORD_BYTES + length, file->len);
	return type.ptr[0];
}

bool archive_record_is_cut(struct str file)
{
	struct varint_reader u = varint_reader_of(file);
	uint32_t length = varint_get_u32(&u);

	return file.len < ARCHIVE_RECORD_BYTES || length > file.len - ARCHIVE_RECORD_BYTES;
}

char archive_record_get(struct str *file, struct buf *out)
{
	struct str rest = *file, payload;
	char type = take_record(&rest, &payload);

	if (!type)
		return 0;
	buf_clear(out);
	if (!deflate_decompress(payload, ARCHIVE_RECORD_PLAIN_MAX, out))
		return 0;
	*file = rest;
	return type;
}

char archive_record_last(struct str file)
{
	struct str payload;
	char last = 0;

	while (file.len) {
		last = take_record(&file, &payload);
		if (!last)
			return 0;
	}
	return last;
}
