/* Names: which stand for secrets, and how those of a recording become names of ours. Pure. */
#ifndef IMPORT_NAMING_H
#define IMPORT_NAMING_H

#include "base/arena.h"
#include "base/buf.h"

/* Passwords, keys and tokens, by what they are called. */
bool naming_is_secret(struct str name);
/* "csrfToken" and "X-CSRF-Token" as csrf_token, in the arena; may come out empty. */
struct str naming_snake_case(struct arena *a, struct buf *scratch, struct str name);
/* In capitals, as parameters are, and none that shells have: "token" as TOKEN, "HOST" as
 * HOST_VALUE. */
struct str naming_parameter(struct arena *a, struct str name);
/* A word of the language, which no variable may be called. */
bool naming_is_reserved(struct str name);

#endif
