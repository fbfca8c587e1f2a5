#include "base/unzip.h"

#include <zlib.h>

#include "base/inflate.h"

#define END_BYTES     22u
#define ENTRY_BYTES   46u
#define LOCAL_BYTES   30u
#define COMMENT_MAX   65535u
#define DEFLATE_RATIO 1032u /* maximum compression of deflate */

static uint32_t number(struct str file, size_t at, unsigned bytes)
{
	uint32_t value = 0;

	for (unsigned i = bytes; i-- > 0;)
		value = value << 8 | (unsigned char)file.ptr[at + i];
	return value;
}

bool unzip_is_archive(struct str file)
{
	return str_starts(file, STR("PK\x03\x04"));
}

/* Start of the record at the end of the central directory, which a comment may follow; FILE.len:
 * there is none. */
static size_t find_end(struct str file)
{
	for (size_t back = END_BYTES; back <= file.len && back <= END_BYTES + COMMENT_MAX; back++)
		if (str_starts(str_slice(file, file.len - back, file.len), STR("PK\x05\x06")))
			return file.len - back;
	return file.len;
}

/* Reads the next entry of the directory at *AT; false after the last. */
static bool next_entry(struct str file, size_t *at, size_t *entry, struct str *name)
{
	size_t left = file.len - *at, length;

	if (left < ENTRY_BYTES || number(file, *at, 4) != 0x02014b50)
		return false;
	length = number(file, *at + 28, 2);
	if (left < ENTRY_BYTES + length)
		return false;
	*entry = *at;
	*name = str_n(file.ptr + *at + ENTRY_BYTES, length);
	length += (size_t)number(file, *at + 30, 2) + number(file, *at + 32, 2);
	*at = left - ENTRY_BYTES < length ? file.len : *at + ENTRY_BYTES + length;
	return true;
}

static bool inflate_into(char *out, uint32_t size, struct str packed)
{
	struct inflate *in = inflate_open(INFLATE_RAW, packed);
	char next;
	bool good = inflate_read(in, out, size) == size && inflate_read(in, &next, 1) == 0 &&
		    inflate_status(in) == INFLATE_COMPLETE;

	inflate_close(in);
	return good;
}

/* The packed bytes of a member; ptr NULL if some are missing. */
static struct str packed_of(struct str file, size_t entry)
{
	size_t local = number(file, entry + 42, 4), bytes = number(file, entry + 20, 4), begin;

	if (local > file.len || file.len - local < LOCAL_BYTES ||
	    number(file, local, 4) != 0x04034b50)
		return STR_NULL;
	begin = local + LOCAL_BYTES + number(file, local + 26, 2) + number(file, local + 28, 2);
	if (begin > file.len || file.len - begin < bytes)
		return STR_NULL;
	return str_n(file.ptr + begin, bytes);
}

static struct str unpacked(struct arena *a, struct str file, size_t entry, const char **why)
{
	uint32_t size = number(file, entry + 24, 4), method = number(file, entry + 10, 2);
	struct str packed = packed_of(file, entry);
	struct str made;
	char *space;

	*why = "it is damaged";
	if (number(file, entry + 8, 2) & 1) {
		*why = "it is encrypted";
	} else if (size > UNZIP_MAX) {
		*why = "it is larger than 1 GiB";
	} else if (method != 0 && method != Z_DEFLATED) {
		*why = "its compression method is not supported; only deflate is";
	} else if (packed.ptr &&
		   (method ? size / DEFLATE_RATIO <= packed.len : size == packed.len)) {
		made = packed;
		if (method) {
			space = arena_alloc(a, (size_t)size + 1);
			if (!inflate_into(space, size, packed))
				return STR_NULL;
			made = str_n(space, size);
		}
		if (crc32(0, (const Bytef *)made.ptr, size) == number(file, entry + 16, 4)) {
			*why = NULL;
			return made;
		}
	}
	return STR_NULL;
}

struct str unzip_member(struct arena *a, struct str file, struct str name, bool as_end,
			const char **why)
{
	size_t end = find_end(file), at, entry;
	struct str found;

	*why = NULL;
	if (end == file.len) {
		*why = "it is truncated";
		return STR_NULL;
	}
	at = number(file, end + 16, 4);
	if (at == UINT32_MAX || at > end) {
		*why = "it is damaged, split into parts, or larger than 4 GiB";
		return STR_NULL;
	}
	while (next_entry(file, &at, &entry, &found))
		if (as_end ? str_ends(found, name) : str_eq(found, name))
			return unpacked(a, file, entry, why);
	return STR_NULL;
}
