/*
 * Records that a script of the page saves under a name that the person typed: the name is the last
 * part of the address of a PUT. Users that save under one name overwrite each other. In the job's
 * arena; one thread.
 */
#ifndef IMPORT_FORMS_TYPED_ADDRESS_H
#define IMPORT_FORMS_TYPED_ADDRESS_H

#include "import/forms/typed_texts.h"

/* The name that the step with this index gives to a new record; ptr NULL if it does not. *FIELD:
 * the name of the JSON member that has it too, or "the address". */
struct str typed_address_find(struct typed_texts *texts, uint32_t step, struct str *field);

#endif
