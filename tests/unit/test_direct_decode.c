/* Decoders of the direct transport (net/direct.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "net/direct.h"

#define TEXT "hats hats hats, green hats and red hats"

static const struct {
	const char *coding;
	struct str packed;
} rows[] = {
    {"gzip", STR("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\x2c\x29\x56\xc8\x80\x11\x3a\x0a"
		 "\xe9\x45\xa9\xa9\x79\x10\x81\xc4\xbc\x14\x85\xa2\xd4\x14\x30\x07\x00\x8c\x1e\x2d"
		 "\x94\x27\x00\x00\x00")},
    {"X-GZip", STR("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\x2c\x29\x56\xc8\x80\x11\x3a"
		   "\x0a\xe9\x45\xa9\xa9\x79\x10\x81\xc4\xbc\x14\x85\xa2\xd4\x14\x30\x07\x00\x8c"
		   "\x1e\x2d\x94\x27\x00\x00\x00")},
    {"deflate", STR("\x78\xda\xcb\x48\x2c\x29\x56\xc8\x80\x11\x3a\x0a\xe9\x45\xa9\xa9\x79\x10\x81"
		    "\xc4\xbc\x14\x85\xa2\xd4\x14\x30\x07\x00\x18\xe5\x0d\xfc")},
    {"deflate", STR("\xcb\x48\x2c\x29\x56\xc8\x80\x11\x3a\x0a\xe9\x45\xa9\xa9\x79\x10\x81\xc4\xbc"
		    "\x14\x85\xa2\xd4\x14\x30\x07\x00")},
    {"br", STR("\x1b\x26\x00\xf8\x1d\x09\x36\x4e\x76\x6d\x9e\x89\x82\x15\x9a\x5b\x86\x95\xc9\x35"
	       "\x08\xd9\x1c\xdd\x16\x64\x90\x57\x76\x91\x05\x6c\x50\x51\x7c\xb8\x1f\x1a\x73\x01")},
};

static bool add(void *owner, struct str piece)
{
	return buf_add(owner, piece);
}

/* Decodes PACKED in pieces. False if the decoder refuses it. */
static bool decode(struct direct *d, const char *coding, struct str packed, size_t piece,
		   struct buf *out)
{
	struct direct_decoder *decoder = direct_decoder_open(d, str_of(coding));
	bool good = decoder != NULL;

	buf_clear(out);
	for (size_t at = 0; good && at < packed.len; at += piece)
		good = direct_decoder_feed(decoder, str_slice(packed, at, at + piece), add, out);
	direct_decoder_close(d, decoder);
	return good;
}

static void test_pieces(void **state)
{
	struct direct d = {.spare_decoders = NULL};
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (size_t piece = 1; piece <= rows[i].packed.len; piece++) {
			if (!decode(&d, rows[i].coding, rows[i].packed, piece, &out))
				fail_msg("row %zu in pieces of %zu", i, piece);
			assert_string_equal(out.data, TEXT);
		}
	buf_release(&out);
	direct_decoders_free(&d);
}

static void test_refused(void **state)
{
	struct direct d = {.spare_decoders = NULL};
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	assert_false(decode(&d, "gzip", STR("not gzip at all"), 15, &out));
	assert_false(decode(&d, "br", STR("\xff\xff\xff\xff not brotli"), 15, &out));
	assert_false(decode(&d, "deflate", STR("\xff\xff\xff\xff\xff"), 5, &out));
	assert_false(decode(&d, "zstd", STR("x"), 1, &out));
	/* Data after the end. */
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf more;

		buf_init(&more, 0);
		buf_add(&more, rows[i].packed);
		buf_add(&more, STR("more"));
		assert_false(decode(&d, rows[i].coding, buf_str(&more), more.len, &out));
		assert_false(decode(&d, rows[i].coding, buf_str(&more), rows[i].packed.len, &out));
		buf_release(&more);
	}
	buf_release(&out);
	direct_decoders_free(&d);
}

static void test_limit(void **state)
{
	struct direct d = {.spare_decoders = NULL};
	struct buf out;

	(void)state;
	buf_init(&out, 10);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_false(decode(&d, rows[i].coding, rows[i].packed, rows[i].packed.len, &out));
		assert_true(out.overflow);
	}
	buf_release(&out);
	direct_decoders_free(&d);
}

static void test_identity(void **state)
{
	struct direct d = {.spare_decoders = NULL};

	(void)state;
	assert_null(direct_decoder_open(&d, STR("")));
	assert_null(direct_decoder_open(&d, STR("Identity")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_pieces),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_limit),
	    cmocka_unit_test(test_identity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
