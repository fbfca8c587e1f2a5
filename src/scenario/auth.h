/*
 * `auth:` of a request or of `defaults`: the type of authentication and its credentials. Exactly
 * one type must be used.
 */
#ifndef SCENARIO_AUTH_H
#define SCENARIO_AUTH_H

#include "interface/field.h"

/* For basic and digest. */
struct auth_login {
	struct keys keys;
	struct text user, password;
};

/* NTLM, which authenticates a connection. */
struct auth_ntlm {
	struct keys keys;
	struct text user, password, domain;
};

/* Kerberos by SPNEGO (RFC 4559), which authenticates a request or a connection. Without keys, the
 * tickets of the environment are used. */
struct auth_negotiate {
	struct keys keys;
	struct text user, password; /* to request tickets */
	struct text cache;	    /* a credential cache with tickets */
};

/* AWS Signature Version 4. */
struct auth_aws {
	struct keys keys;
	struct text access_key, secret_key, session_token;
	struct str region, service;
};

enum oauth2_grant { OAUTH2_CLIENT_CREDENTIALS, OAUTH2_PASSWORD, OAUTH2_REFRESH_TOKEN };
enum oauth2_client_auth { OAUTH2_IN_HEADER, OAUTH2_IN_FORM };

/* A token of OAuth 2.0 (RFC 6749), requested and renewed by the run. */
struct auth_oauth2 {
	struct keys keys;
	struct text token_url, client_id, client_secret, user, password, refresh_token, scope;
	int grant;	       /* enum oauth2_grant */
	int client_auth;       /* enum oauth2_client_auth */
	struct field_map form; /* of struct text */
};

struct auth {
	struct keys keys;
	struct auth_login basic, digest;
	struct text bearer;
	struct auth_ntlm ntlm;
	struct auth_negotiate negotiate;
	struct auth_aws aws_sigv4;
	struct auth_oauth2 oauth2;
	bool none;
};

extern const struct field auth_fields[];

/* Reports an error unless the struct auth VALUE has exactly one type. */
void auth_check(struct reader *r, const struct node *node, void *value);

#endif
