/* body: the whole body as text. */
#include "extract/taken.h"

static enum find_outcome find(const void *plan, const struct answer *answer, struct str subject,
			      struct scratch *scratch, struct finds *finds)
{
	(void)plan;
	(void)subject;
	return taken_found(value_text(answer->body.ptr ? answer->body : STR("")), scratch, finds);
}

const struct extract_kind body_extract = {
    .name = "body",
    .sentence = "The whole body, as text.",
    .example = "yes",
    .needs = NEEDS_BODY,
    .prepare = taken_prepare,
    .find = find,
};
