/* size: how many bytes the body has, compression undone. */
#include "extract/taken.h"

static enum find_outcome find(const void *plan, const struct answer *answer, struct str subject,
			      struct scratch *scratch, struct finds *finds)
{
	(void)plan;
	(void)subject;
	return taken_found(value_number((double)answer->body.len), scratch, finds);
}

const struct extract_kind size_extract = {
    .name = "size",
    .sentence = "How many bytes the body has, compression undone.",
    .example = "yes",
    .needs = NEEDS_BODY,
    .prepare = taken_prepare,
    .find = find,
};
