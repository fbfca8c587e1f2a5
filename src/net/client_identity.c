#include "net/client_identity.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <uthash.h>

#include "base/alloc.h"
#include "base/tls_identity.h"
#include "net/client_private.h"

/* Certificates that are set per send: the one that was not used for the longest time is dropped
 * when there are more. It is loaded again when it is needed. */
#define IDENTITIES_MAX 10000u

struct client_identity {
	UT_hash_handle hh;
	uint64_t number; /* from 1 */
	unsigned users;	 /* exchanges */
	struct tls_identity parts;
	struct buf pem, key_pem; /* for libcurl; empty: not needed yet */
	struct buf failure;	 /* why it could not be loaded */
	size_t key_len;
	char key[]; /* certificate, key and passphrase, each NUL-terminated */
};

struct client_identities {
	struct client_identity *all;	     /* a hash table, the last used at its end */
	struct client_identity **of_profile; /* NULL: no certificate */
	uint64_t last_number;
};

static struct client_identity *load(struct client *c, struct str key)
{
	struct client_identity *i = alloc_zeroed(1, sizeof *i + key.len);
	enum tls_identity_part part;
	struct tls_identity_source source;

	memcpy(i->key, key.ptr, key.len);
	i->key_len = key.len;
	i->number = ++c->identities->last_number;
	source.cert = i->key;
	source.key = source.cert + strlen(source.cert) + 1;
	source.passphrase = source.key + strlen(source.key) + 1;
	(void)tls_identity_load(&source, &i->parts, &part, &i->failure);
	return i;
}

static void identity_free(struct client_identity *i)
{
	if (!i)
		return;
	tls_identity_release(&i->parts);
	explicit_bzero(i->key, i->key_len);
	if (i->key_pem.data)
		explicit_bzero(i->key_pem.data, i->key_pem.len);
	buf_release(&i->pem);
	buf_release(&i->key_pem);
	buf_release(&i->failure);
	free(i);
}

/* ---- of profiles */

static void put_key(const struct http_tls_profile *profile, struct buf *key)
{
	const char *texts[] = {profile->cert, profile->key, profile->passphrase};

	for (size_t i = 0; i < 3; i++) {
		buf_add(key, str_of(texts[i] ? texts[i] : ""));
		buf_add_char(key, '\0');
	}
}

static bool load_profile(struct client *c, size_t at, struct buf *error)
{
	const struct http_tls_profile *profile = &c->config.tls_profiles[at];
	struct buf key;

	if (!profile->cert)
		return true;
	buf_init(&key, 0);
	put_key(profile, &key);
	c->identities->of_profile[at] = load(c, buf_str(&key));
	explicit_bzero(key.data, key.len);
	buf_release(&key);
	buf_add(error, buf_str(&c->identities->of_profile[at]->failure));
	return !error->len;
}

bool client_identity_init_all(struct client *c, struct buf *error)
{
	size_t count = c->config.tls_profile_count;

	c->identities = alloc_zeroed(1, sizeof *c->identities);
	c->identities->of_profile = alloc_zeroed(count + 1, sizeof *c->identities->of_profile);
	for (size_t i = 0; i < count; i++)
		if (!load_profile(c, i, error))
			return false;
	return true;
}

void client_identity_free_all(struct client *c)
{
	struct client_identity *i, *next;

	for (size_t at = 0; at < c->config.tls_profile_count; at++)
		identity_free(c->identities->of_profile[at]);
	HASH_ITER (hh, c->identities->all, i, next) {
		HASH_DEL(c->identities->all, i);
		identity_free(i);
	}
	free(c->identities->of_profile);
	free(c->identities);
}

/* ---- set per send */

static void drop_oldest(struct client *c)
{
	struct client_identity *i, *next;

	HASH_ITER (hh, c->identities->all, i, next) {
		if (i->users)
			continue;
		HASH_DEL(c->identities->all, i);
		identity_free(i);
		return;
	}
}

static struct client_identity *find(struct client *c, struct str key)
{
	struct client_identity *i;

	HASH_FIND(hh, c->identities->all, key.ptr, key.len, i);
	if (i) {
		HASH_DEL(c->identities->all, i);
	} else {
		if (HASH_COUNT(c->identities->all) >= IDENTITIES_MAX)
			drop_oldest(c);
		i = load(c, key);
	}
	HASH_ADD(hh, c->identities->all, key, key.len, i);
	return i;
}

bool client_identity_find(struct client_exchange *x)
{
	struct client *c = x->client;
	unsigned profile = x->pub.plan->spec.tls_profile;

	x->identity = NULL;
	if (profile < c->config.tls_profile_count)
		x->identity = c->identities->of_profile[profile];
	if (!x->pub.identity.len || strncasecmp(x->pub.last_url, "https:", 6) != 0)
		return true;
	x->identity = find(c, buf_str(&x->pub.identity));
	x->identity->users++;
	if (!x->identity->failure.len)
		return true;
	client_finish(x, HTTP_TLS, x->identity->failure.data);
	return false;
}

void client_identity_done(struct client_exchange *x)
{
	if (x->identity && x->identity->users)
		x->identity->users--;
	x->identity = NULL;
}

uint64_t client_identity_number(const struct client_exchange *x)
{
	return x->identity ? x->identity->number : 0;
}

/* ---- connections */

void client_identity_use(const struct client_exchange *x, SSL *ssl)
{
	const struct tls_identity *parts;

	if (!x->identity)
		return;
	parts = &x->identity->parts;
	if (SSL_use_cert_and_key(ssl, parts->certificate, parts->key, parts->chain, 1) != 1)
		ERR_clear_error(); /* such as a key that is too small: the server will refuse */
}

static void set_blob(CURL *easy, CURLoption option, struct buf *content)
{
	struct curl_blob blob = {content->data, content->len, CURL_BLOB_COPY};

	curl_easy_setopt(easy, option, content->len ? &blob : NULL);
}

void client_identity_use_curl(const struct client_exchange *x, CURL *easy)
{
	static struct buf none;
	struct client_identity *i = x->identity;

	if (i && !i->pem.len)
		tls_identity_put_pem(&i->parts, &i->pem, &i->key_pem);
	set_blob(easy, CURLOPT_SSLCERT_BLOB, i ? &i->pem : &none);
	set_blob(easy, CURLOPT_SSLKEY_BLOB, i ? &i->key_pem : &none);
}
