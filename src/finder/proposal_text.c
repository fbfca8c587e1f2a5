/* Proposals for a value in a body that is read as a text. */
#include "finder/proposal_private.h"

#define SHORT_VALUE 4u /* occurs everywhere by chance */

void proposal_text(struct proposal_search *s, size_t at)
{
	struct str value = s->out->value;
	struct extractor_spec spec;
	size_t shortest = 0; /* all of the line, if it has less text before the value */

	while (shortest < FINDER_LEFT_SHORTEST && shortest < at &&
	       s->f->response.body.ptr[at - shortest - 1] != '\n')
		shortest++;
	if (finder_whole_text(s->f, value, &spec))
		proposal_add(s, PROPOSAL_REGEX, spec, STR("The whole body"));
	if (!shortest)
		return;
	if (finder_pattern(s->f, at, value, shortest, &spec))
		proposal_add(s, PROPOSAL_REGEX, spec,
			     arena_printf(s->f->out, "The text that the pattern %.*s finds",
					  STR_ARG(spec.value)));
	if (finder_boundary(s->f, at, value, shortest, &spec))
		proposal_add(s, PROPOSAL_BOUNDARY, spec,
			     arena_printf(s->f->out, "The text between '%.*s' and '%.*s'",
					  STR_ARG(spec.left), STR_ARG(spec.right)));
}

void proposal_text_once(struct proposal_search *s)
{
	struct str body = s->f->response.body, value = s->out->value;
	size_t at = value.len > SHORT_VALUE ? str_find(body, value, 0) : NOT_FOUND;

	if (at != NOT_FOUND && str_find(body, value, at + 1) == NOT_FOUND)
		proposal_text(s, at);
}
