#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/alloc.h"
#include "base/log.h"
#include "net/chain_check.h"
#include "net/direct_connection.h"

/*
 * The contexts of TLS: one per profile, so that authorities and settings are read once, with the
 * same settings as those of libcurl (client_tls.c). A user keeps the last session of each server,
 * for its next connection there.
 */

/* The context of a profile, and its authorities: a file, or NULL. */
struct direct_tls_context {
	SSL_CTX *context;
	const char *authorities;
	struct chain_check *chains;
};

/* A session of a user. */
struct direct_session {
	struct direct_session *next;
	struct direct_peer peer;
	SSL_SESSION *session;
};

/* ---- sessions */

/* Sessions that a user keeps; a new server replaces the oldest one. */
#define SESSIONS_MAX 64

/* Removes the record for PEER, or the oldest one if there are too many, from the list. */
static struct direct_session *take_session(const struct direct_peer *peer)
{
	struct direct_session **at = &peer->user->sessions;

	for (unsigned i = 1; *at && !direct_peer_is_same(&(*at)->peer, peer); i++) {
		if (i == SESSIONS_MAX)
			break;
		at = &(*at)->next;
	}
	struct direct_session *s = *at;
	if (s)
		*at = s->next;
	return s;
}

static void keep_session(const struct direct_peer *peer, SSL_SESSION *session)
{
	struct direct_session *s = take_session(peer);

	if (!s)
		s = alloc_zeroed(1, sizeof *s);
	SSL_SESSION_free(s->session);
	s->session = session;
	s->peer = *peer;
	s->next = peer->user->sessions;
	peer->user->sessions = s;
}

void direct_sessions_free(struct http_user *user)
{
	struct direct_session *next;

	for (struct direct_session *s = user->sessions; s; s = next) {
		next = s->next;
		SSL_SESSION_free(s->session);
		free(s);
	}
	user->sessions = NULL;
}

static int on_session(SSL *ssl, SSL_SESSION *session)
{
	struct direct_peer peer = direct_connection_peer(SSL_get_app_data(ssl));

	if (!peer.user)
		return 0;
	keep_session(&peer, session);
	return 1;
}

void direct_sessions_resume(const struct client_exchange *x, struct direct_tls *tls)
{
	const struct direct_session *s = x->pub.user->sessions;
	struct direct_peer peer = direct_peer_of(x);

	while (s && !direct_peer_is_same(&s->peer, &peer))
		s = s->next;
	if (s)
		SSL_set_session(tls->ssl, s->session);
}

/* ---- contexts */

/* Profiles with the same authorities share them: a system's bundle takes about a megabyte. */
static void load_authorities(struct direct *d, struct direct_tls_context *out)
{
	for (size_t i = 0; i < d->context_count; i++) {
		struct direct_tls_context *other = &d->contexts[i];

		if (other != out && other->context && other->authorities && out->authorities &&
		    strcmp(other->authorities, out->authorities) == 0) {
			SSL_CTX_set1_cert_store(out->context,
						SSL_CTX_get_cert_store(other->context));
			return;
		}
	}
	if (out->authorities)
		SSL_CTX_load_verify_file(out->context, out->authorities);
	X509_STORE_set_flags(SSL_CTX_get_cert_store(out->context),
			     X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
}

static int on_verify(X509_STORE_CTX *store, void *chains)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct direct_connection *k = SSL_get_app_data(ssl);

	return chain_check_verify(chains, store, k->peer.origin->host, time(NULL), &k->tls.named);
}

static void set_options(SSL_CTX *context, const struct http_tls_profile *profile)
{
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
				      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	/* A flood of messages of TLS must not keep SSL_read busy. */
	SSL_CTX_clear_mode(context, SSL_MODE_AUTO_RETRY);
	SSL_CTX_set_read_ahead(context, 1);
	SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
	if (profile->min_version)
		SSL_CTX_set_min_proto_version(context, profile->min_version == 13 ? TLS1_3_VERSION
										  : TLS1_2_VERSION);
	/* AES-128 first, as browsers. */
	SSL_CTX_set_ciphersuites(context, CLIENT_TLS13_CIPHERS);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_set_verify(context, profile->verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
}

/* The files were checked when the client was created. */
static void make_context(struct client *c, const struct http_tls_profile *profile,
			 struct direct_tls_context *out)
{
	out->context = SSL_CTX_new(TLS_client_method());
	if (!out->context)
		die_out_of_memory();
	set_options(out->context, profile);
	if (c->config.tls)
		SSL_CTX_sess_set_new_cb(out->context, on_session);
	out->authorities = profile->ca ? profile->ca : profile->verify ? c->ca_bundle : NULL;
	load_authorities(&c->direct, out);
	out->chains = chain_check_new(profile->verify);
	SSL_CTX_set_cert_verify_callback(out->context, on_verify, out->chains);
	ERR_clear_error();
}

const struct http_tls_profile *direct_tls_profile(const struct client *c, unsigned number)
{
	static const struct http_tls_profile usual = {.verify = true};

	return number < c->config.tls_profile_count ? &c->config.tls_profiles[number] : &usual;
}

SSL_CTX *direct_tls_context(struct client *c, unsigned profile)
{
	struct direct *d = &c->direct;
	size_t count = c->config.tls_profile_count;

	if (!d->contexts) {
		d->context_count = count ? count : 1;
		d->contexts = alloc_zeroed(d->context_count, sizeof *d->contexts);
	}
	if (profile >= d->context_count)
		BUG("a TLS profile that does not exist");
	if (!d->contexts[profile].context)
		make_context(c, direct_tls_profile(c, profile), &d->contexts[profile]);
	return d->contexts[profile].context;
}

void direct_tls_free(struct direct *d)
{
	for (size_t i = 0; i < d->context_count; i++) {
		SSL_CTX_free(d->contexts[i].context);
		chain_check_free(d->contexts[i].chains);
	}
	free(d->contexts);
}
