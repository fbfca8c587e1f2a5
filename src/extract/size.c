/* size: extracts the size of the decompressed body in bytes. */
#include "extract/whole_value.h"

static enum find_outcome find(const void *plan, const struct response *response, struct str subject,
			      struct scratch *scratch, struct matches *matches)
{
	(void)plan;
	(void)subject;
	return whole_value_found(value_number((double)response->body.len), scratch, matches);
}

const struct extract_kind size_extract = {
    .name = "size",
    .sentence = "Size of the body in bytes, after decompression.",
    .example = "yes",
    .needs = NEEDS_BODY,
    .prepare = whole_value_prepare,
    .find = find,
};
