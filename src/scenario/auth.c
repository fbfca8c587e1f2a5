#include "scenario/auth.h"

#include "doc/node.h"
#include "interface/reader.h"

static const struct field login_fields[] = {
    FIELD(struct auth_login, user, "user", FIELD_TEMPLATE, .flags = FIELD_REQUIRED,
	  .example = "anna", .prose = "The name."),
    FIELD(struct auth_login, password, "password", FIELD_TEMPLATE,
	  .flags = FIELD_REQUIRED | FIELD_SECRET, .example = "${PASSWORD}",
	  .prose = "The password."),
    FIELD_END,
};

static const struct field aws_fields[] = {
    FIELD(struct auth_aws, access_key, "access_key", FIELD_TEMPLATE, .flags = FIELD_REQUIRED,
	  .example = "${ACCESS_KEY}", .prose = "The id of the key."),
    FIELD(struct auth_aws, secret_key, "secret_key", FIELD_TEMPLATE,
	  .flags = FIELD_REQUIRED | FIELD_SECRET, .example = "${SECRET_KEY}",
	  .prose = "The key that signs; it is never sent."),
    FIELD(struct auth_aws, session_token, "session_token", FIELD_TEMPLATE, .flags = FIELD_SECRET,
	  .example = "${SESSION_TOKEN}", .prose = "The token of temporary keys."),
    FIELD(struct auth_aws, region, "region", FIELD_TEXT, .flags = FIELD_REQUIRED | FIELD_PARAMETER,
	  .example = "eu-central-1", .prose = "The region of the service."),
    FIELD(struct auth_aws, service, "service", FIELD_TEXT,
	  .flags = FIELD_REQUIRED | FIELD_PARAMETER, .example = "execute-api",
	  .prose = "The name of the service."),
    FIELD_END,
};

const struct field auth_fields[] = {
    FIELD(struct auth, basic, "basic", FIELD_OBJECT, .fields = login_fields,
	  .example = "{user: anna, password: \"${PASSWORD}\"}",
	  .prose = "Name and password with every request (RFC 7617)."),
    FIELD(struct auth, bearer, "bearer", FIELD_TEMPLATE, .flags = FIELD_SECRET,
	  .example = "${token}", .prose = "A token with every request (RFC 6750)."),
    FIELD(struct auth, digest, "digest", FIELD_OBJECT, .fields = login_fields,
	  .example = "{user: anna, password: \"${PASSWORD}\"}",
	  .prose = "The answer to a challenge of the server (RFC 7616); the round trip that the "
		   "challenge takes is counted under redirects."),
    FIELD(struct auth, aws_sigv4, "aws_sigv4", FIELD_OBJECT, .fields = aws_fields,
	  .example = "{access_key: \"${KEY}\", secret_key: \"${SECRET}\", region: eu-central-1, "
		     "service: execute-api}",
	  .prose = "A signature over the request, version 4 of Amazon's services."),
    FIELD_END,
};

void auth_check(struct reader *r, const struct node *node, void *value)
{
	const struct auth *auth = value;
	unsigned count = 0;

	for (const struct field *row = auth_fields; row->key; row++)
		count += keys_has(&auth->keys, auth_fields, row->key);
	if (count != 1)
		reader_error(r, node->span, DIAG_E306,
			     "one manner is expected: basic, bearer, digest or aws_sigv4");
}
