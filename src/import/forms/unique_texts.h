/*
 * Puts `${unique}` into the typed texts that must be different in each visit. In the job's arena;
 * one thread.
 */
#ifndef IMPORT_FORMS_UNIQUE_TEXTS_H
#define IMPORT_FORMS_UNIQUE_TEXTS_H

#include "import/forms/typed_texts.h"

/* Replaces the unique texts in all requests, links and rows, and reports them. */
void unique_texts_apply(struct typed_texts *texts);

#endif
