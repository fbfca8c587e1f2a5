#include "net/client_private.h"

#include <string.h>

static void set_manner(struct client_exchange *x, int auth, const char *scope)
{
	x->curl.set.auth = auth;
	x->curl.set.auth_scope = scope;
	curl_easy_setopt(x->curl.easy, CURLOPT_AWS_SIGV4, scope);
	if (auth != HTTP_AUTH_AWS)
		curl_easy_setopt(x->curl.easy, CURLOPT_HTTPAUTH,
				 auth == HTTP_AUTH_DIGEST ? CURLAUTH_DIGEST : CURLAUTH_BASIC);
	if (auth == HTTP_AUTH_NONE) {
		curl_easy_setopt(x->curl.easy, CURLOPT_USERNAME, NULL);
		curl_easy_setopt(x->curl.easy, CURLOPT_PASSWORD, NULL);
	}
}

void libcurl_auth_set(struct client_exchange *x)
{
	const struct http_plan_spec *spec = &x->pub.plan->spec;
	int auth = x->pub.drop_credentials ? HTTP_AUTH_NONE : spec->auth;
	const char *scope = auth == HTTP_AUTH_AWS ? spec->auth_scope : NULL;
	const char *user = x->pub.login.data;

	if (x->curl.set.auth != auth || x->curl.set.auth_scope != scope)
		set_manner(x, auth, scope);
	if (auth == HTTP_AUTH_NONE)
		return;
	curl_easy_setopt(x->curl.easy, CURLOPT_USERNAME, user);
	curl_easy_setopt(x->curl.easy, CURLOPT_PASSWORD, user + strlen(user) + 1);
}
