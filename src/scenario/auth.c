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

const struct field auth_fields[] = {
    FIELD(struct auth, basic, "basic", FIELD_OBJECT, .fields = login_fields,
	  .example = "{user: anna, password: \"${PASSWORD}\"}",
	  .prose = "Sends a user name and a password with every request (HTTP basic "
		   "authentication, RFC 7617)."),
    FIELD(struct auth, bearer, "bearer", FIELD_TEMPLATE, .flags = FIELD_SECRET,
	  .example = "${token}",
	  .prose = "Sends a token with every request (bearer token, RFC 6750)."),
    FIELD(struct auth, digest, "digest", FIELD_OBJECT, .fields = login_fields,
	  .example = "{user: anna, password: \"${PASSWORD}\"}",
	  .prose = "Responds to a challenge of the server (HTTP digest authentication, RFC 7616); "
		   "the round trip of the challenge is counted under redirects."),
    FIELD(struct auth, aws_sigv4, "aws_sigv4", FIELD_OBJECT, .fields = aws_fields,
	  .example = "{access_key: \"${KEY}\", secret_key: \"${SECRET}\", region: eu-central-1, "
		     "service: execute-api}",
	  .prose = "Signs the request with AWS Signature Version 4."),
    FIELD(struct auth, none, "none", FIELD_BOOL, .example = "yes",
	  .prose = "Sends the request without the credentials of `defaults`."),
    FIELD_END,
};

void auth_check(struct reader *r, const struct node *node, void *value)
{
	const struct auth *auth = value;
	unsigned count = 0;

	for (const struct field *row = auth_fields; row->key; row++)
		count += keys_has(&auth->keys, auth_fields, row->key);
	if (count != 1 || (keys_has(&auth->keys, auth_fields, "none") && !auth->none))
		reader_error(r, node->span, DIAG_E306,
			     "use exactly one of basic, bearer, digest, aws_sigv4 or none");
}
