/* The HdrHistogram V2 format: a small reader of it, which reads what another program wrote, reads
 * what this program writes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base64.h"
#include "base/inflate.h"
#include "base/random.h"
#include "stats/hdr.h"

/* ---- a reader of histograms with the range and the digits that reprise uses */

#define COOKIE		  0x1c849313u
#define COOKIE_COMPRESSED 0x1c849314u
#define COOKIE_MASK	  0xffffff0fu
#define HEADER_BYTES	  40u

struct hdr_reader {
	const unsigned char *p, *end;
};

static uint64_t read_bytes(struct hdr_reader *r, unsigned bytes)
{
	uint64_t n = 0;

	assert_true(r->end - r->p >= (ptrdiff_t)bytes);
	while (bytes--)
		n = n << 8 | *r->p++;
	return n;
}

static int64_t read_zigzag(struct hdr_reader *r)
{
	uint64_t z = 0;

	for (unsigned i = 0; i < 9; i++) {
		uint64_t c = read_bytes(r, 1);

		z |= (i == 8 ? c : c & 0x7F) << (7 * i);
		if (!(c & 0x80))
			break;
	}
	return (int64_t)(z >> 1) ^ -(int64_t)(z & 1);
}

static void read_counters(struct hdr_reader *r, struct histogram *h)
{
	uint64_t index = 0;

	while (r->p < r->end) {
		int64_t n = read_zigzag(r);

		if (n < 0) { /* a run of zeros */
			index += (uint64_t)-n;
			continue;
		}
		assert_true(index < HISTOGRAM_COUNTERS);
		histogram_record(h, histogram_low_us((unsigned)index++) * NS_PER_US, (uint64_t)n);
	}
}

/* Adds the histogram in BYTES to H. */
static void decode(struct histogram *h, struct str bytes)
{
	const unsigned char *start = (const unsigned char *)bytes.ptr;
	struct hdr_reader r = {start, start + bytes.len};
	struct buf plain;

	assert_int_equal(read_bytes(&r, 4) & COOKIE_MASK, COOKIE_COMPRESSED & COOKIE_MASK);
	assert_int_equal(read_bytes(&r, 4), bytes.len - 8);
	buf_init(&plain, 0);
	assert_int_equal(
	    inflate_all(INFLATE_ZLIB, str_n((const char *)r.p, bytes.len - 8), 1 << 24, &plain),
	    INFLATE_COMPLETE);
	r.p = (const unsigned char *)plain.data;
	r.end = r.p + plain.len;
	assert_int_equal(read_bytes(&r, 4) & COOKIE_MASK, COOKIE & COOKIE_MASK);
	assert_int_equal(read_bytes(&r, 4), plain.len - HEADER_BYTES);
	assert_int_equal(read_bytes(&r, 4), 0); /* counters are not shifted */
	assert_int_equal(read_bytes(&r, 4), 3); /* digits */
	assert_int_equal(read_bytes(&r, 8), 1); /* the lowest value */
	r.p += 16;
	read_counters(&r, h);
	buf_release(&plain);
}

/* ---- tests */

static void test_round_trip(void **state)
{
	struct random_stream draws = random_stream(7, 0, 0, 0);
	struct histogram a, b;
	struct buf bytes;

	(void)state;
	histogram_init(&a);
	histogram_init(&b);
	buf_init(&bytes, 0);
	for (int i = 0; i < 20000; i++)
		histogram_record(&a, (ns_t)(random_exponential(&draws, 20e6)), 1);
	histogram_record(&a, 3600 * NS_PER_S, UINT64_C(1) << 40);
	assert_true(hdr_encode(&a, &bytes));
	decode(&b, buf_str(&bytes));
	assert_int_equal(a.m.count, b.m.count);
	for (double p = 0.5; p < 100; p += 0.5) {
		ns_t difference = histogram_percentile(&a, p) - histogram_percentile(&b, p);
		ns_t room = NS_PER_US + histogram_percentile(&a, p) / 1000;
		if (difference > room || difference < -room)
			fail_msg("p%.1f differs by %lld ns", p, (long long)difference);
	}
	buf_release(&bytes);
	histogram_release(&a);
	histogram_release(&b);
}

/* The squares of 1 to 2,000, written by the Python package hdrh 0.10. */
static void test_of_others(void **state)
{
	static const char written[] =
	    "HISTFAAAAeV4nK2QQUvUURTF554/wzCIDTKIiImEhMgQEhISIkNIiEhISIiIRESIiIRISES4KGjR"
	    "osUsWrRoUdCiRd/Gz9EniO68nr735t33/vc/jb8559xz3sCAN9/32rXajT+1f3+FTerbZe97rfvb"
	    "DijQwBhaaGMKM5jDPBbQwRKWsYJVdLGODWxhGzvYxT6e4jkOcYyXOMM53uAC7wgfCB8Jnwg9wmfC"
	    "F8JXwjfCD8JPwi/ib+/hgHnGvGCOmBPmlHnFvGbeYo1/rYsHzDrzkNlgNpkt5hGzzTxmdpgnzC5/"
	    "t2O4Y1my3LUsW+5ZViz3LauWNWbWMGfkuGXkmDdy3DZyLBg5Fo0cHdYk/7edYqYCxUwHipkJFDMb"
	    "6IrxgJaXsVpeykx4GWvCS5m2l7HaXspMGm8yDeNx6hgT03laocepY1xM52mFHucg9SyNRGtk07nU"
	    "dfJ9sOfSv+JWlWaiNbPpXOo6+d5XYaHrS+7SMirqpUtdvONLl+We7nKrrlTL9bTrU77CW+rSkoP+"
	    "i6Li2+CW70XpnV/TS7WUmu5l0PW9/KqyjEbVFs2l62nXvgyfuUVaCf1PGMGVnoUuTyP9qLbkm3Bm"
	    "pmxWKYllGFOuJXd6Gj7UPXtoH1Onaq9cNUNyTM6KR8JfD1ZlwQ==";
	struct histogram h;
	struct buf bytes;

	(void)state;
	histogram_init(&h);
	buf_init(&bytes, 0);
	assert_true(base64_decode(&bytes, str_of(written)));
	decode(&h, buf_str(&bytes));
	assert_int_equal(h.m.count, 2000);
	assert_int_equal(
	    histogram_high_us(histogram_index(histogram_percentile(&h, 50) / NS_PER_US)), 1000447);
	assert_int_equal(
	    histogram_high_us(histogram_index(histogram_percentile(&h, 99.9) / NS_PER_US)),
	    3993599);
	buf_release(&bytes);
	histogram_release(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_of_others),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
