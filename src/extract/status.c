/* status: the status of the last answer, as a number. */
#include "extract/taken.h"

static enum find_outcome find(const void *plan, const struct answer *answer, struct str subject,
			      struct scratch *scratch, struct finds *finds)
{
	(void)plan;
	(void)subject;
	return taken_found(value_number(answer->status), scratch, finds);
}

const struct extract_kind status_extract = {
    .name = "status",
    .sentence = "The status of the answer, as a number.",
    .example = "yes",
    .prepare = taken_prepare,
    .find = find,
};
