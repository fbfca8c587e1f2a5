#include "net/client_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/log.h"
#include "net/kerberos.h"

/*
 * Authentication with libcurl. NTLM and Kerberos authenticate a connection: the server takes each
 * further request on it for one of that login. libcurl 7.88 compares the logins of connections only
 * for NTLM, so each login of a user has a separate share with separate connections here. They are
 * closed when the user sends with another login, and when the user leaves.
 */

struct libcurl_login {
	struct libcurl_login *next;
	CURLSH *share;
	unsigned users; /* requests in flight */
	int auth;
	size_t len;
	char key[]; /* the login of the exchange */
};

static long manner_of(int auth)
{
	switch (auth) {
	case HTTP_AUTH_DIGEST:
		return CURLAUTH_DIGEST;
	case HTTP_AUTH_NTLM:
		return CURLAUTH_NTLM;
	case HTTP_AUTH_NEGOTIATE:
		return CURLAUTH_NEGOTIATE;
	default:
		return CURLAUTH_BASIC;
	}
}

static void set_manner(struct client_exchange *x, int auth, const char *scope)
{
	x->curl.set.auth = auth;
	x->curl.set.auth_scope = scope;
	curl_easy_setopt(x->curl.easy, CURLOPT_AWS_SIGV4, scope);
	if (auth != HTTP_AUTH_AWS)
		curl_easy_setopt(x->curl.easy, CURLOPT_HTTPAUTH, manner_of(auth));
	if (auth == HTTP_AUTH_NONE) {
		curl_easy_setopt(x->curl.easy, CURLOPT_USERNAME, NULL);
		curl_easy_setopt(x->curl.easy, CURLOPT_PASSWORD, NULL);
	}
}

/* The authentication of X, which a redirect may have ended. */
static int auth_of(const struct client_exchange *x)
{
	return x->pub.drop_credentials ? HTTP_AUTH_NONE : x->pub.plan->spec.auth;
}

void libcurl_auth_set(struct client_exchange *x)
{
	int auth = auth_of(x);
	const char *scope = auth == HTTP_AUTH_AWS ? x->pub.plan->spec.auth_scope : NULL;
	const char *user = x->pub.login.data;

	if (x->curl.set.auth != auth || x->curl.set.auth_scope != scope)
		set_manner(x, auth, scope);
	if (auth == HTTP_AUTH_NONE)
		return;
	curl_easy_setopt(x->curl.easy, CURLOPT_USERNAME, user);
	/* The password of a Kerberos user requests the ticket (net/client_ticket.h). */
	curl_easy_setopt(x->curl.easy, CURLOPT_PASSWORD,
			 auth == HTTP_AUTH_NEGOTIATE ? "" : user + strlen(user) + 1);
}

bool libcurl_auth_is_of_connection(int auth)
{
	return auth == HTTP_AUTH_NTLM || auth == HTTP_AUTH_NEGOTIATE;
}

const char *http_auth_obstacle(int auth)
{
	int features = curl_version_info(CURLVERSION_NOW)->features;

	if (auth == HTTP_AUTH_NTLM && !(features & CURL_VERSION_NTLM))
		return "the libcurl of this machine was built without NTLM; install a libcurl that "
		       "has it";
	if (auth == HTTP_AUTH_NEGOTIATE &&
	    (!(features & CURL_VERSION_SPNEGO) || !(features & CURL_VERSION_GSSAPI)))
		return "the libcurl of this machine was built without SPNEGO by GSS-API; install a "
		       "libcurl that has it";
	if (auth == HTTP_AUTH_NEGOTIATE && !kerberos_is_available())
		return "this program was built without Kerberos; install libkrb5-dev and build it "
		       "again";
	return NULL;
}

/* ---- connections of a login */

static void login_free(struct libcurl_login *login)
{
	if (curl_share_cleanup(login->share) != CURLSHE_OK)
		BUG("a login ended while a handle had its share");
	explicit_bzero(login->key, login->len);
	free(login);
}

/* Ends the logins of USER that no request uses, except KEPT. */
static void end_unused(struct http_user *user, const struct libcurl_login *kept)
{
	struct libcurl_login **at = &user->curl.logins;

	while (*at) {
		struct libcurl_login *login = *at;

		if (login == kept || login->users) {
			at = &login->next;
			continue;
		}
		*at = login->next;
		login_free(login);
	}
}

static struct libcurl_login *login_new(struct client_exchange *x, int auth, struct str key)
{
	struct libcurl_login *login = alloc_zeroed(1, sizeof *login + key.len);

	login->share = libcurl_share_new(x->client);
	login->auth = auth;
	login->len = key.len;
	memcpy(login->key, key.ptr, key.len);
	login->next = x->pub.user->curl.logins;
	x->pub.user->curl.logins = login;
	return login;
}

static struct libcurl_login *login_of(struct client_exchange *x, int auth)
{
	struct str key = buf_str(&x->pub.login);
	struct libcurl_login *login = x->pub.user->curl.logins;

	while (login && (login->auth != auth || !str_eq(str_n(login->key, login->len), key)))
		login = login->next;
	if (login)
		return login;
	end_unused(x->pub.user, NULL);
	return login_new(x, auth, key);
}

CURLSH *libcurl_auth_share(struct client_exchange *x)
{
	struct http_user *user = x->pub.user;
	int auth = auth_of(x);

	if (libcurl_auth_is_of_connection(auth)) {
		if (!x->curl.login) {
			x->curl.login = login_of(x, auth);
			x->curl.login->users++;
		}
		return x->curl.login->share;
	}
	if (!user->curl.share)
		user->curl.share = libcurl_share_new(x->client);
	return user->curl.share;
}

void libcurl_auth_share_end(struct client_exchange *x)
{
	curl_easy_setopt(x->curl.easy, CURLOPT_SHARE, NULL);
	if (x->curl.login)
		x->curl.login->users--;
	x->curl.login = NULL;
}

void libcurl_auth_close(struct http_user *user)
{
	struct libcurl_login *next;

	for (struct libcurl_login *login = user->curl.logins; login; login = next) {
		next = login->next;
		login_free(login);
	}
	user->curl.logins = NULL;
}
