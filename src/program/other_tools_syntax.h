/*
 * How other tools insert values into texts; what is written here instead. Private to program/.
 */
#ifndef PROGRAM_OTHER_TOOLS_SYNTAX_H
#define PROGRAM_OTHER_TOOLS_SYNTAX_H

#include "program/emitter.h"

/* How other tools put values in; what `${NAME(` or `${NAME` of theirs is here, or NULL
 */
const char *other_tools_syntax_hint(struct str name);
/* Tells that URL has {{…}} at AT, with the right line. */
void other_tools_syntax_braces_error(struct emitter *e, const struct text *url, size_t at);
/* Warns of {name}, and of #{name}, :name and $name of what is known here, at AT in a URL. */
bool other_tools_syntax_in_url(struct emitter *e, const struct text *url, size_t at);
/* Warns of {{name}}, #{name}, %{name} and $name in TEXT, which would go out as they stand. SENT:
 * it is a value of a request, where {{…}} of unknown names is doubtful too. */
void other_tools_syntax_warn(struct emitter *e, const struct text *text, bool sent);

#endif
