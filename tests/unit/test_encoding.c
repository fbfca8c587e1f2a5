/* base64, hexadecimal and hashes against the RFCs' own vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/digest.h"
#include "base/base64.h"

static void test_base64(void **state)
{
	/* RFC 4648 section 10. */
	static const char *const pairs[][2] = {
	    {"", ""},
	    {"f", "Zg=="},
	    {"fo", "Zm8="},
	    {"foo", "Zm9v"},
	    {"foob", "Zm9vYg=="},
	    {"fooba", "Zm9vYmE="},
	    {"foobar", "Zm9vYmFy"},
	};
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		buf_clear(&out);
		assert_true(base64_encode(&out, str_of(pairs[i][0])));
		assert_true(str_eq(buf_str(&out), str_of(pairs[i][1])));
		buf_clear(&out);
		assert_true(base64_decode(&out, str_of(pairs[i][1])));
		assert_true(str_eq(buf_str(&out), str_of(pairs[i][0])));
	}
	buf_clear(&out);
	base64_encode_url(&out, STR("\xfb\xff"));
	assert_true(str_eq(buf_str(&out), STR("-_8")));
	buf_clear(&out);
	assert_true(base64_decode(&out, STR("-_8")));
	assert_true(str_eq(buf_str(&out), STR("\xfb\xff")));
	buf_release(&out);
}

static void test_base64_refuses(void **state)
{
	static const char *const bad[] = {"Z", "Zg=", "Zg===", "Zg==Zg", "Z!==", "=", "Zm9vY"};
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (base64_decode(&out, str_of(bad[i])))
			fail_msg("accepted: %s", bad[i]);
	buf_release(&out);
}

static void expect_hex(const unsigned char *bytes, size_t length, const char *wanted)
{
	struct buf out;

	buf_init(&out, 0);
	buf_add_hex(&out, str_n((const char *)bytes, length));
	assert_true(str_eq(buf_str(&out), str_of(wanted)));
	buf_release(&out);
}

static void test_digests(void **state)
{
	unsigned char out[DIGEST_MAX];

	(void)state;
	expect_hex(out, digest_hash(DIGEST_MD5, STR("abc"), out),
		   "900150983cd24fb0d6963f7d28e17f72");
	expect_hex(out, digest_hash(DIGEST_SHA1, STR("abc"), out),
		   "a9993e364706816aba3e25717850c26c9cd0d89d");
	expect_hex(out, digest_hash(DIGEST_SHA256, STR(""), out),
		   "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	/* RFC 4231 test case 2. */
	expect_hex(
	    out, digest_hmac(DIGEST_SHA256, STR("Jefe"), STR("what do ya want for nothing?"), out),
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_base64),
	    cmocka_unit_test(test_base64_refuses),
	    cmocka_unit_test(test_digests),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
