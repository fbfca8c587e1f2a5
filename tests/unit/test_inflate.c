/* Decompression: formats, members, truncated and damaged data, limits, Content-Encoding. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "base/inflate.h"

/* Appends PLAIN, compressed with the window bits of one format. */
static void pack(int window_bits, struct str plain, struct buf *out)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)plain.ptr, .avail_in = (uInt)plain.len};
	unsigned char bytes[4096];

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_out = bytes;
	z.avail_out = sizeof bytes;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	buf_add(out, str_n((const char *)bytes, z.total_out));
	deflateEnd(&z);
}

static const struct {
	enum inflate_format format;
	int window_bits;
} formats[] = {
    {INFLATE_ZLIB, 15},		{INFLATE_GZIP, 31},	    {INFLATE_RAW, -15},
    {INFLATE_ZLIB_OR_GZIP, 15}, {INFLATE_ZLIB_OR_GZIP, 31},
};

static void test_formats(void **state)
{
	struct str plain = STR("a text, a text, a text, and another text");
	struct buf packed, out;

	(void)state;
	buf_init(&packed, 0);
	buf_init(&out, 0);
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		enum inflate_format format = formats[i].format;

		buf_clear(&packed);
		pack(formats[i].window_bits, plain, &packed);
		buf_clear(&out);
		buf_add(&out, STR("before "));
		assert_int_equal(inflate_all(format, buf_str(&packed), plain.len, &out),
				 INFLATE_COMPLETE);
		assert_string_equal(out.data, "before a text, a text, a text, and another text");
		for (size_t len = 0; len < packed.len; len++) {
			buf_clear(&out);
			assert_int_equal(
			    inflate_all(format, str_n(packed.data, len), plain.len, &out),
			    INFLATE_TRUNCATED);
		}
		buf_clear(&out);
		assert_int_equal(inflate_all(format, buf_str(&packed), plain.len - 1, &out),
				 INFLATE_TOO_LARGE);
		assert_int_equal(out.len, plain.len - 1);
		memset(packed.data, 0x7f, packed.len);
		buf_clear(&out);
		assert_int_equal(inflate_all(format, buf_str(&packed), plain.len, &out),
				 INFLATE_DAMAGED);
	}
	buf_release(&packed);
	buf_release(&out);
}

static void test_members_of_gzip(void **state)
{
	struct buf packed, out;

	(void)state;
	buf_init(&packed, 0);
	buf_init(&out, 0);
	pack(31, STR("one "), &packed);
	pack(31, STR(""), &packed);
	pack(31, STR("two"), &packed);
	buf_add(&packed, str_n("\0\0\0\0", 4));
	assert_int_equal(inflate_all(INFLATE_GZIP, buf_str(&packed), 100, &out), INFLATE_COMPLETE);
	assert_string_equal(out.data, "one two");
	buf_clear(&packed);
	buf_clear(&out);
	pack(15, STR("one "), &packed);
	pack(15, STR("two"), &packed);
	assert_int_equal(inflate_all(INFLATE_ZLIB, buf_str(&packed), 100, &out), INFLATE_COMPLETE);
	assert_string_equal(out.data, "one ");
	buf_release(&packed);
	buf_release(&out);
}

static void test_piece_by_piece(void **state)
{
	struct str plain = STR("0123456789");
	struct buf packed;
	char piece[4];

	(void)state;
	buf_init(&packed, 0);
	pack(31, plain, &packed);
	struct inflate *in = inflate_open(INFLATE_GZIP, buf_str(&packed));
	assert_int_equal(inflate_read(in, piece, 4), 4);
	assert_memory_equal(piece, "0123", 4);
	assert_int_equal(inflate_status(in), INFLATE_MORE);
	assert_int_equal(inflate_read(in, piece, 4), 4);
	assert_memory_equal(piece, "4567", 4);
	assert_int_equal(inflate_read(in, piece, 4), 2);
	assert_memory_equal(piece, "89", 2);
	assert_int_equal(inflate_status(in), INFLATE_COMPLETE);
	assert_int_equal(inflate_read(in, piece, 4), 0);
	inflate_close(in);
	buf_release(&packed);
}

static void test_content_encoding(void **state)
{
	static const struct {
		const char *coding;
		int window_bits; /* 0: not compressed */
		bool truncated;
		const char *plain; /* NULL: rejected */
	} cases[] = {
	    {"gzip", 31, false, "body body body"},
	    {"X-GZIP", 31, false, "body body body"},
	    {"deflate", 15, false, "body body body"},
	    {"deflate", -15, false, "body body body"},
	    {"gzip", 31, true, "body body body"},
	    {"br", 31, false, NULL},
	    {"gzip", 0, false, NULL},
	    {"", 31, false, NULL},
	};
	struct buf packed, out;

	(void)state;
	buf_init(&packed, 0);
	buf_init(&out, 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		buf_clear(&packed);
		buf_clear(&out);
		if (cases[i].window_bits)
			pack(cases[i].window_bits, STR("body body body"), &packed);
		else
			buf_add(&packed, STR("body body body"));
		if (cases[i].truncated)
			packed.len -= 8;
		bool good = inflate_content(buf_str(&packed), str_of(cases[i].coding), 100, &out);
		assert_int_equal(good, cases[i].plain != NULL);
		if (good)
			assert_string_equal(out.data, cases[i].plain);
	}
	assert_false(inflate_content(STR(""), STR("gzip"), 100, &out));
	buf_release(&packed);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_formats),
	    cmocka_unit_test(test_members_of_gzip),
	    cmocka_unit_test(test_piece_by_piece),
	    cmocka_unit_test(test_content_encoding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
