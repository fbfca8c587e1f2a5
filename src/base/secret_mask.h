/*
 * Masking: replaces secrets in a text before it is shown. Secrets are the forms of the secrets in
 * sets (base/secret_set.h), and the user names and passwords in URLs. Reads a text a fixed number
 * of times, and masks before anything is cut. Its memory is reused; one thread.
 */
#ifndef BASE_SECRET_MASK_H
#define BASE_SECRET_MASK_H

#include "base/secret_forms.h"
#include "base/secret_set.h"

enum secret_mask_style {
	SECRET_MASK_HIDDEN, /* each secret becomes *** */
	SECRET_MASK_WIDTH,  /* each byte becomes *, so that positions in the text stay valid */
	/* Each secret becomes its name between two SECRET_MASK_MARK. The name is valid in shells;
	 * it ends with _ENCODED if the text has the secret in an encoded form. A mark in the text
	 * is doubled. */
	SECRET_MASK_NAMED,
};

#define SECRET_MASK_MARK '\1'
/* The name of user names and passwords in URLs. */
#define SECRET_MASK_LOGIN "URL_LOGIN"

struct secret_mask {
	struct secret_forms_text decoded;
	struct buf hits; /* for each byte of the text, the longest secret that begins there */
	struct buf out;
};

void secret_mask_init(struct secret_mask *mask);
void secret_mask_release(struct secret_mask *mask);
/* Replaces the secrets of COUNT prepared SETS in TEXT. */
void secret_mask_text(struct secret_mask *mask, const struct secret_set *const *sets, size_t count,
		      enum secret_mask_style style, struct buf *text);
/* The same for one text and one set, without memory that is reused. */
void secret_mask_once(const struct secret_set *set, struct buf *text);

#endif
