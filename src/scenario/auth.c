#include "scenario/auth.h"

#include "doc/node.h"
#include "interface/reader.h"

static const struct field login_fields[] = {
    FIELD(struct auth_login, user, "user", FIELD_TEMPLATE, .flags = FIELD_REQUIRED,
	  .example = "anna", .prose = "User name."),
    FIELD(struct auth_login, password, "password", FIELD_TEMPLATE,
	  .flags = FIELD_REQUIRED | FIELD_SECRET, .example = "${PASSWORD}", .prose = "Password."),
    FIELD_END,
};

static const struct field ntlm_fields[] = {
    FIELD(struct auth_ntlm, user, "user", FIELD_TEMPLATE, .flags = FIELD_REQUIRED,
	  .example = "\"${account.user}\"", .prose = "User name."),
    FIELD(struct auth_ntlm, password, "password", FIELD_TEMPLATE,
	  .flags = FIELD_REQUIRED | FIELD_SECRET, .example = "\"${account.password}\"",
	  .prose = "Password."),
    FIELD(struct auth_ntlm, domain, "domain", FIELD_TEMPLATE, .example = "CORP",
	  .prose = "Domain of the user."),
    FIELD_END,
};

static const struct field negotiate_fields[] = {
    FIELD(struct auth_negotiate, user, "user", FIELD_TEMPLATE,
	  .example = "\"${account.user}@EXAMPLE.COM\"",
	  .prose = "Kerberos principal. A ticket is requested with its password."),
    FIELD(struct auth_negotiate, password, "password", FIELD_TEMPLATE, .flags = FIELD_SECRET,
	  .example = "\"${account.password}\"", .prose = "Password of the principal."),
    FIELD(struct auth_negotiate, cache, "cache", FIELD_TEMPLATE,
	  .example = "\"FILE:tickets/${account.user}\"",
	  .prose = "Credential cache with the tickets of the user, as in KRB5CCNAME."),
    FIELD_END,
};

/* With the password of a principal, or with existing tickets. */
static void check_negotiate(struct reader *r, const struct node *node, void *value)
{
	const struct auth_negotiate *n = value;

	if (!n->user.raw.ptr != !n->password.raw.ptr)
		reader_error(r, node->span, DIAG_E306,
			     "negotiate needs both user and password, or neither");
	else if (n->user.raw.ptr && n->cache.raw.ptr)
		reader_error(r, node->span, DIAG_E306,
			     "use either user and password, or cache; a cache contains the tickets "
			     "of one user");
}

static const struct field aws_fields[] = {
    FIELD(struct auth_aws, access_key, "access_key", FIELD_TEMPLATE, .flags = FIELD_REQUIRED,
	  .example = "${ACCESS_KEY}", .prose = "ID of the access key."),
    FIELD(struct auth_aws, secret_key, "secret_key", FIELD_TEMPLATE,
	  .flags = FIELD_REQUIRED | FIELD_SECRET, .example = "${SECRET_KEY}",
	  .prose = "Secret key that signs the request; it is never sent."),
    FIELD(struct auth_aws, session_token, "session_token", FIELD_TEMPLATE, .flags = FIELD_SECRET,
	  .example = "${SESSION_TOKEN}", .prose = "Session token of temporary keys."),
    FIELD(struct auth_aws, region, "region", FIELD_TEXT, .flags = FIELD_REQUIRED | FIELD_PARAMETER,
	  .example = "eu-central-1", .prose = "Region of the service."),
    FIELD(struct auth_aws, service, "service", FIELD_TEXT,
	  .flags = FIELD_REQUIRED | FIELD_PARAMETER, .example = "execute-api",
	  .prose = "Name of the service."),
    FIELD_END,
};

static const char *const grant_words[] = {"client_credentials", "password", "refresh_token", NULL};
static const char *const grant_meanings[] = {"the application logs in",
					     "a user logs in with a password",
					     "an earlier login is continued", NULL};
static const char *const client_words[] = {"header", "form", NULL};
static const char *const client_meanings[] = {"in the header Authorization",
					      "in the form of the request", NULL};
static const struct field oauth2_form_element = {
    .type = FIELD_TEMPLATE, .bytes = sizeof(struct text), .example = "api"};

static const struct field oauth2_fields[] = {
    FIELD(struct auth_oauth2, token_url, "token_url", FIELD_TEMPLATE, .flags = FIELD_REQUIRED,
	  .example = "/oauth/token", .prose = "Address of the token endpoint."),
    FIELD(struct auth_oauth2, grant, "grant", FIELD_ENUM, .meanings = grant_meanings,
	  .choices = grant_words, .fallback = "client_credentials", .example = "password",
	  .prose =
	      "How the token is requested: for the client itself, with the name and password of "
	      "a user, or with a refresh token."),
    FIELD(struct auth_oauth2, client_id, "client_id", FIELD_TEMPLATE, .flags = FIELD_REQUIRED,
	  .example = "load-test", .prose = "Name of the client."),
    FIELD(struct auth_oauth2, client_secret, "client_secret", FIELD_TEMPLATE, .flags = FIELD_SECRET,
	  .example = "\"${CLIENT_SECRET}\"", .prose = "Secret of the client."),
    FIELD(struct auth_oauth2, client_auth, "client_auth", FIELD_ENUM, .meanings = client_meanings,
	  .choices = client_words, .fallback = "header", .example = "form",
	  .prose = "Where the secret of the client is sent: in a header (HTTP basic "
		   "authentication) or in the form."),
    FIELD(struct auth_oauth2, user, "user", FIELD_TEMPLATE, .example = "\"${account.user}\"",
	  .prose = "User name, for `grant: password`."),
    FIELD(struct auth_oauth2, password, "password", FIELD_TEMPLATE, .flags = FIELD_SECRET,
	  .example = "\"${account.password}\"", .prose = "Password, for `grant: password`."),
    FIELD(struct auth_oauth2, refresh_token, "refresh_token", FIELD_TEMPLATE, .flags = FIELD_SECRET,
	  .example = "\"${REFRESH_TOKEN}\"",
	  .prose = "The first refresh token, for `grant: refresh_token`; a server may replace it."),
    FIELD(struct auth_oauth2, scope, "scope", FIELD_TEMPLATE, .example = "read write",
	  .prose = "Scope of the token."),
    FIELD(struct auth_oauth2, form, "form", FIELD_MAP, .element = &oauth2_form_element,
	  .example = "{audience: api}", .prose = "Further fields of the request for a token."),
    FIELD_END,
};

/* The keys that a grant needs, and no others. */
static void check_oauth2(struct reader *r, const struct node *node, void *value)
{
	const struct auth_oauth2 *o = value;
	bool user = o->user.raw.ptr || o->password.raw.ptr;

	if (o->grant == OAUTH2_PASSWORD && (!o->user.raw.ptr || !o->password.raw.ptr))
		reader_error(r, node->span, DIAG_E306, "grant: password needs user and password");
	else if (o->grant != OAUTH2_PASSWORD && user)
		reader_error(r, node->span, DIAG_E306, "user and password need grant: password");
	else if (o->grant == OAUTH2_REFRESH_TOKEN && !o->refresh_token.raw.ptr)
		reader_error(r, node->span, DIAG_E306, "grant: refresh_token needs refresh_token");
	else if (o->grant != OAUTH2_REFRESH_TOKEN && o->refresh_token.raw.ptr)
		reader_error(r, node->span, DIAG_E306, "refresh_token needs grant: refresh_token");
}

static const struct field_choice auth_choice = {
    .name = "login", .label = "Login", .code = DIAG_E306, .why = "; remove one of them"};

const struct field auth_fields[] = {
    FIELD(struct auth, basic, "basic", FIELD_OBJECT, .choice = &auth_choice, .fields = login_fields,
	  .example = "{user: anna, password: \"${PASSWORD}\"}",
	  .prose = "Sends a user name and a password with every request (HTTP basic "
		   "authentication, RFC 7617)."),
    FIELD(struct auth, bearer, "bearer", FIELD_TEMPLATE, .label = "Token", .choice = &auth_choice,
	  .flags = FIELD_SECRET, .example = "${token}",
	  .prose = "Sends a token with every request (bearer token, RFC 6750)."),
    FIELD(struct auth, digest, "digest", FIELD_OBJECT, .choice = &auth_choice,
	  .fields = login_fields, .example = "{user: anna, password: \"${PASSWORD}\"}",
	  .prose = "Responds to a challenge of the server (HTTP digest authentication, RFC 7616); "
		   "the round trip of the challenge is counted under redirects."),
    FIELD(struct auth, ntlm, "ntlm", FIELD_OBJECT, .label = "NTLM", .choice = &auth_choice,
	  .fields = ntlm_fields, .example = "{user: anna, password: \"${PASSWORD}\", domain: CORP}",
	  .prose = "Responds to a challenge of the server (NTLM). The connection is authenticated, "
		   "so the round trip of the challenge, which is counted under redirects, happens "
		   "once per connection. Needs HTTP/1.1."),
    FIELD(struct auth, negotiate, "negotiate", FIELD_OBJECT, .label = "Kerberos",
	  .choice = &auth_choice, .fields = negotiate_fields, .check = check_negotiate,
	  .example = "{user: \"${account.user}@EXAMPLE.COM\", password: "
		     "\"${account.password}\"}",
	  .prose = "Sends a Kerberos ticket (SPNEGO, RFC 4559): one that is requested with the "
		   "password of a principal, or one from a credential cache. Without keys, the "
		   "tickets of `kinit` are used. Needs HTTP/1.1."),
    FIELD(struct auth, aws_sigv4, "aws_sigv4", FIELD_OBJECT, .label = "AWS signature",
	  .choice = &auth_choice, .fields = aws_fields,
	  .example = "{access_key: \"${KEY}\", secret_key: \"${SECRET}\", region: eu-central-1, "
		     "service: execute-api}",
	  .prose = "Signs the request with AWS Signature Version 4."),
    FIELD(struct auth, oauth2, "oauth2", FIELD_OBJECT, .label = "OAuth 2", .choice = &auth_choice,
	  .fields = oauth2_fields, .check = check_oauth2,
	  .example = "{token_url: /oauth/token, client_id: load-test, client_secret: "
		     "\"${CLIENT_SECRET}\"}",
	  .prose = "Requests a token (OAuth 2.0, RFC 6749), sends it as a bearer token, and renews "
		   "it before it expires and after a response with status 401."),
    FIELD(struct auth, none, "none", FIELD_BOOL, .label = "No login", .choice = &auth_choice,
	  .example = "yes", .prose = "Sends the request without the credentials of `defaults`."),
    FIELD_END,
};

void auth_check(struct reader *r, const struct node *node, void *value)
{
	const struct auth *auth = value;
	unsigned count = 0;

	for (const struct field *row = auth_fields; row->key; row++)
		count += keys_has(&auth->keys, auth_fields, row->key);
	if (count != 1 || (keys_has(&auth->keys, auth_fields, "none") && !auth->none))
		reader_error(
		    r, node->span, DIAG_E306,
		    "use exactly one of basic, bearer, digest, ntlm, negotiate, aws_sigv4, "
		    "oauth2 or none");
}
