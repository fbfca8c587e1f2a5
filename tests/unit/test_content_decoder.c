/* Decoders of a Content-Encoding (net/content_decoder.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "net/content_decoder.h"

#define TEXT "hats hats hats, green hats and red hats"

/* A frame that needs a window of 128 MiB. */
#define LARGE_WINDOW STR("\x28\xb5\x2f\xfd\x00\x88\x01\x00\x00")
/* br data in gzip. */
#define GZIP_OF_BR                                                                                 \
	STR("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x93\x56\x63\xf8\x21\xcb\x69\xe6\x57\x96\x3b" \
	    "\xaf\xb3\x49\x74\x56\x74\xdb\xd4\x93\xa6\x1c\x37\x65\xee\x8a\xa5\x4c\x08\x2f\x9b\xc8" \
	    "\x9a\x13\x10\x58\xb3\x43\x5e\xaa\x98\x11\x00\x88\x90\xd6\xd0\x28\x00\x00\x00")

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
    {"zstd",
     STR("\x28\xb5\x2f\xfd\x00\x68\x0d\x01\x00\xe2\x41\x06\x0b\xd0\xe7\x1a\x26\x89\xbc\x40\x6b\x10"
	 "\xa5\x05\x76\x9c\xa3\x75\x10\xb7\xe3\x4c\x6d\xc9\xb0\x1d\x27\x01\x00\x28\x8a\x16")},
};

static bool add(void *owner, struct str piece)
{
	return buf_add(owner, piece);
}

/* Decodes PACKED in pieces. False if the decoder refuses it. */
static bool decode(struct content_decoders *d, const char *coding, struct str packed, size_t piece,
		   struct buf *out)
{
	struct content_decoder *decoder =
	    content_decoder_open(d, content_decoder_coding(str_of(coding)), NULL);
	struct content_decoder_sink sink = {.take = add, .owner = out};
	bool good = true;

	buf_clear(out);
	for (size_t at = 0; good && at < packed.len; at += piece)
		good = content_decoder_feed(decoder, str_slice(packed, at, at + piece), &sink);
	content_decoder_close(d, decoder);
	return good;
}

static void test_pieces(void **state)
{
	struct content_decoders d = {.spare = NULL};
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
	content_decoder_pool_free(&d);
}

static void test_refused(void **state)
{
	struct content_decoders d = {.spare = NULL};
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	assert_false(decode(&d, "gzip", STR("not gzip at all"), 15, &out));
	assert_false(decode(&d, "br", STR("\xff\xff\xff\xff not brotli"), 15, &out));
	assert_false(decode(&d, "deflate", STR("\xff\xff\xff\xff\xff"), 5, &out));
	assert_false(decode(&d, "zstd", STR("no zstd"), 7, &out));
	assert_false(decode(&d, "zstd", LARGE_WINDOW, LARGE_WINDOW.len, &out));
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
	content_decoder_pool_free(&d);
}

static void test_limit(void **state)
{
	struct content_decoders d = {.spare = NULL};
	struct buf out;

	(void)state;
	buf_init(&out, 10);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_false(decode(&d, rows[i].coding, rows[i].packed, rows[i].packed.len, &out));
		assert_true(out.overflow);
	}
	buf_release(&out);
	content_decoder_pool_free(&d);
}

/* A gzip of several members, as servers make that compress in pieces; and zstd frames. */
static void test_members(void **state)
{
	struct content_decoders d = {.spare = NULL};
	struct buf out, packed;

	(void)state;
	buf_init(&out, 0);
	buf_init(&packed, 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		bool several =
		    strcmp(rows[i].coding, "gzip") == 0 || strcmp(rows[i].coding, "zstd") == 0;

		buf_clear(&packed);
		for (int n = 0; n < 3; n++)
			buf_add(&packed, rows[i].packed);
		for (size_t piece = 1; several && piece <= packed.len; piece++) {
			assert_true(decode(&d, rows[i].coding, buf_str(&packed), piece, &out));
			assert_string_equal(out.data, TEXT TEXT TEXT);
		}
	}
	/* Zero bytes may follow. */
	buf_clear(&packed);
	buf_add(&packed, rows[0].packed);
	buf_add(&packed, STR("\0\0\0"));
	assert_true(decode(&d, "gzip", buf_str(&packed), 1, &out));
	assert_string_equal(out.data, TEXT);
	buf_release(&packed);
	buf_release(&out);
	content_decoder_pool_free(&d);
}

/* gzip of a br: "Content-Encoding: br, gzip". */
static void test_chain(void **state)
{
	struct content_decoders d = {.spare = NULL};
	struct content_decoder *chain =
	    content_decoder_open(&d, CONTENT_GZIP, content_decoder_open(&d, CONTENT_BROTLI, NULL));
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	struct content_decoder_sink sink = {.take = add, .owner = &out};
	for (size_t i = 0; i < GZIP_OF_BR.len; i++)
		assert_true(content_decoder_feed(chain, str_slice(GZIP_OF_BR, i, i + 1), &sink));
	assert_string_equal(out.data, TEXT);
	content_decoder_close(&d, chain);
	buf_release(&out);
	content_decoder_pool_free(&d);
}

static void test_names(void **state)
{
	(void)state;
	assert_int_equal(content_decoder_coding(STR("")), CONTENT_IDENTITY);
	assert_int_equal(content_decoder_coding(STR("Identity")), CONTENT_IDENTITY);
	assert_int_equal(content_decoder_coding(STR("X-GZIP")), CONTENT_GZIP);
	assert_int_equal(content_decoder_coding(STR("rot13")), CONTENT_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_pieces), cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_limit),  cmocka_unit_test(test_members),
	    cmocka_unit_test(test_chain),  cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
