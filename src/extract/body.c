/* body: the whole body as text. */
#include "extract/whole_value.h"

static enum find_outcome find(const void *plan, const struct response *response, struct str subject,
			      struct scratch *scratch, struct matches *matches)
{
	(void)plan;
	(void)subject;
	return whole_value_found(value_text(response->body.ptr ? response->body : STR("")), scratch,
				 matches);
}

const struct extract_kind body_extract = {
    .name = "body",
    .sentence = "The whole body, as text.",
    .example = "yes",
    .needs = NEEDS_BODY,
    .prepare = whole_value_prepare,
    .find = find,
};
