/*
 * libFuzzer target for the archive of a result folder (intervals.bin). Any file is read to its end
 * or refused with a reason. Its items are written again; reading that file gives the same items,
 * and writing those gives the same bytes. A file whose checksums are right is mutated inside its
 * compressed records, so that mutations reach the reader.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/varint.h"
#include "result/archive.h"
#include "result/archive_record.h"
#include "result/rebuild.h"
#include "stats/deflate.h"

#include "must.h"

#define PLAIN_MAX ((size_t)256 << 10) /* of a record, to be mutated */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

/* ---- mutation */

/* One record of FILE at *AT, which moves past it; false if there is no whole record. */
static bool next_record(struct str file, size_t *at, char *type, struct buf *plain)
{
	struct varint_reader u = varint_reader_of(str_slice(file, *at, file.len));
	uint32_t length = varint_get_u32(&u);

	if (file.len - *at < ARCHIVE_RECORD_BYTES || length > file.len - *at - ARCHIVE_RECORD_BYTES)
		return false;
	*type = file.ptr[*at + ARCHIVE_RECORD_BYTES - 1];
	*at += ARCHIVE_RECORD_BYTES;
	buf_clear(plain);
	*at += length;
	return deflate_decompress(str_slice(file, *at - length, *at), PLAIN_MAX, plain);
}

/* Where the records begin: after the magic of format 1, and after the version of format 2. */
static size_t records_at(struct str file)
{
	size_t line = str_find_char(file, '\n', 0);

	if (!str_starts(file, STR(ARCHIVE_MAGIC)) || line == NOT_FOUND)
		return 0;
	if (str_starts(file, STR(ARCHIVE_MAGIC "1\n")))
		return line + 1;
	line = str_find_char(file, '\n', line + 1);
	return line == NOT_FOUND ? 0 : line + 1;
}

/* FILE with record number CHOSEN mutated, in OUT; the number of records. */
static unsigned mutate_record(struct str file, unsigned chosen, struct buf *out)
{
	size_t at = records_at(file);
	unsigned count = 0;
	struct buf plain;
	char type;

	buf_init(&plain, 0);
	buf_add(out, str_slice(file, 0, at));
	for (; next_record(file, &at, &type, &plain); count++) {
		if (count == chosen) {
			size_t room = plain.len + 64;
			uint8_t *bytes = malloc(room);

			must(bytes != NULL, "memory");
			memcpy(bytes, plain.data, plain.len);
			size_t length = LLVMFuzzerMutate(bytes, plain.len, room);
			buf_clear(&plain);
			buf_add(&plain, str_n((char *)bytes, length));
			free(bytes);
		}
		archive_record_put(out, type, buf_str(&plain));
	}
	buf_release(&plain);
	return count;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	struct str file = str_n((const char *)data, size);
	struct buf out;
	unsigned count;

	if (seed % 8 == 0 || !records_at(file))
		return LLVMFuzzerMutate(data, size, max_size);
	buf_init(&out, 0);
	count = mutate_record(file, UINT32_MAX, &out);
	buf_clear(&out);
	if (count)
		mutate_record(file, (seed >> 3) % count, &out);
	if (count && out.len <= max_size) {
		size = out.len;
		memcpy(data, out.data, size);
	} else {
		size = LLVMFuzzerMutate(data, size, max_size);
	}
	buf_release(&out);
	return size;
}

/* ---- reading and writing */

struct items {
	unsigned seconds, events;
	bool ended;
};

/* How many seconds FILE has. */
static unsigned count_seconds(struct str file)
{
	struct archive_reader r;
	struct summary second;
	enum archive_item item;
	struct arena arena;
	unsigned count = 0;
	const char *why;

	arena_init(&arena, 0);
	if (archive_open(&r, &arena, file, &why)) {
		summary_init(&second, &r.table);
		while ((item = archive_next(&r, &second)) < ARCHIVE_END) {
			count += item == ARCHIVE_SECOND;
			summary_clear(&second);
		}
		summary_release(&second);
	}
	archive_close(&r);
	arena_release(&arena);
	return count;
}

/* Rebuilds the result of R, as `reprise report` does, and writes each item with W to OUT. All
 * SECONDS are in one block: failed exchanges come after the seconds of a block, and would be one
 * block later each time. */
static struct items copy_items(struct archive_reader *r, unsigned seconds, struct rebuild *rebuild,
			       struct archive_writer *w, struct buf *out)
{
	struct items items = {0, 0, false};
	enum archive_item item;
	struct summary second;

	summary_init(&second, &r->table);
	while ((item = archive_next(r, &second)) < ARCHIVE_END) {
		if (item == ARCHIVE_EVENT) {
			archive_put_event(w, &r->event, false, out);
			items.events++;
			continue;
		}
		rebuild_second(rebuild, &second, &r->interval);
		archive_put_second(w, &second, &r->interval, ++items.seconds == seconds, out);
		summary_clear(&second);
	}
	summary_release(&second);
	items.ended = item == ARCHIVE_END;
	return items;
}

/* Reads FILE and writes it again to OUT; false if it is refused. */
static bool copy(struct str file, struct buf *out, struct items *items)
{
	struct archive_reader r;
	struct archive_writer w;
	struct rebuild rebuild;
	struct arena arena;
	const char *why;
	bool is_read;

	arena_init(&arena, 0);
	is_read = archive_open(&r, &arena, file, &why);
	must(is_read == !why, "a reason if it is refused, and only then");
	if (is_read) {
		archive_writer_init(&w, &r.facts);
		archive_put_head(&w, out);
		rebuild_init(&rebuild, &r.facts);
		*items = copy_items(&r, count_seconds(file), &rebuild, &w, out);
		rebuild_judge(&rebuild);
		if (items->ended) {
			rebuild.total.users_max = r.users_max;
			rebuild.total.duration = r.duration;
		}
		archive_put_end(&w, &rebuild.total, items->ended ? &r.verdict : &rebuild.verdict,
				out);
		rebuild_release(&rebuild);
		archive_writer_release(&w);
	}
	archive_close(&r);
	arena_release(&arena);
	return is_read;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct items first = {0, 0, false}, second = first, third = first;
	struct buf one, two, three;

	buf_init(&one, 0);
	buf_init(&two, 0);
	buf_init(&three, 0);
	if (copy(str_n((const char *)data, size), &one, &first)) {
		must(copy(buf_str(&one), &two, &second), "the file can be read");
		must(second.ended, "the file has an end");
		must(first.seconds == second.seconds && first.events == second.events,
		     "all that was read is written");
		must(copy(buf_str(&two), &three, &third), "the second file can be read");
		must(str_eq(buf_str(&two), buf_str(&three)), "writing it again changes nothing");
	}
	buf_release(&one);
	buf_release(&two);
	buf_release(&three);
	return 0;
}
