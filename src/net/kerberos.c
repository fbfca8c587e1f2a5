#include "net/kerberos.h"

#ifdef HAVE_KERBEROS

#include <string.h>
#include <time.h>

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_krb5.h>
#include <krb5.h>

static bool refuse(krb5_context context, krb5_error_code code, struct buf *error)
{
	const char *text;

	/* kinit has the same text. */
	if (code == KRB5KRB_AP_ERR_BAD_INTEGRITY || code == KRB5KDC_ERR_PREAUTH_FAILED) {
		buf_add(error, STR("the password is wrong"));
		return false;
	}
	text = krb5_get_error_message(context, code);
	buf_add(error, str_of(text));
	krb5_free_error_message(context, text);
	return false;
}

static void note_cache(krb5_context context, krb5_ccache cache, struct buf *out)
{
	buf_clear(out);
	buf_printf(out, "%s:%s", krb5_cc_get_type(context, cache),
		   krb5_cc_get_name(context, cache));
}

/* As kinit: the first ticket, into a new CACHE. */
static krb5_error_code log_in(krb5_context context, const struct kerberos_login *login,
			      krb5_ccache *cache)
{
	krb5_principal user = NULL;
	krb5_creds creds;
	krb5_error_code code = krb5_parse_name(context, login->user, &user);

	memset(&creds, 0, sizeof creds);
	if (!code)
		code = krb5_get_init_creds_password(context, &creds, user, login->password, NULL,
						    NULL, 0, NULL, NULL);
	if (!code)
		code = krb5_cc_new_unique(context, "MEMORY", NULL, cache);
	if (!code)
		code = krb5_cc_initialize(context, *cache, creds.client);
	if (!code)
		code = krb5_cc_store_cred(context, *cache, &creds);
	krb5_free_cred_contents(context, &creds);
	krb5_free_principal(context, user);
	return code;
}

static krb5_error_code open_cache(krb5_context context, const struct kerberos_login *login,
				  krb5_ccache *cache)
{
	if (login->user[0])
		return log_in(context, login, cache);
	if (login->cache[0])
		return krb5_cc_resolve(context, login->cache, cache);
	return krb5_cc_default(context, cache);
}

/* The ticket for the server, which libcurl's call of GSS-API then finds in CACHE. */
static krb5_error_code request_service(krb5_context context, krb5_ccache cache, const char *host,
				       int64_t *lifetime_s)
{
	krb5_creds wanted, *creds = NULL;
	krb5_error_code code;

	memset(&wanted, 0, sizeof wanted);
	code = krb5_cc_get_principal(context, cache, &wanted.client);
	if (!code)
		code =
		    krb5_sname_to_principal(context, host, "HTTP", KRB5_NT_SRV_HST, &wanted.server);
	if (!code)
		code = krb5_get_credentials(context, 0, cache, &wanted, &creds);
	if (!code) {
		*lifetime_s = (int64_t)(uint32_t)creds->times.endtime - (int64_t)time(NULL);
		krb5_free_creds(context, creds);
	}
	krb5_free_cred_contents(context, &wanted);
	return code;
}

bool kerberos_request(const struct kerberos_login *login, struct kerberos_ticket *ticket,
		      struct buf *error)
{
	krb5_context context = NULL;
	krb5_ccache cache = NULL;
	krb5_error_code code = krb5_init_context(&context);

	if (code)
		return refuse(NULL, code, error);
	ticket->in_memory = login->user[0] != '\0';
	code = open_cache(context, login, &cache);
	if (!code)
		code = request_service(context, cache, login->host, &ticket->lifetime_s);
	if (code)
		refuse(context, code, error);
	else if (login->user[0] || login->cache[0])
		note_cache(context, cache, &ticket->cache);
	if (cache && code && ticket->in_memory)
		krb5_cc_destroy(context, cache);
	else if (cache)
		krb5_cc_close(context, cache);
	krb5_free_context(context);
	return !code;
}

void kerberos_forget(struct kerberos_ticket *ticket)
{
	krb5_context context;
	krb5_ccache cache;

	if (ticket->in_memory && ticket->cache.len && krb5_init_context(&context) == 0) {
		if (krb5_cc_resolve(context, ticket->cache.data, &cache) == 0)
			krb5_cc_destroy(context, cache);
		krb5_free_context(context);
	}
	buf_clear(&ticket->cache);
}

void kerberos_use_cache(const char *cache)
{
	OM_uint32 minor;

	gss_krb5_ccache_name(&minor, cache[0] ? cache : NULL, NULL);
}

bool kerberos_is_available(void)
{
	return true;
}

#else

bool kerberos_is_available(void)
{
	return false;
}

bool kerberos_request(const struct kerberos_login *login, struct kerberos_ticket *ticket,
		      struct buf *error)
{
	(void)login;
	(void)ticket;
	buf_add(error, STR("this program was built without Kerberos"));
	return false;
}

void kerberos_forget(struct kerberos_ticket *ticket)
{
	buf_clear(&ticket->cache);
}

void kerberos_use_cache(const char *cache)
{
	(void)cache;
}

#endif
