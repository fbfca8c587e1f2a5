/*
 * Lines of the report that say how each user gets its own account instead of the recorded one. At
 * most one login is explained. One thread.
 */
#ifndef IMPORT_CORRELATE_LOGIN_NOTES_H
#define IMPORT_CORRELATE_LOGIN_NOTES_H

#include "import/correlate/request_values.h"

/* For the password SENT, unless its step creates an account with a new name in each visit. */
void login_notes_add(struct conversion *conversion, const struct request_value *sent);
/* For pages with HTTP basic authentication. */
void login_notes_add_basic(struct conversion *conversion);

#endif
