/*
 * The secrets that are known before a run: secret parameters, passwords and tokens of `auth`,
 * passwords in URLs of the file, and constant texts that are derived from them. They are collected
 * while the program is compiled, in its `secrets`. Private to program/.
 */
#ifndef PROGRAM_KNOWN_SECRETS_H
#define PROGRAM_KNOWN_SECRETS_H

#include "program/emitter.h"

/* The secret parameters and the passwords in the URLs of MODEL. */
void known_secrets_add_model(struct emitter *e);
/* The secret parts of T that are constant; BEFORE is the text before them. */
void known_secrets_add_template(struct emitter *e, struct str before, const struct tmpl *t);
/* The secret parts of a request's URL, header lines and body. */
void known_secrets_add_request(struct emitter *e, const struct request_plan *plan);
/* T is secret as a whole, if it is constant. */
void known_secrets_add_whole(struct emitter *e, struct str name, const struct tmpl *t);

#endif
