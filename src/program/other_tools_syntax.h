/*
 * The syntax of other tools for values in texts, and its equivalents. Private to program/.
 */
#ifndef PROGRAM_OTHER_TOOLS_SYNTAX_H
#define PROGRAM_OTHER_TOOLS_SYNTAX_H

#include "program/emitter.h"

/* The equivalent of another tool's `${NAME(` or `${NAME`, or NULL. */
const char *other_tools_syntax_hint(struct str name);
/* Reports {{…}} at AT in URL, with the right line. */
void other_tools_syntax_braces_error(struct emitter *e, const struct text *url, size_t at);
/* Warns of {name}, and of #{name}, :name and $name if the name is defined, at AT in a URL. */
bool other_tools_syntax_in_url(struct emitter *e, const struct text *url, size_t at);
/* Warns of {{name}}, #{name}, %{name} and $name in TEXT, which would be sent unchanged. SENT:
 * it is a value of a request, where {{…}} with an unknown name is reported too. */
void other_tools_syntax_warn(struct emitter *e, const struct text *text, bool sent);

#endif
