/* The HdrHistogram V2 format: reads its own output and that of other programs, and detects damage.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base64.h"
#include "base/random.h"
#include "stats/hdr.h"

static void test_round_trip(void **state)
{
	struct random_stream draws = random_stream(7, 0, 0, 0);
	struct histogram a, b;
	struct buf bytes;
	const char *why = "";

	(void)state;
	histogram_init(&a);
	histogram_init(&b);
	buf_init(&bytes, 0);
	for (int i = 0; i < 20000; i++)
		histogram_record(&a, (ns_t)(random_exponential(&draws, 20e6)), 1);
	histogram_record(&a, 3600 * NS_PER_S, UINT64_C(1) << 40);
	assert_true(hdr_encode(&a, &bytes));
	if (!hdr_decode(&b, buf_str(&bytes), &why))
		fail_msg("%s", why);
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
	const char *why = "";

	(void)state;
	histogram_init(&h);
	buf_init(&bytes, 0);
	assert_true(base64_decode(&bytes, str_of(written)));
	if (!hdr_decode(&h, buf_str(&bytes), &why))
		fail_msg("%s", why);
	assert_int_equal(h.m.count, 2000);
	assert_int_equal(
	    histogram_high_us(histogram_index(histogram_percentile(&h, 50) / NS_PER_US)), 1000447);
	assert_int_equal(
	    histogram_high_us(histogram_index(histogram_percentile(&h, 99.9) / NS_PER_US)),
	    3993599);
	buf_release(&bytes);
	histogram_release(&h);
}

static void test_damage(void **state)
{
	struct histogram a, b;
	struct buf bytes;
	const char *why = NULL;

	(void)state;
	histogram_init(&a);
	buf_init(&bytes, 0);
	for (int i = 1; i < 5000; i++)
		histogram_record(&a, i * NS_PER_MS, 1);
	assert_true(hdr_encode(&a, &bytes));
	for (size_t cut = 0; cut < bytes.len; cut += 7) {
		histogram_init(&b);
		why = NULL;
		assert_false(hdr_decode(&b, str_n(bytes.data, cut), &why));
		assert_non_null(why);
		histogram_release(&b);
	}
	for (size_t at = 8; at < bytes.len; at += 3) {
		histogram_init(&b);
		bytes.data[at] = (char)~bytes.data[at];
		hdr_decode(&b, buf_str(&bytes), &why); /* must return, with any result */
		bytes.data[at] = (char)~bytes.data[at];
		histogram_release(&b);
	}
	buf_release(&bytes);
	histogram_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_of_others),
	    cmocka_unit_test(test_damage),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
