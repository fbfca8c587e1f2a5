/* url: where the last answer came from, redirects followed. */
#include "extract/taken.h"

static enum find_outcome find(const void *plan, const struct answer *answer, struct str subject,
			      struct scratch *scratch, struct finds *finds)
{
	(void)plan;
	(void)subject;
	return taken_found(value_text(answer->url), scratch, finds);
}

const struct extract_kind url_extract = {
    .name = "url",
    .sentence = "The URL the answer came from, after redirects.",
    .example = "yes",
    .prepare = taken_prepare,
    .find = find,
};
