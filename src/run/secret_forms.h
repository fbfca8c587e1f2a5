/*
 * The forms that a secret has in URLs, JSON, HTML, base64 and hexadecimal texts, and a search for
 * them. Pure functions.
 */
#ifndef RUN_SECRET_FORMS_H
#define RUN_SECRET_FORMS_H

#include "base/buf.h"
#include "base/str.h"

/* Shorter secrets, in bytes, are not searched: they occur everywhere by chance. */
#define SECRET_FORMS_MIN 3u

/* A plain or hexadecimal text, and three alignments each of base64 and base64url. */
#define SECRET_FORMS_MAX 8u

struct secret_forms {
	struct str forms[SECRET_FORMS_MAX]; /* the secret itself first */
	size_t count;
	struct buf encoded; /* the bytes of the other forms */
};

/* SECRET must live as long as FORMS. The caller must release FORMS. */
void secret_forms_init(struct secret_forms *forms, struct str secret);
void secret_forms_release(struct secret_forms *forms);

/* The end of FORM if it begins at AT in TEXT, each of its characters as it is or in an encoding of
 * URLs, JSON or HTML; otherwise AT. Where a message cut TEXT with an ellipsis, the start of FORM is
 * enough. */
size_t secret_forms_end(struct str text, size_t at, struct str form);

#endif
