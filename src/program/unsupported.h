/*
 * Requests of protocols other than HTTP: reported when the file is checked. Private to program/.
 */
#ifndef PROGRAM_UNSUPPORTED_H
#define PROGRAM_UNSUPPORTED_H

#include "program/emitter.h"

/* True, and told, when URL is of a protocol that is not HTTP. */
bool unsupported_scheme(struct emitter *e, struct str url, struct span span);
/* Tells of a header that asks for another protocol. */
void unsupported_header(struct emitter *e, struct str name, struct str value, struct span span);

#endif
