/* base/unzip: members of an archive, and invalid data. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/unzip.h"

#define PROSE "so it is, so it is, so it is, so it is, so it is, so it is, and no other way"

struct worker_thread {
	const char *name;
	struct str bytes;
	bool deflated;
};

static void put(struct buf *out, uint32_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		buf_add_char(out, (char)(value >> 8 * i & 0xff));
}

static void put_packed(struct buf *out, const struct worker_thread *m)
{
	unsigned char space[512];
	z_stream z = {.next_in = (Bytef *)m->bytes.ptr,
		      .avail_in = (uInt)m->bytes.len,
		      .next_out = space,
		      .avail_out = sizeof(space)};

	if (!m->deflated) {
		buf_add(out, m->bytes);
		return;
	}
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, -MAX_WBITS, 8, 0), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	buf_add(out, str_n((char *)space, z.total_out));
	deflateEnd(&z);
}

/* The common part of a local header and a directory entry. */
static void put_facts(struct buf *out, const struct worker_thread *m, size_t packed)
{
	put(out, 20, 2);
	put(out, 0, 2);
	put(out, m->deflated ? 8 : 0, 2);
	put(out, 0, 4);
	put(out, (uint32_t)crc32(0, (const Bytef *)m->bytes.ptr, (uInt)m->bytes.len), 4);
	put(out, (uint32_t)packed, 4);
	put(out, (uint32_t)m->bytes.len, 4);
	put(out, (uint32_t)strlen(m->name), 2);
	put(out, 0, 2);
}

static void make(struct buf *out, const struct worker_thread *members, unsigned count)
{
	struct buf directory, packed;
	size_t begin;

	buf_init(&directory, 0);
	buf_init(&packed, 0);
	for (unsigned i = 0; i < count; i++) {
		begin = out->len;
		buf_clear(&packed);
		put_packed(&packed, &members[i]);
		put(out, 0x04034b50, 4);
		put_facts(out, &members[i], packed.len);
		buf_add(out, str_of(members[i].name));
		buf_add(out, buf_str(&packed));
		put(&directory, 0x02014b50, 4);
		put(&directory, 20, 2);
		put_facts(&directory, &members[i], packed.len);
		put(&directory, 0, 4);
		put(&directory, 0, 2);
		put(&directory, 0, 4);
		put(&directory, (uint32_t)begin, 4);
		buf_add(&directory, str_of(members[i].name));
	}
	begin = out->len;
	buf_add(out, buf_str(&directory));
	put(out, 0x06054b50, 4);
	put(out, 0, 4);
	put(out, count, 2);
	put(out, count, 2);
	put(out, (uint32_t)directory.len, 4);
	put(out, (uint32_t)begin, 4);
	put(out, 7, 2);
	buf_add(out, STR("remarks"));
	buf_release(&directory);
	buf_release(&packed);
}

static const struct worker_thread members[] = {
    {"resources/a.txt", {"as given", 8}, false},
    {"visit.har", {PROSE, sizeof(PROSE) - 1}, true},
    {"empty", {"", 0}, false},
};

static void test_members(void **state)
{
	struct arena a;
	struct buf zip;
	const char *why;

	(void)state;
	arena_init(&a, 0);
	buf_init(&zip, 0);
	make(&zip, members, 3);
	assert_true(unzip_is_archive(buf_str(&zip)));
	assert_true(str_eq(unzip_member(&a, buf_str(&zip), STR(".har"), true, &why), STR(PROSE)));
	assert_null(why);
	assert_true(str_eq(unzip_member(&a, buf_str(&zip), STR("resources/a.txt"), false, &why),
			   STR("as given")));
	assert_non_null(unzip_member(&a, buf_str(&zip), STR("empty"), false, &why).ptr);
	assert_null(unzip_member(&a, buf_str(&zip), STR("a.txt"), false, &why).ptr);
	assert_null(why);
	buf_release(&zip);
	arena_release(&a);
}

/* Any byte changed, and truncated anywhere: the original content, or an error with a reason. */
static void test_damages(void **state)
{
	struct arena a;
	struct buf zip;
	const char *why;
	unsigned told = 0;

	(void)state;
	buf_init(&zip, 0);
	make(&zip, members, 3);
	for (size_t i = 0; i < zip.len; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			arena_init(&a, 0);
			zip.data[i] ^= (char)(1 << bit);
			struct str made =
			    unzip_member(&a, buf_str(&zip), STR("visit.har"), false, &why);
			zip.data[i] ^= (char)(1 << bit);
			assert_true(!made.ptr || str_eq(made, STR(PROSE)));
			told += why != NULL;
			arena_release(&a);
		}
		arena_init(&a, 0);
		if (i < zip.len - 7) /* except the comment at the end */
			assert_null(
			    unzip_member(&a, str_n(zip.data, i), STR("visit.har"), false, &why)
				.ptr);
		arena_release(&a);
	}
	assert_in_range(told, 100, 8 * zip.len);
	buf_release(&zip);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_members),
	    cmocka_unit_test(test_damages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
