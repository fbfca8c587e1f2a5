/* The recorder's certificate authority: OpenSSL reads its certificates, field by field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "net/ca_private.h"
#include "record/ca_store.h"

#define DAY_NS (24 * 3600 * NS_PER_S)

/* 2026-03-01 12:00:00 UTC. */
static const ns_t noon = 1772366400 * NS_PER_S;

static struct ca *make(ns_t wall)
{
	struct ca *a;
	struct buf pem, error;

	buf_init(&pem, 0);
	buf_init(&error, 0);
	assert_true(ca_create(STR("a-machine-with-a-very-long-name"), wall, &pem));
	a = ca_read(buf_str(&pem), &error);
	assert_non_null(a);
	buf_release(&pem);
	buf_release(&error);
	return a;
}

static void *extension(X509 *c, int nid, int *critical)
{
	void *found = X509_get_ext_d2i(c, nid, critical, NULL);

	assert_non_null(found);
	return found;
}

static void assert_server_only(X509 *c)
{
	int critical;
	EXTENDED_KEY_USAGE *use = extension(c, NID_ext_key_usage, &critical);

	assert_int_equal(sk_ASN1_OBJECT_num(use), 1);
	assert_int_equal(OBJ_obj2nid(sk_ASN1_OBJECT_value(use, 0)), NID_server_auth);
	EXTENDED_KEY_USAGE_free(use);
}

static void assert_number(X509 *c)
{
	const ASN1_INTEGER *number = X509_get0_serialNumber(c);

	assert_int_equal(ASN1_STRING_length(number), 20);
	assert_true((ASN1_STRING_get0_data(number)[0] & 0x80) == 0);
	assert_int_equal(ASN1_STRING_type(number), V_ASN1_INTEGER);
}

static void test_profile_of_the_authority(void **state)
{
	struct ca *a = make(noon);
	X509 *c = a->certificate;
	const struct ca_facts *facts = ca_facts(a);
	int critical;

	(void)state;
	assert_int_equal(X509_get_version(c), X509_VERSION_3);
	assert_number(c);
	BASIC_CONSTRAINTS *basic = extension(c, NID_basic_constraints, &critical);
	assert_int_equal(critical, 1);
	assert_true(basic->ca);
	assert_int_equal(ASN1_INTEGER_get(basic->pathlen), 0);
	BASIC_CONSTRAINTS_free(basic);
	assert_int_equal(X509_get_key_usage(c), KU_KEY_CERT_SIGN | KU_CRL_SIGN);
	assert_server_only(c);
	assert_non_null(X509_get0_subject_key_id(c));
	assert_int_equal(X509_check_issued(c, c), X509_V_OK);
	assert_int_equal(X509_verify(c, a->key), 1);
	assert_int_equal(EVP_PKEY_get_bits(a->key), 256);
	assert_true(facts->valid_from == noon - 2 * DAY_NS);
	assert_true(facts->valid_until == noon + 30 * DAY_NS);
	assert_true(
	    str_eq(facts->name, STR("reprise recorder CA a-machine-with-a-ver 2026-03-01")));
	assert_int_equal(facts->fingerprint.len, 32 * 3 - 1);
	assert_int_equal(facts->key_pin.len, 44);
	assert_true(str_starts(facts->certificate, STR("-----BEGIN CERTIFICATE-----")));
	assert_true(str_find(facts->certificate, STR("PRIVATE"), 0) == NOT_FOUND);
	ca_free(a);
}

/* The only alternative name of NAME's leaf, which must be valid. */
static GENERAL_NAMES *alternatives(struct ca *a, const char *name, int *critical)
{
	X509 *leaf = ca_leaf(a, str_of(name));
	GENERAL_NAMES *names;

	assert_non_null(leaf);
	names = extension(leaf, NID_subject_alt_name, critical);
	assert_int_equal(sk_GENERAL_NAME_num(names), 1);
	return names;
}

static void assert_leaf_name(struct ca *a, const char *name, const char *wanted)
{
	int critical, type;
	GENERAL_NAMES *names = alternatives(a, name, &critical);
	const ASN1_STRING *value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, 0), &type);

	assert_int_equal(type, GEN_DNS);
	assert_true(str_eq(
	    str_n((const char *)ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value)),
	    str_of(wanted)));
	GENERAL_NAMES_free(names);
}

static void test_profile_of_a_leaf(void **state)
{
	struct ca *a = make(noon);
	X509 *leaf = ca_leaf(a, STR("Shop.example.com"));
	X509_NAME *subject;
	char common[80];

	(void)state;
	assert_non_null(leaf);
	assert_int_equal(X509_get_version(leaf), X509_VERSION_3);
	assert_number(leaf);
	subject = X509_get_subject_name(leaf);
	assert_true(X509_NAME_get_text_by_NID(subject, NID_commonName, common, sizeof common) > 0);
	assert_string_equal(common, "shop.example.com");
	assert_int_equal(X509_check_host(leaf, "shop.example.com", 0, 0, NULL), 1);
	assert_int_equal(X509_check_host(leaf, "other.example.com", 0, 0, NULL), 0);
	assert_int_equal(X509_check_issued(a->certificate, leaf), X509_V_OK);
	assert_int_equal(X509_verify(leaf, a->key), 1);
	assert_int_equal(X509_get_key_usage(leaf), KU_DIGITAL_SIGNATURE);
	assert_server_only(leaf);
	assert_int_equal(X509_check_ca(leaf), 0);
	/* SChannel rejects a leaf with a subject key identifier, and one with another
	 * authority key identifier than its issuer. */
	assert_null(X509_get0_subject_key_id(leaf));
	assert_int_equal(ASN1_OCTET_STRING_cmp(X509_get0_authority_key_id(leaf),
					       X509_get0_subject_key_id(a->certificate)),
			 0);
	assert_int_equal(
	    ASN1_TIME_compare(X509_get0_notAfter(leaf), X509_get0_notAfter(a->certificate)), 0);
	assert_int_equal(
	    ASN1_TIME_compare(X509_get0_notBefore(leaf), X509_get0_notBefore(a->certificate)), 0);
	ca_free(a);
}

static void test_leaf_names(void **state)
{
	struct ca *a = make(noon);
	int critical, type;
	GENERAL_NAMES *names;
	const ASN1_STRING *value;

	(void)state;
	assert_leaf_name(a, "localhost", "localhost");
	assert_leaf_name(a, "example.com.", "example.com");
	assert_leaf_name(a, "shop.co.uk", "shop.co.uk");
	assert_leaf_name(a, "www.shop.co.uk", "*.shop.co.uk");
	assert_leaf_name(a, "img.shop.co.uk", "*.shop.co.uk");
	assert_ptr_equal(ca_leaf(a, STR("www.shop.co.uk")), ca_leaf(a, STR("IMG.shop.co.uk")));
	names = alternatives(a, "127.0.0.1", &critical);
	value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, 0), &type);
	assert_int_equal(type, GEN_IPADD);
	assert_memory_equal(ASN1_STRING_get0_data(value), "\x7f\0\0\1", 4);
	GENERAL_NAMES_free(names);
	names = alternatives(a, "::1", &critical);
	value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, 0), &type);
	assert_int_equal(ASN1_STRING_length(value), 16);
	GENERAL_NAMES_free(names);
	ca_free(a);
}

static void test_long_names_have_no_common_name(void **state)
{
	static const char name[] = "a-name-that-is-far-longer-than-a-common-name-may-be."
				   "which-has-no-more-than-64-characters";
	struct ca *a = make(noon);
	X509 *leaf = ca_leaf(a, str_of(name));
	int critical;
	GENERAL_NAMES *names = alternatives(a, name, &critical);

	(void)state;
	assert_int_equal(X509_NAME_entry_count(X509_get_subject_name(leaf)), 0);
	assert_int_equal(critical, 1);
	assert_int_equal(X509_check_host(leaf, name, 0, 0, NULL), 1);
	GENERAL_NAMES_free(names);
	ca_free(a);
}

static void test_invalid_names(void **state)
{
	static const char *const bad[] = {"",	 ".",	 "a b",	  "a,DNS:b",
					  "a/b", "a..b", "[::1]", "x\"y"};
	struct ca *a = make(noon);
	char longer[300];

	(void)state;
	memset(longer, 'a', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (ca_leaf(a, str_of(bad[i])))
			fail_msg("a leaf for '%s'", bad[i]);
	assert_null(ca_leaf(a, str_of(longer)));
	ca_free(a);
}

static void test_the_leaves_used_last_are_kept(void **state)
{
	struct ca *a = make(noon);
	X509 *first = ca_leaf(a, STR("first.test"));
	char name[32];

	(void)state;
	X509_up_ref(first);
	for (int i = 0; i < 2 * CA_LEAVES; i++) {
		snprintf(name, sizeof name, "host%d.test", i);
		assert_non_null(ca_leaf(a, str_of(name)));
		if (i < CA_LEAVES)
			assert_ptr_equal(ca_leaf(a, STR("first.test")), first);
	}
	assert_int_equal(a->leaf_count, CA_LEAVES);
	assert_ptr_not_equal(ca_leaf(a, STR("first.test")), first);
	X509_free(first);
	ca_free(a);
}

static void test_invalid_authority(void **state)
{
	struct ca *a = make(noon), *b = make(noon);
	struct buf pem, error;

	(void)state;
	buf_init(&pem, 0);
	buf_init(&error, 0);
	assert_null(ca_read(STR("nonsense"), &error));
	assert_true(error.len > 0);
	/* The certificate of one with the key of another. */
	assert_true(ca_create(STR("x"), noon, &pem));
	size_t key_end = str_find(buf_str(&pem), STR("-----BEGIN CERTIFICATE"), 0);
	pem.len = key_end;
	buf_add(&pem, ca_facts(a)->certificate);
	assert_null(ca_read(buf_str(&pem), &error));
	assert_false(str_eq(ca_facts(a)->key_pin, ca_facts(b)->key_pin));
	buf_release(&pem);
	buf_release(&error);
	ca_free(a);
	ca_free(b);
}

/* ---- the store */

struct place {
	char home[64];
	struct arena arena;
	struct ca_store store;
	struct buf error;
};

static void place_open(struct place *p)
{
	snprintf(p->home, sizeof p->home, "/tmp/reprise-ca-XXXXXX");
	assert_non_null(mkdtemp(p->home));
	setenv("XDG_DATA_HOME", p->home, 1);
	arena_init(&p->arena, 0);
	buf_init(&p->error, 0);
	assert_true(ca_store_find(&p->arena, &p->store, &p->error));
}

static void place_close(struct place *p)
{
	bool there;

	assert_true(ca_store_remove(&p->store, &there, &p->error));
	rmdir(arena_printf(&p->arena, "%s/reprise", p->home).ptr);
	assert_int_equal(rmdir(p->home), 0);
	arena_release(&p->arena);
	buf_release(&p->error);
}

static unsigned mode_of(struct str path)
{
	struct stat facts;

	assert_int_equal(stat(path.ptr, &facts), 0);
	return (unsigned)facts.st_mode & 0777;
}

static enum ca_result open_at(struct place *p, ns_t wall, bool make_it)
{
	struct ca *a = NULL;
	enum ca_result result;

	buf_clear(&p->error);
	result = ca_store_open(&p->store, wall, make_it, &a, &p->error);
	assert_true((a != NULL) == (result < CA_MISSING));
	ca_free(a);
	return result;
}

static void test_made_once_and_renewed(void **state)
{
	struct place p;
	mode_t mask = umask(0);

	(void)state;
	place_open(&p);
	assert_int_equal(open_at(&p, noon, false), CA_MISSING);
	assert_int_equal(open_at(&p, noon, true), CA_CREATED);
	assert_int_equal(mode_of(p.store.folder), 0700);
	assert_int_equal(mode_of(p.store.key_path), 0600);
	assert_int_equal(open_at(&p, noon, true), CA_READY);
	assert_int_equal(open_at(&p, noon + 20 * DAY_NS, true), CA_READY);
	assert_int_equal(open_at(&p, noon + 30 * DAY_NS, true), CA_RENEWED);
	assert_int_equal(mode_of(p.store.key_path), 0600);
	assert_int_equal(open_at(&p, noon + 30 * DAY_NS, true), CA_READY);
	/* The certificate is written again if it was deleted. */
	assert_int_equal(unlink(p.store.certificate_path.ptr), 0);
	assert_int_equal(open_at(&p, noon + 30 * DAY_NS, true), CA_READY);
	assert_int_equal(access(p.store.certificate_path.ptr, R_OK), 0);
	umask(mask);
	place_close(&p);
}

static void test_refused_when_others_may_read(void **state)
{
	struct place p;

	(void)state;
	place_open(&p);
	assert_int_equal(open_at(&p, noon, true), CA_CREATED);
	chmod(p.store.key_path.ptr, 0640);
	assert_int_equal(open_at(&p, noon, true), CA_REFUSED);
	assert_true(str_find(buf_str(&p.error), STR("can be read by others (mode 0640)"), 0) !=
		    NOT_FOUND);
	chmod(p.store.key_path.ptr, 0600);
	chmod(p.store.folder.ptr, 0755);
	assert_int_equal(open_at(&p, noon, true), CA_REFUSED);
	chmod(p.store.folder.ptr, 0700);
	assert_int_equal(open_at(&p, noon, true), CA_READY);
	assert_int_equal(truncate(p.store.key_path.ptr, 40), 0);
	assert_int_equal(open_at(&p, noon, true), CA_REFUSED);
	place_close(&p);
}

static void test_no_link_is_followed(void **state)
{
	struct place p;

	(void)state;
	place_open(&p);
	assert_int_equal(open_at(&p, noon, true), CA_CREATED);
	struct str elsewhere = arena_printf(&p.arena, "%s/elsewhere", p.home);
	assert_int_equal(rename(p.store.key_path.ptr, elsewhere.ptr), 0);
	assert_int_equal(symlink(elsewhere.ptr, p.store.key_path.ptr), 0);
	assert_int_equal(open_at(&p, noon, true), CA_REFUSED);
	unlink(elsewhere.ptr);
	place_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_profile_of_the_authority),
	    cmocka_unit_test(test_profile_of_a_leaf),
	    cmocka_unit_test(test_leaf_names),
	    cmocka_unit_test(test_long_names_have_no_common_name),
	    cmocka_unit_test(test_invalid_names),
	    cmocka_unit_test(test_the_leaves_used_last_are_kept),
	    cmocka_unit_test(test_invalid_authority),
	    cmocka_unit_test(test_made_once_and_renewed),
	    cmocka_unit_test(test_refused_when_others_may_read),
	    cmocka_unit_test(test_no_link_is_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
