/* Known chains are never a way around OpenSSL's check of a certificate. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "net/chain_check.h"

#define HOST "shop.test"
#define NOW  ((time_t)1800000000)
#define DAY  ((time_t)86400)

struct pair {
	X509 *certificate;
	EVP_PKEY *key;
};

static struct {
	struct pair root, middle, leaf, other_root, other_leaf;
} all;

/* ---- certificates */

static void add_extension(X509 *certificate, int nid, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	assert_non_null(extension);
	X509_add_ext(certificate, extension, -1);
	X509_EXTENSION_free(extension);
}

/* ISSUER NULL: signed by itself. Valid until UNTIL. */
static struct pair make(const char *name, const struct pair *issuer, bool is_ca, time_t until)
{
	static long serial;
	struct pair p = {X509_new(), EVP_EC_gen("P-256")};
	char names[64];

	assert_non_null(p.key);
	X509_set_version(p.certificate, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(p.certificate), ++serial);
	ASN1_TIME_set(X509_getm_notBefore(p.certificate), NOW - DAY);
	ASN1_TIME_set(X509_getm_notAfter(p.certificate), until);
	X509_set_pubkey(p.certificate, p.key);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(p.certificate), "CN", MBSTRING_ASC,
				   (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(p.certificate,
			     X509_get_subject_name(issuer ? issuer->certificate : p.certificate));
	add_extension(p.certificate, NID_basic_constraints,
		      is_ca ? "critical,CA:TRUE" : "CA:FALSE");
	snprintf(names, sizeof names, "DNS:%s,DNS:*.%s", name, name);
	if (!is_ca)
		add_extension(p.certificate, NID_subject_alt_name, names);
	assert_true(X509_sign(p.certificate, issuer ? issuer->key : p.key, EVP_sha256()) > 0);
	return p;
}

static int make_all(void **state)
{
	(void)state;
	all.root = make("Root", NULL, true, NOW + 90 * DAY);
	all.middle = make("Middle", &all.root, true, NOW + 5 * DAY);
	all.leaf = make(HOST, &all.middle, false, NOW + 10 * DAY);
	all.other_root = make("Root", NULL, true, NOW + 90 * DAY);
	all.other_leaf = make(HOST, &all.other_root, false, NOW + 10 * DAY);
	return 0;
}

static int free_all(void **state)
{
	struct pair *pairs[] = {&all.root, &all.middle, &all.leaf, &all.other_root,
				&all.other_leaf};

	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		X509_free(pairs[i]->certificate);
		EVP_PKEY_free(pairs[i]->key);
	}
	return 0;
}

/* ---- one check */

struct outcome {
	int code, error;
	bool named;
};

/* Checks LEAF and MIDDLE (or NULL) with the authority ROOT. */
static struct outcome check(struct chain_check *c, X509 *root, X509 *leaf, X509 *middle,
			    const char *host, time_t now)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	STACK_OF(X509) *sent = sk_X509_new_null();
	struct outcome out;

	X509_STORE_add_cert(store, root);
	X509_STORE_set_flags(store, X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
	sk_X509_push(sent, leaf);
	if (middle)
		sk_X509_push(sent, middle);
	X509_STORE_CTX_init(context, store, leaf, sent);
	X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(context), now);
	out.code = chain_check_verify(c, context, host, now, &out.named);
	out.error = X509_STORE_CTX_get_error(context);
	X509_STORE_CTX_free(context);
	X509_STORE_free(store);
	sk_X509_free(sent);
	return out;
}

static struct outcome check_usual(struct chain_check *c, const char *host, time_t now)
{
	return check(c, all.root.certificate, all.leaf.certificate, all.middle.certificate, host,
		     now);
}

static void assert_refused(struct outcome o, int error)
{
	assert_int_equal(o.code, 0);
	assert_int_equal(o.error, error);
	assert_false(o.named);
}

/* A chain_check that knows the usual chain. */
static struct chain_check *knowing(void)
{
	struct chain_check *c = chain_check_new(true);
	struct outcome o = check_usual(c, HOST, NOW);

	assert_int_equal(o.code, 1);
	assert_true(o.named);
	assert_int_equal(chain_check_count(c), 1);
	return c;
}

/* ---- tests */

static void test_known(void **state)
{
	struct chain_check *c = knowing();

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct outcome o = check_usual(c, HOST, NOW);

		assert_int_equal(o.code, 1);
		assert_int_equal(o.error, X509_V_OK);
		assert_true(o.named);
	}
	assert_int_equal(chain_check_count(c), 1);
	chain_check_free(c);
}

static void test_another_host(void **state)
{
	struct chain_check *c = knowing();

	(void)state;
	for (unsigned long i = 0; i < 2; i++) {
		struct outcome o = check_usual(c, "other.test", NOW);

		assert_int_equal(o.code, 1); /* the chain is valid, but not for this host */
		assert_false(o.named);
		assert_int_equal(chain_check_count(c), 2 + i);
	}
	chain_check_free(c);
}

static void test_expiry(void **state)
{
	struct chain_check *c = knowing();

	(void)state;
	assert_int_equal(check_usual(c, HOST, NOW + 4 * DAY).code, 1);
	assert_int_equal(chain_check_count(c), 1);
	/* The authority in the middle expires first. */
	assert_refused(check_usual(c, HOST, NOW + 6 * DAY), X509_V_ERR_CERT_HAS_EXPIRED);
	assert_refused(check_usual(c, HOST, NOW + 11 * DAY), X509_V_ERR_CERT_HAS_EXPIRED);
	assert_refused(check_usual(c, HOST, NOW - 2 * DAY), X509_V_ERR_CERT_NOT_YET_VALID);
	assert_int_equal(chain_check_count(c), 4);
	chain_check_free(c);
}

static void test_other_authorities(void **state)
{
	struct chain_check *first = knowing(), *second = chain_check_new(true);

	(void)state;
	assert_refused(check(second, all.other_root.certificate, all.leaf.certificate,
			     all.middle.certificate, HOST, NOW),
		       X509_V_ERR_CERT_SIGNATURE_FAILURE);
	assert_int_equal(check_usual(first, HOST, NOW).code, 1);
	chain_check_free(first);
	chain_check_free(second);
}

static void test_another_chain(void **state)
{
	struct chain_check *c = knowing();

	(void)state;
	/* The same names and times, signed by another authority with the same name. */
	assert_refused(check(c, all.root.certificate, all.other_leaf.certificate, NULL, HOST, NOW),
		       X509_V_ERR_CERT_SIGNATURE_FAILURE);
	/* The same leaf without the authority in the middle. */
	assert_refused(check(c, all.root.certificate, all.leaf.certificate, NULL, HOST, NOW),
		       X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
	chain_check_free(c);
}

static void test_one_changed_bit(void **state)
{
	struct chain_check *c = knowing();
	unsigned char bytes[4096], *end = bytes;
	int len = i2d_X509(all.leaf.certificate, &end);

	(void)state;
	for (int bit = 0; bit < 8; bit++) {
		const unsigned char *at = bytes;

		bytes[len - 1] ^= (unsigned char)(1 << bit);
		X509 *changed = d2i_X509(NULL, &at, len);
		assert_non_null(changed);
		assert_int_equal(
		    check(c, all.root.certificate, changed, all.middle.certificate, HOST, NOW).code,
		    0);
		X509_free(changed);
		bytes[len - 1] ^= (unsigned char)(1 << bit);
	}
	assert_int_equal(chain_check_count(c), 9);
	chain_check_free(c);
}

/* More hosts than places: chains replace each other, and none is mixed up. */
static void test_many_hosts(void **state)
{
	struct chain_check *c = knowing();
	char host[64];

	(void)state;
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 600; i++) {
			snprintf(host, sizeof host, i % 2 ? "h%d." HOST : "h%d.other.test", i);
			struct outcome o = check_usual(c, host, NOW);

			assert_int_equal(o.code, 1);
			assert_int_equal(o.named, i % 2);
		}
	chain_check_free(c);
}

static void test_without_verification(void **state)
{
	struct chain_check *c = chain_check_new(false);
	struct outcome o =
	    check(c, all.root.certificate, all.other_leaf.certificate, NULL, "x", NOW);

	(void)state;
	assert_int_equal(o.code, 1);
	assert_false(o.named);
	assert_int_equal(chain_check_count(c), 0);
	chain_check_free(c);
}

static void test_names(void **state)
{
	(void)state;
	assert_true(chain_check_is_for(all.leaf.certificate, HOST));
	assert_true(chain_check_is_for(all.leaf.certificate, HOST "."));
	assert_true(chain_check_is_for(all.leaf.certificate, "a." HOST));
	assert_false(chain_check_is_for(all.leaf.certificate, "a.b." HOST));
	assert_false(chain_check_is_for(all.leaf.certificate, "127.0.0.1"));
	assert_false(chain_check_is_for(all.leaf.certificate, ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_known),	  cmocka_unit_test(test_another_host),
	    cmocka_unit_test(test_expiry),	  cmocka_unit_test(test_other_authorities),
	    cmocka_unit_test(test_another_chain), cmocka_unit_test(test_one_changed_bit),
	    cmocka_unit_test(test_many_hosts),	  cmocka_unit_test(test_without_verification),
	    cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, make_all, free_all);
}
