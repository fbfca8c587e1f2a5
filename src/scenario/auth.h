/*
 * `auth:` of a request: who asks, and how it is proved. Exactly one manner is given.
 */
#ifndef SCENARIO_AUTH_H
#define SCENARIO_AUTH_H

#include "interface/field.h"

/* Of basic and digest. */
struct auth_login {
	struct keys keys;
	struct text user, password;
};

/* Signature version 4 of Amazon's services. */
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
};

extern const struct field auth_fields[];

/* A mistake unless exactly one manner of the struct auth VALUE is given. */
void auth_check(struct reader *r, const struct node *node, void *value);

#endif
