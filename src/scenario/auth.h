/*
 * `auth:` of a request or of `defaults`: the type of authentication and its credentials. Exactly one
 * type must be used.
 */
#ifndef SCENARIO_AUTH_H
#define SCENARIO_AUTH_H

#include "interface/field.h"

/* For basic and digest. */
struct auth_login {
	struct keys keys;
	struct text user, password;
};

/* AWS Signature Version 4. */
struct auth_aws {
	struct keys keys;
	struct text access_key, secret_key, session_token;
	struct str region, service;
};

struct auth {
	struct keys keys;
	struct auth_login basic, digest;
	struct text bearer;
	struct auth_aws aws_sigv4;
	bool none;
};

extern const struct field auth_fields[];

/* Reports an error unless the struct auth VALUE has exactly one type. */
void auth_check(struct reader *r, const struct node *node, void *value);

#endif
