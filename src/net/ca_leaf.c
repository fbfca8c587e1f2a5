/* The leaves that an authority issues: one for each name, created at its first use. */
#include "base/ascii.h"
#include "net/ca_private.h"

#include <arpa/inet.h>
#include <stdio.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#define COMMON_NAME_MAX 63

/* The subject of a leaf: a normalized name, or the bytes of an address. */
struct leaf_subject {
	char name[CA_NAME_MAX + 3];
	unsigned char address[16];
	size_t address_bytes; /* 0: a name */
};

/* Names of four labels or more share a leaf with their siblings. Shorter ones do not, because
 * browsers refuse wildcards directly below a public suffix (*.co.uk). */
static void share(char *name)
{
	const char *dot = strchr(name, '.');
	size_t labels = 1;

	for (const char *c = name; *c; c++)
		labels += *c == '.';
	if (labels < 4 || dot == name)
		return;
	memmove(name + 1, dot, strlen(dot) + 1);
	name[0] = '*';
}

static bool is_name(const char *name)
{
	char last = '.';

	for (const char *c = name; *c; c++) {
		if (!ascii_is_alnum(*c) && !strchr("-_.", *c))
			return false;
		if (*c == '.' && last == '.')
			return false;
		last = *c;
	}
	return *name != '\0';
}

static bool read_subject(struct str name, struct leaf_subject *out)
{
	*out = (struct leaf_subject){.address_bytes = 0};
	if (name.len && name.ptr[name.len - 1] == '.')
		name.len--;
	if (!name.len || name.len > CA_NAME_MAX)
		return false;
	for (size_t i = 0; i < name.len; i++)
		out->name[i] = ascii_to_lower(name.ptr[i]);
	if (inet_pton(AF_INET, out->name, out->address) == 1)
		out->address_bytes = 4;
	else if (inet_pton(AF_INET6, out->name, out->address) == 1)
		out->address_bytes = 16;
	if (out->address_bytes)
		return true;
	if (!is_name(out->name))
		return false;
	share(out->name);
	return true;
}

static bool add_general(GENERAL_NAMES *names, int type, const void *bytes, size_t length)
{
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_STRING *text = type == GEN_IPADD ? ASN1_OCTET_STRING_new() : ASN1_IA5STRING_new();

	if (!name || !text || ASN1_STRING_set(text, bytes, (int)length) != 1) {
		GENERAL_NAME_free(name);
		ASN1_STRING_free(text);
		return false;
	}
	GENERAL_NAME_set0_value(name, type, text);
	if (sk_GENERAL_NAME_push(names, name) > 0)
		return true;
	GENERAL_NAME_free(name);
	return false;
}

static bool add_alternatives(X509 *leaf, const struct leaf_subject *subject, bool critical)
{
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	bool good = names != NULL;

	if (good && subject->address_bytes)
		good = add_general(names, GEN_IPADD, subject->address, subject->address_bytes);
	else if (good)
		good = add_general(names, GEN_DNS, subject->name, strlen(subject->name));
	good = good && X509_add1_ext_i2d(leaf, NID_subject_alt_name, names, critical,
					 X509V3_ADD_DEFAULT) == 1;
	GENERAL_NAMES_free(names);
	return good;
}

static bool fill_in(const struct ca *a, X509 *leaf, const struct leaf_subject *subject)
{
	bool common = strlen(subject->name) <= COMMON_NAME_MAX;

	return X509_set_version(leaf, X509_VERSION_3) == 1 && ca_set_serial(leaf) &&
	       X509_set1_notBefore(leaf, X509_get0_notBefore(a->certificate)) == 1 &&
	       X509_set1_notAfter(leaf, X509_get0_notAfter(a->certificate)) == 1 &&
	       X509_set_pubkey(leaf, a->leaf_key) == 1 &&
	       X509_set_issuer_name(leaf, X509_get_subject_name(a->certificate)) == 1 &&
	       (!common ||
		X509_NAME_add_entry_by_txt(X509_get_subject_name(leaf), "CN", MBSTRING_ASC,
					   (const unsigned char *)subject->name, -1, -1, 0) == 1) &&
	       ca_add_extension(leaf, a->certificate, NID_basic_constraints, "critical,CA:FALSE") &&
	       ca_add_extension(leaf, a->certificate, NID_key_usage, "critical,digitalSignature") &&
	       ca_add_extension(leaf, a->certificate, NID_ext_key_usage, "serverAuth") &&
	       ca_add_extension(leaf, a->certificate, NID_authority_key_identifier,
				"keyid:always") &&
	       add_alternatives(leaf, subject, !common) &&
	       X509_sign(leaf, a->key, EVP_sha256()) > 0;
}

static X509 *issue(const struct ca *a, const struct leaf_subject *subject)
{
	X509 *leaf = X509_new();

	if (leaf && fill_in(a, leaf, subject))
		return leaf;
	ERR_clear_error();
	X509_free(leaf);
	return NULL;
}

/* A place for one more leaf: the next free one, or that of the leaf used longest ago. */
static struct ca_leaf *slot_for(struct ca *a)
{
	struct ca_leaf *oldest = &a->leaves[0];

	if (a->leaf_count < CA_LEAVES)
		return &a->leaves[a->leaf_count++];
	for (size_t i = 1; i < a->leaf_count; i++)
		if (a->leaves[i].used < oldest->used)
			oldest = &a->leaves[i];
	X509_free(oldest->certificate);
	return oldest;
}

X509 *ca_leaf(struct ca *a, struct str name)
{
	struct leaf_subject subject;
	struct ca_leaf *place;
	X509 *made;

	if (!read_subject(name, &subject))
		return NULL;
	a->clock++;
	for (size_t i = 0; i < a->leaf_count; i++) {
		if (strcmp(a->leaves[i].name, subject.name) == 0) {
			a->leaves[i].used = a->clock;
			return a->leaves[i].certificate;
		}
	}
	made = issue(a, &subject);
	if (!made)
		return NULL;
	place = slot_for(a);
	memcpy(place->name, subject.name, sizeof place->name);
	place->certificate = made;
	place->used = a->clock;
	return made;
}
