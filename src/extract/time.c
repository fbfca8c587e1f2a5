/* time: how long the answer took, in milliseconds. */
#include "extract/taken.h"

static enum find_outcome find(const void *plan, const struct answer *answer, struct str subject,
			      struct scratch *scratch, struct finds *finds)
{
	(void)plan;
	(void)subject;
	return taken_found(value_number((double)(answer->time / NS_PER_US) / 1000.0), scratch,
			   finds);
}

const struct extract_kind time_extract = {
    .name = "time",
    .sentence = "How long the answer took, in milliseconds.",
    .example = "yes",
    .prepare = taken_prepare,
    .find = find,
};
