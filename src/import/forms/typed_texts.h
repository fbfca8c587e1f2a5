/*
 * The texts that a person typed into forms, and those of them that must be different in each visit
 * because a later step looks for them (import/forms/unique_texts.h replaces these). In the job's
 * arena; one thread.
 */
#ifndef IMPORT_FORMS_TYPED_TEXTS_H
#define IMPORT_FORMS_TYPED_TEXTS_H

#include "import/conversion.h"

struct typed_text {
	struct str text;
	uint32_t step;	  /* that sends it first */
	struct str field; /* its name */
	bool unique;
	const char *why; /* unique: the reason */
};

/* A value that a person typed, of any length. */
struct typed_value {
	struct str field;
	const struct page_pair *pair;
	const struct conversion_step *step;
};

struct typed_texts {
	struct conversion *conversion;
	VEC(struct typed_text) items;
	VEC(struct typed_value) values; /* of all forms, except those of log-ins */
	struct str *decoded;		/* bodies of responses that were decoded; or ptr NULL */
	size_t decoded_bytes;
};

/* Adds the texts that the step with this index sends. Texts that an earlier response has name
 * something that exists, and those beside a password an account: they are not added. */
void typed_texts_add(struct typed_texts *texts, uint32_t step);
/* Whether a response before the step with this index has the text. */
bool typed_texts_is_known(struct typed_texts *texts, uint32_t step, struct str text);
/* The text that is in TEXT, or NULL; of several the one that was typed first: a title, a name. */
struct typed_text *typed_texts_find(struct typed_texts *texts, struct str text);
/* The text that is TEXT as a whole, or NULL. */
struct typed_text *typed_texts_find_equal(struct typed_texts *texts, struct str text);
/* A link or its row is found by the text, so it becomes unique. */
void typed_texts_need(struct typed_text *text);

#endif
