/* Names: which ones mean secrets, and how names of a recording become names of a scenario. Pure. */
#ifndef IMPORT_NAMING_H
#define IMPORT_NAMING_H

#include "base/arena.h"
#include "base/buf.h"

/* Passwords, keys and tokens, by their names. */
bool naming_is_secret(struct str name);
/* "csrfToken" and "X-CSRF-Token" as csrf_token, in the arena; may be empty. */
struct str naming_snake_case(struct arena *a, struct buf *scratch, struct str name);
/* In upper case, as parameters are, and different from the names of shells: "token" as TOKEN,
 * "HOST" as HOST_VALUE. */
struct str naming_parameter(struct arena *a, struct str name);
/* A keyword of the language, which cannot be the name of a variable. */
bool naming_is_reserved(struct str name);

#endif
