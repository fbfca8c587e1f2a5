/* The parts of outputs: addresses, packets, buckets and failure samples. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/address.h"
#include "net/datagram.h"
#include "output/histogram_buckets.h"
#include "stats/failure_samples.h"

static void test_address(void **state)
{
	static const struct {
		const char *text, *host;
		unsigned port; /* 0: rejected */
	} rows[] = {
	    {"localhost:9", "localhost", 9},
	    {"9464", "127.0.0.1", 9464},
	    {":80", "127.0.0.1", 80},
	    {"[::1]:8125", "::1", 8125},
	    {"name", "name", 7},
	    {"[::1]", "::1", 7},
	    {"a:b", NULL, 0},
	    {"a:70000", NULL, 0},
	    {"a:", NULL, 0},
	    {"", "127.0.0.1", 7},
	    {"[::1", NULL, 0},
	    {"a b:1", NULL, 0},
	    {"http://a:1", NULL, 0},
	    {"99999", NULL, 0},
	};
	struct address address;
	struct buf error;

	(void)state;
	buf_init(&error, 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		buf_clear(&error);
		if (!rows[i].host) {
			assert_false(address_parse(str_of(rows[i].text), 7, &address, &error));
			assert_true(error.len > 0);
			continue;
		}
		assert_true(address_parse(str_of(rows[i].text), 7, &address, &error));
		assert_string_equal(address.host, rows[i].host);
		assert_int_equal(address.port, rows[i].port);
	}
	assert_false(address_parse(STR("name"), 0, &address, &error));
	buf_release(&error);
}

/* Lines stay complete and in order; packets stay within their limit. */
static void test_loopback(void **state)
{
	static const char *const yes[] = {"localhost", "LOCALHOST", "shop.localhost",
					  "127.0.0.1", "127.1.2.3", "::1"};
	static const char *const no[] = {"",
					 "localhost.example",
					 ".localhost",
					 "mylocalhost",
					 "127.example",
					 "10.0.0.1",
					 "::",
					 "0.0.0.0"};

	(void)state;
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		assert_true(address_is_loopback(str_of(yes[i])));
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		assert_false(address_is_loopback(str_of(no[i])));
}

static void test_packets(void **state)
{
	struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof own;
	int fd = socket(AF_INET, SOCK_DGRAM, 0), lines = 0;
	struct datagram d;
	struct buf error;
	char packet[4096];

	(void)state;
	buf_init(&error, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&own, sizeof own), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&own, &length), 0);
	assert_true(datagram_open(&d, "127.0.0.1", ntohs(own.sin_port), &error));
	for (int i = 0; i < 500; i++)
		datagram_add(&d, STR("reprise.a.b.requests:1|c"));
	datagram_end(&d);
	assert_int_equal(d.lost, 0);
	for (uint64_t i = 0; i < d.given; i++) {
		ssize_t n = recv(fd, packet, sizeof packet, 0);

		assert_in_range(n, 1, DATAGRAM_BYTES);
		assert_true(str_ends(str_n(packet, (size_t)n), STR("|c")));
		for (ssize_t c = 0; c < n; c++)
			lines += packet[c] == '\n';
		lines++;
	}
	assert_int_equal(lines, 500);
	close(fd);
	datagram_add(&d, STR("x:1|c"));
	datagram_end(&d);
	assert_int_equal(d.lost, 1);
	datagram_close(&d);
	buf_release(&error);
}

static void test_buckets(void **state)
{
	uint64_t until[BUCKET_COUNT];
	struct histogram h;

	(void)state;
	histogram_init(&h);
	histogram_buckets_count(&h, until);
	assert_int_equal(until[BUCKET_COUNT - 1], 0);
	histogram_record(&h, 500 * NS_PER_US, 2); /* on the limit */
	histogram_record(&h, 3 * NS_PER_MS, 3);
	histogram_record(&h, 120 * NS_PER_S, 4); /* above all */
	histogram_buckets_count(&h, until);
	assert_string_equal(bucket_bounds[0], "0.0005");
	assert_int_equal(until[0], 2);
	assert_int_equal(until[1], 2);
	assert_int_equal(until[2], 2);
	assert_int_equal(until[3], 5);
	assert_int_equal(until[BUCKET_COUNT - 1], 5);
	histogram_release(&h);
}

/* Some of each kind, within the limit, and all of them copied. */
static void test_evidence(void **state)
{
	struct failure_samples *e = failure_samples_new();
	char url[] = "http://a/";
	struct failure_sample x = {.note = {.class = FAILURE_status, .at = STR("s:1")},
				   .url = str_of(url)};
	struct buf name;

	(void)state;
	assert_int_equal(failure_samples_count(NULL), 0);
	for (unsigned i = 0; i < 10; i++)
		failure_samples_add(e, &x);
	url[0] = '!';
	assert_int_equal(failure_samples_count(e), 1);
	assert_int_equal(failure_samples_group(e, 0)->count, FAILURE_SAMPLES_EACH);
	assert_true(str_eq(failure_samples_group(e, 0)->items[0]->url, STR("http://a/")));
	for (unsigned i = 0; i < 2 * FAILURE_SAMPLES_GROUPS; i++) {
		x.note.detail = i;
		failure_samples_add(e, &x);
	}
	assert_int_equal(failure_samples_count(e), FAILURE_SAMPLES_GROUPS);
	x.note.detail = 1;
	buf_init(&name, 0);
	failure_samples_put_file(&name, failure_samples_find(e, &x.note));
	assert_true(str_eq(buf_str(&name), STR("status-2.har")));
	x.note.class = FAILURE_reset;
	assert_null(failure_samples_find(e, &x.note));
	buf_release(&name);
	failure_samples_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_address),  cmocka_unit_test(test_loopback),
	    cmocka_unit_test(test_packets),  cmocka_unit_test(test_buckets),
	    cmocka_unit_test(test_evidence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
