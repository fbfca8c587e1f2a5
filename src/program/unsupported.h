/*
 * Requests of protocols other than HTTP: reported when the file is checked. Private to program/.
 */
#ifndef PROGRAM_UNSUPPORTED_H
#define PROGRAM_UNSUPPORTED_H

#include "program/emitter.h"

/* True, after reporting it, if the protocol of URL is not HTTP. */
bool unsupported_scheme(struct emitter *e, struct str url, struct span span);
/* Reports a header that asks for another protocol. */
void unsupported_header(struct emitter *e, struct str name, struct str value, struct span span);

#endif
