/*
 * The forms that a secret has in URLs, JSON, HTML, base64 and hexadecimal texts, and the decoding
 * of a text that may contain them. Pure functions.
 */
#ifndef BASE_SECRET_FORMS_H
#define BASE_SECRET_FORMS_H

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* Shorter secrets, in bytes, are not searched: they occur everywhere by chance. */
#define SECRET_FORMS_MIN 3u

/* The secret itself, hexadecimal in lower and upper case, three alignments each of base64 and
 * base64url. */
#define SECRET_FORMS_MAX 9u

/* Longer secrets, in bytes, are known in their plain form only. */
#define SECRET_FORMS_LONG 65536u

struct secret_forms {
	struct str forms[SECRET_FORMS_MAX]; /* the secret itself first */
	size_t count;
	struct buf encoded; /* the bytes of the other forms */
};

/* SECRET must live as long as FORMS. The caller must release FORMS. */
void secret_forms_init(struct secret_forms *forms, struct str secret);
void secret_forms_release(struct secret_forms *forms);

/* SECRET, which may be a JSON string, without its quotes, unless it is too short without them. */
struct str secret_forms_unquoted(struct str secret);

/* A decoded text, and for each of its bytes the part of the text that encodes it. */
struct secret_forms_text {
	struct buf bytes;
	struct buf places; /* of struct secret_forms_place, one for each byte */
};

struct secret_forms_place {
	uint32_t from, to;
};

void secret_forms_text_init(struct secret_forms_text *text);
void secret_forms_text_release(struct secret_forms_text *text);

/* Whether the text before AT was cut: a message has an ellipsis there, or after a quotation mark.
 */
bool secret_forms_is_cut(struct str text, size_t at);

/* Replaces %XX and the escapes of JSON and HTML in TEXT, once; bytes that are not part of one stay.
 * An escape that was cut belongs to the byte before it.
 * False if TEXT has none; OUT is then not valid. */
bool secret_forms_decode(struct str text, struct secret_forms_text *out);
/* The place of byte AT of a decoded text. */
struct secret_forms_place secret_forms_place(const struct secret_forms_text *text, size_t at);

#endif
